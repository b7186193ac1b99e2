// The bar at the head of a notebook: design, save status, time box, parking lot, previous and next.

parts.way = (host, wire, state) => {
  const clock = new Clock(wire.design);
  const name = el("b");
  const place = el("span", { class: "bk-way-place" });
  const status = el("span", { class: "bk-status", role: "status" });
  const time = el("span", { class: "bk-time", role: "timer" });
  const go = el("button", { class: "bk-button" });
  const more = el("button", { class: "bk-button", "aria-label": "5 minutes more" }, "+5");
  const again = el("button", { class: "bk-button bk-quiet", "aria-label": "Put the clock back" }, "Reset");
  const sound = el("button", { class: "bk-button bk-quiet", "aria-label": "Sound when time is up" });
  const other = el("span", { class: "bk-way-other" });
  const lot = el("button", { class: "bk-button", "aria-expanded": "false" });
  const nav = el("nav", { class: "bk-way-nav", "aria-label": "Phases" });
  const polite = el("div", { class: "bk-visually-hidden", role: "status" });
  const strip = el("div", { class: "bk-timeup", role: "status", hidden: true });
  const panel = el("section", { class: "bk-lot", "aria-label": "Parking lot", hidden: true, id: unique() });
  const float = floatingClock(host, { show: () => park(true), clock: () => show() });
  const parking = parts.parking(panel, wire, state);
  let phase = { name: "", title: "", minutes: 0 };
  let said = "";

  lot.setAttribute("aria-controls", panel.id);
  host.append(
    el("div", { class: "bk-way-line" },
      el("span", { class: "bk-way-design" }, name, place), status, el("span", { class: "bk-way-gap" }),
      el("span", { class: "bk-way-clock", role: "group", "aria-label": "Time box" }, other, time, go, more, again, sound),
      lot, nav),
    strip, panel, polite);

  const park = (open) => {
    panel.hidden = !open;
    lot.setAttribute("aria-expanded", String(open));
    if (open) {
      show();
      parking.focus();
    }
  };
  const show = () => host.scrollIntoView({ block: "nearest" });
  lot.addEventListener("click", () => park(panel.hidden));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    park(false);
    lot.focus();
  });
  go.addEventListener("click", () => {
    if (clock.box(phase.name, phase.minutes).running) clock.pause(phase.name);
    else clock.start(phase.name, phase.title, phase.minutes);
    tick();
  });
  /** The time goes on: its next end is told again. */
  const quiet = () => {
    strip.hidden = true;
    delete strip.dataset.for;
    tick();
  };
  more.addEventListener("click", () => { clock.more(phase.name, phase.title, phase.minutes); quiet(); });
  again.addEventListener("click", () => { clock.again(phase.name); quiet(); go.focus(); });
  sound.addEventListener("click", () => { clock.sound = !clock.sound; if (clock.sound) chime(); tick(); });
  const count = (open) => lot.replaceChildren("Parking lot", open ? el("span", { class: "bk-count", "aria-label": `${open} open` }, String(open)) : "");
  parking.onCount(count);

  const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const tick = () => {
    const box = clock.box(phase.name, phase.minutes);
    const running = clock.running();
    write(time, clockText(box.left));
    time.setAttribute("aria-label", `Time box of ${phase.title}: ${clockWords(box.left)}`);
    time.dataset.state = !box.running ? "" : box.left <= 0 ? "over" : box.left < 300000 ? "soon" : "running";
    write(go, box.running ? "Pause" : box.begun ? "Go on" : "Start");
    again.hidden = !box.begun || box.running;
    write(sound, clock.sound ? "Sound on" : "Sound off");
    sound.setAttribute("aria-pressed", String(clock.sound));
    write(other, running && running.phase !== phase.name ? `${running.title}: ${clockText(running.left)}` : "");
    float.tick(running);
    if (running) announce(running);
  };
  const announce = (box) => {
    const step = [0, 60000, 300000].find((limit) => box.left <= limit);
    const key = `${box.phase}/${step}`;
    if (step !== undefined && said !== key && box.left > step - 60000) {
      said = key;
      polite.replaceChildren(step ? `${box.title}: ${clockWords(box.left)}.` : "");
    }
    if (box.left > 0) return;
    if (strip.hidden && strip.dataset.for !== box.phase) timeUp(box);
  };
  /** Once for each box, and only in the notebook that is looked at, the parking lot opens by itself. */
  const timeUp = (box) => {
    strip.dataset.for = box.phase;
    strip.hidden = false;
    strip.replaceChildren(
      el("p", {}, el("b", {}, "Time is up."), " Write what is open into Open questions: a question written down is a result."),
      el("button", { class: "bk-button", onclick: () => park(true) }, "Write a question"), " ",
      el("button", { class: "bk-button", onclick: () => { clock.more(box.phase, box.title, phase.minutes); quiet(); } }, "5 minutes more"), " ",
      el("button", { class: "bk-button bk-quiet", onclick: () => { clock.pause(box.phase); strip.hidden = true; tick(); } }, "Stop the clock"));
    if (box.told || !host.getClientRects().length) return;
    clock.told(box.phase);
    if (clock.sound) chime();
    panel.hidden = false; // without the focus: whoever types goes on typing
    lot.setAttribute("aria-expanded", "true");
  };

  const update = (fresh) => {
    state = fresh;
    phase = fresh.phase ?? phase;
    write(name, fresh.name || "A design without a name");
    write(place, fresh.place ?? "");
    if (fresh.worked) place.append(el("span", { class: "bk-chip" }, "example: stays as it is"));
    const link = (one, before, after, label) => one && notebookLink(wire, one.file, { class: "bk-way-link", "aria-label": `${label}: ${one.title}` }, `${before}${one.title}${after}`);
    const key = JSON.stringify([fresh.previous, fresh.next]);
    if (nav.dataset.key !== key) {
      nav.dataset.key = key;
      const start = fresh.previous?.file === "00_start.ipynb";
      nav.replaceChildren(...[
        start ? null : link(fresh.previous, "← ", "", "Previous"),
        phase.name === "start" ? null : notebookLink(wire, "00_start.ipynb", { class: "bk-way-link" }, start ? "← Board" : "Board"),
        link(fresh.next, "", " →", "Next"),
      ].filter(Boolean));
    }
    parking.update(fresh);
    tick();
  };
  const stop = wire.onStatus(({ state: how, text }) => {
    status.dataset.state = how;
    write(status, text);
  });
  const timer = setInterval(tick, 500);
  update(state);
  return {
    update,
    dispose() {
      clearInterval(timer);
      stop();
      float.dispose();
      parking.dispose();
    },
  };
};

