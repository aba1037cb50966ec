/** Bodies of requests, kept until their answers come: they may say which page of which feed is asked for. */

/** Longest body that is kept, in bytes, and most of them. */
const MAX_REQUEST = 256 << 10;
const MOST_REQUESTS = 64;

/** A request's body, as Firefox shows it. */
export interface RequestBody {
  formData?: Record<string, string[]>;
  /** A part without bytes is a file. */
  raw?: Array<{ bytes?: ArrayBuffer }>;
}

/** By request, the newest of them. */
export class RequestBodies {
  private readonly bodies = new Map<string, string>();

  note(request: string, body: RequestBody): void {
    const text = requestText(body);
    if (text === undefined) return;
    this.bodies.set(request, text);
    for (const oldest of this.bodies.keys()) {
      if (this.bodies.size <= MOST_REQUESTS) break;
      this.bodies.delete(oldest);
    }
  }

  take(request: string): string | undefined {
    const body = this.bodies.get(request);
    this.bodies.delete(request);
    return body;
  }
}

/** A request's body, where it is text: JSON as it was sent, a form as an address would hold it. Pure. */
export function requestText({ formData, raw }: RequestBody): string | undefined {
  if (formData) {
    const pairs = Object.entries(formData).flatMap(([name, values]) => values.map((value) => [name, value]));
    const text = new URLSearchParams(pairs).toString();
    return text.length <= MAX_REQUEST ? text : undefined;
  }
  const parts = (raw ?? []).flatMap(({ bytes }) => (bytes ? [new Uint8Array(bytes)] : []));
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (size === 0 || size > MAX_REQUEST || parts.length < (raw ?? []).length) return undefined;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
  } catch {
    return undefined;
  }
}
