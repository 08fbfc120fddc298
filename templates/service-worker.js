/* One thing only: when a page cannot be reached, show ours instead of the browser's. Nothing else is kept. */
const CACHE = "hors-ligne:{{ version }}";
const OFFLINE = "{% url 'hors-ligne' %}";
const KEPT = [OFFLINE, {% for path in fichiers %}"{% static path %}"{% if not forloop.last %}, {% endif %}{% endfor %}];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await registration.navigationPreload?.enable();
  })());
});

addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate" && event.request.method === "GET") event.respondWith(navigate(event));
  else if (KEPT.includes(new URL(event.request.url).pathname)) event.respondWith(fromCache(event.request));
});

/* Their names change with their content. */
async function fromCache(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function navigate(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return caches.match(OFFLINE);
  }
}
