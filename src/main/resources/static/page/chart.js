// Charts over the last minutes, as SVG that is changed in place.

import { element, svg, write, writeAttribute } from "./dom.js";
import { clock } from "./text.js";

const HEIGHT = 132;
const TOP = 18;
const BOTTOM = 20;
const MARKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

let charts = 0;

/** What lines and bars share: title, legend with the numbers, frame, scale, and a pointer that reads the past. */
class Chart {
  #pointed = null;
  #model = null;

  constructor(figure, title, format) {
    this.figure = figure;
    this.title = title;
    this.format = format;
    this.clip = `plot-${(charts += 1)}`;
    this.when = element("span", { class: "when" });
    this.legend = element("ul", { class: "legend" });
    this.gaps = svg("g", { class: "gaps" });
    this.grid = svg("g", { class: "grid", "aria-hidden": "true" });
    this.plot = svg("g", { "clip-path": `url(#${this.clip})` });
    this.cursor = svg("line", { class: "cursor", y1: TOP, y2: HEIGHT - BOTTOM });
    this.box = svg("rect", { x: 0, y: 0, height: HEIGHT - BOTTOM + 1 });
    this.drawing = svg(
      "svg",
      { class: "chart", role: "img", height: HEIGHT },
      svg("clipPath", { id: this.clip }, this.box),
      this.gaps,
      this.grid,
      this.plot,
      this.cursor,
    );
    figure.append(
      element("figcaption", {}, element("h3", {}, title), this.when),
      this.legend,
      element("div", { class: "frame" }, this.drawing),
    );
    this.#listen();
  }

