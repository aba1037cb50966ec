/** How the posts of this visit score, and which of them a threshold takes. */
import type { JSX } from "preact";
import type { ModelTrial } from "../../../shared/messages.ts";
import { count } from "../../common/words.ts";

/** Bars, and what is drawn of them, in the picture's own units. */
const BINS = 25;
const WIDTH = 500;
const HEIGHT = 120;
const GAP = 2;
/** Posts listed, highest first. */
const LISTED = 8;

interface PlotProps {
  posts: ModelTrial["posts"];
  /** From this score on a post is taken; none: there is no threshold. */
  threshold: number | undefined;
}

/** How many posts fall into each of {@link BINS} parts of 0…1. Pure. */
export function histogram(scores: readonly number[]): number[] {
  const bins = Array<number>(BINS).fill(0);
  for (const score of scores) {
    const at = Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)));
    bins[at] = (bins[at] ?? 0) + 1;
  }
  return bins;
}

/** See the head of this file. */
export function Plot({ posts, threshold }: PlotProps): JSX.Element {
  const scored = posts.flatMap(({ text, score }) => (score === null ? [] : [{ text, score }]));
  if (scored.length === 0)
    return (
      <p class="hint">
        There are no posts of this visit with words that it reads. Open a feed, scroll a little, and try
        again.
      </p>
    );
  const taken = threshold === undefined ? [] : scored.filter(({ score }) => score >= threshold);
  const bins = histogram(scored.map(({ score }) => score));
  const most = Math.max(...bins);
  const step = WIDTH / BINS;
  const says =
    threshold === undefined
      ? `${count(scored.length, "post")} of this visit.`
      : `Of ${count(scored.length, "post")} of this visit it would take ${taken.length}, those with a score of ${threshold.toFixed(2)} or more.`;
  const highest = [...scored].sort((one, other) => other.score - one.score).slice(0, LISTED);
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + 18}`} role="img" aria-label={says}>
        {bins.map((posts, index) => {
          // Few posts are drawn tall enough to be seen.
          const height = posts === 0 ? 0 : Math.max(3, (posts / most) * HEIGHT);
          const isTaken = threshold !== undefined && (index + 0.5) / BINS >= threshold;
          return (
            <rect
              key={index}
              class={isTaken ? "bar taken" : "bar"}
              x={index * step + GAP / 2}
              y={HEIGHT - height}
              width={step - GAP}
              height={height}
            />
          );
        })}
        <path class="axis" d={`M0 ${HEIGHT}h${WIDTH}`} />
        {threshold === undefined ? null : (
          <>
            <path class="threshold" d={`M${threshold * WIDTH} 0v${HEIGHT}`} />
            <text
              x={threshold * WIDTH + (threshold > 0.7 ? -6 : 6)}
              y={12}
              text-anchor={threshold > 0.7 ? "end" : "start"}
            >
              taken from here on
            </text>
          </>
        )}
        <text x={0} y={HEIGHT + 15}>
          score 0
        </text>
        <text x={WIDTH} y={HEIGHT + 15} text-anchor="end">
          1
        </text>
      </svg>
      <figcaption>{says}</figcaption>
      <details>
        <summary>The highest scores</summary>
        <ol class="scores">
          {highest.map(({ text, score }, index) => (
            <li key={index}>
              <span class="score">{score.toFixed(2)}</span> <bdi>{text}</bdi>
            </li>
          ))}
        </ol>
      </details>
    </figure>
  );
}
