/** The words of a post, in a shadow root of their own (open or closed) or as plain nodes. */
import { css } from "./dom.ts";

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; }
  p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  a { color: var(--accent); text-decoration: none; }
  a:hover { text-decoration: underline; }
`);

/** What a body element can do: show words. */
interface WordsElement extends HTMLElement {
  words: string;
}

/** Words with their links, in any root. */
function write(paragraph: HTMLElement, words: string): void {
  const parts = words.split(/(#\w+|@\w+|https?:\/\/\S+)/);
  const wanted = parts.map((part, index): Node => {
    if (index % 2 === 0) return document.createTextNode(part);
    const link = document.createElement("a");
    link.textContent = part;
    link.href = part.startsWith("#")
      ? `/search?q=${encodeURIComponent(part)}`
      : part.startsWith("@")
        ? `/u/${part.slice(1)}`
        : part;
    return link;
  });
  // Plain words over plain words: change the text node, as frameworks do, rather than replace it.
  const [only] = wanted;
  if (
    wanted.length === 1 &&
    only &&
    paragraph.childNodes.length === 1 &&
    paragraph.firstChild instanceof Text
  )
    paragraph.firstChild.data = words;
  else paragraph.replaceChildren(...wanted);
}

function define(name: string, mode: ShadowRootMode): void {
  customElements.define(
    name,
    class extends HTMLElement implements WordsElement {
      readonly #paragraph = document.createElement("p");
      constructor() {
        super();
        const root = this.attachShadow({ mode });
        root.adoptedStyleSheets = [sheet];
        root.append(this.#paragraph);
      }
      set words(words: string) {
        write(this.#paragraph, words);
      }
    },
  );
}

define("agora-words", "open");
define("agora-sealed", "closed");

/** The three ways a post's words may be built; one of them shows. */
export interface Body {
  root: HTMLElement;
  show(words: string, as: "plain" | "open" | "closed"): void;
}

/** Makes a body that can be written again and again, in any of the three ways. */
export function makeBody(): Body {
  const root = document.createElement("div");
  root.className = css("words");
  root.dir = "auto";
  const plain = document.createElement("p");
  const open = document.createElement("agora-words") as WordsElement;
  const closed = document.createElement("agora-sealed") as WordsElement;
  return {
    root,
    show(words, as) {
      const shown = as === "plain" ? plain : as === "open" ? open : closed;
      if (shown instanceof HTMLParagraphElement) write(shown, words);
      else shown.words = words;
      if (root.firstChild !== shown) root.replaceChildren(shown);
    },
  };
}
