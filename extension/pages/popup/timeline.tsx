/** The site's own timeline: its newest-first one kept chosen, and what is shown once only. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { PageReport } from "../../shared/messages.ts";
import { FOLDS, type Fold } from "../../shared/wire.ts";
import { Switch } from "../common/parts.tsx";
import { setFeed } from "./model.ts";

const FOLD_WORDS: Record<Fold, string> = {
  nothing: "As the site sends them",
  duplicates: "Each post once",
  reposts: "Each post once, with its reposts",
};

const isFold = (value: string): value is Fold => FOLDS.some((fold) => fold === value);

/** Nothing, where this site has neither. */
export function Timeline({ report }: { report: PageReport }): JSX.Element | null {
  const id = useId();
  const { host, feed, wire } = report;
  if (feed.newest === null && wire === undefined) return null;
  return (
    <section class="card site timeline" aria-label="The site's own timeline">
      {feed.newest === null ? null : (
        <Switch
          label="Keep the newest first"
          hint={
            feed.newest
              ? "On. The site's own timeline by time is chosen, and stays chosen."
              : "Off. The site decides which of its timelines you see."
          }
          on={feed.newest}
          onSwitch={(newest) =>
            void setFeed(
              host,
              { newest },
              newest ? `The newest come first on ${host}` : `${host} decides what comes first`,
            )
          }
        />
      )}
      {wire === undefined ? null : (
        <p class="fold">
          <label for={id}>Repeated posts</label>
          <select
            id={id}
            disabled={!wire.on}
            value={feed.fold}
            onChange={({ currentTarget: { value } }) => {
              if (isFold(value)) void setFeed(host, { fold: value }, FOLD_WORDS[value]);
            }}
          >
            {FOLDS.map((fold) => (
              <option key={fold} value={fold}>
                {FOLD_WORDS[fold]}
              </option>
            ))}
          </select>
        </p>
      )}
    </section>
  );
}
