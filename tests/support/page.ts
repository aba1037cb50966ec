/** Small things asked of any page. */
import type { Page } from "puppeteer-core";
import { until } from "./wait.ts";

/** Waits until every picture in the window is there. */
export async function picturesLoaded(page: Page): Promise<void> {
  await until("the pictures to load", () =>
    page.evaluate(() => [...document.images].every((image) => image.complete)),
  );
}

/**
 * Waits until a page of Agora shows posts and nothing on it moved for a while: by the layout of what it shows,
 * frame after frame.
 */
export async function settled(page: Page): Promise<void> {
  await until("the feed to settle", () =>
    page.evaluate(async () => {
      // No named functions here: the loader adds a helper to those that the page does not have.
      let before: string | undefined;
      for (let frame = 0; frame < 25; frame++) {
        const layout = [...document.querySelectorAll("article")]
          .map((article) => {
            const { top, height } = article.getBoundingClientRect();
            const shows = article.checkVisibility({ opacityProperty: true, visibilityProperty: true });
            return `${Math.round(top)} ${Math.round(height)} ${shows}`;
          })
          .join("|");
        if (layout === "" || (before !== undefined && layout !== before)) return false;
        before = layout;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return true;
    }),
  );
}
