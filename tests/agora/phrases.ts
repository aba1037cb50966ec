/**
 * The words of Agora. `{slot}` stands for any line of the bank of that name. Written for this test platform; no
 * person said any of it.
 */
import type { Topic } from "./accounts.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./types.ts";

/** Lines that fill a slot. */
const SLOTS: Record<string, readonly string[]> = {
  day: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  hour: ["five", "half past five", "six", "seven", "a quarter to eight", "nine"],
  few: ["two", "three", "four", "five", "six", "seven"],
  many: ["eleven", "fourteen", "nineteen", "twenty-three", "thirty-one", "forty", "sixty-odd"],
  place: [
    "Harrow Lane",
    "the old quay",
    "Tollgate Hill",
    "the north allotments",
    "Mill Street",
    "the reservoir",
    "Saint Olga's Square",
    "the ring road",
    "Fennel Bridge",
  ],
  someone: [
    "my neighbour",
    "my mother",
    "the man from number nine",
    "a very small child",
    "my sister",
    "the postwoman",
    "someone in the queue",
    "my flatmate",
    "an actual professor",
  ],
  verdictword: [
    "ten out of ten",
    "no notes",
    "would do again",
    "never again",
    "a mixed success",
    "better than it sounds",
    "my finest hour",
    "a lesson in humility",
  ],
  mood: [
    "quietly thrilled",
    "oddly moved",
    "slightly smug",
    "at peace with this",
    "not over it",
    "prepared to fight about it",
    "taking questions",
  ],
  flour: ["rye", "spelt", "wholemeal", "einkorn", "a bag of flour with no label", "strong white"],
  starter: [
    "Gregor",
    "the starter",
    "Yeastwood",
    "my four-year-old starter",
    "the jar at the back of the fridge",
  ],
  bird: [
    "goldcrest",
    "wren",
    "bullfinch",
    "kingfisher",
    "redwing",
    "nuthatch",
    "long-tailed tit",
    "treecreeper",
    "heron",
    "jackdaw",
  ],
  birddeed: [
    "sang over the traffic for ten minutes straight",
    "stole a whole crumpet",
    "looked at me as though I owed it money",
    "sat so close I forgot the camera",
    "saw off a magpie twice its size",
    "took a bath in a hubcap",
  ],
  crop: [
    "courgettes",
    "broad beans",
    "beetroot",
    "chard",
    "tomatoes",
    "leeks",
    "one (1) aubergine",
    "rhubarb",
  ],
  pest: [
    "slugs",
    "pigeons",
    "a fox with opinions",
    "the council strimmer",
    "blackfly",
    "next door's chickens",
  ],
  ridething: [
    "a headwind both ways",
    "a loose bottle cage",
    "a puncture within sight of home",
    "a brass band crossing the road",
    "a cattle grid nobody mentioned",
    "a hill that is not on any map",
  ],
  lang: ["Rust", "TypeScript", "Go", "Python", "a 900-line shell script", "SQL", "Erlang"],
  bug: [
    "an off-by-one",
    "a time zone",
    "a trailing slash",
    "a cache that was doing its best",
    "a comment that said 'temporary'",
    "a test that tested the mock",
    "daylight saving time",
  ],
  book: [
    "The Salt Ledger",
    "A Short History of Waiting",
    "The Cartographer's Aunt",
    "Nine Winters in Orbit",
    "The Unhurried Sea",
    "What the Lamplighter Owed",
    "Minor Planets",
  ],
  bookverdict: [
    "put it down only to eat",
    "underlined half of chapter four",
    "cried on the 43 bus",
    "am still arguing with the ending",
    "have bought it for three people",
    "missed my stop, and the one after",
  ],
  craft: ["the probe", "the lander", "the new telescope", "the relay satellite", "the sample capsule"],
  skything: [
    "Saturn's rings edge-on",
    "a grazing meteor",
    "the station going over",
    "the Pleiades, naked-eye, from a car park",
    "Jupiter with all four moons in a row",
    "a sunspot the size of a bad decision",
  ],
  train: [
    "the 07:42",
    "the night sleeper",
    "the branch line railcar",
    "the 18:05",
    "the replacement bus",
    "the little two-coach diesel",
  ],
  traindeed: [
    "left on time, and the platform applauded",
    "terminated here, spiritually and in fact",
    "waited for the connection, like in a film",
    "was announced as 'a train of some kind'",
    "had a working heater",
  ],
  cat: ["Biscuit", "the cat", "Professor Socks", "our lodger, who is a cat", "Gnocchi"],
  catdeed: [
    "knocked the same pen off the desk nine times",
    "slept on the warm laptop and joined a call",
    "brought in a leaf and demanded praise",
    "has learned the word 'vet'",
    "sat in the box, ignoring what came in it",
    "shouted at the door until the rain stopped",
  ],
  councilthing: [
    "the new crossing",
    "bin day",
    "the library roof",
    "the cycle lane on Mill Street",
    "forty metres of hedge",
    "the swimming pool's opening hours",
    "the bench by the canal",
  ],
  wx: [
    "a proper cold front",
    "fog until ten",
    "sun, briefly, for the brave",
    "drizzle with ambitions",
    "thunder by teatime",
    "a frost in the hollows",
    "wind you can lean on",
  ],
  brew: ["a flat white", "a pour-over", "a moka pot", "an espresso", "filter from a flask", "a cortado"],
  tip: [
    "salt the water",
    "label the jar",
    "read the error message",
    "bring a second pair of socks",
    "ask the person at the desk",
    "leave ten minutes earlier",
    "write it down on paper",
  ],
  object: [
    "this one drawer",
    "your kettle",
    "a paper clip",
    "the back of your fridge",
    "an ordinary spoon",
    "your airplane window",
    "a bread tag",
  ],
  expert: ["Doctors", "Locksmiths", "Pilots", "Dentists", "Baristas", "Plumbers", "Librarians"],
  prize: [
    "3 gaming laptops",
    "a brand-new phone",
    "$5,000",
    "a year of groceries",
    "ten mechanical keyboards",
    "a fully built desk setup",
    "1 whole coin",
  ],
  coin: ["$MOONPUP", "$FROGE", "$SPOONX", "$GRAVY", "$YACHT", "$OTTR"],
  take: [
    "people who fold pizza",
    "anyone still using tabs",
    "adults who own bunting",
    "cyclists who wave",
    "people who like rain",
    "anybody who says 'a book' and means an audiobook",
    "tea drinkers",
  ],
  insult: [
    "explains a lot",
    "is why we cannot have nice things",
    "should worry all of us",
    "tells you everything",
    "is a choice, and it is the wrong one",
  ],
};

