/**
 * The posts of this visit, to be read as one feed and to try rules out on: the newest of all pages, private windows aside. They lie in memory; a
 * background that is suspended finds them again in `storage.session`, which is memory too and goes with the browser. Only
 * when the reader says so do they outlive it, in a database of their own, until the reader deletes them.
 */
import { api, wordsOf } from "../shared/api.ts";
import { MAX_GATHERED, MAX_ID, MAX_POST_TEXT, MAX_RECENT, MAX_RECENT_TEXT } from "../shared/guards.ts";
import type { PostSource } from "../shared/messages.ts";
import { integer, list, Misfit, number, object, optional, text } from "../shared/shape.ts";
import { withStore } from "./database.ts";

const PLACE = { database: "diffract-posts", store: "posts" };
/** Key of the posts, here and there. */
const KEY = "recent";
/** Under this lies what could not be read, until the reader deletes the posts. */
const SET_ASIDE = "unreadable";
/** The form in which they are stored. */
const FORM = 1;
/** Milliseconds until batches are taken apart: nothing of this is in the way of a verdict. */
const TAKE_AFTER = 500;
/** Milliseconds from then until they are stored. */
const STORE_AFTER = 3000;
/** Most tokens of picked posts that wait to be claimed. */
const MAX_TOKENS = 16;
/** Most characters of batches that wait to be taken apart. */
const MAX_WAITING = 2 * MAX_RECENT_TEXT;

const readStored = object({
  form: integer(1, 1e6),
  posts: list(text(MAX_POST_TEXT, 2), MAX_GATHERED),
  /** Of each post; absent: it was stored before the reader was there. */
  sources: optional(list(object({ visit: text(64), seen: number(0, 1e12) }), MAX_GATHERED)),
});
const readIdentity = object({ id: text(MAX_ID, 1) });

/** Under which name a post is found again. */
function keyOf(post: unknown): string | null {
  try {
    const { id } = readIdentity(post, "a post");
    const { platform } = post as { platform?: unknown };
    return `${typeof platform === "string" ? platform.slice(0, 64) : ""} ${id}`;
  } catch {
    return null;
  }
}

/** A post as it is kept. */
interface Kept {
  json: string;
  /** Where it was seen, lower case; empty: not known. */
  host: string;
  visit: string;
  /** Seconds since 1970. */
  seen: number;
}

/** A batch that waits to be taken apart. */
interface Batch {
  posts: string;
  visit: string;
  seen: number;
}

const seconds = (milliseconds = Date.now()): number => Math.round(milliseconds / 1000);

