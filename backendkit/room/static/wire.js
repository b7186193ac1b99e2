// What all live parts share: the wire to Python, the outbox of what is not saved yet, small helpers for the page.
// A change is put into the outbox in this browser first. It leaves it when Python says that it is on disk.

const parts = {};
const PATIENCE = 3000; // ms without an answer until an edit is sent again
const ALIVE = 8000; // ms after which what another page kept counts as left behind
const ASLEEP = 90000; // the same for an outbox: a browser wakes a page that nobody sees once a minute

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

const unique = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

/** A storage of this browser; one that forbids it leaves us the memory of the page. */
function usable(name) {
  try {
    window[name].setItem("backendkit/try", "1");
    window[name].removeItem("backendkit/try");
    return window[name];
  } catch {
    const kept = new Map();
    return {
      lasting: false,
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, String(value)),
      removeItem: (key) => kept.delete(key),
      key: (n) => [...kept.keys()][n] ?? null,
      get length() { return kept.size; },
    };
  }
}
const storage = usable("localStorage");
const drafts = usable("sessionStorage"); // of this page alone, also after it was loaded again

/** Whether the text could be kept: a storage may be full. */
function keepText(kept, key, text) {
  try {
    kept.setItem(key, text);
    return kept.lasting !== false;
  } catch {
    kept.removeItem(key);
    return false;
  }
}

const room = (window.backendkitRoom ??= { outboxes: new Map(), tab: null });
if (!room.tab) {
  // A page that is loaded again goes on under its name; a copy of a page that is open gets a name of its own.
  room.tab = drafts.getItem("backendkit/tab") ?? unique();
  drafts.removeItem("backendkit/tab");
  window.addEventListener("pagehide", () => keepText(drafts, "backendkit/tab", room.tab));
  window.addEventListener("pageshow", () => drafts.removeItem("backendkit/tab"));
}

/** What is not on disk yet, for one design in this page; every part of the page shares it. */
class Outbox {
  constructor(design) {
    this.design = design;
    this.key = `backendkit/outbox/${design}/${room.tab}`;
    this.wires = new Set();
    this.listeners = new Set();
    this.promises = new Map();
    this.mine = new Map(); // at + field -> {before: values that this page replaced, value}
    this.names = new Map(); // an id that became another one
    this.flying = null;
    this.silent = 0; // answers that did not come, in a row
    this.told = "";
    this.kept = true;
    this.items = read(this.key);
    for (const item of this.items) item.restored = true;
    this.adopt();
    setInterval(() => this.beat(), 2000);
    window.addEventListener("pagehide", () => this.write(0)); // another page may take over at once
  }

  /** Take over what a closed page left behind. */
  adopt() {
    const prefix = `backendkit/outbox/${this.design}/`;
    const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((key) => key?.startsWith(prefix));
    for (const key of keys) {
      if (key === this.key || Date.now() - (readAll(key).alive ?? 0) < ASLEEP) continue;
      const left = read(key);
      storage.removeItem(key);
      for (const item of left) this.items.push({ ...item, restored: true });
    }
    this.write();
  }

  beat() {
    if (this.items.length) this.write();
    this.adopt();
    this.pump();
    this.tell();
  }

  write(alive = Date.now()) {
    if (this.items.length) this.kept = keepText(storage, this.key, JSON.stringify({ alive, items: this.items }));
    else storage.removeItem(this.key);
  }

  save(changes, { label = "", silent = false, wire } = {}) {
    const ready = changes.map((change) => this.rebased(change));
    const key = only(ready);
    this.items = this.items.filter((item) => !(item.state && key && only(item.changes) === key));
    const same = key ? this.items.find((item) => !item.tries && !item.state && only(item.changes) === key) : null;
    const item = same ?? { id: unique(), changes: ready, label, silent, at: Date.now() };
    if (same) same.changes[0].set.value = ready[0].set.value;
    else this.items.push(item);
    item.wire = wire?.id;
    this.note(ready);
    this.write();
    const waits = new Promise((done) => this.promises.set(item, [...(this.promises.get(item) ?? []), done]));
    this.pump();
    this.tell();
    return waits;
  }

  /** What this page itself wrote a moment ago is no conflict. */
  rebased(change) {
    const { set, ...others } = this.readdressed(change);
    const known = set && this.mine.get(`${set.at}\n${set.field}`);
    if (known && known.before.some((value) => equal(value, set.was))) set.was = known.value;
    return set ? { set } : others;
  }

  /** A change speaks of a record by the id that it has now. */
  readdressed(change) {
    const verb = Object.keys(change)[0];
    const parts = { ...change[verb] };
    for (const field of ["at", "before"]) if (parts[field]) parts[field] = this.renamed(parts[field]);
    return { [verb]: parts };
  }

  note(changes) {
    for (const { set } of changes) {
      if (!set) continue;
      const key = `${set.at}\n${set.field}`;
      const known = this.mine.get(key);
      const before = known && equal(known.value, set.was) ? known.before : [];
      this.mine.set(key, { before: [...before, set.was ?? null].slice(-50), value: set.value });
    }
  }

