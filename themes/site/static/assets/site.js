/* Large type, reading aloud, printing. Without script the buttons are not shown and nothing is missing. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }

  // Storage may be refused, on file:// or in private windows: then the choice lasts for the page.
  function keep(value) {
    try {
      if (value === undefined) return localStorage.getItem("large") === "1";
      localStorage.setItem("large", value ? "1" : "0");
    } catch (refused) { /* nothing to keep */ }
    return false;
  }
  function large(on) {
    root.classList.toggle("big", on);
    all('[data-do="large"]').forEach(function (button) { button.setAttribute("aria-pressed", String(on)); });
  }
  large(keep());

  // Sentence by sentence: long utterances stop in the middle on many phones.
  var voice = window.speechSynthesis;
  var texts = all("[data-read]");
  var first = document.querySelector(".first");
  if (first && texts.length) texts.unshift(first);
  var readers = all('[data-do="read"]');
  if (!voice || !texts.length) readers.forEach(function (button) { (button.closest("li") || button).hidden = true; });
  function label(text) { readers.forEach(function (button) { button.querySelector("span").textContent = text; }); }
  // A chart is read as its list of words, not as the scattered labels of its drawing.
  function listed(on) {
    all(".diagram").forEach(function (chart) { chart.classList.toggle("listed", on); chart.querySelector("details").open = on; });
  }
  function read() {
    if (voice.speaking || voice.pending) { voice.cancel(); label("读给我听"); return; }
    listed(true);
    var text = texts.map(function (part) { return part.innerText; }).join("\n").replace(/[／□]/g, "，");
    listed(false);
    var sentences = text.match(/[^。！？；\n]+[。！？；]*/g).filter(function (each) { return each.trim(); });
    sentences.forEach(function (sentence, index) {
      var words = new SpeechSynthesisUtterance(sentence);
      words.lang = "zh-CN";
      words.rate = 0.9;
      if (index === sentences.length - 1) words.onend = function () { label("读给我听"); };
      voice.speak(words);
    });
    label("停下");
  }
  if (voice) window.addEventListener("pagehide", function () { voice.cancel(); });

  // WeChat's own browser opens no files; what to do is said where files are offered.
  if (/MicroMessenger/i.test(navigator.userAgent)) all("[data-wechat]").forEach(function (hint) { hint.hidden = false; });

  // What is folded on the screen stands open on paper.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all(".body details:not([open])");
    opened.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (part) { part.open = false; });
  });

  // Pages from disk and WeChat's browser may lack the clipboard: then the old way, a selected field.
  function copy(button) {
    function done() {
      var words = button.querySelector("span"), before = words.textContent;
      words.textContent = "已复制";
      setTimeout(function () { words.textContent = before; }, 2000);
    }
    function selected() {
      var field = document.createElement("textarea");
      field.value = button.getAttribute("data-text");
      field.setAttribute("readonly", "");
      field.style.position = "fixed";
      document.body.appendChild(field);
      field.select();
      if (document.execCommand("copy")) done();
      document.body.removeChild(field);
      button.focus();
    }
    if (!navigator.clipboard) { selected(); return; }
    navigator.clipboard.writeText(button.getAttribute("data-text")).then(done, selected);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-do]");
    if (!button) {
      all("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
      return;
    }
    var what = button.getAttribute("data-do");
    if (what === "print") window.print();
    if (what === "large") { var on = !root.classList.contains("big"); large(on); keep(on); }
    if (what === "read") read();
    if (what === "copy") copy(button);
  });

  // Wide tables scroll on phones: reachable by keyboard, and named.
  all(".prose table, .sheet table, .official table").forEach(function (table) {
    if (table.scrollWidth > table.clientWidth + 1) {
      table.tabIndex = 0;
      table.setAttribute("aria-label", "表格，可以左右滑动");
    }
  });
})();
