/** The content script: which adapter, paused or not, which instance; everything else is the shell's. */
import adaptersJson from "virtual:adapters";
import { type CompiledAdapters, readCompiledAdapters } from "../shared/adapter.ts";
import { alive, api, wordsOf } from "../shared/api.ts";
import { readPageRequest } from "../shared/guards.ts";
import type { Answer, PageReport, PageRequest } from "../shared/messages.ts";
import { readOr } from "../shared/shape.ts";
import { type FeedChoice, parseStored, readForPage } from "../shared/storage.ts";
import { type CompiledAdapter, isFormOf, isHostOf, pickAdapter, surfaceOf } from "./extract/index.ts";
import { Interceptor, isIntercepted } from "./interceptor.ts";
import { drawMarks, sign } from "./marks.ts";
import { Newest } from "./newest.ts";
import { PageReader } from "./page-reader.ts";
import { PageSheet } from "./sheet.ts";
import { Shell } from "./shell.ts";
import { onRelieved, relieve, sweep } from "./takeover.ts";

const host = location.hostname.toLowerCase();

/** The adapters that may fit this page; only those are read and checked. */
function candidates(): CompiledAdapters {
  const raw = JSON.parse(adaptersJson) as { adapters: Array<{ hosts: string[]; detect?: string[] }> };
  const named = raw.adapters.filter(({ hosts }) => hosts.some((site) => isHostOf(host, site)));
  // Whoever names the host, and who knows another form of the same site by its markup.
  raw.adapters =
    named.length > 0
      ? raw.adapters.filter((a) => named.includes(a) || named.some((other) => isFormOf(a, other)))
      : raw.adapters.filter((a) => a.hosts.includes("*") || (a.detect?.length ?? 0) > 0);
  return readCompiledAdapters(raw);
}

const isGeneric = (adapter: CompiledAdapter) => adapter.hosts.includes("*");

/** One page, from its start to its end or its relief by a later instance. */
class Page {
  private shell: Shell | null = null;
  /** Kept while paused, so that the popup still has something to tell. */
  private last: Shell | null = null;
  private paused = false;
  private token = "";
  /** The reader's exceptions, as they are stored. */
  private shown: readonly string[] = [];
  /** Signs the sheet of the shell that runs, once it has verdicts and the installation's secret is known. */
  private sign: () => void = () => {};
  private stopRelief: () => void = () => {};
  private ended = false;
  /** Where answers of the platform are known. */
  private readonly interceptor: Interceptor | null = isIntercepted(host)
    ? new Interceptor(host, {
        changed: () => this.shell?.tookElsewhere(),
        trouble: (words) => this.shell?.trouble(words),
      })
    : null;
  /** The reader wants answers rewritten on this site. */
  private rewrites = true;
  /** What the reader chose for the feeds of this site. */
  private choice: FeedChoice = {};
  private readonly newest: Newest;
  /** This script came to a page that was there already. */
  private readonly late = document.readyState !== "loading";

  constructor(private adapter: CompiledAdapter) {
    this.newest = new Newest({
      ways: adapter.chronological,
      surface: () => surfaceOf(adapter, location, document),
      mayGo: () => this.shell?.mayGo() ?? Promise.resolve(false),
      trouble: (words) => this.shell?.trouble(words),
    });
  }

  async start(): Promise<void> {
    // Before the page has a script: from then on nobody could tell who speaks.
    this.interceptor?.start();
    // The veil first, with no round trip: posts that are painted before the settings are read cannot be unpainted.
    if (!this.late) this.run(false);
    api.runtime.onMessage.addListener(this.onMessage);
    api.storage.onChanged.addListener(this.onStored);
    let trouble = "";
    let stored: Awaited<ReturnType<typeof readForPage>> = {
      paused: [],
      shown: [],
      token: "",
      wireOff: [],
      feeds: {},
    };
    try {
      stored = await readForPage();
    } catch (error) {
      trouble = `Your settings could not be read (${wordsOf(error)}); this page is filtered as if nothing were paused.`;
    }
    if (this.ended) return;
    this.token = stored.token;
    this.shown = stored.shown;
    this.paused = stored.paused.includes(host);
    this.rewrites = !stored.wireOff.includes(host);
    this.choice = stored.feeds[host] ?? {};
    this.interceptor?.set(this.rewrites && !this.paused);
    if (this.paused) this.halt();
    else {
      if (this.shell === null) this.run(true);
      this.sign();
      this.shell?.setShown(stored.shown);
      this.shell?.warm();
      if (trouble !== "") this.shell?.trouble(trouble);
    }
    if (this.paused) this.relieveOthers();
    this.choose();
    this.stopRelief = onRelieved(this.token, () => this.end());
  }

  private run(late: boolean): void {
    const marks = drawMarks();
    const reader = new PageReader(this.adapter);
    const sheet = new PageSheet(marks, reader.veil);
    let settled = false;
    this.sign = () => {
      if (settled && this.token !== "") sheet.sign(sign(this.token, marks.name), true);
    };
    const shell = new Shell({
      reader,
      marks,
      sheet,
      host,
      late,
      settled: () => {
        // What an older instance hid stays hidden until this one has its own verdicts.
        this.relieveOthers(marks.name);
        settled = true;
        this.sign();
      },
      taken: () => this.interceptor?.report().taken ?? 0,
      orphaned: () => sheet.sign(this.token === "" ? "" : sign(this.token, marks.name), false),
    });
    this.shell = shell;
    this.last = shell;
    shell.start();
    for (const words of reader.troubles) shell.trouble(words);
  }

