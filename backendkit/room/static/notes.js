// The notes of a chapter in a text area. They are kept in this browser until they are on disk; nobody is overwritten.

parts.notes = (host, wire, state) => {
  const prefix = `backendkit/notes/${wire.design}/${state.chapter ?? ""}/`;
  const key = prefix + room.tab;
  const label = `Notes on ${state.chapter ?? "this chapter"}`;
  const area = el("textarea", { class: "bk-input bk-notes-area", "aria-label": label, rows: "6", placeholder: "Why is it so? Write for somebody who was not in the room. Markdown: ## heading, **strong**, - list" });
  const status = el("span", { class: "bk-status", role: "status" });
  const preview = el("div", { class: "bk-notes-preview", hidden: true, tabindex: "0", role: "region", "aria-label": `${label}, as printed` });
  const look = el("button", { class: "bk-button bk-quiet", "aria-pressed": "false" }, "Preview");
  const conflict = el("div", { class: "bk-notes-conflict", role: "alert", hidden: true });
  const place = el("code");
  let saved = state.text ?? "";
  let was = saved;
  let known = false; // whether Python has told the text yet
  let dirty = false; // whether something of this text may not be on disk
  let lasting = true; // whether it is kept beyond this page
  let sending = false;
  let timer = 0;
  let theirs = null;
  let gone = false;

  const kept = (name) => {
    try { return JSON.parse(storage.getItem(name)); } catch { return null; }
  };
  /** What a page that was closed has not got to disk. */
  const left = () => {
    const names = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((name) => name?.startsWith(prefix) && name !== key);
    for (const name of names) {
      const copy = kept(name);
      if (!copy || Date.now() - copy.alive < ALIVE) continue;
      storage.removeItem(name);
      return copy;
    }
    return null;
  };
  const write = (text) => { lasting = keepText(storage, key, JSON.stringify({ text, was, alive: Date.now() })); };

  const tell = (how, text) => {
    status.dataset.state = how;
    status.replaceChildren(text);
  };
  const fit = () => {
    area.style.height = "auto";
    if (area.scrollHeight) area.style.height = `${Math.max(area.scrollHeight + 2, 120)}px`;
  };
  const draw = (text) => {
    if (area.value !== text) {
      const [before, after] = [area.value, area.selectionStart];
      area.value = text;
      if (document.activeElement === area) {
        let same = 0;
        while (same < after && before[same] === text[same]) same += 1;
        const at = same === after ? after : Math.max(0, after + text.length - before.length);
        area.setSelectionRange(at, at);
      }
    }
    fit();
    if (!preview.hidden) preview.replaceChildren(...markdownNodes(area.value));
  };
  const take = (copy) => {
    was = copy.was;
    dirty = true;
    write(copy.text);
    draw(copy.text);
    tell("saving", "Saving …");
  };

  const send = async () => {
    clearTimeout(timer);
    if (sending || theirs !== null || gone) return;
    const text = area.value;
    if (text === was) return settled();
    sending = true;
    try {
      const answer = await wire.ask("write", { text, was });
      if (answer.ok) {
        saved = was = text;
        if (area.value === text) settled();
        else { write(area.value); timer = setTimeout(send, 200); }
      } else clash(answer.conflict);
    } catch (trouble) {
      tell("waiting", `Not saved yet: your text is kept in this ${lasting ? "browser" : "page only"}. ${trouble.message}`);
      timer = setTimeout(send, 3000);
    }
    sending = false;
  };
  const settled = () => {
    dirty = false;
    storage.removeItem(key);
    tell("saved", "Saved");
  };
  const typed = () => {
    dirty = true;
    write(area.value);
    if (theirs === null) tell("saving", "Saving …");
    clearTimeout(timer);
    timer = setTimeout(send, 500);
    fit();
  };
  const clash = (text) => {
    theirs = text;
    tell("held", "Not saved yet: somebody else wrote here too.");
    const choose = (mine) => {
      was = theirs;
      saved = theirs;
      theirs = null;
      conflict.hidden = true;
      draw(mine);
      typed();
      area.focus();
    };
    conflict.hidden = false;
    conflict.replaceChildren(
      el("p", {}, el("b", {}, "Meanwhile somebody else saved this text."), " Yours is in the field below and is not lost. Which one shall stay?"),
      el("pre", { tabindex: "0", "aria-label": "Their text" }, text || "(nothing)"),
      el("button", { class: "bk-button bk-primary", onclick: () => choose(`${text.trimEnd()}\n\n${area.value}`) }, "Both, one below the other"), " ",
      el("button", { class: "bk-button", onclick: () => choose(area.value) }, "Mine"), " ",
      el("button", { class: "bk-button", onclick: () => choose(text) }, "Theirs"));
  };
  area.addEventListener("input", typed);
  area.addEventListener("blur", send);
  look.addEventListener("click", () => {
    preview.hidden = !preview.hidden;
    area.hidden = !preview.hidden;
    look.setAttribute("aria-pressed", String(!preview.hidden));
    look.replaceChildren(preview.hidden ? "Preview" : "Write");
    if (preview.hidden) fit();
    else preview.replaceChildren(...markdownNodes(area.value));
    (preview.hidden ? area : preview).focus();
  });
  const watch = new ResizeObserver(fit);
  watch.observe(host);
  const beat = setInterval(() => {
    if (dirty) return write(area.value);
    const copy = known && !sending && left();
    if (copy) { take(copy); send(); }
  }, 2000);
  host.append(el("div", { class: "bk-notes-head" }, place, status, look), conflict, area, preview);

  const update = (fresh) => {
    known = true;
    place.replaceChildren(fresh.place ?? "");
    saved = fresh.text;
    if (!dirty && !sending) {
      was = saved;
      draw(saved);
      tell("saved", "Saved");
    } else if (!sending && theirs === null) send();
  };
  const copy = kept(key) ?? left();
  if (copy) take(copy);
  else draw(saved);
  if (state.place) update(state);
  return {
    update,
    dispose() {
      if (known) send();
      gone = true;
      clearTimeout(timer);
      clearInterval(beat);
      watch.disconnect();
    },
  };
};

