// After htmx has swapped a part of the page, move the focus to what asks for it and tell a screen reader.
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target.querySelector("[data-focus]");
  if (target) target.focus();
});
// A form is sent once: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
document.addEventListener("htmx:afterRequest", (event) => {
  delete event.target.dataset?.sent;
});
// Buttons that print.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// A passkey that did not work is told on the page.
document.addEventListener("allauth.error", (event) => {
  const told = document.getElementById("passkey-error");
  if (!told) return;
  event.preventDefault();
  told.hidden = false;
});
// Where the menu is longer than the screen, the page that one is on is in sight, and so is the whole of what has the focus.
document.querySelector(".m-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelector(".m-nav")?.addEventListener("focusin", (event) => {
  event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