/** The clock in the corner while the bar is scrolled out of sight. */
function floatingClock(host, { show, clock }) {
  const time = el("button", { class: "bk-float-time", onclick: clock });
  const ask = el("button", { class: "bk-float-ask", onclick: show }, "Parking lot");
  const chip = el("div", { class: "bk bk-float", hidden: true, role: "group", "aria-label": "Time box" }, time, ask);
  const page = el("div", { class: "bk-root bk-float-root" }, chip);
  document.body.append(page);
  let away = false;
  let paper = null; // the notebook, which may be behind another one
  let running = null;
  const draw = () => {
    paper ??= host.closest(".jp-NotebookPanel, .jp-Notebook") ?? (host.isConnected ? document.body : null);
    chip.hidden = !(running && away && paper?.getClientRects().length);
    if (!running) return;
    const text = clockText(running.left);
    if (time.textContent !== text) time.textContent = text;
    time.dataset.state = running.left <= 0 ? "over" : running.left < 300000 ? "soon" : "";
    time.setAttribute("aria-label", `${running.title}: ${clockWords(running.left)}. Show the bar`);
  };
  const watch = new IntersectionObserver(([entry]) => { away = !entry.isIntersecting; draw(); });
  watch.observe(host);
  return {
    tick(box) { running = box; draw(); },
    dispose() { watch.disconnect(); page.remove(); },
  };
}
