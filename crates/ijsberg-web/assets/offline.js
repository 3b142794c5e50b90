// Keeps the questions and what they need, so that they can be filled in without a connection. Nothing that was filled in passes
// here: answers stay in the page, or encrypted on the device.
"use strict";

const KEPT = "ijsberg-questions-@version";
const PAGES = ["/assess/all", "/assess/instruments.json", "/assets/tokens.css", "/assets/app.css", "/assets/assess.css",
  "/assets/app.js", "/assets/wait.js", "/assets/weigh.js", "/assets/say.js", "/assets/icon.svg", "/assets/public-sans.woff2",
  "/manifest.webmanifest"];

self.addEventListener("install", (event) => {
  // Without cookies: the page of whoever is logged in is not kept.
  const ask = (path) => new Request(path, { credentials: "omit", cache: "reload" });
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PAGES.map(ask))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name !== KEPT && caches.delete(name);
  event.waitUntil(caches.keys().then((names) => Promise.all(names.map(old))));
});

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  const questions = event.request.mode === "navigate" && path.startsWith("/assess");
  if (event.request.method !== "GET" || !(questions || PAGES.includes(path))) return;
  const kept = async () => (await caches.match(questions ? "/assess/all" : path)) ?? Response.error();
  event.respondWith(fetch(event.request).catch(kept));
});
