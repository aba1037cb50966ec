/** One post of the feed: as the rules have it, with why, and with a way to the original. */
import type { ComponentChildren, JSX } from "preact";
import type { Reason, Verdict } from "../../shared/post.ts";
import { exampleOf } from "../../shared/taught.ts";
import type { Entry, Gathered } from "../common/feed.ts";
import { line, placeName, plain, webAddress } from "../common/plain.ts";
import type { FeedPost } from "../common/post.ts";
import { Thumbs, targetOf } from "../common/thumbs.tsx";
import { again, count, done, figure, isCovering, why } from "../common/words.ts";
import { packTitle, taught, touch, touchedOf, untaken } from "./model.ts";
import { ago, authorOf, mediaWords, placeWords, shortly, timeOf } from "./words.ts";

/** Characters of a post before "Show all of it". */
const FIRST = 900;
/** The most that is drawn of one. */
const MOST = 20_000;
/** Replies that come with each press. */
const REPLIES = 10;

const now = (): number => Date.now() / 1000;

interface PostProps {
  made: Gathered;
  entry: Entry;
  /** Its name in the feed. */
  name: string;
  /** Its place, from 0, and how many there are. */
  index: number;
  size: number;
}

/** See the head of this file. */
export function Post({ made, entry, name, index, size }: PostProps): JSX.Element | null {
  const post = made.posts[entry.post];
  const verdict = made.verdicts[entry.post];
  if (post === undefined || verdict === undefined) return null;
  const touched = touchedOf(name);
  const covers = isCovering(verdict.action) && verdict.action !== "dim" && made.shown[entry.post] !== true;
  const covered = covers !== touched.turned;
  const id = `post-${index}`;
  // What is covered is not told in the name of a button either.
  const about = covered ? authorOf(post).name : shortly(post);
  return (
    <article
      class={classOf(verdict, covered)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the articles of a feed take the focus (ARIA, "feed" pattern).
      tabIndex={0}
      aria-posinset={index + 1}
      aria-setsize={size}
      aria-labelledby={`${id}-head`}
      aria-describedby={`${id}-words`}
      data-name={name}
    >
      <Head id={`${id}-head`} made={made} entry={entry} post={post} verdict={verdict} />
      <div id={`${id}-words`} class="body">
        {covered && verdict.action !== "blur" ? (
          <Cover verdict={verdict} />
        ) : (
          <div class="content" inert={covered}>
            <Words post={post} name={name} whole={touched.whole} about={about} />
          </div>
        )}
        {covered && verdict.action === "blur" ? <Cover verdict={verdict} /> : null}
      </div>
      <Same made={made} entry={entry} />
      <Foot name={name} post={post} verdict={verdict} covered={covered} touched={touched} about={about} />
      {touched.why ? <Why id={`${id}-why`} made={made} entry={entry} verdict={verdict} /> : null}
      {touched.teach ? (
        <Thumbs
          post={post}
          filter={targetOf(taught.value)}
          about={about}
          onFailure={(words) => (untaken.value = words ?? "")}
        />
      ) : null}
      <Replies made={made} entry={entry} name={name} shown={touched.replies} about={about} />
    </article>
  );
}

function classOf(verdict: Verdict, covered: boolean): string {
  const names = ["post", "card"];
  if (covered) names.push("covered", `is-${verdict.action}`);
  if (verdict.action === "dim") names.push("is-dim");
  if (verdict.highlight) names.push("is-highlight");
  return names.join(" ");
}

interface HeadProps {
  id: string;
  made: Gathered;
  entry: Entry;
  post: FeedPost;
  verdict: Verdict;
}

function Head({ id, made, entry, post, verdict }: HeadProps): JSX.Element {
  const { name, handle } = authorOf(post);
  const seen = made.seen[entry.post] ?? now();
  const time = timeOf(post, seen);
  const reposter = line(post.reposted_by, 60);
  const answered = line(post.replying_to, 60);
  const community = line(post.community, 60);
  return (
    <header class="head">
      <p class="who" id={id}>
        <span class="author">
          <bdi>{name}</bdi>
        </span>{" "}
        {handle === "" ? null : (
          <span class="handle">
            <bdi>{handle}</bdi>
          </span>
        )}{" "}
        <span class="from">
          {placeName(post)}
          {community === "" ? null : (
            <>
              , <bdi>{community}</bdi>
            </>
          )}
        </span>{" "}
        {time === undefined ? (
          <span class="when" title="Its site does not say when it was posted">
            seen {ago(seen, now())}
          </span>
        ) : (
          <time class="when" dateTime={new Date(time * 1000).toISOString()}>
            {ago(time, now())}
          </time>
        )}
      </p>
      {reposter === "" && answered === "" ? null : (
        <p class="hint">
          {reposter === "" ? null : (
            <>
              Passed on by <bdi>{reposter}</bdi>.{" "}
            </>
          )}
          {answered === "" ? null : (
            <>
              Answers <bdi>{answered}</bdi>.
            </>
          )}
        </p>
      )}
      <Marks post={post} verdict={verdict} />
    </header>
  );
}

/** Most labels drawn of one post. */
const LABELS = 8;

function Marks({ post, verdict }: { post: FeedPost; verdict: Verdict }): JSX.Element | null {
  const marks: [words: string, kind: string][] = verdict.labels.map((label) => [label, "own"]);
  if (post.promoted) marks.push(["promoted", "site"]);
  if (post.sensitive) marks.push(["sensitive", "site"]);
  for (const label of post.labels ?? []) marks.push([label, "site"]);
  const drawn = marks
    .map(([words, kind]) => [line(words, 60), kind] as const)
    .filter(([words]) => words !== "");
  if (drawn.length === 0) return null;
  return (
    <ul class="marks" aria-label="Labels">
      {drawn.slice(0, LABELS).map(([words, kind], index) => (
        <li key={index} class={kind}>
          <bdi>{words}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** What stands in place of a post that a rule covers. */
function Cover({ verdict }: { verdict: Verdict }): JSX.Element {
  const [first] = verdict.reasons;
  const note = plain(verdict.note, 500);
  return (
    <p class="cover">
      {note === "" ? null : <strong class="note">{note} </strong>}
      <span class={`badge ${verdict.action}`}>
        {capital(done(verdict.action === "show" ? "collapse" : verdict.action))}
        {first === undefined || verdict.action === "show" ? "" : `: ${line(why(first), 200)}`}
      </span>
    </p>
  );
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

interface WordsProps {
  post: FeedPost;
  name: string;
  whole: boolean;
  about: string;
}

function Words({ post, name, whole, about }: WordsProps): JSX.Element {
  const title = line(post.title, 500);
  const words = plain(post.text, MOST);
  // Sites where a link's words are its title say it twice.
  const text = line(words, 500) === title ? "" : words;
  const quoted = plain(post.quote_text, 600);
  const card = line(post.card_title, 300);
  const media = mediaWords(post.media);
  const alt = line(post.alt, 300);
  const isLong = [...text].length > FIRST * 1.2;
  const links = linksOf(post);
  return (
    <>
      {title === "" ? null : (
        <h2 class="title" dir="auto">
          {title}
        </h2>
      )}
      {text === "" ? null : (
        <p class="text" dir="auto">
          {isLong && !whole ? `${[...text].slice(0, FIRST).join("")}…` : text}
        </p>
      )}
      {isLong ? (
        <button
          type="button"
          class="link"
          aria-expanded={whole}
          onClick={() => touch(name, { whole: !whole })}
        >
          {whole ? "Show less" : "Show all of it"}
          <span class="unseen">: {about}</span>
        </button>
      ) : null}
      {quoted === "" ? null : (
        <blockquote dir="auto">
          <p>{quoted}</p>
        </blockquote>
      )}
      {card === "" ? null : (
        <p class="attached" dir="auto">
          {card}
        </p>
      )}
      {media === "" ? null : (
        <p class="attached media">
          {capital(media)}
          {alt === "" ? "" : ": "}
          {alt === "" ? null : <bdi>{alt}</bdi>}
        </p>
      )}
      {links.length === 0 ? null : (
        <p class="links">
          {links.map(({ address, host }) => (
            <Out key={address} address={address}>
              {host}
              <span class="unseen">, a link in: {about}</span>
            </Out>
          ))}
        </p>
      )}
      {text === "" && title === "" && media === "" && card === "" && quoted === "" ? (
        <p class="hint">No words.</p>
      ) : null}
    </>
  );
}

/** Most links drawn of one post. */
const LINKS = 4;

/** Where a post leads, by host: the addresses themselves say more than anyone reads. */
function linksOf(post: FeedPost): { address: string; host: string }[] {
  const found = new Map<string, string>();
  for (const link of (post.links ?? []).slice(0, 50)) {
    const address = webAddress(link);
    if (address !== undefined && address !== webAddress(post.url)) found.set(address, new URL(address).host);
    if (found.size >= LINKS) break;
  }
  return [...found].map(([address, host]) => ({ address, host }));
}

/** A link out of the extension: in a tab of its own, which learns nothing of where it was opened from. */
export function Out({
  address,
  children,
  class: name,
}: {
  address: string;
  children: ComponentChildren;
  class?: string;
}): JSX.Element {
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      {...(name === undefined ? {} : { class: name })}
    >
      {children}
    </a>
  );
}

function Same({ made, entry }: { made: Gathered; entry: Entry }): JSX.Element | null {
  const others = entry.same.flatMap((index) => made.posts[index] ?? []).slice(0, 6);
  if (others.length === 0) return null;
  return (
    <p class="hint same">
      Also:{" "}
      {others.map((other, index) => {
        const address = webAddress(other.url);
        const words = `${placeName(other)}, ${authorOf(other).name}`;
        return (
          <span key={index}>
            {index === 0 ? "" : "; "}
            {address === undefined ? <bdi>{words}</bdi> : <Out address={address}>{words}</Out>}
          </span>
        );
      })}
      {entry.same.length > others.length ? `; and ${entry.same.length - others.length} more` : ""}
    </p>
  );
}

interface FootProps {
  name: string;
  post: FeedPost;
  verdict: Verdict;
  covered: boolean;
  touched: ReturnType<typeof touchedOf>;
  about: string;
}

function Foot({ name, post, verdict, covered, touched, about }: FootProps): JSX.Element {
  const address = webAddress(post.url);
  const counts = [
    [post.likes, "like"],
    [post.replies, "answer"],
    [post.views, "view"],
  ] as const;
  return (
    <footer class="foot">
      {address === undefined ? null : (
        <Out address={address} class="original">
          Open original<span class="unseen">: {about}</span>
        </Out>
      )}
      <button
        type="button"
        class="link"
        aria-expanded={touched.why}
        onClick={() => touch(name, { why: !touched.why })}
      >
        Why here<span class="unseen">: {about}</span>
      </button>
      {exampleOf(post) === "" ? null : (
        <button
          type="button"
          class="link"
          aria-expanded={touched.teach}
          onClick={() => touch(name, { teach: !touched.teach })}
        >
          Less or more<span class="unseen"> like this: {about}</span>
        </button>
      )}
      {covered || touched.turned ? (
        <button type="button" class="link turn" onClick={() => touch(name, { turned: !touched.turned })}>
          {covered ? "Show it" : isCovering(verdict.action) ? again(verdict.action) : "Show it"}
          <span class="unseen">: {about}</span>
        </button>
      ) : null}
      <span class="counts">
        {counts
          .flatMap(([n, word]) => (n === undefined ? [] : [count(Math.round(n), word)]))
          .slice(0, 2)
          .join(" · ")}
      </span>
    </footer>
  );
}

function Why({
  id,
  made,
  entry,
  verdict,
}: {
  id: string;
  made: Gathered;
  entry: Entry;
  verdict: Verdict;
}): JSX.Element {
  return (
    <section class="why-here" id={id} aria-label="Why it stands here">
      <ul>
        {placeWords(made, entry, packTitle, now()).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      {verdict.reasons.length === 0 ? null : (
        <ul class="reasons">
          {verdict.reasons.map((reason) => (
            <Because key={`${reason.pack}:${reason.line}`} reason={reason} />
          ))}
        </ul>
      )}
      {verdict.more_reasons === undefined ? null : <p>And {figure(verdict.more_reasons)} more rules.</p>}
    </section>
  );
}

function Because({ reason }: { reason: Reason }): JSX.Element {
  const place =
    reason.pack === "mine"
      ? `rules:${reason.line}`
      : `packs/${encodeURIComponent(reason.pack)}:${reason.line}`;
  return (
    <li>
      <code>{line(reason.rule, 400)}</code>
      <p class="hint">
        {line(why(reason), 300)} ·{" "}
        <a href={`dashboard.html#${place}`} target="_blank" rel="noreferrer">
          {packTitle(reason.pack)}, line {reason.line}
        </a>
      </p>
    </li>
  );
}

interface RepliesProps {
  made: Gathered;
  entry: Entry;
  name: string;
  shown: number;
  about: string;
}

/** What answers it, folded. */
function Replies({ made, entry, name, shown, about }: RepliesProps): JSX.Element | null {
  const { replies } = entry;
  if (replies.length === 0) return null;
  const more = Math.min(REPLIES, replies.length - shown);
  return (
    <div class="replies">
      {shown === 0 ? null : (
        <ul aria-label="Answers">
          {replies.slice(0, shown).map((index) => {
            const post = made.posts[index];
            const verdict = made.verdicts[index];
            return post === undefined || verdict === undefined ? null : (
              <Reply
                key={index}
                post={post}
                verdict={verdict}
                seen={made.seen[index] ?? now()}
                shown={made.shown[index] === true}
              />
            );
          })}
        </ul>
      )}
      <p class="buttons">
        {more <= 0 ? null : (
          <button
            type="button"
            class="small"
            aria-expanded={shown > 0}
            onClick={() => touch(name, { replies: shown + more })}
          >
            {shown === 0 ? count(replies.length, "answer") : `Show ${more} more`}
            <span class="unseen"> to {about}</span>
          </button>
        )}
        {shown === 0 ? null : (
          <button type="button" class="small" onClick={() => touch(name, { replies: 0 })}>
            Fold them<span class="unseen">: answers to {about}</span>
          </button>
        )}
      </p>
    </div>
  );
}

interface ReplyProps {
  post: FeedPost;
  verdict: Verdict;
  seen: number;
  /** The reader asked to see it whatever the rules say. */
  shown: boolean;
}

function Reply({ post, verdict, seen, shown }: ReplyProps): JSX.Element {
  const { name, handle } = authorOf(post);
  const time = timeOf(post, seen);
  const address = webAddress(post.url);
  const [first] = verdict.reasons;
  const covered = isCovering(verdict.action) && verdict.action !== "dim" && !shown;
  return (
    <li class="reply">
      <p class="who">
        <span class="author">
          <bdi>{name}</bdi>
        </span>{" "}
        <span class="handle">
          <bdi>{handle}</bdi>
        </span>{" "}
        {time === undefined ? null : <span class="when">{ago(time, now())}</span>}{" "}
        {address === undefined ? null : (
          <Out address={address}>
            original<span class="unseen"> of the answer by {name}</span>
          </Out>
        )}
      </p>
      {covered ? (
        <details>
          <summary>
            {capital(done(verdict.action))}
            {first === undefined ? "" : `: ${line(why(first), 200)}`}
          </summary>
          <p class="text" dir="auto">
            {plain(post.text, 4000)}
          </p>
        </details>
      ) : (
        <p class="text" dir="auto">
          {plain(post.text ?? post.title, 4000) || "No words."}
        </p>
      )}
    </li>
  );
}
