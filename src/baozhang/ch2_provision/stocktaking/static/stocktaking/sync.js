// Brings scans to the server when there is a network. The same scans may be sent twice; the server keeps each once.
import * as store from "./store.js";
import { freshKey } from "./dom.js";
import { heard, inTurn, known, lay, read } from "./truth.js";

const PIECE = 500;
const EVERY = 45_000;
export const state = { online: navigator.onLine, busy: false, trouble: "", late: 0 };
const listeners = [];
export const changed = (act) => listeners.push(act);
const tell = () => listeners.forEach((act) => act());

const cookie = (name) => document.cookie.split("; ").map((one) => one.split("=")).find(([key]) => key === name)?.[1] || "";

async function device() {
  let name = await store.get("meta", "device");
  if (!name) {
    name = freshKey();
    await store.put("meta", name, "device");
  }
  return name;
}

/** The answer as JSON; "offline", "sign_in", "another" (somebody else has signed in) or "failed" is thrown where there is none. */
async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options, headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), ...options.headers } });
  } catch {
    throw new Error("offline");
  }
  if (answer.redirected || answer.status === 401 || !(answer.headers.get("content-type") || "").includes("json")) {
    throw new Error(answer.redirected || answer.status === 401 || answer.status === 403 ? "sign_in" : "failed");
  }
  if (!answer.ok) throw new Error(answer.status === 409 ? "another" : "failed");
  return answer.json();
}

/** Takes the lists along; whoever is signed in now is who counts. */
export async function fetchLists() {
  const given = await ask("data.json");
  await store.takeAlong(given);
  await read();
}

const sendable = () => known.pending.filter((scan) => !scan.refused);
const body = ({ key, count, result, at, code, line, room, condition, place, user, quantity, name, note, way }) =>
  ({ key, count, result, at, code: code || "", line: line || null, room: room || null, condition: condition || "", place: place || "", user: user || "", quantity: quantity ?? null, name: name || "", note: note || "", way });

async function bring() {
  const name = await device();
  do {
    const piece = sendable().slice(0, PIECE);
    const since = Object.fromEntries(known.counts.map((one) => [one.id, one.raw.last]));
    const said = await ask("sync", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ now: new Date().toISOString(), device: name, who: known.me.id, since, scans: piece.map(body) }),
    });
    const gone = new Set([...said.accepted, ...said.known, ...said.late]);
    const refused = piece.filter((scan) => said.refused[scan.key]).map((scan) => ({ ...scan, refused: said.refused[scan.key] }));
    // What has just been brought is told by the server, too; until it is read, the phone's own word stands.
    const byKey = new Map(refused.map((scan) => [scan.key, scan]));
    await inTurn(async () => {
      await store.settle([...gone], refused);
      known.pending = known.pending.filter((scan) => !gone.has(scan.key)).map((scan) => byKey.get(scan.key) || scan);
    });
    state.late += said.late.length;
    await heard(said.counts);
    known.counts.forEach(lay);
    if (piece.length && !gone.size && !refused.length) throw new Error("failed"); // a server that answers nothing would be asked for ever
  } while (sendable().length);
}

async function bringPhotos() {
  const waiting = new Set([...known.pending, ...(known.others || [])].map((scan) => scan.key));
  let left = false; // a picture that is not taken in must not keep the others on the phone
  for (const photo of await store.all("photos")) {
    if (waiting.has(photo.key)) continue;
    const form = new FormData();
    form.append("key", photo.key);
    form.append("file", new File([photo.blob], `${photo.key.slice(0, 8)}.jpg`, { type: photo.blob.type || "image/jpeg" }));
    try {
      await ask("photo", { method: "POST", body: form });
    } catch (error) {
      if (error.message !== "failed") throw error;
      left = true;
      continue;
    }
    await store.dropPhoto(photo.id);
    known.photos = Math.max(0, known.photos - 1);
  }
  if (left) throw new Error("failed");
}

/** One tab at a time does the sending. */
const alone = (act) => navigator.locks ? navigator.locks.request("baozhang-stocktaking", { ifAvailable: true }, (lock) => lock && act()) : act();

export async function sync({ lists = false } = {}) {
  if (state.busy) return;
  let another = false;
  state.busy = true;
  tell();
  try {
    await alone(async () => {
      if (lists || !known.me) await fetchLists();
      if (known.me) await bring();
      await bringPhotos();
    });
    state.online = true;
    state.trouble = "";
  } catch (error) {
    another = error.message === "another" && !lists;
    state.online = error.message !== "offline";
    state.trouble = error.message === "offline" || another ? "" : error.message === "sign_in" ? "sign_in" : "failed";
  }
  state.busy = false;
  tell();
  if (another) await sync({ lists: true }); // the lists say who is here now; the scans of whoever was here before stay
}

let soon;
export function syncSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => sync(), 800);
}

/** Watches the network. */
export function watch() {
  addEventListener("online", () => sync());
  addEventListener("offline", () => {
    state.online = false;
    tell();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
  setInterval(() => document.visibilityState === "visible" && sync(), EVERY);
}
