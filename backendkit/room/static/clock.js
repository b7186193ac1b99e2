// The clocks of the time boxes, one for each phase. They stand in this browser, so that a reload or the way to the
// next notebook does not stop them; one runs at a time.

class Clock {
  constructor(design) {
    this.key = `backendkit/clock/${design}`;
  }

  read() {
    try { return JSON.parse(storage.getItem(this.key)) ?? {}; } catch { return {}; }
  }

  /** The box of a phase as it is now: minutes, ms left, whether it runs, whether its end was told. */
  box(phase, minutes = 0) {
    const kept = this.read()[phase];
    const { spent = 0, since = null, told = false } = kept ?? {};
    const total = (kept?.minutes ?? minutes) * 60000;
    return { phase, title: kept?.title ?? "", left: total - spent - (since ? Date.now() - since : 0), running: Boolean(since), begun: Boolean(since || spent), told };
  }

  running() {
    const phase = Object.entries(this.read()).find(([, kept]) => kept?.since)?.[0];
    return phase === undefined ? null : this.box(phase);
  }

  change(phase, how) {
    const all = this.read();
    all[phase] = how(all[phase] ?? { spent: 0, since: null });
    keepText(storage, this.key, JSON.stringify(all));
  }

  start(phase, title, minutes) {
    for (const other of Object.keys(this.read())) if (other !== phase) this.pause(other);
    this.change(phase, (kept) => ({ ...kept, title, minutes: kept.minutes ?? minutes, since: kept.since ?? Date.now() }));
  }

  pause(phase) {
    this.change(phase, (kept) => (kept.since ? { ...kept, spent: kept.spent + Date.now() - kept.since, since: null } : kept));
  }

  more(phase, title, minutes) {
    const late = Math.min(0, this.box(phase, minutes).left); // after the end, five minutes are five minutes from now
    this.change(phase, (kept) => ({ ...kept, title, minutes: (kept.minutes ?? minutes) + 5 - late / 60000, told: false }));
  }

  again(phase) {
    const all = this.read();
    delete all[phase];
    keepText(storage, this.key, JSON.stringify(all));
  }

  told(phase) { this.change(phase, (kept) => ({ ...kept, told: true })); }

  get sound() { return storage.getItem("backendkit/sound") === "on"; }
  set sound(on) { keepText(storage, "backendkit/sound", on ? "on" : "off"); }
}

/** 45:00, 1:05:00; over the time: 2:10 over. */
function clockText(left) {
  const seconds = Math.abs(Math.ceil(left / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const text = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  return left < 0 && seconds ? `${text} over` : text;
}

/** The same for somebody who listens. */
function clockWords(left) {
  const minutes = Math.round(Math.abs(left) / 60000);
  const count = minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return left < 0 ? `${count} over` : `${count} left`;
}

function chime() {
  try {
    const audio = new AudioContext();
    for (const [at, tone] of [[0, 660], [0.25, 880]]) {
      const wave = audio.createOscillator();
      const volume = audio.createGain();
      wave.frequency.value = tone;
      volume.gain.setValueAtTime(0.15, audio.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.6);
      wave.connect(volume).connect(audio.destination);
      wave.start(audio.currentTime + at);
      wave.stop(audio.currentTime + at + 0.6);
    }
  } catch { /* a browser without sound */ }
}
