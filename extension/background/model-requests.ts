/** What pages of the extension ask about models. */
import { type Card, readModelCard, ruleName } from "../shared/card.ts";
import {
  type BackgroundRequest,
  type FilterState,
  type ModelAnswer,
  type ModelState,
  type ModelTrial,
  PENDING_MODEL,
  type Question,
} from "../shared/messages.ts";
import type { Post } from "../shared/post.ts";
import { wordsFor } from "../shared/reading.ts";
import { unaskable } from "../shared/rule-words.ts";
import { MAX_MODELS, type Store, type StoredModel } from "../shared/storage.ts";
import type { AnswerStore } from "./answers.ts";
import type { Catalogue, Installed } from "./catalogue.ts";
import { OWN_MODELS, withStore } from "./database.ts";
import { type FilterRequest, Filters } from "./filters.ts";
import type { Recent } from "./recent.ts";
import { Refused } from "./refused.ts";
import type { ScorerWorker } from "./scorer.ts";

/** Posts of this visit that a model is tried on. */
const MAX_TRIED = 300;
/** How many of them where each takes some 50 ms. */
const MAX_TRIED_DEAR = 60;
/** How many of them are asked about at once: what is on screen is asked in between. */
const AT_ONCE = 32;
const AT_ONCE_DEAR = 4;
/** Most models that a reader can bring, and the bytes of all. */
const MAX_OWN = 20;
const MAX_OWN_BYTES = 256 << 20;

/** Requests of these kinds. */
export type ModelRequest = BackgroundRequest & {
  type: "set-model" | "add-model" | "remove-model" | "try-model" | "ask-model" | "forget-answers";
};

type Outcome = { value: ModelTrial | ModelAnswer | FilterState | Question[] | null; changed: boolean };

