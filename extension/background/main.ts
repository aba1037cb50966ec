/** The background: a service worker in Chrome, an event page in Firefox. Listeners stand before anything is awaited. */
import { engine, problems } from "virtual:build";
import cards from "virtual:models";
import shipped from "virtual:packs";
import { api, wordsOf } from "../shared/api.ts";
import { FEED_PORT, type GatheredNotice } from "../shared/messages.ts";
import { MAX_SHOWN, Store, shownKey } from "../shared/storage.ts";
import { WIRE_PORT } from "../shared/wire.ts";
import { AnswerStore } from "./answers.ts";
import { Catalogue } from "./catalogue.ts";
import { Desk } from "./desk.ts";
import type { Source } from "./engine.ts";
import { Feeds } from "./feeds.ts";
import { ModelRequests } from "./model-requests.ts";
import { NearEngines } from "./near.ts";
import { packFiles } from "./packs.ts";
import { Recent } from "./recent.ts";
import { Requests } from "./requests.ts";
import { Rules } from "./rules.ts";
import { browserHost, ScorerWorker } from "./scorer.ts";
import { Scoring } from "./scoring.ts";
import { everywhere, injectInto, syncAddedSites } from "./sites.ts";
import { Answers } from "./wire/answers.ts";
import { followNetwork } from "./wire/network.ts";
import { WirePorts } from "./wire/ports.ts";
import { syncInterceptor } from "./wire/register.ts";

const store = Store.open();

const catalogue = new Catalogue(cards);

const rules = new Rules(
  async (): Promise<Source[]> => {
    const { stored } = await store;
    catalogue.set(stored.models);
    return packFiles(stored, shipped)
      .filter(({ on }) => on)
      .map(({ id, origin, source, lists }) => ({
        id,
        trust: origin === "imported" ? "limited" : "full",
        source,
        ...(lists && { lists }),
      }));
  },
  {
    load: async () => (await store).stored.limits,
    save: async (memory) => (await store).set("limits", memory),
    refuse: async (message) => (await store).refuse("limits", message),
  },
  engine,
  catalogue,
);

const said = new AnswerStore((words) => rules.trouble(words));

const worker = new ScorerWorker(browserHost(), (words, rest) => {
  const again = rest > 0 ? `; it is tried again in ${Math.ceil(rest / 1000)} s` : "";
  rules.trouble(`Models: ${words}${again}. Meanwhile posts show as your rules say of \`while unsure\`.`);
});

const desk = new Desk(worker, {
  setAside: (name, words) => {
    catalogue.setAside(name, words);
    rules.trouble(
      `The model "${name}" is not asked any more (${words}). Rules that ask it leave posts alone.`,
    );
  },
  nearness: () => catalogue.nearness(),
});

const scoring = new Scoring(
  (posts, visit, scores) => rules.decide(posts, visit, scores),
  catalogue,
  said,
  desk,
  (words) => rules.trouble(words),
  () => rules.likedLists,
);

const recent = new Recent(
  async () => (await store).stored.keepRecent,
  (words) => rules.trouble(words),
  () => void api.runtime.sendMessage({ type: "gathered" } satisfies GatheredNotice).catch(nobody),
);

/** No page of the extension is open to hear it. */
function nobody(): void {}

/** How adapters fit, by adapter and host; what is off is said on the dashboard. */
const worn = new Map<string, string>();

const feeds = new Feeds(rules, scoring, new NearEngines(rules), {
  shown: (platform, id, shown) => void remember(shownKey(platform, id), shown),
  decided: (posts, visit, when) => recent.take(posts, visit, when),
  picked: (post, isPrivate) => void startRule(post, isPrivate),
  health: ({ adapter, host, state }) => {
    const key = `${adapter} ${host}`;
    worn.delete(key);
    if (state === "worn")
      worn.set(key, `The adapter "${adapter}" fits ${host} only by its fallbacks: the site has changed.`);
    if (state === "broken")
      worn.set(key, `The adapter "${adapter}" finds no posts on ${host}, where there should be some.`);
    if (worn.size > 100) worn.delete(worn.keys().next().value ?? key);
  },
});

const broken = problems.map((words) => `An adapter came out broken and is left out: ${words}`);

const models = new ModelRequests(catalogue, said, worker, recent);

const requests = new Requests(store, rules, recent, models, rulesChanged, placeInterceptor, () => [
  ...broken,
  ...worn.values(),
  ...catalogue.troubles,
]);

const answers = new Answers(
  rules,
  async () => (await store).stored.shown,
  async (host) => (await store).stored.feeds[host]?.fold ?? "nothing",
  (posts, visit) => recent.take(posts, visit),
);
const wire = new WirePorts(answers, (words) => rules.trouble(words));

followNetwork(answers, wire, async (host) => {
  const { stored } = await store;
  return !stored.paused.includes(host) && !stored.wireOff.includes(host);
});

/** The interceptor runs where the reader has neither paused Diffract nor switched it off. */
async function placeInterceptor(): Promise<void> {
  try {
    const { stored } = await store;
    await syncInterceptor([...stored.paused, ...stored.wireOff]);
  } catch (error) {
    rules.trouble(
      `Answers are not rewritten before pages see them (${wordsOf(error)}); posts are hidden in the page.`,
    );
  }
}
void placeInterceptor();

async function rulesChanged(): Promise<void> {
  try {
    await rules.reload();
  } finally {
    await (await store).update("generation", (generation) => {
      const next = (generation + 1) % Number.MAX_SAFE_INTEGER;
      feeds.changed(next);
      // Pages without a port hear of it through storage.
      return next;
    });
  }
}

async function remember(key: string, shown: boolean): Promise<void> {
  try {
    await (await store).update("shown", (keys) => {
      const others = keys.filter((one) => one !== key);
      return (shown ? [...others, key] : others).slice(-MAX_SHOWN);
    });
  } catch (error) {
    rules.trouble(`What you chose to show could not be kept (${wordsOf(error)}).`);
  }
}

/** Opens the dashboard at rules to be made of a post. */
async function startRule(post: string, isPrivate: boolean): Promise<void> {
  try {
    const token = await recent.pick(post, isPrivate);
    await api.tabs.create({ url: api.runtime.getURL(`dashboard.html#from/${token}`) });
  } catch (error) {
    rules.trouble(`No rule could be started from the post (${wordsOf(error)}).`);
  }
}

api.runtime.onConnect.addListener((port) => {
  const own = port.sender?.id === api.runtime.id;
  if (port.name === FEED_PORT && own) feeds.accept(port);
  else if (port.name === WIRE_PORT && own) wire.accept(port);
  else port.disconnect();
});

api.runtime.onMessage.addListener((raw: unknown, sender, respond) => {
  // Only the extension's own pages: a content script's process is the page's.
  if (sender.id !== api.runtime.id || !sender.url?.startsWith(api.runtime.getURL(""))) return false;
  void requests.answer(raw).then(respond);
  return true;
});

api.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") void api.tabs.create({ url: api.runtime.getURL("welcome.html") });
  void inject(everywhere());
});

api.permissions.onAdded.addListener(({ origins = [] }) => {
  void inject(syncAddedSites().then(() => origins));
});

api.permissions.onRemoved.addListener(
  () => void syncAddedSites().catch((error) => rules.trouble(wordsOf(error))),
);

async function inject(where: Promise<string[]>): Promise<void> {
  try {
    await injectInto(await where);
  } catch (error) {
    rules.trouble(`Open pages could not be reached (${wordsOf(error)}); reload them to have them filtered.`);
  }
}