  #listen() {
    new ResizeObserver(() => this.draw()).observe(this.drawing.parentElement);
    this.drawing.addEventListener("pointermove", event => {
      this.#pointed = event.offsetX;
      this.draw();
    });
    this.drawing.addEventListener("pointerleave", () => {
      this.#pointed = null;
      this.draw();
    });
  }

  /** `end` is the right edge's time, `span` how far it reaches back, `gaps` the intervals without data, the rest what the kind of chart draws. */
  show(model) {
    this.#model = model;
    this.draw();
  }

  draw() {
    const width = this.drawing.parentElement.clientWidth;
    if (this.#model === null || width === 0) {
      return;
    }
    const { end, span, gaps } = this.#model;
    const top = nice(this.highest(this.#model));
    const scale = {
      width,
      x: time => ((time - end + span) / span) * width,
      y: value => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP),
      time: x => end - span + (x / width) * span,
    };
    writeAttribute(this.drawing, "viewBox", `0 0 ${width} ${HEIGHT}`);
    writeAttribute(this.drawing, "width", String(width));
    writeAttribute(this.box, "width", String(width));
    this.#drawGrid(scale, top, span);
    this.gaps.replaceChildren(...gaps.map(it => this.#gap(it, scale)));
    this.paint(this.#model, scale);
    this.#read(scale);
  }

  #gap({ from, to }, { x }) {
    const left = Math.max(0, x(from));
    return svg("rect", { x: left, y: TOP, width: Math.max(0, x(to) - left), height: HEIGHT - BOTTOM - TOP });
  }

  #drawGrid({ width, y }, top, span) {
    const lines = [0, top / 2, top].map(it => svg("line", { x1: 0, x2: width, y1: y(it), y2: y(it) }));
    const values = [top / 2, top].map(it => svg("text", { x: 0, y: y(it) - 4 }, this.format(it)));
    const marks = MARKS.map(it =>
      svg("line", { x1: it * width, x2: it * width, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 }),
    );
    const times = [
      svg("text", { x: 0, y: HEIGHT - 3 }, `${span / 60_000} min ago`),
      svg("text", { x: width, y: HEIGHT - 3, "text-anchor": "end" }, "now"),
    ];
    this.grid.replaceChildren(...lines, ...values, ...marks, ...times);
  }

  /** The legend says what is now, or what was where the pointer is. */
  #read(scale) {
    const time = this.#pointed === null ? null : scale.time(this.#pointed);
    this.cursor.toggleAttribute("hidden", time === null);
    if (time !== null) {
      this.cursor.setAttribute("x1", this.#pointed);
      this.cursor.setAttribute("x2", this.#pointed);
    }
    write(this.when, time === null ? "" : `at ${clock(time)}`);
    this.tell(this.#model, time);
    writeAttribute(this.drawing, "aria-label", this.summary(this.#model));
  }

  key(name, tone, dashed = false) {
    const value = element("strong");
    const swatch = svg(
      "svg",
      { class: `swatch ${tone}`, width: 14, height: 10, "aria-hidden": "true" },
      svg("line", { x1: 1, x2: 13, y1: 5, y2: 5, class: dashed ? "dashed" : "solid" }),
    );
    const item = element("li", {}, swatch, element("span", {}, name), value);
    this.legend.append(item);
    return { item, value };
  }
}

/** One line for each series; the area below the first is tinted. */
export class LineChart extends Chart {
  constructor(figure, title, format, series) {
    super(figure, title, format);
    this.lines = series.map(({ name, tone, dashed }, i) => {
      const area = i === 0 ? svg("path", { class: `area ${tone}` }) : null;
      const line = svg("path", { class: `line ${tone} ${dashed ? "dashed" : "solid"}` });
      return { name, area, line, ...this.key(name, tone, dashed) };
    });
    this.plot.append(...this.lines.flatMap(it => (it.area ? [it.area] : [])), ...this.lines.map(it => it.line));
  }

  highest({ series }) {
    return Math.max(0, ...series.flat().map(it => it.value ?? 0));
  }

  paint({ series }, scale) {
    series.forEach((intervals, i) => {
      const { line, area } = this.lines[i];
      const runs = unbroken(intervals);
      writeAttribute(line, "d", runs.map(it => outline(it, scale)).join(""));
      if (area) {
        writeAttribute(area, "d", runs.map(it => filled(it, scale)).join(""));
      }
    });
  }

  tell({ series }, time) {
    series.forEach((intervals, i) => {
      const value = time === null ? intervals.at(-1)?.value : intervals.find(it => it.from < time && time <= it.to)?.value;
      write(this.lines[i].value, value === undefined || value === null ? "–" : this.format(value));
    });
  }

  summary({ series }) {
    const parts = series.map((intervals, i) => {
      const values = intervals.map(it => it.value ?? 0);
      return `${this.lines[i].name} ${this.format(values.at(-1) ?? 0)}, highest ${this.format(Math.max(0, ...values))}`;
    });
    return `${this.title}, the last minutes: ${parts.join("; ")}`;
  }
}

/** One bar for each step of time, `step` long, stacked by kind. */
export class BarChart extends Chart {
  #keys = new Map();

  highest({ kinds }) {
    const totals = new Map();
    for (const { steps } of kinds) {
      steps.forEach((value, step) => totals.set(step, (totals.get(step) ?? 0) + value));
    }
    return Math.max(0, ...totals.values());
  }

  paint({ kinds, step: length }, { x, y }) {
    const heights = new Map();
    const bars = kinds.flatMap(({ tone, steps }) =>
      [...steps].filter(([, value]) => value > 0).map(([step, value]) => {
        const below = heights.get(step) ?? 0;
        heights.set(step, below + value);
        return svg("rect", {
          class: `bar ${tone}`,
          x: x(step) + 0.5,
          width: Math.max(1, x(step + length) - x(step) - 1),
          y: y(below + value),
          height: y(below) - y(below + value),
        });
      }),
    );
    this.plot.replaceChildren(...bars);
  }

  tell({ kinds, step }, time) {
    for (const { name, tone, steps, total } of kinds) {
      if (!this.#keys.has(name)) {
        this.#keys.set(name, this.key(name, tone));
      }
      const { item, value } = this.#keys.get(name);
      item.hidden = total === 0;
      const shown = time === null
        ? [...steps.values()].reduce((all, it) => all + it, 0)
        : (steps.get(Math.floor(time / step) * step) ?? 0);
      write(value, this.format(shown));
    }
    this.legend.dataset.none = kinds.every(it => it.total === 0) ? "None since the start" : "";
  }

  summary({ kinds }) {
    const parts = kinds
      .filter(it => it.total > 0)
      .map(({ name, steps }) => `${name} ${this.format([...steps.values()].reduce((all, it) => all + it, 0))}`);
    return `${this.title}, the last minutes: ${parts.join("; ") || "none"}`;
  }
}

/** The intervals with a value, in runs without a hole. */
function unbroken(intervals) {
  const runs = [];
  let last = null;
  for (const interval of intervals) {
    if (interval.value === null) {
      last = null;
    } else if (last !== null && last.to === interval.from) {
      runs.at(-1).push(interval);
      last = interval;
    } else {
      runs.push([interval]);
      last = interval;
    }
  }
  return runs;
}

function outline(run, { x, y }) {
  const start = `M${point(x(run[0].from))} ${point(y(run[0].value))}`;
  return start + run.map(it => `V${point(y(it.value))}H${point(x(it.to))}`).join("");
}

function filled(run, scale) {
  const { x, y } = scale;
  return `${outline(run, scale)}V${point(y(0))}H${point(x(run[0].from))}Z`;
}

function point(number) {
  return number.toFixed(1);
}

/** The next of 2, 4, 10, 20, 40, 100… that is no less: half of it is a round number too. */
function nice(highest) {
  if (highest <= 2) {
    return 2;
  }
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 4, 10].find(it => it * power >= highest) * power;
}
