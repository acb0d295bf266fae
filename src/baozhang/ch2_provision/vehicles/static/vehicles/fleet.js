// The fleet map: asks every few seconds what has changed, lets vehicles glide from place to place, lists those in sight.
import { Ground, trackOf } from "./ground.js";
import { $, make, filled } from "../kernel/common.js";

const root = $("#fleet"), words = root.dataset, LISTED = 60, LABELS = 60, MOVING = 30; // tenths of km/h
const silent = Number(words.silent), poll = Number(words.poll) * 1000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const ground = new Ground($("#ground"), words);
const vehicles = new Map();
let organs = {}, since = 0, asked = null, chosen = 0, server = 0, glideUntil = 0, first = true, round = 0;
const find = $("#fleet-find"), organ = $("#fleet-organ"), state = $("#fleet-state");

const kindOf = (one) => (server - one.heard > silent ? "quiet" : one.speed >= MOVING ? "moving" : "standing");
const speedOf = (one) => filled(words.speed, { n: Math.round(one.speed / 10) });
const moment = (seconds) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(seconds * 1000);

function take([id, plate, where, lat, lon, speed, direction, at, heard]) {
  const place = ground.world(lat / 1e6, lon / 1e6), known = vehicles.get(id);
  const from = known && !calm.matches && at > known.at ? now(known, performance.now()) : place;
  vehicles.set(id, { id, plate, where, speed, direction, at, heard, place, from, began: performance.now() });
}
function now(one, clock) {
  const share = Math.min(1, (clock - one.began) / poll);
  return [one.from[0] + (one.place[0] - one.from[0]) * share, one.from[1] + (one.place[1] - one.from[1]) * share];
}
const wanted = (one) => (!organ.value || one.where === Number(organ.value)) && (!state.value || kindOf(one) === state.value)
  && (!find.value || one.plate.toUpperCase().includes(find.value.trim().toUpperCase()));

async function ask(whole) {
  const box = first ? null : ground.box(), query = new URLSearchParams();
  if (!whole) query.set("since", since);
  const asking = whole ? box : asked;
  if (asking) query.set("box", asking.map((n) => n.toFixed(6)).join(","));
  try {
    // Without a question the address is that of the page's preload, which was sent for before this file was read.
    const answer = await fetch(`${query}` ? `${words.positions}?${query}` : words.positions, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(answer.status);
    const said = await answer.json();
    if (whole) {
      vehicles.clear();
      asked = box;
      Object.assign(organs, said.organs);
      fillOrgans();
    }
    since = server = said.now;
    said.vehicles.forEach(take);
    note(said.cut ? words.cut : "");
    glideUntil = performance.now() + poll;
    if (first) begin();
    else show();
  } catch (error) {
    note(words.offline);
  }
}
function note(text) {
  $("#fleet-note").hidden = !text;
  $("#fleet-note").textContent = text;
}
function begin() {
  first = false;
  ground.whole = () => ground.fit([...vehicles.values()].map((one) => one.place));
  ground.whole();
  requestAnimationFrame(() => setTimeout(show)); // the map first, the list beside it after it is seen
}
function fillOrgans() {
  const known = new Set([...organ.options].map((option) => option.value));
  Object.entries(organs).filter(([id]) => !known.has(id)).sort((a, b) => a[1].localeCompare(b[1], "zh")).forEach(([id, name]) => organ.append(make("option", { value: id, textContent: name })));
}

// Arrows drive, rings stand, crosses are silent: told apart without colour.
function drawVehicles(pen) {
  const clock = performance.now(), inSight = [];
  for (const one of vehicles.values()) {
    if (!wanted(one)) continue;
    const [x, y] = ground.screen(now(one, clock));
    if (x < -20 || y < -20 || x > ground.width + 20 || y > ground.height + 20) continue;
    inSight.push([one, x, y]);
  }
  const size = ground.view.zoom > 13 || inSight.length < 300 ? 7 : 5, paths = { moving: new Path2D(), standing: new Path2D(), quiet: new Path2D() };
  for (const [one, x, y] of inSight) {
    const kind = kindOf(one), path = paths[kind];
    if (kind === "moving") arrow(path, x, y, one.direction * Math.PI / 180, size);
    else if (kind === "standing") { path.moveTo(x + size * 0.6, y); path.arc(x, y, size * 0.6, 0, 7); }
    else { const r = size * 0.6; path.moveTo(x - r, y - r); path.lineTo(x + r, y + r); path.moveTo(x + r, y - r); path.lineTo(x - r, y + r); }
  }
  pen.lineWidth = 2;
  pen.strokeStyle = ground.ink.dim;
  pen.fillStyle = ground.ink.surface;
  pen.fill(paths.standing); pen.stroke(paths.standing);
  pen.strokeStyle = ground.ink.amber;
  pen.stroke(paths.quiet);
  pen.strokeStyle = ground.ink.surface;
  pen.lineWidth = 1;
  pen.fillStyle = ground.ink.accent;
  pen.fill(paths.moving); pen.stroke(paths.moving);
  for (const [one, x, y] of inSight) if (one.id === chosen || inSight.length <= LABELS) label(pen, one, x, y);
  return inSight;
}
function arrow(path, x, y, angle, size) {
  const sin = Math.sin(angle), cos = Math.cos(angle), point = (right, ahead) => [x + right * cos + ahead * sin, y + right * sin - ahead * cos];
  path.moveTo(...point(0, size * 1.3));
  path.lineTo(...point(size * 0.8, -size));
  path.lineTo(...point(0, -size * 0.5));
  path.lineTo(...point(-size * 0.8, -size));
  path.closePath();
}
function label(pen, one, x, y) {
  if (one.id === chosen) {
    pen.beginPath();
    pen.arc(x, y, 13, 0, 7);
    pen.strokeStyle = ground.ink.accent;
    pen.lineWidth = 2.5;
    pen.stroke();
  }
  pen.font = `${one.id === chosen ? 600 : 400} 12px ${ground.ink.font}`;
  pen.textAlign = "left";
  pen.lineWidth = 3;
  pen.strokeStyle = ground.ink.surface;
  pen.strokeText(one.plate, x + 11, y + 4);
  pen.fillStyle = ground.ink.ink;
  pen.fillText(one.plate, x + 11, y + 4);
}
ground.drawers.push((pen) => {
  drawVehicles(pen);
  if (!first && !root.dataset.painted) root.dataset.painted = Math.round(performance.now());
  if (performance.now() < glideUntil && !calm.matches) {
    clearTimeout(round);
    round = setTimeout(() => ground.soon(), vehicles.size > 1000 ? 125 : 50);
  }
});
ground.pickers.push((x, y) => {
  const clock = performance.now();
  let best = 0, near = 22;
  for (const one of vehicles.values()) {
    if (!wanted(one)) continue;
    const [a, b] = ground.screen(now(one, clock)), away = Math.hypot(a - x, b - y);
    if (away < near) [best, near] = [one.id, away];
  }
  choose(best, false);
});

function inSight() {
  const found = [];
  for (const one of vehicles.values()) {
    const [x, y] = ground.screen(one.place);
    if (wanted(one) && x >= 0 && y >= 0 && x <= ground.width && y <= ground.height) found.push(one);
  }
  const order = { moving: 0, standing: 1, quiet: 2 };
  found.forEach((one) => { one.rank = order[kindOf(one)] + one.plate; }); // plain text: a collation of thousands takes a tenth of a second
  return found.sort((a, b) => (a.rank < b.rank ? -1 : 1));
}
function show() {
  const all = [...vehicles.values()].filter(wanted), counts = { moving: 0, standing: 0, quiet: 0 };
  all.forEach((one) => counts[kindOf(one)]++);
  $("#fleet-counts").textContent = filled(words.counts, { n: all.length.toLocaleString(), ...counts });
  const found = inSight(), list = $("#fleet-list");
  const rows = new Map([...list.children].map((row) => [Number(row.dataset.id), row]));
  found.slice(0, LISTED).forEach((one, place) => {
    const row = rows.get(one.id) || line(one);
    rows.delete(one.id);
    const kind = kindOf(one), last = row.lastChild;
    row.firstChild.setAttribute("aria-pressed", String(one.id === chosen));
    last.className = `state ${{ moving: "blue", standing: "plain", quiet: "amber" }[kind]}`;
    last.textContent = kind === "moving" ? speedOf(one) : words[kind];
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null);
  });
  rows.forEach((row) => row.remove());
  $("#fleet-rest").textContent = found.length > LISTED ? filled(words.more, { n: (found.length - LISTED).toLocaleString() }) : found.length ? "" : words.none;
  if (chosen) facts();
  ground.soon();
}
function line(one) {
  const button = make("button", { type: "button", className: "link" }, make("b", { textContent: one.plate }), make("small", { textContent: organs[one.where] || "" }));
  button.addEventListener("click", () => choose(one.id, true));
  const row = make("li", {}, button, make("span", { className: "state" }));
  row.dataset.id = one.id;
  return row;
}

