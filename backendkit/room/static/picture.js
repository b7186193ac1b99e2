// A picture that one can walk in: zoom, pan, choose an element, focus it, join two of them, see what the rules say where.
// Python draws in the background and pushes "picture"; the old one stays until the new one is there.
// Where state.joins is there, two boxes can be connected: it holds what is said at the first and at the second.

parts.picture = (host, wire, state) => {
  const SVG = "http://www.w3.org/2000/svg";
  const LARGE = 150_000; // characters from which a new picture waits until the browser has a moment
  const ZOOM = { least: 0.04, most: 4, step: 1.25 };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const lens = { x: 0, y: 0, scale: 1, fitted: true };
  let svg = null, natural = null, shown = "", focus = "", chosen = "", wanted = null, joining = null, current = "", made = false, naming = null;
  let boxes = new Map(), lines = [], near = new Map(), marks = state.marks ?? [], waits = 0;

  const button = (text, title, act, more = {}) => el("button", { class: "bk-button", type: "button", title, onclick: act, ...more }, text);
  const out = button("−", "Zoom out (key -)", () => zoom(1 / ZOOM.step), { "aria-label": "Zoom out" });
  const into = button("+", "Zoom in (key +)", () => zoom(ZOOM.step), { "aria-label": "Zoom in" });
  const fit = button("Fit", "Fit the whole picture (key 0)", () => fitAll());
  const narrow = button("Focus", "Draw only what is chosen and what is beside it (key f)", () => ask(chosen));
  const all = button("All", "Draw all again (key a)", () => ask(""), { hidden: true });
  const join = button("Connect", "Connect two boxes (key c)", () => connecting(!joining), { "aria-pressed": "false", hidden: !state.joins });
  const bar = el("div", { class: "bk-picture-bar", role: "toolbar", "aria-label": "Picture" }, into, out, fit, narrow, all, join);
  const stage = el("div", {
    class: "bk-stage", tabindex: "0", role: "group", "aria-label": state.caption ?? "Picture",
    "aria-description": "Arrow keys pan; plus, minus and 0 zoom; Tab goes to the boxes, arrow keys from box to box, Enter chooses.",
  });
  const tip = el("div", { class: "bk-tip", hidden: true });
  const empty = el("div", { class: "bk-picture-empty", hidden: true }, state.empty ?? "Nothing is drawn yet.");
  const said = el("div", { class: "bk-picture-said", role: "status" });
  const problem = el("div", { class: "bk-note", "data-kind": "amber", role: "status", hidden: true });
  stage.append(empty, tip);
  host.append(bar, stage, said, problem);

  // ---- the picture itself

  function ask(at) {
    wanted = at;
    lens.fitted ||= at !== focus;
    stage.setAttribute("aria-busy", "true");
    wire.ask("draw", { view: wire.id, theme: wire.dark ? "dark" : "light", focus: at }).catch((error) => tell(error.message));
  }

  function tell(sentence) {
    problem.textContent = sentence ?? "";
    problem.hidden = !sentence;
    stage.removeAttribute("aria-busy");
  }

  function arrived(message) {
    if (message.view !== wire.id) return;
    const turn = ++waits;
    const show = () => { if (turn === waits) install(message); };
    if ((message.svg?.length ?? 0) < LARGE || !window.requestIdleCallback) show();
    else window.requestIdleCallback(show, { timeout: 1000 });
  }

  function install({ svg: text, focus: at, problem: sentence, empty: nothing }) {
    tell(sentence);
    if (sentence) return;
    empty.hidden = !nothing;
    if (nothing || !text) return clear();
    if (at !== focus) [lens.fitted, focus] = [true, at];
    if (text !== shown) replace(text);
    all.hidden = !focus;
    narrow.setAttribute("aria-pressed", String(Boolean(focus)));
    host.dispatchEvent(new CustomEvent("bk-drawn"));
  }

  function clear() {
    svg?.remove();
    [svg, shown, focus, chosen] = [null, "", "", ""];
    boxes = new Map();
    all.hidden = true;
    describe();
    host.dispatchEvent(new CustomEvent("bk-drawn"));
  }

  function replace(text) {
    const fresh = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    if (fresh.nodeName !== "svg") return tell("The picture could not be read.");
    const held = svg?.contains(document.activeElement) ? current : "";
    const anchor = boxes.get(chosen) ?? null;
    const before = anchor && !lens.fitted ? middle(anchor) : null;
    natural = fresh.viewBox.baseVal;
    natural = { x: natural.x, y: natural.y, width: natural.width, height: natural.height };
    const ground = fresh.querySelector(":scope > rect");
    if (ground?.getAttribute("width") === fresh.getAttribute("width")) ground.remove();
    fresh.removeAttribute("width");
    fresh.removeAttribute("height");
    fresh.setAttribute("role", "group");
    fresh.setAttribute("aria-label", state.caption ?? "");
    read(fresh);
    if (svg) svg.replaceWith(fresh); else stage.prepend(fresh);
    [svg, shown] = [fresh, text];
    const now = before && boxes.get(chosen) ? middle(boxes.get(chosen)) : null;
    if (now) [lens.x, lens.y] = [lens.x + now.x - before.x, lens.y + now.y - before.y];
    if (lens.fitted) fitAll(); else look();
    if (!boxes.has(chosen)) chosen = "";
    fade();
    badges();
    if (held && boxes.has(held)) boxes.get(held).focus({ preventScroll: true });
  }

  /** What is in the picture: boxes, lines, and what is beside what. */
  function read(fresh) {
    boxes = new Map();
    near = new Map();
    for (const node of fresh.querySelectorAll(":scope > .entity, :scope > .element")) {
      node.setAttribute("role", "button");
      node.setAttribute("tabindex", "-1");
      node.setAttribute("aria-label", nameOf(node));
      boxes.set(node.dataset.id, node);
    }
    lines = [...fresh.querySelectorAll(":scope > .reference, :scope > .relation")];
    for (const line of lines) {
      const { start, end } = line.dataset;
      for (const [one, other] of [[start, end], [end, start]]) near.set(one, (near.get(one) ?? new Set()).add(other));
      const hit = line.querySelector("path")?.cloneNode();
      if (hit) {
        hit.setAttribute("class", "bk-hit");
        line.append(hit);
      }
    }
    roving(boxes.has(current) ? current : boxes.keys().next().value);
  }

  function nameOf(node) {
    const title = node.querySelector(":scope > text")?.textContent ?? "";
    const id = node.dataset.id;
    return (title === id || !title ? id : `${title} (${id})`) + (node.classList.contains("ghost") ? ", not in this design" : "");
  }

  function roving(id) {
    boxes.get(current)?.setAttribute("tabindex", "-1");
    boxes.get(id)?.setAttribute("tabindex", "0");
    current = id ?? "";
  }

  // ---- where one looks

  const size = () => ({ width: stage.clientWidth || 600, height: stage.clientHeight || 400 });
  const middle = (node) => { const box = node.getBBox(); return { x: box.x + box.width / 2, y: box.y + box.height / 2, box }; };
  const point = (event) => {
    const at = stage.getBoundingClientRect();
    return { x: lens.x + (event.clientX - at.left) / lens.scale, y: lens.y + (event.clientY - at.top) / lens.scale };
  };

  function look() {
    const { width, height } = size();
    svg?.setAttribute("viewBox", `${lens.x} ${lens.y} ${width / lens.scale} ${height / lens.scale}`);
    tip.hidden = true;
  }

  /** The stage is as high as the picture needs, within limits. It grows and never shrinks: a page that jumps is a nuisance. */
  function makeRoom() {
    const needed = state.tall ? Infinity : natural.height * Math.min(1.1, size().width / natural.width) + 12;
    const height = Math.min(needed, 620, 0.62 * window.innerHeight);
    if (height > stage.clientHeight) stage.style.height = `${height}px`;
  }

  function fitAll() {
    if (!natural) return;
    makeRoom();
    const { width, height } = size();
    lens.scale = Math.max(ZOOM.least, Math.min(width / natural.width, height / natural.height, 1.1));
    lens.x = natural.x - (width / lens.scale - natural.width) / 2;
    lens.y = natural.y - (height / lens.scale - natural.height) / 2;
    lens.fitted = true;
    look();
  }

  function zoom(factor, at = { x: lens.x + size().width / lens.scale / 2, y: lens.y + size().height / lens.scale / 2 }) {
    const scale = Math.min(ZOOM.most, Math.max(ZOOM.least, lens.scale * factor));
    lens.x = at.x - ((at.x - lens.x) * lens.scale) / scale;
    lens.y = at.y - ((at.y - lens.y) * lens.scale) / scale;
    [lens.scale, lens.fitted] = [scale, false];
    look();
  }

  function pan(x, y) {
    lens.x += x / lens.scale;
    lens.y += y / lens.scale;
    lens.fitted = false;
    look();
  }

  /** Bring a box into view, when it is not. */
  function bring(node) {
    const { box, x, y } = middle(node);
    const { width, height } = size();
    const inside = box.x >= lens.x && box.y >= lens.y && box.x + box.width <= lens.x + width / lens.scale && box.y + box.height <= lens.y + height / lens.scale;
    if (inside) return;
    [lens.x, lens.y, lens.fitted] = [x - width / lens.scale / 2, y - height / lens.scale / 2, false];
    look();
  }

  // ---- what is chosen

  function choose(id, { at = id, show = true } = {}) {
    chosen = boxes.has(id) ? id : "";
    made = false;
    if (chosen) roving(chosen);
    fade();
    if (chosen && show && !boxes.get(chosen).classList.contains("ghost")) wire.show({ at, from: wire.id });
  }

  /** What is beside the chosen one stays, the rest fades. */
  function fade() {
    if (!svg) return;
    svg.classList.toggle("bk-chosen", Boolean(chosen));
    const kept = new Set([chosen, ...(near.get(chosen) ?? [])]);
    const frame = boxes.get(chosen)?.classList.contains("frame") ? boxes.get(chosen).getBBox() : null;
    for (const [id, node] of boxes) {
      const inside = frame && within(frame, middle(node));
      node.classList.toggle("bk-near", kept.has(id) || inside || node.classList.contains("frame"));
      node.classList.toggle("bk-this", id === chosen);
      node.setAttribute("aria-pressed", String(id === chosen));
    }
    for (const line of lines) line.classList.toggle("bk-near", chosen === line.dataset.start || chosen === line.dataset.end);
    describe();
  }

  const within = (box, { x, y }) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;

  function describe() {
    const usable = chosen && !boxes.get(chosen)?.classList.contains("ghost");
    narrow.disabled = !usable || chosen === focus;
    if (joining) return;
    if (made) return; // what was connected stays to be named or taken back until something else is chosen
    const found = chosen ? marks.filter(({ at }) => at === chosen || at.startsWith(`${chosen}.`)) : [];
    const count = found.reduce((sum, mark) => sum + mark.count, 0);
    said.replaceChildren(...(chosen ? [
      el("strong", {}, nameOf(boxes.get(chosen))), ` ${beside(near.get(chosen)?.size ?? 0)}`,
      count ? el("button", { class: "bk-button bk-quiet", type: "button", onclick: () => wire.show({ at: found[0].at, findings: true }) }, plural(count)) : null,
    ].filter(Boolean) : []));
  }

  const plural = (count) => (count === 1 ? "1 finding" : `${count} findings`);
  const beside = (count) => (count ? `and ${count} beside it.` : "stands alone.");

  // ---- what the rules say, where it stands

  function badges() {
    svg?.querySelector(":scope > .bk-badges")?.remove();
    if (!svg || !marks.length) return;
    const places = new Map();
    const drawn = new Map([...svg.querySelectorAll("g[data-id]:not(.legend)")].map((node) => [node.dataset.id, node]));
    for (const mark of marks) {
      let at = mark.at;
      while (at && !drawn.has(at)) at = at.slice(0, Math.max(0, at.lastIndexOf(".")));
      const node = drawn.get(at);
      if (!node) continue;
      const place = places.get(node) ?? places.set(node, { ...mark, count: 0 }).get(node);
      place.count += mark.count;
    }
    const layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", "bk-badges");
    layer.append(...[...places].map(([node, place]) => badge(spot(node), place)));
    svg.append(layer);
  }

  function spot(node) {
    if (node.dataset.start !== undefined) {
      const path = node.querySelector("path");
      return path ? path.getPointAtLength(path.getTotalLength() / 2) : { x: 0, y: 0 };
    }
    const box = node.getBBox();
    if (!node.classList.contains("attribute")) return { x: box.x + box.width - 2, y: box.y + 2 };
    const card = node.parentNode.querySelector("rect").getBBox();
    return { x: card.x + card.width, y: box.y + box.height / 2 };
  }

  function badge({ x, y }, { at, count, worst }) {
    const make = (name, values, text = "") => {
      const node = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(values)) node.setAttribute(key, value);
      node.textContent = text;
      return node;
    };
    const node = make("g", { class: "bk-badge", role: "button", tabindex: "-1", "data-at": at, "aria-label": `${plural(count)}: ${worst}`, transform: `translate(${x} ${y})` });
    const text = count > 99 ? "99+" : String(count);
    node.append(make("rect", { x: -5 - 3.5 * text.length, y: -9, width: 10 + 7 * text.length, height: 18, rx: 9 }), make("text", { y: 4, "text-anchor": "middle", "font-size": 11 }, text));
    const tells = () => hint(node, count > 1 ? `${worst} (and ${count - 1} more)` : worst);
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, tells);
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => { tip.hidden = true; });
    return node;
  }

  function hint(node, text) {
    tip.textContent = text;
    tip.hidden = false;
    const [here, frame] = [node.getBoundingClientRect(), stage.getBoundingClientRect()];
    const left = Math.min(here.left - frame.left, frame.width - tip.offsetWidth - 8);
    const below = here.bottom - frame.top + 6;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below + tip.offsetHeight > frame.height ? Math.max(4, here.top - frame.top - tip.offsetHeight - 6) : below}px`;
  }

  // ---- joining two boxes

  function connecting(on, from = "") {
    if (!state.joins) return;
    made = false;
    joining?.line?.remove();
    joining = on ? { from, line: null } : null;
    join.setAttribute("aria-pressed", String(Boolean(joining)));
    stage.classList.toggle("bk-connecting", Boolean(joining));
    for (const [id, node] of boxes) node.classList.toggle("bk-from", Boolean(from) && id === from);
    if (!joining) return describe();
    const now = from ? state.joins.second.replace("{name}", () => nameOf(boxes.get(from))) : state.joins.first;
    said.textContent = `${now} Escape leaves.`;
    if (from) {
      joining.line = document.createElementNS(SVG, "path");
      joining.line.setAttribute("class", "bk-rubber");
      svg.append(joining.line);
    } else if (!svg?.contains(document.activeElement)) boxes.get(current)?.focus({ preventScroll: true });
  }

  function rubber(to) {
    if (!joining?.line || !boxes.has(joining.from)) return;
    const from = middle(boxes.get(joining.from));
    joining.line.setAttribute("d", `M${from.x},${from.y}L${to.x},${to.y}`);
  }

  async function picked(id) {
    if (boxes.get(id).classList.contains("ghost")) return void (said.textContent = "That one is only named: add it to the list first.");
    if (!joining.from) return connecting(true, id);
    const { from } = joining;
    connecting(false);
    tell("");
    try {
      const { change } = await wire.ask("join", { start: from, end: id });
      const answer = await wire.save([change], { label: "picture" });
      if (answer.ok) joined(change.insert, answer.ids ?? {});
      else tell(answer.refused?.[0]?.message ?? "It was not connected: somebody changed the design meanwhile.");
    } catch (error) { tell(error.message); }
  }

  /** What was made: what it is for is asked here, and it can be taken back. */
  function joined({ at: holder, record }, ids) {
    const id = ids[record.id] ?? record.id;
    const at = holder ? `${holder}.${id}` : id;
    const quiet = (text, act) => el("button", { class: "bk-button bk-quiet", type: "button", onclick: act }, text);
    const back = async () => {
      const answer = await wire.save([{ delete: { at } }], { label: "picture" });
      naming?.dispose();
      naming = null;
      said.replaceChildren(answer.ok ? `${at} is taken back.` : answer.refused?.[0]?.message ?? `${at} is still there: somebody changed it meanwhile.`);
      made = false;
      stage.focus({ preventScroll: true });
    };
    made = true;
    const { ask: question, field } = state.joins;
    const input = field ? el("input", { class: "bk-input bk-join", "aria-label": `${question} (${at})`, placeholder: question }) : null;
    naming?.dispose();
    naming = input ? keep(wire, input, { at, field }) : null;
    said.replaceChildren(el("strong", {}, at), ...(input ? [input, naming.node] : [" is new."]), quiet("Show", () => wire.show({ at, from: wire.id })), quiet("Take it back", back));
    input?.focus({ preventScroll: true });
  }

  // ---- hands

  const groupAt = (event) => event.target.closest?.("g[data-id]:not(.legend)");
  let press = null;

  stage.addEventListener("pointerdown", (event) => {
    if (event.button === 0) press = { x: event.clientX, y: event.clientY, moved: false };
  });
  stage.addEventListener("pointermove", (event) => {
    if (joining?.line) rubber(point(event));
    if (!press) return;
    const [x, y] = [press.x - event.clientX, press.y - event.clientY];
    if (!press.moved && Math.hypot(x, y) < 5) return;
    if (!press.moved) stage.setPointerCapture(event.pointerId);
    Object.assign(press, { x: event.clientX, y: event.clientY, moved: true });
    stage.classList.add("bk-panning");
    pan(x, y);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    stage.addEventListener(name, () => {
      stage.classList.remove("bk-panning");
      setTimeout(() => { press = null; });
    });
  }
  stage.addEventListener("click", (event) => {
    if (press?.moved) return;
    const mark = event.target.closest?.(".bk-badge");
    if (mark) return wire.show({ at: mark.dataset.at, findings: true });
    const node = groupAt(event), box = node?.closest(".entity, .element");
    if (joining) return void (box && picked(box.dataset.id));
    if (box) return choose(box.dataset.id, { at: node.dataset.id });
    if (node?.dataset.start !== undefined) return wire.show({ at: node.dataset.id, from: wire.id });
    choose("");
  });
  stage.addEventListener("dblclick", (event) => {
    const box = groupAt(event)?.closest(".entity, .element");
    if (box && !joining && !narrow.disabled) ask(box.dataset.id);
  });
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), point(event));
  }, { passive: false });
  stage.addEventListener("focusin", (event) => {
    const id = event.target.closest?.(".entity, .element")?.dataset.id;
    if (!id) return;
    roving(id);
    bring(boxes.get(id));
    if (joining?.from) rubber(middle(boxes.get(id)));
  });

  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    const box = event.target.closest?.(".entity, .element"), mark = event.target.closest?.(".bk-badge");
    const arrow = ARROWS[event.key], keys = { "+": () => zoom(ZOOM.step), "=": () => zoom(ZOOM.step), "-": () => zoom(1 / ZOOM.step), 0: fitAll, c: () => connecting(!joining), a: () => focus && ask(""), f: () => narrow.disabled || ask(chosen) };
    if (event.key === "Escape" && (joining || chosen)) { if (joining) connecting(false); else choose(""); }
    else if (!stage.contains(event.target) && !(event.key in keys)) return;
    else if (arrow && box && !event.shiftKey) beyond(box, arrow)?.focus({ preventScroll: true });
    else if (arrow) pan(arrow[0] * 60, arrow[1] * 60);
    else if ((event.key === "Enter" || event.key === " ") && mark) wire.show({ at: mark.dataset.at, findings: true });
    else if ((event.key === "Enter" || event.key === " ") && box) { if (joining) picked(box.dataset.id); else choose(box.dataset.id); }
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });

  /** The nearest box in a direction. */
  function beyond(box, [x, y]) {
    const from = middle(box);
    let best = null, least = Infinity;
    for (const node of boxes.values()) {
      const to = middle(node), [right, down] = [to.x - from.x, to.y - from.y];
      const ahead = right * x + down * y, aside = Math.abs(right * y) + Math.abs(down * x);
      if (node !== box && ahead > 4 && ahead + 2 * aside < least) [best, least] = [node, ahead + 2 * aside];
    }
    return best;
  }

  // ---- what others say

  const stops = [
    wire.on("picture", arrived),
    wire.onTheme(() => ask(wanted ?? focus)),
    wire.onShow(({ at, from }) => {
      const id = [at, at?.slice(0, at.lastIndexOf("."))].find((address) => boxes.has(address));
      if (!id || from === wire.id) return false;
      choose(id, { show: false });
      bring(boxes.get(id));
      return true;
    }),
  ];
  const watch = new ResizeObserver(() => (lens.fitted ? fitAll() : look()));
  watch.observe(stage);
  ask(state.focus ?? "");

  return {
    update(fresh) {
      state = { ...state, ...fresh };
      marks = state.marks ?? [];
      badges();
      describe();
    },
    dispose() {
      for (const stop of stops) stop();
      naming?.dispose();
      watch.disconnect();
    },
  };
};
