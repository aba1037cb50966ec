/**
 * The one snapshot of the compiled rules, in IndexedDB, so that a background that was killed is ready again without
 * compiling. It is found by a key made of the engine's version and every source; any other key is another snapshot.
 */
import { withStore } from "./database.ts";

const PLACE = { database: "diffract", store: "snapshots" };
/** Largest snapshot kept, in bytes. */
const MAX_SNAPSHOT = 64 << 20;

/** Hash of the engine's version and the sources in force. */
export async function snapshotKey(version: string, sources: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${version}\n${sources}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The snapshot under `key`, or `null`. Rejects when the database cannot be read. */
export async function loadSnapshot(key: string): Promise<Uint8Array | null> {
  return withStore(PLACE, "readonly", async (store, done) => {
    const value: unknown = await done(store.get(key));
    if (value === undefined) return null;
    if (!(value instanceof Uint8Array)) throw new Error("what is kept there is no snapshot");
    return value;
  });
}

/** Keeps `bytes` under `key` and drops every other snapshot. */
export async function saveSnapshot(key: string, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength > MAX_SNAPSHOT) return;
  await withStore(PLACE, "readwrite", async (store, done) => {
    await done(store.clear());
    await done(store.put(bytes, key));
  });
}

/** Drops whatever is kept. */
export async function dropSnapshots(): Promise<void> {
  await withStore(PLACE, "readwrite", (store, done) => done(store.clear()));
}
