/**
 * Shadow roots that are found after their element came into the page: attached late, of which no mutation tells, or in
 * elements of a post in which none is likely. A look into an element costs some five microseconds in Chromium, so few
 * are looked into at once.
 */
import { PLAIN_HOSTS } from "./extract/index.ts";
import type { PageReader } from "./page-reader.ts";

/** Elements that are looked into with every frame; where there are more, the oldest are looked into in turn. */
export const MAX_HOSTS = 300;
/** Elements that are looked into in turn; where there are more, the oldest are left to the rounds of upkeep. */
const MAX_TURNS = 2000;
/** Parts of the page that are to be looked through. */
const MAX_PARTS = 500;
/** Most elements looked into in turn in one frame. */
const TURN = 100;
/** Frames for which an element is looked into; after that the rounds of upkeep find its root. */
const PATIENCE = 600;
/** The same for one in a post: that is read as it is by then. */
const PATIENCE_IN_POST = 4;
/** Milliseconds after which what waits for an idle moment is looked into all the same. */
const IDLE = 250;
/** Elements looked into in one idle moment, whatever is left of it. */
const AT_LEAST = 50;

/** A part of the page. */
type Part = Element | Document | ShadowRoot;

export class LateRoots {
  /** Elements whose root may still come, and the frame after which it is not waited for any more. */
  private readonly hosts = new Map<Element, number>();
  /** The same for those that are many and seldom get one: what is empty inside posts. */
  private readonly inTurn = new Map<Element, number>();
  /** Parts of the page that no one has looked through yet, and what is left of the one that is being looked through. */
  private readonly parts = new Set<Part>();
  private part: Iterator<Element> | null = null;
  private frame = 0;
  private polling = false;
  private idling = false;
  private stopped = false;

  constructor(
    private readonly reader: PageReader,
    /** Some are there. */
    private readonly found: (shadows: readonly ShadowRoot[]) => void,
  ) {}

  /** Waits for the root of an element that has none, frame by frame: it must be found before it is painted. */
  await(host: Element, inPost: boolean): void {
    if (this.hosts.has(host) || this.inTurn.has(host)) return;
    if (inPost && !isCustom(host)) this.takeTurns(host, this.frame + PATIENCE_IN_POST);
    else {
      this.hosts.set(host, this.frame + PATIENCE);
      const [oldest] = this.hosts;
      if (oldest && this.hosts.size > MAX_HOSTS) {
        this.hosts.delete(oldest[0]);
        this.takeTurns(...oldest);
      }
    }
    this.poll();
  }

  private takeTurns(host: Element, until: number): void {
    this.inTurn.set(host, until);
    const [oldest] = this.inTurn.keys();
    if (oldest && this.inTurn.size > MAX_TURNS) this.inTurn.delete(oldest);
  }

  /** Looks into every element in `part` when there is nothing else to do. */
  defer(part: Part): void {
    if (this.parts.size >= MAX_PARTS) return;
    this.parts.add(part);
    this.askIdle();
  }

  stop(): void {
    this.stopped = true;
    this.hosts.clear();
    this.inTurn.clear();
    this.parts.clear();
    this.part = null;
  }

  private poll(): void {
    if (this.polling || this.stopped) return;
    this.polling = true;
    requestAnimationFrame(() => {
      this.polling = false;
      if (this.stopped) return;
      const shadows = this.look();
      if (this.hosts.size + this.inTurn.size > 0) this.poll();
      if (shadows.length > 0) this.found(shadows);
    });
  }

  private look(): ShadowRoot[] {
    this.frame++;
    return [...this.lookInto(this.hosts, MAX_HOSTS), ...this.lookInto(this.inTurn, TURN)];
  }

  private lookInto(hosts: Map<Element, number>, most: number): ShadowRoot[] {
    const shadows: ShadowRoot[] = [];
    let left = Math.min(most, hosts.size);
    for (const [host, until] of hosts) {
      if (left-- <= 0) break;
      hosts.delete(host);
      const shadow = this.reader.shadow(host);
      if (shadow) shadows.push(shadow);
      else if (this.frame < until && host.isConnected) hosts.set(host, until);
    }
    return shadows;
  }

  private askIdle(): void {
    if (this.idling || this.stopped) return;
    this.idling = true;
    requestIdleCallback((deadline) => this.idle(deadline), { timeout: IDLE });
  }

  private idle(deadline: IdleDeadline): void {
    this.idling = false;
    if (this.stopped) return;
    const shadows: ShadowRoot[] = [];
    for (let looked = 0; looked < AT_LEAST || deadline.timeRemaining() >= 1; looked++) {
      const element = this.nextElement();
      if (element === null) break;
      const shadow = element.isConnected ? this.reader.shadow(element) : null;
      if (shadow) shadows.push(shadow);
    }
    if (this.part !== null || this.parts.size > 0) this.askIdle();
    if (shadows.length > 0) this.found(shadows);
  }

  private nextElement(): Element | null {
    for (;;) {
      const next = this.part?.next();
      if (next && !next.done) return next.value;
      this.part = null;
      const [part] = this.parts;
      if (part === undefined) return null;
      this.parts.delete(part);
      this.part = withSelf(part);
    }
  }
}

function* withSelf(part: Part): Generator<Element> {
  if (part instanceof Element) yield part;
  yield* part.querySelectorAll("*");
}

/** Elements of HTML; what else there is may be a custom one. */
const PLAIN =
  "a,abbr,article,aside,b,blockquote,body,br,button,caption,center,cite,code,dd,del,details,div,dl,dt,em,fieldset," +
  "figcaption,figure,font,footer,form,h1,h2,h3,h4,h5,h6,head,header,hr,html,i,iframe,img,input,ins,kbd,label,legend,li," +
  "link,main,mark,meta,nav,ol,optgroup,option,p,picture,pre,q,s,samp,script,section,select,small,source,span,strong," +
  "style,sub,summary,sup,table,tbody,td,template,textarea,tfoot,th,thead,time,title,tr,u,ul,var,video,wbr," +
  "svg,g,path,circle,rect,line,polygon,use,defs";
const EMPTY = "div:empty,section:empty,article:empty,main:empty,aside:empty,span:empty";

/**
 * What is likely to have a shadow root: custom elements, and what is empty. Content of an element's own would have to be
 * shown by the root, or hidden.
 */
export const LIKELY_HOSTS = `:not(:is(${PLAIN})),${EMPTY}`;

/** What can have one all the same. */
export const UNLIKELY_HOSTS = `:is(${PLAIN_HOSTS}):not(${EMPTY})`;

/** What may yet get one: it is not defined yet, or empty until then. */
export const UNFINISHED_HOSTS = `:not(:defined),${EMPTY}`;

const isCustom = ({ localName }: Element): boolean => localName.includes("-");
