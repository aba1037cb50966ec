/**
 * The first screen of Agora, set by hand: it is what a newcomer sees before and after, so it holds one of
 * everything that people install Diffract for, among posts worth keeping.
 */
import { ACCOUNTS } from "./accounts.ts";
import type { Sketch } from "./timeline.ts";
import type { Account } from "./types.ts";

const by = (handle: string): Account => {
  const found = ACCOUNTS.get(handle);
  if (!found) throw new Error(`no account @${handle} in accounts.ts`);
  return found;
};

export const OPENING: readonly Sketch[] = [
  {
    flavour: "topic",
    author: by("dawnchorus"),
    text: "Twenty-three species before breakfast, and the best of them was a wren that sang over the traffic for ten minutes straight. It weighs as much as a coin.",
    age: 12,
    likes: 642,
    body: "open",
  },
  {
    flavour: "ad",
    author: by("grindpath"),
    text: "I quit my job at 9 and owned three yachts by lunch. The free masterclass ends tonight.",
    promotion: { campaign: "", call: "Claim your seat", url: "https://grindpath.example/offer" },
    likes: 1204,
    body: "plain",
  },
  {
    flavour: "clickbait",
    author: by("mindblownhourly"),
    text: "Locksmiths hate this: what a bread tag is REALLY for. You won't believe number four.",
    age: 25,
    likes: 18_402,
    body: "open",
  },
  {
    flavour: "topic",
    author: by("perihelion_kit"),
    text: "Clear sky over the reservoir tonight. My neighbour looked through the drainpipe telescope, saw Saturn, and went very quiet.\n\n#clearskies",
    attachments: [
      { type: "picture", picture: { scene: "stars", seed: 21, alt: "A dark hill under a field of stars" } },
    ],
    age: 48,
    likes: 2310,
    body: "open",
  },
  {
    flavour: "giveaway",
    author: by("setupgiveaways"),
    text: "Huge giveaway: ten mechanical keyboards. To enter: like, repost, comment 'DONE'. Winners on Friday.",
    age: 52,
    likes: 9120,
    body: "closed",
  },
  {
    flavour: "topic",
    author: by("librarycard"),
    text: "Found 'A Short History of Waiting' on the free shelf, with a train ticket from 1987 in it. Oddly moved, frankly.",
    age: 61,
    likes: 388,
    body: "closed",
  },
  {
    flavour: "pile-on",
    author: by("debatemegreg"),
    text: "Imagine defending people who fold pizza. That explains a lot.",
    age: 70,
    likes: 5230,
    body: "plain",
  },
  {
    flavour: "ad",
    author: by("nimbusrest"),
    text: "Sleep like your inbox is empty. 365 nights to change your mind.",
    attachments: [
      {
        type: "picture",
        picture: { scene: "product", seed: 8, alt: "A mattress floating on a small cloud" },
      },
    ],
    promotion: { campaign: "", call: "Try it for a year", url: "https://nimbus-rest.example/offer" },
    likes: 310,
    body: "open",
  },
  {
    flavour: "topic",
    author: by("plot_twelve"),
    text: "Gave my neighbour a bag of courgettes. They gave me a bigger bag of courgettes. This is how it starts.",
    age: 84,
    likes: 951,
    body: "plain",
  },
  {
    flavour: "pump",
    author: by("chainchad"),
    text: "$GRAVY presale is LIVE. Early holders are looking at 1000x. Not advice. But also: advice.",
    age: 90,
    likes: 4077,
    body: "open",
  },
  {
    flavour: "topic",
    author: by("ines_ferments"),
    text: "Day five of baking with rye: the crumb opened up, the postwoman asked for the recipe, and I am slightly smug.",
    attachments: [
      { type: "picture", picture: { scene: "bread", seed: 4, alt: "A round loaf with a crackled crust" } },
    ],
    age: 103,
    likes: 733,
    body: "open",
  },
];
