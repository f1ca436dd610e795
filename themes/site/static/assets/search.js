/* The page of search: what LIBRARY_SEARCH finds, as it is typed; the query stands in the address. */
(function () {
  "use strict";
  var FIRST = 8; // hits shown before 再看
  var PASSAGE = 90; // characters of a passage shown, about
  // Words of someone in need: the numbers to call come before any paper.
  var TROUBLE = /不想活|想死|去死|自杀|自残|自伤|割腕|跳楼|轻生|活不下去|寻短见|救命|救我|打我|被.{0,4}打|裸照|要报警/;
  var out = document.getElementById("hits");
  var tabs = document.getElementById("tabs");
  var status = document.getElementById("found");
  var fix = document.getElementById("fix");
  var input = document.getElementById("q");
  var root = out.getAttribute("data-root");
  var turn = 0;
  var typing = 0;
  var audience = "";

  function make(tag, class_, text) {
    var node = document.createElement(tag);
    if (class_) node.className = class_;
    if (text) node.textContent = text;
    return node;
  }
  function icon(name) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "ic");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use")).setAttribute("href", "#i-" + name);
    return svg;
  }
  function marked(parent, text, marks) {
    var low = LIBRARY_SEARCH.fold(text);
    var on = [];
    marks.forEach(function (mark) {
      for (var at = low.indexOf(mark); at >= 0; at = low.indexOf(mark, at + 1)) for (var i = 0; i < mark.length; i++) on[at + i] = 1;
    });
    for (var from = 0, to = 0; from < text.length; from = to) {
      while (to < text.length && !on[to] === !on[from]) to++;
      parent.appendChild(on[from] ? make("mark", "", text.slice(from, to)) : document.createTextNode(text.slice(from, to)));
    }
    return parent;
  }
  // The stretch of a passage with most that is marked, begun at a sentence where one begins nearby.
  function stretch(text, marks) {
    if (text.length <= PASSAGE + 30) return text;
    var low = LIBRARY_SEARCH.fold(text);
    var best = 0;
    var most = 0;
    for (var start = 0; start < text.length; start += 10) {
      var view = low.substr(start, PASSAGE);
      var held = marks.reduce(function (sum, mark) { return sum + (view.indexOf(mark) >= 0 ? mark.length : 0); }, 0);
      if (held > most) { most = held; best = start; }
    }
    var before = text.slice(Math.max(0, best - 25), best).search(/[。！？；\s][^。！？；\s]*$/);
    var from = best === 0 ? 0 : before >= 0 ? Math.max(0, best - 25) + before + 1 : best;
    var end = text.slice(from + PASSAGE, from + PASSAGE + 40).search(/[。！？；]/);
    var to = end >= 0 ? from + PASSAGE + end + 1 : Math.min(text.length, from + PASSAGE + 20);
    return (from ? "……" : "") + text.slice(from, to).trim() + (to < text.length && end < 0 ? "……" : "");
  }
  function item(hit, best, marks) {
    var doc = hit.doc;
    var node = make("article", best ? "hit best" : "hit");
    var line = node.appendChild(make("p", "kind"));
    line.appendChild(icon(doc.kind[2]));
    line.appendChild(make("b", "", doc.kind[1]));
    var link = make("a");
    link.href = root + doc.id + ".html";
    link.setAttribute("data-doc", doc.id);
    // A title breaks between its phrases.
    (doc.title.match(/[^，、。：；？！]+[，、。：；？！]*/g) || []).forEach(function (phrase) {
      link.appendChild(marked(make("span", phrase.length <= 12 ? "nw" : ""), phrase, marks));
    });
    node.appendChild(make("h2")).appendChild(link);
    var snip = node.appendChild(make("p", "snip"));
    LIBRARY_SEARCH.passages(doc.id).then(function (passages) {
      var text = passages[hit.best] || passages[0] || "";
      marked(snip, stretch(text, marks), marks);
    }, function () { snip.textContent = ""; });
    var all = doc.stages.length === 6 ? "各学段" : doc.stages.join("、");
    node.appendChild(make("p", "meta", all + "，" + doc.audiences.join("、") + "用"));
    if (best) {
      var go = node.appendChild(make("a", "btn sm go", "打开看"));
      go.href = link.href;
      go.tabIndex = -1;
      go.setAttribute("aria-hidden", "true");
    }
    return node;
  }
  function of(hits, name) { return name ? hits.filter(function (hit) { return hit.doc.audiences.indexOf(name) >= 0; }) : hits; }
  function template(id) { return document.getElementById(id).content.cloneNode(true); }

  function law(article) {
    var box = make("section", "lawbox");
    box.appendChild(make("h2", "", "《" + article.name + "》" + article.label));
    box.appendChild(make("p", "", article.says || "这一条没有登记在本站。下面是说到这部法的材料。"));
    var link = box.appendChild(make("a", "", "到法规依据里看"));
    link.href = root + "laws.html#" + article.id + (article.says ? "-" + article.number : "");
    return box;
  }
  function told(result) {
    fix.textContent = "";
    fix.hidden = !result.repaired;
    if (!result.repaired) return;
    fix.appendChild(document.createTextNode("没有“" + result.repaired[0] + "”，已按“"));
    fix.appendChild(make("b", "", result.repaired[1]));
    fix.appendChild(document.createTextNode("”查找。"));
    var again = fix.appendChild(make("button", "", "只查原来的字"));
    again.type = "button";
    again.addEventListener("click", function () { search(true); });
  }
  function show(result, query, count) {
    var chosen = of(result.hits, audience);
    out.textContent = "";
    if (TROUBLE.test(query)) out.appendChild(template("trouble"));
    if (result.article) out.appendChild(law(result.article));
    chosen.slice(0, count).forEach(function (hit, index) { out.appendChild(item(hit, index === 0, result.marks)); });
    if (chosen.length > count) {
      var more = out.appendChild(make("p", "more-hits")).appendChild(make("button", "btn", "再看 " + (chosen.length - count) + " 份"));
      more.type = "button";
      more.addEventListener("click", function () {
        show(result, query, chosen.length);
        var next = out.querySelectorAll("article h2 a")[count];
        if (next) next.focus();
      });
    }
    if (!chosen.length && query) out.appendChild(template("nothing"));
    status.textContent = !query ? "" : chosen.length ? "找到 " + chosen.length + " 份" : "没有找到";
    tabs.textContent = "";
    tabs.hidden = !result.hits.length;
    [""].concat(out.getAttribute("data-audiences").split(" ")).forEach(function (name) {
      var size = of(result.hits, name).length;
      if (!size && name !== audience) return;
      var tab = tabs.appendChild(make("button", "", name ? name + "用" : "全部"));
      tab.type = "button";
      tab.setAttribute("aria-pressed", String(name === audience));
      tab.appendChild(make("span", "n num", String(size)));
      tab.addEventListener("click", function () {
        audience = name;
        remember(query, false);
        show(result, query, FIRST);
        var on = tabs.querySelector("[aria-pressed=true]");
        if (on) on.focus();
      });
    });
  }
  // From disk some browsers refuse to write the address: the search works without.
  function remember(query, step) {
    var address = location.pathname + (query ? "?q=" + encodeURIComponent(query) + (audience ? "&a=" + encodeURIComponent(audience) : "") : "");
    try { history[step ? "pushState" : "replaceState"](null, "", address); } catch (_) { return; }
  }
  function name(query) { document.title = (query ? "搜索：" + query : "搜索") + " · " + document.title.split(" · ").pop(); }
  function search(asTyped) {
    var query = input.value.trim();
    var mine = ++turn;
    name(query);
    return LIBRARY_SEARCH.find(query, asTyped).then(function (result) {
      if (mine !== turn) return;
      told(result);
      show(result, query, FIRST);
    }, function () {
      if (mine !== turn) return;
      out.textContent = "";
      out.appendChild(template("nothing"));
    });
  }
  function fromAddress() {
    function value(key) {
      var said = (new RegExp("[?&]" + key + "=([^&]*)").exec(location.search) || ["", ""])[1].replace(/\+/g, " ");
      // A link that was cut off, or written in GBK, is no UTF-8.
      try { return decodeURIComponent(said).trim(); } catch (broken) { return ""; }
    }
    audience = value("a");
    input.value = value("q");
    search(false);
  }

  if (!LIBRARY_SEARCH.ready()) return;
  input.addEventListener("input", function () {
    // Not while a Chinese word is still being spelt in the input method.
    if (typing) return;
    remember(input.value.trim(), false);
    search(false);
  });
  input.addEventListener("compositionstart", function () { typing = 1; });
  input.addEventListener("compositionend", function () { typing = 0; remember(input.value.trim(), false); search(false); });
  input.form.addEventListener("submit", function (event) {
    event.preventDefault();
    remember(input.value.trim(), true);
    search(false);
  });
  window.addEventListener("popstate", fromAddress);
  fromAddress();
  if (!input.value) input.focus();
})();
