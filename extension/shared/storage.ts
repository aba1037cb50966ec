/**
 * What is kept in `storage.local`, key by key. Every key is read by itself: one that does not parse is set aside under
 * `damaged.<key>.<time>`, reported, and its default used; the others stand. A default never overwrites what is stored.
 */
import { api, wordsOf } from "./api.ts";
import type { Strictness } from "./card.ts";
import { MAX_CARD, MAX_ID, MAX_LIMITS, MAX_RULES, PACK_SHAPE, packId } from "./guards.ts";
import { flag, integer, list, Misfit, object, oneOf, optional, type Read, record, text } from "./shape.ts";
import { MAX_ASKING, MAX_EXAMPLES } from "./taught.ts";
import { FOLDS, type Fold } from "./wire.ts";

/** The layout's version, stored as `version`. A later one is left alone: nothing is written over it. */
export const LAYOUT = 1;
/** Most posts remembered as "show it all the same"; the oldest is forgotten first. */
export const MAX_SHOWN = 1000;
/** Most models with settings or of the reader's own. */
export const MAX_MODELS = 200;
/** Posts a day that the reader is asked about, until they say otherwise. */
export const USUAL_ASKING = 2;
/** Most imported packs. */
export const MAX_IMPORTED = 500;
/** Most damaged values kept aside; the oldest goes first. */
export const MAX_DAMAGED = 20;

/** An imported pack, stored as `pack.<id>`. Of a rule file alone only `source` is there, and its header lines say the rest. */
export interface StoredPack {
  source: string;
  title?: string;
  description?: string;
  /** Files that `let @x = list "file.txt"` names. */
  lists?: Record<string, string>;
}

/** What the reader chose for a model, or brought: then its card as JSON; or taught: then how many examples it has. */
export interface StoredModel {
  off?: boolean;
  strictness?: Strictness;
  card?: string;
  /** `sha256`: names what it learned from. */
  taught?: { belong: number; others: number; sha256: string };
}

/** What is stored of a pack that came with more. */
export const packOf = ({ source, title, description, lists }: StoredPack): StoredPack => ({
  source,
  ...(title !== undefined && { title }),
  ...(description !== undefined && { description }),
  ...(lists && Object.keys(lists).length > 0 && { lists }),
});

/** What the reader chose for the feeds of a host. */
export interface FeedChoice {
  /** Absent: as the host sends it. */
  fold?: Fold;
  /** The host's own timeline that is newest first is chosen, and kept chosen. */
  newest?: boolean;
}
/** Most hosts with choices of their own. */
const MAX_CHOICES = 1000;

/** Everything stored, in its types. */
export interface Stored {
  /** Hosts on which the reader paused Diffract. */
  paused: string[];
  /** Hosts on which answers are not rewritten before their page sees them. */
  wireOff: string[];
  /** By host. */
  feeds: Record<string, FeedChoice>;
  /** Packs turned on or off by the reader; a pack that is absent is as shipped. */
  packs: Record<string, boolean>;
  /** The reader's own rules. */
  rules: string;
  /** Posts to show whatever the rules say, as `platform id`, newest last. */
  shown: string[];
  /** The posts of a visit outlive the browser. */
  keepRecent: boolean;
  /** By the name that rules use. */
  models: Record<string, StoredModel>;
  /** The filter that was taught last; empty: none. */
  teaching: string;
  /** Most posts a day that the reader is asked about. */
  asking: number;
  /** About which they were, on which day: hashes, so that no word of a post is here. */
  asked: { day: string; posts: string[] };
  /** What `limit` has counted, in the engine's own words. */
  limits: string;
  /** Grows when the rules in force change, so that pages without a port hear of it. */
  generation: number;
  /** A secret of this installation by which a new content script finds what an old one left in a page. */
  token: string;
  /** Imported packs by id. */
  imported: Record<string, StoredPack>;
}