  renamed(address) {
    const steps = address.split(".");
    for (let n = steps.length; n > 0; n -= 1) {
      const name = this.names.get(steps.slice(0, n).join("."));
      if (name) return [name, ...steps.slice(n)].join(".");
    }
    return address;
  }

  pump() {
    if (this.flying) return;
    const [item] = this.waiting();
    const wire = item && this.wireFor(item);
    if (!wire) return;
    this.flying = item;
    item.tries = (item.tries ?? 0) + 1;
    const timer = setTimeout(() => this.landed(item, null), PATIENCE * Math.min(item.tries, 5));
    wire.sent(item.id, (answer) => {
      clearTimeout(timer);
      this.landed(item, answer);
    });
    wire.raw({ id: item.id, name: "save", data: { step: item.id, changes: item.changes } });
  }

  /** What can be sent: not what was answered, nor what is inside a record that was refused. */
  waiting() {
    const refused = this.items.filter((each) => each.state).flatMap((each) => each.changes.map(added)).filter(Boolean);
    const inside = ({ at = "" }) => refused.some((address) => at === address || at.startsWith(`${address}.`));
    return this.items.filter((each) => !each.state && !(refused.length && each.changes.some((change) => inside(Object.values(change)[0]))));
  }

  wireFor(item) {
    const wires = [...this.wires];
    const own = wires.find((wire) => wire.id === item.wire);
    const turn = (item.tries ?? 0) + (own ? wires.indexOf(own) : 0);
    return wires.length ? wires[turn % wires.length] : null;
  }

  landed(item, answer) {
    if (this.flying !== item) {
      if (!answer || !this.items.includes(item)) return; // an answer that came late still counts
    } else this.flying = null;
    if (answer?.error && (item.failed = (item.failed ?? 0) + 1) > 2) answer = { refused: [{ n: 0, message: answer.error }] };
    if (!answer || answer.later || answer.error) {
      this.silent += answer ? 0 : 1;
      item.later = answer?.later ?? answer?.error;
      setTimeout(() => this.pump(), answer ? 1000 : 50);
    } else {
      this.silent = 0;
      this.settle(item, answer);
      this.pump();
    }
    this.tell();
  }

  settle(item, answer) {
    if (answer.ok) {
      this.items = this.items.filter((each) => each !== item);
      const taken = item.changes.filter(({ insert }) => insert && answer.ids?.[insert.record.id]).map(({ insert }) => this.named(insert.at, insert.record.id, answer.ids[insert.record.id]));
      for (const { set } of item.changes) if (set?.field === "id") this.named(...apart(set.at), set.value);
      for (const each of this.items) each.changes = each.changes.map((change) => this.readdressed(change));
      for (const at of taken) this.names.delete(at); // from now on it is somebody else's
    } else if (this.mended(item)) return this.write();
    else Object.assign(item, { state: answer.conflict ? "conflict" : "refused", answer });
    this.forget(item, answer.ok ? 3000 : 0);
    this.write();
    for (const done of this.promises.get(item) ?? []) done(answer);
    this.promises.delete(item);
  }

  /** What was typed into a new record while it was on its way goes into it, and it is sent again. */
  mended(item) {
    const into = ({ at }) => item.changes.find((change) => added(change) === at);
    const typed = this.items.filter((each) => each !== item && !each.state && only(each.changes) && into(each.changes[0].set));
    for (const each of typed) {
      const { at, field, value } = each.changes[0].set;
      const { insert } = into({ at });
      insert.record = withField(insert.record, field, value);
      this.promises.set(item, [...(this.promises.get(item) ?? []), ...(this.promises.get(each) ?? [])]);
    }
    this.items = this.items.filter((each) => !typed.includes(each));
    if (typed.length) Object.assign(item, { id: unique(), tries: 0 });
    return typed.length > 0;
  }

  /** A record is called otherwise now; who still says the old name for a moment is understood. */
  named(parent, id, given) {
    const [at, name] = [id, given].map((each) => (parent ? `${parent}.${each}` : each));
    this.names.set(at, name);
    setTimeout(() => this.names.delete(at), 5000);
    return at;
  }

  /** What this page wrote is known to all of it after a while; what somebody writes then is news. */
  forget(item, after) {
    for (const { set } of item.changes) {
      const key = set && `${set.at}\n${set.field}`;
      const known = key && this.mine.get(key);
      if (known && equal(known.value, set.value)) setTimeout(() => this.mine.get(key) === known && this.mine.delete(key), after);
    }
  }

  drop(id) {
    this.items = this.items.filter((item) => item.id !== id || item === this.flying);
    this.write();
    this.tell();
  }

