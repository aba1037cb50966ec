/** What the shell asks of a page, item by item, answered by the interpreter of adapters in `extract/`. */
import type { AdapterHealth } from "../shared/messages.ts";
import type { Post, Surface } from "../shared/post.ts";
import {
  type CompiledAdapter,
  Extractor,
  type Found,
  mayHost,
  shadowRootOf,
  surfaceOf,
} from "./extract/index.ts";

/** Milliseconds after which a page should have shown its posts. */
const SETTLED = 10_000;

export class PageReader {
  readonly platform: string;
  /** Attributes whose change may make another post of an item. */
  readonly attributes: readonly string[];
  /** Items are told by their likeness to each other: only a search of the whole page finds them. */
  readonly wholeOnly: boolean;
  /** Selectors of what the veil covers. */
  readonly veil: readonly string[];
  private readonly veilCss: string;
  private readonly extractor: Extractor;
  private readonly found = new WeakMap<Element, Found>();

  constructor(readonly adapter: CompiledAdapter) {
    this.platform = adapter.name;
    this.attributes = attributesOf(adapter);
    this.wholeOnly = adapter.repeated !== undefined;
    this.extractor = new Extractor(adapter, document);
    this.veil = this.extractor.veilSelectors();
    this.veilCss = this.veil.join(",");
  }

  /** Whether the veil covers the item or one of its boxes by itself. */
  veils(item: Element, boxes: readonly Element[]): boolean {
    if (this.found.get(item)?.veiled) return true;
    return this.veilCss !== "" && [item, ...boxes].some((element) => element.matches(this.veilCss));
  }

  get troubles(): readonly string[] {
    return this.extractor.troubles;
  }

  surface(): Surface | null {
    return surfaceOf(this.adapter, location, document);
  }

  /** Items at or under `root`, in document order; shadow roots are entered by the caller. */
  items(root: Document | ShadowRoot | Element): Element[] {
    return this.extractor.find(root).map((found) => {
      this.found.set(found.item, found);
      return found.item;
    });
  }

  /** The elements that show and hide together with the item, looked up anew; at least one. */
  boxes(item: Element): Element[] {
    const now = this.extractor.closestItem(item);
    if (now?.item === item) this.found.set(item, now);
    return this.boxesFound(item);
  }

  /** The same as they were when the item was found last. */
  boxesFound(item: Element): Element[] {
    const found = this.found.get(item);
    return found ? [found.box, ...found.extras] : [item];
  }

  /** Whether the element is of a kind that can have a shadow root. */
  mayHost(element: Element): boolean {
    return mayHost(element);
  }

  /** Whether the element could be a further row of an item before it. */
  mayExtend(element: Element): boolean {
    return this.extractor.isExtra(element);
  }

  /** Whether the element is an item or part of one; of items that are told by their likeness, never. */
  isInItem(element: Element): boolean {
    return this.extractor.isInItem(element);
  }

  /** The shadow root of an element, closed ones too. */
  shadow(host: Element): ShadowRoot | null {
    return shadowRootOf(host);
  }

  /** What changes when the item comes to hold another post, at little cost; `null` while it is empty. */
  identify(item: Element): string | null {
    const found = this.found.get(item);
    return found ? this.extractor.identity(found) : null;
  }

  /** What {@link identify} says of the item that was read last, where that came of itself; else `null`. */
  get named(): string | null {
    return this.extractor.named;
  }

  /** Whether the item that was read last was read as a whole. */
  get whole(): boolean {
    return this.extractor.whole;
  }

  /** The post, or of its fields only these; `null` while there is none. */
  read(item: Element, fields?: ReadonlySet<string>): Post | null {
    const found = this.found.get(item);
    return found ? this.extractor.read(found, fields) : null;
  }

  /** Reads as {@link read} does, for practice: the adapter's health is what it was. */
  rehearse(item: Element, fields: ReadonlySet<string>): Post | null {
    const found = this.found.get(item);
    return found ? this.extractor.rehearse(found, fields) : null;
  }

  /** The whole post of which {@link read} read only `fields`; `null`: the item holds another one by now. */
  readRest(item: Element, part: Post, fields: ReadonlySet<string>): Post | null {
    const found = this.found.get(item);
    return found ? this.extractor.readRest(found, part, fields) : null;
  }

  /** Another page of a single-page site. */
  reset(): void {
    this.extractor.reset();
  }

  health(): AdapterHealth {
    return this.extractor.health(document.readyState === "complete" && performance.now() > SETTLED);
  }
}

/** Every attribute that the adapter looks at, in its selectors or readings. */
export function attributesOf(adapter: CompiledAdapter): string[] {
  const names = new Set<string>();
  const selector = (css: string | undefined) => {
    if (css === undefined) return;
    for (const [, name] of css.matchAll(/\[\s*([a-zA-Z_][\w-]*)/g)) if (name) names.add(name.toLowerCase());
    const bare = css.replace(/\[[^\]]*\]/g, "");
    if (/\.[a-zA-Z_-]/.test(bare)) names.add("class");
    if (/#[a-zA-Z_-]/.test(bare)) names.add("id");
  };
  for (const item of adapter.items) {
    for (const css of [...item.select, ...item.except, ...item.box, ...item.extra, ...item.quote])
      selector(css);
    for (const reading of [...item.identity, ...Object.values(item.fields).flat()]) {
      selector(reading.css);
      if (reading.attr !== undefined) names.add(reading.attr.toLowerCase());
    }
  }
  return [...names];
}