/** What people write about what they like. */
export const TOPICS: Record<
  Topic,
  { lines: readonly string[]; tags: readonly string[]; scene: Scene; alts: readonly string[] }
> = {
  bread: {
    lines: [
      "Day {few} of baking with {flour}: the crumb opened up, {someone} asked for the recipe, and I am {mood}.",
      "{starter} doubled in {few} hours and pushed the lid off. Respect.",
      "Overslept, overproofed, baked it anyway. Verdict: {verdictword}. The birds at {place} ate well.",
      "If your loaf is flat: it was too warm, or too young, or it heard you talking. In any case, {tip}.",
      "Swapped a loaf for {few} jars of honey at {place}. The economy works.",
    ],
    tags: ["#sourdough", "#crumbshot", "#bakersofagora"],
    scene: "bread",
    alts: ["A round loaf with a crackled crust", "Two loaves cooling on a rack"],
  },
  birds: {
    lines: [
      "A {bird} by {place} this morning. It {birddeed}.",
      "{many} species before breakfast, and the best of them was a {bird} that {birddeed}.",
      "Taught {someone} to tell a {bird} by its call. They have not stopped. I am {mood}.",
      "First {bird} of the year at {place}, {hour} in the morning, frost on the rail.",
      "The {bird} is back on the feeder. It {birddeed}, then left. {verdictword}.",
    ],
    tags: ["#dawnchorus", "#patchlist", "#birdsofagora"],
    scene: "bird",
    alts: ["A small round bird on a bare twig", "A bird on a fence post, facing left"],
  },
  garden: {
    lines: [
      "Lifted the {crop} today. {few} kilos from one bed, after everything {pest} did.",
      "War diary, plot twelve: {pest} have found the {crop}. Sending for reinforcements (a net).",
      "Gave {someone} a bag of {crop}. They gave me a bigger bag of {crop}. This is how it starts.",
      "Compost reached sixty degrees. {someone} does not see why I am {mood}.",
      "Sowed {crop} at {place} in the rain. {verdictword}.",
    ],
    tags: ["#allotment", "#growyourown"],
    scene: "garden",
    alts: ["Rows of green in dark soil", "A wheelbarrow beside a raised bed"],
  },
  cycling: {
    lines: [
      "{many} kilometres out past {place}, with {ridething}. {verdictword}.",
      "Met {ridething} on the way to {place}. Still home before {hour}. Legs: gone. Mood: {mood}.",
      "New chain, new tyres, same rider, sadly. Did {place} in {many} minutes.",
      "{someone} overtook me on {place} carrying shopping. I have chosen to find this inspiring.",
      "Rule for the wet months: {tip}. The rest is mudguards.",
    ],
    tags: ["#slowride", "#bikesky"],
    scene: "bike",
    alts: ["A road running over a hill, with one rider", "A bicycle leaning on a wall"],
  },
  code: {
    lines: [
      "Spent {few} hours on it. It was {bug}. It is always {bug}.",
      "Rewrote the importer in {lang}: {many} times faster, and nobody can read the error messages, as before.",
      "Code review of the week, in full: 'This works, but why?' I was {mood}.",
      "Explained {lang} to {someone} with a drawer of spoons. They now have questions about the drawer.",
      "The outage was {bug}. The fix was one line. The meeting was {few} hours. Next time, {tip}.",
    ],
    tags: ["#buildinpublic", "#postmortem"],
    scene: "chart",
    alts: ["A graph with one alarming spike", "A graph of build times going down"],
  },
  books: {
    lines: [
      "Finished '{book}' and {bookverdict}.",
      "Found '{book}' on the free shelf at {place}, with a train ticket from 1987 in it. {mood}, frankly.",
      "{someone} lent me '{book}'. I {bookverdict}. Friendship status: under review.",
      "Book club met for '{book}'. {few} of us had read it. {many} of us had opinions.",
      "Rereading '{book}' this {day}. It got better, or I got older.",
    ],
    tags: ["#amreading", "#freeshelf"],
    scene: "mug",
    alts: ["A book face down beside a mug", "A stack of books with one mug on top"],
  },
  space: {
    lines: [
      "Clear sky over {place}: {skything}. {someone} looked too, and went quiet. {mood}.",
      "{craft} phoned home after {many} days of silence. Nobody in the room pretended to be calm.",
      "Reminder for {day}, {hour}: look west for {skything}. Take a coat, and {tip}.",
      "The data from {craft} are in: it is rock. It is extremely interesting rock.",
      "Showed {few} classes {skything} through a telescope made of drainpipe. {verdictword}.",
    ],
    tags: ["#clearskies", "#lookup"],
    scene: "stars",
    alts: ["A dark hill under a field of stars", "Stars over a line of trees"],
  },
  trains: {
    lines: [
      "{train} {traindeed}. I am {mood}.",
      "On {train} to {place}. {someone} is explaining points failures to {someone}. Bliss.",
      "Spent {many} minutes at {place} and saw {few} freight locomotives, one of them purple. {verdictword}.",
      "If {train} is late again on {day}, I will write a letter. A real one. With a stamp.",
      "The guard on {train} read out the cricket score, then the stations. Public service at its best.",
    ],
    tags: ["#railsofagora", "#onthemove"],
    scene: "train",
    alts: ["A small train crossing a viaduct", "A two-coach train in a green valley"],
  },
  cats: {
    lines: [
      "{cat} {catdeed}. {someone} says this is normal.",
      "Today {cat} {catdeed}. Then, at {hour}, again.",
      "Bought a {few}-storey cat tree. {cat} is in the sink. {verdictword}.",
      "Status of {cat}: {mood}.",
      "It has been {few} days since {cat} {catdeed}. The suspense is worse.",
    ],
    tags: ["#caturday", "#catsofagora"],
    scene: "cat",
    alts: ["A cat folded into a box", "A cat looking out at the rain"],
  },
  council: {
    lines: [
      "Tonight the council spent {many} minutes on {councilthing}, and voted to ask for a report. Notes in the thread.",
      "Good news from {place}: {councilthing} was approved, {few} votes to {few}.",
      "Asked about {councilthing} again. Was told {day}. They did not say which {day}.",
      "{someone} brought a model of {councilthing} made of matches. The chair was {mood}.",
      "Consultation on {councilthing} closes {day} at {hour}. It takes four minutes. {tip}.",
    ],
    tags: ["#ward7", "#localdemocracy"],
    scene: "city",
    alts: ["Rooftops with one crane", "A street of narrow houses at dusk"],
  },
  weather: {
    lines: [
      "Tomorrow: {wx}. {day}: {wx}. After that the models disagree, loudly.",
      "Forecast for {place}: {wx} from {hour}. Bring a layer, and {tip}.",
      "The rain gauge at {place} says {many} millimetres. The rain gauge does not lie, though it leaks.",
      "{wx} this {day}. {someone} has already blamed me. I only report it.",
      "Watched {wx} come in over {place}. {mood}.",
    ],
    tags: ["#skywatch", "#drizzle"],
    scene: "hills",
    alts: ["Low cloud sitting on green hills", "Sun breaking through over a valley"],
  },
  coffee: {
    lines: [
      "{brew} at {place}: {verdictword}. The {few} minutes in the queue were part of it.",
      "Ground finer, waited longer, tasted worse. {someone} makes instant and is happy.",
      "Third cup. {brew}. I can hear colours, and they are {mood}.",
      "The new café at {place} spells it 'expresso' on purpose now. The town is split.",
      "How to make better {brew}: clean the thing. Also, {tip}.",
    ],
    tags: ["#thirdcup", "#slowbar"],
    scene: "mug",
    alts: ["A cup on a wooden counter", "Steam rising from a small cup"],
  },
};

