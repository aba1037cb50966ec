/**
 * The near engine: decides posts in the task that read them, with no way through the browser (docs/decisions/near-engine.md).
 * It is a copy of the background's rules. Until it is here, while it is not to be had, and for good once it has failed on
 * this page, posts are decided by the background.
 */
import { wordsOf } from "../shared/api.ts";
import { contextNow } from "../shared/context.ts";
import { readVerdicts } from "../shared/guards.ts";
import type { EngineMessage, ShellMessage } from "../shared/messages.ts";
import { decideNear, NEAR_HANDLE, type NearInstance, type NearScript } from "../shared/near.ts";
import type { Verdict } from "../shared/post.ts";

/** Milliseconds after which an idle moment is not waited for any more. */
const IDLE = 2000;
/** Milliseconds that a batch may take; so many in a row that take longer, and the background decides instead. */
const SLOW = 60;
const MAX_SLOW = 3;
/** Idle moments in which it decides posts that are decided already, so that its code is compiled before it is needed. */
const REHEARSALS = 6;
/** Milliseconds until an engine that did not come is asked for again. */
const AGAIN = 30_000;
/** Milliseconds that a page is out of sight until its engine is given up, to come again with the page. */
const HIDDEN = 120_000;
const PAGE = 64 << 10;

export interface NearEvents {
  tell(message: ShellMessage): void;
  /** Posts that are decided already, each as JSON. */
  samples(): string[];
  /** It decides from now on. */
  ready(): void;
  trouble(words: string): void;
}

type Part = EngineMessage & { type: "near-part" };

/** An engine that is being put together, from its `near-begin` until it decides. */
interface Coming {
  /** `null`: it is still to be made. */
  engine: NearInstance | null;
  /** Parts that are still to be laid. */
  left: number;
  orders: boolean;
  fields: ReadonlySet<string>;
  /** Parts that came before it was made. */
  early: Part[];
}