export class ModelRequests {
  /** Those that the reader teaches. */
  readonly filters: Filters;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly answers: AnswerStore,
    private readonly worker: ScorerWorker,
    private readonly recent: Recent,
  ) {
    this.filters = new Filters(catalogue, worker, recent);
  }

  states(): ModelState[] {
    return this.catalogue.states();
  }

  async kept(): Promise<number> {
    await this.answers.ready();
    return this.answers.size;
  }

  /** Carries a request out; whether rules are to be taken anew. */
  async carryOut(request: ModelRequest | FilterRequest, store: Store): Promise<Outcome> {
    switch (request.type) {
      case "set-model":
        await this.set(store, request.model, ({ card, taught }) => ({
          ...(card !== undefined && { card }),
          ...(taught !== undefined && { taught }),
          ...(!request.on && { off: true }),
          ...(request.strictness && { strictness: request.strictness }),
        }));
        return { value: null, changed: true };
      case "add-model":
        await this.add(store, request.card);
        return { value: null, changed: true };
      case "remove-model":
        if (this.catalogue.origin(request.model) === "taught")
          await this.filters.forget(store, request.model);
        else await this.remove(store, request.model);
        return { value: null, changed: true };
      case "try-model":
        return { value: await this.trial(request.model, request.topic), changed: false };
      case "ask-model":
        return { value: await this.ask(request.model, request.text, request.topic), changed: false };
      case "forget-answers":
        await this.answers.forget();
        return { value: null, changed: false };
      default:
        return this.filters.carryOut(request, store);
    }
  }

  private async set(store: Store, name: string, change: (before: StoredModel) => StoredModel): Promise<void> {
    if (!this.catalogue.states().some((model) => model.name === name))
      throw new Refused(`There is no model "${name}".`);
    await store.update("models", (models) => ({ ...models, [name]: change(models[name] ?? {}) }));
  }

  private async add(store: Store, text: string): Promise<void> {
    let card: Card;
    try {
      card = readModelCard(JSON.parse(text));
    } catch (error) {
      throw new Refused(
        `The card cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
    const name = ruleName(card.name);
    const problem = unaskable(name);
    if (problem !== undefined) throw new Refused(`The model cannot be kept: ${problem} in its card.`);
    const origin = this.catalogue.origin(name);
    if (origin === "shipped")
      throw new Refused(`"${card.name}" is a model of Diffract's own; give yours another name in its card.`);
    if (origin === "taught")
      throw new Refused(`"${name}" is a filter that you taught; rename it, or give the model another name.`);
    const others = this.catalogue.states().filter((model) => model.own && model.name !== name);
    if (others.length >= MAX_OWN) throw new Refused(`There is room for ${MAX_OWN} models; remove one first.`);
    if (others.reduce((bytes, model) => bytes + model.card.bytes, card.bytes) > MAX_OWN_BYTES)
      throw new Refused("Your models would take over 256 MB together; remove one first.");
    const before = store.stored.models;
    if (before[name] === undefined && Object.keys(before).length >= MAX_MODELS)
      throw new Refused(`There is room for ${MAX_MODELS} models; remove one first.`);
    await withStore(OWN_MODELS, "readwrite", async (models, done) => {
      const pending = (await done(models.get(PENDING_MODEL))) as { onnx?: unknown } | undefined;
      if (!(pending?.onnx instanceof Uint8Array) || pending.onnx.byteLength !== card.bytes)
        throw new Refused("The model's files are not here any more; choose them again.");
      await done(models.put(pending, card.name));
      await done(models.delete(PENDING_MODEL));
    });
    await this.worker.call("drop", card.name).catch(() => null);
    await store.update("models", (models) => ({ ...models, [name]: { ...models[name], card: text } }));
  }

  private async remove(store: Store, name: string): Promise<void> {
    const model = this.catalogue.states().find((one) => one.name === name && one.own);
    if (model === undefined) throw new Refused(`You have no model "${name}".`);
    await store.update("models", (models) => {
      const { [name]: _gone, ...others } = models;
      return others;
    });
    await withStore(OWN_MODELS, "readwrite", (models, done) => done(models.delete(model.card.name)));
    await this.worker.call("drop", model.card.name).catch(() => null);
  }

  private wanted(name: string): Installed {
    const model = this.catalogue.get(name);
    if (model === undefined)
      throw new Refused(`The model "${name}" is off, has too few examples, or there is none.`);
    return model;
  }

  private async trial(name: string, topic: string | undefined): Promise<ModelTrial> {
    const { card, place } = this.wanted(name);
    if (card.kind !== "text" || (card.task !== "classify" && topic === undefined))
      throw new Refused("Only models that give words a score can be tried on the posts of this visit.");
    const isDear = card.task === "embed" || place.from === "taught";
    const posts = (JSON.parse(await this.recent.latest()) as Post[]).slice(
      -(isDear ? MAX_TRIED_DEAR : MAX_TRIED),
    );
    const texts = [...new Set(posts.map((post) => wordsFor(post, card.reads)).filter((text) => text !== ""))];
    const tried: ModelTrial["posts"] = [];
    const step = isDear ? AT_ONCE_DEAR : AT_ONCE;
    for (let from = 0; from < texts.length; from += step) {
      const part = texts.slice(from, from + step);
      const scores = await this.scores(name, part, topic);
      for (const [index, text] of part.entries())
        tried.push({ text: text.slice(0, 300), score: scores[index] ?? null });
    }
    return { posts: tried };
  }

  private async scores(name: string, texts: string[], topic: string | undefined): Promise<(number | null)[]> {
    const { card, place } = this.wanted(name);
    if (card.task !== "embed") return this.worker.call("score", place, texts);
    if (topic === undefined) throw new Refused("Say what it is to look for.");
    const rows = await this.worker.call("near", place, [topic], texts);
    const { slope, offset } = this.catalogue.nearness();
    return rows.map(([cosine = Number.NaN]) =>
      Number.isFinite(cosine) ? 1 / (1 + Math.exp(-(slope * cosine + offset))) : null,
    );
  }

  private async ask(name: string, text: string, topic: string | undefined): Promise<ModelAnswer> {
    const { card, place } = this.wanted(name);
    const answer: ModelAnswer = { score: null, label: null, near: [] };
    const words = text.trim();
    if (words === "") return answer;
    if (card.kind !== "text") throw new Refused("This model looks at pictures, not at words.");
    if (place.from === "taught") return this.filters.look(name, words);
    if (card.task === "choose") {
      const [label = null] = await this.worker.call("choose", place, [words]);
      return { ...answer, label };
    }
    const [score = null] = await this.scores(name, [words], topic);
    return { ...answer, score };
  }
}
