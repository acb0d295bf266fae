// WGS-84 to GCJ-02: only for a base map that is shifted, as Chinese ones are by law. What the house keeps is never shifted.
const A = 6378245, EE = 0.00669342162296594323;

/** How far east and north (degrees) a Chinese base map has moved a place. */
export function shift(lat, lon) {
  const x = lon - 105, y = lat - 35, sin = (n) => Math.sin(n * Math.PI);
  const wave = (20 * sin(6 * x) + 20 * sin(2 * x)) * 2 / 3, root = Math.sqrt(Math.abs(x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    + (20 * sin(y) + 40 * sin(y / 3)) * 2 / 3 + (160 * sin(y / 12) + 320 * sin(y / 30)) * 2 / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    + (20 * sin(x) + 40 * sin(x / 3)) * 2 / 3 + (150 * sin(x / 12) + 300 * sin(x / 30)) * 2 / 3;
  const radians = lat * Math.PI / 180, magic = 1 - EE * Math.sin(radians) ** 2;
  return {
    north: north * 180 / (A * (1 - EE) / (magic * Math.sqrt(magic)) * Math.PI),
    east: east * 180 / (A / Math.sqrt(magic) * Math.cos(radians) * Math.PI),
  };
}