  private relieved = false;
  private relieveOthers(own = ""): void {
    if (this.relieved || !this.late) return;
    this.relieved = true;
    this.stopRelief();
    relieve(this.token);
    sweep(this.token, this.last?.roots() ?? [document], own);
    this.stopRelief = onRelieved(this.token, () => this.end());
  }

  /** Carries out what the reader chose for this site's feeds, as far as the page is concerned. */
  private choose(): void {
    this.newest.set(this.choice.newest === true && !this.paused && !this.ended);
  }

  private halt(): void {
    this.shell?.stop();
    this.shell = null;
  }

  /** A later instance is here. */
  private end(): void {
    this.ended = true;
    this.interceptor?.set(false);
    this.choose();
    this.halt();
    this.stopRelief();
    if (!alive()) return;
    api.runtime.onMessage.removeListener(this.onMessage);
    api.storage.onChanged.removeListener(this.onStored);
  }

  private readonly onStored = (changes: Record<string, chrome.storage.StorageChange>, area: string): void => {
    if (area !== "local" || this.ended) return;
    if (changes.paused) {
      const paused = parseStored({ paused: changes.paused.newValue }).stored.paused.includes(host);
      if (paused !== this.paused) {
        this.paused = paused;
        if (paused) this.halt();
        else {
          this.run(true);
          this.shell?.setShown(this.shown);
          this.shell?.warm();
        }
      }
    }
    if (changes.wireOff)
      this.rewrites = !parseStored({ wireOff: changes.wireOff.newValue }).stored.wireOff.includes(host);
    this.interceptor?.set(this.rewrites && !this.paused);
    if (changes.feeds) this.choice = parseStored({ feeds: changes.feeds.newValue }).stored.feeds[host] ?? {};
    if (changes.feeds || changes.paused) this.choose();
    if (changes.shown) {
      this.shown = parseStored({ shown: changes.shown.newValue }).stored.shown;
      this.shell?.setShown(this.shown);
    }
    if (changes.generation) {
      const { generation } = parseStored({ generation: changes.generation.newValue }).stored;
      this.shell?.rulesChanged(generation, "storage");
    }
  };

  private readonly onMessage = (
    raw: unknown,
    sender: chrome.runtime.MessageSender,
    respond: (answer: Answer<PageReport>) => void,
  ): undefined => {
    if (sender.id !== api.runtime.id || this.ended) return;
    const request = readOr<PageRequest>(readPageRequest, raw, "the request", (message) =>
      respond({ ok: false, message }),
    );
    if (request === null) return;
    respond(this.answer(request));
  };

  private answer(request: PageRequest): Answer<PageReport> {
    const shell = this.shell ?? this.last;
    if (request.type === "show") {
      if (this.shell === null) return { ok: false, message: "Diffract is paused on this site." };
      this.shell.show(request.id, request.shown);
    }
    if (request.type === "pick") {
      if (this.shell === null) return { ok: false, message: "Diffract is paused on this site." };
      this.shell.pick();
    }
    if (request.type === "wire") this.interceptor?.wake();
    const limit = request.type === "report" ? request.limit : 100;
    const feed = {
      fold: this.choice.fold ?? "nothing",
      newest: this.adapter.chronological.length > 0 ? this.choice.newest === true : null,
    };
    if (shell)
      return { ok: true, value: this.withTaken({ ...shell.report(limit, this.paused), feed }, limit) };
    const reader = new PageReader(this.adapter);
    return {
      ok: true,
      value: {
        host,
        platform: reader.platform,
        surface: reader.surface(),
        paused: this.paused,
        seen: 0,
        actions: {},
        posts: [],
        undecided: 0,
        health: { adapter: reader.platform, state: "quiet", locators: [] },
        troubles: [],
        latencies: [],
        engine: "background",
        feed,
      },
    };
  }

  /** The report with what the page never saw: before all else, since it was judged first. */
  private withTaken(report: PageReport, limit: number): PageReport {
    if (this.interceptor === null) return report;
    const posts = new Set(report.posts.map(({ post }) => post.id));
    const taken = this.interceptor.taken().filter(({ post }) => !posts.has(post.id));
    const hide = (report.actions.hide ?? 0) + taken.length;
    return {
      ...report,
      seen: report.seen + taken.length,
      actions: { ...report.actions, ...(hide > 0 && { hide }) },
      posts: [...taken, ...report.posts].slice(-limit || undefined).slice(0, limit),
      wire: this.interceptor.report(),
    };
  }
}

function begin(adapter: CompiledAdapter): void {
  void new Page(adapter).start();
}

/** A host that no adapter names: known by what is in the page, as soon as it is there; else read as any site. */
function beginWhenRecognised(compiled: CompiledAdapters): void {
  let begun = false;
  const look = () => {
    if (begun) return;
    const adapter = pickAdapter(compiled, location, document);
    if (adapter === undefined || (isGeneric(adapter) && document.readyState === "loading")) return;
    begun = true;
    observer.disconnect();
    begin(adapter);
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", look);
  look();
}

const compiled = candidates();
const adapter = pickAdapter(compiled, location);
if (adapter && !isGeneric(adapter)) begin(adapter);
else beginWhenRecognised(compiled);
