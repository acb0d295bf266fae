// What the phone keeps: the lists it took along, each scan until the server has it, pictures, and who the lists are for.
// A scan is on the disk before the screen says so; it leaves only when the server has named its key.
const NAME = "baozhang-stocktaking";
const STORES = { meta: null, counts: "id", scans: "key", photos: "id" };
let opened;

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export function open() {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, keyPath ? { keyPath } : undefined);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
  return opened;
}

/** Does something in one transaction and waits until it is on the disk. */
async function within(stores, act) {
  const base = await open();
  const transaction = base.transaction(stores, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
  });
  act(...stores.map((name) => transaction.objectStore(name)));
  await done;
}

export const all = async (store) => asked((await open()).transaction(store).objectStore(store).getAll());
export const get = async (store, key) => asked((await open()).transaction(store).objectStore(store).get(key));
export const put = (store, value, key) => within([store], (place) => place.put(value, key));

/** A scan and its picture, both or neither. */
export const keepScan = (scan, picture) => within(["scans", "photos"], (scans, photos) => {
  scans.put(scan);
  if (picture) photos.put({ id: scan.key, key: scan.key, blob: picture });
});

/** The server has these; they leave the phone. Those it refused stay, with the reason. */
export const settle = (gone, refused) => within(["scans"], (scans) => {
  gone.forEach((key) => scans.delete(key));
  refused.forEach((scan) => scans.put(scan));
});

export const dropPhoto = (id) => within(["photos"], (photos) => photos.delete(id));

/** The lists of whoever signed in last take the place of those before. */
export const takeAlong = (given) => within(["meta", "counts"], (meta, counts) => {
  meta.put({ ...given.me, at: Date.now() }, "me");
  counts.clear();
  given.counts.forEach((one) => counts.put(one));
});

export const clear = () => within(Object.keys(STORES), (...stores) => stores.forEach((store) => store.clear()));

/** Asks the browser not to throw the data away when the disk is full. */
export const persist = () => navigator.storage?.persist?.().catch(() => false);
