/** Draws `extension/icons/*.png` from `icon.svg` in a headless Chromium: `node --import tsx scripts/icons.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { executable } from "../tests/support/browsers.ts";

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));

const browser = await puppeteer.launch({
  executablePath: executable("chrome"),
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage();
  const svg = readFileSync("extension/icons/icon.svg", "utf8");
  for (const size of [16, 32, 48, 128]) {
    await page.setViewport({ width: size, height: size });
    await page.setContent(
      `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
    );
    writeFileSync(`extension/icons/${size}.png`, await page.screenshot({ omitBackground: true }));
  }
} finally {
  await browser.close();
}
