// The phone's page: opens what it kept, shows it, records what is seen, and lets the sending go on by itself.
import * as camera from "./camera.js";
import { $, filled, freshKey, icon, make, moment, say, words } from "./dom.js";
import * as lists from "./lists.js";
import * as sheets from "./sheets.js";
import * as store from "./store.js";
import { changed, state, sync, syncSoon, watch } from "./sync.js";
import { conditionOf, countOf, find, isMine, known, linesIn, read, record, resultWords, roomOf, told } from "./truth.js";

const app = $("#app");
const viewer = make("div", { className: "viewer", hidden: true });
let shown = "";
const go = (hash) => { location.hash = hash; };

/** Where one stands: the count and the room, or what is in one's own name. */
function here() {
  const [, count, place] = /^#\/(\d+)\/(mine|\d+)$/.exec(location.hash) || [];
  const found = count ? countOf(count) : null;
  if (!found) return null;
  if (place === "mine") return { count: found, room: null, title: words.mine, lines: found.lines.filter(isMine) };
  const room = roomOf(found, place);
  return room ? { count: found, room, title: room.name, lines: linesIn(found, room) } : null;
}

function draw() {
  const where = here();
  const now = location.hash;
  top(where);
  if (where) lists.room(app, where.count, where, (line) => open(where, line), (left) => notSeen(where, left));
  else lists.home(app, go, (count, line) => open({ count, room: null }, line));
  if (now !== shown) {
    camera.stop(viewer);
    foot(where);
    scrollTo(0, 0);
    shown = now;
  }
}

function top(where) {
  const waiting = known.pending.filter((scan) => !scan.refused).length;
  const chip = !state.online ? ["amber", "no-symbol", words.offline] : state.busy ? ["blue", "arrow-path", words.syncing] : ["green", "signal", words.online];
  const back = where ? make("button", { type: "button", className: "btn quiet icon", "aria-label": words.back, onclick: () => go("#/") }, icon("arrow-left")) : make("a", { className: "btn quiet icon", href: "/", "aria-label": words.home }, icon("home"));
  $("#top").replaceChildren(back, make("strong", { className: "grow", textContent: words.title }),
    make("button", { type: "button", className: "sync", id: "sync", onclick: status, "data-waiting": waiting, "data-online": state.online },
      make("span", { className: `state ${chip[0]}`, textContent: chip[2] }), waiting ? make("span", { className: "count hot", textContent: filled(words.waiting, { n: waiting }) }) : null));
}

/** What is yet to be sent, what was refused and why, whose it is; and clearing the phone. */
function status() {
  const refused = known.pending.filter((scan) => scan.refused);
  const waiting = known.pending.length - refused.length;
  const dialog = $("#sheet");
  dialog.replaceChildren(make("header", {}, make("h2", { textContent: waiting ? filled(words.waiting, { n: waiting }) : words.synced }), make("button", { type: "button", className: "btn quiet icon", "aria-label": words.close, onclick: sheets.shut }, icon("x-mark"))),
    make("div", { className: "in" },
      known.me ? make("p", { className: "dim", textContent: `${known.me.name} · ${filled(words.updated, { when: moment(known.me.at) })}` }) : null,
      state.trouble === "sign_in" ? make("p", { className: "note amber" }, make("span", {}, `${words.sign_in} `, make("a", { href: `/login/?next=${encodeURIComponent(location.pathname)}`, textContent: words.sign_in_act }))) : null,
      state.trouble === "failed" ? make("p", { className: "note red", textContent: words.failed }) : null,
      state.late ? make("p", { className: "note amber", textContent: filled(words.late, { n: state.late }) }) : null,
      refused.length ? make("p", { className: "note red", textContent: filled(words.refused, { n: refused.length }) }) : null,
      ...refused.slice(0, 20).map((scan) => make("p", { textContent: `${scan.name || scan.code || scan.key.slice(0, 8)}：${scan.refused}` })),
      known.others?.length ? make("p", { className: "note amber", textContent: filled(words.others, { name: known.others[0].by_name, n: known.others.length }) }) : null,
      "serviceWorker" in navigator ? null : make("p", { className: "note amber", textContent: words.no_worker }),
      make("div", { className: "acts" }, make("button", { type: "button", className: "btn big primary", onclick: () => { sheets.shut(); sync({ lists: true }); } }, icon("arrow-path"), words.sync_now),
        make("button", { type: "button", className: "btn big", onclick: clear }, icon("trash"), words.clear))));
  if (!dialog.open) dialog.showModal();
}