export class Near {
  /** Some rule says `order by`. */
  orders = false;
  /** The fields of posts that its rules ask for; `null` while it does not decide. */
  fields: ReadonlySet<string> | null = null;
  private engine: NearInstance | null = null;
  private coming: Coming | null = null;
  private module: { build: string; module: WebAssembly.Module } | null = null;
  private wanted = false;
  /** When it may be asked for again, as `performance.now()`. */
  private againAt = 0;
  private failed = false;
  /** Grows whenever what was asked for is not wanted any more. */
  private turn = 0;
  private slow = 0;
  private hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: NearEvents) {
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  /** Whether it decides now. */
  get ready(): boolean {
    return this.engine !== null;
  }

  /** Asks for an engine when there is nothing else to do. A page that nobody looks at has none. */
  want(): void {
    if (this.failed || this.engine !== null) return;
    // A background that was stopped in the midst of it sends no more.
    if (this.wanted && performance.now() < this.againAt) return;
    this.ask();
  }

  /** Other rules hold now: what this one knows is past. */
  drop(): void {
    this.turn++;
    this.engine = null;
    this.fields = null;
    this.coming = null;
    this.wanted = false;
  }

  stop(): void {
    this.drop();
    this.failed = true;
    clearTimeout(this.hiding);
    document.removeEventListener("visibilitychange", this.onVisibility);
  }

  /** The verdicts on a JSON array of posts; `null`: the background is to be asked. */
  decide(posts: string): Verdict[] | null {
    if (this.engine === null) return null;
    const started = performance.now();
    let verdicts: Verdict[];
    try {
      verdicts = decideWith(this.engine, posts);
    } catch (error) {
      this.fail(`stopped (${wordsOf(error)})`);
      return null;
    }
    this.slow = performance.now() - started > SLOW ? this.slow + 1 : 0;
    if (this.slow >= MAX_SLOW) this.fail("was too slow");
    return verdicts;
  }

  /** Decides for practice: nobody hears of the verdicts, and how long they took says nothing. False: there is no engine. */
  practise(posts: string): boolean {
    const { engine } = this;
    if (engine === null) return false;
    this.attempt(() => void decideWith(engine, posts));
    return this.engine !== null;
  }

  /** Hears what the background sends it. What answers an earlier question is not wanted any more. */
  hear(message: EngineMessage): void {
    if (!this.wanted || !("seq" in message) || message.seq !== this.turn) return;
    switch (message.type) {
      case "near-begin":
        void this.begin(message);
        break;
      case "near-part":
        this.attempt(() => this.put(message));
        break;
      case "near-none":
        // Asked again only when the rules change, or the page comes back into sight.
        this.againAt = Number.POSITIVE_INFINITY;
        break;
    }
  }

  private ask(): void {
    if (this.failed) return;
    const turn = ++this.turn;
    this.wanted = true;
    this.coming = null;
    this.againAt = performance.now() + AGAIN;
    requestIdleCallback(
      () => {
        if (turn !== this.turn || document.hidden) return;
        this.events.tell({ type: "near", seq: turn, build: this.module?.build ?? scriptHere()?.build ?? "" });
      },
      { timeout: IDLE },
    );
  }

  private async begin(message: EngineMessage & { type: "near-begin" }): Promise<void> {
    if (this.engine !== null || this.coming !== null) return;
    const { build, size, parts: left, orders, fields, program } = message;
    const coming: Coming = { engine: null, left, orders, fields: new Set(fields), early: [] };
    this.coming = coming;
    try {
      const engine = await this.make(build, program);
      if (this.coming !== coming) return;
      engine.memory.grow(Math.max(0, Math.ceil((size - engine.memory.buffer.byteLength) / PAGE)));
      coming.engine = engine;
      for (const part of coming.early.splice(0)) this.put(part);
    } catch (error) {
      // Perhaps it is not wanted any more.
      if (this.coming === coming) this.fail(`did not come (${wordsOf(error)})`);
    }
  }

  private async make(build: string, program: ArrayBuffer | undefined): Promise<NearInstance> {
    const script = scriptHere();
    if (script?.build === build) return script.make();
    if (program !== undefined) this.module = { build, module: await WebAssembly.compile(program) };
    if (this.module?.build !== build) throw new Error("its program is not here");
    const { exports } = await WebAssembly.instantiate(this.module.module, {});
    return exports as unknown as NearInstance;
  }

  /** Lays a part of the engine's memory where it belongs; after the last one the engine is whole. */
  private put(part: Part): void {
    const { coming } = this;
    if (coming === null || coming.left <= 0) return;
    const { engine, early, left } = coming;
    if (engine === null) {
      if (early.length < left) early.push(part);
      return;
    }
    const { at, bytes } = part;
    new Uint8Array(engine.memory.buffer).set(typeof bytes === "string" ? unpack(bytes) : bytes, at);
    if (--coming.left === 0) this.rehearse(coming, engine, 0);
  }

  private rehearse(coming: Coming, engine: NearInstance, round: number): void {
    requestIdleCallback(
      () => {
        if (this.coming !== coming) return;
        const samples = this.events.samples();
        if (round < REHEARSALS && samples.length > 0) {
          // More posts each time: nobody is to wait long for any.
          const some = samples.slice(0, 1 << round);
          this.attempt(() => {
            decideWith(engine, `[${some.join(",")}]`);
            this.rehearse(coming, engine, round + 1);
          });
          return;
        }
        this.coming = null;
        this.orders = coming.orders;
        this.fields = coming.fields;
        this.engine = engine;
        this.events.ready();
      },
      { timeout: IDLE },
    );
  }

  private attempt(job: () => void): void {
    try {
      job();
    } catch (error) {
      this.fail(`failed (${wordsOf(error)})`);
    }
  }

  /** Not on this page again. */
  private fail(how: string): void {
    this.drop();
    this.failed = true;
    clearTimeout(this.hiding);
    this.events.trouble(
      `Posts are decided in the background, which takes longer: the engine on the page ${how}.`,
    );
  }

  private readonly onVisibility = (): void => {
    clearTimeout(this.hiding);
    if (!this.wanted) return;
    if (document.hidden) {
      this.hiding = setTimeout(() => {
        this.drop();
        this.wanted = true;
      }, HIDDEN);
    } else if (this.engine === null && this.coming === null) this.ask();
  };
}

function decideWith(engine: NearInstance, posts: string): Verdict[] {
  return readVerdicts(JSON.parse(decideNear(engine, contextNow(), posts)), "the verdicts");
}

/** The engine as the background's script left it in the world of content scripts, which no page can reach. */
function scriptHere(): NearScript | undefined {
  return (globalThis as unknown as Record<string, NearScript | undefined>)[NEAR_HANDLE];
}

function unpack(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
