/**
 * The shell of one page: finds posts, asks the engine, carries out verdicts. A post keeps its verdict by identity,
 * never by element: an element that the page gives to another post is covered again in the same microtask.
 */
import { wordsOf } from "../shared/api.ts";
import type { PageReport } from "../shared/messages.ts";
import type { Post, Verdict } from "../shared/post.ts";
import { shownKey } from "../shared/storage.ts";
import { dressOf } from "./dress.ts";
import { contentHash, type Known, KnownPosts } from "./known.ts";
import { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import { Ordering } from "./ordering.ts";
import { Pace } from "./pace.ts";
import type { PageReader } from "./page-reader.ts";
import type { PageSheet, Root } from "./sheet.ts";
import { type Slot, Slots, unfinished } from "./slots.ts";
import { Telling } from "./telling.ts";
import { type Changes, Watch } from "./watch.ts";

/** Most posts sent at once; more go in further batches of the same frame. */
const MAX_ASKED = 200;
/** Milliseconds after which an item that has text but is no post is let through. */
const NO_POST = 1500;
/** Longest that a post waits for a model, in milliseconds, whatever a rule says. */
const MAX_WAIT = 10_000;

/** Milliseconds after a change of rules until the page's posts are asked about again. */
const ASK_AGAIN_AFTER = 20;
/** Batches that may be under way. */
const MAX_BATCHES = 1000;

interface Batch {
  started: number;
  ids: string[];
  /** By id, the content that was asked about. */
  hashes: Map<string, string>;
}

export interface ShellOptions {
  reader: PageReader;
  marks: Marks;
  sheet: PageSheet;
  host: string;
  /** Posts that are on the page already were painted long ago: they are not covered while they are read. */
  late: boolean;
  /** The first verdicts were carried out, or given up on. */
  settled: () => void;
  /** The extension is gone; nothing more is to be covered. */
  orphaned: () => void;
}

export class Shell {
  readonly known = new KnownPosts();
  private readonly slots: Slots;
  /** Items that are to be read. */
  private readonly queue = new Set<Slot>();
  private readonly batches = new Map<number, Batch>();
  private readonly watch: Watch;
  private readonly link: Link;
  private readonly pace: Pace;
  private readonly ordering: Ordering;
  private readonly telling: Telling;
  private running = false;
  private orphaned = false;
  private late: boolean;
  private settled = false;
  /** The whole page is to be searched at the next frame. */
  private searchAll = false;
  private address = location.href;
  private askingAgain: ReturnType<typeof setTimeout> | undefined;
  /** Which post carries the message of a limit. */
  private readonly ends = new Map<string, string>();
  /** Posts whose verdict still waits for a model. */
  private readonly unsure = new Set<string>();

  constructor(private readonly options: ShellOptions) {
    const { reader, marks, sheet, host } = options;
    this.late = options.late;
    this.slots = new Slots(reader, marks);
    this.link = this.newLink();
    this.pace = new Pace(
      () => this.readAll(this.queue),
      () => this.onFrame(),
    );
    this.ordering = new Ordering(marks, this.slots, this.known, this.link);
    this.telling = new Telling(host, this.known, this.link, () => reader.health());
    this.watch = new Watch(
      reader,
      marks.own,
      (root) => sheet.ensure(root),
      (changes) => this.onChanges(changes),
    );
  }

  /** Begins: covers, watches, asks. */
  start(): void {
    this.running = true;
    this.watch.start();
    this.onChanges({ added: new Set(this.watch.all()), touched: new Set() });
    document.addEventListener("DOMContentLoaded", this.onEvent);
    addEventListener("popstate", this.onEvent);
    addEventListener("hashchange", this.onEvent);
    addEventListener("pageshow", this.onEvent);
  }

  /** Takes everything back: the page is as if Diffract were not there. What is known stays known. */
  stop(): void {
    this.running = false;
    this.watch.stop();
    this.link.close();
    this.pace.stop();
    this.telling.stop();
    this.ordering.undo();
    document.removeEventListener("DOMContentLoaded", this.onEvent);
    removeEventListener("popstate", this.onEvent);
    removeEventListener("hashchange", this.onEvent);
    removeEventListener("pageshow", this.onEvent);
    clearTimeout(this.askingAgain);
    for (const slot of this.slots.all()) this.slots.drop(slot);
    this.queue.clear();
    this.batches.clear();
    this.options.sheet.remove();
  }

  /** The document and the shadow roots that are watched. */
  roots(): Root[] {
    return this.watch.all();
  }

  /** Opens the port. Called once the page is known not to be paused. */
  warm(): void {
    this.link.warm();
  }

  /** Rules changed: every post is asked again; what shows now stays until the answer. */
  askAgain(): void {
    // A change is told over the port and through storage, whichever reaches the page.
    if (this.askingAgain !== undefined) return;
    this.askingAgain = setTimeout(() => {
      this.askingAgain = undefined;
      if (this.running && !this.orphaned) this.askAll();
    }, ASK_AGAIN_AFTER);
  }

  private askAll(): void {
    this.known.age();
    this.ends.clear();
    this.unsure.clear();
    for (const slot of this.slots.all()) this.queue.add(slot);
    this.pace.ask();
  }

  /** Show a post whatever the rules say, or obey them again. */
  show(id: string, shown: boolean): void {
    if (shown) this.known.shown.add(id);
    else this.known.shown.delete(id);
    this.redress(id);
    this.link.tell({ type: "shown", platform: this.options.reader.platform, id, shown });
    this.telling.sayBadge();
  }

  /** The reader's exceptions from storage, as `platform id`. */
  setShown(keys: readonly string[]): void {
    const prefix = shownKey(this.options.reader.platform, "");
    const now = new Set(keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)));
    const before = [...this.known.shown];
    this.known.shown.clear();
    for (const id of now) this.known.shown.add(id);
    for (const id of new Set([...before, ...now])) if (before.includes(id) !== now.has(id)) this.redress(id);
  }

  trouble(words: string): void {
    this.telling.trouble(words);
  }

  report(limit: number, paused: boolean): PageReport {
    const { reader, host } = this.options;
    return {
      host,
      platform: reader.platform,
      surface: reader.surface(),
      paused,
      seen: this.known.seen,
      actions: this.known.counts(),
      posts: this.known.latest(limit),
      health: reader.health(),
      troubles: [
        ...this.telling.troubles,
        ...(this.ordering.obstacle === "" ? [] : [this.ordering.obstacle]),
      ],
      latencies: [...this.telling.latencies],
    };
  }

  // --- finding ---------------------------------------------------------------------------------------------------

  private readonly onEvent = (event: Event): void => {
    // A page that comes back from the back-forward cache has lost its port; the next batch opens another.
    if (event.type === "pageshow" && (event as PageTransitionEvent).persisted) this.askAgain();
    this.watch.drain();
    this.onChanges({ added: new Set(this.watch.all()), touched: new Set() });
  };

  private onChanges({ added, touched }: Changes): void {
    if (!this.running) return;
    const { reader, sheet } = this.options;
    sheet.ensureAll();
    const fresh = new Set<Slot>();
    for (const place of added) {
      if (place instanceof Element && !place.isConnected) continue;
      for (const item of reader.items(place)) {
        const slot = this.slots.get(item);
        if (slot === undefined) fresh.add(this.slots.take(item, !this.late));
        else if (place instanceof Element) fresh.add(slot);
      }
      this.slots.around(place, fresh);
    }
    for (const node of touched) this.slots.around(node, fresh);
    if (location.href !== this.address) {
      // Another place of a single-page site: the surface may have changed under every post.
      this.address = location.href;
      reader.reset();
      for (const slot of this.slots.all()) fresh.add(slot);
      this.searchAll = true;
    }
    if (reader.wholeOnly) this.searchAll = true;
    const uncovered = new Set<Slot>();
    for (const slot of fresh) {
      this.recognise(slot);
      if (slot.decided) uncovered.add(slot);
      else this.queue.add(slot);
    }
    // What is painted already and was changed is read before it is painted again; the rest is covered, and can wait.
    if (uncovered.size > 0) this.readAll(uncovered);
    if (this.queue.size > 0) this.pace.ask();
    else if (this.searchAll) this.pace.askFrame();
  }

  /** Sees at little cost whether the item holds another post now, and if so covers it or dresses it as known. */
  private recognise(slot: Slot): void {
    const identity = this.options.reader.identify(slot.item);
    if (identity === slot.identity) return;
    const first = slot.identity === null;
    // Where the platform shows no identifier, any edit changes the identity: only a reading can tell.
    const named = first || slot.id === null || slot.id === slot.identity;
    slot.identity = identity;
    if (identity === null) return;
    const id = this.known.idOf(identity) ?? (named ? identity : (this.readSafely(slot)?.id ?? null));
    if (id !== null && id === slot.id) return;
    const known = id === null ? undefined : this.known.get(id);
    slot.id = null;
    slot.open = false;
    if (known?.verdict && !known.stale) {
      slot.id = id;
      slot.hash = known.hash;
      this.dress(slot, known);
      return;
    }
    slot.decided = false;
    if (this.orphaned) {
      this.slots.letThrough(slot);
      return;
    }
    // A first sight is covered by the style sheet already, unless it was let through as empty.
    if (!this.late && (!first || this.slots.isMarked(slot))) this.slots.cover(slot);
  }

  // --- asking ----------------------------------------------------------------------------------------------------

  private onFrame(): void {
    if (this.searchAll) {
      this.searchAll = false;
      for (const item of this.watch.all().flatMap((root) => this.options.reader.items(root))) {
        if (this.slots.get(item) === undefined) this.queue.add(this.slots.take(item, !this.late));
      }
    }
    if (this.queue.size > 0) this.pace.ask();
  }

  /** Reads what is due; asks about what is not known. What cannot be read yet goes into the queue. */
  private readAll(slots: Set<Slot>): void {
    this.slots.prune();
    const started = performance.now();
    const { reader } = this.options;
    const loading = document.readyState === "loading";
    const asked: Post[] = [];
    const hashes = new Map<string, string>();
    const send = () => {
      if (asked.length > 0) this.send(started, asked.splice(0), new Map(hashes));
      hashes.clear();
    };
    const readings: Array<[Slot, Post | null]> = [];
    const due: Slot[] = [];
    for (const slot of [...slots]) {
      // The parser may still be inside: half a post would be judged for what it is not.
      if (loading && unfinished(slot.boxes.at(-1) ?? slot.item)) {
        this.queue.add(slot);
        continue;
      }
      this.queue.delete(slot);
      if (this.slots.get(slot.item) !== slot) continue;
      if (!slot.item.isConnected) {
        this.slots.drop(slot);
        continue;
      }
      due.push(slot);
    }
    const covers = due.flatMap((slot) => slot.dressed.expose(slot.boxes) ?? []);
    // All reading before any further writing: one layout for all.
    for (const slot of due) readings.push([slot, this.readSafely(slot)]);
    for (const cover of covers) cover();
    for (const [slot, post] of readings) {
      this.slots.refresh(slot);
      if (post === null) {
        this.noPost(slot);
        continue;
      }
      clearTimeout(slot.timer);
      const hash = contentHash(post);
      const other = slot.id !== post.id;
      const known = this.known.learn(post, hash);
      if (other) slot.open = false;
      slot.id = post.id;
      slot.hash = hash;
      slot.identity ??= reader.identify(slot.item);
      if (slot.identity !== null) this.known.name(slot.identity, post.id);
      if (known.verdict && !known.stale) {
        this.dress(slot, known);
        continue;
      }
      if (this.orphaned) {
        this.slots.letThrough(slot);
        continue;
      }
      // An edit may have made it a post to hide: covered until the engine has seen it.
      if ((other || known.edited) && slot.decided && !this.late) this.slots.cover(slot);
      // One question at a time about one content, however many elements hold it.
      if (known.asked === hash) continue;
      known.asked = hash;
      asked.push(post);
      hashes.set(post.id, hash);
      if (asked.length >= MAX_ASKED) send();
    }
    send();
    if (readings.length > 0) this.late = false;
    this.telling.sayHealth();
  }

  private readSafely(slot: Slot): Post | null {
    try {
      return this.options.reader.read(slot.item);
    } catch (error) {
      this.trouble(`A post could not be read: ${wordsOf(error)}.`);
      return null;
    }
  }

  /** Not a post, or not yet. What has no words needs no cover; the rest is let through after a while. */
  private noPost(slot: Slot): void {
    if (slot.id === null && slot.decided) return;
    slot.id = null;
    if ((slot.item.textContent ?? "").trim() === "") {
      this.slots.letThrough(slot);
      return;
    }
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => {
      if (slot.id === null) this.slots.letThrough(slot);
    }, NO_POST);
  }

  private send(started: number, posts: Post[], hashes: Map<string, string>): void {
    const seq = this.link.ask(posts);
    this.batches.set(seq, { started, ids: posts.map((post) => post.id), hashes });
    // An answer that never comes must not be remembered for ever.
    if (this.batches.size > MAX_BATCHES) this.batches.delete(this.batches.keys().next().value ?? seq);
  }

  private newLink(): Link {
    return new Link(this.options.host, {
      verdicts: (seq, verdicts, orders) => {
        this.onVerdicts(seq, verdicts);
        if (this.running) this.ordering.plan(orders);
      },
      order: (seq, order) => this.ordering.answer(seq, order),
      late: (seq, milliseconds) => {
        const open = this.openBatch(seq);
        if (open > 0) {
          this.trouble(
            `The engine did not answer within ${milliseconds / 1000} s; ${open} posts are shown unfiltered.`,
          );
        }
      },
      failed: (seq, message) => {
        const open = this.openBatch(seq);
        const batch = this.batches.get(seq);
        if (batch) this.close(batch);
        this.batches.delete(seq);
        if (!this.orphaned) this.trouble(`${open} posts are shown unfiltered: ${message}`);
      },
      changed: () => this.askAgain(),
      orphaned: () => this.onOrphaned(),
      trouble: (words) => this.trouble(words),
    });
  }

  /** What is decided stays; new posts are no longer covered. A later instance takes over. */
  private onOrphaned(): void {
    this.orphaned = true;
    this.options.orphaned();
    this.telling.stop();
    this.batches.clear();
    for (const slot of this.slots.all()) if (!slot.decided) this.slots.letThrough(slot);
    this.settle();
  }

  /** Lets the posts of a batch show for want of an answer; returns how many were covered. */
  private openBatch(seq: number): number {
    const batch = this.batches.get(seq);
    if (batch === undefined) return 0;
    let open = 0;
    for (const slot of this.slots.holding(batch.hashes)) {
      if (slot.decided) continue;
      this.slots.letThrough(slot);
      open++;
    }
    this.settle();
    return open;
  }

  /** The batch is answered or given up: its posts may be asked about again. */
  private close(batch: Batch): void {
    for (const [id, hash] of batch.hashes) {
      const known = this.known.get(id);
      if (known?.asked === hash) known.asked = null;
    }
  }

  // --- carrying out ----------------------------------------------------------------------------------------------

  private onVerdicts(seq: number, verdicts: Verdict[]): void {
    const batch = this.batches.get(seq);
    this.batches.delete(seq);
    if (batch === undefined || !this.running) return;
    this.close(batch);
    for (const [index, verdict] of verdicts.entries()) {
      const id = batch.ids[index];
      const known = id === undefined ? undefined : this.known.get(id);
      // An edit in the meantime has its own batch on the way.
      if (known === undefined || verdict.id !== id || batch.hashes.get(id) !== known.hash) continue;
      this.known.judge(known, verdict);
      this.pend(verdict);
    }
    const slots = this.slots.holding(batch.hashes);
    for (const slot of slots) {
      const known = slot.id === null ? undefined : this.known.get(slot.id);
      if (known?.verdict && !known.stale && slot.hash === known.hash) this.dress(slot, known);
    }
    this.telling.took(performance.now() - batch.started);
    if (verdicts.length < batch.ids.length) {
      for (const slot of slots) if (!slot.decided) this.slots.letThrough(slot);
      this.trouble(
        `The engine answered ${verdicts.length} of ${batch.ids.length} posts; the others are shown.`,
      );
    }
    this.settle();
    this.telling.sayBadge();
  }

  /** Starts the clock of a verdict that waits for a model. */
  private pend(verdict: Verdict): void {
    if (!verdict.unsure || verdict.unsure.show === "show") return;
    const wait = Math.min(verdict.unsure.deadline * 1000, MAX_WAIT);
    this.unsure.add(verdict.id);
    setTimeout(() => {
      this.unsure.delete(verdict.id);
      this.redress(verdict.id);
    }, wait);
  }

  private dress(slot: Slot, known: Known): void {
    const { verdict } = known;
    if (verdict === null) return;
    if (verdict.action === "hide" && verdict.note !== undefined && !this.ends.has(verdict.note)) {
      this.ends.set(verdict.note, verdict.id);
    }
    const ends = verdict.note !== undefined && this.ends.get(verdict.note) === verdict.id;
    const dress = dressOf(verdict, this.known.shown.has(verdict.id), this.unsure.has(verdict.id), ends);
    slot.decided = true;
    slot.dressed.put(slot.item, slot.boxes, dress, slot.open, (open) => {
      slot.open = open;
      this.dress(slot, known);
    });
  }

  private redress(id: string): void {
    const known = this.known.get(id);
    if (!known?.verdict || !this.running) return;
    for (const slot of this.slots.holding(new Set([id]))) this.dress(slot, known);
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.options.settled();
  }
}
