/* Facets of the catalogue: choices within a facet add up, facets narrow each other; the state stands in the address. */
(function () {
  "use strict";
  var panel = document.getElementById("facets");
  var form = panel.querySelector("form");
  var boxes = all(form, "input");
  var cards = all(document, "#cards > .mat");
  var chips = byId("chips");
  var FACETS = "askmqwt".split("");
  // So many cards at once; a phone would scroll without end in a large library.
  var STEP = 24;
  var most = STEP;
  var shown = [];
  var counters = boxes.map(function (box) { return box.parentNode.querySelector(".n"); });
  // Of each card, the positions of the choices it fits, by facet.
  var places = {};
  boxes.forEach(function (box, index) { places[box.name + box.value] = index; });
  var held = cards.map(function (card) {
    return FACETS.map(function (facet) {
      return (card.getAttribute("data-" + facet) || "").split("|")
        .map(function (value) { return places[facet + value]; })
        .filter(function (place) { return place !== undefined; });
    });
  });
  function byId(id) { return document.getElementById(id); }
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }

  function show() {
    var on = boxes.filter(function (box) { return box.checked; });
    var open = FACETS.map(function (facet) { return !on.some(function (box) { return box.name === facet; }); });
    var left = boxes.map(function () { return 0; });
    var found = [];
    // One pass: a card that fits all facets but one still counts beside the choices of that one.
    held.forEach(function (facets, index) {
      var missed = -1;
      for (var at = 0; at < facets.length; at += 1) {
        if (open[at] || facets[at].some(function (place) { return boxes[place].checked; })) continue;
        if (missed >= 0) return;
        missed = at;
      }
      if (missed < 0) found.push(index);
      facets.forEach(function (choices, facet) {
        if (missed < 0 || missed === facet) choices.forEach(function (place) { left[place] += 1; });
      });
    });
    shown.forEach(function (index) { cards[index].hidden = true; });
    shown = found.slice(0, most);
    shown.forEach(function (index) { cards[index].hidden = false; });
    boxes.forEach(function (box, index) {
      counters[index].firstChild.nodeValue = left[index];
      box.disabled = !left[index] && !box.checked;
      box.parentNode.classList.toggle("off", box.disabled);
    });
    byId("tally").textContent = on.length ? "符合 " + found.length + " 份" : "共 " + cards.length + " 份";
    byId("total").hidden = !on.length;
    byId("foldn").textContent = on.length ? "筛选（已选 " + on.length + " 项）" : "筛选";
    byId("more").hidden = found.length <= most;
    byId("more").firstChild.textContent = "再看 " + Math.min(STEP, found.length - most) + " 份";
    byId("cards").hidden = !found.length;
    byId("none").hidden = !!found.length;
    chips.hidden = !on.length;
    chips.textContent = "";
    on.forEach(function (box, index) {
      var name = box.getAttribute("data-name");
      chip(name, "chip", "去掉 " + name, function () {
        box.checked = false;
        change();
        // The keyboard stays where the chip was, or goes to what has come out.
        (chips.children[Math.min(index, chips.children.length - 1)] || byId("found")).focus();
      });
    });
    if (on.length) chip("清除全部", "clear", "清除全部，现在选了 " + on.length + " 项", function () {
      on.forEach(function (box) { box.checked = false; });
      change();
      byId("found").focus();
    });
  }
  function chip(words, style, label, act) {
    var button = document.createElement("button");
    button.className = style;
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.innerHTML = "<span></span>";
    button.firstChild.textContent = words;
    if (style === "chip") button.innerHTML += '<svg class="ic" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-close"></use></svg>';
    button.addEventListener("click", act);
    chips.appendChild(button);
  }
  function change() {
    most = STEP;
    var query = boxes.filter(function (box) { return box.checked; })
      .map(function (box) { return box.name + "=" + encodeURIComponent(box.value); }).join("&");
    // Some browsers refuse this on file://; the list works all the same.
    try { history.pushState(null, "", location.pathname + (query ? "?" + query : "")); } catch (refused) { /* stay */ }
    show();
  }
  function restore() {
    var wanted = location.search.slice(1).split("&").map(function (pair) {
      try { return decodeURIComponent(pair.replace(/\+/g, " ")); } catch (broken) { return ""; }
    });
    boxes.forEach(function (box) { box.checked = wanted.indexOf(box.name + "=" + box.value) >= 0; });
    most = STEP;
    show();
  }

  byId("more").firstChild.addEventListener("click", function () {
    var next = most;
    most += STEP;
    show();
    // The keyboard goes on at the first card that has come up.
    cards[shown[next]].querySelector("h3 a").focus();
  });
  form.addEventListener("change", change);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("popstate", restore);
  cards.forEach(function (card) { card.hidden = true; });
  restore();
})();