function clear() {
  if (known.pending.length || known.others?.length || known.photos) return say(words.clear_no, "red");
  return sheets.ask(words.clear_ask, words.clear, async () => {
    await store.clear();
    await read();
    draw();
  }, "danger");
}

/** The bar under the thumb: the camera where the browser can, and typing always. */
function foot(where) {
  const place = $("#bar");
  place.hidden = !where;
  if (!where) return;
  const box = make("input", { id: "code", inputMode: "text", enterKeyHint: "search", autocomplete: "off", placeholder: words.type, "aria-label": words.type });
  const form = make("form", { className: "type", onsubmit: (event) => {
    event.preventDefault();
    const text = box.value.trim();
    box.value = "";
    if (text) meet(text, "typed");
  } }, box, make("button", { className: "btn", "aria-label": words.enter }, icon("magnifying-glass")));
  const strange = make("button", { type: "button", className: "btn", "aria-label": words.add_unknown, onclick: () => strangeThing("") }, icon("plus"));
  const label = make("span", { textContent: words.scan });
  const scan = make("button", { type: "button", className: "btn primary scan", onclick: async () => {
    if (camera.running()) camera.stop(viewer);
    else await camera.start(viewer, (code) => meet(code, "camera"));
    label.textContent = camera.running() ? words.stop : words.scan;
  } }, icon("qr-code"), label);
  place.replaceChildren(viewer, form, where.room ? strange : "", camera.able() ? scan : "");
}

/** A code was read or typed: known and here is recorded at once; anything else is asked. */
async function meet(code, way) {
  const where = here();
  if (!where) return;
  const lines = find(where.count, code, where.room);
  if (lines.length > 1) return sheets.ofSeveral(lines, (line) => open(where, line, way, code));
  if (!lines.length) return strangeThing(code);
  const [line] = lines;
  const said = told(where.count, line);
  const expected = where.room ? line.room === where.room.id : isMine(line);
  if (said?.pending && said.result === "found" && expected) return say(filled(words.twice, { name: line.name }), "amber");
  if (expected && line.quantity === 1) return keep(where, line, { result: "found", condition: conditionOf(line), user: "", code }, way);
  return open(where, line, way, code);
}

function open(where, line, way = "picked", code = "") {
  sheets.ofLine(where.count, line, where.room, (values) => keep(where, line, { code, ...values }, where.room ? way : "self"));
}

function strangeThing(code) {
  const where = here();
  if (!where?.room) return say(words.unknown_code, "red");
  return sheets.ofUnknown(code, where.room, (values) => keep(where, null, values, code ? "camera" : "picked"));
}

function notSeen(where, left) {
  sheets.ask(filled(words.not_seen_ask, { n: left.length }), filled(words.not_seen, { n: left.length }), async () => {
    for (const line of left) await keep(where, line, { result: "missing" }, "picked", true);
    draw();
  }, "danger");
}

/** On the disk, on the screen, and off to the server as soon as there is one. */
async function keep(where, line, { picture, ...values }, way, quiet = false) {
  const place = values.result === "missing" ? "" : values.place || where.room?.place || line?.place || "";
  const scan = {
    key: freshKey(), count: where.count.id, line: line?.id || null, room: where.room?.id || null, at: new Date().toISOString(), way,
    by: known.me.id, by_name: known.me.name, ...values, place,
  };
  try {
    await record(scan, picture);
  } catch (error) {
    return say(filled(words.broken, { why: error.message || error.name }), "red");
  }
  if (quiet) return syncSoon();
  say(filled(words.recorded, { name: line?.name || values.name, result: resultWords(scan.result) }), scan.result === "found" ? "green" : "amber");
  draw();
  return syncSoon();
}

async function begin() {
  try {
    await read();
  } catch (error) {
    app.replaceChildren(make("p", { className: "note red", textContent: filled(words.broken, { why: error.message || error.name }) }));
    return;
  }
  store.persist();
  addEventListener("hashchange", draw);
  changed(draw);
  draw();
  watch();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("worker.js").catch(() => null);
  await sync({ lists: true });
  document.body.dataset.ready = "yes";
}

begin();
