// Rates, timeouts by kind and closed connections by reason.

import { BarChart, LineChart } from "./chart.js";
import { element, find, write } from "./dom.js";
import { bytes, count, rate } from "./text.js";

/** How many bars of timeouts there are room for. */
const BARS = 24;

const perSecond = number => `${rate(number)}/s`;
const bytesPerSecond = number => `${bytes(number)}/s`;
const closed = counts => Object.values(counts.closed).reduce((all, it) => all + it, 0);

/** The charts that draw lines: each series is a counter of which the rate is drawn, or a gauge. */
const LINES = [
  {
    figure: "open-chart",
    title: "Open connections",
    format: rate,
    series: [
      { name: "open", tone: "tone-1", gauge: it => it.active },
      { name: "half-open", tone: "tone-2", dashed: true, gauge: it => it.halfOpen.peer + it.halfOpen.local },
    ],
  },
  {
    figure: "connections-chart",
    title: "Accepted and closed",
    format: perSecond,
    series: [
      { name: "accepted", tone: "tone-1", counter: it => it.accepted },
      { name: "closed", tone: "tone-2", dashed: true, counter: closed },
    ],
  },
  {
    figure: "acknowledgements-chart",
    title: "Acknowledgements",
    format: perSecond,
    series: [
      { name: "acknowledged", tone: "tone-1", counter: it => it.acknowledgements },
      { name: "frames", tone: "tone-2", dashed: true, counter: it => it.frames },
    ],
  },
  {
    figure: "bytes-chart",
    title: "Bytes",
    format: bytesPerSecond,
    series: [
      { name: "received", tone: "tone-1", counter: it => it.received },
      { name: "sent", tone: "tone-2", dashed: true, counter: it => it.sent },
    ],
  },
];

export class Traffic {
  #history;
  #lines;
  #timeouts;
  #reasons;

  constructor(history) {
    this.#history = history;
    this.#lines = LINES.map(({ figure, title, format, series }) => ({
      series,
      chart: new LineChart(find(figure), title, format, series),
    }));
    this.#timeouts = new BarChart(find("timeouts-chart"), "Timeouts by kind", count);
    this.#reasons = new Reasons(find("reasons"));
  }

  /** Draws what the history holds of one listener, or of all for an empty name; `counts` is any listener's. */
  show(scope, counts) {
    const history = this.#history;
    const frame = { end: history.end, span: history.span, gaps: history.gaps() };
    const step = frame.span / BARS;
    for (const { chart, series } of this.#lines) {
      const drawn = series.map(it => (it.gauge ? history.levels(scope, it.gauge) : history.rates(scope, it.counter)));
      chart.show({ ...frame, series: drawn });
    }
    const kinds = Object.keys(counts.timeouts).map((name, i) => ({
      name,
      tone: `tone-${i + 1}`,
      steps: history.steps(scope, it => it.timeouts[name], step),
      total: history.now(scope, it => it.timeouts[name]),
    }));
    this.#timeouts.show({ ...frame, step, kinds });
    this.#reasons.show(
      Object.keys(counts.closed).map(name => ({
        name,
        recent: history.rise(scope, it => it.closed[name]),
        total: history.now(scope, it => it.closed[name]),
      })),
      `${frame.span / 60_000} min`,
    );
  }
}

/** Closed connections by reason, the most frequent first. */
class Reasons {
  #rows = new Map();

  constructor(figure) {
    this.body = element("tbody");
    this.none = element("p", { class: "empty" }, "None since the start");
    const head = ["Reason", "", "Since the start"].map((title, i) =>
      element("th", { scope: "col", class: i === 0 ? "" : "number" }, title),
    );
    this.recent = head[1];
    this.table = element("table", { class: "reasons" }, element("thead", {}, element("tr", {}, ...head)), this.body);
    figure.append(element("figcaption", {}, element("h3", {}, "Closed by reason")), this.none, this.table);
    this.table.setAttribute("aria-label", "Closed connections by reason");
  }

  /** `lately` is how long ago `recent` began, in words. */
  show(reasons, lately) {
    write(this.recent, lately);
    const seen = reasons.filter(it => it.total > 0).sort((a, b) => b.recent - a.recent || b.total - a.total);
    const most = Math.max(1, ...seen.map(it => it.total));
    this.none.hidden = seen.length > 0;
    this.table.hidden = seen.length === 0;
    const rows = seen.map(it => this.#row(it, most));
    if (rows.length !== this.body.children.length || rows.some((it, i) => it !== this.body.children[i])) {
      this.body.replaceChildren(...rows);
    }
  }

  #row({ name, recent, total }, most) {
    if (!this.#rows.has(name)) {
      const cells = [element("th", { scope: "row" }, name), element("td", { class: "number" }), element("td", { class: "number" })];
      this.#rows.set(name, { row: element("tr", {}, ...cells), cells });
    }
    const { row, cells } = this.#rows.get(name);
    write(cells[1], recent > 0 ? `+${count(recent)}` : "0");
    write(cells[2], count(total));
    row.style.setProperty("--share", `${(100 * total) / most}%`);
    return row;
  }
}