/** Markdown as nodes: headings, lists, quotes, code, emphasis. Whatever else it holds is shown as it was typed. */
function markdownNodes(text) {
  const nodes = [];
  const blocks = text.split(/(^```[^\n]*\n[\s\S]*?(?:^```[ \t]*$|(?![\s\S])))/m);
  for (const [n, block] of blocks.entries()) {
    if (n % 2) nodes.push(el("pre", {}, block.replace(/^```[^\n]*\n/, "").replace(/\n?```[ \t]*$/, "")));
    else for (const piece of block.split(/\n[ \t]*\n|\n(?=#{1,6} )|(?<=^#{1,6} [^\n]*)\n/)) if (piece.trim()) nodes.push(markdownBlock(piece.trim()));
  }
  return nodes.length ? nodes : [el("p", { class: "bk-muted" }, "Nothing is written here yet.")];
}

function markdownBlock(piece) {
  const heading = piece.match(/^(#{1,6}) (.*)$/);
  if (heading) return el(`h${Math.min(6, heading[1].length + 1)}`, {}, markdownLine(heading[2]));
  const lines = piece.split("\n");
  for (const [mark, tag] of [[/^\s*[-*+] /, "ul"], [/^\s*\d+[.)] /, "ol"]]) {
    if (!mark.test(lines[0])) continue;
    const items = [];
    for (const line of lines) if (mark.test(line)) items.push(line.replace(mark, "")); else items[items.length - 1] += ` ${line.trim()}`;
    return el(tag, {}, items.map((item) => el("li", {}, markdownLine(item))));
  }
  if (lines.every((line) => line.startsWith(">"))) return el("blockquote", {}, markdownLine(lines.map((line) => line.replace(/^> ?/, "")).join(" ")));
  if (lines.every((line) => /^\s*\|/.test(line))) return el("pre", {}, piece);
  return el("p", {}, markdownLine(lines.join(" ")));
}

function markdownLine(text) {
  const marks = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|!\[([^\]]*)\]\(([^)]*)\)|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/;
  const found = text.match(marks);
  if (!found) return [text];
  const [all, code, strong, soft, alt, source, label, href] = found;
  const node = code ? el("code", {}, code)
    : strong ? el("strong", {}, markdownLine(strong))
    : soft ? el("em", {}, markdownLine(soft))
    : label ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, label)
    : el("span", { class: "bk-chip" }, `picture: ${alt || source}`);
  return [text.slice(0, found.index), node, ...markdownLine(text.slice(found.index + all.length))];
}
