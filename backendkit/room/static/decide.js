// The arithmetic of backendkit/decide.py once more, so that the winner moves while somebody drags. A test holds the
// two together, sentence by sentence. Numbers closer than CLOSE are equal.

const CLOSE = 1e-9;

/** Weigh the options of {criteria: [{id, name, weight}], options: [{id, name, scores}], chosen, because}. */
parts.decide = ({ criteria, options, chosen, because }) => {
  const weights = criteria.map((one) => (Number.isFinite(one.weight) ? one.weight : 0));
  const given = options.map((option) => criteria.map((one) => option.scores[one.id]).map((score) => (Number.isFinite(score) ? score : null)));
  const scores = given.map((row) => row.map((score) => score ?? 0));
  const totals = scores.map((row) => row.reduce((sum, score, n) => sum + weights[n] * score, 0));
  const all = options.map((_, n) => n);
  const best = (places, value) => {
    const most = Math.max(...places.map(value));
    return places.filter((place) => most - value(place) < CLOSE);
  };
  const most = 5 * weights.reduce((sum, weight) => sum + weight, 0);
  const scored = given.some((row) => row.some((score, n) => score !== null && weights[n]));
  const winners = scored ? best(all, (place) => totals[place]) : [];
  const rest = all.filter((place) => !winners.includes(place));
  const alone = winners.length === 1 && options.length > 1;
  const winner = winners[0];
  const ranking = [...all].sort(level((place) => -totals[place]));

  const flips = [];
  const turns = [];
  for (let c = 0; alone && c < weights.length; c += 1) {
    const column = scores.map((row) => row[c]);
    const points = rest.filter((place) => Math.abs(column[place] - column[winner]) >= CLOSE)
      .map((place) => ({ place, to: weights[c] + (totals[winner] - totals[place]) / (column[place] - column[winner]) }));
    const add = (found, nearest, sign) => {
      if (!found.length) return;
      const to = nearest(...found.map((point) => point.to));
      const there = found.filter((point) => Math.abs(point.to - to) < CLOSE).map((point) => point.place);
      flips.push({ criterion: c, weight: weights[c], to, winners: best(there, (place) => sign * column[place]) });
    };
    add(points.filter((point) => point.to > weights[c] + CLOSE), Math.min, 1);
    add(points.filter((point) => point.to > CLOSE && point.to < weights[c] - CLOSE), Math.max, -1);
    if (weights[c] <= 0) continue;
    const second = best(rest, (place) => totals[place]);
    const low = column[winner] - (totals[winner] - totals[second[0]]) / weights[c];
    if (low > CLOSE) turns.push({ option: winner, criterion: c, score: column[winner], to: low, winners: second });
    for (const place of rest) {
      const high = column[place] + (totals[winner] - totals[place]) / weights[c];
      if (high < 5 - CLOSE) turns.push({ option: place, criterion: c, score: column[place], to: high, winners: [place] });
    }
  }
  const relative = level((flip) => Math.abs((flip.to - flip.weight) / (flip.weight || 1)));
  flips.sort((one, other) => !one.weight - !other.weight || relative(one, other));
  turns.sort(level((turn) => Math.abs(turn.to - turn.score)));
  const firm = alone ? weights.map((_, n) => n).filter((n) => !flips.some((flip) => flip.criterion === n)) : [];
  const gaps = given.flatMap((row, option) => row.flatMap((score, criterion) => (score === null ? [{ option, criterion }] : [])));
  const margin = alone ? totals[winner] - Math.max(...rest.map((place) => totals[place])) : 0;
  const shares = totals.map((total) => (most > 0 ? total / most : 0));
  const found = { totals, shares, ranking, winners, margin, gaps, flips, firm, turns };
  return { ...found, ...told(found, { criteria, options, chosen, because }) };
};

const level = (value) => (one, other) => {
  const apart = value(one) - value(other);
  return Math.abs(apart) < CLOSE ? 0 : apart;
};

/** A number with two decimals at the most; halves go up. */
parts.decide.number = (value) => String(Math.floor(value * 100 + 0.5 + CLOSE) / 100);

parts.decide.beyond = ({ now, to }) => {
  const [than, sign] = to > now ? ["more", "+"] : ["less", "−"];
  const { number } = parts.decide;
  return `${than} than ${number(to)} instead of ${number(now)} (${sign}${number(Math.abs(to - now))})`;
};

parts.decide.listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0] ?? "");

function told({ totals, ranking, winners, margin, gaps, flips, firm, turns }, { criteria, options, chosen, because }) {
  const { number, beyond, listed } = parts.decide;
  const option = (place) => options[place].name || options[place].id || `option ${place + 1}`;
  const criterion = (place) => criteria[place].name || criteria[place].id || `criterion ${place + 1}`;
  const names = listed(winners.map(option));
  const alone = winners.length === 1 && options.length > 1;

  const verdict = () => {
    if (!winners.length) return nothing({ criteria, options });
    const sum = number(totals[winners[0]]);
    if (winners.length > 1) return `A tie: ${names} have ${sum} each. Any weight that tells them apart decides it.`;
    if (!alone) return `${names} has ${sum}, and nothing stands against it: add what else there was.`;
    const after = ranking.filter((place) => !winners.includes(place));
    const second = after.filter((place) => Math.abs(totals[place] - totals[after[0]]) < CLOSE).sort((one, other) => one - other);
    return `${names} wins with ${sum}, ${number(margin)} ahead of ${listed(second.map(option))}.`;
  };
  const flip = () => {
    if (!alone) return "";
    if (!flips.length) return "No weight alone can change the winner.";
    const [{ criterion: place, weight: now, to, winners: next }] = flips;
    return `“${criterion(place)}” would have to count ${beyond({ now, to })} for ${listed(next.map(option))} to win.`;
  };
  const turn = () => {
    if (!turns.length) return "";
    const [{ option: who, criterion: place, score: now, to, winners: next }] = turns;
    return `Or ${option(who)} would have to score ${beyond({ now, to })} by “${criterion(place)}” for ${listed(next.map(option))} to win.`;
  };
  const missing = () => {
    if (!gaps.length) return "";
    const first = gaps.slice(0, 3).map((gap) => `${option(gap.option)} by “${criterion(gap.criterion)}”`);
    if (gaps.length > 3) first.push(`${gaps.length - 3} more`);
    return `Not scored yet, so it adds nothing: ${listed(first)}.`;
  };
  const difference = () => {
    const place = chosen ? options.findIndex((one) => one.id === chosen) : -1;
    if (place < 0 || !winners.length || winners.includes(place)) return "";
    const head = `The sum says ${names}, you chose ${option(place)}`;
    return because ? `${head}, and “because” says why.` : `${head}: say why in “because”.`;
  };
  const unmoved = flips.length && firm.length ? `No weight of ${listed(firm.map((place) => `“${criterion(place)}”`))} alone changes the winner.` : "";
  return { verdict: verdict(), flip: flip(), turn: turn(), unmoved, missing: missing(), difference: difference() };
}

function nothing({ criteria, options }) {
  if (options.length < 2) return "Nothing to weigh yet: write down two options or more.";
  if (!criteria.length) return "Nothing to weigh by yet: write down what the options are judged by.";
  if (!criteria.some((one) => one.weight)) return "No criterion counts anything yet: give the important ones a weight.";
  return "Nothing is scored yet: say how well each option does, from 0 to 5.";
}