  status() {
    const waiting = this.waiting();
    const held = this.items.length - waiting.length;
    const old = waiting.some((item) => Date.now() - item.at > 1500);
    const count = (n) => (n === 1 ? "1 edit" : `${n} edits`);
    if (waiting.length && (old || this.silent)) {
      const kept = this.kept ? "kept in this browser" : "kept in this page only";
      const what = waiting.find((item) => item.later)?.later;
      const next = what ?? (this.silent > 1 || !this.wires.size ? "Run the page again (Run all) to save." : "Saved as soon as the notebook answers.");
      return { state: "waiting", waiting: waiting.length, held, text: `Not saved yet: ${count(waiting.length)} ${waiting.length === 1 ? "is" : "are"} ${kept}. ${next}` };
    }
    if (waiting.length) return { state: "saving", waiting: waiting.length, held, text: "Saving …" };
    if (held) return { state: "held", waiting: 0, held, text: `${count(held)} not saved: look at what is marked.` };
    return { state: "saved", waiting: 0, held, text: "Saved" };
  }

  tell() {
    const status = this.status();
    const text = JSON.stringify([status, this.items.map((item) => [item.id, item.state])]);
    if (text === this.told) return;
    this.told = text;
    for (const listener of [...this.listeners]) listener(status);
  }
}

const readAll = (key) => {
  try { return JSON.parse(storage.getItem(key)) ?? {}; } catch { return {}; }
};
const read = (key) => readAll(key).items ?? [];

/** A copy of a record with another value in a field; a gap is left out. */
function withField(record, field, value) {
  const copy = structuredClone(record);
  const steps = field.split(".");
  const last = steps.pop();
  const holder = steps.reduce((held, step) => (held[step] ??= {}), copy);
  if (gap(value)) delete holder[last];
  else holder[last] = value;
  return copy;
}

const added = ({ insert }) => insert && (insert.at ? `${insert.at}.${insert.record.id}` : insert.record.id);
const apart = (at) => { const cut = at.lastIndexOf("."); return [at.slice(0, Math.max(cut, 0)), at.slice(cut + 1)]; };
const only = (changes) => (changes.length === 1 && changes[0].set ? `${changes[0].set.at}\n${changes[0].set.field}` : "");
const gap = (value) => value === null || value === undefined || value === "" || value === false || (typeof value === "object" && !Object.keys(value).length);

/** Whether two values mean the same; every gap is one gap. */
function equal(one, other) {
  return (gap(one) && gap(other)) || JSON.stringify(one) === JSON.stringify(other);
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
    this.undo = [];
    this.receive = (message) => this.received(message);
    model.on("msg:custom", this.receive);
    if (!room.outboxes.has(this.design)) room.outboxes.set(this.design, new Outbox(this.design));
    this.outbox = room.outboxes.get(this.design);
    if (this.design) this.outbox.wires.add(this);
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
      const finish = (done) => { clearInterval(again); clearTimeout(end); this.answers.delete(id); done(); };
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
      const { chapter } = await this.ask("where", { at: detail.at });
      if (chapter) this.say(`${detail.at} stands in the chapter ${chapter}.`, { chapter });
      else this.say(`${detail.at} is not there any more.`);
    }, 50);
  }

  onShow(listener) {
    const heard = (event) => { if (event.detail.design === this.design && listener(event.detail)) event.detail.taken = true; };
    window.addEventListener("backendkit:show", heard);
    return () => window.removeEventListener("backendkit:show", heard);
  }

  /** A line below the part, until the next one. */
  say(text, { chapter } = {}) {
    this.line ??= el("div", { class: "bk-note", role: "status" });
    this.line.replaceChildren(text, ...(chapter ? [" ", this.link(this.notebook(chapter), "Go there")] : []));
    this.line.hidden = !text;
    if (!this.line.isConnected) this.host.after(this.line);
  }

  notebook(chapter) {
    return (this.model.get("state")?.notebooks ?? {})[chapter] ?? room.notebooks?.[chapter] ?? "00_start.ipynb";
  }

  /** The address of another notebook beside this one: in JupyterLab, Notebook and Voila. */
  address(name) {
    const path = window.location.pathname;
    const here = path.match(/^(.*\/)[^/]+\.ipynb$/);
    if (here) return here[1] + name;
    const base = (document.body.dataset.baseUrl ?? (path.match(/^(.*?)\/(lab|doc|notebooks|voila|tree)/)?.[1] ?? "") + "/").replace(/\/?$/, "/");
    return `${base}lab/tree/notebooks/${name}`;
  }

  link(name, text, attributes = {}) { return el("a", { href: this.address(name), ...attributes }, text); }

  close() {
    this.raw({ id: unique(), name: "gone", data: { view: this.id } });
    this.model.off("msg:custom", this.receive);
    this.outbox.wires.delete(this);
    this.line?.remove();
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
  const renew = (state) => { if (state) part?.update?.(state); };
  const off = [
    wire.on("state", ({ state }) => renew(state)),
    wire.on("trouble", ({ text }) => wire.say(text)),
  ];
  wire.ask("hello", { view: wire.id }, { patience: 600000 }).then(({ state }) => renew(state), () => {});
  wire.outbox.pump();
  return () => {
    for (const stop of off) stop();
    part?.dispose?.();
    wire.close();
  };
}
