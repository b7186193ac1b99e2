// What is not saved yet. A change is put into the outbox in this browser first; it leaves it when Python says that it is
// on disk. What is refused, or what somebody else changed meanwhile, stays until somebody decides.

const PATIENCE = 3000; // ms without an answer until an edit is sent again
const LATE = 1500; // ms after which "Saving" is no longer the word
const ALIVE = 8000; // ms after which what another page kept counts as left behind
const ASLEEP = 90000; // the same for an outbox: a browser wakes a page that nobody sees once a minute

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
    this.promises = new Map(); // item -> who waits for its answer
    this.mine = new Map(); // at + field -> {before: values that this page replaced, value}
    this.names = new Map(); // an address that became another one
    this.flying = null;
    this.silent = 0; // answers that did not come, in a row
    this.told = "";
    this.kept = true;
    this.items = readKept(this.key).items ?? [];
    for (const item of this.items) item.restored = true;
    this.adopt();
    setInterval(() => this.beat(), 2000);
    window.addEventListener("pagehide", () => this.write(0)); // another page may take over at once
    window.addEventListener("online", () => this.revive());
  }

  /** Take over what a closed page left behind. */
  adopt() {
    const prefix = `backendkit/outbox/${this.design}/`;
    const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((key) => key?.startsWith(prefix) && !key.slice(prefix.length).includes("/"));
    for (const key of keys) {
      const { alive = 0, items = [] } = readKept(key);
      if (key === this.key || Date.now() - alive < ASLEEP) continue;
      storage.removeItem(key);
      for (const item of items) this.items.push({ ...item, restored: true });
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

  // ---- in

  /** Save some changes, all or none; of those that must not be taken apart (`whole`) not even what is refused. */
  save(changes, { label = "", whole = false, wire } = {}) {
    const ready = changes.map((change) => this.rebased(change));
    const key = only(ready);
    const open = key && this.items.find((item) => item.state === "conflict" && only(item.changes) === key);
    if (open) return this.retyped(open, ready[0].set.value);
    this.items = this.items.filter((item) => !(item.state && key && only(item.changes) === key));
    const same = key ? this.items.find((item) => !item.tries && !item.state && only(item.changes) === key) : null;
    const item = same ?? { id: unique(), changes: ready, label, whole, at: Date.now() };
    if (same) same.changes[0].set.value = ready[0].set.value;
    else this.items.push(item);
    item.wire = wire?.id;
    this.note(ready);
    this.write();
    const waits = new Promise((done) => this.promises.set(item, [...(this.promises.get(item) ?? []), done]));
    this.pump();
    this.tell();
    setTimeout(() => this.tell(), LATE + 50);
    return waits;
  }

  /** Who types on where somebody else wrote, too, has not decided yet: the parts take it out (drop) to decide. */
  async retyped(item, value) {
    item.changes[0].set.value = value;
    this.write();
    this.tell();
    return { ...item.answer, changes: item.changes, held: [], item };
  }

  /** What this page itself wrote a moment ago is no conflict. */
  rebased(change) {
    const { set, ...others } = this.readdressed(change);
    const known = set && this.mine.get(`${set.at}\n${set.field}`);
    if (known && known.before.some((value) => equal(value, set.was))) set.was = known.value;
    return set ? { set } : others;
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

  /** What this page wrote is known to all of it after a while; what somebody writes then is news. */
  forget(changes, after) {
    for (const { set } of changes) {
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

  // ---- addresses

  /** A change speaks of a record by the id that it has now. */
  readdressed(change) {
    const verb = Object.keys(change)[0];
    const parts = { ...change[verb] };
    for (const field of ["at", "before"]) if (parts[field]) parts[field] = this.renamed(parts[field]);
    return { [verb]: parts };
  }

  renamed(address) {
    const steps = address.split(".");
    for (let n = steps.length; n > 0; n -= 1) {
      const name = this.names.get(steps.slice(0, n).join("."));
      if (name) return [name, ...steps.slice(n)].join(".");
    }
    return address;
  }

  /** Records that are called otherwise now; who still says an old name for a moment is understood. */
  named(changes, ids) {
    const taken = [];
    for (const change of changes) {
      if (change.insert && ids[change.insert.record.id]) {
        const at = added(change);
        taken.push(at);
        this.names.set(at, at.replace(/[^.]+$/, ids[change.insert.record.id]));
      }
      if (change.set?.field === "id") {
        const { at, value } = change.set;
        this.names.set(at, at.replace(/[^.]+$/, value));
        setTimeout(() => this.names.delete(at), 5000);
      }
    }
    for (const each of this.items) each.changes = each.changes.map((change) => this.readdressed(change));
    for (const at of taken) this.names.delete(at); // from now on it is somebody else's
  }

  // ---- out

  /** What can be sent: not what was answered, nor what is inside a record that was refused. */
  waiting() {
    const refused = this.items.filter((each) => each.state).flatMap((each) => each.changes.map(added)).filter(Boolean);
    const stuck = (change) => refused.some((at) => inside(Object.values(change)[0].at, at));
    return this.items.filter((each) => !each.state && !(refused.length && each.changes.some(stuck)));
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

  wireFor(item) {
    const wires = [...this.wires].filter((wire) => !wire.dead);
    const own = wires.findIndex((wire) => wire.id === item.wire);
    return wires.length ? wires[((item.tries ?? 0) + Math.max(own, 0)) % wires.length] : null;
  }

  /** JupyterLab gives up after a few minutes without a network. */
  revive() {
    for (const { kernel } of this.wires) {
      if (kernel && kernel.connectionStatus !== "connected") kernel.reconnect?.().then(() => this.pump(), () => {});
    }
  }

  landed(item, answer) {
    if (this.flying !== item) {
      if (!answer || !this.items.includes(item)) return; // an answer that came late still counts
    } else this.flying = null;
    if (answer?.error && (item.failed = (item.failed ?? 0) + 1) > 2) answer = { refused: [{ n: 0, message: answer.error }] };
    if (!answer || answer.later || answer.error) {
      this.silent += answer ? 0 : 1;
      if (this.silent > 3) this.revive();
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
      const gone = item.changes.flatMap((change) => change.delete?.at ?? []);
      this.items = this.items.filter((each) => each !== item && !(each.state && gone.some((at) => each.changes.some((change) => inside(Object.values(change)[0].at, at)))));
      this.named(item.changes, answer.ids ?? {});
      this.forget(item.changes, 3000);
    } else {
      this.forget(item.changes, 0);
      if (!item.whole && this.apart(item, answer)) return this.write();
      Object.assign(item, { state: answer.conflict ? "conflict" : "refused", answer });
      if (answer.conflict) this.gather(item);
    }
    this.write();
    for (const done of this.promises.get(item) ?? []) done({ ...answer, changes: item.changes, held: item.held ?? [], item });
    this.promises.delete(item);
  }

  /** What was typed since into the same place waits with it: there is one question, about the newest text. */
  gather(item) {
    const key = only(item.changes);
    for (const newer of key ? this.items.filter((each) => each !== item && !each.state && only(each.changes) === key) : []) {
      item.changes[0].set.value = newer.changes[0].set.value;
      this.items = this.items.filter((each) => each !== newer);
      for (const done of this.promises.get(newer) ?? []) done({ ...item.answer, changes: item.changes, held: [], item });
      this.promises.delete(newer);
    }
  }

  /** What cannot be saved of a step stays here, each value by itself; the rest is sent again without it. */
  apart(item, answer) {
    if ((answer.refused ?? []).some((each) => each.n === undefined)) return false; // it is about the whole
    const [state, told] = answer.refused ? ["refused", answer.refused] : ["conflict", answer.conflict];
    const rest = [];
    const held = [];
    item.changes.forEach((change, n) => {
      const of = told.filter((each) => each.n === n);
      const without = change.insert && of.length ? withoutRefused(change.insert, of) : null;
      if (!of.length || without) rest.push(without?.change ?? change);
      if (without) held.push(...without.held);
      else if (of.length) held.push({ change, told: of });
    });
    if (!rest.length && item.changes.length === 1) return false;
    const newer = (change) => this.items.some((each) => each !== item && !each.state && only([change]) && only(each.changes) === only([change]));
    for (const { change, told } of held) {
      if (!newer(change)) this.items.push({ ...item, id: unique(), changes: [change], state, answer: { [state]: told.map((each) => ({ ...each, n: 0 })) } });
    }
    Object.assign(item, { id: unique(), tries: 0, changes: rest, held: [...(item.held ?? []), ...held.map(({ change }) => change)] });
    if (!rest.length) this.settle(item, { ok: true });
    return true;
  }

  // ---- what people are told

  /** What has to happen until the edits are saved. */
  until() {
    const wires = [...this.wires].filter((wire) => !wire.dead);
    if (!wires.length) return "Run the page again (Run all) to save.";
    if (navigator.onLine === false || wires.every(({ kernel }) => (kernel?.connectionStatus ?? "connected") !== "connected")) return "Saved as soon as the network is back.";
    return `Saved as soon as the notebook answers${this.silent > 3 ? "; if it does not, run the page again (Run all)" : ""}.`;
  }

  status() {
    const waiting = this.waiting();
    const held = this.items.length - waiting.length;
    const old = waiting.some((item) => Date.now() - item.at > LATE);
    const count = (n) => (n === 1 ? "1 edit" : `${n} edits`);
    if (waiting.length && (old || this.silent)) {
      const kept = this.kept ? "kept in this browser" : "kept in this page only";
      const next = waiting.find((item) => item.later)?.later ?? this.until();
      return { state: "waiting", waiting: waiting.length, held, text: `Not saved yet: ${count(waiting.length)} ${waiting.length === 1 ? "is" : "are"} ${kept}. ${next}` };
    }
    if (waiting.length) return { state: "saving", waiting: waiting.length, held, text: "Saving …" };
    if (held) return { state: "held", waiting: 0, held, text: `${count(held)} not saved: look at what is marked.` };
    return { state: "saved", waiting: 0, held, text: "Saved" };
  }

  tell() {
    const status = this.status();
    const text = JSON.stringify([status, this.items.map((item) => [item.id, item.state, item.state && only(item.changes) && item.changes[0].set.value])]);
    if (text === this.told) return;
    this.told = text;
    for (const listener of [...this.listeners]) listener(status);
  }
}

const readKept = (key) => {
  try { return JSON.parse(storage.getItem(key)) ?? {}; } catch { return {}; }
};
const only = (changes) => (changes.length === 1 && changes[0].set ? `${changes[0].set.at}\n${changes[0].set.field}` : "");
const added = ({ insert }) => insert && (insert.at ? `${insert.at}.${insert.record.id}` : insert.record.id);
const inside = (at = "", address) => at === address || at.startsWith(`${address}.`);
const gap = (value) => value === null || value === undefined || value === "" || value === false || (typeof value === "object" && !Object.keys(value).length);

/** Whether two values mean the same; every gap is one gap. */
function equal(one, other) {
  return (gap(one) && gap(other)) || JSON.stringify(one) === JSON.stringify(other);
}

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

/** A new record without the fields that were refused, and each of them by itself; null when it cannot be without. */
function withoutRefused(insert, told) {
  let { record } = insert;
  const held = [];
  for (const about of told) {
    const field = (about.field ?? "").replace(/\[.*/, "");
    const value = field.split(".").reduce((holder, step) => holder?.[step], record);
    if (gap(value) || field === "id" || (Array.isArray(value) && typeof value[0] === "object")) return null;
    held.push({ change: { set: { at: added({ insert }), field, value, was: null } }, told: [about] });
    record = withField(record, field, null);
  }
  return { change: { insert: { ...insert, record } }, held };
}
