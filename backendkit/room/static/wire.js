// What all live parts share: the wire from a view to Python, and small helpers for the page.
// What is not saved yet stands in wire.outbox.js.

const parts = {};

/** An element: el("button", {class: "bk-button", onclick: go, "aria-label": "Go"}, "Go"). Text stays text. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && (name === "value" || name === "checked" || name === "disabled" || name === "hidden")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The line from one view to Python. */
class Wire {
  constructor(model, host) {
    this.id = unique();
    this.model = model;
    this.host = host;
    this.design = model.get("design");
    this.handlers = new Map();
    this.answers = new Map();
    this.asked = new Set(); // what ends a question that is still open
    this.undo = [];
    this.kernel = model.widget_manager?.kernel ?? null;
    this.heard = (_, status) => this.lost(status);
    this.kernel?.statusChanged?.connect(this.heard);
    this.joined = (_, status) => status === "connected" && this.hello();
    this.kernel?.connectionStatusChanged?.connect(this.joined); // what was told meanwhile is lost
    this.receive = (message) => this.received(message);
    model.on("msg:custom", this.receive);
    if (!room.outboxes.has(this.design)) room.outboxes.set(this.design, new Outbox(this.design));
    this.outbox = room.outboxes.get(this.design);
    if (this.design) this.outbox.wires.add(this);
  }

  /** A kernel that begins anew knows nothing of this view. */
  lost(status) {
    if (!["restarting", "autorestarting", "dead", "terminated"].includes(status)) return;
    this.dead = true;
    this.outbox.tell();
  }

  /** Ask for the state as it is now: when the view begins, and when the line to Python is there again. */
  hello() {
    this.ask("hello", { view: this.id }, { patience: 600000 }).then(({ state }) => this.received({ kind: "state", state }), () => {});
  }

  raw(content) {
    try { this.model.send(content); } catch { /* no line now: the outbox tries again */ }
  }

  sent(id, answered) { this.answers.set(id, answered); }

  received(message) {
    if (message.kind === "answer") {
      const answered = this.answers.get(message.id);
      this.answers.delete(message.id);
      answered?.(message.error ? { error: message.error } : message.data);
      return;
    }
    for (const handler of this.handlers.get(message.kind) ?? []) handler(message);
  }

  /** Ask Python: on_NAME answers. What must not happen twice is asked with retry: false. */
  ask(name, data = {}, { retry = true, patience = retry ? 20000 : 600000 } = {}) {
    const id = unique();
    return new Promise((resolve, reject) => {
      const send = () => this.raw({ id, name, data });
      const again = retry ? setInterval(send, PATIENCE) : null;
      const end = setTimeout(() => finish(() => reject(new Error("No answer from the notebook: run the page again (Run all)."))), patience);
      const halt = () => { clearInterval(again); clearTimeout(end); this.answers.delete(id); this.asked.delete(halt); };
      const finish = (done) => { halt(); done(); };
      this.asked.add(halt);
      this.answers.set(id, (answer) => finish(() => (answer?.error ? reject(new Error(answer.error)) : resolve(answer))));
      send();
    });
  }

  on(kind, handler) {
    if (!this.handlers.has(kind)) this.handlers.set(kind, new Set());
    this.handlers.get(kind).add(handler);
    return () => this.handlers.get(kind).delete(handler);
  }

  save(changes, options = {}) { return this.outbox.save(changes, { ...options, wire: this }); }
  drop(id) { this.outbox.drop(id); }
  pending() { return this.outbox.items; }

  onStatus(listener) {
    this.outbox.listeners.add(listener);
    listener(this.outbox.status());
    return () => this.outbox.listeners.delete(listener);
  }

  get dark() { return document.body.dataset.jpThemeLight === "false"; }

  onTheme(listener) {
    let dark = this.dark;
    const observer = new MutationObserver(() => { if (this.dark !== dark) listener((dark = this.dark)); });
    observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    return () => observer.disconnect();
  }

  /** Every part that has the record shows it; when none has it, say in which notebook it is. */
  show(detail) {
    const event = new CustomEvent("backendkit:show", { detail: { ...detail, design: this.design, taken: false } });
    window.dispatchEvent(event);
    setTimeout(async () => {
      if (event.detail.taken || !detail.at) return;
      const { chapter, file } = await this.ask("where", { at: detail.at }).catch((error) => this.say(error.message)) ?? {};
      if (chapter === undefined) return;
      if (chapter) this.say(`${detail.at} stands in the chapter ${chapter}.`, { file });
      else this.say(`${detail.at} is not there any more.`);
    }, 50);
  }

  onShow(listener) {
    const heard = (event) => { if (event.detail.design === this.design && listener(event.detail)) event.detail.taken = true; };
    window.addEventListener("backendkit:show", heard);
    return () => window.removeEventListener("backendkit:show", heard);
  }

  /** The design cannot be read, or can again. */
  trouble(text) {
    if (text || this.troubled) this.say(text);
    this.troubled = Boolean(text);
  }

  /** A line below the part, until the next one. */
  say(text, { file } = {}) {
    this.line ??= el("div", { class: "bk-note", role: "status" });
    this.line.replaceChildren(text, ...(file ? [" ", notebookLink(this, file, {}, "Go there")] : []));
    this.line.hidden = !text;
    if (!this.line.isConnected) this.host.after(this.line);
  }

  gone() { this.raw({ id: unique(), name: "gone", data: { view: this.id } }); }

  close() {
    this.gone();
    this.detach();
    this.line?.remove();
  }

  /** Hear and ask nothing more. */
  detach() {
    for (const halt of [...this.asked]) halt();
    this.kernel?.statusChanged?.disconnect(this.heard);
    this.kernel?.connectionStatusChanged?.disconnect(this.joined);
    this.model.off("msg:custom", this.receive);
    this.outbox.wires.delete(this);
  }
}

/** Mount a part in the output of a cell. */
function begin({ model, el: root }, name) {
  const host = el("div", { class: `bk bk-${name}` });
  root.classList.add("bk-root");
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.append(host);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if ((event.ctrlKey || event.metaKey) && event.key === "s") event.preventDefault(); // it is saved already
  });
  const wire = new Wire(model, host);
  const part = parts[name](host, wire, model.get("state") ?? {});
  const off = [
    wire.on("state", ({ state }) => { if (state) part?.update?.(state); }),
    wire.on("trouble", ({ text }) => wire.trouble(text)),
  ];
  const left = () => wire.gone();
  const back = ({ persisted }) => persisted && wire.hello();
  window.addEventListener("pagehide", left);
  window.addEventListener("pageshow", back);
  wire.hello();
  wire.outbox.pump();
  return () => {
    window.removeEventListener("pagehide", left);
    window.removeEventListener("pageshow", back);
    for (const stop of off) stop();
    part?.dispose?.();
    wire.close();
  };
}
