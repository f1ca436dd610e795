/* 读给我听: the text of the page in the voice of this device, a sentence at a time, the place in it marked. The buttons
   stay hidden where there is no Chinese voice on the device itself: voices from elsewhere would send the text away. */
(function () {
  "use strict";
  var speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) return;
  var SKIPPED = "script,style,template,noscript,nav,aside,form,button,input,svg,img,[hidden],[aria-hidden=true],[role=img]," +
    ".sr,.crumb,.tools,.prints,.basis,.more,.take,.act,.kind,.meta,.dl,.lks,.strip,.tag";
  // Longer sentences are cut at a comma: some voices fall silent after fifteen seconds.
  var LONGEST = 60;
  var voice = null;
  var queue = [];
  var at = 0;
  var state = "still";
  // Counts what was begun, so that the end of a sentence that was broken off moves nothing.
  var turn = 0;
  var bar = null;
  var marked = null;
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function buttons() { return all('[data-do="read"]'); }

  function choose() {
    var chinese = speech.getVoices().filter(function (each) {
      return each.localService && /^(zh|cmn)/i.test(each.lang) && !/HK|yue/i.test(each.lang);
    });
    voice = chinese.filter(function (each) { return /CN|Hans/i.test(each.lang); })[0] || chinese[0] || null;
    buttons().forEach(function (button) { (button.closest("li") || button).hidden = !voice; });
  }

  // The paragraphs of the page, as they stand: {part: element, text: words}.
  function paragraphs() {
    var found = [];
    var open = null;
    function add(part, text) {
      if (!open) { open = { part: part, text: "" }; found.push(open); }
      open.text += text;
    }
    function walk(node, block) {
      if (node.nodeType === 3) {
        var text = node.nodeValue.replace(/\s+/g, " ");
        // A number to dial is said digit by digit.
        if (/^ ?\d{3,} ?$/.test(text) && node.parentNode.closest("a[href^='tel:']")) text = text.replace(/\d/g, "$& ");
        if (text.trim() || open) add(block, text);
        return;
      }
      if (node.nodeType !== 1 || node.matches(SKIPPED)) return;
      var display = getComputedStyle(node).display;
      if (display === "none") return;
      if (node.tagName === "BR") { open = null; return; }
      var inside = /^inline/.test(display) && node.tagName !== "LI";
      if (!inside) open = null;
      // What is folded is not read, but for the words of a chart, whose drawing is left out.
      var closed = node.tagName === "DETAILS" && !node.open && !node.closest(".diagram");
      var children = closed ? [] : Array.prototype.slice.call(node.childNodes);
      children.forEach(function (child) {
        if (child.tagName !== "SUMMARY") walk(child, inside ? block : node);
      });
      if (!inside) open = null;
    }
    var parts = all("[data-read]");
    parts = parts.length ? all("#main h1, .first, [data-read]") : all("#main");
    parts.forEach(function (part) { open = null; walk(part, part); });
    return found.filter(function (each) { return each.text.trim(); });
  }
  function sentences(text) {
    var plain = text.replace(/[／□]/g, "，").trim();
    var found = plain.match(/[^。！？；…]+[。！？；…]*[”』）》]*/g) || [plain];
    return found.reduce(function (short, sentence) {
      if (sentence.length <= LONGEST) return short.concat(sentence);
      var piece = "";
      (sentence.match(/[^，、：,]+[，、：,]*/g) || [sentence]).forEach(function (clause) {
        if (piece && piece.length + clause.length > LONGEST) { short.push(piece); piece = ""; }
        piece += clause;
      });
      return short.concat(piece);
    }, []);
  }

  function mark(part) {
    if (marked === part) return;
    if (marked) marked.classList.remove("read-now");
    marked = part;
    if (!part) return;
    part.classList.add("read-now");
    var box = part.getBoundingClientRect();
    if (box.top < 60 || box.bottom > innerHeight - 100) part.scrollIntoView({ block: "center" });
  }
  function show() {
    var words = { still: "读给我听", reads: "停一停", waits: "接着读" }[state];
    buttons().forEach(function (button) { (button.querySelector("span") || button).textContent = words; });
    if (bar) bar.hidden = state === "still";
  }
  function next() {
    if (at >= queue.length) { stop(); return; }
    var mine = ++turn;
    var words = new SpeechSynthesisUtterance(queue[at].text);
    words.lang = voice.lang.replace("_", "-");
    words.voice = voice;
    words.rate = 0.9;
    words.onend = function () { if (mine === turn) { at++; next(); } };
    words.onerror = function () { if (mine === turn) stop(); };
    // Kept from being thrown away while it speaks; some browsers lose its end otherwise.
    queue[at].words = words;
    mark(queue[at].part);
    speech.speak(words);
  }
  // The browsers' own pause does nothing on Android: the sentence is broken off and begun anew.
  function pause() {
    turn++;
    speech.cancel();
    state = "waits";
    show();
  }
  function go() {
    state = "reads";
    show();
    next();
  }
  function stop() {
    turn++;
    speech.cancel();
    var inside = bar && bar.contains(document.activeElement);
    state = "still";
    mark(null);
    show();
    if (inside && buttons()[0]) buttons()[0].focus();
  }
  function begin() {
    queue = [];
    paragraphs().forEach(function (each) {
      sentences(each.text).forEach(function (text) { queue.push({ part: each.part, text: text }); });
    });
    at = 0;
    if (!bar) {
      bar = document.createElement("div");
      bar.className = "reader";
      bar.setAttribute("role", "group");
      bar.setAttribute("aria-label", "朗读");
      bar.innerHTML = '<button class="btn" type="button" data-do="read"><span></span></button><button class="btn" type="button" data-do="hush">不读了</button>';
      document.body.appendChild(bar);
    }
    go();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-do]");
    var what = button ? button.getAttribute("data-do") : "";
    if (what === "hush") stop();
    if (what === "read") (state === "still" ? begin : state === "reads" ? pause : go)();
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape" && state !== "still") stop(); });
  window.addEventListener("pagehide", function () { speech.cancel(); });
  choose();
  // Most browsers know their voices only a moment later.
  speech.onvoiceschanged = choose;
})();
