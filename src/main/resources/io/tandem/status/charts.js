// Charts of the last quarter of an hour, by uPlot.

import uPlot from "./uplot.js";
import { h, rate, setText, took } from "./dom.js";

const charts = new Map();
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => {
  const chart = [...charts.values()].find((one) => one.box === entry.target);
  const width = Math.floor(entry.contentRect.width);
  if (chart && width > 0 && width !== chart.plot.width) {
    chart.plot.setSize({ width, height: chart.plot.height });
  }
}));

/** A colour of the style sheet as it is now; canvases know no variables. */
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

function colour(name, alpha = 1) {
  probe.style.color = `var(--${name})`;
  const found = getComputedStyle(probe).color;
  if (alpha === 1) {
    return found;
  }
  const parts = found.match(/[\d.]+/g);
  return `rgba(${parts[0]}, ${parts[1]}, ${parts[2]}, ${alpha})`;
}

const axis = (values, size) => ({
  stroke: () => colour("muted"),
  grid: { stroke: () => colour("line"), width: 1 },
  ticks: { show: false },
  font: "11px system-ui, sans-serif",
  values,
  size,
  gap: 4,
});

function make(box, kind) {
  const latency = kind === "latency";
  const series = latency
    ? [
        { label: "p50", stroke: () => colour("accent"), width: 1.75 },
        { label: "p99", stroke: () => colour("violet"), width: 1.75 },
      ]
    : [
        { label: "delivered", stroke: () => colour("good"), fill: () => colour("good", 0.14), width: 1.75 },
        { label: "failed", stroke: () => colour("bad"), fill: () => colour("bad", 0.2), width: 1.75 },
      ];
  const text = latency ? took : (value) => (value === null ? "–" : `${rate(value)}/s`);
  return new uPlot({
    width: Math.max(160, Math.floor(box.clientWidth)),
    height: 120,
    padding: [8, 6, 0, 0],
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    legend: { show: true, live: true },
    scales: {
      x: { time: true },
      y: { range: (_, low, high) => [0, high === null || high <= 0 ? 1 : high * 1.15] },
    },
    axes: [
      { ...axis((_, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })), 24), space: 64 },
      { ...axis((_, ticks) => ticks.map((tick) => (latency ? took(tick) : rate(tick).replace(/\.0+$|(\.\d*?)0+$/, "$1"))), 52), space: 30 },
    ],
    series: [
      { value: (_, value) => (value === null ? "now" : new Date(value * 1000).toLocaleTimeString("en-GB")) },
      ...series.map((one) => ({ ...one, points: { show: false }, spanGaps: true, value: (plot, value, index, at) => text(at === null ? plot.data[index].at(-1) ?? null : value) })),
    ],
  }, [[], [], []], box);
}

/** A figure for one of a target's charts, to be filled by {@link showHistory}. */
export function chart(target, kind) {
  const box = h("div", { class: "plot" });
  const caption = h("figcaption", { class: "unseen" });
  charts.set(`${kind} ${target}`, { target, kind, box, caption, plot: null });
  return h("figure", { class: "chart", role: "group" }, caption, box);
}

export function dropCharts() {
  charts.forEach((one) => {
    sizes.unobserve(one.box);
    one.plot?.destroy();
  });
  charts.clear();
}

let last = null;

export function showHistory(history) {
  if (history === last && [...charts.values()].every((one) => one.plot)) {
    return;
  }
  last = history;
  const perSecond = (list) => list.map((value) => value / history.intervalSeconds);
  for (const one of charts.values()) {
    const course = history.targets[one.target];
    if (!one.box.isConnected || !course) {
      continue;
    }
    if (!one.plot) {
      one.plot = make(one.box, one.kind);
      sizes.observe(one.box);
    }
    // a quarter of an hour is shown also when Tandem is younger
    const end = history.at.length ? history.at[history.at.length - 1] : Date.now() / 1000;
    const data = one.kind === "latency"
      ? [course.p50, course.p99]
      : [perSecond(course.delivered), perSecond(course.undelivered)];
    one.plot.setData([history.at, ...data], false);
    one.plot.batch(() => {
      one.plot.setScale("x", { min: end - 900, max: end });
    });
    setText(one.caption, describe(one, data));
  }
}

function describe(one, data) {
  const peak = (list) => list.reduce((most, value) => (value !== null && value > most ? value : most), 0);
  return one.kind === "latency"
    ? `${one.target}: time per delivery over the last 15 minutes; p99 at most ${took(peak(data[1]))}`
    : `${one.target}: deliveries per second over the last 15 minutes; at most ${rate(peak(data[0]))} delivered and ${rate(peak(data[1]))} failed`;
}

export function recolour() {
  charts.forEach((one) => one.plot?.redraw(false));
}
