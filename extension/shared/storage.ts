/**
 * What is kept in `storage.local`, key by key. Every key is read by itself: one that does not parse is set aside under
 * `damaged.<key>.<time>`, reported, and its default used; the others stand. A default never overwrites what is stored.
 */
import { api, wordsOf } from "./api.ts";
import { MAX_ID, MAX_RULES, packId } from "./guards.ts";
import { flag, integer, list, Misfit, object, type Read, record, text } from "./shape.ts";

/** The layout's version, stored as `version`. A later one is left alone: nothing is written over it. */
export const LAYOUT = 1;
/** Most posts remembered as "show it all the same"; the oldest is forgotten first. */
export const MAX_SHOWN = 1000;
/** Most characters of what limits have counted. */
const MAX_LIMITS = 8 << 20;
/** Most damaged values kept aside; the oldest goes first. */
export const MAX_DAMAGED = 20;

/** An imported pack, stored as `pack.<id>`. */
export interface StoredPack {
  source: string;
}

/** Everything stored, in its types. */
export interface Stored {
  /** Hosts on which the reader paused Diffract. */
  paused: string[];
  /** Packs turned on or off by the reader; a pack that is absent is as shipped. */
  packs: Record<string, boolean>;
  /** The reader's own rules. */
  rules: string;
  /** Posts to show whatever the rules say, as `platform id`, newest last. */
  shown: string[];
  /** What `limit` has counted, in the engine's own words. */
  limits: string;
  /** Grows when the rules in force change, so that pages without a port hear of it. */
  generation: number;
  /** A secret of this installation by which a new content script finds what an old one left in a page. */
  token: string;
  /** Imported packs by id. */
  imported: Record<string, StoredPack>;
}

export const host: Read<string> = text(253, 1);
const KEYS: { [K in keyof Omit<Stored, "imported">]: { read: Read<Stored[K]>; otherwise: () => Stored[K] } } =
  {
    paused: { read: list(host, 10_000), otherwise: () => [] },
    packs: { read: record(flag, 1000), otherwise: () => ({}) },
    rules: { read: text(MAX_RULES), otherwise: () => "" },
    shown: { read: list(text(MAX_ID + 65, 1), MAX_SHOWN), otherwise: () => [] },
    limits: { read: text(MAX_LIMITS), otherwise: () => "" },
    generation: { read: integer(0, Number.MAX_SAFE_INTEGER), otherwise: () => 0 },
    token: { read: text(64, 8), otherwise: () => "" },
  };
const PACK = "pack.";
const DAMAGED = "damaged.";
const readPack: Read<StoredPack> = object({ source: text(MAX_RULES) });

/** A key whose value could not be read. */
export interface Damage {
  key: string;
  value: unknown;
  message: string;
}

/** Reads what `storage.local.get(...)` returned. Pure. */
export function parseStored(raw: Record<string, unknown>): { stored: Stored; damage: Damage[] } {
  const damage: Damage[] = [];
  const take = <T>(key: string, read: Read<T>, otherwise: () => T): T => {
    const value = raw[key];
    if (value === undefined) return otherwise();
    try {
      return read(value, key);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      damage.push({ key, value, message: error.message });
      return otherwise();
    }
  };
  const imported: Record<string, StoredPack> = {};
  for (const key of Object.keys(raw)) {
    if (!key.startsWith(PACK)) continue;
    const id = key.slice(PACK.length);
    const pack = take<StoredPack | null>(
      key,
      (value, at) => {
        packId(id, `the id of ${at}`);
        return readPack(value, at);
      },
      () => null,
    );
    if (pack) imported[id] = pack;
  }
  const stored: Stored = {
    paused: take("paused", KEYS.paused.read, KEYS.paused.otherwise),
    packs: take("packs", KEYS.packs.read, KEYS.packs.otherwise),
    rules: take("rules", KEYS.rules.read, KEYS.rules.otherwise),
    shown: take("shown", KEYS.shown.read, KEYS.shown.otherwise),
    limits: take("limits", KEYS.limits.read, KEYS.limits.otherwise),
    generation: take("generation", KEYS.generation.read, KEYS.generation.otherwise),
    token: take("token", KEYS.token.read, KEYS.token.otherwise),
    imported,
  };
  return { stored, damage };
}

