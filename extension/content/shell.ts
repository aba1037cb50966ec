/**
 * The shell of one page: finds posts, asks the engine, carries out verdicts. A post keeps its verdict by identity,
 * never by element: an element that the page gives to another post is covered again in the same microtask.
 */
import { MAX_ORDERED } from "../shared/guards.ts";
import type { PageReport } from "../shared/messages.ts";
import type { Post, Verdict } from "../shared/post.ts";
import { shownKey } from "../shared/storage.ts";
import { Arranger, type Line, lineOf } from "./arrange.ts";
import { BARE, Dressed, dressOf } from "./dress.ts";
import { contentHash, type Known, KnownPosts } from "./known.ts";
import { Link } from "./link.ts";
import type { Marks } from "./marks.ts";
import type { PageReader } from "./page-reader.ts";
import type { PageSheet, Root } from "./sheet.ts";
import { type Changes, Watch } from "./watch.ts";

/** Most posts sent at once; more go in further batches of the same frame. */
const MAX_ASKED = 200;
/** Batches whose time is remembered. */
const MAX_LATENCIES = 500;
/** Troubles remembered. */
const MAX_TROUBLES = 50;
/** Milliseconds after which an item that has text but is no post is let through. */
const NO_POST = 1500;
/** Longest that a post waits for a model, in milliseconds, whatever a rule says. */
const MAX_WAIT = 10_000;

/** Milliseconds without further verdicts until posts are put in order. */
const ORDER_AFTER = 60;
/** Above so many items, those that left the page are forgotten. */
const MANY_SLOTS = 300;

/** One item on the page. */
interface Slot {
  readonly item: Element;
  boxes: Element[];
  readonly dressed: Dressed;
  /** What tells at little cost that the item holds another post; `null` while it is empty. */
  identity: string | null;
  /** The post it holds now; `null` while that is not known. */
  id: string | null;
  hash: string;
  /** Whether it shows what the post's verdict says, or is let through. */
  decided: boolean;
  /** The reader opened the folded post. */
  open: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

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
  private readonly slots = new Map<Element, Slot>();
  /** Items and their boxes, to find the slot that a change belongs to. */
  private readonly owners = new WeakMap<Node, Slot>();
  private readonly queue = new Set<Slot>();
  private readonly batches = new Map<number, Batch>();
  private readonly watch: Watch;
  private link: Link;
  private running = false;
  private orphaned = false;
  private late: boolean;
  private settled = false;
  private sentThisFrame = false;
  private frameAsked = false;
  /** The whole page is to be searched at the next frame. */
  private searchAll = false;
  private address = location.href;
  private readonly latencies: number[] = [];
  private readonly troubles: string[] = [];
  private badgeTimer: ReturnType<typeof setTimeout> | undefined;
  private badge = "";
  private healthState = "";
  /** Which post carries the message of a limit. */
  private readonly ends = new Map<string, string>();
  private readonly unsure = new Map<string, number>();
  private readonly arranger: Arranger;
  private arrangeTimer: ReturnType<typeof setTimeout> | undefined;
  /** The line whose order was asked for last. */
  private arranging: { seq: number; line: Line } | null = null;
  private obstacle = "";

  constructor(private readonly options: ShellOptions) {
    this.late = options.late;
    this.link = this.newLink();
    this.arranger = new Arranger(options.marks);
    this.watch = new Watch(
      options.reader,
      options.marks.own,
      (root) => options.sheet.ensure(root),
      (changes) => this.onChanges(changes),
    );
  }

