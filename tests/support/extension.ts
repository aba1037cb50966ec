/**
 * Talking to the installed extension as its own pages do: from one of its pages, with its own messages, and
 * with nothing made for tests.
 */
import type { Page } from "puppeteer-core";
import type {
  Answer,
  BackgroundRequest,
  BackgroundState,
  PageReport,
  PageRequest,
} from "../../extension/shared/messages.ts";
import type { Installed, Running } from "./browsers.ts";
import { pause, until } from "./wait.ts";

/** What one tab's content script answered. */
export interface TabReport {
  tab: number;
  report: PageReport;
}

/** The extension, seen from a page of its own. */
export interface Extension {
  installed: Installed;
  /** An extension page kept open to speak from. */
  page: Page;
  request<T>(request: BackgroundRequest): Promise<Answer<T>>;
  state(): Promise<BackgroundState>;
  /** Replaces the reader's own rules and waits until they are in force. */
  setRules(source: string): Promise<void>;
  /** Switches every pack off but the reader's own rules. */
  onlyMine(): Promise<void>;
  /** Every tab with a content script of ours, with its report. */
  reports(limit?: number): Promise<TabReport[]>;
  /** The one tab on `host`; waits until it answers. */
  report(host: string, limit?: number): Promise<PageReport>;
  ask(host: string, request: PageRequest): Promise<Answer<PageReport>>;
}

/** Installs the extension at `folder` and opens one of its pages to speak from. */
export async function installExtension(running: Running, folder: string): Promise<Extension> {
  const installed = await running.install(folder);
  const extension = await openExtension(running, installed);
  await closeWelcome(running);
  return extension;
}

/** Opens a page of the installed extension to speak from, and waits until the background answers. */
export async function openExtension(running: Running, installed: Installed): Promise<Extension> {
  const page = await openOwnPage(running, installed, "dashboard.html");
  const extension = speakFrom(page, installed);
  await until("the background to answer", async () => {
    try {
      return (await extension.request({ type: "state" })).ok;
    } catch {
      return false;
    }
  });
  return extension;
}

/** Opens one of the extension's own pages in a tab. */
export async function openOwnPage(running: Running, installed: Installed, path: string): Promise<Page> {
  const page = await running.newPage();
  const address = `${installed.origin}${path}`;
  await until(`${address} to open`, async () => {
    // Firefox never tells that such a page has loaded; so it is asked.
    await Promise.race([page.goto(address).catch(() => undefined), pause(1500)]);
    try {
      return await page.evaluate(
        (wanted) => location.href === wanted && document.readyState === "complete",
        address,
      );
    } catch {
      return false;
    }
  });
  return page;
}

/** A fresh installation greets its reader in a tab of its own, which would put every other page in the background. */
async function closeWelcome(running: Running): Promise<void> {
  const end = performance.now() + 3000;
  while (performance.now() < end) {
    for (const page of await running.browser.pages()) {
      // Asked, not told: of the extension's own pages Firefox says nothing.
      const address = await Promise.race([page.evaluate(() => location.href).catch(() => ""), pause(500)]);
      if (/extension:\/\/.*\bwelcome\b/.test(address ?? "")) return page.close();
    }
    await pause(100);
  }
}

/** Speaks from a page of the extension that is open already. */
export function speakFrom(page: Page, installed: Installed): Extension {
  const request = <T>(message: BackgroundRequest) =>
    page.evaluate(async (sent) => (await chrome.runtime.sendMessage(sent)) as unknown, message) as Promise<
      Answer<T>
    >;
  const must = async <T>(message: BackgroundRequest): Promise<T> => {
    const answer = await request<T>(message);
    if (answer?.ok) return answer.value;
    throw new Error(`${message.type} was refused: ${answer?.message ?? "no answer"}`);
  };
  const state = () => must<BackgroundState>({ type: "state" });
  const toTabs = (message: PageRequest) =>
    page.evaluate(async (sent) => {
      const answers: { tab: number; answer: unknown }[] = [];
      for (const { id } of await chrome.tabs.query({})) {
        if (id === undefined) continue;
        try {
          answers.push({ tab: id, answer: (await chrome.tabs.sendMessage(id, sent)) as unknown });
        } catch {
          // No content script of ours there.
        }
      }
      return answers;
    }, message);
  const reports = async (limit = 5000): Promise<TabReport[]> => {
    const answers = await toTabs({ type: "report", limit });
    return answers.flatMap(({ tab, answer }) => {
      const told = answer as Answer<PageReport> | undefined;
      return told?.ok ? [{ tab, report: told.value }] : [];
    });
  };
  return {
    installed,
    page,
    request,
    state,
    async setRules(source) {
      await must({ type: "set-rules", source });
      await until("the new rules to be stored", async () =>
        (await state()).packs.some((pack) => pack.origin === "mine" && pack.source === source),
      );
    },
    async onlyMine() {
      for (const pack of (await state()).packs)
        if (pack.origin !== "mine" && pack.on) await must({ type: "set-pack", pack: pack.id, on: false });
    },
    reports,
    async report(host, limit) {
      return until(
        `a content script on ${host}`,
        async () => (await reports(limit)).find((one) => one.report.host === host)?.report,
      );
    },
    async ask(host, message) {
      const tab = (await reports(0)).find((one) => one.report.host === host)?.tab;
      if (tab === undefined) throw new Error(`no tab of ours on ${host}`);
      return (await page.evaluate(
        async (id, sent) => (await chrome.tabs.sendMessage(id, sent)) as unknown,
        tab,
        message,
      )) as Answer<PageReport>;
    },
  };
}
