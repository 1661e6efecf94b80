// What is typed is kept in this tab until it is saved, so that an ended session, a refusal or a broken connection loses
// nothing. It is named by the account, never shown to another one, and gone with a log-out. Secrets are never kept.
const said = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const ACCOUNT = said("mihariban-account");
const PAGE = said("mihariban-page"); // "keep": nothing was saved; "POST": the answer to a form; "GET"
const PREFIX = "draft ";
const MINE = `${PREFIX}${ACCOUNT} `;
const SECRET = 'input[type="password"], input[type="file"], [autocomplete="one-time-code"], [autocomplete$="-password"]';
const others = new BroadcastChannel("mihariban drafts");

const keys = (start) => Object.keys(sessionStorage).filter((key) => key.startsWith(start));
const forget = (start) => keys(start).forEach((key) => sessionStorage.removeItem(key));
const read = (key) => JSON.parse(sessionStorage.getItem(key));
const write = (key, draft) => {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    sessionStorage.removeItem(key); // more than a browser keeps; half of a text would be worse than none
  }
};

const target = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const fields = (form) => [...form.elements].filter((each) => each.name && !each.matches(SECRET) && each.type !== "submit");
const shown = (form) => fields(form).filter((each) => each.type !== "hidden");
// The stamp goes with the text: who saves an old text over somebody else's change is told.
const stamps = (form) => fields(form).filter((each) => each.type === "hidden" && /(stamp_?|digest)$/.test(each.name));
const keyOf = (form) => {
  const names = [...new Set(shown(form).map((each) => each.name))].sort().join();
  return `${MINE}${target(form)} ${form.elements.namedItem("deed")?.value ?? ""} ${names}`;
};
const valueOf = (field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked : field.value);
const valuesOf = (form) => [...shown(form), ...stamps(form)].map((field) => [field.name, field.value, valueOf(field)]);
const keeps = (form) =>
  form.getAttribute("method") === "post" && !("keep" in form.dataset) && !target(form).startsWith("/account/");
const forms = () => (ACCOUNT ? [...document.forms].filter((form) => keeps(form) && shown(form).length) : []);
const save = (form, sent = false) => write(keyOf(form), { sent, values: valuesOf(form) });

// Puts a draft back; true where it changes what is seen.
function restore(form, values) {
  const all = [...shown(form), ...stamps(form)];
  if (all.length !== values.length) return false;
  let changed = false;
  all.forEach((field, place) => {
    const [name, value, now] = values[place];
    if (field.name !== name || (typeof now === "boolean" && field.value !== value)) return;
    changed ||= field.type !== "hidden" && valueOf(field) !== now;
    if (typeof now === "boolean") field.checked = now;
    else field.value = now;
  });
  return changed;
}

function tell(form) {
  const box = document.getElementById("draft-told").content.cloneNode(true).firstElementChild;
  box.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(keyOf(form));
    form.reset();
    for (const field of stamps(form)) field.value = field.defaultValue;
    box.remove();
    shown(form)[0].focus();
  });
  form.prepend(box);
  form.closest("details")?.setAttribute("open", "");
}

function arrive() {
  const saved = PAGE !== "keep" && (PAGE === "POST" || performance.getEntriesByType("navigation")[0]?.redirectCount > 0);
  const here = new Map(forms().map((form) => [keyOf(form), form]));
  for (const key of keys(MINE)) {
    const draft = read(key);
    if (!draft.sent) continue;
    if (PAGE === "POST" && here.has(key)) save(here.get(key)); // refused, or shown once more: the page has the text
    else if (saved) sessionStorage.removeItem(key);
    else write(key, { ...draft, sent: false });
  }
  if (PAGE !== "GET") return;
  for (const [key, form] of here) if (sessionStorage.getItem(key) && restore(form, read(key).values)) tell(form);
}

if (ACCOUNT) for (const key of keys(PREFIX)) if (!key.startsWith(MINE)) sessionStorage.removeItem(key);
if (ACCOUNT) arrive();
else for (const key of keys(PREFIX)) write(key, { ...read(key), sent: false });

const dirty = new Set();
const flush = () => {
  for (const form of dirty) if (form.isConnected) save(form);
  dirty.clear();
};
let timer = 0;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !forms().includes(form) || event.target.matches(SECRET)) return;
  dirty.add(form);
  clearTimeout(timer);
  timer = setTimeout(flush, 400);
});
window.addEventListener("pagehide", flush);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (target(form).endsWith("/account/logout/")) {
    dirty.clear();
    forget(PREFIX);
    others.postMessage("forget");
  } else if (forms().includes(form)) {
    dirty.delete(form);
    save(form, true);
  }
});
others.addEventListener("message", () => {
  dirty.clear();
  forget(PREFIX);
});
// A link inside a form leaves it on purpose.
document.addEventListener("click", (event) => {
  const form = event.target.closest("a[href]")?.closest("form");
  if (!form || !keeps(form)) return;
  dirty.delete(form);
  sessionStorage.removeItem(keyOf(form));
});
// A browser cuts what is pasted at the field's length and says nothing.
document.addEventListener("paste", (event) => {
  const field = event.target;
  const most = field.maxLength ?? -1;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const told = document.getElementById("cut-told");
  if (most < 0 || !told) return;
  field.parentElement.querySelector("[data-cut]")?.remove();
  const rest = field.value.length - ((field.selectionEnd ?? 0) - (field.selectionStart ?? 0));
  if (rest + text.length <= most) return;
  const line = told.content.cloneNode(true).firstElementChild;
  line.dataset.cut = "";
  line.textContent = line.textContent.replace("#", most);
  field.after(line);
});
