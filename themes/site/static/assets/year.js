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

  // What has a month only lasts until its end. Past the last leaf the first ones stay.
  var leaves = all("#leaves > li");
  var first = leaves.findIndex(function (leaf) { return leaf.getAttribute("data-date") + "-99" >= today + "-"; });
  if (first > leaves.length - 4) first = leaves.length - 4;
  if (first > 0) leaves.forEach(function (leaf, index) { leaf.hidden = index < first || index >= first + 4; });
  if (first >= 0 && leaves.length) leaves[first].classList.add("next");
})();
