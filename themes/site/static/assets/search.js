/* A first search over window.LIBRARY_SEARCH: pairs of characters, title over summary over text, the best passage marked. */
(function () {
  "use strict";
  var list = window.LIBRARY_SEARCH || [];
  var out = document.getElementById("hits");
  var tabs = document.getElementById("tabs");
  var input = document.getElementById("q");
  var root = out.getAttribute("data-root");
  var kinds = {};
  out.getAttribute("data-icons").trim().split(/\s+/).forEach(function (entry) {
    var parts = entry.split(":");
    kinds[parts[0]] = kinds[parts[2]] = { icon: parts[1], name: parts[2] };
  });
  var ASKING = /怎么办|怎么样|怎么|怎样|如何|能不能|可不可以|要不要|是不是|有没有|什么|哪些|为何|请问|我想|应该|可以|需要/g;
  // Words of someone in need: the numbers to call come before any paper.
  var TROUBLE = /不想活|想死|去死|自杀|自残|自伤|割腕|跳楼|轻生|活不下去|救命|救我|打我|被打|要报警/;
  var PASSAGE = 80;
  var MOST = 40;

  // Full-width letters and digits become plain ones; the length stays, so that places in the text stay true.
  function fold(text) {
    return text.replace(/[！-～]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); }).toLowerCase();
  }
  // Words of letters and digits stay whole; Chinese runs become pairs, a single character stays itself.
  function terms(text) {
    var found = {};
    (text.match(/[a-z0-9]+|[\u3400-\u9fff]+/g) || []).forEach(function (run) {
      if (/[a-z0-9]/.test(run) || run.length === 1) { found[run] = 1; return; }
      for (var i = 0; i < run.length - 1; i++) {
        var pair = run.substr(i, 2);
        found[pair] = /[的了在被要吗呢我你他是有]/.test(pair) ? 0.3 : 1;
      }
    });
    return found;
  }
  function count(text, term) { return text.split(term).length - 1; }

  list.forEach(function (entry) {
    entry.fields = [[fold(entry.title), 6], [fold((entry.asked || []).join(" ")), 4], [fold(entry.summary || ""), 3], [fold(entry.text || ""), 1]];
  });
  function find(query) {
    var asked = fold(query);
    var core = asked.replace(ASKING, " ");
    var wanted = terms(/[a-z0-9\u3400-\u9fff]/.test(core) ? core : asked);
    var names = Object.keys(wanted);
    var weight = {};
    var total = 0;
    names.forEach(function (term) {
      var holders = list.filter(function (entry) {
        return entry.fields.some(function (field) { return field[0].indexOf(term) >= 0; });
      }).length;
      weight[term] = wanted[term] * Math.log(1 + list.length / (holders || 0.5));
      total += weight[term];
    });
    var least = names.length < 3 ? 0.99 : names.length < 5 ? 0.55 : 0.4;
    return list.map(function (entry) {
      var score = 0;
      var covered = 0;
      names.forEach(function (term) {
        var best = 0;
        entry.fields.forEach(function (field) {
          var times = count(field[0], term);
          if (times) best += field[1] * (1 + Math.log(times));
        });
        if (best) covered += weight[term];
        score += best * weight[term];
      });
      return { entry: entry, score: score * covered / total, covered: covered / total, names: names.filter(function (term) { return wanted[term] === 1; }) };
    }).filter(function (hit) { return hit.covered >= least; })
      .sort(function (a, b) { return b.score - a.score || (a.entry.id < b.entry.id ? -1 : 1); });
  }
  // The stretch of text that holds most of the wanted terms, cut at a sentence where one begins nearby.
  function passage(text, names) {
    var plain = text.replace(/\s+/g, " ");
    var low = fold(plain);
    var best = 0;
    var most = -1;
    for (var start = 0; start < low.length; start += 20) {
      var window_ = low.substr(start, PASSAGE);
      var hits = names.filter(function (term) { return window_.indexOf(term) >= 0; }).length;
      if (hits > most) { most = hits; best = start; }
    }
    if (most < 1) return "";
    var head = plain.slice(Math.max(0, best - 20), best).search(/[。！？；][^。！？；]*$/);
    var from = best === 0 ? 0 : head >= 0 ? Math.max(0, best - 20) + head + 1 : best;
    var cut = plain.substr(from, PASSAGE + 20);
    return (from ? "……" : "") + cut + (from + cut.length < plain.length ? "……" : "");
  }
  function marked(parent, text, names) {
    var low = fold(text);
    var on = [];
    names.forEach(function (term) {
      for (var at = low.indexOf(term); at >= 0; at = low.indexOf(term, at + 1)) for (var i = 0; i < term.length; i++) on[at + i] = 1;
    });
    for (var from = 0, to = 0; from < text.length; from = to) {
      while (to < text.length && !on[to] === !on[from]) to++;
      parent.appendChild(on[from] ? make("mark", "", text.slice(from, to)) : document.createTextNode(text.slice(from, to)));
    }
    return parent;
  }
  function make(tag, class_, text) {
    var node = document.createElement(tag);
    if (class_) node.className = class_;
    if (text) node.textContent = text;
    return node;
  }
  function item(hit, best) {
    var entry = hit.entry;
    var kind = kinds[entry.kind] || { icon: "plan", name: entry.kind };
    var node = make("article", best ? "hit best" : "hit");
    var line = node.appendChild(make("p", "kind"));
    line.innerHTML = '<svg class="ic" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-' + kind.icon + '"></use></svg>';
    line.appendChild(make("b", "", kind.name));
    var link = make("a");
    link.href = root + entry.href;
    link.setAttribute("data-doc", entry.id);
    // A title breaks between its phrases.
    (entry.title.match(/[^，、。：；？！]+[，、。：；？！]*/g) || []).forEach(function (phrase) {
      link.appendChild(marked(make("span", phrase.length <= 12 ? "nw" : ""), phrase, hit.names));
    });
    node.appendChild(make("h2")).appendChild(link);
    node.appendChild(marked(make("p", "snip"), best ? entry.summary : passage(entry.text || "", hit.names) || entry.summary, hit.names));
    var stages = entry.stages || [];
    node.appendChild(make("p", "meta", stages.length === 6 ? "各学段" : stages.join("、")));
    if (best) { var go = node.appendChild(make("a", "btn sm go", "打开看")); go.href = link.href; }
    return node;
  }
  function show(hits, audience) {
    var chosen = hits.filter(function (hit) { return !audience || (hit.entry.audiences || []).indexOf(audience) >= 0; });
    out.textContent = "";
    if (TROUBLE.test(query)) out.appendChild(document.getElementById("trouble").content.cloneNode(true));
    chosen.slice(0, MOST).forEach(function (hit, index) { out.appendChild(item(hit, index === 0)); });
    if (!chosen.length) out.appendChild(document.getElementById("nothing").content.cloneNode(true));
    tabs.textContent = "";
    tabs.hidden = !hits.length;
    [""].concat(out.getAttribute("data-audiences").split(" ")).forEach(function (name) {
      var size = hits.filter(function (hit) { return !name || (hit.entry.audiences || []).indexOf(name) >= 0; }).length;
      if (!size && name !== audience) return;
      var tab = tabs.appendChild(make("button", "", name ? name + "用" : "全部"));
      tab.type = "button";
      tab.setAttribute("aria-pressed", String(name === audience));
      tab.appendChild(make("span", "n num", String(size)));
      tab.addEventListener("click", function () { show(hits, name); });
    });
  }
  var query = decodeURIComponent((/[?&]q=([^&]*)/.exec(location.search) || ["", ""])[1].replace(/\+/g, " ")).trim();
  input.value = query;
  if (query) { document.title = "搜索：" + query + " · " + document.title.split(" · ").pop(); show(find(query), ""); } else input.focus();
})();
