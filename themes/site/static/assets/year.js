/* Today in the calendar: the month is marked, the home page shows the days to come. Without it all stays readable. */
(function () {
  "use strict";
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  var now = new Date();
  var month = now.getFullYear() + "-" + two(now.getMonth() + 1);
  var today = month + "-" + two(now.getDate());

  all("[data-month]").forEach(function (each) {
    if (each.getAttribute("data-month") !== month) return;
    each.classList.add("on");
    var words = each.querySelector(".now");
    if (words) words.hidden = false;
    else each.setAttribute("aria-current", "date");
  });

  // What has a month only lasts until its end. What is past returns next year: where its date moves, it is not known yet.
  var leaves = all("#leaves > li");
  function past(leaf) { return leaf.getAttribute("data-date") + "-99" < today + "-"; }
  var over = leaves.filter(function (leaf) { return past(leaf) && !leaf.hasAttribute("data-moves"); });
  over.forEach(function (leaf) { leaf.querySelector(".dt > span").textContent = ""; });
  var next = leaves.filter(function (leaf) { return !past(leaf); }).concat(over);
  leaves.forEach(function (leaf) { leaf.hidden = true; });
  next.slice(0, 4).forEach(function (leaf) {
    leaf.hidden = false;
    leaf.parentNode.appendChild(leaf);
  });
  if (next.length) next[0].classList.add("next");
})();
