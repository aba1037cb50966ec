/** Starting a browser with the extension really installed, alike in Chromium and Firefox. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

export type BrowserName = "chrome" | "firefox";

/**
 * Where the extension that was built for a browser lies. `demo` also runs on Agora's host. `DIFFRACT_DIST` names another
 * folder than `dist`, to test a build that was put aside.
 */
export const builtExtension = (browser: BrowserName, flavour: "demo" | "shipped"): string =>
  resolve(process.env.DIFFRACT_DIST ?? "dist", flavour === "demo" ? `demo-${browser}` : browser);

/** The browsers to test: `BROWSERS=chrome,firefox`, or whichever of them are installed. */
export function chosenBrowsers(): BrowserName[] {
  const wanted = process.env.BROWSERS?.split(",").map((name) => name.trim()) ?? ["chrome", "firefox"];
  return wanted.map((name) => {
    if (name === "chrome" || name === "firefox") return name;
    throw new Error(`BROWSERS names "${name}"; it knows chrome and firefox`);
  });
}

const CANDIDATES: Record<BrowserName, string[]> = {
  chrome: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ],
  firefox: [
    "/usr/bin/firefox-esr",
    "/usr/bin/firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
  ],
};

/** There is no such browser on this machine; the message says what to do. */
export class MissingBrowser extends Error {}

/** The browser's program, or an error that says how to get one. */
export function executable(browser: BrowserName): string {
  const variable = browser.toUpperCase();
  const given = process.env[variable];
  if (given) {
    if (existsSync(given)) return given;
    throw new MissingBrowser(`${variable}=${given}, but there is no such file`);
  }
  const found = CANDIDATES[browser].find(existsSync);
  if (found) return found;
  const packages = browser === "chrome" ? "chromium" : "firefox-esr";
  throw new MissingBrowser(
    `no ${browser} found. Install one (Debian: apt-get install ${packages}), or set ${variable} to its program.`,
  );
}

/** How a browser is started. */
export interface LaunchOptions {
  headless?: boolean;
  /** Every host's TLS connections go to this port of this machine, whose self-signed certificate is trusted. */
  tlsPort?: number;
  /** Further Firefox preferences. */
  preferences?: Record<string, boolean | number | string>;
  width?: number;
  height?: number;
  /** What pages are told the reader prefers. */
  dark?: boolean;
  /** The driver does not follow requests: what it does for each would be measured as well. */
  unobserved?: boolean;
}

/** A running browser. */
export interface Running {
  name: BrowserName;
  browser: Browser;
  /** Installs the unpacked extension in `folder` and says where its own pages are. */
  install(folder: string): Promise<Installed>;
  /** `window`: in a window of its own, where it stays visible, and its process is not put behind others. */
  newPage(where?: "tab" | "window"): Promise<Page>;
  close(): Promise<void>;
}

/** An installed extension. */
export interface Installed {
  id: string;
  /** `chrome-extension://…/` or `moz-extension://…/`. */
  origin: string;
}

/** Firefox gives every installation random page addresses; tests fix this one beforehand. */
const FIREFOX_UUID = "6d0f1c52-4b1e-4c0a-9a57-2f6f3d6c7b10";

/** Names of this extension in Firefox: an installed one's pages live under the UUID its id is given. */
const geckoId = (folder: string): string | undefined => {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  return (manifest as { browser_specific_settings?: { gecko?: { id?: string } } }).browser_specific_settings
    ?.gecko?.id;
};

/** Starts a browser with a profile of its own, removed when it closes. */
export async function launch(name: BrowserName, options: LaunchOptions = {}): Promise<Running> {
  const profile = mkdtempSync(join(tmpdir(), `diffract-${name}-`));
  const { headless = true, width = 1280, height = 900, unobserved = false } = options;
  const viewport = headless ? { width, height } : null;
  const browser = await (name === "chrome"
    ? puppeteer.launch({
        executablePath: executable("chrome"),
        headless,
        pipe: true,
        enableExtensions: true,
        defaultViewport: viewport,
        networkEnabled: !unobserved,
        userDataDir: profile,
        args: chromeArguments(options, width, height),
      })
    : puppeteer.launch({
        browser: "firefox",
        executablePath: executable("firefox"),
        headless,
        defaultViewport: viewport,
        networkEnabled: !unobserved,
        userDataDir: profile,
        acceptInsecureCerts: options.tlsPort !== undefined,
        // Without it, WebDriver may not open the extension's own pages.
        args: ["--remote-allow-system-access", `--width=${width}`, `--height=${height}`],
        extraPrefsFirefox: firefoxPreferences(options),
      }));
  return {
    name,
    browser,
    async install(folder) {
      if (!existsSync(join(folder, "manifest.json")))
        throw new Error(
          `no extension at ${folder}; build it: node --import tsx scripts/build.ts${folder.includes("demo-") ? " --demo" : ""}`,
        );
      const id = await browser.installExtension(folder);
      return {
        id,
        origin: name === "chrome" ? `chrome-extension://${id}/` : `moz-extension://${FIREFOX_UUID}/`,
      };
    },
    async newPage(where = "tab") {
      const page = await browser.newPage({ type: where });
      if (name === "chrome")
        await page.emulateMediaFeatures([
          { name: "prefers-color-scheme", value: options.dark ? "dark" : "light" },
        ]);
      return page;
    },
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function chromeArguments({ tlsPort }: LaunchOptions, width: number, height: number): string[] {
  return [
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--window-size=${width},${height}`,
    // Chromium's sandbox refuses to run as root, which is what containers are.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ...(tlsPort === undefined
      ? []
      : [
          `--host-resolver-rules=MAP * 127.0.0.1:${tlsPort}, EXCLUDE 127.0.0.1, EXCLUDE *.localhost`,
          "--ignore-certificate-errors",
        ]),
  ];
}

function firefoxPreferences({
  tlsPort,
  preferences,
  dark,
}: LaunchOptions): Record<string, boolean | number | string> {
  const id = [builtExtension("firefox", "demo"), builtExtension("firefox", "shipped")]
    .filter((folder) => existsSync(join(folder, "manifest.json")))
    .map(geckoId)
    .find((found) => found !== undefined);
  return {
    ...(id && { "extensions.webextensions.uuids": JSON.stringify({ [id]: FIREFOX_UUID }) }),
    ...(tlsPort !== undefined && {
      "network.dns.forceResolve": "127.0.0.1",
      "network.socket.forcePort": `443=${tlsPort}`,
      // Known hosts insist on TLS by other ways than a user may wave through.
      "network.stricttransportsecurity.preloadlist": false,
      "security.cert_pinning.enforcement_level": 0,
      "security.enterprise_roots.enabled": false,
    }),
    // 0 is dark, 1 light.
    "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
    // Firefox's own add-on for YouTube's pages holds the parser up for ever where there is no network.
    "extensions.pictureinpicture.enable_picture_in_picture_overrides": false,
    "app.normandy.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "toolkit.telemetry.reportingpolicy.firstRun": false,
    // The browser's own prompt about what an extension may do has nobody to answer it here.
    "extensions.webextOptionalPermissionPrompts": false,
    ...preferences,
  };
}
