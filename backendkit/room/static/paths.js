// The paths as tabs: each a list of steps with their minutes, to be ticked off. The ticks stay in this browser.

parts.paths = (host, wire, state) => {
  const key = () => `backendkit/ticks/${wire.design}`;
  const ticked = () => {
    try { return JSON.parse(storage.getItem(key())) ?? {}; } catch { return {}; }
  };
  const tick = (plan, step, on) => {
    const all = ticked();
    const kept = new Set(all[plan.id] ?? []);
    kept[on ? "add" : "delete"](step);
    keepText(storage, key(), JSON.stringify({ ...all, [plan.id]: [...kept], open: plan.id }));
  };
  const tabs = el("div", { class: "bk-tabs", role: "tablist", "aria-label": "Paths" });
  const panel = el("div", { class: "bk-path", role: "tabpanel", tabindex: "0" });
  const name = unique();
  panel.id = `${name}-panel`;
  let plans = [];
  let drawn = "";
  let open = "";

  const choose = (plan, focus = false) => {
    open = plan.id;
    keepText(storage, key(), JSON.stringify({ ...ticked(), open }));
    draw();
    if (focus) tabs.querySelector("[aria-selected=true]").focus();
  };
  const moved = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = plans.findIndex((plan) => plan.id === open);
    choose(plans[(at + step + plans.length) % plans.length], true);
  };
  const draw = () => {
    const plan = plans.find((one) => one.id === open) ?? plans[0];
    if (!plan) return;
    open = plan.id;
    tabs.replaceChildren(...plans.map((one) => el("button", {
      class: "bk-tab", role: "tab", id: `${name}-${one.id}`, "aria-selected": String(one === plan), "aria-controls": panel.id,
      tabindex: one === plan ? "0" : "-1", onclick: () => choose(one), onkeydown: moved,
    }, el("span", { class: "bk-tab-title" }, one.title), el("span", { class: "bk-tab-minutes" }, one.minutes))));
    panel.setAttribute("aria-labelledby", `${name}-${plan.id}`);
    panel.replaceChildren(...told(plan));
  };
  const told = (plan) => {
    const done = new Set(ticked()[plan.id] ?? []);
    let number = 0;
    const sessions = plan.sessions.map((session) => {
      const first = number;
      const steps = session.steps.map((step) => row(plan, step, number++, done));
      const left = session.steps.filter((_, n) => !done.has(first + n)).length;
      const list = el("ol", { class: "bk-steps" }, steps);
      const home = session.home ? el("p", { class: "bk-home" }, el("b", {}, "At home: "), session.home) : null;
      if (!session.title) return [list, home];
      const head = el("summary", {}, el("b", {}, session.title), el("span", { class: "bk-muted" }, left ? `${session.steps.length} steps` : "done"));
      return [el("details", { class: "bk-session", open: left > 0 && left < session.steps.length }, head, list, home)];
    });
    const out = plan.left.map((one) => el("li", {}, el("b", {}, one.what), one.in ? ` (${one.in})` : "", `: ${one.why}`));
    return [
      el("p", { class: "bk-path-for" }, el("b", {}, "For: "), plan.for, el("br"), el("b", {}, "At the end: "), plan.have),
      ...sessions.flat().filter(Boolean),
      el("details", { class: "bk-left" }, el("summary", {}, "What is left out"), el("ul", {}, out), el("p", {}, plan.rest)),
    ];
  };
  const row = (plan, step, number, done) => {
    const clock = `${Math.floor(step.at / 60)}:${String(step.at % 60).padStart(2, "0")}`;
    const box = el("input", { type: "checkbox", checked: done.has(number), "aria-label": `Done: ${step.title}` });
    const line = el("li", { class: "bk-step", "data-done": done.has(number), "data-rest": step.rest },
      box,
      el("span", { class: "bk-step-clock" }, clock),
      el("div", { class: "bk-step-text" },
        step.file ? notebookLink(wire, step.file, { class: "bk-step-title" }, step.title) : el("span", { class: "bk-step-title" }, step.title),
        step.do ? el("p", {}, step.do) : null),
      el("span", { class: "bk-step-minutes" }, `${step.minutes} min`));
    box.addEventListener("change", () => {
      line.toggleAttribute("data-done", box.checked);
      tick(plan, number, box.checked);
    });
    return line;
  };
  const update = ({ paths = [] }) => {
    const text = wire.design + JSON.stringify(paths);
    if (text === drawn) return;
    drawn = text;
    plans = paths;
    open = ticked().open ?? open;
    draw();
  };
  host.append(tabs, panel);
  update(state);
  return { update };
};
