/* Large type, copying, printing, menus, what works without a network. Loaded in the head: large type and the buttons that
   need scripts are there at the first paint. Without script they are not shown and nothing is missing. */
(function () {
  "use strict";
  var root = document.documentElement;
  var served = /^https?:$/.test(location.protocol);
  var site = document.currentScript.src.split("assets/site.js")[0];
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

  // Pages from disk and WeChat's browser may lack the clipboard: then the old way, a selected field.
  function copy(button) {
    var text = button.getAttribute("data-copy");
    function say(told) {
      var words = button.querySelector("span") || button, before = words.getAttribute("data-before") || words.textContent;
      words.setAttribute("data-before", before);
      words.textContent = told;
      announce(told);
      setTimeout(function () { words.textContent = before; }, 2000);
    }
    function done() { say("已复制"); }
    function selected() {
      var field = document.createElement("textarea"), copied = false;
      field.value = text;
      field.setAttribute("readonly", "");
      field.className = "copied";
      document.body.appendChild(field);
      field.select();
      field.setSelectionRange(0, text.length);
      try { copied = document.execCommand("copy"); } catch (refused) { /* said below */ }
      document.body.removeChild(field);
      button.focus();
      if (copied) done(); else say("请长按文字来复制");
    }
    if (!navigator.clipboard) { selected(); return; }
    navigator.clipboard.writeText(text).then(done, selected);
  }
  // For those who hear the page: a changed label of a button is not read out.
  function announce(text) {
    var place = document.getElementById("told") || document.body.appendChild(document.createElement("p"));
    place.id = "told";
    place.className = "sr";
    place.setAttribute("role", "status");
    place.textContent = text;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button");
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
    if (!button) return;
    if (button.hasAttribute("data-copy")) copy(button);
    var what = button.getAttribute("data-do");
    if (what === "print") window.print();
    if (what === "large") { var on = !root.classList.contains("big"); large(on); keep(on); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach(function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // What is folded on the screen stands open on paper.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all(".body details:not([open])");
    opened.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (part) { part.open = false; });
  });

  document.addEventListener("DOMContentLoaded", function () {
    large(root.classList.contains("big"));
    // WeChat's own browser opens no files; what to do is said where files are offered.
    if (/MicroMessenger/i.test(navigator.userAgent)) all("[data-wechat]").forEach(function (hint) { hint.hidden = false; });
    // The archive is not in itself.
    if (served) all("[data-online]").forEach(function (link) { link.hidden = false; });
    // Wide tables scroll on phones: reachable by keyboard, and named.
    all(".prose table, .sheet table, .official table").forEach(function (table) {
      if (table.scrollWidth > table.clientWidth + 1) {
        table.tabIndex = 0;
        table.setAttribute("aria-label", "表格，可以左右滑动");
      }
    });
  });

  // What was seen opens without a network; the first page was loaded before there was anybody to keep it.
  if (navigator.serviceWorker && (location.protocol === "https:" || /^(localhost|127\.0\.0\.1)$/.test(location.hostname))) {
    window.addEventListener("load", function () {
      var first = !navigator.serviceWorker.controller;
      navigator.serviceWorker.register(site + "sw.js").then(function () {
        return first && navigator.serviceWorker.ready.then(function () { return caches.open("seen"); }).then(function (seen) {
          // Those that came, each once: one that is not there, or is asked for twice, would have all of them refused.
          var pictures = all("img").filter(function (picture) { return picture.complete && picture.naturalWidth; })
            .map(function (picture) { return picture.currentSrc; })
            .filter(function (address, at, addresses) { return addresses.indexOf(address) === at; });
          return seen.addAll([location.href.split(/[?#]/)[0].replace(/\/$/, "/index.html")].concat(pictures));
        });
      }).catch(function () { /* it works as any other site */ });
    });
  }
})();
