/* Pages that were seen, and the page of help, without a network. The generator puts VERSION and HELD before this text:
   the digest of what is held from the start, and its addresses. A new version holds its own and drops the old ones.
   Pages come from the network whenever there is one, so that nobody reads an old law; an address with ?v= never changes. */
"use strict";
var SITE = new URL("./", self.location.href).href;
// Caches belong to a host, which may serve other sites as well: those of this one end in its address.
var OWN = " " + SITE;
var FRAME = "frame-" + self.VERSION + OWN;
var SEEN = "seen";
// So long a page that is held may keep its reader waiting for a newer one.
var PATIENCE = 4000;
// Of papers and archives the reader keeps copies himself.
var KEPT = /(\/|\.(html|css|js|json|svg|webp|png|jpg))$/;

self.addEventListener("install", function (event) {
  var asked = self.HELD.map(function (address) { return new Request(address, { cache: "reload" }); });
  event.waitUntil(caches.open(FRAME).then(function (frame) { return frame.addAll(asked); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) {
      return name !== FRAME && name.indexOf("frame-") === 0 && name.slice(-OWN.length) === OWN;
    }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.href.indexOf(SITE) !== 0 || !KEPT.test(url.pathname)) return;
  event.respondWith(/[?&]v=/.test(url.search) ? fixed(event) : fresh(event));
});

// The address under which a page is held: without search and place, and the same with and without index.html.
function plain(request) {
  return request.url.split(/[?#]/)[0].replace(/\/$/, "/index.html");
}
// What is held, of whatever version: without a network an old page with a new style beats a bare one.
function held(request) {
  return caches.match(plain(request), { ignoreSearch: true });
}
// Fetches and keeps the answer: one for an address, the last one last. What is gone from the site goes from here, too.
function fetched(event, name, how) {
  var answered = fetch(event.request, how).then(function (answer) {
    if (answer.status >= 500) throw new Error(answer.statusText);
    return [answer, answer.clone()];
  });
  event.waitUntil(answered.then(function (both) {
    var address = plain(event.request);
    return caches.open(name).then(function (cache) {
      return cache.delete(address, { ignoreSearch: true }).then(function () {
        if (both[1].ok && !both[1].redirected) return cache.put(name === SEEN ? address : event.request.url, both[1]);
      });
    });
  }).catch(function () { /* no network, or no room */ }));
  return answered.then(function (both) { return both[0]; });
}
function fixed(event) {
  return caches.match(event.request).then(function (answer) {
    return answer || fetched(event, FRAME).catch(function () {
      return held(event.request).then(function (other) { return other || Response.error(); });
    });
  });
}
function fresh(event) {
  // The browser asks the server whether its own copy is still right.
  var asked = fetched(event, SEEN, { cache: "no-cache" });
  var late = new Promise(function (resolve) { setTimeout(resolve, PATIENCE); }).then(function () {
    return held(event.request);
  }).then(function (answer) { return answer || asked; });
  return Promise.race([asked, late]).catch(function () {
    return held(event.request).then(function (answer) {
      if (answer) return answer;
      if (event.request.mode !== "navigate") return Response.error();
      return Response.redirect(SITE + "offline.html#" + encodeURIComponent(event.request.url.slice(SITE.length)));
    });
  });
}
