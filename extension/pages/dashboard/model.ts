/** What the dashboard knows. */
import { computed, signal } from "@preact/signals";
import type { BackgroundState, PackState } from "../../shared/messages.ts";
import { askState, onStored, type Telling, tell } from "../common/browser.ts";
import { knowModels } from "../common/workbench.ts";
import { type Place, readPlace } from "./place.ts";

/** The background's state; `undefined` until it answers. */
export const state = signal<BackgroundState | undefined>(undefined);
/** What went wrong with the last request, for the top of the page. */
export const failure = signal<string | undefined>(undefined);
/** See {@link Place}. Follows the hash of the address. */
export const place = signal<Place>({ section: "rules" });
/** The reader's own rules. */
export const mine = computed<PackState | undefined>(() =>
  state.value?.packs.find((pack) => pack.origin === "mine"),
);
/** Every other pack. */
export const packs = computed<PackState[]>(
  () => state.value?.packs.filter((pack) => pack.origin !== "mine") ?? [],
);

/** What a pack is called. */
export function packTitle(id: string): string {
  return id === "mine" ? "My rules" : (packs.value.find((pack) => pack.id === id)?.title ?? id);
}

/** The names of models that rules may ask and the language does not know. */
export const ownNames = ({ models }: BackgroundState): string[] =>
  models.flatMap(({ name, own, taught }) => (own || taught ? [name] : []));

/** Asks the background for its state. */
export async function refresh(): Promise<BackgroundState | undefined> {
  const answer = await askState();
  if (answer.ok) {
    knowModels(ownNames(answer.value));
    state.value = answer.value;
    return answer.value;
  }
  failure.value = answer.message;
  return undefined;
}

/** Asks for a change and then for the state after it. True when it was done. */
export async function request(change: Telling): Promise<boolean> {
  failure.value = undefined;
  const answer = await tell(change);
  if (!answer.ok) failure.value = answer.message;
  await refresh();
  return answer.ok;
}

/** Follows the address and whatever other windows store. */
export function followStored(): void {
  const read = (): void => {
    place.value = readPlace(location.hash);
  };
  addEventListener("hashchange", read);
  read();
  onStored(() => void refresh());
  void refresh();
}