/** Titles that want a click. */
export const CLICKBAIT: readonly string[] = [
  "{expert} hate this: what {object} is REALLY for. You won't believe number {few}.",
  "Nobody is talking about {object}, and it's wild. A thread.",
  "I did this every morning for {many} days. What happened next will shock you.",
  "99% of people use {object} wrong. Number {few} changed my life.",
  "{expert} don't want you to know this one trick with {object}.",
  "I asked {many} millionaires for one habit. All of them said the same thing. You won't believe it.",
  "Stop scrolling. {object} has a hidden feature, and you won't believe who hid it.",
];

/** Things given away, so they say. Each holds the word "giveaway". */
export const GIVEAWAYS: readonly string[] = [
  "GIVEAWAY time! Sending {prize} to {few} lucky people. Follow + repost + tag a friend. Ends {day}!",
  "Huge giveaway: {prize}. To enter: like, repost, comment 'DONE'. Winners on {day}.",
  "We hit our goal, so: giveaway! {prize} for one of you. Must follow. Must repost. Must believe.",
  "Last giveaway before {day}: {prize}. I reply to EVERYONE who shares this.",
];

/** Coins going up, so they say. Each holds the word "presale". */
export const PUMPS: readonly string[] = [
  "{coin} presale is LIVE. Early holders are looking at 1000x. Not advice. But also: advice.",
  "If you missed the last one, do not sleep on the {coin} presale. {many} hours left. My DMs are open.",
  "Whales are loading {coin}. The presale closes {day}. Screenshot this.",
];

