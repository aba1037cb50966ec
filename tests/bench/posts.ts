/** Posts of Agora, put into the background as if its pages had shown them: for benchmarks of the extension's own pages. */
import type { Page } from "puppeteer-core";
import type { Post } from "../../extension/shared/post.ts";
import { startAgora } from "../agora/server.ts";

/** So many posts, as Agora's adapter would read them; a minute apart, newest last. */
export async function postsOf(count: number): Promise<Post[]> {
  const agora = await startAgora({ posts: count });
  await agora.close();
  const now = Date.now() / 1000;
  return agora.truth.slice(0, count).map((post, index) => ({
    id: post.id,
    platform: "agora",
    host: "agora.localhost",
    url: `http://agora.localhost/post/${post.id}`,
    surface: "home",
    kind: "post",
    text: post.texts[0] ?? "",
    author: post.author,
    name: post.name,
    promoted: post.promoted,
    followed: index % 4 === 0,
    likes: (index * 37) % 900,
    reposts: (index * 11) % 500,
    views: (index * 7919) % 90_000,
    time: now - (count - index) * 60,
  }));
}

/** Has the background decide the posts, as a page would, so that they are those of the visit. */
export function show(page: Page, posts: readonly Post[]): Promise<void> {
  return page.evaluate(
    (all) =>
      new Promise<void>((resolve) => {
        const port = chrome.runtime.connect({ name: "feed" });
        const batches = [];
        for (let from = 0; from < all.length; from += 100) batches.push(all.slice(from, from + 100));
        let answers = 0;
        port.onMessage.addListener(() => {
          answers += 1;
          if (answers < batches.length) return;
          port.disconnect();
          resolve();
        });
        for (const [seq, batch] of batches.entries())
          port.postMessage({
            type: "posts",
            seq,
            host: "agora.localhost",
            visit: "bench",
            posts: JSON.stringify(batch),
          });
      }),
    posts as Post[],
  );
}
