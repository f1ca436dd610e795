/* The page for want of a network: back to what was asked for, and what this device holds. */
(function () {
  "use strict";
  var site = new URL(".", location.href).href;

  // The address that was asked for stands behind #, as the service worker put it there; none outside this site is taken.
  function again() {
    var asked = site;
    try { asked = new URL(decodeURIComponent(location.hash.slice(1)), site).href; } catch (unreadable) { /* the home page */ }
    location.replace(asked.indexOf(site) === 0 ? asked : site);
  }
  window.addEventListener("online", again);
  document.querySelector('[data-do="again"]').addEventListener("click", again);

  if (!window.caches) return;
  caches.open("seen").then(function (seen) {
    return seen.keys().then(function (requests) {
      var pages = requests.filter(function (request) {
        return request.url.indexOf(site) === 0 && /(\.html|\/)$/.test(request.url.split(/[?#]/)[0]);
      });
      // The last ones seen come last in the cache.
      return Promise.all(pages.reverse().slice(0, 40).map(function (request) {
        return seen.match(request).then(function (answer) { return answer.text(); }).then(function (text) {
          var title = (/<title>([^<]*)<\/title>/.exec(text) || ["", ""])[1];
          return { href: request.url, title: title.replace(/&amp;/g, "&").split(" · ")[0] };
        });
      }));
    });
  }).then(function (pages) {
    var section = document.getElementById("seen"), list = section.querySelector("ul");
    pages.forEach(function (page) {
      var link = list.appendChild(document.createElement("li")).appendChild(document.createElement("a"));
      link.href = page.href;
      link.textContent = page.title;
    });
    section.hidden = !pages.length;
  });
})();
