/** A browser with the extension installed, and Agora in a tab. */
import type { Page } from "puppeteer-core";
import { type Agora, startAgora } from "../agora/server.ts";
import type { Truth } from "../agora/types.ts";
import {
  type BrowserName,
  builtExtension,
  type LaunchOptions,
  launch,
  type Running,
} from "../support/browsers.ts";
import { type Extension, installExtension } from "../support/extension.ts";
import { settled } from "../support/page.ts";
import { until } from "../support/wait.ts";

export const AGORA = "agora.localhost";

/** Everything a test of Agora needs. */
export interface Session {
  running: Running;
  agora: Agora;
  extension: Extension;
  truth: ReadonlyMap<string, Truth>;
  /** Opens Agora at `path` in a tab in front, and waits for posts. */
  open(path?: string): Promise<Page>;
  close(): Promise<void>;
}

/** Starts it all, with the shipped packs off and `rules` as the reader's own. */
export async function openSession(
  name: BrowserName,
  options: LaunchOptions & { rules?: string; posts?: number; seed?: number } = {},
): Promise<Session> {
  const { rules, posts, seed, ...launchOptions } = options;
  const agora = await startAgora({
    ...(posts !== undefined && { posts }),
    ...(seed !== undefined && { seed }),
  });
  const running = await launch(name, launchOptions);
  try {
    const extension = await installExtension(running, builtExtension(name, "demo"));
    await extension.onlyMine();
    if (rules !== undefined) await extension.setRules(rules);
    return {
      running,
      agora,
      extension,
      truth: new Map(agora.truth.map((post) => [post.id, post])),
      async open(path = "") {
        const page = await running.newPage();
        await page.goto(new URL(path, agora.url).href);
        await page.bringToFront();
        await settled(page);
        return page;
      },
      async close() {
        await running.close();
        await agora.close();
      },
    };
  } catch (error) {
    await running.close();
    await agora.close();
    throw error;
  }
}

/** How one post looks at this moment. By the page's own account of which post it is. */
export interface Look {
  id: string;
  version: number;
  /** Some of its words, pictures or names can be seen. */
  seen: boolean;
  /** Something in it is blurred. */
  blurred: boolean;
  /** Its opacity, 0..1. */
  opacity: number;
  outlined: boolean;
  /** Elements inside that Agora did not make. */
  strangers: number;
  /** Pixels. */
  height: number;
}

/** Every post on the page that lies in the window or near it. */
export function look(page: Page): Promise<Look[]> {
  return page.evaluate(() =>
    globalThis.agora
      .articles()
      .filter((article) => article.agora)
      .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
      .map((article) => {
        const parts = [...article.querySelectorAll("header a, div[dir=auto] > *, figure, footer")];
        const inside = [...article.querySelectorAll("*")];
        const style = getComputedStyle(article);
        return {
          id: article.agora?.id ?? "",
          version: article.agora?.version ?? 0,
          seen: parts.some((part) => {
            const { width, height } = part.getBoundingClientRect();
            return (
              width > 0 &&
              height > 0 &&
              part.checkVisibility({ opacityProperty: true, visibilityProperty: true })
            );
          }),
          blurred: [article, ...inside].some((part) => getComputedStyle(part).filter.includes("blur")),
          opacity: Number(style.opacity),
          outlined: style.outlineStyle === "solid" && Number.parseFloat(style.outlineWidth) >= 2,
          strangers: [...article.children].filter(
            (child) => child.localName !== "div" || child.className === "",
          ).length,
          height: Math.round(article.getBoundingClientRect().height),
        };
      }),
  );
}

/** What a test expects of each post on the page: `undefined` where all is well, else what is not. */
export type Expectation = (post: Truth, text: string, look: Look) => string | undefined;

/** Waits until every post on the page is as expected; says which is not when it does not come to that. */
export async function expectPosts(session: Session, page: Page, expectation: Expectation): Promise<Look[]> {
  let wrong: string[] = [];
  let looks: Look[] = [];
  try {
    await until("the posts to be as expected", async () => {
      looks = await look(page);
      wrong = looks.flatMap((one) => {
        const post = session.truth.get(one.id);
        if (!post) return [`${one.id}: unknown to the server`];
        const text = post.texts[one.version] ?? "";
        const found = expectation(post, text, one);
        return found === undefined
          ? []
          : [`${one.id} (${post.flavour}, ${post.body}): ${found}\n    ${text.slice(0, 90)}`];
      });
      return looks.length > 2 && wrong.length === 0;
    });
  } catch (error) {
    throw new Error(
      `${(error as Error).message}; ${looks.length} posts on the page, not as expected:\n  ${wrong.join("\n  ")}`,
    );
  }
  return looks;
}

/** Expects posts to be gone exactly where `hidden` says so. */
export const gone =
  (hidden: (post: Truth, text: string) => boolean): Expectation =>
  (post, text, { seen }) => {
    const should = hidden(post, text);
    if (should === !seen) return undefined;
    return should ? "should be hidden, but shows" : "should show, but is hidden";
  };

/** Scrolls down by `pixels` in steps a reader might make. */
export async function scroll(page: Page, pixels: number): Promise<void> {
  await page.evaluate(async (total) => {
    for (let done = 0; done < total; done += 200) {
      scrollBy(0, Math.min(200, total - done));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, pixels);
}

/** Scrolls until `wanted` holds of some post in the window, and returns that post's id. */
export async function scrollUntil(
  session: Session,
  page: Page,
  wanted: (post: Truth) => boolean,
): Promise<string> {
  return until("such a post to come by", async () => {
    for (const { id, height } of await look(page)) {
      const post = session.truth.get(id);
      if (post && height >= 0 && wanted(post)) return id;
    }
    await scroll(page, 600);
    return undefined;
  });
}
