/**
 * The shell of one page: finds posts, asks the engine, carries out verdicts. A post keeps its verdict by identity,
 * never by element: an element that the page gives to another post is covered again in the same microtask.
 */
import type { PageReport } from "../shared/messages.ts";
import type { Verdict } from "../shared/post.ts";
import { shownKey } from "../shared/storage.ts";
import { Asking } from "./asking.ts";
import { Carrying } from "./carrying.ts";
import { Completing } from "./completing.ts";
import { Decided } from "./decided.ts";
import { takesAway } from "./dress.ts";
import { Finding } from "./finding.ts";
import { Unhurried } from "./idle.ts";
import { type Known, KnownPosts, verdictOf } from "./known.ts";
import { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import { Motion } from "./motion.ts";
import { Near } from "./near.ts";
import { Ordering } from "./ordering.ts";
import { Pace } from "./pace.ts";
import type { PageReader } from "./page-reader.ts";
import { Picking } from "./picking.ts";
import { picturesOf } from "./pictures.ts";
import { Practice } from "./practice.ts";
import { Reading } from "./reading.ts";
import { RuleChanges, type Way } from "./rule-changes.ts";
import type { PageSheet, Root } from "./sheet.ts";
import { type Slot, Slots, takeTurn } from "./slots.ts";
import { Telling } from "./telling.ts";
import { Waiting } from "./waiting.ts";
import { additions, type Changes, Watch } from "./watch.ts";
import { postJson, wellFormed } from "./wire.ts";

/** Decided posts with which the near engine is tried. */
const SAMPLES = 32;
const NOWHERE: ReadonlyMap<string, number> = new Map();

/** Milliseconds after a change of rules until the page's posts are asked about again. */
const ASK_AGAIN_AFTER = 20;
/** Milliseconds between two rounds of upkeep. */
const UPKEEP = 250;
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
  /** Posts that the page never saw. */
  taken: () => number;
}

export class Shell {
  readonly known = new KnownPosts();
  private readonly slots: Slots;
  private readonly watch: Watch;
  private readonly finding: Finding;
  private readonly carrying: Carrying;
  private readonly link: Link;
  private readonly asking: Asking;
  private readonly near: Near;
  private readonly practice: Practice;
  private readonly completing: Completing;
  private readonly reading: Reading;
  private readonly decided: Decided;
  private readonly pace: Pace;
  private readonly ordering: Ordering;
  private readonly telling: Telling;
  private running = false;
  private orphaned = false;
  private late: boolean;
  private settled = false;
  /** Some rule says `order by`. */
  private orders = false;
  private upkeep: ReturnType<typeof setInterval> | undefined;
  private picking: Picking | undefined;
  private askingAgain: ReturnType<typeof setTimeout> | undefined;
  private readonly waiting: Waiting;
  private readonly motion: Motion;
  private readonly unhurried = new Unhurried(() => this.motion.lasts);
  private readonly ruleChanges = new RuleChanges();

