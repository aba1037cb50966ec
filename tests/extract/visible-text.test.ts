/** What a person reads, whatever a page does to its letters: every trick in a page of its own making, in both browsers. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Page } from "puppeteer-core";
import { BROWSERS, bundled, launch } from "./harness.ts";

interface Case {
  name: string;
  /** What stands in `#t`; its text is read. */
  html: string;
  style?: string;
  /** Runs before reading. */
  script?: string;
  reads: string;
  robust?: boolean;
}

const letters = (word: string, css: (i: number) => string) =>
  [...word].map((c, i) => `<span style="${css(i)}">${c}</span>`).join("");

const CASES: Case[] = [
  { name: "plain words", html: "Free  \n  coffee ", reads: "Free coffee" },
  {
    name: "links and emphasis stay in the line",
    html: "see <a href=#>this</a>, <b>no</b>w",
    reads: "see this, now",
  },
  {
    name: "paragraphs and breaks are lines",
    html: "<p>one</p><p>two<br>three</p><div><div>four</div></div>",
    reads: "one\ntwo\nthree\nfour",
  },
  { name: "preformatted lines stay", html: "one\ntwo", style: "#t{white-space:pre-wrap}", reads: "one\ntwo" },
  {
    name: "preformatted lines stay between elements",
    html: "<span>one\n</span><span>two\n\nthree</span>",
    style: "#t{white-space:pre-wrap}",
    reads: "one\ntwo\n\nthree",
  },
  {
    name: "source line breaks are blanks",
    html: "<span>one\n two</span> <span>three</span>",
    reads: "one two three",
  },
  {
    name: "emoji pictures are their names, photos are not",
    html: '<span>so</span> <img alt="🙂" src="data:,"><img alt="A long description of a photo that nobody reads" src="data:,">',
    reads: "so 🙂",
  },
  {
    name: "a style sheet's text is no text",
    html: "<style>.x{color:red}</style><span>a</span><script>1</script><svg><text>no</text></svg>",
    reads: "a",
  },
  {
    name: "aria-hidden is seen all the same",
    html: '<span aria-hidden="true">12</span> <span>likes</span>',
    reads: "12 likes",
  },

  {
    name: "display: none",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{display:none}",
    reads: "Sponsored",
  },
  { name: "the hidden attribute", html: "Spon<span hidden>xx</span>sored", reads: "Sponsored" },
  {
    name: "visibility: hidden",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{visibility:hidden}",
    reads: "Sponsored",
  },
  {
    name: "visible within hidden",
    html: '<span class="d">no<i>yes</i></span>',
    style: ".d{visibility:hidden}.d i{visibility:visible}",
    reads: "yes",
  },
  {
    name: "opacity: 0",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{opacity:0}",
    reads: "Sponsored",
  },
  {
    name: "font-size: 0",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{font-size:0}",
    reads: "Sponsored",
  },
  {
    name: "font-size: 0 around letters of a size",
    html: '<span class="d">xx<b>ok</b></span>',
    style: ".d{font-size:0}.d b{font-size:14px}",
    reads: "ok",
  },
  {
    name: "transparent letters",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{color:transparent}",
    reads: "Sponsored",
  },
  {
    name: "letters filled by their background are seen",
    html: 'a <span class="d">gift</span>',
    style:
      ".d{color:transparent;background:linear-gradient(red,blue);background-clip:text;-webkit-background-clip:text}",
    reads: "a gift",
  },
  {
    name: "zero-size boxes",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{display:inline-block;width:0;height:0;overflow:hidden}",
    reads: "Sponsored",
  },
  {
    name: "one-pixel boxes for screen readers",
    html: 'Spon<span class="d">sponsored by</span>sored',
    style: ".d{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}",
    reads: "Sponsored",
  },
  {
    name: "clip-path",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{position:absolute;clip-path:inset(50%)}",
    reads: "Sponsored",
  },
  {
    name: "far off to the left",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{position:absolute;left:-9999px}",
    reads: "Sponsored",
  },
  {
    name: "far off to the top",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{position:fixed;top:-9999px}",
    reads: "Sponsored",
  },
  {
    name: "text-indent out of a box",
    html: '<span>ok</span><span class="d">xx</span>',
    style: ".d{display:inline-block;width:9px;height:9px;text-indent:-999px;overflow:hidden}",
    reads: "ok",
  },
  {
    name: "moved out of a box that clips",
    html: '<div class="c"><span>ok</span><span class="d">xx</span></div>',
    style: ".c{overflow:hidden;position:relative;height:20px}.d{position:absolute;top:40px}",
    reads: "ok",
  },
  {
    name: "scaled to nothing",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{display:inline-block;transform:scale(0)}",
    reads: "Sponsored",
  },
  {
    name: "a filter that hides",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{filter:opacity(0)}",
    reads: "Sponsored",
  },
  {
    name: "many decoys between letters",
    html: [..."Sponsored"].map((c) => `<b>${c}</b><i class="d">z</i>`).join(""),
    style: "b{font-weight:400}.d{display:none}",
    reads: "Sponsored",
  },
  {
    name: "soft hyphens and zero-width characters",
    html: "Spon\u00ad\u200bs\u2060or\ufeffed",
    reads: "Sponsored",
  },
  {
    name: "joiners between letters, but not in emoji",
    html: "Spon\u200csor\u200ded 👩\u200d💻",
    reads: "Sponsored 👩\u200d💻",
  },
  { name: "icons of private-use characters", html: "\ue001<span>ok</span>\uf8ff", reads: "ok" },

  {
    name: "flex order",
    html: '<div class="f"><span style="order:2">nsor</span><span style="order:1">Spo</span><span style="order:3">ed</span></div>',
    style: ".f{display:flex}",
    reads: "Sponsored",
  },
  {
    name: "row-reverse",
    html: `<div class="f">${[..."derosnopS"].map((c) => `<span>${c}</span>`).join("")}</div>`,
    style: ".f{display:inline-flex;flex-direction:row-reverse}",
    reads: "Sponsored",
  },
  {
    name: "letters placed absolutely",
    html: `<div class="f">${["S0", "n3", "o2", "p1", "d8", "s4", "e7", "r6", "o5"].map((x) => `<span style="position:absolute;left:${Number(x[1]) * 12}px">${x[0]}</span>`).join("")}</div>`,
    style: ".f{position:relative;height:20px;width:200px;font:12px monospace}",
    reads: "Sponsored",
  },
  {
    name: "letters moved relatively",
    html: '<div class="f"><span style="position:relative;left:24px">b</span><span style="position:relative;left:-12px">a</span></div>',
    style: ".f{font:20px/1 monospace}.f span{display:inline-block;width:12px}",
    reads: "ab",
  },
  {
    name: "grid places",
    html: '<div class="f"><span style="grid-column:2">red</span><span style="grid-column:1;grid-row:1">Sponso</span></div>',
    style: ".f{display:inline-grid;grid-auto-flow:dense}",
    reads: "Sponsored",
  },
  {
    name: "floats to the right",
    html: '<div class="f"><span style="float:right">d</span><span style="float:right">A</span></div>',
    style: ".f{width:60px;font:20px/1 monospace}",
    reads: "Ad",
  },
  {
    name: "words in a flex row stay apart",
    html: '<div class="f"><span>r/tea</span><span>5 hours ago</span></div>',
    style: ".f{display:flex;gap:8px}",
    reads: "r/tea 5 hours ago",
  },
  {
    name: "a column of rows",
    html: '<div class="f"><span>one</span><span>two</span></div>',
    style: ".f{display:flex;flex-direction:column}",
    reads: "one\ntwo",
  },
  {
    name: "letters turned around by direction",
    html: '<bdo dir="rtl">derosnopS</bdo><i></i>',
    reads: "Sponsored",
  },
  {
    name: "generated letters",
    html: '<span class="a"></span><span class="b"></span><span class="c"></span>',
    style: '.a::before{content:"Spon"}.b::after{content:"so" "red"}.c::before{content:"x";display:none}',
    reads: "Sponsored",
  },
  {
    name: "letters from attributes",
    html: '<i data-l="A"></i><i data-l="d"></i><i></i>',
    style: "i::before{content:attr(data-l)}",
    reads: "Ad",
  },

  {
    name: "what hides boxes hides no line of text: scale",
    html: 'Spon<span class="d">sor</span>ed',
    style: ".d{transform:scale(0)}",
    reads: "Sponsored",
  },
  {
    name: "what hides boxes hides no line of text: clip",
    html: 'Spon<span class="d">sor</span>ed',
    style: ".d{clip:rect(0,0,0,0)}",
    reads: "Sponsored",
  },
  {
    name: "what hides boxes hides no line of text: text-indent",
    html: 'Spon<span class="d">sor</span>ed',
    style: ".d{text-indent:-999px;overflow:hidden}",
    reads: "Sponsored",
  },
  {
    name: "what hides boxes hides no line of text: content-visibility",
    html: 'Spon<span class="d">sor</span>ed',
    style: ".d{content-visibility:hidden}",
    reads: "Sponsored",
  },
  {
    name: "letters with a fill of their own",
    html: 'Spon<span class="d">sor</span>ed',
    style: ".d{color:transparent;-webkit-text-fill-color:#000}",
    reads: "Sponsored",
  },
  {
    name: "small letters, zoomed",
    html: 'Spon<span class="d">sor</span>ed',
    style: ".d{font-size:1px;zoom:20}",
    reads: "Sponsored",
  },
  { name: "letters turned around by a control", html: "\u202edero<b>snop</b>S\u202c", reads: "Sponsored" },
  { name: "letters turned around in their middle", html: "Sp\u202esno\u202cored", reads: "Sponsored" },
  {
    name: "half of a word in a style sheet",
    html: 'Spons<b class="p"></b>',
    style: ".p::after{content:'ored'}",
    reads: "Sponsored",
  },
  {
    name: "transparent fill",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{-webkit-text-fill-color:transparent}",
    reads: "Sponsored",
  },
  {
    name: "a colour of next to no alpha",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{color:rgba(0,0,0,.02)}",
    reads: "Sponsored",
  },
  {
    name: "opacity that adds up",
    html: 'Spon<span class="d"><span class="d">xx</span></span>sored',
    style: ".d{opacity:.2}",
    reads: "Sponsored",
  },
  {
    name: "scaled to next to nothing",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{display:inline-block;transform:scale(.01)}",
    reads: "Sponsored",
  },
  {
    name: "turned on edge",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{display:inline-block;transform:rotateY(90deg)}",
    reads: "Sponsored",
  },
  {
    name: "a mask that lets nothing through",
    html: 'Spon<span class="d">xx</span>sored',
    style:
      ".d{-webkit-mask-image:linear-gradient(transparent,transparent);mask-image:linear-gradient(transparent,transparent)}",
    reads: "Sponsored",
  },
  {
    name: "a clip-path of no width",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{clip-path:inset(0 100% 0 0)}",
    reads: "Sponsored",
  },
  {
    name: "a clip-path of no area",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{clip-path:polygon(0 0,0 0,0 0)}",
    reads: "Sponsored",
  },
  {
    name: "a margin that takes it away",
    html: 'Spon<span class="d">xx</span>sored',
    style: ".d{display:inline-block;margin-left:-9999px;width:0}#t{padding-left:0}",
    reads: "Sponsored",
  },
  {
    name: "closed details",
    html: "Spon<details><summary></summary>xx<p>yy</p></details>sored",
    style: "details{display:inline}",
    reads: "Sponsored",
  },
  {
    name: "joiners and selectors of variants between letters",
    html: "S\u034fp\ufe0fon\u200dsored",
    reads: "Sponsored",
  },
  {
    name: "decoys and scripts behind a thousand elements",
    html: `${"<b>a</b>".repeat(1000)}<span class="d">xx</span><div><script>no</script><style>.no{}</style></div>`,
    style: ".d{display:none}",
    reads: "a".repeat(1000),
  },
  {
    name: "scripts behind all that styles are asked of",
    html: `${"<b>a</b>".repeat(4000)}<u>b<script>no</script></u>`,
    reads: `${"a".repeat(4000)}b`,
  },

  {
    name: "an open shadow root instead of what stands under it",
    html: "<div id=h>light</div>",
    script: "document.querySelector('#h').attachShadow({mode:'open'}).innerHTML='<p>shadow</p>'",
    reads: "shadow",
  },
  {
    name: "slots show what they are given",
    html: "<div id=h><b slot=x>world</b><i>decoy</i></div>",
    script: "document.querySelector('#h').attachShadow({mode:'open'}).innerHTML='hello <slot name=x></slot>'",
    reads: "hello world",
  },
  {
    name: "slots show what they hold when given nothing",
    html: "<div id=h></div>",
    script: "document.querySelector('#h').attachShadow({mode:'open'}).innerHTML='<slot>else</slot>'",
    reads: "else",
  },
  {
    name: "letters ordered by a shadow root",
    html: "<div id=h><span slot=b>red</span><span slot=a>Sponso</span></div>",
    script:
      "document.querySelector('#h').attachShadow({mode:'open'}).innerHTML='<slot name=a></slot><slot name=b></slot>'",
    reads: "Sponsored",
  },

  {
    name: "under a veil of opacity",
    html: 'Spon<span class="d">xx</span>sored',
    style: "#box{opacity:0}.d{opacity:0}",
    reads: "Sponsored",
  },
  {
    name: "under a veil of opacity, hidden decoys",
    html: 'Spon<span class="d">xx</span>sored',
    style: "#box{opacity:0}.d{visibility:hidden}",
    reads: "Sponsored",
  },
  {
    name: "under inherited invisibility",
    html: "Spon<span style='visibility:hidden'>xx</span><b>sored</b>",
    style: "#box{visibility:hidden}",
    reads: "Sponsored",
  },
  {
    name: "in a part of the page that is not shown",
    html: 'Spon<span class="d">xx</span><p>sored</p>',
    style: "#box{display:none}.d{display:none}",
    reads: "Spon\nsored",
  },
  {
    name: "in a box that a virtual list has moved",
    html: 'Spon<span class="d">xx</span>sored',
    style: "#box{position:absolute;transform:translateY(4000px)}.d{position:absolute;left:-9999px}",
    reads: "Sponsored",
  },
  {
    name: "in a box that a virtual list keeps above the page",
    html: "<span>still</span> <span style='position:relative'>here</span>",
    style: "#box{position:absolute;top:-900px}",
    reads: "still here",
  },
  {
    name: "many words",
    html: `<p>${letters("decoyed", () => "")}</p>${"<p>so many <b>words</b> that nobody asks for the style of each</p>".repeat(300)}`,
    reads: `decoyed${"\nso many words that nobody asks for the style of each".repeat(300)}`,
  },
];

for (const name of ["chrome", "firefox"] as const) {
  const absent = existsSync(BROWSERS[name]) ? false : `${BROWSERS[name]} is not installed`;
  describe(`visible text in ${name}`, { skip: absent }, () => {
    let session: Awaited<ReturnType<typeof launch>>;
    let page: Page;
    let bundle: string;
    before(async () => {
      session = await launch(name);
      page = await session.browser.newPage();
      bundle = await bundled("tests/extract/in-page.ts", "extracting");
    });
    after(() => session.close());

    for (const c of CASES) {
      test(c.name, async () => {
        await page.setContent(
          `<!doctype html><html><head><style>${c.style ?? ""}</style></head><body><div id="box"><div id="t">${c.html}</div></div></body></html>`,
        );
        await page.evaluate(`${c.script ?? ""};${bundle}`);
        const read = await page.evaluate(
          `extracting.visibleText(document.querySelector("#t"), ${JSON.stringify({ robust: c.robust ?? false })})`,
        );
        assert.equal(read, c.reads);
      });
    }
  });
}
