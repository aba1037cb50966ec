/** Agora's inhabitants. None of them exists. */
import type { Account } from "./types.ts";

/** What an account mostly writes about: a key of the phrase banks. */
export type Topic =
  | "bread"
  | "birds"
  | "garden"
  | "cycling"
  | "code"
  | "books"
  | "space"
  | "trains"
  | "cats"
  | "council"
  | "weather"
  | "coffee";

/** An account with what it writes about. */
export interface Inhabitant extends Account {
  topic: Topic;
}

const person = (
  handle: string,
  name: string,
  topic: Topic,
  followers: number,
  followed = true,
  verified = false,
): Inhabitant => ({ handle, name, topic, followers, followed, verified });

/** Whom the reader mostly follows. */
export const PEOPLE: readonly Inhabitant[] = [
  person("ines_ferments", "Inés Caldera", "bread", 4_210),
  person("crumbstructure", "Dov Levitan", "bread", 18_300, true, true),
  person("proofing_late", "Marguerite Bao", "bread", 920),
  person("wrenspotting", "Tomasz Wren", "birds", 2_764),
  person("dawnchorus", "Adaeze Obi", "birds", 31_400, true, true),
  person("beakreview", "Beak Review", "birds", 77_100, false),
  person("plot_twelve", "Hanna on Plot 12", "garden", 1_312),
  person("mulchadoabout", "Mulch Ado", "garden", 6_480),
  person("slowpeloton", "Rufus Adeyemi", "cycling", 3_905),
  person("ginaclimbs", "Gina Vettori", "cycling", 12_050, false),
  person("tailwind_liar", "Piet van Loo", "cycling", 688),
  person("semicolonist", "Priya Raman", "code", 22_900, true, true),
  person("borrowchecked", "Jonas Ek", "code", 9_340),
  person("prod_is_fine", "prod is fine", "code", 54_700, false),
  person("marginalia_mo", "Mo Castellanos", "books", 5_120),
  person("librarycard", "Thea Lindqvist", "books", 8_876),
  person("unreadpile", "Sanjay's Unread Pile", "books", 1_940, false),
  person("perihelion_kit", "Kit Amankwah", "space", 40_250, true, true),
  person("lowearthorbit", "Yuki Tan", "space", 7_733),
  person("platform_nine_b", "Esme Halloran", "trains", 2_218),
  person("delayrepay", "Delay Repay Diaries", "trains", 15_600),
  person("chairmanmeow", "Lotte & Biscuit", "cats", 66_020),
  person("catproximity", "Ola Nowak", "cats", 3_371),
  person("ward7news", "Ward 7 Notebook", "council", 1_105),
  person("pothole_watch", "Pothole Watch", "council", 4_900, false),
  person("isobar_iris", "Iris Mbeki", "weather", 11_870, true, true),
  person("drizzleindex", "The Drizzle Index", "weather", 28_040, false),
  person("thirdcup", "Noor Haddad", "coffee", 2_650),
  person("crema_theory", "Crema Theory", "coffee", 9_015, false),
];

/** Who writes for the click. */
export const CLICKERS: readonly Account[] = [
  {
    handle: "mindblownhourly",
    name: "Mind Blown Hourly",
    verified: true,
    followed: false,
    followers: 1_420_000,
  },
  { handle: "hustle_hank", name: "Hank | 10x Mornings", verified: true, followed: false, followers: 388_000 },
  { handle: "factsdaily4u", name: "Facts Daily", verified: true, followed: false, followers: 2_050_000 },
  { handle: "lifehackvault", name: "Life Hack Vault", verified: false, followed: false, followers: 640_500 },
];

/** Who gives things away, or says so. */
export const GIVERS: readonly Account[] = [
  { handle: "moonpup_official", name: "MOONPUP", verified: true, followed: false, followers: 91_000 },
  { handle: "freebiefalcon", name: "Freebie Falcon", verified: false, followed: false, followers: 57_300 },
  { handle: "chainchad", name: "Chad on Chain", verified: true, followed: false, followers: 204_000 },
  { handle: "setupgiveaways", name: "Dream Setups", verified: true, followed: false, followers: 118_700 },
];

