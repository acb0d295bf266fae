// What is known of each count on this phone: lines, what the server has told, and over it what this phone has yet to send.
import * as store from "./store.js";
import { words } from "./dom.js";

export const known = { me: null, counts: [], pending: [], photos: 0 };
export const LINE = { id: 0, number: 1, name: 2, model: 3, room: 4, place: 5, keeper: 6, user: 7, quantity: 8, unit: 9, use: 10, card: 11, mine: 12 };
const FIELDS = Object.entries(LINE);

const asLine = (row) => Object.fromEntries(FIELDS.map(([name, place]) => [name, row[place]]));
const asTold = ([line, result, place, condition, who, at, note, key, user]) => ({ line, result, place, condition, who, at, note, key, user });

let last = Promise.resolve();
/** One after the other: what is read from the disk must not take the place of a scan that was recorded meanwhile. */
export const inTurn = (act) => {
  last = last.then(act, act);
  return last;
};

/** Reads everything from the phone. */
export const read = () => inTurn(readAll);

// Whoever taps while this reads is shown what was known before: nothing is set until all has been read.
async function readAll() {
  const me = (await store.get("meta", "me")) || null;
  const counts = (await store.all("counts")).map(grown);
  const scans = await store.all("scans");
  const photos = (await store.all("photos")).length;
  const others = scans.filter((scan) => me && scan.by !== me.id);
  Object.assign(known, { me, counts, photos, others, pending: scans.filter((scan) => !me || scan.by === me.id) });
  known.counts.forEach(lay);
}

function grown(count) {
  const lines = count.lines.map(asLine);
  return { ...count, raw: count, lines, byId: new Map(lines.map((one) => [one.id, one])), byRoom: Map.groupBy ? Map.groupBy(lines, (one) => one.room) : grouped(lines), told: count.told.map(asTold) };
}

function grouped(lines) {
  const found = new Map();
  lines.forEach((one) => found.has(one.room) ? found.get(one.room).push(one) : found.set(one.room, [one]));
  return found;
}

/** Lays what is yet to be sent over what the server told; the last by time counts, and who said otherwise is kept beside. */
export function lay(count) {
  const mine = known.pending.filter((scan) => scan.count === count.id).map((scan) => ({ ...scan, who: known.me?.name, at: Date.parse(scan.at), pending: !scan.refused, refused: scan.refused }));
  const told = new Set(mine.map((one) => one.key));
  const sayings = [...count.told.filter((one) => !told.has(one.key)), ...mine].sort((one, other) => one.at - other.at);
  count.last_of = new Map();
  count.unknown = [];
  for (const one of sayings) {
    if (one.refused) continue;
    const line = one.line ? count.byId.get(one.line) : null;
    if (!line) {
      if (one.result === "unknown" || !one.line) count.unknown.push(one);
      continue;
    }
    const before = count.last_of.get(line.id);
    const other = before && before.who !== one.who && (before.result !== one.result || before.place !== one.place) ? before : null;
    count.last_of.set(line.id, { ...one, other });
  }
}

export const countOf = (id) => known.counts.find((one) => one.id === Number(id));
export const roomOf = (count, id) => count.rooms.find((one) => one.id === Number(id));
export const linesIn = (count, room) => count.byRoom.get(room.id) || [];
export const isMine = (line) => Boolean(line.mine);
export const told = (count, line) => count.last_of.get(line.id);
export const doneIn = (count, lines) => lines.filter((line) => count.last_of.has(line.id)).length;
export const resultWords = (result) => words.result[result] || result;

/** What a label or typed figures mean: exact lines first, then those whose number ends so, the room's own before others. */
export function find(count, text, room) {
  const code = text.trim();
  const label = /\/assets\/cards\/(\d+)/.exec(code);
  if (label) return count.lines.filter((line) => line.card === Number(label[1]));
  const exact = count.lines.filter((line) => line.number === code);
  if (exact.length || code.length < 2) return exact;
  const ends = count.lines.filter((line) => line.number.endsWith(code));
  const here = room ? ends.filter((line) => line.room === room.id) : [];
  return here.length ? here : ends;
}

/** A thing keeps the condition that its card has until somebody says otherwise. */
export const conditionOf = (line) => ({ idle: "idle", surplus: "idle", repair: "repair", disposing: "broken" })[line.use] || "good";

/** Records one scan: on the disk first, then in memory. */
export const record = (scan, picture) => inTurn(async () => {
  await store.keepScan(scan, picture);
  known.pending.push(scan);
  if (picture) known.photos += 1;
  const count = countOf(scan.count);
  if (count) lay(count); // lists that came meanwhile may know the count no more; the scan is kept, the server answers it
});

/** Takes in what the server told since. */
export async function heard(news) {
  for (const one of news) {
    const count = countOf(one.id);
    if (!count) continue;
    const have = new Set(count.raw.told.map((row) => row[7]));
    const fresh = one.told.filter((row) => !have.has(row[7]));
    if (!fresh.length && one.last === count.raw.last) continue;
    count.raw.told.push(...fresh);
    count.raw.last = Math.max(one.last, count.raw.last);
    count.told.push(...fresh.map(asTold));
    await store.put("counts", count.raw);
  }
  known.counts.forEach(lay);
}
