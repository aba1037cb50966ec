/** `XMLHttpRequest`: its states, forms and subclasses. */
import { attempt, FEED, type Probe, request } from "./looking.ts";

export const requests: Record<string, Probe> = {
  "a subclass of XMLHttpRequest": () => {
    class Mine extends XMLHttpRequest {
      mine = 1;
    }
    const made = new Mine();
    return [
      made instanceof Mine,
      made instanceof XMLHttpRequest,
      Object.getPrototypeOf(Mine) === XMLHttpRequest,
      made.mine,
      made.readyState,
      Object.prototype.toString.call(made),
    ];
  },
  "everything an XMLHttpRequest tells at its end": () =>
    request((made, done) => {
      const log: unknown[] = [];
      // Not the stacks: in Firefox those in a listener name who added it.
      const refusal = (job: () => unknown) => String(attempt(job)).split("\n")[0];
      for (const type of ["loadstart", "progress", "load", "loadend"])
        made.addEventListener(type, (event) => {
          const { loaded, total, lengthComputable } = event as ProgressEvent;
          // In which state the last part comes is the network's to say, and whether there are others.
          if (type === "progress" && loaded < total) return;
          const state = type === "progress" || made.readyState;
          log.push([type, loaded, total, lengthComputable, state, event.constructor.name]);
        });
      made.addEventListener("loadend", () => {
        log.push(
          made
            .getAllResponseHeaders()
            .split("\r\n")
            .filter((line) => !line.startsWith("date")),
          made.getResponseHeader("content-type"),
          made.getResponseHeader("nothing"),
          made.status,
          made.statusText,
          made.response === made.responseText,
          made.responseText.length,
          Reflect.ownKeys(made).map(String),
          refusal(() => {
            made.responseType = "json";
            return "set";
          }),
          refusal(() => made.overrideMimeType("text/plain")),
          refusal(() => made.setRequestHeader("a", "b")),
          refusal(() => made.send()),
        );
        made.abort();
        log.push([made.readyState, made.status, made.responseText, made.response]);
        done(log);
      });
    }),
  "an XMLHttpRequest that is opened again when it is through": () =>
    request((made, done) => {
      const log: unknown[] = [];
      made.onreadystatechange = () => log.push(made.readyState);
      made.onload = () => {
        made.onload = () => done([...new Set(log), made.responseText.length]);
        made.open("GET", FEED);
        log.push("again", made.readyState, made.responseText);
        made.send();
      };
    }),
  "every form of an XMLHttpRequest's answer": async () => {
    const log: unknown[] = [];
    for (const type of ["", "text", "json", "arraybuffer", "blob", "document"] as const)
      log.push(
        await request((made, done) => {
          made.responseType = type;
          const empty = [made.response, attempt(() => made.responseText), attempt(() => made.responseXML)];
          made.onload = () => {
            const { response } = made as { response: { size?: number; byteLength?: number } | null };
            done([
              type,
              empty,
              Object.prototype.toString.call(response),
              response?.size ?? response?.byteLength ?? JSON.stringify(response).length,
              response === made.response,
              attempt(() => made.responseText.length),
              attempt(() => made.responseXML),
            ]);
          };
        }),
      );
    return log;
  },
  "a proxy around what is replaced": () =>
    ["readyState", "response", "responseText", "status"].map((key) => {
      const proxy = new Proxy(new XMLHttpRequest(), {});
      return [
        attempt(() => (proxy as unknown as Record<string, unknown>)[key]),
        attempt(() => Reflect.get(XMLHttpRequest.prototype, key, {})),
      ];
    }),
  "responseText where there is none": () =>
    request((made, done) => {
      made.responseType = "arraybuffer";
      made.onload = () => done(attempt(() => made.responseText));
    }),
  responseXML: () =>
    request((made, done) => {
      made.onload = () => done(made.responseXML);
    }),
};