/** Anger, for its own sake. */
export const PILE_ONS: readonly string[] = [
  "Imagine defending {take}. That {insult}.",
  "I said what I said about {take}. Reply if you disagree, so that I know whom to block.",
  "Quietly, {take} have ruined this country. Change my mind. (You can't.)",
  "The silence about {take} {insult}. Cowards, all of you.",
];

/** What people say when they pass something on with words of their own. */
export const QUOTE_REMARKS: readonly string[] = [
  "Framing this.",
  "Everyone at {place} needs to read it twice.",
  "I was there. It was {few} times worse.",
  "{someone} sent me this with the words 'this is you'. I am {mood}.",
  "Adding only: {tip}.",
  "Still thinking about this on {day}.",
];

/** Replies. */
export const REPLIES: readonly string[] = [
  "Counterpoint: {tip}.",
  "Same here, near {place}. {verdictword}.",
  "I showed this to {someone}. They are {mood}.",
  "It was {few} for me. But yes.",
  "Please never stop posting these.",
];

/** Questions with answers to choose from. */
export const POLLS: readonly { question: string; options: readonly string[] }[] = [
  { question: "Settle it, {place}: what goes on toast first?", options: ["Butter", "Jam", "Regret"] },
  { question: "How late is 'late' for {train}?", options: ["1 minute", "5 minutes", "It is a way of life"] },
  { question: "You meet {cat} on the stairs. You...", options: ["Stop and say hello", "Bow", "Am the cat"] },
  { question: "Best weather for doing nothing on a {day}?", options: ["Rain", "Snow", "All of it"] },
];

