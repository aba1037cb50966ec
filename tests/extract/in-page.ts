/** What the tests run inside a page. */
import { Contents } from "../../extension/content/extract/contents.ts";
import {
  type CompiledAdapter,
  Extractor,
  pickAdapter,
  surfaceOf,
  visibleText,
} from "../../extension/content/extract/index.ts";
import { sameContent } from "../../extension/content/known.ts";
import { readCompiledAdapters } from "../../extension/shared/adapter.ts";
import type { Reading } from "./harness.ts";

export { visibleText };

export function readPage(adapters: string): string {
  const compiled = readCompiledAdapters(JSON.parse(adapters));
  const adapter = pickAdapter(compiled, location, document);
  if (!adapter) throw new Error(`no adapter for ${location.host}`);
  const extractor = new Extractor(adapter, document);
  const found = extractor.findAll();
  const posts: Reading["posts"] = [];
  const consistent: boolean[] = [];
  for (const f of found) {
    const post = extractor.read(f);
    if (post) posts.push({ ...post, foundAs: f.kind });
    const inner = f.item.querySelector("*") ?? f.item;
    const back = extractor.closestItem(f.item);
    const identity = extractor.identity(f);
    consistent.push(
      back?.item === f.item &&
        (inner.closest("*") === null || extractor.closestItem(inner) !== null) &&
        identity !== null,
    );
  }
  const reading: Reading = {
    divided: divided(adapter),
    adapter: adapter.name,
    surface: surfaceOf(adapter, location, document),
    found: found.length,
    posts,
    health: extractor.health(),
    veil: extractor.veilSelectors(),
    troubles: extractor.troubles,
    problems: compiled.problems.map((p) => p.message),
    consistent,
  };
  return JSON.stringify(reading);
}

/** Items that, read in two parts, are not what they are when read as a whole. */
function divided(adapter: CompiledAdapter): string[] {
  const extractor = new Extractor(adapter, document);
  const wrong: string[] = [];
  for (const fields of [
    new Set(["text", "promoted", "quote"]),
    new Set(["author", "links"]),
    new Set<string>(),
  ]) {
    for (const found of extractor.findAll()) {
      const whole = extractor.read(found);
      const part = extractor.read(found, fields);
      if (whole === null || part === null) {
        if (whole !== part) wrong.push(found.item.outerHTML.slice(0, 80));
        continue;
      }
      const other = Object.keys(part).filter((field) => !ALWAYS.has(field) && !fields.has(field));
      const rest = extractor.whole ? part : extractor.readRest(found, part, fields);
      if (extractor.whole ? extractor.named !== null : other.length > 0 || !sameContent(part, whole, fields))
        wrong.push(`${whole.id}: ${other}`);
      if (rest === null || !sameContent(rest, whole)) wrong.push(`${whole.id}: the rest`);
    }
  }
  return wrong;
}
/** What every reading reads. */
const ALWAYS: ReadonlySet<string> = new Set(["id", "platform", "host", "surface", "position"]);

/** A fresh extractor for the page, with whatever adapter fits it. */
export function extractorFor(adapters: string): Extractor {
  const adapter = pickAdapter(readCompiledAdapters(JSON.parse(adapters)), location, document);
  if (!adapter) throw new Error(`no adapter for ${location.host}`);
  return new Extractor(adapter, document);
}

/** How many selectors were asked of every item and of the page, and those that found other elements than the browser does. */
export function compareSearches(adapters: string, more: string[]): { asked: number; wrong: string[] } {
  const compiled = readCompiledAdapters(JSON.parse(adapters));
  const readings = compiled.adapters.flatMap(({ items }) =>
    items.flatMap(({ fields, identity }) => [...identity, ...Object.values(fields).flat()]),
  );
  const selectors = new Set([
    ...more,
    ...readings.flatMap(({ css, inner }) => [css, inner].flatMap((one) => one?.split(" >>> ") ?? [])),
  ]);
  const wrong = new Set<string>();
  const roots = [
    document.documentElement,
    ...extractorFor(adapters)
      .find(document)
      .map(({ item }) => item),
  ];
  for (const root of roots) {
    const contents = new Contents(root);
    for (const css of selectors) {
      const all = [...(root.matches(css) ? [root] : []), ...root.querySelectorAll(css)];
      const found = contents.select(css);
      if (found.length !== all.length || found.some((element, i) => element !== all[i])) wrong.add(css);
    }
  }
  return { asked: selectors.size * roots.length, wrong: [...wrong] };
}

/** Milliseconds to find and read what is on the page, median of `rounds`. */
export function timeReading(adapters: string, rounds: number): number {
  const adapter = pickAdapter(readCompiledAdapters(JSON.parse(adapters)), location, document);
  if (!adapter) throw new Error(`no adapter for ${location.host}`);
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const extractor = new Extractor(adapter, document);
    const start = performance.now();
    for (const f of extractor.find(document)) extractor.read(f);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
