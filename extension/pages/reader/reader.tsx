/** The reader's view: what is above the feed, the feed, and where it ends. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Announcer, announce, Logo, Notice } from "../common/parts.tsx";
import { plain, webAddress } from "../common/plain.ts";
import { count, figure } from "../common/words.ts";
import { KeyHelp, listen } from "./keys.tsx";
import {
  all,
  busy,
  feed,
  hidden,
  type Item,
  items,
  later,
  look,
  paused,
  phase,
  takeLater,
  touch,
  touchedOf,
  trouble,
  untaken,
} from "./model.ts";
import { Post } from "./post.tsx";
import { type FeedHandle, VirtualFeed } from "./virtual-feed.tsx";
import { orderWords } from "./words.ts";

/** The whole page. */
export function Reader(): JSX.Element {
  const help = useSignal(false);
  const handle = useRef<FeedHandle | null>(null);
  const top = useRef<HTMLDivElement>(null);
  const covered = (): number => top.current?.getBoundingClientRect().height ?? 0;
  useEffect(
    () =>
      listen({
        step: (by) => handle.current?.focus(Math.max(0, handle.current.current() + by)),
        jump: (to) => handle.current?.focus(to === "first" ? 0 : items.peek().length - 1),
        openOriginal: () => openOriginal(itemAt(handle.current)),
        turn: () => change(itemAt(handle.current), (name) => ({ turned: !touchedOf(name).turned })),
        why: () => change(itemAt(handle.current), (name) => ({ why: !touchedOf(name).why })),
        take: () => showLater(handle.current),
        help: () => (help.value = true),
      }),
    [help],
  );
  return (
    <>
      <button type="button" class="skip" onClick={() => skip(handle.current)}>
        Skip to the feed
      </button>
      <div ref={top} class="above">
        <header class="bar">
          <Logo />
          <h1 class="unseen">Your feed</h1>
          <News onTake={() => showLater(handle.current)} />
          <nav aria-label="Diffract">
            <button type="button" class="small" aria-haspopup="dialog" onClick={() => (help.value = true)}>
              Keys
            </button>
            <a href="dashboard.html" target="_blank" rel="noreferrer">
              Rules
            </a>
          </nav>
        </header>
      </div>
      <main id="feed" tabIndex={-1}>
        <Body covered={covered} onHandle={(given) => (handle.current = given)} />
      </main>
      <KeyHelp open={help.value} onClose={() => (help.value = false)} />
      <Announcer />
    </>
  );
}

function skip(handle: FeedHandle | null): void {
  if (handle !== null && items.peek().length > 0) handle.focus(0);
  else document.querySelector<HTMLElement>("#feed")?.focus();
}

const itemAt = (handle: FeedHandle | null): Item | undefined => items.peek()[handle?.current() ?? -1];

function change(item: Item | undefined, to: (name: string) => Parameters<typeof touch>[1]): void {
  if (item !== undefined) touch(item.key, to(item.key));
}

function openOriginal(item: Item | undefined): void {
  const post = item === undefined ? undefined : feed.peek()?.posts[item.entry.post];
  const address = webAddress(post?.url);
  if (address === undefined) announce("This post has no address to open");
  else window.open(address, "_blank", "noopener,noreferrer");
}

function showLater(handle: FeedHandle | null): void {
  if (later.peek() === undefined) return;
  takeLater();
  scrollTo({ top: 0, behavior: "instant" });
  handle?.focus(0);
}

/** What came since; it moves nothing until it is asked for. */
function News({ onTake }: { onTake: () => void }): JSX.Element | null {
  const fresh = later.value;
  if (fresh === undefined) return null;
  return (
    <button type="button" class="primary news" onClick={onTake}>
      {figure(fresh.count)} new<span class="unseen"> {fresh.count === 1 ? "post" : "posts"}: show</span>
    </button>
  );
}

interface BodyProps {
  covered: () => number;
  onHandle: (handle: FeedHandle) => void;
}

function Body({ covered, onHandle }: BodyProps): JSX.Element {
  const now = phase.value;
  switch (now.is) {
    case "waiting":
      return <p class="hint waiting">Gathering the posts of your open pages…</p>;
    case "failed":
      return (
        <Notice tone="bad" urgent>
          <p>The feed could not be made: {plain(now.why, 500)}</p>
          <TryAgain />
        </Notice>
      );
    case "empty":
      return <Empty />;
    case "ready":
      return (
        <>
          <Summary />
          <VirtualFeed
            items={items.value}
            label="Posts of your open pages"
            busy={busy.value}
            draw={(item, index) => <Drawn item={item} index={index} />}
            covered={covered}
            onHandle={onHandle}
          />
          <End />
          <Trouble />
        </>
      );
  }
}

