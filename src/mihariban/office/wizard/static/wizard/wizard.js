// Keeps what is being typed, so that a step can be left; draws the zone and the marks. Without it the number fields work.
const clamp = (value) => Math.min(100, Math.max(0, Math.round(value * 10) / 10));

// What is typed is kept a moment after the last change. Passwords are never sent by this: the server leaves them out.
for (const form of document.querySelectorAll("form[data-keep]")) {
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const data = new FormData(form);
      for (const field of form.querySelectorAll('input[type="password"], input[type="file"]')) data.delete(field.name);
      data.set("keep", "1");
      fetch(form.action || location.href, { method: "POST", body: data });
    }, 800);
  });
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Moves `handle` over `box` by pointer and by arrow keys; `move(x, y)` gets percent.
function movable(box, handle, at, move) {
  const moveTo = (event) => {
    const frame = box.getBoundingClientRect();
    move(clamp(((event.clientX - frame.left) / frame.width) * 100), clamp(((event.clientY - frame.top) / frame.height) * 100));
  };
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) moveTo(event);
  });
  handle.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    const step = event.shiftKey ? 5 : 0.5;
    const [x, y] = at();
    move(clamp(x + way[0] * step), clamp(y + way[1] * step));
  });
}

const zone = document.querySelector("[data-zone]");
if (zone) {
  const box = zone.querySelector(".w-drawing");
  const body = zone.querySelector("tbody");
  const shapes = box.querySelectorAll("[data-shape]");
  const word = zone.dataset.corner;
  const say = zone.querySelector("[data-say]");
  const rows = () => [...body.querySelectorAll("tr")];
  const inputs = (row) => [...row.querySelectorAll("input")];
  const values = (row) => inputs(row).map((input) => Number(input.value));
  const typed = () => inputs(rows()[0])[0].dispatchEvent(new Event("input", { bubbles: true }));

  const redraw = () => {
    const points = rows().map((row) => values(row).map((value) => value * 10).join(",")).join(" ");
    for (const shape of shapes) shape.setAttribute("points", points);
    rows().forEach((row, place) => {
      const handle = box.querySelectorAll(".w-corner")[place];
      if (!handle) return;
      const [x, y] = values(row);
      handle.style.left = `${x}%`;
      handle.style.top = `${y}%`;
    });
  };
  const rebuild = (focus) => {
    for (const old of box.querySelectorAll(".w-corner")) old.remove();
    rows().forEach((row, place) => {
      row.querySelector("th").textContent = `${word} ${place + 1}`;
      inputs(row).forEach((input) => input.setAttribute("aria-label", `${word} ${place + 1} ${input.dataset.axis}`));
      const handle = document.createElement("button");
      handle.type = "button";
      handle.className = "w-corner";
      handle.textContent = String(place + 1);
      handle.setAttribute("aria-label", `${word} ${place + 1}: ${zone.dataset.keys}`);
      movable(box, handle, () => values(row), (x, y) => {
        [inputs(row)[0].value, inputs(row)[1].value] = [x, y];
        say.textContent = `${word} ${place + 1}: ${x}, ${y}`;
        redraw();
        typed();
      });
      box.append(handle);
    });
    redraw();
    if (focus !== undefined) box.querySelectorAll(".w-corner")[focus]?.focus();
  };
  body.addEventListener("input", redraw);
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button || rows().length <= 3) return;
    button.closest("tr").remove();
    rebuild(0);
    typed();
  });
  zone.querySelector("[data-add]").addEventListener("click", () => {
    const all = rows();
    if (all.length >= Number(zone.dataset.most)) return;
    const last = all[all.length - 1];
    const [a, b] = [values(last), values(all[0])];
    const row = last.cloneNode(true);
    inputs(row)[0].value = clamp((a[0] + b[0]) / 2);
    inputs(row)[1].value = clamp((a[1] + b[1]) / 2);
    last.after(row);
    rebuild(all.length);
    typed();
  });
  for (const hidden of zone.querySelectorAll("[data-script]")) hidden.hidden = false;
  for (const row of rows()) if (inputs(row).every((input) => input.value === "")) row.remove();
  rebuild();
}

const plan = document.querySelector("[data-plan]");
if (plan) {
  const box = plan.querySelector(".w-drawing");
  for (const row of plan.querySelectorAll("tbody tr")) {
    const [x, y, direction] = row.querySelectorAll("input");
    const handle = box.querySelector(`[data-mark="${row.dataset.camera}"]`);
    const redraw = () => {
      handle.style.left = `${Number(x.value)}%`;
      handle.style.top = `${Number(y.value)}%`;
      handle.style.transform = `rotate(${Number(direction.value)}deg)`;
    };
    const typed = () => x.dispatchEvent(new Event("input", { bubbles: true }));
    movable(box, handle, () => [Number(x.value), Number(y.value)], (left, top) => {
      [x.value, y.value] = [left, top];
      typed();
    });
    handle.addEventListener("keydown", (event) => {
      const turn = { PageUp: -5, PageDown: 5 }[event.key];
      if (!turn) return;
      event.preventDefault();
      direction.value = (Number(direction.value) + turn + 360) % 360;
      typed();
    });
    row.addEventListener("input", redraw);
    handle.hidden = false;
    redraw();
  }
}