async function choose(id, move) {
  chosen = id;
  $("#fleet-chosen").hidden = !id;
  const one = vehicles.get(id);
  if (!one) { show(); return; }
  $("#chosen-day").textContent = "";
  $("#chosen-story").href = `/vehicles/map/${id}/story/`;
  $("#chosen-track").href = `/vehicles/map/${id}/track/`;
  if (move) ground.centre(one.place, 14);
  $("#chosen-plate").focus({ preventScroll: !move });
  show();
  const answer = await trackOf(`/vehicles/map/${id}/track.json`);
  if (!answer.ok || chosen !== id) return;
  const day = await answer.json();
  $("#chosen-day").textContent = filled(words.today, { km: day.km.toFixed(1), stops: day.stops.length });
}
function facts() {
  const one = vehicles.get(chosen);
  if (!one) return;
  const kind = kindOf(one);
  $("#chosen-plate").textContent = one.plate;
  $("#chosen-organ").textContent = organs[one.where] || "";
  $("#chosen-facts").textContent = `${words[kind]}${kind === "moving" ? `　${speedOf(one)}` : ""}　${filled(words.heard, { when: moment(one.at) })}`;
}
$("#chosen-close").addEventListener("click", () => { choose(0); $("#ground").focus(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) choose(0); });
[find, organ, state].forEach((control) => control.addEventListener("input", () => show()));
find.addEventListener("keydown", (event) => {
  const [one] = event.key === "Enter" ? [...vehicles.values()].filter(wanted) : [];
  if (one) choose(one.id, true);
});

let settling = 0;
ground.movers.push(() => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    const box = ground.box(0);
    if (asked && (box[0] < asked[0] || box[1] < asked[1] || box[2] > asked[2] || box[3] > asked[3])) ask(true);
    else show();
  }, 250);
});
const outline = ground.load(words.ground);
await ask(true);
if (location.hash === "#area") ground.fit(await outline);
let turns = 0;
setInterval(() => { if (!document.hidden) ask(first || ++turns % 24 === 0); }, poll);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(true); });
