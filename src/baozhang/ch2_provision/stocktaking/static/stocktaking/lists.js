// The screens: what there is to count, and one room with its lines.
import { filled, icon, make, moment, words } from "./dom.js";
import { doneIn, isMine, known, linesIn, resultWords, told } from "./truth.js";

const TONES = { found: "green", misplaced: "amber", missing: "red", unknown: "blue" };

const bar = (done, all) => make("progress", { max: all || 1, value: done });
const state = (tone, text) => make("span", { className: `state ${tone}`, textContent: text });
const hint = (title, why) => make("div", { className: "hint" }, icon("clipboard-document-check"), make("p", { textContent: title }), why ? make("p", { className: "dim", textContent: why }) : null);

/** All counts under way, room by room; what is unfinished comes first. */
export function home(app, go, search) {
  if (!known.counts.length) return app.replaceChildren(hint(known.me ? words.none : words.never, known.me ? words.none_why : ""));
  app.replaceChildren(...known.counts.map((count) => countOn(count, go, search)));
  return null;
}

function countOn(count, go, search) {
  const done = doneIn(count, count.lines);
  const mine = count.lines.filter(isMine);
  return make("section", { className: "count-of" },
    make("h1", { textContent: count.title }),
    make("p", { className: "dim", textContent: `${count.organ} · ${filled(words.progress, { done, all: count.lines.length })}` }),
    bar(done, count.lines.length),
    mine.length ? entry({ icon: "user-circle", title: words.mine, done: doneIn(count, mine), all: mine.length, act: () => go(`#/${count.id}/mine`) }) : null,
    searchBox(count, go, search),
    make("div", { className: "rooms" }, roomsOf(count).map((one) => entry({ icon: "map-pin", title: one.room.name, given: one.room.given, ...one, act: () => go(`#/${count.id}/${one.room.id}`) }))),
  );
}

function roomsOf(count) {
  const rooms = count.rooms.filter((room) => room.all).map((room) => {
    const lines = linesIn(count, room);
    return { room, done: doneIn(count, lines), all: lines.length };
  });
  return rooms.sort((one, other) => Number(one.done >= one.all) - Number(other.done >= other.all));
}

function entry({ icon: picture, title, done, all, given, act }) {
  return make("button", { type: "button", className: "entry", onclick: act }, icon(picture),
    make("span", { className: "grow" }, make("b", { textContent: title }), make("small", { textContent: [filled(words.progress, { done, all }), given && filled(words.given, { name: given })].filter(Boolean).join(" · ") })),
    done >= all ? state("green", words.done) : state(done ? "blue" : "", filled(words.left, { n: all - done })));
}

function searchBox(count, go, search) {
  const found = make("div", { className: "found" });
  const box = make("input", { type: "search", placeholder: words.find_room, enterKeyHint: "search", autocomplete: "off", "aria-label": words.find_room });
  box.addEventListener("input", () => {
    const text = box.value.trim();
    found.replaceChildren(...(text.length < 2 ? [] : hits(count, text, go, search)));
  });
  return make("div", {}, box, found);
}

function hits(count, text, go, search) {
  const rooms = count.rooms.filter((room) => room.all && room.name.includes(text)).slice(0, 6).map((room) => make("button", { type: "button", className: "line", onclick: () => go(`#/${count.id}/${room.id}`) }, icon("map-pin"), make("b", { textContent: room.name })));
  const lines = count.lines.filter((line) => line.number.includes(text) || line.name.includes(text)).slice(0, 12).map((line) => lineOf(count, line, () => search(count, line)));
  return rooms.length + lines.length ? [...rooms, ...lines] : [make("p", { className: "dim", textContent: words.nothing })];
}

/** One line: what it is, whose, and what was said of it. */
export function lineOf(count, line, act, room) {
  const said = told(count, line);
  const away = said && room && said.place && said.place !== room.place && said.result !== "missing";
  const short = said && said.result !== "missing" && said.quantity != null && Number(said.quantity) !== line.quantity;
  const under = said
    ? [filled(words.by, { name: said.who || known.me?.name, when: moment(said.at) }), said.pending ? words.pending : "", short ? `${words.quantity} ${said.quantity}${line.unit}（${filled(words.unit_of, { n: `${line.quantity}${line.unit}` })}）` : "", away ? filled(words.elsewhere, { place: said.place }) : ""]
    : [[line.keeper, line.user].filter((one, place, both) => one && both.indexOf(one) === place).join("、"), line.model, line.quantity === 1 ? "" : `${line.quantity}${line.unit}`];
  const warn = said?.other ? make("small", { className: "t-amber", textContent: filled(words.both, { name: said.other.who, result: resultWords(said.other.result) }) }) : null;
  return make("button", { type: "button", className: "line", onclick: act, "data-line": line.id },
    make("span", { className: "grow" }, make("b", { textContent: line.name }), make("small", { className: "code", textContent: line.number }), make("small", { textContent: under.filter(Boolean).join(" · ") }), warn),
    said ? state(TONES[said.result], resultWords(said.result)) : icon("chevron-right"));
}

/** A room, or what stands in one's own name: what is not told yet first, then the rest, then what is here beside. */
export function room(app, count, where, open, finish) {
  const left = where.lines.filter((line) => !told(count, line));
  const rest = where.lines.filter((line) => told(count, line));
  const extra = where.room ? [...count.last_of.values()].filter((one) => one.place && one.place === where.room.place && count.byId.get(one.line)?.room !== where.room.id && one.result !== "missing").map((one) => count.byId.get(one.line)) : [];
  const strange = where.room ? count.unknown.filter((one) => one.room === where.room.id || (one.place && one.place === where.room.place)) : [];
  const part = (title, rows) => rows.length ? [make("h2", {}, title, make("span", { className: "count", textContent: String(rows.length) })), ...rows] : [];
  app.replaceChildren(make("section", { className: "count-of" },
    make("h1", { textContent: where.title }),
    make("p", { className: "dim", textContent: where.room ? filled(words.progress, { done: rest.length, all: where.lines.length }) : words.mine_why }),
    bar(rest.length, where.lines.length),
    left.length ? null : make("p", { className: "note green" }, icon("check-circle"), words.all_told),
    ...part(words.missing_list, left.map((line) => lineOf(count, line, () => open(line), where.room))),
    left.length && where.room ? make("button", { type: "button", className: "btn wide", onclick: () => finish(left) }, icon("eye-slash"), filled(words.not_seen, { n: left.length })) : null,
    ...part(words.extra, [...extra.map((line) => lineOf(count, line, () => open(line))), ...strange.map(strangeOf)]),
    ...part(words.told_list, rest.map((line) => lineOf(count, line, () => open(line), where.room))),
  ));
}

const strangeOf = (one) => make("div", { className: "line" }, make("span", { className: "grow" }, make("b", { textContent: one.name || one.note || one.code }), make("small", { textContent: [filled(words.by, { name: one.who, when: moment(one.at) }), one.pending ? words.pending : ""].filter(Boolean).join(" · ") })), state(TONES.unknown, resultWords("unknown")));
