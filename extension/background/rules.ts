/**
 * The rules in force: the engine with the packs that are on. Comes up from the snapshot where there is one, else from the
 * sources. Everything that asks waits for the last change to be in force.
 */
import { wordsOf } from "../shared/api.ts";
import { contextNow } from "../shared/context.ts";
import type { BackgroundState } from "../shared/messages.ts";
import { without } from "./assemble.ts";
import type { ModelForRules } from "./catalogue.ts";
import { type Context, Engine, engineVersion, loadEngine, type Source } from "./engine.ts";
import type { Answers } from "./scoring.ts";
import { dropSnapshots, loadSnapshot, saveSnapshot, snapshotKey } from "./snapshots.ts";

/** The models that rules may ask. */
export interface RuleModels {
  /** Names of the reader's own, which the language does not know. */
  names(): string[];
  forRules(): Record<string, ModelForRules>;
  /** Names of the lists that `like @list` asks after. */
  setLists(names: ReadonlySet<string>): void;
}

/** Whether a rule file may say `order by`; a false alarm costs a question that changes nothing. */
const ORDERS = /^[^#\n]*\border\s+by\b/m;

/** Engines replaced after a panic, in one life of the background. */
const MAX_REPLACEMENTS = 10;

/** Troubles remembered. */
const MAX_TROUBLES = 50;
/** Most characters of one. */
const MAX_TROUBLE = 1000;

/** Where the counts of `limit` outlive the background. */
export interface LimitMemory {
  load(): Promise<string>;
  save(memory: string): Promise<void>;
  /** What was loaded makes no sense: it is not to be written over. */
  refuse(message: string): Promise<void>;
}

/** Milliseconds after a batch until what limits remember is stored. */
const SAVE_AFTER = 1000;

export class Rules {
  private engine: Promise<Engine>;
  private current: Engine | null = null;
  /** How the engine came up last. */
  start: BackgroundState["start"] = { from: "sources", milliseconds: 0 };
  readonly troubles: string[] = [];
  /** Some rule in force may say `order by`. */
  orders = false;
  /** Some rule in force asks a model, or for a language. */
  asksModels = false;
  /** The lists that `like @list` asks after, with their items. */
  likedLists: ReadonlyMap<string, readonly string[]> = new Map();
  /** Grows whenever other rules come into force, and before they do. */
  epoch = 0;

  private memoryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly sources: () => Promise<Source[]>,
    private readonly memory: LimitMemory,
    /** Names the engine's very build: a snapshot of another build is another snapshot. */
    private readonly build: string,
    private readonly models: RuleModels = { names: () => [], forRules: () => ({}), setLists: () => {} },
  ) {
    this.engine = this.come();
    this.engine.catch(() => {});
  }

  trouble(said: string): void {
    const words = said.length > MAX_TROUBLE ? `${said.slice(0, MAX_TROUBLE)}…` : said;
    if (this.troubles.includes(words)) return;
    this.troubles.push(words);
    if (this.troubles.length > MAX_TROUBLES) this.troubles.shift();
  }

  /**
   * Decides a batch: JSON in, JSON out. `scores`: what models have said; without them no model is asked. Rejects with words
   * for the reader.
   */
  async decide(posts: string, visit: string, scores?: Record<string, Answers>): Promise<string> {
    const engine = await this.ready();
    try {
      const more: Partial<Context> =
        scores && this.asksModels ? { no_models: false, models: this.models.forRules(), scores } : {};
      const verdicts = engine.decide(posts, contextNow({ visit, ...more }));
      this.memoryTimer ??= setTimeout(() => void this.saveMemory(), SAVE_AFTER);
      return verdicts;
    } catch (error) {
      this.replaceIfBroken(engine, error);
      throw error;
    }
  }

  /** In which order the posts are to stand: indices. */
  async order(posts: string, verdicts: string, visit: string): Promise<number[]> {
    const engine = await this.ready();
    try {
      return [...engine.order(posts, verdicts, contextNow({ visit }))];
    } catch (error) {
      this.replaceIfBroken(engine, error);
      throw error;
    }
  }

  private replacements = 0;
  /**
   * A panic leaves the engine borrowed for good: every batch after it would fail. Another takes its place; the broken one
   * cannot be freed, so this is not done for ever.
   */
  private replaceIfBroken(engine: Engine, error: unknown): void {
    if (!(error instanceof WebAssembly.RuntimeError) || engine !== this.current) return;
    if (++this.replacements > MAX_REPLACEMENTS) return;
    this.current = null;
    this.engine = this.come();
    this.engine.catch(() => {});
  }

  private remembered = "";
  private async saveMemory(): Promise<void> {
    this.memoryTimer = undefined;
    try {
      const memory = this.current?.memory() ?? "";
      // Without a `limit` in force nothing is counted, and nothing is written.
      if (memory === this.remembered || memory === "") return;
      this.remembered = memory;
      await this.memory.save(memory);
    } catch (error) {
      this.trouble(`What your limits have counted could not be kept (${wordsOf(error)}).`);
    }
  }

  /** What limits have counted, in the engine's own words. */
  async counted(): Promise<string> {
    return (await this.ready()).memory();
  }

  /** Rules in force, by pack. */
  async counts(): Promise<Map<string, number>> {
    const engine = await this.ready();
    return new Map(engine.packs().map(({ id, rules }) => [id, rules]));
  }

  /** The rules in force as a snapshot, the fields of posts that they ask for, and of which {@link epoch} they are. */
  async snapshot(): Promise<{ snapshot: Uint8Array; fields: string[]; epoch: number }> {
    const { engine, epoch } = await this.inForce();
    return { snapshot: engine.snapshot(), fields: this.fieldsOf(engine), epoch };
  }

  /** The fields of posts that the rules in force ask for, and of which {@link epoch} they are. */
  async fields(): Promise<{ fields: string[]; epoch: number }> {
    const { engine, epoch } = await this.inForce();
    return { fields: this.fieldsOf(engine), epoch };
  }

  private asked: { engine: Engine; fields: string[] } | undefined;
  private fieldsOf(engine: Engine): string[] {
    if (this.asked?.engine !== engine) this.asked = { engine, fields: engine.fields() };
    return this.asked.fields;
  }

  private async inForce(): Promise<{ engine: Engine; epoch: number }> {
    for (;;) {
      const { epoch } = this;
      const engine = await this.ready();
      if (epoch === this.epoch) return { engine, epoch };
    }
  }

  /** Takes the sources anew. Resolves when they are in force. */
  async reload(): Promise<void> {
    this.epoch++;
    this.engine = this.engine.catch(() => {}).then(() => this.come());
    await this.engine;
  }

  private async ready(): Promise<Engine> {
    const tried = this.engine;
    try {
      return await tried;
    } catch {
      // One more try, for all who wait: what failed may have been passing (storage that was locked, memory).
      if (this.engine === tried) this.engine = this.come();
      return this.engine;
    }
  }

  private async come(): Promise<Engine> {
    const started = performance.now();
    const [sources] = await Promise.all([this.sources(), loadEngine()]);
    this.orders = sources.some(({ source }) => ORDERS.test(source));
    const names = this.models.names();
    const text = JSON.stringify([sources, names]);
    const key = await snapshotKey(`${engineVersion()} ${this.build}`, text);
    const restored = await this.restore(key);
    const { made: engine, left } = restored
      ? { made: restored, left: [] }
      : without(sources, (all) => new Engine(all, names));
    for (const { source, error } of left)
      this.trouble(`The pack "${source.id}" could not be compiled and is left out (${wordsOf(error)}).`);
    await this.remember(engine);
    try {
      this.current?.free();
    } catch {
      // It broke in the midst of something; it goes with the background.
    }
    this.current = engine;
    this.asksModels = engine.asks_models();
    this.likedLists = new Map(Object.entries(JSON.parse(engine.liked_lists()) as Record<string, string[]>));
    this.models.setLists(new Set(this.likedLists.keys()));
    this.start = {
      from: restored ? "snapshot" : "sources",
      milliseconds: Math.round((performance.now() - started) * 10) / 10,
    };
    // A pack that was left out is tried again next time.
    if (!restored && left.length === 0) void this.keep(key, engine);
    return engine;
  }

  /** Hands the counts of limits to a new engine. */
  private async remember(engine: Engine): Promise<void> {
    let memory = "";
    try {
      memory = this.current?.memory() ?? (await this.memory.load());
      if (memory !== "") engine.restore_memory(memory);
    } catch (error) {
      this.trouble(wordsOf(error));
      // Not to be written over by counts that begin anew.
      if (memory !== "" && this.current === null) await this.memory.refuse(wordsOf(error));
    }
    try {
      this.remembered = engine.memory();
    } catch (error) {
      this.trouble(wordsOf(error));
    }
  }

  private async restore(key: string): Promise<Engine | null> {
    let bytes: Uint8Array | null;
    try {
      bytes = await loadSnapshot(key);
    } catch (error) {
      this.trouble(
        `The snapshot of your rules could not be read (${wordsOf(error)}); they were compiled anew.`,
      );
      return null;
    }
    if (bytes === null) return null;
    try {
      return Engine.restore(bytes);
    } catch (error) {
      this.trouble(
        `The snapshot of your rules was damaged (${wordsOf(error)}); it was dropped and the rules compiled anew.`,
      );
      await dropSnapshots().catch(() => {});
      return null;
    }
  }

  private async keep(key: string, engine: Engine): Promise<void> {
    try {
      await saveSnapshot(key, engine.snapshot());
    } catch (error) {
      this.trouble(
        `The snapshot of your rules could not be kept (${wordsOf(error)}); the next start takes a little longer.`,
      );
    }
  }
}
