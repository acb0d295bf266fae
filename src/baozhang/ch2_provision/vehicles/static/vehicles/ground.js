// The map itself: a canvas one can move and enlarge, what lies under the vehicles, and a scale. No tiles are needed;
// where the operator has named some, they are drawn first, and places are shifted as those tiles are.
import { shift } from "./datum.js";

/** The track of a vehicle's day. It is posted for, since reading it is put down under the reader's name. */
export const trackOf = (url) => fetch(url, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]").content } });

const TILE = 256, NEAREST = 18, FARTHEST = 4, STEP = 80;
const EARTH = 40075016.7;

export class Ground {
  constructor(canvas, options) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.tiles = options.tiles;
    this.shifted = options.tiles && options.shifted;
    this.words = options;
    this.features = [];
    this.pictures = new Map();
    this.view = { x: 0.83, y: 0.41, zoom: 11 };
    this.drawers = [];
    this.movers = [];
    this.pickers = [];
    this.fitted = null;
    this.listen();
    new ResizeObserver(() => this.resize()).observe(canvas);
    document.addEventListener("look", () => this.colours());
    this.resize();
  }

  colours() {
    const style = getComputedStyle(document.documentElement), read = (name) => style.getPropertyValue(name).trim();
    this.ink = Object.fromEntries(["ink", "dim", "line", "edge", "canvas", "surface", "accent", "accent-soft", "amber", "green", "hover", "red"].map((name) => [name, read(`--${name}`)]));
    this.ink.font = read("--font");
    this.soon();
  }

  resize() {
    const box = this.canvas.getBoundingClientRect(), ratio = Math.min(devicePixelRatio || 1, 2);
    if (!box.width) return;
    this.width = box.width;
    this.height = box.height;
    this.ratio = ratio;
    this.canvas.width = Math.round(box.width * ratio);
    this.canvas.height = Math.round(box.height * ratio);
    if (this.fitted) this.fit(this.fitted, true);
    this.colours();
  }

  // Places are kept as fractions of the world square of Web Mercator.
  world(lat, lon) {
    if (this.shifted) {
      const moved = shift(lat, lon);
      lat += moved.north;
      lon += moved.east;
    }
    const sine = Math.sin(lat * Math.PI / 180);
    return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  }

  get pixels() { return TILE * 2 ** this.view.zoom; }
  screen(place) { return [(place[0] - this.view.x) * this.pixels + this.width / 2, (place[1] - this.view.y) * this.pixels + this.height / 2]; }
  degrees(x, y) {
    const wx = (x - this.width / 2) / this.pixels + this.view.x, wy = (y - this.height / 2) / this.pixels + this.view.y;
    return [Math.atan(Math.sinh(Math.PI * (1 - 2 * wy))) * 180 / Math.PI, wx * 360 - 180];
  }

  /** west, south, east, north in degrees of what is in sight, and something around it. */
  box(around = 0.25) {
    const more = Math.max(around * Math.max(this.width, this.height), 1000 / this.metres());
    const [north, west] = this.degrees(-more, -more), [south, east] = this.degrees(this.width + more, this.height + more);
    return [west, south, east, north];
  }

  metres() { return EARTH * Math.cos(this.degrees(this.width / 2, this.height / 2)[0] * Math.PI / 180) / this.pixels; }

  /** Shows all of some places; a map that nobody has moved keeps doing so when its size changes. */
  fit(places, again = false) {
    if (!places.length || !this.width) return;
    let [west, north, east, south] = [1, 1, 0, 0];
    for (const [x, y] of places) {
      west = Math.min(west, x); east = Math.max(east, x); north = Math.min(north, y); south = Math.max(south, y);
    }
    const zoom = Math.log2(Math.min((this.width - 48) / Math.max(east - west, 1e-6), (this.height - 48) / Math.max(south - north, 1e-6)) / TILE);
    this.view = { x: (west + east) / 2, y: (north + south) / 2, zoom: Math.max(FARTHEST, Math.min(zoom, 16)) };
    this.fitted = places;
    if (!again) this.moved(true);
  }

  moved(keeps = false) {
    if (!keeps) this.fitted = null;
    this.soon();
    this.movers.forEach((act) => act());
  }

  go(x, y) { this.view.x += x / this.pixels; this.view.y += y / this.pixels; this.moved(); }
  zoom(by, x = this.width / 2, y = this.height / 2) {
    const before = [(x - this.width / 2) / this.pixels, (y - this.height / 2) / this.pixels];
    this.view.zoom = Math.max(FARTHEST, Math.min(NEAREST, this.view.zoom + by));
    this.view.x += before[0] - (x - this.width / 2) / this.pixels;
    this.view.y += before[1] - (y - this.height / 2) / this.pixels;
    this.moved();
  }
  centre(place, zoom) {
    this.view = { x: place[0], y: place[1], zoom: Math.max(this.view.zoom, zoom || 0) };
    this.moved();
  }
  all() { if (this.whole) this.whole(); }

  listen() {
    const fingers = new Map();
    let far = 0, dragged = 0;
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
      dragged = fingers.size > 1 ? 99 : 0;
      far = 0;
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const now = [event.offsetX, event.offsetY];
      fingers.set(event.pointerId, now);
      if (fingers.size === 1) {
        dragged += Math.abs(now[0] - last[0]) + Math.abs(now[1] - last[1]);
        if (dragged > 4) this.go(last[0] - now[0], last[1] - now[1]);
        return;
      }
      const [a, b] = [...fingers.values()], apart = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (far) this.zoom(Math.log2(apart / far), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      far = apart;
    });
    const lift = (event) => {
      if (fingers.delete(event.pointerId) && event.type === "pointerup" && dragged <= 4) this.pickers.forEach((act) => act(event.offsetX, event.offsetY));
      far = 0;
    };
    this.canvas.addEventListener("pointerup", lift);
    this.canvas.addEventListener("pointercancel", lift);
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY) / 240, 1), event.offsetX, event.offsetY);
    }, { passive: false });
    const keys = {
      ArrowLeft: () => this.go(-STEP, 0), ArrowRight: () => this.go(STEP, 0), ArrowUp: () => this.go(0, -STEP), ArrowDown: () => this.go(0, STEP),
      "+": () => this.zoom(1), "=": () => this.zoom(1), "-": () => this.zoom(-1), 0: () => this.all(),
    };
    this.canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
      const by = Number(button.dataset.zoom);
      if (by) this.zoom(by);
      else this.all();
    }));
  }

  /** Fetches what lies under the vehicles: GeoJSON whose features say of what kind they are. */
  async load(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    const kinds = { area: 0, water: 1, street: 2, arterial: 3 };
    const lines = { Polygon: (c) => c, MultiPolygon: (c) => c.flat(), LineString: (c) => [c], MultiLineString: (c) => c };
    this.features = (await answer.json()).features.filter((one) => lines[one.geometry.type]).map((one) => ({
      kind: kinds[one.properties.kind] === undefined ? "area" : one.properties.kind,
      closed: one.geometry.type.endsWith("Polygon"),
      lines: lines[one.geometry.type](one.geometry.coordinates).map((line) => line.map(([lon, lat]) => this.world(lat, lon))),
    })).sort((a, b) => kinds[a.kind] - kinds[b.kind]);
    this.soon();
    return this.features.filter((one) => one.closed).flatMap((one) => one.lines.flat());
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  draw() {
    const pen = this.pen;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (this.tiles) this.drawUnder(pen); // tiles come one by one
    else pen.drawImage(this.under(), 0, 0, this.width, this.height);
    this.drawers.forEach((act) => act(pen));
    this.drawScale();
  }

  // What lies under the vehicles, as a picture: while they glide nothing of it changes.
  under() {
    const seen = [this.view.x, this.view.y, this.view.zoom, this.width, this.height, this.ratio];
    if (this.picture && this.seen.ink === this.ink && this.seen.features === this.features && this.seen.of.every((n, at) => n === seen[at])) return this.picture;
    this.seen = { of: seen, ink: this.ink, features: this.features };
    this.picture = this.picture || document.createElement("canvas");
    this.picture.width = this.canvas.width;
    this.picture.height = this.canvas.height;
    const pen = this.picture.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawUnder(pen);
    return this.picture;
  }

  drawUnder(pen) {
    pen.fillStyle = this.ink.canvas;
    pen.fillRect(0, 0, this.width, this.height);
    if (this.tiles) this.drawTiles();
    if (!this.features.length && !this.tiles) this.drawNet(pen);
    this.features.forEach((one) => this.drawFeature(pen, one));
  }

  trace(pen, lines, closed) {
    pen.beginPath();
    for (const line of lines) {
      line.forEach((place, at) => {
        const [x, y] = this.screen(place);
        if (at) pen.lineTo(x, y);
        else pen.moveTo(x, y);
      });
      if (closed) pen.closePath();
    }
  }

  drawFeature(pen, { kind, closed, lines }) {
    const wide = Math.max(0.6, Math.min(2.2 ** (this.view.zoom - 12), 9));
    this.trace(pen, lines, closed);
    pen.lineJoin = pen.lineCap = "round";
    if (closed && !this.tiles) { pen.fillStyle = this.ink.surface; pen.fill(); }
    pen.setLineDash(kind === "area" ? [6, 4] : []);
    pen.strokeStyle = { area: this.ink.edge, water: this.ink["accent-soft"], street: this.ink.line, arterial: this.ink.edge }[kind];
    pen.lineWidth = { area: 1.5, water: wide * 9, street: wide, arterial: wide * 1.5 }[kind];
    pen.globalAlpha = kind === "arterial" ? 0.6 : 1;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.setLineDash([]);
  }

  // Without anything known of the ground: meridians and parallels, so that one sees that the map moves.
  drawNet(pen) {
    const step = 2 ** -Math.round(this.view.zoom + 1);
    const left = this.view.x - this.width / 2 / this.pixels, top = this.view.y - this.height / 2 / this.pixels;
    pen.strokeStyle = this.ink.line;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let x = Math.ceil(left / step) * step; x < left + this.width / this.pixels; x += step) { const at = (x - left) * this.pixels; pen.moveTo(at, 0); pen.lineTo(at, this.height); }
    for (let y = Math.ceil(top / step) * step; y < top + this.height / this.pixels; y += step) { const at = (y - top) * this.pixels; pen.moveTo(0, at); pen.lineTo(this.width, at); }
    pen.stroke();
  }

  drawTiles() {
    const level = Math.max(0, Math.min(NEAREST, Math.round(this.view.zoom))), many = 2 ** level, size = this.pixels / many;
    const left = this.view.x * many - this.width / 2 / size, top = this.view.y * many - this.height / 2 / size;
    for (let x = Math.floor(left); x <= left + this.width / size; x++) {
      for (let y = Math.max(0, Math.floor(top)); y <= top + this.height / size && y < many; y++) {
        const url = this.tiles.replace("{z}", level).replace("{x}", (x % many + many) % many).replace("{y}", y);
        let picture = this.pictures.get(url);
        if (!picture) {
          if (this.pictures.size > 400) this.pictures.clear();
          picture = new Image();
          picture.onload = () => this.soon();
          picture.src = url;
          this.pictures.set(url, picture);
        }
        if (picture.complete && picture.naturalWidth) this.pen.drawImage(picture, (x - left) * size, (y - top) * size, size + 0.5, size + 0.5);
      }
    }
  }

  drawScale() {
    const metres = this.metres(), most = metres * 110, unit = 10 ** Math.floor(Math.log10(most));
    const long = [5, 2, 1].map((n) => n * unit).find((n) => n <= most) || unit, wide = long / metres, pen = this.pen, y = this.height - 12;
    const text = long >= 1000 ? this.words.scaleKm.replace("{n}", long / 1000) : this.words.scaleM.replace("{n}", long);
    pen.strokeStyle = pen.fillStyle = this.ink.dim;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(12, y - 5); pen.lineTo(12, y); pen.lineTo(12 + wide, y); pen.lineTo(12 + wide, y - 5);
    pen.stroke();
    pen.font = `12px ${this.ink.font}`;
    pen.textAlign = "left";
    pen.fillText(text, 18, y - 6);
  }
}