  constructor(private readonly options: ShellOptions) {
    const { reader, marks, sheet, host } = options;
    this.late = options.late;
    this.slots = new Slots(reader, marks);
    this.carrying = new Carrying(this.known, this.slots, (known) => this.waiting.holds(known));
    this.finding = new Finding({
      reader,
      slots: this.slots,
      roots: () => this.watch.all(),
      late: () => this.late,
    });
    this.completing = new Completing(this.slots, reader, (known) => this.decided.noteAgain(known));
    this.reading = new Reading({
      reader,
      slots: this.slots,
      known: this.known,
      carrying: this.carrying,
      completing: this.completing,
      fields: () => this.near.fields,
      late: () => this.late,
      orphaned: () => this.orphaned,
      ask: (contents, started) => this.asking.ask(contents, started),
      trouble: (words) => this.trouble(words),
    });
    this.link = this.newLink();
    this.waiting = new Waiting(this.slots, {
      over: (known) => this.redress(known.post.id),
      onScreen: (posts) => this.link.tell({ type: "looked-at", posts }),
    });
    this.motion = new Motion(
      document,
      () => this.waiting.any,
      () => this.link.tell({ type: "moving" }),
    );
    this.pace = new Pace(
      () => this.readAll(this.reading.queue),
      () => this.onFrame(),
    );
    this.asking = new Asking(
      (posts) => this.link.ask(posts),
      {
        judge: (known, verdict) => {
          this.known.judge(known, verdict);
          this.waiting.judged(known, verdict);
        },
        answered: (seq, contents, verdicts) => this.waiting.answered(seq, contents, verdicts),
        judged: (contents) => this.onJudged(contents),
        complete: (contents) => this.completing.finish(contents),
        open: (contents) => this.open(contents),
        took: (milliseconds) => this.telling.took(milliseconds),
        trouble: (words) => this.trouble(words),
      },
      (posts, contents) => this.decideHere(posts, contents),
    );
    this.near = new Near({
      tell: (message) => this.link.tell(message),
      samples: () => this.known.latest(SAMPLES, NOWHERE).map(({ post }) => postJson(post)),
      ready: () => this.practice.begin(),
      trouble: (words) => this.trouble(words),
    });
    this.practice = new Practice(this.slots, reader, this.near);
    this.decided = new Decided({
      complete: (contents) => this.completing.finish(contents),
      tell: (posts, when) => this.link.tellDecided(posts, when),
    });
    this.ordering = new Ordering(marks, this.slots, this.link);
    this.telling = new Telling(host, this.known, this.link, () => reader.health(), options.taken);
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
    this.motion.start();
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
    this.motion.stop();
    this.picking?.stop();
    this.near.stop();
    this.practice.stop();
    this.decided.stop();
    this.completing.stop();
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
    this.reading.queue.clear();
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

  /** Rules changed; `generation` is the change's number. */
  rulesChanged(generation: number, by: Way): void {
    if (this.ruleChanges.isNew(generation, by)) this.askAgain();
  }

  /** Every post is asked again; what shows now stays until the answer. */
  private askAgain(): void {
    this.near.drop();
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
    this.carrying.forget();
    this.waiting.clear();
    for (const slot of this.slots.all()) this.reading.queue.add(slot);
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
    this.completing.finish();
    this.picking = new Picking(this.options.marks, this.slots, (known) => {
      this.completing.finish([known]);
      this.link.tell({ type: "picked", post: postJson(known.post) });
    });
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

  /** Whether the page may go to its newest posts. */
  mayGo(): Promise<boolean> {
    return this.link.mayGo();
  }

  /** Posts were taken out that the page never saw. */
  tookElsewhere(): void {
    this.telling.sayBadge();
  }

  /**
   * Asks about what the rules in force have not seen, so that nobody is told what rules of before said: of a post that left the
   * page, nobody asks otherwise; and in a hidden tab what waits for a moment waits for seconds.
   */
  private catchUp(limit: number): void {
    if (!this.running || this.orphaned) return;
    if (document.hidden) {
      if (this.askingAgain !== undefined) {
        clearTimeout(this.askingAgain);
        this.askingAgain = undefined;
        this.askAll();
      }
      if (this.reading.queue.size > 0) this.readAll(this.reading.queue);
    }
    const here = new Set(this.slots.all().map(({ known }) => known));
    this.asking.ask(
      this.known.undecided(limit).filter((known) => !here.has(known)),
      performance.now(),
    );
  }

  report(limit: number, paused: boolean): Omit<PageReport, "feed"> {
    const { reader, host } = this.options;
    if (limit > 0) {
      this.catchUp(limit);
      this.completing.finish();
    }
    return {
      host,
      platform: reader.platform,
      surface: reader.surface(),
      paused,
      seen: this.known.seen,
      actions: this.known.counts(),
      posts: this.known.latest(limit, this.slots.places()),
      undecided: limit > 0 && this.running ? this.known.undecided(limit).length + this.reading.queue.size : 0,
      health: reader.health(),
      troubles: [
        ...this.telling.troubles,
        ...(this.ordering.obstacle === "" ? [] : [this.ordering.obstacle]),
      ],
      latencies: [...this.telling.latencies],
      engine: this.near.ready ? "near" : "background",
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

  private onChanges(changes: Changes): void {
    if (!this.running) return;
    const { added, touched, altered, marked } = changes;
    const now = performance.now();
    this.finding.remark(marked, now);
    if (added.size + touched.size + altered.size > 0) this.seeTo(changes, now);
    if (this.finding.waits) this.pace.askFrame();
  }

  private seeTo(changes: Changes, now: number): void {
    this.options.sheet.ensureAll();
    const uncovered = new Set<Slot>();
    const soon = this.pace.atOnce;
    for (const slot of this.finding.concernedBy(changes)) {
      // Where the page answers every change of ours at once, the rest waits for a task of its own.
      const atOnce = takeTurn(slot, now);
      // A new item is covered by the style sheet; if it is read in this very task, that alone tells what it is.
      if (soon && atOnce && slot.identity === null && !slot.decided && !this.late) {
        this.reading.queue.add(slot);
        continue;
      }
      // What shows is seen to all the same: the next frame would paint another post in its place.
      if (atOnce || (slot.decided && !slot.dressed.veiled)) this.recognise(slot, atOnce);
      if (atOnce && slot.decided) uncovered.add(slot);
      else this.reading.queue.add(slot);
    }
    // What is painted already and was changed is read before it is painted again; the rest is covered, and can wait.
    if (uncovered.size > 0) this.readAll(uncovered);
    if (this.reading.queue.size > 0) this.pace.now();
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
    const id =
      this.known.idOf(identity) ??
      (named ? identity : (this.reading.read(slot, this.near.fields)?.id ?? null));
    if (id !== null && id === slot.known?.post.id) return;
    const known = id === null ? undefined : this.known.get(id);
    this.slots.hold(slot, null);
    slot.open = false;
    if (dress && known && verdictOf(known)) {
      this.slots.hold(slot, known);
      this.carrying.dress(slot, known);
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
    for (const slot of this.finding.onFrame()) this.reading.queue.add(slot);
    if (this.reading.queue.size > 0) this.pace.ask();
  }

  private readAll(slots: Iterable<Slot>): void {
    if (this.reading.readAll(slots)) this.late = false;
    this.telling.sayHealth();
  }

  private decideHere(posts: string, contents: readonly Known[]): Verdict[] | null {
    const verdicts = this.near.decide(posts);
    if (verdicts === null) return null;
    this.decided.note(contents);
    this.practice.goOn();
    this.ordering.plan(this.near.orders);
    return verdicts;
  }

  private newLink(): Link {
    return new Link(this.options.host, {
      verdicts: (seq, verdicts, orders) => {
        if (!this.running) return;
        this.orders = orders;
        this.asking.answer(seq, verdicts);
        this.ordering.plan(orders);
        // There are posts here, and the background is awake.
        this.near.want();
      },
      later: (seq, at, verdicts) => this.unhurried.do(() => this.onLater(seq, at, verdicts)),
      pictures: (seq, at) => void this.sendPictures(seq, at),
      order: (seq, order) => this.ordering.answer(seq, order),
      late: (seq, milliseconds) => this.asking.late(seq, milliseconds),
      forgotten: (seq) => this.asking.forget(seq),
      failed: (seq, message, again) => this.asking.failed(seq, message, again),
      changed: (generation) => this.rulesChanged(generation, "port"),
      near: (message) => this.near.hear(message),
      orphaned: () => this.onOrphaned(),
      trouble: (words) => this.trouble(words),
    });
  }

  /** What is decided stays; new posts are no longer covered. A later instance takes over. */
  private onOrphaned(): void {
    this.orphaned = true;
    this.near.stop();
    this.decided.stop();
    this.completing.stop();
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
    // What is about to go can be read as it stands only now.
    this.completing.finish([...contents].filter(({ verdict }) => verdict !== null && takesAway(verdict)));
    this.carrying.dressAll(contents);
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
      const slot = known && this.slots.holding([known]).find(({ item }) => item.isConnected);
      const pictures = slot ? await picturesOf(slot.item) : [];
      // Meanwhile the element may have been given to another post.
      const same = slot?.known === known;
      this.link.tell({ type: "pictures", seq, at: place, pictures: same ? pictures : [] });
    }
  }

  private redress(id: string): void {
    if (this.running) this.carrying.redress(id);
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.options.settled();
  }
}
