/** What other realms say of this one's functions. */
import {
  attempt,
  byRealm,
  type Callable,
  frame,
  loaded,
  type Probe,
  realmOf,
  says,
  words,
} from "./looking.ts";

export const realms: Record<string, Probe> = {
  "toString by a frame without an address": () => byRealm(realmOf(frame())),
  "toString by a frame that markup made": () => {
    const place = document.createElement("div");
    document.documentElement.append(place);
    place.append(
      document.createRange().createContextualFragment === undefined ? "" : document.createElement("iframe"),
    );
    return byRealm((window as unknown as Record<number, typeof globalThis>)[window.length - 1]);
  },
  "toString by a frame with markup of its own, at once": () =>
    byRealm(realmOf(frame((it) => it.setAttribute("sandbox", "allow-same-origin allow-scripts")))),
  "toString by a frame with an address, at once": () =>
    byRealm(realmOf(frame((it) => it.setAttribute("src", "/inner")))),
  "toString by a frame with an address, later": async () => {
    const made = frame((it) => it.setAttribute("src", "/inner"));
    await loaded(made);
    return byRealm(realmOf(made));
  },
  "toString by contentDocument": () =>
    byRealm(frame().contentDocument?.defaultView as unknown as typeof globalThis),
  "toString by a frame's own toString of toString": () => {
    const realm = realmOf(frame());
    const theirs = realm.Function.prototype.toString as Callable;
    return [says(theirs, theirs), says(theirs), says(words, theirs), theirs === (words as Callable)];
  },
  "a frame's classes, and instances across frames": () => {
    const realm = realmOf(frame());
    const theirs = new realm.XMLHttpRequest();
    return [
      theirs instanceof XMLHttpRequest,
      theirs instanceof realm.XMLHttpRequest,
      new XMLHttpRequest() instanceof realm.XMLHttpRequest,
      attempt(() =>
        Reflect.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "readyState")?.get?.call(theirs),
      ),
      says(realm.XMLHttpRequest),
      says(realm.Response.prototype.text, realm.Function.prototype.toString as Callable),
    ];
  },
};
