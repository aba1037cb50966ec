/** One model: what it is for, how often it errs, how strict it is, and all that its card says. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { Card, Figure, Strictness } from "../../../shared/card.ts";
import type { ModelState } from "../../../shared/messages.ts";
import { announce, Notice, Switch } from "../../common/parts.tsx";
import { figure } from "../../common/words.ts";
import { request } from "../model.ts";
import { nameInForce, Trying } from "./trying.tsx";
import {
  figureWords,
  isAdjustable,
  languageWords,
  measuredWords,
  oneIn,
  ordinaryAt,
  percent,
  recallsAt,
  STEPS,
  setWords,
  sizeWords,
  strictnessOf,
  strictnessWords,
  taskWords,
  thresholdName,
} from "./words.ts";

interface ModelProps {
  model: ModelState;
  /** Of a model that the reader brought. */
  onRemove?: () => void;
}

/** See the head of this file. */
export function Model({ model, onRemove }: ModelProps): JSX.Element {
  const { name, card, own, on, trouble } = model;
  return (
    <li class="card model" id={`model-${name}`}>
      <Switch
        label={
          <>
            <span class="name">{name}</span>
            {card.experimental ? <span class="badge experimental">experimental</span> : null}
            {own ? <span class="badge">yours</span> : null}
          </>
        }
        hint={card.about}
        on={on}
        onSwitch={(on) => void change(model, { on })}
      />
      {trouble === undefined ? null : (
        <Notice tone="warn">
          <p>It is not asked: {trouble}</p>
        </Notice>
      )}
      <Errs model={model} />
      {on ? <Strict model={model} /> : null}
      <Trying model={model} />
      <details>
        <summary>
          What its card says<span class="unseen"> of {name}</span>
        </summary>
        <CardFacts card={card} threshold={nameInForce(model)} />
      </details>
      {onRemove === undefined ? null : (
        <div class="buttons">
          <button type="button" class="small danger" onClick={onRemove}>
            Remove<span class="unseen"> the model {name}</span>
          </button>
        </div>
      )}
    </li>
  );
}

/** Stores what the reader chose. */
async function change(
  { name, on, strictness }: ModelState,
  chosen: { on?: boolean; strictness?: Strictness },
): Promise<void> {
  const next = chosen.strictness ?? strictness;
  const done = await request({
    type: "set-model",
    model: name,
    on: chosen.on ?? on,
    ...(next && { strictness: next }),
  });
  if (done && chosen.on !== undefined) announce(`${name} is ${chosen.on ? "on" : "off"}`);
}

/** How often it errs, in two sentences. */
function Errs({ model }: { model: ModelState }): JSX.Element {
  const { card } = model;
  const name = nameInForce(model);
  const ordinary = ordinaryAt(card, name);
  const [first] = recallsAt(card, name);
  const general = card.tests.flatMap((test) =>
    Object.entries(test.all).map((entry) => [test, entry] as const),
  );
  return (
    <div class="errs">
      {ordinary === undefined ? null : (
        <p>
          By mistake it takes <strong>{oneIn(ordinary[0])}</strong> ordinary posts: {figureWords(ordinary)}.
        </p>
      )}
      {first === undefined ? null : (
        <p>
          Of what it should find it finds {figureWords(first.recall)}, among {figure(first.test.posts)} posts
          of “{setWords(card, first.test.set)}”.
        </p>
      )}
      {ordinary === undefined && first === undefined ? (
        general.length === 0 || card.task === "classify" ? (
          <p>How often it errs was not measured.</p>
        ) : (
          <Measured
            entries={general.slice(0, 1).map(([test, [key, value]]) => [test.set, key, value])}
            card={card}
          />
        )
      ) : null}
      {card.missed.map((missed) => (
        <p key={missed} class="hint">
          Experimental, for it missed its mark: {missed}.
        </p>
      ))}
    </div>
  );
}

function Measured({
  entries,
  card,
}: {
  entries: [set: string, key: string, value: Figure][];
  card: Card;
}): JSX.Element {
  return (
    <>
      {entries.map(([set, key, value]) => (
        <p key={`${set} ${key}`}>
          {setWords(card, set)}, {measuredWords(key)}: {figureWords(value)}.
        </p>
      ))}
    </>
  );
}

