// Keeps the page of the phone for times without a network: its own page and the files it needs, nothing of anybody.
const CACHE = "stocktaking-1";
const PAGE = new URL("./", self.location).href;
const PATIENCE = 4000; // ms until a slow network counts as none

async function fill() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(PAGE, { cache: "reload", credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error("the page is not to be had");
  const text = await answer.clone().text();
  await cache.put(PAGE, answer);
  const files = new Set([...text.matchAll(/(?:href|src|data-cached)="(\/static\/[^"#]+)"/g)].map((found) => found[1]));
  await Promise.all([...files].map(async (file) => cache.put(file, await fetch(file, { cache: "reload" }))));
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("stocktaking-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

/** The network where it answers in time, else what was kept. */
async function page(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected && answer.type === "basic") await cache.put(PAGE, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([fresh.catch(() => kept), late]);
}

/** The page's own scripts must be of one age, so the network comes first for them; the rest may be as it was kept. */
async function file(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  const last = fresh.catch(() => kept);
  if (!new URL(request.url).pathname.startsWith("/static/stocktaking/")) return kept;
  return Promise.race([last, new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE))]);
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === new URL(PAGE).pathname) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
