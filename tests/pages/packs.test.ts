/**
 * The packs that come with Diffract: they are without fault, touch what they say they touch, and leave ordinary
 * posts alone. Run by the engine as it is shipped; the posts are written for this.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Action, Post, Verdict } from "../../extension/shared/post.ts";
import { engineModule } from "../../scripts/build/sources.ts";
import { checkRules, loadWorkbench } from "../../scripts/build/workbench.ts";
import { ROOT, needsWorkbench as skip } from "./paths.ts";

type EngineModule = typeof import("../../dist/engine/diffract_engine.js");

async function engine(): Promise<EngineModule> {
  const module: EngineModule = await import(pathToFileURL(join(ROOT, engineModule.script)).href);
  module.initSync({ module: await readFile(join(ROOT, engineModule.wasm)) });
  return module;
}

const IDS = ["calm", "no-ads", "chronological"] as const;
type Id = (typeof IDS)[number];

const sourceOf = (id: Id) => readFile(join(ROOT, `extension/packs/${id}.rules`), "utf8");

/** What a pack does to posts, in their order. */
async function verdicts(id: Id, posts: readonly Partial<Post>[]): Promise<Verdict[]> {
  const { Engine } = await engine();
  const compiled = new Engine([{ id, source: await sourceOf(id), trust: "full" }]);
  const whole = posts.map((post, index) => ({ id: String(index), host: "x.com", surface: "home", ...post }));
  const context = JSON.stringify({ now: 1_800_000_000, utc_offset: 0, visit: "test" });
  const decided = JSON.parse(compiled.decide(JSON.stringify(whole), context)) as Verdict[];
  compiled.free();
  return decided;
}

for (const id of IDS) {
  test(`${id}: neither errors nor warnings, a title and a description`, { skip }, async () => {
    const source = await sourceOf(id);
    assert.deepEqual(
      (await checkRules(source))
        .filter(({ severity }) => severity !== "hint")
        .map(({ rendered }) => rendered),
      [],
    );
    assert.match(source, /^pack "[^"]+"$/m);
    assert.match(source, /^description "[^"]{20,}"$/m);
  });

  test(`${id}: every rule that covers something says why`, { skip }, async () => {
    for (const line of (await sourceOf(id)).split("\n")) {
      if (/^(hide|collapse|blur|dim)\b/.test(line)) assert.match(line, / because "[^"]+"$/, line);
    }
  });

  test(`${id}: is as the formatter leaves it`, { skip }, async () => {
    const { format } = await loadWorkbench();
    const source = await sourceOf(id);
    assert.equal(format(source), source);
  });
}

const TOUCHED: Record<Id, [Action, Partial<Post>][]> = {
  calm: [
    ["collapse", { title: "A baker left dough in his car. You won't believe what it did next" }],
    ["collapse", { text: "She opened the drawer. What happens next will restore your faith in spoons." }],
    ["collapse", { text: "Like if you agree that soup is a drink." }],
    ["collapse", { text: "Tag someone who needs a nap" }],
    ["collapse", { text: "Comment “LADDER” below and I’ll DM you my guide to ladders" }],
    ["collapse", { text: "This is the next 100x gem, trust me" }],
    ["collapse", { text: 'Comment "map" and I will send you my map' }],
    ["collapse", { text: "GIVEAWAY! Follow and repost, we draw the winner of the teapot on Friday" }],
    ["collapse", { text: "A goat.", suggested: true }],
    ["collapse", { title: "A goat", kind: "short", host: "www.youtube.com" }],
    ["blur", { text: "Surgery on a melon", sensitive: true }],
    ["dim", { text: "They did it again!!!!!!" }],
    ["dim", { text: "WHY DOES NOBODY EVER TALK ABOUT THIS THING" }],
    ["dim", { text: "Sunset #sun #set #sky #sea #evening #gold #glow #photo #vibes #wow #like #love" }],
  ],
  "no-ads": [
    ["hide", { text: "A pillow.", promoted: true }],
    ["hide", { kind: "ad" }],
    ["hide", { text: "A pillow.", labels: ["Sponsored"] }],
    ["collapse", { text: "My new pillow", hashtags: ["ad"] }],
    ["collapse", { text: "Use my code SLEEPY for 15% off your first pillow" }],
  ],
  chronological: [["collapse", { text: "A goat.", suggested: true }]],
};

/** Posts that look a little like what the packs are after, and are not. */
const ORDINARY: Partial<Post>[] = [
  { text: "The first tomatoes are in. Nobody told me about the slugs.", promoted: false, suggested: false },
  { text: "I like your garden. Agree with you on the beans." },
  { text: "What happened at the council meeting: a short thread." },
  { text: "Thoughts on the new bridge? I walked over it today." },
  { text: "We repaired the tag on the gate and someone painted it over." },
  { text: "NASA and ESA will launch the next probe in May!" },
  { text: "The library lends seeds now. Follow the signs to the cellar." },
  { text: "Our shop gives away chairs on Saturday. Come by." },
  { text: "Code review notes: use the helper in line 20, we saved 15% of the calls." },
  { text: "Market report: coin prices fell for the third day.", links: ["https://news.example/coins"] },
  { text: "What a match!! #football #final" },
  { text: "A video of my cat", kind: "video", media: ["video"] },
  { text: "Wait, really?!" },
  { text: "Thanks for the comment. I'll send you the seeds tomorrow." },
  { text: "I use code to draw. It got me 20% of the way." },
  { text: "MIT and NASA and ESA and the BBC were there." },
  { text: "#rain #again and no umbrella" },
  { text: "Knots, part four. #knots #rope #sailing #craft #howto #sea #boats #learning" },
  { title: "Ask: which keyboard lasts?", kind: "post", host: "news.ycombinator.com" },
  { title: "Short film about a lighthouse", kind: "video", host: "www.youtube.com", duration: 600 },
];

for (const id of IDS) {
  test(`${id}: touches what it is for`, { skip }, async () => {
    const cases = TOUCHED[id];
    const found = await verdicts(
      id,
      cases.map(([, post]) => post),
    );
    assert.deepEqual(
      found.map((verdict, index) => [verdict.action, cases[index]?.[1].text ?? cases[index]?.[1].title]),
      cases.map(([action, post]) => [action, post.text ?? post.title]),
    );
    for (const verdict of found)
      assert.ok((verdict.reasons[0]?.because ?? "") !== "", JSON.stringify(verdict));
  });

  test(`${id}: leaves ordinary posts alone`, { skip }, async () => {
    const found = await verdicts(id, ORDINARY);
    const touched = found
      .filter((verdict) => verdict.action !== "show")
      .map((verdict) => `${ORDINARY[Number(verdict.id)]?.text}: ${verdict.reasons[0]?.rule}`);
    assert.deepEqual(touched, []);
  });
}

test("chronological puts the latest first on a home feed, and leaves a search as it is", {
  skip,
}, async () => {
  const { Engine } = await engine();
  const compiled = new Engine([
    { id: "chronological", source: await sourceOf("chronological"), trust: "full" },
  ]);
  const context = JSON.stringify({ now: 1_800_000_000, utc_offset: 0, visit: "test" });
  for (const [surface, order] of [
    ["home", [1, 2, 0]],
    ["search", [0, 1, 2]],
  ] as const) {
    const posts = JSON.stringify(
      [100, 300, 200].map((time, index) => ({
        id: `${surface}${index}`,
        host: "x.com",
        surface,
        time,
        position: index + 1,
      })),
    );
    assert.deepEqual([...compiled.order(posts, compiled.decide(posts, context), context)], order);
  }
  compiled.free();
});