export class Recent {
  /** By key, newest last. */
  private readonly posts = new Map<string, Kept>();
  private size = 0;
  /** Keys of posts that lie in memory only. */
  private readonly unstored = new Set<string>();
  private waiting: Batch[] = [];
  private waitingSize = 0;
  private loaded: Promise<void> | undefined;
  /** Grows whenever the posts are deleted: what was being loaded then is not taken any more. */
  private epoch = 0;
  /** When they were deleted last, in milliseconds since 1970. */
  private forgotten = 0;
  /** Keys of picked posts by token. */
  private readonly picked = new Map<string, string>();
  private takeTimer: ReturnType<typeof setTimeout> | undefined;
  private storeTimer: ReturnType<typeof setTimeout> | undefined;
  /** One write at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly kept: () => Promise<boolean>,
    private readonly trouble: (words: string) => void,
    /** There are other posts than there were. */
    private readonly changed: () => void = () => {},
  ) {}

  /**
   * Takes a batch that was decided, a JSON array; `visit` names the opening of the page. `when` it was decided, in
   * milliseconds since 1970: what a page tells of late may be among the posts that were deleted since. Costs nothing now.
   */
  take(posts: string, visit = "", when = Date.now()): void {
    const now = Date.now();
    // A clock that was set back since tells nothing.
    if (when < this.forgotten && this.forgotten <= now) return;
    this.waiting.push({ posts, visit, seen: seconds(Math.min(when, now)) });
    this.waitingSize += posts.length;
    while (this.waitingSize > MAX_WAITING && this.waiting.length > 1)
      this.waitingSize -= this.waiting.shift()?.posts.length ?? 0;
    this.takeTimer ??= setTimeout(() => void this.settle(), TAKE_AFTER);
  }

  /**
   * Takes one post, and gives a token for {@link claim}: the token stands in an address, which browsers remember, and says
   * nothing of the post. One of a private window is never stored.
   */
  async pick(post: string, isPrivate: boolean): Promise<string> {
    await this.settle();
    const key = this.put(JSON.parse(post), "", seconds());
    if (key === null) throw new Error("it has no id");
    if (isPrivate) this.unstored.add(key);
    this.storeSoon();
    const token = crypto.randomUUID();
    this.picked.set(token, key);
    for (const oldest of this.picked.keys()) {
      if (this.picked.size <= MAX_TOKENS) break;
      this.picked.delete(oldest);
    }
    return token;
  }

  /** Under which name a post that was picked is found among {@link all}: `platform id`. A token is good for once. */
  claim(token: string): string | null {
    const key = this.picked.get(token) ?? null;
    this.picked.delete(token);
    return key;
  }

  /** The newest {@link MAX_RECENT} as a JSON array, newest last. */
  async latest(): Promise<string> {
    await this.settle();
    return `[${[...this.posts.values()]
      .slice(-MAX_RECENT)
      .map(({ json }) => json)
      .join(",")}]`;
  }

  /** Those of private windows, as JSON: nothing of them may be kept anywhere. */
  async unkept(): Promise<string[]> {
    await this.settle();
    return [...this.unstored].flatMap((key) => this.posts.get(key)?.json ?? []);
  }

  /**
   * All of them and where each is from, as JSON arrays, newest last, but for those of private windows and of `paused` hosts.
   * `shown` are keys of posts that the reader asked to see.
   */
  async gathered(
    paused: readonly string[],
    shown: readonly string[],
  ): Promise<{ posts: string; sources: string }> {
    await this.settle();
    const left = new Set(paused);
    const wanted = new Set(shown);
    const kept = [...this.posts].filter(([key, { host }]) => !left.has(host) && !this.unstored.has(key));
    const sources = kept.map(
      ([key, { visit, seen }]): PostSource => ({ visit, seen, shown: wanted.has(key) }),
    );
    return { posts: `[${kept.map(([, { json }]) => json).join(",")}]`, sources: JSON.stringify(sources) };
  }

  /** Keeps them from now on, or deletes what was kept. */
  async keep(on: boolean): Promise<void> {
    await this.settle();
    await this.queue(() =>
      on ? this.storeKept() : withStore(PLACE, "readwrite", (store, done) => done(store.clear())),
    );
  }

  /** Deletes all of them, wherever they are. */
  async forget(): Promise<void> {
    clearTimeout(this.takeTimer);
    clearTimeout(this.storeTimer);
    this.takeTimer = undefined;
    this.storeTimer = undefined;
    this.waiting = [];
    this.waitingSize = 0;
    // What is still to be loaded, or being loaded, would come back.
    this.epoch += 1;
    this.forgotten = Date.now();
    this.loaded = Promise.resolve();
    this.picked.clear();
    this.posts.clear();
    this.unstored.clear();
    this.size = 0;
    this.changed();
    await this.queue(async () => {
      try {
        await api.storage.session?.remove(KEY);
      } finally {
        await withStore(PLACE, "readwrite", (store, done) => done(store.clear()));
      }
    });
  }

  /** Takes the waiting batches apart. */
  private async settle(): Promise<void> {
    clearTimeout(this.takeTimer);
    this.takeTimer = undefined;
    this.loaded ??= this.load();
    await this.loaded;
    const batches = this.waiting;
    this.waiting = [];
    this.waitingSize = 0;
    if (batches.length === 0) return;
    for (const { posts: batch, visit, seen } of batches) {
      try {
        const posts: unknown = JSON.parse(batch);
        if (Array.isArray(posts)) for (const post of posts) this.put(post, visit, seen);
      } catch {
        // It was refused by the engine as well, and said there.
      }
    }
    this.storeSoon();
    this.changed();
  }

  private put(post: unknown, visit: string, seen: number): string | null {
    const key = keyOf(post);
    if (key === null) return null;
    const json = JSON.stringify(post);
    if (json.length > MAX_POST_TEXT) return null;
    const { host, time, age } = post as { host?: unknown; time?: unknown; age?: unknown };
    // An age counts from when it was read: told again word for word, it was not read again. What has neither stands by when it was
    // seen, and that was the first time.
    const before = this.posts.get(key);
    const isDated = typeof time === "number" || typeof age === "number";
    const since = before !== undefined && (!isDated || before.json === json) ? before.seen : seen;
    this.drop(key);
    this.posts.set(key, {
      json,
      host: typeof host === "string" ? host.toLowerCase() : "",
      visit: visit.slice(0, 64),
      seen: since,
    });
    this.size += json.length + 1;
    for (const oldest of this.posts.keys()) {
      if (this.posts.size <= MAX_GATHERED && this.size <= MAX_RECENT_TEXT) break;
      this.drop(oldest);
    }
    return key;
  }

  private drop(key: string): void {
    const known = this.posts.get(key);
    if (known === undefined) return;
    this.posts.delete(key);
    this.unstored.delete(key);
    this.size -= known.json.length + 1;
  }

  private async load(): Promise<void> {
    const { epoch } = this;
    try {
      const { [KEY]: stored } = (await api.storage.session?.get(KEY)) ?? {};
      if (epoch !== this.epoch || (stored !== undefined && this.read(stored))) return;
      if (!(await this.kept())) return;
      const kept: unknown = await withStore(PLACE, "readonly", (store, done) => done(store.get(KEY)));
      if (epoch !== this.epoch || kept === undefined || this.read(kept)) return;
      await withStore(PLACE, "readwrite", async (store, done) => {
        await done(store.put(kept, SET_ASIDE));
        await done(store.delete(KEY));
      });
      this.trouble(
        "The posts you keep were stored in a form that this version does not read. They are set aside; “Delete them” beside the rule editor deletes them too.",
      );
    } catch (error) {
      this.trouble(
        `The posts of earlier could not be read (${wordsOf(error)}); new ones are taken all the same.`,
      );
    }
  }

  private read(stored: unknown): boolean {
    try {
      const { form, posts, sources = [] } = readStored(stored, "the posts");
      if (form !== FORM) return false;
      for (const [index, post] of posts.entries()) {
        const { visit = "", seen = seconds() } = sources[index] ?? {};
        this.put(JSON.parse(post), visit, seen);
      }
      return true;
    } catch (error) {
      if (error instanceof Misfit || error instanceof SyntaxError) return false;
      throw error;
    }
  }

  private storeSoon(): void {
    this.storeTimer ??= setTimeout(() => {
      this.storeTimer = undefined;
      void this.queue(async () => {
        try {
          await api.storage.session?.set({ [KEY]: this.stored() });
        } finally {
          if (await this.kept()) await this.storeKept();
        }
      }).catch((error: unknown) =>
        this.trouble(
          `The posts of this visit could not be stored (${wordsOf(error)}); they are kept in memory.`,
        ),
      );
    }, STORE_AFTER);
  }

  private stored(): { form: number; posts: string[]; sources: { visit: string; seen: number }[] } {
    const kept = [...this.posts].filter(([key]) => !this.unstored.has(key)).map(([, post]) => post);
    return {
      form: FORM,
      posts: kept.map(({ json }) => json),
      sources: kept.map(({ visit, seen }) => ({ visit, seen })),
    };
  }

  private storeKept(): Promise<unknown> {
    return withStore(PLACE, "readwrite", (store, done) => done(store.put(this.stored(), KEY)));
  }

  private queue<T>(job: () => Promise<T>): Promise<T> {
    const next = this.last.then(job);
    this.last = next.catch(() => {});
    return next;
  }
}
