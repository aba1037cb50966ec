/** The replay pane: the posts of this visit, and what the rules as typed would do to each. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { JudgedPost } from "../../shared/messages.ts";
import { announce, Notice, Switch } from "../common/parts.tsx";
import { Thumbs, targetOf } from "../common/thumbs.tsx";
import {
  authorName,
  count,
  done,
  effectWords,
  firstWords,
  happened,
  moveWords,
  ordinal,
  scoreWords,
} from "../common/words.ts";
import type { Move, Proposal } from "../common/workbench.ts";
import { Why } from "./explanation.tsx";
import { failure, state } from "./model.ts";
import {
  busy,
  differs,
  fewer,
  forget,
  judged,
  kept,
  more,
  moved,
  ordered,
  phase,
  posts,
  setKept,
  started,
  startFrom,
  tooLarge,
} from "./replay-model.ts";

/** Posts drawn before "Show more", and by each of it. */
const DRAWN = 40;

const FILTERS = {
  differs: "What changes",
  touched: "What is touched",
  all: "All posts",
} as const;
type Filter = keyof typeof FILTERS;

interface ReplayProps {
  /** Takes the posts anew. */
  onRefresh: () => void;
  /** Puts a rule into the editor. */
  onRule: (rule: string) => void;
}

/** The pane. */
export function Replay({ onRefresh, onRule }: ReplayProps): JSX.Element {
  return (
    <section class="replay" aria-labelledby="replay-title" aria-busy={busy.value}>
      <div class="replay-head">
        <h2 id="replay-title">On the posts you saw</h2>
        <button type="button" class="small" onClick={onRefresh}>
          Refresh<span class="unseen"> the posts</span>
        </button>
      </div>
      <Proposals onRule={onRule} />
      <Body />
      <Keeping />
    </section>
  );
}

function Body(): JSX.Element {
  const now = phase.value;
  switch (now.is) {
    case "waiting":
      return <p class="hint">Looking for posts…</p>;
    case "empty":
      return (
        <p class="hint">
          Open a feed in another tab and scroll a little, then press Refresh: its posts appear here, with what
          your rules would do to each. They stay in this browser’s memory and go when it closes.
        </p>
      );
    case "failed":
      return (
        <Notice tone="warn">
          <p>Rules cannot be tried out: {now.why}</p>
        </Notice>
      );
    case "ready":
      return (
        <>
          <Sum />
          <Posts />
        </>
      );
  }
}

/** The difference in words. */
function Sum(): JSX.Element {
  if (tooLarge.value)
    return <p class="sum">Your rules are larger than 4 MB, the most Diffract reads. None of them counts.</p>;
  const says = [
    ...more.value.map((tally) => effectWords(tally, true)),
    ...fewer.value.map((tally) => effectWords(tally, false)),
    ...(moved.value.size === 0 ? [] : [`moves ${count(moved.value.size, "post")} up or down`]),
  ];
  return (
    <p class={says.length === 0 ? "sum" : "sum changes-much"}>
      {says.length === 0
        ? differs.value.size === 0
          ? "As typed, your rules do what they do as saved."
          : `${count(differs.value.size, "post")} would look different.`
        : `As typed: ${says.join("; ")}.`}
      {differs.value.size === 0 ? null : <span class="hint"> Nothing is applied until you save.</span>}
    </p>
  );
}

function Posts(): JSX.Element {
  const filter = useSignal<Filter>("touched");
  const search = useSignal("");
  const limit = useSignal(DRAWN);
  const arranged = useSignal(true);
  const name = useId();
  const wanted = search.value.trim().toLowerCase();
  const fits = (one: JudgedPost, index: number): boolean => {
    if (filter.value === "differs" && !differs.value.has(index)) return false;
    if (filter.value === "touched" && !differs.value.has(index) && happened(one).length === 0) return false;
    if (wanted === "") return true;
    const { post } = one;
    return [post.author, post.name, post.title, post.text].some((field) =>
      field?.toLowerCase().includes(wanted),
    );
  };
  const asOrdered = arranged.value && ordered.value.length > 0;
  // Else newest first.
  const sequence = asOrdered ? ordered.value : judged.value.map((_, index) => index).reverse();
  const found = sequence.flatMap((index) => {
    const one = judged.value[index];
    return one !== undefined && fits(one, index) ? [{ one, index }] : [];
  });
  return (
    <>
      <div class="filters">
        <fieldset>
          <legend class="unseen">Which posts</legend>
          {(Object.keys(FILTERS) as Filter[]).map((key) => (
            <label key={key} class="choice">
              <input
                type="radio"
                name={name}
                checked={filter.value === key}
                onChange={() => {
                  filter.value = key;
                  limit.value = DRAWN;
                }}
              />
              <span>{FILTERS[key]}</span>
            </label>
          ))}
        </fieldset>
        <input
          type="text"
          value={search.value}
          placeholder="Search"
          aria-label="Search the posts"
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
      </div>
      {ordered.value.length === 0 ? null : (
        <label class="choice arranged">
          <input
            type="checkbox"
            checked={arranged.value}
            onChange={(event) => (arranged.value = event.currentTarget.checked)}
          />
          <span>In the order that your rules give, feed by feed</span>
        </label>
      )}
      <p class="hint">
        {count(found.length, "post")} of {posts.value.length}
      </p>
      <ul class="posts">
        {found.slice(0, limit.value).map(({ one, index }) => (
          <Post
            key={`${one.post.platform} ${one.post.id}`}
            judged={one}
            index={index}
            changes={differs.value.has(index)}
            move={moved.value.get(index)}
          />
        ))}
      </ul>
      {found.length > limit.value ? (
        <button type="button" onClick={() => (limit.value += DRAWN)}>
          Show more
        </button>
      ) : null}
    </>
  );
}

