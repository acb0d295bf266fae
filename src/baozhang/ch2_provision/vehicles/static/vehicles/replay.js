// A vehicle's day: its track, where it stood, and a slider over its hours.
import { Ground, trackOf } from "./ground.js";
import { $, make, filled, toast } from "../kernel/common.js";

const root = $("#replay"), words = root.dataset, GAP = 300;
const ground = new Ground($("#ground"), words), slider = $("#slider"), play = $("#play");
const clockOf = (seconds) => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(seconds * 1000);
let points = [], stops = [], border = [], timer = 0;

function indexAt(second) {
  let low = 0, high = points.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (points[middle].at <= second) low = middle;
    else high = middle - 1;
  }
  return low;
}
function placeAt(second) {
  const here = indexAt(second), a = points[here], b = points[here + 1];
  if (!b || b.at - a.at > GAP) return { ...a, lost: second > a.at };
  const share = Math.max(0, (second - a.at) / (b.at - a.at));
  return { ...a, place: [a.place[0] + (b.place[0] - a.place[0]) * share, a.place[1] + (b.place[1] - a.place[1]) * share] };
}
function line(pen, from, to, colour, wide) {
  pen.beginPath();
  pen.strokeStyle = colour;
  pen.lineWidth = wide;
  pen.lineJoin = pen.lineCap = "round";
  for (let at = from; at <= to; at++) {
    const [x, y] = ground.screen(points[at].place);
    if (at > from && points[at].at - points[at - 1].at <= GAP) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  }
  pen.stroke();
}
ground.drawers.push((pen) => {
  if (border.length) { // beyond it a trip has to be approved as such
    ground.trace(pen, border, true);
    pen.setLineDash([10, 5]);
    pen.strokeStyle = ground.ink.amber;
    pen.lineWidth = 2;
    pen.stroke();
    pen.setLineDash([]);
  }
  if (!points.length) return;
  const second = Number(slider.value), done = indexAt(second), one = placeAt(second);
  line(pen, 0, points.length - 1, ground.ink.edge, 3);
  line(pen, 0, done, ground.ink.accent, 3.5);
  const [x, y] = ground.screen(one.place);
  pen.beginPath();
  pen.arc(x, y, 13, 0, 7);
  pen.globalAlpha = 0.25;
  pen.fillStyle = ground.ink.accent;
  pen.fill();
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.arc(x, y, 7, 0, 7);
  pen.fill();
  pen.strokeStyle = ground.ink.surface;
  pen.lineWidth = 2.5;
  pen.stroke();
  stops.forEach((stop, number) => {
    const [x, y] = ground.screen(stop.place);
    pen.beginPath();
    pen.arc(x, y, 10, 0, 7);
    pen.fillStyle = ground.ink.surface;
    pen.fill();
    pen.strokeStyle = ground.ink.ink;
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.fillStyle = ground.ink.ink;
    pen.font = `600 11px ${ground.ink.font}`;
    pen.textAlign = "center";
    pen.fillText(String(number + 1), x, y + 4);
  });
});
function show() {
  const second = Number(slider.value), one = placeAt(second), text = clockOf(second) + (one.lost || one.speed < 0 ? "" : `　${filled(words.speed, { n: Math.round(one.speed / 10) })}`);
  $("#moment").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  for (const row of $("#replay-list").children) row.classList.toggle("now", second >= row.dataset.since && second < row.dataset.until);
  ground.soon();
}
function go(second) {
  slider.value = second;
  show();
}
function run(on) {
  clearInterval(timer);
  timer = 0;
  play.textContent = on ? words.pause : words.play;
  if (!on) return;
  if (Number(slider.value) >= Number(slider.max)) slider.value = slider.min;
  let last = performance.now();
  timer = setInterval(() => {
    const now = performance.now();
    go(Number(slider.value) + Math.max(1, Math.round((now - last) / 1000 * Number($("#pace").value))));
    last = now;
    if (Number(slider.value) >= Number(slider.max)) run(false);
  }, 50);
}
play.addEventListener("click", () => run(!timer));
slider.addEventListener("input", show);
$("#day").addEventListener("change", (event) => event.target.value && event.target.form.requestSubmit());

function entry(since, until, text, place) {
  const button = make("button", { type: "button", className: "link" }, make("b", { textContent: `${clockOf(since).slice(0, 5)}–${clockOf(until).slice(0, 5)}` }), make("small", { textContent: text }));
  button.addEventListener("click", () => {
    run(false);
    go(since);
    ground.centre(place, 13);
  });
  const row = make("li", {}, button);
  row.dataset.since = since;
  row.dataset.until = until;
  return row;
}
function fill(day) {
  points = day.points.map(([at, lat, lon, speed]) => ({ at, speed, place: ground.world(lat / 1e6, lon / 1e6) }));
  stops = day.stops.map(([since, until, lat, lon]) => ({ since, until, place: ground.world(lat / 1e6, lon / 1e6) }));
  [slider.min, slider.max, slider.value] = [points[0].at, points[points.length - 1].at, points[0].at];
  const rows = [
    ...stops.map((one, number) => [one.since, entry(one.since, one.until, `${number + 1}. ${filled(words.stop, { minutes: Math.round((one.until - one.since) / 60) })}`, one.place)]),
    ...day.trips.map(([since, until, km, most]) => [since, entry(since, until, filled(words.trip, { km: km.toFixed(1), most: Math.round(most) }), points[indexAt(since)].place)]),
  ].sort((a, b) => a[0] - b[0]);
  $("#replay-list").replaceChildren(...rows.map(([, row]) => row));
  ground.whole = () => ground.fit(points.map((one) => one.place));
  ground.whole();
  show();
}
const answer = await trackOf(words.track).catch(() => null);
if (answer && answer.ok) {
  const day = await answer.json(), empty = !day.points.length;
  $("#replay-sum").textContent = empty ? words.none : filled(words.sum, { km: day.km.toFixed(1), trips: day.trips.length, stops: day.stops.length, points: day.points.length.toLocaleString() });
  [slider, play, $("#pace")].forEach((control) => (control.disabled = empty));
  if (day.area) {
    border = day.area.rings.map((ring) => ring.map(([lat, lon]) => ground.world(lat / 1e6, lon / 1e6)));
    $("#replay-sum").textContent += `　${filled(words.area, { name: day.area.name })}`;
  }
  const outline = await ground.load(words.ground);
  if (!empty) fill(day);
  else if (outline.length) ground.fit(outline);
} else toast(words.failed, "red");
