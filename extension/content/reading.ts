/** Reads items that are due, all in one go and before anything is written, and asks about what is not known. */
import { wordsOf } from "../shared/api.ts";
import type { Post } from "../shared/post.ts";
import type { Carrying } from "./carrying.ts";
import type { Completing } from "./completing.ts";
import { type Known, type KnownPosts, sameWords, verdictOf } from "./known.ts";
import type { PageReader } from "./page-reader.ts";
import { type Slot, type Slots, unfinished } from "./slots.ts";

/** Milliseconds after which an item that has text but is no post is let through. */
const NO_POST = 1500;

export interface ReadingOptions {
  reader: PageReader;
  slots: Slots;
  known: KnownPosts;
  carrying: Carrying;
  completing: Completing;
  /** The fields of a post that are enough to decide it; `null`: it is to be read as a whole. */
  fields: () => ReadonlySet<string> | null;
  /** Posts that are on the page were painted long ago: they are not covered while they are read. */
  late: () => boolean;
  /** The extension is gone: nobody decides. */
  orphaned: () => boolean;
  /** Asks about contents; their reading began at `started`, as `performance.now()`. */
  ask: (contents: Iterable<Known>, started: number) => void;
  trouble: (words: string) => void;
}

/** What was read of an item. */
interface Result {
  slot: Slot;
  post: Post | null;
  /** What tells this post from another, where the reading told it. */
  named: string | null;
  /** The fields that were read; `null`: all. */
  fields: ReadonlySet<string> | null;
}

export class Reading {
  /** Items that are to be read. */
  readonly queue = new Set<Slot>();

  constructor(private readonly options: ReadingOptions) {}

  /** Reads these items, and asks about what is not known; whether any was read. What cannot be read yet goes into the queue. */
  readAll(wanted: Iterable<Slot>): boolean {
    const { slots, ask } = this.options;
    slots.prune();
    const started = performance.now();
    const due = this.dueOf([...wanted]);
    const covers = due.flatMap((slot) => slot.dressed.expose(slot.boxes) ?? []);
    // All reading before any further writing: one layout for all.
    const results = due.map((slot) => this.result(slot));
    for (const cover of covers) cover();
    const asked = new Set<Known>();
    for (const result of results) {
      slots.refresh(result.slot);
      const known = this.take(result);
      // One question at a time about one content, however many elements hold it.
      if (known !== null) asked.add(known);
    }
    ask(asked, started);
    return results.length > 0;
  }

  /** What the item holds, by a reading of its own; `null`: no post, or none that could be read. */
  read(slot: Slot, fields: ReadonlySet<string> | null): Post | null {
    try {
      return this.options.reader.read(slot.item, fields ?? undefined);
    } catch (error) {
      this.options.trouble(`A post could not be read: ${wordsOf(error)}.`);
      return null;
    }
  }

  /** Those that can be read now. */
  private dueOf(wanted: readonly Slot[]): Slot[] {
    const { slots } = this.options;
    const loading = document.readyState === "loading";
    return wanted.filter((slot) => {
      // The parser may still be inside: half a post would be judged for what it is not.
      if (loading && unfinished(slot.boxes.at(-1) ?? slot.item)) {
        this.queue.add(slot);
        return false;
      }
      this.queue.delete(slot);
      if (slots.get(slot.item) !== slot) return false;
      if (slot.item.isConnected) return true;
      slots.drop(slot);
      return false;
    });
  }

  private result(slot: Slot): Result {
    const { reader } = this.options;
    const fields = this.options.fields();
    const post = this.read(slot, fields);
    return { slot, post, named: reader.named, fields: reader.whole ? null : fields };
  }

  /** Takes note of what an item holds; what the engine is to be asked about, if anything. */
  private take({ slot, post, named, fields }: Result): Known | null {
    const { reader, slots, carrying, completing } = this.options;
    if (post === null) {
      this.noPost(slot);
      return null;
    }
    // To ask the browser costs more than to look.
    if (slot.timer !== undefined) clearTimeout(slot.timer);
    slot.timer = undefined;
    const before = slot.known?.post;
    const other = before?.id !== post.id;
    const edited = before !== undefined && !sameWords(before, post, fields);
    const known = this.options.known.learn(post, fields);
    if (other) slot.open = false;
    slots.hold(slot, known);
    if (fields !== null) completing.add(slot);
    slot.identity ??= named ?? reader.identify(slot.item);
    if (slot.identity !== null) this.options.known.name(slot.identity, post.id);
    if (verdictOf(known)) {
      carrying.dress(slot, known);
      return null;
    }
    if (this.options.orphaned()) {
      slots.letThrough(slot);
      return null;
    }
    // An edit may have made it a post to hide: covered until the engine has seen it.
    if ((other || edited) && slot.decided && !this.options.late()) slots.cover(slot);
    return known;
  }

  /** Not a post, or not yet. What has no words needs no cover; the rest is let through after a while. */
  private noPost(slot: Slot): void {
    if (slot.known === null && slot.decided) return;
    const { slots } = this.options;
    slots.hold(slot, null);
    if (slot.item.textContent.trim() === "") {
      slots.letThrough(slot);
      return;
    }
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => {
      if (slot.known === null) slots.letThrough(slot);
    }, NO_POST);
  }
}
