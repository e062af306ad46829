// What the counters were at each poll, for as long as the charts reach back.

const WINDOW_MILLIS = 5 * 60 * 1000;

/** How far the charts reach back: little at first, so that what has just begun can be seen. */
const SPANS = [60_000, 120_000, WINDOW_MILLIS];

/** A poll this soon after another, as one is after a change, tells how things are and not how fast they go. */
const SOON_MILLIS = 1000;

/** Between polls this far apart the page did not watch: it was hidden or held, or the service did not answer. */
const BLIND_MILLIS = 10_000;

export class History {
  #samples = [];
  #latest = null;

  add(listeners, time) {
    this.#latest = { time, counts: new Map(listeners.map(it => [it.name, it.counts])) };
    if (this.#samples.length > 0 && time - this.end < SOON_MILLIS) {
      return;
    }
    this.#samples.push(this.#latest);
    // one older than the window stays: the first interval in view begins there
    while (this.#samples.length > 1 && this.#samples[1].time <= time - WINDOW_MILLIS) {
      this.#samples.shift();
    }
  }

  get end() {
    return this.#samples.at(-1)?.time ?? Date.now();
  }

  /** How far back there is something to show. */
  get span() {
    const watched = this.end - (this.#samples[0]?.time ?? this.end);
    return SPANS.find(it => it >= watched) ?? WINDOW_MILLIS;
  }

  /** The intervals between polls, each with what a counter rose by in it, for each second. */
  rates(scope, counter) {
    return this.#rises(scope, counter).map(it => ({ ...it, value: (it.value * 1000) / (it.to - it.from) }));
  }

  /** The intervals between polls, each with what a gauge was at its end. */
  levels(scope, gauge) {
    return this.#intervals((before, after) => (isBlind(before, after) ? null : sum(after, scope, gauge)));
  }

  /** What a counter rose by over the window, in steps of this length. */
  steps(scope, counter, length) {
    const steps = new Map();
    for (const { to, value } of this.#rises(scope, counter)) {
      const step = Math.floor(to / length) * length;
      steps.set(step, (steps.get(step) ?? 0) + value);
    }
    return steps;
  }

  /** What a counter rose by over the window. */
  rise(scope, counter) {
    return this.#rises(scope, counter).reduce((total, it) => total + it.value, 0);
  }

  /** What a counter or gauge is now. */
  now(scope, counter) {
    return this.#latest ? sum(this.#latest, scope, counter) : 0;
  }

  /** When nobody watched. */
  gaps() {
    return this.#intervals((before, after) => (isBlind(before, after) ? 1 : null)).filter(it => it.value !== null);
  }

  #rises(scope, counter) {
    return this.#intervals((before, after) => {
      const rise = sum(after, scope, counter) - sum(before, scope, counter);
      return rise < 0 ? null : rise; // counters that fell are those of another start of the service
    }).filter(it => it.value !== null);
  }

  #intervals(value) {
    return this.#samples
      .slice(1)
      .map((after, i) => ({ from: this.#samples[i].time, to: after.time, value: value(this.#samples[i], after) }))
      .filter(it => it.to > it.from);
  }
}

function isBlind(before, after) {
  return after.time - before.time > BLIND_MILLIS;
}

function sum({ counts }, scope, counter) {
  let total = 0;
  for (const [name, each] of counts) {
    if (scope === "" || scope === name) {
      total += counter(each);
    }
  }
  return total;
}
