/** The models there are: those that come with the extension and the reader's own; and what rules are told of them. */
import {
  alarmsOf,
  type Card,
  readModelCard,
  ruleName,
  type Strictness,
  thresholdOf,
} from "../shared/card.ts";
import type { ModelState } from "../shared/messages.ts";
import { Misfit } from "../shared/shape.ts";
import type { StoredModel } from "../shared/storage.ts";
import { isTaught, taughtCard } from "../shared/taught.ts";
import type { ModelPlace } from "../worker/calls.ts";

/** The names that the core knows these two by. */
export const LANGUAGE = "language";
export const ENCODER = "encoder";

/** How a cosine becomes a share where the card of a model that embeds does not say: 50 % at a cosine of 0.32. */
const NEARNESS = { slope: 22, offset: -7 };

/** What the engine is told of a model. Mirrors `Model` of `crate/core/src/matching/models.rs`. */
export interface ModelForRules {
  thresholds: Partial<Record<Strictness | "chosen", number>>;
  alarms: [number, number][];
  experimental: boolean;
}

/** A model that can be asked. */
export interface Installed {
  card: Card;
  place: ModelPlace;
  /** Why it is not asked, in words for the reader. */
  trouble: string | null;
}

export class Catalogue {
  /** By the name that rules use. */
  private readonly models = new Map<string, Installed>();
  /** Cards that do not read, in words. */
  readonly troubles: string[] = [];
  private settings: Readonly<Record<string, StoredModel>> = {};
  private view: Record<string, ModelForRules> | undefined;
  /** Lists of rules that `like @list` asks: by the name of the question. */
  private lists: ReadonlySet<string> = new Set();

  /** `cards`: of the models that come with the extension. */
  constructor(cards: readonly unknown[]) {
    for (const raw of cards) {
      try {
        const card = readModelCard(raw);
        this.models.set(ruleName(card.name), {
          card,
          place: { name: card.name, from: "shipped" },
          trouble: null,
        });
      } catch (error) {
        if (!(error instanceof Misfit)) throw error;
        this.troubles.push(
          `A model that came with Diffract has a card that cannot be read (${error.message}).`,
        );
      }
    }
  }

  /** Takes over what the reader chose and brought. What was wrong with a model is forgotten. */
  set(settings: Readonly<Record<string, StoredModel>>): void {
    this.settings = settings;
    this.view = undefined;
    for (const [name, { place }] of [...this.models]) if (place.from !== "shipped") this.models.delete(name);
    for (const model of this.models.values()) model.trouble = null;
    for (const [name, { card: raw, taught }] of Object.entries(settings)) {
      if (this.models.has(name)) continue;
      if (taught !== undefined)
        this.models.set(name, {
          card: taughtCard(name, taught, this.models.get(ENCODER)?.card.bytes ?? 0),
          place: { name, from: "taught" },
          trouble: null,
        });
      if (raw === undefined || taught !== undefined) continue;
      try {
        const card = readModelCard(JSON.parse(raw));
        this.models.set(name, { card, place: { name: card.name, from: "own" }, trouble: null });
      } catch (error) {
        this.troubles.push(
          `Your model "${name}" has a card that cannot be read (${String(error)}); remove it.`,
        );
      }
    }
  }

  /** The names that rules may use beside those that the language knows. */
  names(): string[] {
    return [...this.models].filter(([, { place }]) => place.from !== "shipped").map(([name]) => name);
  }

  /** The model of a name, if it is to be asked. */
  get(name: string): Installed | undefined {
    const model = this.models.get(name);
    const { off = false, taught } = this.settings[name] ?? {};
    const isReady = model?.place.from !== "taught" || (taught !== undefined && isTaught(taught));
    return model === undefined || model.trouble !== null || off || !isReady ? undefined : model;
  }

  /** Whether there is a model of this name, asked or not, and whose it is. */
  origin(name: string): ModelPlace["from"] | undefined {
    return this.models.get(name)?.place.from;
  }

  /** The encoder that filters stand on, as the hash of its file; empty: there is none. */
  encoder(): string {
    return this.models.get(ENCODER)?.card.sha256 ?? "";
  }

  /** A model is not to be asked any more, until the next change of settings or start. */
  setAside(name: string, words: string): void {
    const model = this.models.get(name);
    if (model === undefined) return;
    model.trouble = words;
    this.view = undefined;
  }

  /** Names of lists that `like` may ask after. */
  setLists(names: ReadonlySet<string>): void {
    this.lists = names;
    this.view = undefined;
  }

  /** How the direction of a text becomes a share. */
  nearness(): { slope: number; offset: number } {
    return this.get(ENCODER)?.card.nearness ?? NEARNESS;
  }

  /** What the engine is told, by name; models that will not answer are left out. */
  forRules(): Record<string, ModelForRules> {
    this.view ??= Object.fromEntries(
      [...this.models.keys()].flatMap((name) => {
        const model = this.get(name);
        return model === undefined ? [] : [[name, this.told(name, model.card)]];
      }),
    );
    const encoder = this.view[ENCODER];
    if (encoder !== undefined) for (const list of this.lists) this.view[`like @${list}`] ??= encoder;
    return this.view;
  }

  private told(name: string, card: Card): ModelForRules {
    const thresholds: ModelForRules["thresholds"] = {};
    const chosen = this.settings[name]?.strictness;
    // What the reader chose is a bound: no rule is wrong more often, whatever it says. So `is possible` promises no less than it did.
    const least = (chosen && thresholdOf(card, chosen)) ?? 0;
    for (const strictness of ["certain", "likely", "possible"] as const) {
      const threshold = thresholdOf(card, strictness);
      if (threshold !== undefined) thresholds[strictness] = Math.max(threshold, least);
    }
    const usual = chosen === undefined ? card.thresholds[card.usual] : thresholds[chosen];
    if (usual !== undefined) thresholds.chosen = usual;
    return {
      thresholds,
      alarms: alarmsOf(card).map(([threshold, [alarms]]) => [threshold, alarms]),
      experimental: card.experimental,
    };
  }

  /** For the dashboard. */
  states(): ModelState[] {
    return [...this.models].map(([name, { card, place, trouble }]) => ({
      name,
      own: place.from === "own",
      ...(place.from === "taught" && { taught: examplesOf(this.settings[name]) }),
      on: this.settings[name]?.off !== true,
      ...(this.settings[name]?.strictness && { strictness: this.settings[name]?.strictness }),
      ...(trouble !== null && { trouble }),
      card,
    }));
  }
}

const examplesOf = ({ taught }: StoredModel = {}): { belong: number; others: number } => ({
  belong: taught?.belong ?? 0,
  others: taught?.others ?? 0,
});
