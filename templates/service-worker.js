/* Two things only: when a page cannot be reached, show ours instead of the browser's, and show the notifications
   that the person asked to see on this device. Nothing else is kept. */
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

/* What we are sent is a title and an address of ours; whatever else came with it is ignored. */
addEventListener("push", (event) => {
  event.waitUntil((async () => {
    let said = {};
    try { said = event.data?.json() ?? {}; } catch { /* not ours */ }
    const pages = await clients.matchAll({ type: "window" });
    // Whoever is looking at the site has it in the page already.
    if (pages.some((page) => page.focused)) return;
    await registration.showNotification(String(said.titre || "Du nouveau pour vous").slice(0, 200), {
      tag: String(said.fil || "").slice(0, 80) || undefined,
      data: { url: String(said.url || "/notifications/") },
      lang: "fr",
    });
  })());
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const wanted = new URL(event.notification.data?.url ?? "/notifications/", location.origin);
    const url = wanted.origin === location.origin ? wanted.href : new URL("/notifications/", location.origin).href;
    const pages = await clients.matchAll({ type: "window" });
    const page = pages.find((client) => "navigate" in client);
    if (!page) return clients.openWindow(url);
    await page.focus();
    return page.navigate(url);
  })());
});
