/** Keeps count of which locators still find something. */
import type { AdapterHealth, LocatorHealth } from "../../shared/messages.ts";

/** Fields without which a post is hardly one. */
const ESSENTIAL = ["id", "author", "text"];
/** So often must a field have been looked for before its absence says anything. */
const ENOUGH = 10;

export class HealthBook {
  #locators = new Map<string, LocatorHealth>();
  /** Off: what is looked for now says nothing. */
  counts = true;

  /** `name` was looked for; `rank` is the index of the alternative that found something, -1 for none. */
  note(name: string, rank: number): void {
    if (!this.counts) return;
    const l = this.#locators.get(name);
    if (!l) {
      this.#locators.set(name, { name, found: rank < 0 ? 0 : 1, asked: 1, rank });
      return;
    }
    l.asked += 1;
    if (rank < 0) return;
    l.found += 1;
    l.rank = rank;
  }

  forget(): void {
    this.#locators.clear();
  }

  /**
   * `surfaceHasFeed`: posts should be on this page; `settled`: it has had time to show them; `guesses`: the adapter
   * knows no site by heart, so that its fallbacks are no sign of anything.
   */
  report(adapter: string, surfaceHasFeed: boolean, settled: boolean, guesses: boolean): AdapterHealth {
    const locators = [...this.#locators.values()];
    const items = locators.filter((l) => /^item\.[^.]+$/.test(l.name));
    let state: AdapterHealth["state"] = "good";
    if (items.every((l) => l.found === 0)) state = surfaceHasFeed && settled ? "broken" : "quiet";
    else if (!guesses && locators.some(isWorn)) state = "worn";
    return { adapter, state, locators: locators.map((l) => ({ ...l })) };
  }
}

function isWorn(l: LocatorHealth): boolean {
  const parts = l.name.split(".");
  // A feed's container has another form on many a surface; only items say that a platform has changed.
  if (parts.length < 3) return parts[0] === "item" && l.found > 0 && l.rank > 0;
  return ESSENTIAL.includes(parts[2] ?? "") && l.asked >= ENOUGH && l.found * 2 < l.asked;
}
