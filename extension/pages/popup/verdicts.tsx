/** The last posts that a rule touched, each with why, and with a way out. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { JudgedPost, PageReport } from "../../shared/messages.ts";
import type { Reason } from "../../shared/post.ts";
import { Target, Thumbs, targetOf } from "../common/thumbs.tsx";
import { again, authorName, count, done, firstWords, happened, isCovering, why } from "../common/words.ts";
import { background, failure, keepAuthor, kept, setShown, teachable, unkeepAuthor } from "./model.ts";
import { PageLink } from "./popup.tsx";

/** Posts listed before "Show more". */
const FIRST = 8;

interface VerdictsProps {
  report: PageReport;
  /** Only posts that this happened to. */
  only: string | undefined;
}

/** The list, newest first. */
export function Verdicts({ report, only }: VerdictsProps): JSX.Element | null {
  const limit = useSignal(FIRST);
  const touched = report.posts
    .filter((judged) => (only === undefined ? happened(judged).length > 0 : happened(judged).includes(only)))
    .reverse();
  if (touched.length === 0) return null;
  return (
    <section aria-labelledby="latest">
      <h2 id="latest">{only === undefined ? "Latest" : `Latest ${done(only)}`}</h2>
      {teachable.value ? <Target state={background.value} /> : null}
      <ul class="card verdicts">
        {touched.slice(0, limit.value).map((judged) => (
          <Judged key={judged.post.id} judged={judged} />
        ))}
      </ul>
      {touched.length > limit.value ? (
        <button type="button" class="more" onClick={() => (limit.value += 20)}>
          Show more
        </button>
      ) : null}
    </section>
  );
}

function Judged({ judged }: { judged: JudgedPost }): JSX.Element {
  const { post, verdict, shown } = judged;
  const author = authorName(post);
  const handle = post.author;
  const actions = happened(judged);
  const [first] = verdict.reasons;
  const isKept = handle !== undefined && kept.value.has(handle);
  const about = `the post by ${author ?? "an unnamed author"}: ${firstWords(post, 40)}`;
  return (
    <li class={`judged ${shown ? "shown" : ""}`}>
      <p class="who">
        <span class="author">{author ?? "No author shown"}</span>
        {shown ? (
          <span class="badge">shown at your wish</span>
        ) : (
          actions.map((action) => (
            <span key={action} class={`badge ${action}`}>
              {action === "label" ? `labelled “${verdict.labels.join("”, “")}”` : done(action)}
            </span>
          ))
        )}
      </p>
      <p class="words">{firstWords(post)}</p>
      {verdict.note === undefined ? null : <p class="why">It says: “{verdict.note}”</p>}
      {first === undefined ? null : (
        <details class="why">
          <summary>
            <PackName id={first.pack} />: {why(first)}
            {verdict.reasons.length > 1 ? `, and ${count(verdict.reasons.length - 1, "other rule")}` : ""}
          </summary>
          <ul class="reasons">
            {verdict.reasons.map((reason) => (
              <Because
                key={`${reason.pack}:${reason.line}`}
                reason={reason}
                alone={verdict.reasons.length === 1}
              />
            ))}
          </ul>
          {verdict.more_reasons === undefined ? null : <p>And {verdict.more_reasons} more.</p>}
        </details>
      )}
      <div class="buttons">
        {isCovering(verdict.action) ? (
          <button type="button" class="small" onClick={() => void setShown(post.id, !shown)}>
            {shown ? again(verdict.action) : "Show it"}
            <span class="unseen">: {about}</span>
          </button>
        ) : null}
        {handle === undefined || handle === "" || verdict.action === "keep" || isKept ? null : (
          <button type="button" class="small" onClick={() => void keepAuthor(handle)}>
            Never do this to this author
            <span class="unseen">: {author}</span>
          </button>
        )}
      </div>
      {teachable.value ? (
        <Thumbs
          post={post}
          filter={targetOf(background.value)}
          about={about}
          onFailure={(words) => (failure.value = words)}
        />
      ) : null}
      <p class="hint">
        <PageLink href={`dashboard.html#from/${encodeURIComponent(`${post.platform ?? ""} ${post.id}`)}`}>
          Make a rule of it<span class="unseen">: {about}</span>
        </PageLink>
      </p>
      {isKept ? (
        <p class="exception">
          {author} is always shown from now on.{" "}
          <button type="button" class="link" onClick={() => void unkeepAuthor(handle)}>
            Undo
            <span class="unseen"> the exception for {author}</span>
          </button>
        </p>
      ) : null}
    </li>
  );
}

function packOf(id: string): { title: string; mine: boolean } {
  const pack = background.value?.packs.find((candidate) => candidate.id === id);
  return pack?.origin === "mine" || id === "mine"
    ? { title: "My rules", mine: true }
    : { title: pack?.title ?? id, mine: false };
}

function PackName({ id }: { id: string }): JSX.Element {
  return <strong>{packOf(id).title}</strong>;
}

/** One rule that spoke; `alone`: why it did stands above it already. */
function Because({ reason, alone }: { reason: Reason; alone: boolean }): JSX.Element {
  const { title, mine } = packOf(reason.pack);
  const place = mine ? `rules:${reason.line}` : `packs/${encodeURIComponent(reason.pack)}:${reason.line}`;
  return (
    <li>
      <code>{reason.rule}</code>
      <p class="hint">
        {alone ? "" : `${why(reason)} · `}
        <PageLink href={`dashboard.html#${place}`}>{`${title}, line ${reason.line}`}</PageLink>
      </p>
    </li>
  );
}
