// Digits and Enter on the check sheet; everything works without them.
const form = document.querySelector("[data-check]");
const items = form ? [...form.querySelectorAll("[data-item]")] : [];
const choice = (item, value) => item.querySelector(`input[type="radio"][value="${value}"]`);
const mark = (item, value) => {
  const radio = choice(item, value);
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true })); // what keeps drafts hears of it
  radio.focus();
  item.scrollIntoView({ block: "nearest" });
};
const isText = (element) => element.matches('input:not([type="radio"]), textarea, select');
const next = () => {
  const item = items.find((each) => choice(each, "not_done").checked || !each.querySelector("input:checked"));
  if (item) mark(item, "ok");
  else form.querySelector('button[value="sign"]').focus();
};
document.addEventListener("keydown", (event) => {
  if (!form || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const at = document.activeElement;
  if (isText(at)) {
    // Enter in a line of text goes to the next field and never sends the form.
    if (event.key === "Enter" && at.matches("input")) event.preventDefault();
    return;
  }
  if (event.key === "Enter" && !at.closest("a, button, summary")) {
    event.preventDefault();
    next();
  } else if (/^[1-9]$/.test(event.key) && items[event.key - 1]) {
    event.preventDefault();
    const item = items[event.key - 1];
    mark(item, choice(item, "ok").checked ? "not_ok" : "ok");
  }
});