function Post({
  judged: one,
  index,
  changes,
  move,
}: {
  judged: JudgedPost;
  index: number;
  changes: boolean;
  move: Move | undefined;
}): JSX.Element {
  const { post, verdict } = one;
  const author = authorName(post) ?? "No author shown";
  const actions = happened(one);
  const limited = verdict.action === "hide" && verdict.reasons[0]?.effect === "limit";
  return (
    <li class={changes ? "judged changes-here" : "judged"}>
      <p class="who">
        <span class="author">{author}</span>
        {actions.length === 0 ? <span class="badge">shown</span> : null}
        {actions.map((action) => (
          <span key={action} class={`badge ${action}`}>
            {action === "label" ? `labelled “${verdict.labels.join("”, “")}”` : done(action)}
            {action === "hide" && limited ? " by a limit" : ""}
          </span>
        ))}
        {verdict.score === 0 ? null : <span class="badge score">{scoreWords(verdict.score)}</span>}
        {move === undefined ? null : (
          <span class="badge move">
            {moveWords(move)}
            <span class="unseen">
              , from {ordinal(move.was)} to {ordinal(move.is)} of its feed
            </span>
          </span>
        )}
        {changes ? <span class="badge new">changes</span> : null}
      </p>
      <p class="words">{firstWords(post, 160)}</p>
      {limited && verdict.note !== undefined ? (
        <p class="hint">The feed ends here: “{verdict.note}”</p>
      ) : null}
      <div class="post-foot">
        <Why index={index} verdict={verdict} author={author} />
        <button type="button" class="link" onClick={() => void startFrom(index)}>
          Make a rule<span class="unseen"> of the post by {author}</span>
        </button>
      </div>
    </li>
  );
}

const ABOUT: Record<string, string> = {
  author: "Its author",
  community: "Its community",
  words: "Its words",
  hashtags: "Its hashtags",
  links: "Its links",
  kind: "What it is",
  flags: "What it is",
};

function Proposals({ onRule }: { onRule: (rule: string) => void }): JSX.Element | null {
  const from = started.value;
  if (from === undefined) return null;
  const close = (
    <button type="button" class="small" onClick={() => (started.value = undefined)}>
      Close<span class="unseen"> the proposals</span>
    </button>
  );
  if ("problem" in from)
    return (
      <Notice tone="warn" urgent>
        <p>{from.problem}</p>
        {close}
      </Notice>
    );
  return (
    <section class="card proposals" aria-labelledby="proposals-title" tabIndex={-1}>
      <h3 id="proposals-title">A rule from this post</h3>
      <p class="words">
        <strong>{authorName(from.post) ?? "No author shown"}</strong> {firstWords(from.post, 120)}
      </p>
      {from.proposals.length === 0 ? <p class="hint">There is nothing in it to make a rule of.</p> : null}
      <ul>
        {from.proposals.map((proposal) => (
          <li key={proposal.rule}>
            <div>
              <code>{proposal.rule}</code>
              <p class="hint">
                {ABOUT[proposal.about] ?? proposal.about} · {reach(proposal)}
              </p>
            </div>
            <button
              type="button"
              class="small"
              onClick={() => {
                onRule(proposal.rule);
                announce("Added at the end of your rules, not saved yet");
              }}
            >
              Add<span class="unseen"> the rule {proposal.rule}</span>
            </button>
          </li>
        ))}
      </ul>
      <h3>Or teach a filter by it</h3>
      <Thumbs
        post={from.post}
        filter={targetOf(state.value)}
        about={firstWords(from.post, 40)}
        onFailure={(words) => (failure.value = words)}
      />
      {close}
    </section>
  );
}

/** How far a proposed rule goes. */
function reach({ posts: touched, followed }: Proposal): string {
  const of = `true of ${touched === 1 ? "this post alone" : count(touched, "post")}`;
  return followed === 0 || touched === 1 ? of : `${of}, ${followed} of them from people you follow`;
}

function Keeping(): JSX.Element {
  const report = (trouble: string | undefined): void => {
    if (trouble !== undefined) failure.value = trouble;
  };
  return (
    <div class="keeping">
      <Switch
        label="Keep these posts"
        hint="They outlive the browser then, on this machine. They are not encrypted: whoever can read your files can read them."
        on={kept.value}
        onSwitch={(on) => void setKept(on).then(report)}
      />
      <button
        type="button"
        class="small danger"
        disabled={posts.value.length === 0 && !kept.value}
        onClick={() => void forget().then(report)}
      >
        Delete them<span class="unseen">: the posts that rules are tried out on</span>
      </button>
    </div>
  );
}