/** Short vertical films. */
export const SHORTS: readonly string[] = [
  "Wait for the end. {cat} {catdeed}.",
  "POV: you said 'just one coffee' at {place}",
  "Thirty seconds of {wx}. Sound on.",
  "This {bird} {birddeed} and I filmed it",
];

/** Ordinary films, with a title. */
export const VIDEOS: readonly string[] = [
  "I walked {place} end to end so that you don't have to",
  "Baking with {flour}: every mistake, in order",
  "Repairing {object} with {few} tools and no plan",
  "The quiet genius of {train}",
  "{many} minutes of a {bird}, uncut",
];

/** Broadcasts. */
export const LIVES: readonly string[] = [
  "LIVE: council debates {councilthing}, hour {few}",
  "LIVE now: {skything} from {place}",
  "LIVE: {cat} versus the box",
];

/** Pages that cards point at. */
export const LINKS: readonly { domain: string; title: string; scene: Scene }[] = [
  { domain: "tidewatcher.example", title: "The last lighthouse keepers keep a group chat", scene: "sea" },
  {
    domain: "theharrowgazette.example",
    title: "Bench by the canal to be replaced with identical bench",
    scene: "city",
  },
  { domain: "slowjournal.example", title: "In praise of the second-best route", scene: "hills" },
  {
    domain: "fieldnotes.example",
    title: "A wren weighs as much as a coin and is louder than you",
    scene: "bird",
  },
  {
    domain: "loaf-monthly.example",
    title: "Your oven is lying to you about its temperature",
    scene: "bread",
  },
  { domain: "nightsky.example", title: "What the drainpipe telescope saw", scene: "stars" },
];

/** Why the platform put something in. */
export const SUGGESTIONS: readonly string[] = [
  "Suggested for you",
  "Popular near you",
  "Because you stopped scrolling once",
];

/** What the trends column offers: what, and how loud. */
export const TRENDS: readonly [string, string, string][] = [
  ["Trending in Ward 7", "The Bench", "4,218 posts"],
  ["Weather", "Drizzle with ambitions", "1,902 posts"],
  ["Baking", "#crumbshot", "12.4K posts"],
  ["Rail", "Purple locomotive", "886 posts"],
];

/** Fills every slot of a line, slots inside slots too. */
export function fill(line: string, random: Random): string {
  const filled = line.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const bank = SLOTS[slot];
    if (bank === undefined) throw new Error(`no phrase bank "${slot}"`);
    return random.pick(bank);
  });
  return filled.replace(
    /(^|[.!?] )([a-z])/g,
    (_, lead: string, letter: string) => lead + letter.toUpperCase(),
  );
}