/** A model's name in rules. */
/** A model's name in rules. */
export const modelName: Read<string> = (value, at) => {
  const name = text(40, 1)(value, at);
  if (!/^[a-z0-9][a-z0-9_]*$/.test(name)) throw new Misfit(`${at} is no name of a model`);
  return name;
};
export const host: Read<string> = text(253, 1);
/** One that is a key: without the names that objects keep for themselves. */
const hostName: Read<string> = (value, at) => {
  const name = host(value, at);
  if (!/^[a-z0-9.:[\]-]+$/.test(name)) throw new Misfit(`${at} is no host`);
  return name;
};
export const readFeeds: Read<Record<string, FeedChoice>> = record(
  object({ fold: optional(oneOf(...FOLDS)), newest: optional(flag) }),
  MAX_CHOICES,
  hostName,
);
/** A platform of at most 64 characters, a blank, an id. */
export const shownEntry: Read<string> = text(MAX_ID + 65, 1);
const KEYS: { [K in keyof Omit<Stored, "imported">]: { read: Read<Stored[K]>; otherwise: () => Stored[K] } } =
  {
    paused: { read: list(host, 10_000), otherwise: () => [] },
    wireOff: { read: list(host, 10_000), otherwise: () => [] },
    feeds: { read: readFeeds, otherwise: () => ({}) },
    packs: { read: record(flag, 2 * MAX_IMPORTED, packId), otherwise: () => ({}) },
    rules: { read: text(MAX_RULES), otherwise: () => "" },
    shown: { read: list(shownEntry, MAX_SHOWN), otherwise: () => [] },
    keepRecent: { read: flag, otherwise: () => false },
    models: {
      read: record(
        object({
          off: optional(flag),
          strictness: optional(oneOf("certain", "likely", "possible")),
          card: optional(text(MAX_CARD)),
          taught: optional(
            object({
              belong: integer(0, MAX_EXAMPLES),
              others: integer(0, MAX_EXAMPLES),
              sha256: text(64, 64),
            }),
          ),
        }),
        MAX_MODELS,
        modelName,
      ),
      otherwise: () => ({}),
    },
    teaching: { read: text(40), otherwise: () => "" },
    asking: { read: integer(0, MAX_ASKING), otherwise: () => USUAL_ASKING },
    asked: {
      read: object({ day: text(10), posts: list(text(64), MAX_ASKING) }),
      otherwise: () => ({ day: "", posts: [] }),
    },
    limits: { read: text(MAX_LIMITS), otherwise: () => "" },
    generation: { read: integer(0, Number.MAX_SAFE_INTEGER), otherwise: () => 0 },
    token: { read: text(64, 8), otherwise: () => "" },
  };
const PACK = "pack.";
const DAMAGED = "damaged.";
const readPack: Read<StoredPack> = object(PACK_SHAPE);

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
  // Without a prototype: a pack may be called `constructor`.
  const imported: Record<string, StoredPack> = Object.create(null);
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
    wireOff: take("wireOff", KEYS.wireOff.read, KEYS.wireOff.otherwise),
    feeds: take("feeds", KEYS.feeds.read, KEYS.feeds.otherwise),
    packs: take("packs", KEYS.packs.read, KEYS.packs.otherwise),
    rules: take("rules", KEYS.rules.read, KEYS.rules.otherwise),
    shown: take("shown", KEYS.shown.read, KEYS.shown.otherwise),
    keepRecent: take("keepRecent", KEYS.keepRecent.read, KEYS.keepRecent.otherwise),
    models: take("models", KEYS.models.read, KEYS.models.otherwise),
    teaching: take("teaching", KEYS.teaching.read, KEYS.teaching.otherwise),
    asking: take("asking", KEYS.asking.read, KEYS.asking.otherwise),
    asked: take("asked", KEYS.asked.read, KEYS.asked.otherwise),
    limits: take("limits", KEYS.limits.read, KEYS.limits.otherwise),
    generation: take("generation", KEYS.generation.read, KEYS.generation.otherwise),
    token: take("token", KEYS.token.read, KEYS.token.otherwise),
    imported,
  };
  return { stored, damage };
}

/** What a content script needs. Damage is left to the background, which reads the same keys. */
export async function readForPage(): Promise<
  Pick<Stored, "paused" | "shown" | "token" | "wireOff" | "feeds">
> {
  return parseStored(await api.storage.local.get(["paused", "shown", "token", "wireOff", "feeds"])).stored;
}

/** The key under which a post is remembered in `shown`. */
export const shownKey = (platform: string, id: string): string => `${platform} ${id}`;

/** Several keys that are to change together. */
export interface Change extends Partial<Omit<Stored, "imported">> {
  /** Imported packs to add or replace. */
  imported?: Record<string, StoredPack>;
}

const READ_ONLY = "Nothing was changed: the settings on this machine cannot be read.";

/**
 * The background's hold on the store. One write at a time, each atomic; nothing is written that could not be read back.
 */
