/* Printing a sheet; and the map: a département clicked on the map is the territory looked at. The table's links do the same, for everybody. */
for (const map of document.querySelectorAll("[data-carte-couverture]")) {
  map.addEventListener("click", (event) => {
    const place = event.target.closest("[data-code]");
    if (!place) return;
    const address = new URL(map.dataset.carteCouverture || location.href, location.href);
    address.searchParams.set("territoire", place.dataset.code);
    address.searchParams.delete("page_expertises");
    address.hash = "";
    location.assign(address);
  });
}

for (const button of document.querySelectorAll("[data-imprimer]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