const TryAgain = (): JSX.Element => (
  <button type="button" onClick={() => void look("rules")}>
    Try again
  </button>
);

/** Why the feed is not of now. It comes last and stands at the window's foot, where it moves nothing. */
function Trouble(): JSX.Element | null {
  if (untaken.value !== "")
    return (
      <div class="stale">
        <Notice tone="bad" urgent>
          <p>The thumb was not taken: {plain(untaken.value, 500)}</p>
          <button type="button" class="small" onClick={() => (untaken.value = "")}>
            Close this message
          </button>
        </Notice>
      </div>
    );
  if (trouble.value === "") return null;
  return (
    <div class="stale">
      <Notice tone="warn" urgent>
        <p>This is the feed as it was: a newer one could not be made. {plain(trouble.value, 500)}</p>
        <TryAgain />
      </Notice>
    </div>
  );
}

function Drawn({ item, index }: { item: Item; index: number }): JSX.Element | null {
  const made = feed.value;
  const size = items.value.length;
  if (made === undefined) return null;
  if (item.is === "post")
    return <Post made={made} entry={item.entry} name={item.key} index={index} size={size} />;
  return (
    <article
      class="note-line"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the articles of a feed take the focus (ARIA, "feed" pattern).
      tabIndex={0}
      aria-posinset={index + 1}
      aria-setsize={size}
      aria-label={plain(item.note, 200)}
    >
      <p>{plain(item.note, 500)}</p>
    </article>
  );
}

/** How many there are and in which order, and the way to those that are left out. */
function Summary(): JSX.Element | null {
  const made = feed.value;
  if (made === undefined) return null;
  const shown = made.entries.length - hidden.value;
  return (
    <div class="summary">
      <p>
        {count(shown, "post")}. {orderWords(made.order)}.
      </p>
      {hidden.value === 0 ? null : (
        <label class="choice">
          <input
            type="checkbox"
            checked={all.value}
            onChange={(event) => {
              all.value = event.currentTarget.checked;
              announce(all.value ? "Hidden posts are shown too" : "Hidden posts are left out");
            }}
          />
          <span>
            {all.value ? "With" : "Show"} {count(hidden.value, "hidden post")}
          </span>
        </label>
      )}
    </div>
  );
}

/** Where the feed ends: because a rule says so, or because there is no more. */
function End(): JSX.Element | null {
  const made = feed.value;
  if (made === undefined) return null;
  const left = hidden.value;
  if (made.ending !== undefined && !all.value)
    return (
      <section class="end" aria-label="The end of the feed">
        <h2>{plain(made.ending.note, 300)}</h2>
        <p class="hint">A limit of yours ends the feed here. {count(left, "post")} are left out.</p>
      </section>
    );
  return (
    <section class="end" aria-label="The end of the feed">
      <p>
        {left === made.entries.length && !all.value
          ? "Your rules hide all that was gathered."
          : "That is all."}
      </p>
      <p class="hint">What your open pages show next appears here.</p>
    </section>
  );
}

/** For who opens this for the first time. */
function Empty(): JSX.Element {
  return (
    <section class="card empty" aria-labelledby="empty-title">
      <h2 id="empty-title">Nothing gathered yet</h2>
      <ol>
        <li>Open a feed in another tab, on any site where Diffract is on, and scroll a little.</li>
        <li>Its posts appear here, in the order of your rules, with those of every other feed you open.</li>
        <li>
          Say what you want with rules: <code>order by newest</code>,{" "}
          <code>limit 40 per day then "Enough for today."</code>
        </li>
      </ol>
      <p class="hint">
        The reader asks no site for anything: it shows what your open pages have loaded already. Posts lie in
        this browser’s memory and go when it closes; private windows leave none.
      </p>
      {paused.value.length === 0 ? null : (
        <p class="hint">
          Not gathered, because Diffract is paused there: {paused.value.slice(0, 10).join(", ")}.
        </p>
      )}
      <p class="buttons">
        <a href="dashboard.html#rules" target="_blank" rel="noreferrer">
          My rules
        </a>
      </p>
    </section>
  );
}
