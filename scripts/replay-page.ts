/**
 * `npm run replay:page -- --platform NAME --rules FILE PAGE.html`: what the installed extension makes of a saved page,
 * one JSON line for each place (element) that a post stands in, in the shape of `diffract replay`. The page is served on loopback at the platform's own address,
 * under a policy as strict as the platform's, to a headless browser with the shipped build.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { builtExtension, executable, launch, MissingBrowser } from "../tests/support/browsers.ts";
import { installExtension } from "../tests/support/extension.ts";
import { inPlaces, judgePage, replayLine } from "../tests/support/replay.ts";
import { adapterHosts, covers, HOMES, readMeta, servedAt, serveSaved } from "../tests/support/saved.ts";
import { ensureBuilt, NotBuilt } from "./build/ensure.ts";
import { checkRules } from "./build/workbench.ts";

const USAGE = `npm run replay:page -- --platform NAME --rules FILE [--browser firefox] [--url URL] PAGE.html
  --platform NAME  ${Object.keys(HOMES).join(", ")};
                   it decides at which host the page is served, and so which adapter reads it
  --rules FILE     the rules to judge by; the shipped packs are off
  --url URL        where the page was saved from, at a host of the platform (default: request_url of PAGE.meta.json;
                   where that is another host's, as an archive's, the address inside it, else the platform's front page)
  --browser NAME   chrome (the default) or firefox

Builds the extension first where its sources changed.
Prints a line for every place a post stands in: a post that the page shows twice has two lines, as a count of the page's
elements would have it, and as \`diffract replay\` prints a post that a payload repeats.`;

/** A mistake of whoever typed the command. */
class UsageError extends Error {}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      platform: { type: "string" },
      rules: { type: "string" },
      url: { type: "string" },
      browser: { type: "string", default: "chrome" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.error(USAGE);
    process.exit(0);
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError("give one saved page");
  const page = resolve(file);
  if (!existsSync(page)) throw new UsageError(`${file}: there is no such file`);
  if (values.rules === undefined) throw new UsageError("--rules FILE is missing");
  if (!existsSync(values.rules)) throw new UsageError(`--rules ${values.rules}: there is no such file`);
  const { platform = "", browser } = values;
  const home = HOMES[platform];
  if (home === undefined)
    throw new UsageError(
      platform === ""
        ? "--platform NAME is missing"
        : `--platform ${platform}: there are ${Object.keys(HOMES).join(", ")}`,
    );
  if (browser !== "chrome" && browser !== "firefox")
    throw new UsageError(`--browser ${browser}: there are chrome and firefox`);
  return {
    page,
    rules: readFileSync(values.rules, "utf8"),
    platform,
    home,
    url: values.url,
    browser,
  } as const;
}

/** Where the page is served: given, recorded beside it, or the platform's front page. Always over TLS. */
function pageAddress({ url, page, platform, home }: ReturnType<typeof readArguments>): string {
  const hosts = adapterHosts()?.get(platform) ?? [new URL(home).hostname];
  if (url !== undefined && !covers(hosts, url))
    throw new UsageError(
      `--url ${url}: not an address of ${platform}, whose hosts are ${hosts.slice(0, 5).join(", ")}${hosts.length > 5 ? " ..." : ""}`,
    );
  const address = new URL(servedAt(url ?? readMeta(page)?.request_url, home, hosts));
  address.protocol = "https:";
  address.port = "";
  return address.href;
}

async function main(): Promise<void> {
  const asked = readArguments();
  const folder = builtExtension(asked.browser, "shipped");
  // Before the build, which takes minutes the first time.
  executable(asked.browser);
  ensureBuilt(asked.browser, "shipped");
  const address = pageAddress(asked);
  const server = await serveSaved();
  try {
    server.show(asked.page);
    const running = await launch(asked.browser, { tlsPort: server.port, width: 1400, height: 1200 });
    try {
      const extension = await installExtension(running, folder);
      await extension.onlyMine();
      await extension.setRules(asked.rules);
      for (const { rendered } of await checkRules(asked.rules)) console.error(rendered);
      const report = await judgePage(extension, await running.newPage(), address);
      const lines = inPlaces(report.posts);
      for (const judged of lines) process.stdout.write(`${JSON.stringify(replayLine(judged))}\n`);
      for (const trouble of report.troubles) console.error(trouble);
      console.error(
        `${report.posts.length} posts in ${lines.length} places at ${address}; adapter ${report.health.adapter}: ${report.health.state}`,
      );
    } finally {
      await running.close();
    }
  } finally {
    await server.close();
  }
}

try {
  await main();
} catch (error) {
  const usage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  const known = usage || error instanceof MissingBrowser || error instanceof NotBuilt;
  console.error(
    `replay:page: ${known || !(error instanceof Error) ? (error as Error).message : (error.stack ?? error.message)}`,
  );
  if (usage) console.error(USAGE);
  process.exitCode = usage ? 2 : 1;
}
