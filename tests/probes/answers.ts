/** Answers of `fetch`: reading, cloning, streams, giving up. */
import { attempt, type Callable, FEED, type Probe, told } from "./looking.ts";

export const answers: Record<string, Probe> = {
  "what is used and locked, before, while and after an answer is read": async () => {
    const log: unknown[] = [];
    for (const key of ["text", "json", "arrayBuffer", "blob", "clone", "stream"]) {
      const response = await fetch(FEED);
      const states = () => [response.bodyUsed, response.body?.locked];
      log.push(key, response.bodyUsed);
      if (key === "clone") {
        const clone = response.clone();
        log.push(
          states(),
          clone.bodyUsed,
          (await clone.text()).length,
          states(),
          (await response.text()).length,
        );
      } else if (key === "stream") {
        const stream = response.body;
        const reader = stream?.getReader();
        log.push(
          states(),
          attempt(() => response.clone()),
        );
        log.push(await response.text().catch(told));
        const { value } = (await reader?.read()) ?? {};
        log.push(Object.prototype.toString.call(value), states());
        await reader?.cancel("enough");
        log.push(states());
      } else {
        const reading = (response as unknown as Record<string, () => Promise<unknown>>)[key]?.();
        log.push(response.bodyUsed);
        await reading;
        log.push(
          states(),
          attempt(() => response.body?.getReader()),
        );
      }
    }
    return log;
  },
  "a stream of an answer, piped, gone through, transferred": async () => {
    const log: unknown[] = [];
    let size = 0;
    await (await fetch(FEED)).body?.pipeTo(
      new WritableStream<Uint8Array>({
        write(part) {
          size += part.byteLength;
        },
      }),
    );
    log.push(size);
    const parts: Uint8Array[] = [];
    for await (const part of (await fetch(FEED)).body as unknown as AsyncIterable<Uint8Array>)
      parts.push(part);
    log.push(parts.reduce((sum, part) => sum + part.byteLength, 0));
    const { body } = await fetch(FEED);
    log.push(
      attempt(() => {
        const moved = structuredClone(body, { transfer: [body as unknown as Transferable] });
        return [Object.prototype.toString.call(moved), body?.locked];
      }),
    );
    return log;
  },
  "an answer that was given up": async () => {
    const log: unknown[] = [];
    const name = (error: unknown) => [(error as Error).name, (error as Error).message];
    for (const when of ["before", "between", "while"]) {
      const control = new AbortController();
      if (when === "before") control.abort();
      try {
        const response = await fetch(FEED, { signal: control.signal });
        if (when === "between") control.abort();
        const reading = response.text();
        if (when === "while") control.abort();
        log.push(await reading.then(() => "read", name));
      } catch (error) {
        log.push(name(error));
      }
    }
    const control = new AbortController();
    const reason = { any: "thing" };
    const response = await fetch(FEED, { signal: control.signal });
    control.abort(reason);
    log.push(await response.text().catch((error: unknown) => error === reason));
    return log;
  },
  "an answer by way of another address": async () => {
    const response = await fetch("/moved");
    const direct = await fetch(new Request(FEED, { cache: "no-store" }));
    return [
      response.redirected,
      new URL(response.url).pathname,
      response.type,
      (await response.text()).length,
      direct.redirected,
      direct.type,
      (await direct.text()).length,
      (await fetch("/moved", { redirect: "manual" })).type,
      await fetch("/moved", { redirect: "error" }).then(
        () => "came",
        (error: Error) => error.name,
      ),
    ];
  },
  "requests that outlive the page": async () => [
    navigator.sendBeacon(FEED, "words"),
    (await (await fetch(FEED, { keepalive: true })).text()).length,
    (await (await fetch(FEED, { method: "POST", body: "words" })).text()).length,
  ],
  "a subclass of Response": async () => {
    class Mine extends Response {}
    const made = new Mine("words");
    return [
      made instanceof Mine,
      Object.getPrototypeOf(Mine) === Response,
      await made.clone().text(),
      made.clone().constructor === Response,
      await Response.json({ a: 1 }).text(),
      Response.error().type,
    ];
  },
  "a response of the page's own": async () => {
    const made = new Response("words", { headers: { a: "b" } });
    return [made.url, made.type, await made.clone().text(), made.bodyUsed, await made.text(), made.bodyUsed];
  },
  "brand of an answer": async () => {
    const response = await fetch(FEED);
    const get = Reflect.getOwnPropertyDescriptor(Response.prototype, "url")?.get as Callable;
    const stream = response.body as ReadableStream;
    return [
      Object.prototype.toString.call(response),
      response instanceof Response,
      Reflect.ownKeys(response).map(String),
      String(get.call(response)).replace(/https:\/\/[^/]+/, ""),
      attempt(() => (response.headers as Headers).append("a", "b")),
      Object.prototype.toString.call(stream),
      stream instanceof ReadableStream,
      stream === response.body,
      attempt(() => stream.getReader({ mode: "byob" }).constructor.name),
      stream.locked,
      response.bodyUsed,
    ];
  },
  "an answer that the browser itself reads": async () => {
    const log: unknown[] = [];
    for (const path of [FEED, "/module.wasm"]) {
      const response = await fetch(path);
      const compiled = WebAssembly.compileStreaming(response).catch((error: Error) => error.name);
      log.push(response.bodyUsed, await response.text().catch(told), await compiled);
    }
    return log;
  },
  "promises of an answer": async () => {
    const response = await fetch(FEED);
    const promise = response.text();
    return [
      Object.getPrototypeOf(promise) === Promise.prototype,
      promise.constructor === Promise,
      Reflect.ownKeys(promise),
      response.bodyUsed,
      typeof (await promise),
    ];
  },
  "reading twice": async () => {
    const response = await fetch(FEED);
    await response.json();
    const own = new Response("words");
    await own.text();
    return [await response.json().catch(told), await own.text().catch(told)];
  },
};
