/**
 * Where the pages of tabs are by now: a page moves on without being loaded anew, and whoever asks the browser for each answer
 * waits for a busy process.
 */
import { api } from "../../shared/api.ts";

/** Most tabs whose addresses are kept. */
const MOST_TABS = 500;

type Heard = (tab: number, change: { url?: string }) => void;
/** What `@types/chrome` does not know of Firefox. */
interface Updated {
  addListener(heard: Heard, filter: { urls: string[]; properties: string[] }): void;
}

export class TabAddresses {
  private readonly known = new Map<number, string>();

  /** `urls`: match patterns of the pages that are followed. */
  constructor(urls: string[]) {
    const updated = api.tabs.onUpdated as unknown as Updated;
    updated.addListener(
      (tab, { url }) => {
        if (url !== undefined) this.put(tab, url);
      },
      { urls, properties: ["url"] },
    );
    api.tabs.onRemoved.addListener((tab) => this.known.delete(tab));
  }

  /** The address of a tab's page. It is known already but for the first time in a life of the background. */
  of(tab: number): string | Promise<string | undefined> {
    return this.known.get(tab) ?? this.ask(tab);
  }

  private put(tab: number, url: string): void {
    this.known.delete(tab);
    this.known.set(tab, url);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST_TABS) break;
      this.known.delete(oldest);
    }
  }

  private async ask(tab: number): Promise<string | undefined> {
    try {
      const { url } = await api.tabs.get(tab);
      // What was heard meanwhile is newer.
      if (url !== undefined && !this.known.has(tab)) this.put(tab, url);
      return this.known.get(tab) ?? url;
    } catch {
      return undefined;
    }
  }
}
