/**
 * The shell of one page: finds posts, asks the engine, carries out verdicts. A post keeps its verdict by identity,
 * never by element: an element that the page gives to another post is covered again in the same microtask.
 */
import { wordsOf } from "../shared/api.ts";
import type { PageReport } from "../shared/messages.ts";
import type { Post, Verdict } from "../shared/post.ts";
import { shownKey } from "../shared/storage.ts";
import { Asking } from "./asking.ts";
import { type Dress, dressOf } from "./dress.ts";
import { type Known, KnownPosts, sameWords, verdictOf } from "./known.ts";
import { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import { Ordering } from "./ordering.ts";
import { Pace } from "./pace.ts";
import type { PageReader } from "./page-reader.ts";
import { Picking } from "./picking.ts";
import { picturesOf } from "./pictures.ts";
import type { PageSheet, Root } from "./sheet.ts";
import { type Slot, Slots, takeTurn, unfinished } from "./slots.ts";
import { Telling } from "./telling.ts";
import { Waiting } from "./waiting.ts";
import { additions, type Changes, Watch } from "./watch.ts";
import { foresee } from "./widgets.ts";
import { postJson, wellFormed } from "./wire.ts";

/** Milliseconds after which an item that has text but is no post is let through. */
const NO_POST = 1500;
/** Milliseconds after a change of rules until the page's posts are asked about again. */
const ASK_AGAIN_AFTER = 20;
/** Milliseconds between two rounds of upkeep. */
const UPKEEP = 250;
/** An attribute of an element around more items than this says nothing about each of them. */
const FEW = 3;
/** Above so many elements with changed attributes, the page is searched at the next frame instead. */
const MANY = 64;

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
  /** Elements whose mark is put back at the next frame. */
  private readonly unmarked = new Set<Element>();
  private readonly watch: Watch;
  private readonly link: Link;
  private readonly asking: Asking;
  private readonly pace: Pace;
  private readonly ordering: Ordering;
  private readonly telling: Telling;
  private running = false;
  private orphaned = false;
  private late: boolean;
  private settled = false;
  /** Some rule says `order by`. */
  private orders = false;
  /** The whole page is to be searched at the next frame. */
  private searchAll = false;
  private address = location.href;
  private upkeep: ReturnType<typeof setInterval> | undefined;
  private picking: Picking | undefined;
  private askingAgain: ReturnType<typeof setTimeout> | undefined;
  /** Which post carries the message of a limit. */
  private readonly ends = new Map<string, string>();
  private readonly waiting: Waiting;

  constructor(private readonly options: ShellOptions) {
    const { reader, marks, sheet, host } = options;
    this.late = options.late;
    this.slots = new Slots(reader, marks);
    this.link = this.newLink();
    this.waiting = new Waiting(this.slots, {
      over: (known) => this.redress(known.post.id),
      onScreen: (posts) => this.link.tell({ type: "looked-at", posts }),
    });
    this.pace = new Pace(
      () => this.readAll(this.queue),
      () => this.onFrame(),
    );
    this.asking = new Asking((posts) => this.link.ask(posts), {
      judge: (known, verdict) => {
        this.known.judge(known, verdict);
        this.waiting.judged(known, verdict);
      },
      answered: (seq, contents, verdicts) => this.waiting.answered(seq, contents, verdicts),
      judged: (contents) => this.onJudged(contents),
      open: (contents) => this.open(contents),
      took: (milliseconds) => this.telling.took(milliseconds),
      trouble: (words) => this.trouble(words),
    });
    this.ordering = new Ordering(marks, this.slots, this.link);
    this.telling = new Telling(host, this.known, this.link, () => reader.health());
    this.watch = new Watch(
      reader,
      marks,
      (root) => sheet.ensure(root),
      (changes) => this.onChanges(changes),
    );
  }

  /** Begins: covers, watches, asks. */
  start(): void {
    this.running = true;
    this.watch.start();
    this.onChanges(additions(new Set(this.watch.all())));
    document.addEventListener("DOMContentLoaded", this.onEvent);
    addEventListener("popstate", this.onEvent);
    addEventListener("hashchange", this.onEvent);
    addEventListener("pageshow", this.onEvent);
    this.upkeep = setInterval(() => this.keep(), UPKEEP);
  }

  /** Takes everything back: the page is as if Diffract were not there. What is known stays known. */
  stop(): void {
    this.running = false;
    this.watch.stop();
    this.picking?.stop();
    this.link.close();
    this.pace.stop();
    this.telling.stop();
    this.waiting.stop();
    this.ordering.undo();
    document.removeEventListener("DOMContentLoaded", this.onEvent);
    removeEventListener("popstate", this.onEvent);
    removeEventListener("hashchange", this.onEvent);
    removeEventListener("pageshow", this.onEvent);
    clearTimeout(this.askingAgain);
    clearInterval(this.upkeep);
    for (const slot of this.slots.all()) this.slots.drop(slot);
    this.queue.clear();
    this.asking.clear();
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
    // Answers under the old rules are not waited for.
    this.asking.clear();
    this.ends.clear();
    this.waiting.clear();
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

  /** Lets the reader pick a post, to make a rule of it. */
  pick(): void {
    this.picking?.stop();
    this.picking = new Picking(this.options.marks, this.slots, (post) =>
      this.link.tell({ type: "picked", post: postJson(post) }),
    );
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
      posts: this.known.latest(limit, this.slots.places()),
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
    this.onChanges(additions(new Set(this.watch.all())));
  };

  /** What no event tells of: sheets that the page took away, shadow roots attached late. */
  private keep(): void {
    if (!this.running || document.hidden) return;
    this.options.sheet.ensureAll();
    requestIdleCallback((deadline) => this.watch.keep(deadline), { timeout: UPKEEP });
  }

  private onChanges({ added, touched, altered, marked }: Changes): void {
    if (!this.running) return;
    const now = performance.now();
    for (const element of marked) this.remark(element, now);
    if (added.size + touched.size + altered.size === 0) return;
    const { reader, sheet } = this.options;
    sheet.ensureAll();
    const fresh = new Set<Slot>();
    for (const place of added) {
      if (place instanceof Element && !place.isConnected) continue;
      this.take(place, fresh, place instanceof Element);
      this.slots.around(place, fresh);
    }
    for (const node of touched) this.slots.around(node, fresh);
    for (const element of altered) this.onAltered(element, fresh, altered.size > MANY);
    if (location.href !== this.address) {
      // Another place of a single-page site: the surface may have changed under every post.
      this.address = location.href;
      reader.reset();
      // The adapter has to see the whole page before it reads any post of it.
      for (const root of this.watch.all()) this.take(root, fresh, false);
      for (const slot of this.slots.all()) fresh.add(slot);
    }
    if (reader.wholeOnly) this.searchAll = true;
    const uncovered = new Set<Slot>();
    for (const slot of fresh) {
      // Where the page answers every change of ours at once, the rest waits for a task of its own.
      const atOnce = takeTurn(slot, now);
      // What shows is seen to all the same: the next frame would paint another post in its place.
      if (atOnce || (slot.decided && !slot.dressed.veiled)) this.recognise(slot, atOnce);
      if (atOnce && slot.decided) uncovered.add(slot);
      else this.queue.add(slot);
    }
    // What is painted already and was changed is read before it is painted again; the rest is covered, and can wait.
    if (uncovered.size > 0) this.readAll(uncovered);
    if (this.queue.size > 0) this.pace.now();
    else if (this.searchAll) this.pace.askFrame();
  }

  /** Takes the items at or under `place`; those that are known already are to be looked at again where `all`. */
  private take(place: Element | Root, into: Set<Slot>, all: boolean): void {
    for (const item of this.options.reader.items(place)) {
      const slot = this.slots.get(item);
      if (slot === undefined) into.add(this.slots.take(item, !this.late));
      else if (all) into.add(slot);
    }
  }

  /** An attribute may make an item of an element, or another post of the item it lies in or around. */
  private onAltered(element: Element, into: Set<Slot>, many: boolean): void {
    if (!element.isConnected) return;
    this.slots.around(element, into);
    // A class of the whole page or feed says nothing about one post; but it may make items of other elements.
    if (many || this.slots.isCrowd(element, FEW)) this.searchAll = true;
    else this.take(element, into, true);
  }

  /** Puts back a mark that the page took away, as pages do that mend their own markup. */
  private remark(element: Element, now: number): void {
    const slot = this.slots.owner(element);
    if (slot === undefined || slot.dressed.holds(element)) return;
    if (takeTurn(slot, now)) slot.dressed.restore(element);
    else {
      this.unmarked.add(element);
      this.pace.askFrame();
    }
  }

  /** Sees at little cost whether the item holds another post now, and if so covers it or, where `dress`, dresses it as known. */
  private recognise(slot: Slot, dress: boolean): void {
    const identity = this.options.reader.identify(slot.item);
    if (identity === slot.identity) return;
    const first = slot.identity === null;
    // Where the platform shows no identifier, any edit changes the identity: only a reading can tell.
    const named = first || slot.known === null || slot.known.post.id === slot.identity;
    slot.identity = identity;
    if (identity === null) return;
    const id = this.known.idOf(identity) ?? (named ? identity : (this.readSafely(slot)?.id ?? null));
    if (id !== null && id === slot.known?.post.id) return;
    const known = id === null ? undefined : this.known.get(id);
    slot.known = null;
    slot.open = false;
    if (dress && known && verdictOf(known)) {
      slot.known = known;
      this.dress(slot, known);
      return;
    }
    slot.decided = false;
    if (this.orphaned) {
      this.slots.letThrough(slot);
      return;
    }
    // A first sight is covered by the style sheet already, unless it was let through as empty.
    if (!this.late && (!first || (this.slots.isMarked(slot) && !slot.dressed.veiled))) this.slots.cover(slot);
  }

  // --- asking ----------------------------------------------------------------------------------------------------

  private onFrame(): void {
    for (const element of this.unmarked) this.slots.owner(element)?.dressed.restore(element);
    this.unmarked.clear();
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
    const asked = new Set<Known>();
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
      const before = slot.known?.post;
      const other = before?.id !== post.id;
      const edited = before !== undefined && !sameWords(before, post);
      const known = this.known.learn(post);
      if (other) slot.open = false;
      slot.known = known;
      slot.identity ??= reader.identify(slot.item);
      if (slot.identity !== null) this.known.name(slot.identity, post.id);
      if (verdictOf(known)) {
        this.dress(slot, known);
        continue;
      }
      if (this.orphaned) {
        this.slots.letThrough(slot);
        continue;
      }
      // An edit may have made it a post to hide: covered until the engine has seen it.
      if ((other || edited) && slot.decided && !this.late) this.slots.cover(slot);
      // One question at a time about one content, however many elements hold it.
      asked.add(known);
    }
    this.asking.ask(asked, started);
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
    if (slot.known === null && slot.decided) return;
    slot.known = null;
    if ((slot.item.textContent ?? "").trim() === "") {
      this.slots.letThrough(slot);
      return;
    }
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => {
      if (slot.known === null) this.slots.letThrough(slot);
    }, NO_POST);
  }

  private newLink(): Link {
    return new Link(this.options.host, {
      verdicts: (seq, verdicts, orders) => {
        if (!this.running) return;
        this.orders = orders;
        this.asking.answer(seq, verdicts);
        this.ordering.plan(orders);
      },
      later: (seq, at, verdicts) => this.onLater(seq, at, verdicts),
      pictures: (seq, at) => void this.sendPictures(seq, at),
      order: (seq, order) => this.ordering.answer(seq, order),
      late: (seq, milliseconds) => this.asking.late(seq, milliseconds),
      forgotten: (seq) => this.asking.forget(seq),
      failed: (seq, message, again) => this.asking.failed(seq, message, again),
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
    this.asking.clear();
    for (const slot of this.slots.all()) if (!slot.decided) this.slots.letThrough(slot);
    this.settle();
  }

  // --- carrying out ----------------------------------------------------------------------------------------------

  /** Lets posts show for want of an answer; returns how many were covered. */
  private open(contents: ReadonlySet<Known>): number {
    let open = 0;
    for (const slot of this.slots.holding(contents)) {
      if (slot.decided) continue;
      this.slots.letThrough(slot);
      open++;
    }
    this.settle();
    return open;
  }

  private onJudged(contents: ReadonlySet<Known>): void {
    const due = this.slots.holding(contents).flatMap((slot) => {
      const dress = slot.known && verdictOf(slot.known) ? this.dressFor(slot.known) : null;
      return slot.known && dress ? [{ slot, known: slot.known, dress }] : [];
    });
    const sites = due.flatMap(({ slot, dress }) => slot.dressed.site(slot.boxes, dress) ?? []);
    foresee(sites, () => {
      for (const { slot, known, dress } of due) this.put(slot, known, dress);
    });
    this.settle();
    this.telling.sayBadge();
  }

  /** Models have answered: what was decided of these contents is decided anew, wherever they are now. */
  private onLater(seq: number, at: readonly number[], verdicts: readonly Verdict[]): void {
    if (!this.running) return;
    const judged = new Set<Known>();
    for (const [index, place] of at.entries()) {
      const known = this.waiting.content(seq, place);
      const verdict = verdicts[index];
      if (known === undefined || verdict?.id !== wellFormed(known.post.id)) continue;
      const own = verdict.id === known.post.id ? verdict : { ...verdict, id: known.post.id };
      this.known.judge(known, own);
      this.waiting.judged(known, own);
      judged.add(known);
    }
    if (judged.size === 0) return;
    this.onJudged(judged);
    this.ordering.plan(this.orders);
  }

  /** What a model is to see of posts; none where the page has no picture that can be read. */
  private async sendPictures(seq: number, at: readonly number[]): Promise<void> {
    for (const place of at) {
      const known = this.waiting.content(seq, place);
      const slot = known && this.slots.holding(new Set([known])).find(({ item }) => item.isConnected);
      const pictures = slot ? await picturesOf(slot.item) : [];
      // Meanwhile the element may have been given to another post.
      const same = slot?.known === known;
      this.link.tell({ type: "pictures", seq, at: place, pictures: same ? pictures : [] });
    }
  }

  private dress(slot: Slot, known: Known): void {
    const dress = this.dressFor(known);
    if (dress !== null) this.put(slot, known, dress);
  }

  private dressFor(known: Known): Dress | null {
    const { verdict } = known;
    if (verdict === null) return null;
    if (verdict.action === "hide" && verdict.note !== undefined && !this.ends.has(verdict.note)) {
      this.ends.set(verdict.note, verdict.id);
    }
    const ends = verdict.note !== undefined && this.ends.get(verdict.note) === verdict.id;
    return dressOf(verdict, this.known.shown.has(verdict.id), this.waiting.holds(known), ends);
  }

  private put(slot: Slot, known: Known, dress: Dress): void {
    slot.decided = true;
    slot.dressed.put(slot.item, slot.boxes, dress, slot.open, (open) => {
      slot.open = open;
      this.dress(slot, known);
    });
  }

  private redress(id: string): void {
    if (!this.running) return;
    for (const slot of this.slots.all()) {
      const { known } = slot;
      if (known?.post.id !== id) continue;
      // What is covered until the engine has seen it stays so, unless the reader wants it all the same.
      if (slot.decided || this.known.shown.has(id)) this.dress(slot, known);
    }
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.options.settled();
  }
}
