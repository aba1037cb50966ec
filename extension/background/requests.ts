/** What pages of the extension ask of the background. */
import shipped from "virtual:packs";
import { api, wordsOf } from "../shared/api.ts";
import { MAX_RULES, readBackgroundRequest } from "../shared/guards.ts";
import type {
  Answer,
  BackgroundRequest,
  BackgroundState,
  FilterState,
  GatheredPosts,
  ModelAnswer,
  ModelTrial,
  PackState,
  Question,
  RecentPosts,
} from "../shared/messages.ts";
import { readOr } from "../shared/shape.ts";
import { MAX_IMPORTED, packOf, type Store } from "../shared/storage.ts";
import { makeBackup, parseBackup, withChoices } from "./backup.ts";
import { loadEngine } from "./engine.ts";
import type { ModelRequests } from "./model-requests.ts";
import { countRules, headerOf, isFreeId, keepAuthorLine, MINE, packFiles, withLine } from "./packs.ts";
import type { Recent } from "./recent.ts";
import { Refused } from "./refused.ts";
import type { Rules } from "./rules.ts";

type Value =
  | BackgroundState
  | RecentPosts
  | GatheredPosts
  | ModelTrial
  | ModelAnswer
  | FilterState
  | Question[]
  | string
  | null;

/** Models may take seconds to answer these; nothing else waits for them. */
const ASKS_MODELS: ReadonlySet<BackgroundRequest["type"]> = new Set([
  "try-model",
  "ask-model",
  "filter",
  "questions",
]);