/** Who is angry, at length. */
export const SCOLDS: readonly Account[] = [
  { handle: "justaskingqs", name: "Just Asking", verified: true, followed: false, followers: 72_400 },
  { handle: "ratio_ranger", name: "Ratio Ranger", verified: false, followed: false, followers: 33_800 },
  { handle: "debatemegreg", name: "Greg (debate me)", verified: true, followed: false, followers: 160_200 },
];

/** Who pays. */
export const BRANDS: readonly (Account & { offer: string[]; call: string; domain: string; alt: string })[] = [
  {
    handle: "pendleandcrumb",
    name: "Pendle & Crumb",
    verified: true,
    followed: false,
    followers: 48_000,
    offer: [
      "Dinner, solved. Six recipes a week, measured to the last caper. First box half price.",
      "You have eaten toast four nights running. We are not judging. We are delivering.",
      "Chef-designed, courier-bruised, ready in 22 minutes. Skip any week.",
    ],
    call: "Get the box",
    domain: "pendle-and-crumb.example",
    alt: "A cardboard box with vegetables looking out of it",
  },
  {
    handle: "nimbusrest",
    name: "Nimbus Mattresses",
    verified: true,
    followed: false,
    followers: 130_500,
    offer: [
      "Sleep like your inbox is empty. 365 nights to change your mind.",
      "Nine layers. One you. The Nimbus Nine is here, and it is on sale until it is not.",
      "Our mattress was reviewed by 14,000 people lying down.",
    ],
    call: "Try it for a year",
    domain: "nimbus-rest.example",
    alt: "A mattress floating on a small cloud",
  },
  {
    handle: "ledgerloop",
    name: "LedgerLoop",
    verified: true,
    followed: false,
    followers: 22_700,
    offer: [
      "Your receipts, read by AI. Your accountant, at the beach.",
      "Invoices that chase themselves. Teams of five and up start free.",
      "Close the month before the month closes you.",
    ],
    call: "Start free",
    domain: "ledgerloop.example",
    alt: "A dashboard with a line that only goes up",
  },
  {
    handle: "vaultvista",
    name: "VaultVista VPN",
    verified: true,
    followed: false,
    followers: 301_000,
    offer: [
      "Someone is watching. It is us, watching out for you. 82% off for three years.",
      "Your internet provider knows about the otter videos. Stop that today.",
      "One tap. Ninety countries. Zero idea where you are.",
    ],
    call: "Hide me",
    domain: "vaultvista.example",
    alt: "A padlock wearing sunglasses",
  },
  {
    handle: "harkaudio",
    name: "Hark Audio",
    verified: true,
    followed: false,
    followers: 87_900,
    offer: [
      "Hear every breath of the bassist. Hark Two, now in Fog.",
      "Forty hours of battery. You will run out of podcasts first.",
      "Noise cancelling so good you will miss your stop. Twice.",
    ],
    call: "Listen in",
    domain: "hark-audio.example",
    alt: "Headphones resting on a smooth stone",
  },
  {
    handle: "grindpath",
    name: "GrindPath Academy",
    verified: false,
    followed: false,
    followers: 540_000,
    offer: [
      "I quit my job at 9 and owned three yachts by lunch. The free masterclass ends tonight.",
      "Stop trading time for money. Start trading our course for money.",
      "Passive income is a skill. We sell the skill.",
    ],
    call: "Claim your seat",
    domain: "grindpath.example",
    alt: "A man pointing at a rented car",
  },
  {
    handle: "oatmosphere",
    name: "Oatmosphere",
    verified: true,
    followed: false,
    followers: 19_200,
    offer: [
      "It is like milk, but it went to art school.",
      "New: Oatmosphere Barista. Foams under pressure, unlike most of us.",
    ],
    call: "Find a shop",
    domain: "oatmosphere.example",
    alt: "A carton with a very small moon on it",
  },
];

/** Every account, by handle. */
export const ACCOUNTS: ReadonlyMap<string, Account> = new Map(
  [...PEOPLE, ...CLICKERS, ...GIVERS, ...SCOLDS, ...BRANDS].map((account) => [account.handle, account]),
);