/** The slider. It is stored when it is let go of, and says meanwhile what it would mean. */
function Strict({ model }: { model: ModelState }): JSX.Element | null {
  const { name, card, strictness } = model;
  const id = useId();
  const at = useSignal<Strictness | undefined>(undefined);
  if (!isAdjustable(card) || card.kind !== "text" || card.task === "choose") return null;
  const now = at.value ?? strictnessOf(card, strictness);
  const [first] = recallsAt(card, thresholdName(card, now));
  const step = STEPS.indexOf(now);
  return (
    <div class="strict">
      <label for={id}>
        How strict<span class="unseen"> {name} is</span>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={STEPS.length - 1}
        step={1}
        value={step}
        aria-valuetext={strictnessWords(card, now)}
        aria-describedby={`${id}-says`}
        onInput={(event) => (at.value = STEPS[event.currentTarget.valueAsNumber])}
        onChange={(event) => {
          const chosen = STEPS[event.currentTarget.valueAsNumber];
          if (chosen !== undefined) void change(model, { strictness: chosen });
        }}
      />
      <p class="ends hint" aria-hidden="true">
        <span>finds more</span> <span>errs less</span>
      </p>
      <p id={`${id}-says`} class="says">
        {strictnessWords(card, now)}
        {first === undefined ? "." : `; it finds ${percent(first.recall[0])} of what it should.`}
      </p>
    </div>
  );
}

/** Everything in the card that a person may want to know. */
export function CardFacts({ card, threshold }: { card: Card; threshold: string }): JSX.Element {
  return (
    <div class="facts">
      <dl>
        <div>
          <dt>What it does</dt>
          <dd>{taskWords(card)}</dd>
        </div>
        <div>
          <dt>In</dt>
          <dd>{card.finds}</dd>
        </div>
        <div>
          <dt>Languages</dt>
          <dd>{languageWords(card.languages)}</dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>{sizeWords(card.bytes)}</dd>
        </div>
        <div>
          <dt>Licence</dt>
          <dd>{card.licence === "" ? "not said" : card.licence}</dd>
        </div>
        <div>
          <dt>SHA-256 of its file</dt>
          <dd>
            <code>{card.sha256}</code>
          </dd>
        </div>
      </dl>
      {card.failures.length === 0 ? null : (
        <>
          <h3>Known failures</h3>
          <ul class="plain-list">
            {card.failures.map((failure) => (
              <li key={failure}>{failure}</li>
            ))}
          </ul>
        </>
      )}
      <Tests card={card} threshold={threshold} />
      {card.data.length === 0 ? null : (
        <>
          <h3>What it learned from</h3>
          <ul class="plain-list">
            {card.data.map((data) => (
              <li key={data.set}>
                {data.title}
                <span class="hint">
                  {data.posts === 0 ? "" : ` · ${figure(data.posts)} posts`} · {data.licence}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** How it did on each set of posts, at the threshold in force. */
function Tests({ card, threshold }: { card: Card; threshold: string }): JSX.Element | null {
  const rows = card.tests.filter((test) => test.at[threshold] !== undefined);
  const general = card.tests.flatMap(({ set, all }) =>
    Object.entries(all).map(([key, value]): [string, string, Figure] => [set, key, value]),
  );
  if (rows.length === 0 && general.length === 0) return null;
  return (
    <>
      <h3>How often it errs</h3>
      {rows.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <section class="table" tabIndex={0} aria-label={`How often ${card.name} errs`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Posts</th>
                <th scope="col">Finds of what it should</th>
                <th scope="col">Takes by mistake</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((test) => {
                const { recall, false_alarms } = test.at[threshold] ?? {};
                return (
                  <tr key={test.set}>
                    <th scope="row">
                      {setWords(card, test.set)}
                      <span class="hint"> {figure(test.posts)}</span>
                    </th>
                    <td>{recall === undefined ? "–" : figureWords(recall)}</td>
                    <td>{false_alarms === undefined ? "–" : figureWords(false_alarms)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
      {rows.length > 0 || card.task === "classify" ? null : <Measured entries={general} card={card} />}
    </>
  );
}
