/** The welcome: what Diffract does, three packs to switch on, a first rule, and what is promised. */
import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import type { BackgroundState } from "../../shared/messages.ts";
import { askState, tell } from "../common/browser.ts";
import { Announcer, announce, Logo, Notice, Switch } from "../common/parts.tsx";
import { appendRule, quote } from "../common/rules-text.ts";

/** Shipped packs in the order a newcomer meets them; others follow. */
const ORDER = ["calm", "no-ads", "chronological"];

const ACTIONS = [
  { action: "collapse", words: "become one line" },
  { action: "hide", words: "are gone" },
  { action: "dim", words: "turn pale" },
] as const;

const state = signal<BackgroundState | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const word = signal("");
const action = signal<(typeof ACTIONS)[number]["action"]>("collapse");
const added = signal<string | undefined>(undefined);

const shipped = computed(() => {
  const found = state.value?.packs.filter((pack) => pack.origin === "shipped") ?? [];
  const rank = (id: string): number => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return [...found].sort((a, b) => rank(a.id) - rank(b.id));
});
const rule = computed(() => {
  const quoted = quote(word.value.trim() === "" ? "giveaway" : word.value);
  return `${action.value} if text has word ${quoted} or title has word ${quoted}`;
});

/** Asks for the state anew. */
export async function refresh(): Promise<void> {
  const answer = await askState();
  if (answer.ok) state.value = answer.value;
  else failure.value = answer.message;
}

async function setPack(id: string, on: boolean): Promise<void> {
  failure.value = undefined;
  const answer = await tell({ type: "set-pack", pack: id, on });
  if (!answer.ok) failure.value = answer.message;
  await refresh();
}

async function addRule(): Promise<void> {
  failure.value = undefined;
  if (word.value.trim() === "") {
    failure.value = "Write a word first.";
    return;
  }
  const now = await askState();
  if (!now.ok) {
    failure.value = now.message;
    return;
  }
  const base = now.value.packs.find((pack) => pack.origin === "mine")?.source ?? "";
  const line = rule.value;
  const answer = await tell({ type: "set-rules", source: appendRule(base, line), base });
  if (!answer.ok) {
    failure.value = answer.message;
    return;
  }
  added.value = line;
  word.value = "";
  announce("The rule was added");
}

/** The whole page. */
export function Welcome(): JSX.Element {
  return (
    <>
      <header class="top">
        <Logo />
      </header>
      <main>
        <h1>Your feed, by your rules.</h1>
        <div class="pitch">
          <p>Diffract reads the posts of a page before you do.</p>
          <p>
            Rules in plain words, ready-made or your own, decide which of them are gone, folded away, blurred
            or pale.
          </p>
          <p>Every post it touches says why, and one click shows it again.</p>
        </div>
        {failure.value === undefined ? null : (
          <Notice tone="bad" urgent>
            <p>{failure.value}</p>
          </Notice>
        )}
        <section aria-labelledby="packs">
          <h2 id="packs">
            <span class="step">1</span> Switch on what you like
          </h2>
          <div class="card packs">
            {shipped.value.length === 0 ? <p class="hint">Asking for the packs…</p> : null}
            {shipped.value.map((pack) => (
              <Switch
                key={pack.id}
                label={pack.title}
                hint={pack.description}
                on={pack.on}
                onSwitch={(on) => void setPack(pack.id, on)}
              />
            ))}
          </div>
        </section>
        <section aria-labelledby="rule">
          <h2 id="rule">
            <span class="step">2</span> Write a first rule
          </h2>
          <FirstRule />
        </section>
        <section aria-labelledby="go">
          <h2 id="go">
            <span class="step">3</span> Open your feed
          </h2>
          <p>
            Pages that are open already may need one reload. The Diffract button in the toolbar switches it
            off for a site, and shows what was done and why. On a site Diffract does not know, the same button
            starts it.
          </p>
        </section>
        <section class="promise" aria-labelledby="promise">
          <h2 id="promise">Nothing leaves this machine</h2>
          <p>
            Your rules run here, in your browser. There is no account, no server and no count of anything;
            nobody, not even we, learns what you read. Diffract asks the network for nothing.
          </p>
        </section>
        <p class="end">
          <a href="dashboard.html">All rules and settings</a>
        </p>
      </main>
      <Announcer />
    </>
  );
}

function FirstRule(): JSX.Element {
  return (
    <form
      class="card first"
      onSubmit={(event) => {
        event.preventDefault();
        void addRule();
      }}
    >
      <div class="sentence">
        <label for="word">Posts that say</label>
        <input
          id="word"
          type="text"
          value={word.value}
          maxLength={200}
          placeholder="giveaway"
          autocomplete="off"
          onInput={(event) => {
            word.value = event.currentTarget.value;
            added.value = undefined;
          }}
        />
        <select
          aria-label="What happens to them"
          value={action.value}
          onChange={(event) => {
            const chosen = ACTIONS.find((one) => one.action === event.currentTarget.value);
            if (chosen !== undefined) action.value = chosen.action;
          }}
        >
          {ACTIONS.map((one) => (
            <option key={one.action} value={one.action}>
              {one.words}
            </option>
          ))}
        </select>
        <button type="submit" class="primary">
          Add this rule
        </button>
      </div>
      <p class="hint">In Diffract's language:</p>
      <pre class="rule">
        <code>{rule.value}</code>
      </pre>
      {added.value === undefined ? null : (
        <p class="added">
          Added. You find it, and can take it out again, under <a href="dashboard.html#rules">My rules</a>.
        </p>
      )}
    </form>
  );
}
