/** Zips that depend on names and contents only. */
import { type ZipOptions, type Zippable, zipSync } from "fflate";

/** Unix, for the mode bits of `attrs`. */
const UNIX = 3;

/** A file in a zip. */
export interface Entry {
  name: string;
  bytes: Uint8Array;
  executable: boolean;
}

/** A zip that depends on names and contents only. */
export function zip(entries: readonly Entry[]): Uint8Array {
  const files: Zippable = {};
  // Zips hold local time, so this is the same bytes everywhere.
  const mtime = new Date(2020, 0, 1);
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  for (const { name, bytes, executable } of [...entries].sort(byName)) {
    const options: ZipOptions = {
      mtime,
      level: 9,
      os: UNIX,
      attrs: ((executable ? 0o100755 : 0o100644) << 16) >>> 0,
    };
    files[name] = [bytes, options];
  }
  return zipSync(files);
}