  /** Begins: covers, watches, asks. Until {@link go} nothing is sent. */
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
    document.removeEventListener("DOMContentLoaded", this.onEvent);
    removeEventListener("popstate", this.onEvent);
    removeEventListener("hashchange", this.onEvent);
    removeEventListener("pageshow", this.onEvent);
    clearTimeout(this.badgeTimer);
    clearTimeout(this.arrangeTimer);
    this.arranger.undo();
    for (const slot of this.slots.values()) this.drop(slot);
    this.slots.clear();
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
    if (!this.running || this.orphaned) return;
    this.known.age();
    this.ends.clear();
    this.unsure.clear();
    for (const slot of this.slots.values()) this.queue.add(slot);
    this.schedule();
  }

  /** Show a post whatever the rules say, or obey them again. */
  show(id: string, shown: boolean): void {
    if (shown) this.known.shown.add(id);
    else this.known.shown.delete(id);
    this.redress(id);
    this.link.tell({ type: "shown", platform: this.options.reader.platform, id, shown });
    this.sayBadge();
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
    if (this.troubles.at(-1) === words) return;
    this.troubles.push(words);
    if (this.troubles.length > MAX_TROUBLES) this.troubles.shift();
    this.sayBadge();
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
      troubles: this.obstacle === "" ? [...this.troubles] : [...this.troubles, this.obstacle],
      latencies: [...this.latencies],
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
        if (slot === undefined) fresh.add(this.take(item));
        else if (place instanceof Element) fresh.add(slot);
      }
      this.ownersOf(place, fresh);
    }
    for (const node of touched) this.ownersOf(node, fresh);
    if (location.href !== this.address) {
      // Another place of a single-page site: the surface may have changed under every post.
      this.address = location.href;
      reader.reset();
      for (const slot of this.slots.values()) fresh.add(slot);
      this.searchAll = true;
    }
    if (reader.wholeOnly) this.searchAll = true;
    let uncovered = false;
    for (const slot of fresh) {
      this.recognise(slot);
      this.queue.add(slot);
      uncovered ||= slot.decided;
    }
    // What is painted already and was changed is read before it is painted again; the rest is covered, and can wait.
    if (uncovered) this.flush();
    else if (this.queue.size > 0) this.schedule();
    else if (this.searchAll) this.askFrame();
  }

  /** Adds the slots that `node` lies in, through shadow roots. */
  private ownersOf(node: Node, into: Set<Slot>): void {
    for (let at: Node | null = node; at; at = at instanceof ShadowRoot ? at.host : at.parentNode) {
      const slot = this.owners.get(at);
      if (slot && this.slots.has(slot.item)) into.add(slot);
    }
  }

  private take(item: Element): Slot {
    const slot: Slot = {
      item,
      boxes: this.options.reader.boxes(item),
      dressed: new Dressed(this.options.marks),
      identity: null,
      id: null,
      hash: "",
      decided: false,
      open: false,
      timer: undefined,
    };
    this.slots.set(item, slot);
    this.own(slot);
    if (this.late) this.letThrough(slot);
    else if (this.isMarked(slot)) slot.dressed.veil(item, slot.boxes);
    return slot;
  }

  /** Takes hold of the item's boxes. A box that another item lies in as well is shared, and belongs to the first. */
  private own(slot: Slot): void {
    slot.boxes = slot.boxes.filter((box) => {
      const other = this.owners.get(box);
      if (other === undefined || other === slot || !this.slots.has(other.item)) return true;
      if (other.item.isConnected && box.contains(other.item) && box !== slot.item) return false;
      this.forget(other);
      return true;
    });
    if (slot.boxes.length === 0) slot.boxes = [slot.item];
    for (const node of [slot.item, ...slot.boxes]) this.owners.set(node, slot);
  }

  private isMarked(slot: Slot): boolean {
    return [slot.item, ...slot.boxes].some((box) => box.hasAttribute(this.options.marks.name));
  }

  /** The slot is no more; its boxes may belong to another already. */
  private forget(slot: Slot): void {
    clearTimeout(slot.timer);
    slot.dressed.undress();
    this.slots.delete(slot.item);
    this.queue.delete(slot);
  }

  /** Forgets the slot and leaves no mark. */
  private drop(slot: Slot): void {
    this.forget(slot);
    for (const node of [slot.item, ...slot.boxes]) {
      if (this.owners.get(node) === slot) node.removeAttribute(this.options.marks.name);
    }
  }

  /** Sees at little cost whether the item holds another post now, and if so covers it or dresses it as known. */
  private recognise(slot: Slot): void {
    const identity = this.options.reader.identify(slot.item);
    if (identity === slot.identity) return;
    const first = slot.identity === null;
    slot.identity = identity;
    if (identity === null) return;
    // Where the platform shows no identifier, any edit changes the identity: only a reading can tell.
    const id = this.known.idOf(identity) ?? (first ? identity : (this.readSafely(slot)?.id ?? null));
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
      this.letThrough(slot);
      return;
    }
    // A first sight is covered by the style sheet already, unless it was let through as empty.
    if (!this.late && (!first || this.isMarked(slot))) slot.dressed.veil(slot.item, slot.boxes);
  }

  // --- asking ----------------------------------------------------------------------------------------------------

  /** At most one reading a frame: at once when this frame had none, else at the next frame's start. */
  private schedule(): void {
    if (!this.sentThisFrame) {
      this.flush();
      return;
    }
    this.askFrame();
  }

  private askFrame(): void {
    if (this.frameAsked) return;
    this.frameAsked = true;
    const next = () => {
      this.frameAsked = false;
      this.sentThisFrame = false;
      if (!this.running) return;
      if (this.searchAll) {
        this.searchAll = false;
        const { reader } = this.options;
        for (const item of [document, ...this.watch.all().slice(1)].flatMap((root) => reader.items(root))) {
          if (!this.slots.has(item)) this.queue.add(this.take(item));
        }
      }
      if (this.queue.size > 0) this.flush();
    };
    // No frames are drawn in a hidden tab.
    if (document.hidden) setTimeout(next, 50);
    else requestAnimationFrame(next);
  }

  private flush(): void {
    this.sentThisFrame = true;
    this.askFrame();
    if (this.slots.size > MANY_SLOTS) {
      for (const slot of this.slots.values()) if (!slot.item.isConnected) this.drop(slot);
    }
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
    for (const slot of this.queue) {
      // The parser may still be inside: half a post would be judged for what it is not.
      if (loading && unfinished(slot.boxes.at(-1) ?? slot.item)) continue;
      this.queue.delete(slot);
      if (!slot.item.isConnected) {
        this.drop(slot);
        continue;
      }
      due.push(slot);
    }
    const covers = due.flatMap((slot) => slot.dressed.expose(slot.boxes) ?? []);
    // All reading before any further writing: one layout for all.
    for (const slot of due) readings.push([slot, this.readSafely(slot)]);
    for (const cover of covers) cover();
    for (const [slot, post] of readings) {
      const boxes = reader.boxes(slot.item);
      if (boxes.length !== slot.boxes.length || boxes.some((box, i) => box !== slot.boxes[i])) {
        slot.boxes = boxes;
        this.own(slot);
      }
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
        this.letThrough(slot);
        continue;
      }
      // An edit may have made it a post to hide: covered until the engine has seen it.
      if ((other || known.edited) && slot.decided && !this.late) {
        slot.decided = false;
        slot.dressed.veil(slot.item, slot.boxes);
      }
      // One question at a time about one content, however many elements hold it.
      if (known.asked === hash) continue;
      known.asked = hash;
      asked.push(post);
      hashes.set(post.id, hash);
      if (asked.length >= MAX_ASKED) send();
    }
    send();
    if (readings.length > 0) this.late = false;
    this.sayHealth();
  }

  private readSafely(slot: Slot): Post | null {
    try {
      return this.options.reader.read(slot.item);
    } catch (error) {
      this.trouble(`A post could not be read: ${error instanceof Error ? error.message : String(error)}.`);
      return null;
    }
  }

  /** Not a post, or not yet. What has no words needs no cover; the rest is let through after a while. */
  private noPost(slot: Slot): void {
    if (slot.id === null && slot.decided) return;
    slot.id = null;
    if ((slot.item.textContent ?? "").trim() === "") {
      this.letThrough(slot);
      return;
    }
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => {
      if (slot.id === null) this.letThrough(slot);
    }, NO_POST);
  }

  private send(started: number, posts: Post[], hashes: Map<string, string>): void {
    const seq = this.link.ask(posts);
    this.batches.set(seq, { started, ids: posts.map((post) => post.id), hashes });
    // An answer that never comes must not be remembered for ever.
    if (this.batches.size > 1000) this.batches.delete(this.batches.keys().next().value ?? seq);
  }

  private newLink(): Link {
    return new Link(this.options.host, {
      verdicts: (seq, verdicts, orders) => {
        this.onVerdicts(seq, verdicts);
        this.planOrder(orders);
      },
      order: (seq, order) => this.onOrder(seq, order),
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
    this.batches.clear();
    for (const slot of this.slots.values()) if (!slot.decided) this.letThrough(slot);
    this.settle();
  }

  /** Lets the posts of a batch show for want of an answer; returns how many were covered. */
  private openBatch(seq: number): number {
    const batch = this.batches.get(seq);
    if (batch === undefined) return 0;
    let open = 0;
    for (const slot of this.slotsOf(batch)) {
      if (slot.decided) continue;
      this.letThrough(slot);
      open++;
    }
    this.settle();
    return open;
  }

  /** The items that hold the batch's posts now. */
  private slotsOf(batch: Batch): Slot[] {
    return [...this.slots.values()].filter((slot) => slot.id !== null && batch.hashes.has(slot.id));
  }

  /** The batch is answered or given up: its posts may be asked about again. */
  private close(batch: Batch): void {
    for (const [id, hash] of batch.hashes) {
      const known = this.known.get(id);
      if (known?.asked === hash) known.asked = null;
    }
  }

  private letThrough(slot: Slot): void {
    slot.decided = true;
    slot.dressed.put(slot.item, slot.boxes, BARE, false, () => {});
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
    const slots = this.slotsOf(batch);
    for (const slot of slots) {
      const known = slot.id === null ? undefined : this.known.get(slot.id);
      if (known?.verdict && !known.stale && slot.hash === known.hash) this.dress(slot, known);
    }
    this.latencies.push(Math.round((performance.now() - batch.started) * 100) / 100);
    if (this.latencies.length > MAX_LATENCIES) this.latencies.shift();
    if (verdicts.length < batch.ids.length) {
      for (const slot of slots) if (!slot.decided) this.letThrough(slot);
      this.trouble(
        `The engine answered ${verdicts.length} of ${batch.ids.length} posts; the others are shown.`,
      );
    }
    this.settle();
    this.sayBadge();
  }

  /** Starts the clock of a verdict that waits for a model. */
  private pend(verdict: Verdict): void {
    if (!verdict.unsure || verdict.unsure.show === "show") return;
    const wait = Math.min(verdict.unsure.deadline * 1000, MAX_WAIT);
    this.unsure.set(verdict.id, performance.now() + wait);
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
    for (const slot of this.slots.values()) if (slot.id === id) this.dress(slot, known);
  }

  /** Puts the posts in order once no more verdicts come for a moment. */
  private planOrder(orders: boolean): void {
    clearTimeout(this.arrangeTimer);
    if (!orders) {
      this.arranger.undo();
      return;
    }
    this.arrangeTimer = setTimeout(() => this.askOrder(), ORDER_AFTER);
  }

  private askOrder(): void {
    if (!this.running || this.orphaned) return;
    const byBox = new Map<Element, Known>();
    for (const slot of this.slots.values()) {
      const known = slot.id === null ? undefined : this.known.get(slot.id);
      const [box] = slot.boxes;
      // What belongs to several elements cannot be moved as one.
      if (known?.verdict && box && slot.boxes.length === 1 && slot.item.isConnected) byBox.set(box, known);
    }
    const line = lineOf([...byBox.keys()]);
    if (typeof line === "string") {
      this.obstacle =
        line === "apart" ? "" : "This site places its posts itself: they cannot be put in another order.";
      return;
    }
    this.obstacle = "";
    line.boxes.length = Math.min(line.boxes.length, MAX_ORDERED);
    const judged = line.boxes.flatMap((box) => byBox.get(box) ?? []);
    const verdicts = judged.flatMap(({ verdict }) => verdict ?? []);
    this.arranging = {
      seq: this.link.askOrder(
        judged.map(({ post }) => post),
        verdicts,
      ),
      line,
    };
  }

  private onOrder(seq: number, order: number[]): void {
    if (this.arranging?.seq !== seq || !this.running) return;
    const { line } = this.arranging;
    this.arranging = null;
    if (order.length !== line.boxes.length || new Set(order).size !== order.length) return;
    if (line.boxes.some((box) => box.parentElement !== line.parent)) return;
    this.arranger.arrange(line, order);
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.options.settled();
  }

  // --- saying ----------------------------------------------------------------------------------------------------

  private sayBadge(): void {
    if (this.badgeTimer !== undefined || this.orphaned || !this.running) return;
    this.badgeTimer = setTimeout(() => {
      this.badgeTimer = undefined;
      const touched = this.known.touched();
      const trouble = this.troubles.length > 0;
      if (this.badge === `${touched} ${trouble}`) return;
      this.badge = `${touched} ${trouble}`;
      this.link.tell({ type: "badge", touched, trouble });
    }, 200);
  }

  private sayHealth(): void {
    if (this.orphaned || document.readyState === "loading") return;
    const { adapter, state } = this.options.reader.health();
    if (state === this.healthState) return;
    this.healthState = state;
    this.link.tell({ type: "health", adapter, host: this.options.host, state });
  }
}

/** Whether the parser may still add to `node`: nothing follows it, nor anything around it. */
function unfinished(node: Node): boolean {
  for (let at: Node | null = node; at && at !== document.body; at = at.parentNode)
    if (at.nextSibling) return false;
  return true;
}
