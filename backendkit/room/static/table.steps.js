// Saving, step by step: undo and redo, and what happens when a value is refused or somebody else wrote, too.

class TableSteps extends TableTyping {
  /** Save one step. `inverse` takes it back; steps of the same `session` are one. */
  async save(changes, { inverse = null, session = null, whole = false } = {}) {
    const step = inverse && this.remember(changes, inverse, session);
    const answer = await this.wire.save(changes, { label: this.where, whole });
    if (answer.ok) {
      adoptChanges(this, answer.changes, answer.ids ?? {});
      if (step) this.tookPlace(step, answer);
    } else {
      if (step && (!session || step.changes[0].insert)) this.done = this.done.filter((each) => each !== step);
      if (changes.every((change) => change.delete || change.move)) { // no cell could show it
        this.drop(answer.item);
        this.say(answer.refused?.[0].message ?? `${answer.conflict[0].at} was changed a moment ago and is still there: look at it again.`, true);
      }
    }
    this.drawHistory();
    this.soon();
    return answer;
  }

  remember(changes, inverse, session) {
    const last = this.done.at(-1);
    this.undone = [];
    if (!session || last?.session !== session) this.done.push({ changes, inverse, session });
    else if (last.changes[0].insert) this.grown(last, changes[0].set);
    else Object.assign(last, { changes, inverse });
    this.drawHistory();
    return this.done.at(-1);
  }

  /** What is typed on in a new line belongs to the step that made it. */
  grown(step, { field, value }) {
    const { insert } = step.changes[0];
    insert.record = withField(insert.record, field, value);
    step.inverse[0].delete.was = insert.record;
  }

  /** A step as it was saved: with the ids that were free, and without what was refused. */
  tookPlace(step, { ids = {}, held }) {
    const renamed = (record) => (ids[record.id] ? { ...record, id: ids[record.id] } : record);
    const without = (record, at) => held.reduce((left, { set }) => (set?.at === at ? withField(left, set.field, null) : left), record);
    for (const { delete: gone } of step.inverse) {
      if (!gone?.was) continue;
      gone.was = renamed(without(gone.was, gone.at));
      gone.at = gone.at.replace(/[^.]+$/, gone.was.id);
    }
    for (const change of step.changes) if (change.insert) change.insert.record = renamed(without(change.insert.record, added(change)));
  }

  undo() { return this.takeBack(this.done, this.undone, "undo"); }
  redo() { return this.takeBack(this.undone, this.done, "redo"); }

  async takeBack(from, to, word) {
    this.commit();
    const step = from.pop();
    if (!step) return this.say(`Nothing to ${word}.`);
    const back = { changes: step.inverse, inverse: step.changes, session: null };
    to.push(back);
    this.drawHistory();
    const promise = this.save(step.inverse, { whole: true });
    this.soon();
    const [{ insert, ...others }] = step.inverse;
    const at = insert ? this.gridAt(insert.at, insert.field)?.address(insert.record.id) : Object.values(others)[0].at;
    const answer = await promise;
    if (!answer.ok) {
      to.splice(to.indexOf(back) >>> 0, 1);
      this.drop(answer.item);
      this.drawHistory();
      return this.say(`That cannot be taken back: ${answer.refused?.[0]?.message ?? "somebody changed it meanwhile."}`, true);
    }
    this.say(word === "undo" ? "Taken back." : "Done again.");
    const row = this.index.get(at);
    if (row) setTimeout(() => this.flash(row));
  }

  drawHistory() {
    this.undoButton.disabled = !this.done.length;
    this.redoButton.disabled = !this.undone.length;
  }

  drop(item) {
    (this.dropped ??= new Set()).add(item.id);
    this.wire.drop(item.id);
    this.soon();
  }

  say(text, loud = false) {
    this.live.textContent = text;
    if (loud) this.wire.say(text);
  }

  /** A value for a field. A record that was refused as a whole is sent again with it. */
  set(row, field, value, { was = row.data.values[field] ?? null, session = null } = {}) {
    if (row.virtual?.item.state === "refused") return this.amend(row.virtual.item, field, value);
    const change = { set: { at: row.at, field, value, was } };
    const last = session && this.done.at(-1)?.session === session ? this.done.at(-1).inverse[0].set : null;
    const first = last ? last.value : was;
    return this.save([change], { inverse: [{ set: { at: row.at, field, value: first, was: value } }], session });
  }

  amend(item, field, value) {
    const [{ insert }] = item.changes;
    this.drop(item);
    const change = { insert: { ...insert, record: withField(insert.record, field, value) } };
    return this.save([change], { inverse: [{ delete: { at: added(change), was: change.insert.record } }] });
  }

  /** Who types on where somebody else wrote, too, has not decided yet. */
  retyped({ item }, value) {
    item.changes[0].set.value = value;
    this.wire.outbox.write();
    this.soon();
  }

  /** Two people wrote: one of the two values stays. */
  decide(row, column, whose) {
    const { item, value, theirs = null } = row.marks.get(column.name);
    row.data = { ...row.data, values: { ...row.data.values, [column.name]: theirs } };
    if (this.edit?.row === row && this.edit.column === column) this.leave({ drop: true });
    this.drop(item);
    if (whose === "mine") void this.set(row, column.name, value, { was: theirs });
    this.refresh();
    this.enter(row, column);
  }
}