export class Requests {
  /** One change at a time: each reads what the one before it wrote. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Promise<Store>,
    private readonly rules: Rules,
    private readonly recent: Recent,
    private readonly models: ModelRequests,
    /** Rules changed and are in force. */
    private readonly changed: () => Promise<void>,
    /** Sites were switched on or off. */
    private readonly sitesChanged: () => Promise<void>,
    /** What else is off, in words for the reader. */
    private readonly troubles: () => string[],
  ) {}

  async answer(raw: unknown): Promise<Answer<Value>> {
    let refusal = "";
    const request = readOr<BackgroundRequest>(readBackgroundRequest, raw, "the request", (words) => {
      refusal = words;
    });
    if (request === null) return { ok: false, message: `Refused: ${refusal}. Nothing was changed.` };
    const next = this.last.then(() => this.carryOut(request));
    if (!ASKS_MODELS.has(request.type)) this.last = next.catch(() => {});
    try {
      return { ok: true, value: await next };
    } catch (error) {
      if (!(error instanceof Refused)) this.rules.trouble(wordsOf(error));
      return { ok: false, message: wordsOf(error) };
    }
  }

  private async carryOut(request: BackgroundRequest): Promise<Value> {
    const store = await this.store;
    const { stored } = store;
    switch (request.type) {
      case "state":
        return this.state(store);
      case "export":
        return makeBackup(stored, await this.models.filters.shared((words) => this.rules.trouble(words)));
      case "recent":
        return { posts: await this.recent.latest(), kept: stored.keepRecent };
      case "gathered":
        return {
          ...(await this.recent.gathered(stored.paused, stored.shown)),
          // Without an engine nothing was counted; its posts can be read all the same.
          limits: await this.rules.counted().catch(() => ""),
        };
      case "keep-recent":
        await store.set("keepRecent", request.on);
        await this.recent.keep(request.on);
        return null;
      case "forget-recent":
        await this.recent.forget();
        return null;
      case "picked-post":
        return this.recent.claim(request.token);
      case "set-model":
      case "add-model":
      case "remove-model":
      case "try-model":
      case "ask-model":
      case "forget-answers":
      case "teach":
      case "unteach":
      case "filter":
      case "rename-filter":
      case "merge-filters":
      case "questions":
      case "set-asking": {
        const { value, changed } = await this.models.carryOut(request, store);
        if (!changed) return value;
        break;
      }
      case "set-site": {
        const host = request.host.toLowerCase();
        await store.update("paused", (paused) => {
          const others = paused.filter((one) => one !== host);
          return request.on ? others : [...others, host];
        });
        await this.sitesChanged();
        return null;
      }
      case "set-wire": {
        const host = request.host.toLowerCase();
        await store.update("wireOff", (off) => {
          const others = off.filter((one) => one !== host);
          return request.on ? others : [...others, host];
        });
        await this.sitesChanged();
        return null;
      }
      case "set-feed": {
        const { host, fold, newest } = request;
        await store.update("feeds", (feeds) => ({
          ...feeds,
          [host.toLowerCase()]: {
            ...feeds[host.toLowerCase()],
            ...(fold !== undefined && { fold }),
            ...(newest !== undefined && { newest }),
          },
        }));
        return null;
      }
      case "set-pack":
        if (!packFiles(stored, shipped).some(({ id }) => id === request.pack))
          throw new Refused(`There is no pack "${request.pack}".`);
        await store.update("packs", (packs) => ({ ...packs, [request.pack]: request.on }));
        break;
      case "set-rules":
        if (request.base !== undefined && request.base !== stored.rules) {
          throw new Refused("Your rules were changed in another window.");
        }
        await store.set("rules", request.source);
        break;
      case "keep-author": {
        const line = keepAuthorLine(request.author);
        if (stored.rules.split("\n").includes(line)) return null;
        const source = withLine(stored.rules, line);
        if (source.length > MAX_RULES) throw new Refused("Your rules have no room for another line.");
        await store.set("rules", source);
        break;
      }
      case "import-pack":
        if (!isFreeId(request.pack, shipped))
          throw new Refused(`"${request.pack}" is a name of Diffract's own; rename the file.`);
        if (
          !Object.hasOwn(stored.imported, request.pack) &&
          Object.keys(stored.imported).length >= MAX_IMPORTED
        )
          throw new Refused(
            `There is room for ${MAX_IMPORTED} imported packs; remove one first. Nothing was changed.`,
          );
        await store.setAll({ imported: { [request.pack]: packOf(request) } });
        break;
      case "remove-pack":
        if (!Object.hasOwn(stored.imported, request.pack))
          throw new Refused(`There is no imported pack "${request.pack}".`);
        await store.removePacks([request.pack]);
        break;
      case "import":
        await this.restore(store, request.backup);
        break;
    }
    try {
      await this.changed();
    } catch (error) {
      throw new Error(`This is stored, but your rules could not be put in force (${wordsOf(error)}).`);
    }
    return null;
  }

  /** The whole backup is read before anything is written, and written at once. */
  private async restore(store: Store, text: string): Promise<void> {
    let backup: ReturnType<typeof parseBackup>;
    try {
      backup = parseBackup(text, (id) => isFreeId(id, shipped));
    } catch (error) {
      throw new Refused(wordsOf(error));
    }
    const { filters } = backup;
    if (filters) this.models.filters.checkBack(filters);
    const kept = new Set(backup.packs.map(({ id }) => id));
    const gone = Object.keys(store.stored.imported).filter((id) => !kept.has(id));
    await store.setAll({
      rules: backup.rules,
      paused: backup.pausedHosts,
      ...(backup.feeds && { feeds: backup.feeds }),
      ...(backup.shown && { shown: backup.shown }),
      ...(backup.models && { models: withChoices(store.stored.models, backup.models) }),
      imported: Object.fromEntries(backup.packs.map((pack) => [pack.id, packOf(pack)])),
      packs: {
        ...backup.on,
        ...Object.fromEntries(backup.packs.map((pack) => [pack.id, pack.on])),
        // Off, should what follows not come to pass.
        ...Object.fromEntries(gone.map((id) => [id, false])),
      },
    });
    try {
      await store.removePacks(gone);
    } catch (error) {
      this.rules.trouble(
        `The backup is in force, but packs that are not in it could only be turned off: ${gone.join(", ")} (${wordsOf(error)}).`,
      );
    }
    try {
      if (filters) await this.models.filters.bringBack(store, filters);
    } catch (error) {
      throw new Error(
        `The backup is in force, but not all of its filters are (${wordsOf(error)}); try again.`,
      );
    }
  }

  private async state(store: Store): Promise<BackgroundState> {
    const troubles: string[] = [];
    let inForce: ReadonlyMap<string, number> = new Map();
    try {
      await loadEngine();
      inForce = await this.rules.counts();
    } catch (error) {
      troubles.push(`The engine does not start (${wordsOf(error)}). Posts are shown as the sites made them.`);
    }
    // Last: to come up may have found damage in what is stored.
    troubles.unshift(...store.troubles, ...this.troubles());
    troubles.push(...this.rules.troubles);
    return {
      version: api.runtime.getManifest().version,
      packs: packFiles(store.stored, shipped).map((file): PackState => {
        return {
          id: file.id,
          title: file.id === MINE ? "My rules" : (file.title ?? headerOf(file.source, "pack") ?? file.id),
          description: file.description ?? headerOf(file.source, "description") ?? "",
          origin: file.origin,
          on: file.on,
          source: file.source,
          ...(file.lists && { lists: file.lists }),
          rules: inForce.get(file.id) ?? countRules(file.source),
        };
      }),
      pausedHosts: store.stored.paused,
      troubles,
      rules: [...inForce.values()].reduce((sum, rules) => sum + rules, 0),
      models: this.models.states(),
      teaching: store.stored.teaching,
      asking: store.stored.asking,
      answers: await this.models.kept(),
      start: this.rules.start,
    };
  }
}