/** What a content script needs. Damage is left to the background, which reads the same keys. */
export async function readForPage(): Promise<Pick<Stored, "paused" | "shown" | "token">> {
  return parseStored(await api.storage.local.get(["paused", "shown", "token"])).stored;
}

/** The key under which a post is remembered in `shown`. */
export const shownKey = (platform: string, id: string): string => `${platform} ${id}`;

/** The background's hold on the store. Writes go one key at a time, each atomic, in order. */
export class Store {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly stored: Stored,
    /** What could not be read, in words for the reader. */
    readonly troubles: string[],
    private readonly readOnly: boolean,
  ) {}

  /** Reads everything; sets damaged values aside. Does not throw: an unreadable store is an empty, read-only one. */
  static async open(): Promise<Store> {
    let raw: Record<string, unknown>;
    try {
      raw = await api.storage.local.get(null);
    } catch (error) {
      const { stored } = parseStored({});
      return new Store(
        stored,
        [`Your settings could not be read (${wordsOf(error)}). Nothing was changed.`],
        true,
      );
    }
    if (raw.version !== undefined && (typeof raw.version !== "number" || raw.version > LAYOUT)) {
      const { stored } = parseStored({});
      const message =
        "Your settings were written by a newer Diffract. They are left as they are; update the extension to use them.";
      return new Store(stored, [message], true);
    }
    const { stored, damage } = parseStored(raw);
    const kept = Object.keys(raw).filter((key) => key.startsWith(DAMAGED));
    const troubles = [...damage.map(damageWords), ...kept.map(keptWords)];
    const store = new Store(stored, troubles, false);
    if (raw.version === undefined) await store.write("version", LAYOUT).catch(() => {});
    for (const one of damage) await store.setAside(one, kept);
    if (stored.token === "") await store.set("token", crypto.randomUUID()).catch(() => {});
    return store;
  }

  private async setAside({ key, value }: Damage, kept: string[]): Promise<void> {
    try {
      const name = `${DAMAGED}${key}.${Date.now()}`;
      // Aside first, then away: a crash between the two leaves it twice, never lost.
      await this.write(name, value);
      await api.storage.local.remove(key);
      kept.push(name);
      const time = (entry: string) => Number(entry.slice(entry.lastIndexOf(".") + 1)) || 0;
      kept.sort((a, b) => time(a) - time(b));
      while (kept.length > MAX_DAMAGED) await api.storage.local.remove(kept.shift() ?? "");
    } catch {
      // It stays where it was, unread; nothing is lost.
    }
  }

  private write(key: string, value: unknown): Promise<void> {
    const next = this.last.then(async () => {
      if (this.readOnly) throw new Error("Nothing was saved: the settings on this machine cannot be read.");
      await api.storage.local.set({ [key]: value });
    });
    this.last = next.catch(() => {});
    return next;
  }

  /** Stores one key; what is in memory changes once it is written. */
  async set<K extends keyof typeof KEYS>(key: K, value: Stored[K]): Promise<void> {
    await this.write(key, value);
    (this.stored as Record<K, Stored[K]>)[key] = value;
  }

  async setPack(id: string, pack: StoredPack): Promise<void> {
    await this.write(PACK + id, pack);
    this.stored.imported[id] = pack;
  }

  async removePack(id: string): Promise<void> {
    if (this.readOnly) throw new Error("Nothing was changed: the settings on this machine cannot be read.");
    await api.storage.local.remove(PACK + id);
    delete this.stored.imported[id];
  }
}

function damageWords({ key, message }: Damage): string {
  const what = key.startsWith(PACK) ? `The pack "${key.slice(PACK.length)}"` : `The setting "${key}"`;
  return `${what} was damaged (${message}). It was set aside, not deleted; the rest works on without it.`;
}

function keptWords(name: string): string {
  const key = name.slice(DAMAGED.length, name.lastIndexOf("."));
  return `A damaged copy of "${key}" is kept aside in storage as "${name}".`;
}
