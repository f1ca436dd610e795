/* Facets of the catalogue: choices within a facet add up, facets narrow each other; the state stands in the address. */
(function () {
  "use strict";
  var panel = document.getElementById("facets");
  var form = panel.querySelector("form");
  var boxes = Array.prototype.slice.call(form.querySelectorAll("input"));
  var cards = Array.prototype.slice.call(document.querySelectorAll("#cards > .mat"));
  var chips = document.getElementById("chips");
  // So many cards at once; a phone would scroll without end in a large library.
  var STEP = 24;
  var most = STEP;
  var held = cards.map(function (card) {
    var values = {};
    "askmqwt".split("").forEach(function (facet) { values[facet] = (card.getAttribute("data-" + facet) || "").split(" "); });
    return values;
  });
  function byId(id) { return document.getElementById(id); }

  function chosen() {
    var picked = {};
    boxes.forEach(function (box) { if (box.checked) (picked[box.name] = picked[box.name] || []).push(box.value); });
    return picked;
  }
  function fits(values, picked, except) {
    return Object.keys(picked).every(function (facet) {
      return facet === except || picked[facet].some(function (value) { return values[facet].indexOf(value) >= 0; });
    });
  }
  function show() {
    var picked = chosen();
    var count = 0;
    cards.forEach(function (card, index) {
      var on = fits(held[index], picked);
      count += on ? 1 : 0;
      card.hidden = !on || count > most;
    });
    // Beside each choice: how many it would leave, with the other facets as they are.
    boxes.forEach(function (box) {
      var left = held.filter(function (values) {
        return values[box.name].indexOf(box.value) >= 0 && fits(values, picked, box.name);
      }).length;
      var label = box.closest("label");
      label.querySelector(".n").textContent = left;
      box.disabled = !left && !box.checked;
      label.classList.toggle("off", box.disabled);
    });
    var on = boxes.filter(function (box) { return box.checked; });
    byId("tally").textContent = on.length ? "符合 " + count + " 份" : "共 " + cards.length + " 份";
    byId("total").hidden = !on.length;
    byId("foldn").textContent = on.length ? "筛选（已选 " + on.length + " 项）" : "筛选";
    byId("more").hidden = count <= most;
    byId("more").firstChild.textContent = "再看 " + Math.min(STEP, count - most) + " 份";
    byId("cards").hidden = !count;
    byId("none").hidden = !!count;
    chips.hidden = !on.length;
    chips.textContent = "";
    on.forEach(function (box) {
      var chip = document.createElement("button");
      chip.className = "chip";
      chip.type = "button";
      chip.setAttribute("aria-label", "去掉 " + box.getAttribute("data-name"));
      chip.innerHTML = '<span></span><svg class="ic" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-close"></use></svg>';
      chip.firstChild.textContent = box.getAttribute("data-name");
      chip.addEventListener("click", function () { box.checked = false; change(); });
      chips.appendChild(chip);
    });
    if (on.length > 1) {
      var clear = document.createElement("button");
      clear.className = "clear";
      clear.type = "button";
      clear.textContent = "全部清除";
      clear.addEventListener("click", function () { on.forEach(function (box) { box.checked = false; }); change(); });
      chips.appendChild(clear);
    }
  }
  function change() {
    most = STEP;
    var query = boxes.filter(function (box) { return box.checked; })
      .map(function (box) { return box.name + "=" + encodeURIComponent(box.value); }).join("&");
    // Some browsers refuse this on file://; the list works all the same.
    try { history.replaceState(null, "", location.pathname + (query ? "?" + query : "")); } catch (refused) { /* stay */ }
    show();
  }

  location.search.slice(1).split("&").forEach(function (pair) {
    var parts = pair.split("=");
    var value = decodeURIComponent((parts[1] || "").replace(/\+/g, " "));
    boxes.forEach(function (box) { if (box.name === parts[0] && box.value === value) box.checked = true; });
  });
  byId("more").firstChild.addEventListener("click", function () {
    var shown = most;
    most += STEP;
    show();
    // The keyboard goes on at the first card that has come up.
    var next = cards.filter(function (card) { return !card.hidden; })[shown];
    if (next) next.querySelector("h3 a").focus();
  });
  form.addEventListener("change", change);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  show();
})();
