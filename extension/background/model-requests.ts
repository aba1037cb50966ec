/** What pages of the extension ask about models. */
import { type Card, readModelCard, ruleName } from "../shared/card.ts";
import type { BackgroundRequest, ModelState, ModelTrial } from "../shared/messages.ts";
import type { Post } from "../shared/post.ts";
import { wordsFor } from "../shared/reading.ts";
import { MAX_MODELS, type Store, type StoredModel } from "../shared/storage.ts";
import type { AnswerStore } from "./answers.ts";
import type { Catalogue } from "./catalogue.ts";
import { withStore } from "./database.ts";
import type { Recent } from "./recent.ts";
import { Refused } from "./refused.ts";
import type { ScorerWorker } from "./scorer.ts";

/** Posts of this visit that a model is tried on. */
const MAX_TRIED = 300;
/** How many of them are asked about at once. */
const AT_ONCE = 32;

export const OWN_MODELS = { database: "diffract-models", store: "models" };

/** Requests of these kinds. */
export type ModelRequest = BackgroundRequest & {
  type: "set-model" | "add-model" | "remove-model" | "try-model" | "forget-answers";
};

export class ModelRequests {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly answers: AnswerStore,
    private readonly worker: ScorerWorker,
    private readonly recent: Recent,
  ) {}

  states(): ModelState[] {
    return this.catalogue.states();
  }

  async kept(): Promise<number> {
    await this.answers.ready();
    return this.answers.size;
  }

  /** Carries a request out; whether rules are to be taken anew. */
  async carryOut(
    request: ModelRequest,
    store: Store,
  ): Promise<{ value: ModelTrial | null; changed: boolean }> {
    switch (request.type) {
      case "set-model":
        await this.set(store, request.model, ({ card }) => ({
          ...(card !== undefined && { card }),
          ...(!request.on && { off: true }),
          ...(request.strictness && { strictness: request.strictness }),
        }));
        return { value: null, changed: true };
      case "add-model":
        await this.add(store, request.card);
        return { value: null, changed: true };
      case "remove-model":
        await this.remove(store, request.model);
        return { value: null, changed: true };
      case "try-model":
        return { value: await this.trial(request.model), changed: false };
      case "forget-answers":
        await this.answers.forget();
        return { value: null, changed: false };
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
    if (this.catalogue.states().some((model) => model.name === name && !model.own))
      throw new Refused(`"${card.name}" is a model of Diffract's own; give yours another name in its card.`);
    const before = store.stored.models;
    if (before[name]?.card === undefined && Object.keys(before).length >= MAX_MODELS)
      throw new Refused(`There is room for ${MAX_MODELS} models; remove one first.`);
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

  private async trial(name: string): Promise<ModelTrial> {
    const model = this.catalogue.get(name);
    if (model === undefined) throw new Refused(`The model "${name}" is off, or there is none.`);
    if (model.card.kind !== "text" || model.card.task !== "classify")
      throw new Refused("Only models that give words a score can be tried on the posts of this visit.");
    const posts = (JSON.parse(await this.recent.latest()) as Post[]).slice(-MAX_TRIED);
    const texts = [
      ...new Set(posts.map((post) => wordsFor(post, model.card.reads)).filter((text) => text !== "")),
    ];
    const tried: ModelTrial["posts"] = [];
    for (let from = 0; from < texts.length; from += AT_ONCE) {
      const part = texts.slice(from, from + AT_ONCE);
      const scores = await this.worker.call("score", model.place, part);
      for (const [index, text] of part.entries())
        tried.push({ text: text.slice(0, 300), score: scores[index] ?? null });
    }
    return { posts: tried };
  }
}
