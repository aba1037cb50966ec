/** What the wire benchmark has answered: timelines of our own words, and recorded ones at the addresses that they were recorded from. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corpora } from "../../support/saved.ts";

/** An answer, and who asks for it where. */
export interface Body {
  name: string;
  text: string;
  /** The platform's host, whose page asks. */
  host: string;
  /** With the query. */
  path: string;
  method: string;
}

/** Recorded answers, by platform and their names in the corpora; of each about 100 KB and about 1 MB. */
const RECORDED: ReadonlyArray<[platform: string, host: string, names: string[]]> = [
  ["x", "x.com", ["usertweets-promoted-2023-12", "search-2026-08", "list-2026-08"]],
  ["youtube", "www.youtube.com", ["search-channels", "home-ru-2025-4ads"]],
  ["reddit", "www.reddit.com", ["listing-askreddit-hot-2016", "thread-poll-2020"]],
  ["mastodon", "mastodon.social", ["tag-ichbinhanna-p1"]],
];

/** A timeline of X of about so many bytes, of entries like those of our own payload. */
export function made(name: string, bytes: number): Body {
  const payload = readFileSync("crate/adapters/tests/payloads/x-profile.json", "utf8").replace(/^\ufeff/, "");
  const root = JSON.parse(payload) as Record<string, unknown>;
  const entries = findEntries(root);
  // A timeline is mostly what no rule takes out; our own payload's advertisement stays its only one.
  const one = entries.find((entry) => !JSON.stringify(entry).includes("promoted"));
  if (one === undefined) throw new Error("the payload has no entry to go by");
  // Of a post's bytes few are its words: about one in twenty of X's.
  const rest = Object.fromEntries(
    Array.from({ length: 120 }, (_, n) => [
      `feature_${n}_enabled`,
      { value: n % 2 === 0, note: `setting ${n}` },
    ]),
  );
  Object.assign(one, { features: rest });
  const size = JSON.stringify(one).length + 300;
  const count = Math.max(1, Math.round(bytes / size));
  const words =
    "Tea is brewed in pots, and pots are made of clay; a thread about kilns, glazes and long evenings. ".repeat(
      3,
    );
  entries.splice(
    0,
    0,
    ...Array.from({ length: count }, (_, n) => {
      const id = String(5_000_000 + n);
      return JSON.parse(
        JSON.stringify(one)
          .replaceAll(/"(rest_id|id_str)":"\d+"/g, `"$1":"${id}"`)
          .replaceAll(/"full_text":"[^"]*"/g, `"full_text":"${id} ${words.slice(0, 300)}"`)
          .replaceAll(/"entryId":"[^"]*"/g, `"entryId":"tweet-${id}"`),
      ) as Record<string, unknown>;
    }),
  );
  return {
    name,
    text: JSON.stringify(root),
    host: "x.com",
    path: "/i/api/graphql/q/UserTweets",
    method: "GET",
  };
}

function findEntries(node: unknown): Record<string, unknown>[] {
  if (typeof node !== "object" || node === null) return [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "entries" && Array.isArray(value)) return value as Record<string, unknown>[];
    const found = findEntries(value);
    if (found.length > 0) return found;
  }
  return [];
}

/** The recorded answers that are at hand, each at its own address; of the others it is said that they are left out. */
export function recorded(): Body[] {
  return RECORDED.flatMap(([platform, host, names]) =>
    names.flatMap((name) => {
      const file = join(corpora(), "dev", platform, `${name}.json`);
      const about = join(corpora(), "dev", platform, `${name}.meta.json`);
      if (!existsSync(file) || !existsSync(about)) {
        console.log(`no recording ${platform}/${name} (DIFFRACT_CORPORA names another place); left out`);
        return [];
      }
      const meta = JSON.parse(readFileSync(about, "utf8")) as {
        request_url?: string;
        request_method?: string;
      };
      const { pathname, search } = new URL(meta.request_url ?? "/", `https://${host}`);
      return [
        {
          name: `recorded ${platform} ${name}`,
          text: readFileSync(file, "utf8"),
          host,
          path: `${pathname}${search}`,
          method: meta.request_method ?? "GET",
        },
      ];
    }),
  );
}