export class Store {
  private last: Promise<unknown> = Promise.resolve();
  /** Damaged values that still lie under their own key: nothing may be written there before they are safe elsewhere. */
  private readonly unsafe = new Map<string, Damage>();
  /** Names of the copies set aside, oldest first. */
  private readonly kept: string[] = [];

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
    const { version } = raw;
    if (typeof version === "number" && Number.isFinite(version) && version > LAYOUT) {
      const { stored } = parseStored({});
      const message =
        "Your settings were written by a newer Diffract. They are left as they are; update the extension to use them.";
      return new Store(stored, [message], true);
    }
    const { stored, damage } = parseStored(raw);
    if (version !== undefined && version !== LAYOUT)
      damage.push({ key: "version", value: version, message: `version is not ${LAYOUT}` });
    const kept = Object.keys(raw).filter((key) => key.startsWith(DAMAGED));
    const store = new Store(stored, kept.map(keptWords), false);
    store.kept.push(...kept.sort((a, b) => timeOf(a) - timeOf(b)));
    for (const one of damage) store.unsafe.set(one.key, one);
    for (const one of damage) await store.queue(() => store.tellAndSetAside(one));
    if (version !== LAYOUT) await store.queue(() => store.put({ version: LAYOUT })).catch(() => {});
    if (stored.token === "") await store.set("token", crypto.randomUUID()).catch(() => {});
    return store;
  }

  /** Stores one key; what is in memory changes once it is written. */
  set<K extends keyof typeof KEYS>(key: K, value: Stored[K]): Promise<void> {
    return this.update(key, () => value);
  }

  /** Stores what `change` makes of the latest value. */
  update<K extends keyof typeof KEYS>(key: K, change: (value: Stored[K]) => Stored[K]): Promise<void> {
    return this.queue(async () => {
      const value = KEYS[key].read(change(this.stored[key]), key);
      await this.put({ [key]: value });
      (this.stored as Record<K, Stored[K]>)[key] = value;
    });
  }

  /** Stores all of `change` or nothing. */
  setAll({ imported = {}, ...keys }: Change): Promise<void> {
    return this.queue(async () => {
      const values = Object.entries(keys).map(([key, value]) => [
        key,
        KEYS[key as keyof typeof KEYS].read(value, key),
      ]);
      const packs = Object.entries(imported).map(([id, pack]) => [
        packId(id, "the pack's name"),
        readPack(pack, id),
      ]);
      await this.put(Object.fromEntries([...values, ...packs.map(([id, pack]) => [`${PACK}${id}`, pack])]));
      Object.assign(this.stored, Object.fromEntries(values));
      for (const [id, pack] of packs) this.stored.imported[id as string] = pack as StoredPack;
    });
  }

  /** Removes imported packs, and whether they were on. */
  removePacks(ids: readonly string[]): Promise<void> {
    return this.queue(async () => {
      if (this.readOnly) throw new Error(READ_ONLY);
      if (ids.length === 0) return;
      await api.storage.local.remove(ids.map((id) => PACK + id));
      for (const id of ids) delete this.stored.imported[id];
      const packs = Object.fromEntries(Object.entries(this.stored.packs).filter(([id]) => !ids.includes(id)));
      await this.put({ packs });
      this.stored.packs = packs;
    });
  }

  /** Sets aside a value that was read, but made no sense to whoever it is for: `message` says why. */
  refuse<K extends keyof typeof KEYS>(key: K, message: string): Promise<void> {
    return this.queue(async () => {
      const damage = { key, value: this.stored[key], message };
      this.unsafe.set(key, damage);
      this.stored[key] = KEYS[key].otherwise();
      await this.tellAndSetAside(damage);
    });
  }

  private queue<T>(job: () => Promise<T>): Promise<T> {
    const next = this.last.then(job);
    this.last = next.catch(() => {});
    return next;
  }

  /** Writes all of it or nothing, and over nothing that is damaged and not safe elsewhere. */
  private async put(values: Record<string, unknown>): Promise<void> {
    if (this.readOnly) throw new Error(READ_ONLY);
    for (const key of Object.keys(values)) {
      const damage = this.unsafe.get(key);
      if (damage === undefined) continue;
      try {
        await this.setAside(damage);
      } catch (error) {
        throw new Error(
          `Nothing was changed: what is stored as "${key}" is damaged and could not be set aside (${wordsOf(error)}).`,
        );
      }
    }
    await stores(values);
  }

  private async tellAndSetAside(damage: Damage): Promise<void> {
    try {
      await this.setAside(damage);
      this.troubles.push(
        `${damageWords(damage)} It was set aside, not deleted; the rest works on without it.`,
      );
    } catch (error) {
      this.troubles.push(
        `${damageWords(damage)} It is left where it is and nothing is written over it (${wordsOf(error)}); the rest works on without it.`,
      );
    }
  }

  /** Copies a damaged value, then takes it away: a crash between the two leaves it twice, never lost. */
  private async setAside(damage: Damage): Promise<void> {
    if (this.readOnly) throw new Error(READ_ONLY);
    const name = `${DAMAGED}${damage.key}.${Date.now()}`;
    await api.storage.local.set({ [name]: damage.value });
    await api.storage.local.remove(damage.key);
    this.unsafe.delete(damage.key);
    this.kept.push(name);
    const over = this.kept.splice(0, Math.max(0, this.kept.length - MAX_DAMAGED));
    if (over.length > 0) await api.storage.local.remove(over).catch(() => {});
  }
}

async function stores(values: Record<string, unknown>): Promise<void> {
  try {
    await api.storage.local.set(values);
  } catch (error) {
    throw new Error(`The browser did not store it (${wordsOf(error)}). Nothing was changed.`);
  }
}

/** When a copy was set aside, in milliseconds since 1970. */
const timeOf = (name: string): number => Number(name.slice(name.lastIndexOf(".") + 1)) || 0;

function damageWords({ key, message }: Damage): string {
  const what = key.startsWith(PACK) ? `The pack "${key.slice(PACK.length)}"` : `The setting "${key}"`;
  return `${what} was damaged (${message}).`;
}

function keptWords(name: string): string {
  const key = name.slice(DAMAGED.length, name.lastIndexOf("."));
  return `A damaged copy of "${key}" is kept aside in storage as "${name}".`;
}
