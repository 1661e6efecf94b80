// Two minutes before a session ends for want of a click, a dialog asks whether to go on. The server alone knows when:
// another window may have been used meanwhile.
const WARN_S = 120;
const ADDRESS = "/session/";
const dialog = document.getElementById("idle");
const failed = dialog.querySelector("[data-failed]");
const title = document.title;
let timer = 0;
let ends = 0;

const later = (seconds) => {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(1, seconds) * 1000);
};
// And back to this page: an address that takes only a form leads to the page above it.
const leave = () => {
  const way = new URLSearchParams({ ended: 1, next: location.pathname + location.search });
  location.assign(`/account/login/?${way}`);
};

async function left(headers) {
  const answer = await fetch(ADDRESS, { headers, cache: "no-store" });
  return answer.status === 200 ? (await answer.json()).left_s : 0;
}

function warn(seconds) {
  ends = Date.now() + seconds * 1000;
  const until = new Date(ends).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  dialog.querySelector("[data-until]").textContent = until;
  if (dialog.open) return;
  document.title = `⚠ ${dialog.querySelector("h2").textContent}`;
  failed.hidden = true;
  dialog.showModal();
  dialog.querySelector("button").focus();
}

function close() {
  document.title = title;
  if (dialog.open) dialog.close();
}

async function look() {
  let seconds;
  try {
    seconds = await left({ "X-Poll": "1" });
  } catch {
    return later(10); // not reached; what is typed stays on the page
  }
  if (seconds <= 0) return leave();
  if (seconds > WARN_S) {
    close();
    return later(seconds - WARN_S);
  }
  warn(seconds);
  return later(Math.min(seconds + 1, 15));
}

async function goOn() {
  failed.hidden = true;
  try {
    const seconds = await left({});
    if (seconds <= 0) return leave();
    close();
    return later(seconds - WARN_S);
  } catch {
    failed.hidden = false;
    return later(10);
  }
}

dialog.querySelector("button").addEventListener("click", goOn);
// Escape is somebody who is here.
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  goOn();
});
later(Number(document.querySelector('meta[name="mihariban-idle"]').content) - WARN_S);
