// A screen that cannot be refreshed says so: old good news is worse than none.
const stale = document.getElementById("stale");
for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(kind, () => { stale.hidden = false; });
}
document.addEventListener("htmx:afterSwap", () => { stale.hidden = true; });
