// Reads codes with the camera: by the browser itself where it can, else QR codes by a script; typing always works.
import { filled, make, say, words } from "./dom.js";

const FORMATS = ["qr_code", "code_128", "code_39", "data_matrix"];
const PAUSE = 180; // ms between two looks
const WIDE = 640; // pixels across of what the script looks at: a code in the frame is large enough, and a phone keeps up
let stream = null;
let stopped = true;

export const able = () => Boolean(navigator.mediaDevices?.getUserMedia);

async function detector() {
  const known = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
  const wanted = FORMATS.filter((name) => known.includes(name));
  return wanted.length ? new BarcodeDetector({ formats: wanted }) : script();
}

/** The same by a script, which comes with the first look and is kept on the phone with the page. */
async function script() {
  const src = document.querySelector("meta[name=reader]").dataset.cached;
  if (!window.jsQR) {
    await new Promise((done, failed) => {
      document.head.append(make("script", { src, onload: done, onerror: () => failed(new Error(words.no_reader)) }));
    });
  }
  const canvas = make("canvas", {});
  const ground = canvas.getContext("2d", { willReadFrequently: true });
  return {
    async detect(video) {
      const scale = Math.min(1, WIDE / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      ground.drawImage(video, 0, 0, canvas.width, canvas.height);
      const seen = window.jsQR(ground.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" });
      return seen?.data ? [{ rawValue: seen.data }] : [];
    },
  };
}

/** Looks until stopped, and gives each new code to `found`; the same code counts again only after it was out of sight. */
export async function start(place, found) {
  try {
    const reader = await detector();
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    const video = make("video", { muted: true, playsInline: true, className: "seen" });
    video.srcObject = stream;
    place.replaceChildren(video, make("div", { className: "frame" }), make("p", { textContent: words.aim }));
    place.hidden = false;
    stopped = false;
    await video.play();
    look(reader, video, found);
    return true;
  } catch (error) {
    stop(place);
    say(error.message === words.no_reader ? words.no_reader : filled(words.no_camera, { why: error.name || error.message }), "red");
    return false;
  }
}

async function look(reader, video, found) {
  let last = "";
  let empty = 0;
  while (!stopped) {
    try {
      const codes = await reader.detect(video);
      const value = codes[0]?.rawValue || "";
      empty = value ? 0 : empty + 1;
      if (value && value !== last) {
        last = value;
        navigator.vibrate?.(40);
        await found(value);
      } else if (empty > 6) last = "";
    } catch {
      // A picture that cannot be read yet: the next one may be.
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

export function stop(place) {
  stopped = true;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  if (place) {
    place.replaceChildren();
    place.hidden = true;
  }
}

export const running = () => !stopped;

/** A picture made small enough to be sent over a poor line. */
export async function smaller(file, most = 1280) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, most / Math.max(picture.width, picture.height));
    const canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.8));
  } catch {
    return file;
  }
}
