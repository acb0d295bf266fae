// Charts: a few kinds, drawn by ECharts only when they come into sight, in the colours of the page.
// The data stands in the page as JSON: {kind: "bar"|"row"|"line"|"steps"|"ring", categories, series: [{name, values}], unit, stacked}.
import { $$, words } from "./common.js";

let library;
function load() {
  library = library || new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = words.charts;
    script.onload = () => done(window.echarts);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

// Told apart by people who do not see red and green alike; lines differ in dash as well.
const palettes = { light: ["#1661ab", "#d08a18", "#2f8f83", "#8a5fa8", "#6b7686", "#b5533c"], dark: ["#6cb2f5", "#e6ba6d", "#63c7b8", "#c3a0dd", "#a2abb8", "#e8967f"] };
const dashes = ["solid", "dashed", "dotted"];

function options(data) {
  const style = getComputedStyle(document.documentElement);
  const ink = (name) => style.getPropertyValue(name).trim();
  const dark = style.colorScheme === "dark";
  const text = { color: ink("--dim"), fontFamily: ink("--font"), fontSize: 12 };
  const values = { type: "value", axisLabel: text, splitLine: { lineStyle: { color: ink("--line") } }, name: data.unit, nameTextStyle: text };
  const names = { type: "category", data: data.categories, boundaryGap: data.kind !== "steps", axisLabel: text, axisTick: { show: false }, axisLine: { lineStyle: { color: ink("--edge") } } };
  const base = {
    color: dark ? palettes.dark : palettes.light,
    textStyle: text,
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    tooltip: { trigger: data.kind === "ring" ? "item" : "axis", renderMode: "richText", confine: true },
    legend: data.series.length > 1 || data.kind === "ring" ? { bottom: 0, textStyle: text, icon: "roundRect", itemWidth: 12, itemHeight: 8 } : undefined,
    grid: { left: 8, right: ["steps", "row"].includes(data.kind) ? 40 : 24, top: 32, bottom: data.series.length > 1 ? 32 : 8, containLabel: true },
  };
  if (data.kind === "ring") {
    const slices = data.categories.map((name, at) => ({ name, value: data.series[0].values[at] }));
    return { ...base, series: [{ type: "pie", radius: ["48%", "72%"], data: slices, label: { ...text, formatter: "{b} {d}%" } }] };
  }
  const lying = data.kind === "row", lines = ["line", "steps"].includes(data.kind);
  const series = data.series.map((one, at) => ({
    name: one.name, data: one.values, type: lines ? "line" : "bar", step: data.kind === "steps" && "end", stack: data.stacked ? "all" : undefined, barMaxWidth: 28,
    itemStyle: { borderRadius: lines ? 0 : lying ? [0, 3, 3, 0] : [3, 3, 0, 0] }, lineStyle: { type: dashes[at % 3], width: 2 }, symbolSize: 6,
  }));
  return { ...base, xAxis: lying ? values : names, yAxis: lying ? { ...names, inverse: true } : values, series };
}

/** Draws the charts of a piece of the page, and again when the colours change. */
export function draw(root) {
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach(async ({ target }) => {
    seen.unobserve(target);
    const echarts = await load();
    const data = JSON.parse(document.getElementById(target.dataset.chart).textContent);
    const chart = echarts.init(target, null, { renderer: "svg" });
    chart.setOption(options(data));
    new ResizeObserver(() => chart.resize()).observe(target);
    document.addEventListener("look", () => chart.setOption(options(data)));
  }));
  $$("[data-chart]", root).forEach((target) => seen.observe(target));
}
