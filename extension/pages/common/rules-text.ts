/** Small, text-only operations on rule files. What a rule means is the engine's business, not this file's. */

/** The most a rule file may hold, in bytes of UTF-8; the engine refuses more. */
export const MAX_RULES_BYTES = 4 * 1024 * 1024;

/** A rule file with one more rule at its end, in force everywhere whatever scope the file ends in. */
export function appendRule(source: string, rule: string): string {
  const body = source.replace(/\s*$/u, "");
  const scopes = body.match(/^[ \t]*on[ \t].*$/gmu) ?? [];
  const last = scopes.at(-1)?.trim();
  const scope = last === undefined || /^on[ \t]+everywhere\b/u.test(last) ? "" : "\non everywhere\n";
  return `${body === "" ? "" : `${body}\n`}${scope}${rule}\n`;
}

/** Words as a string of the rule language; blanks and line breaks become one blank. */
export function quote(words: string): string {
  const flat = words.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return `"${flat.replace(/[\\"]/gu, "\\$&")}"`;
}

/** The title in a pack's header line, if it has one. */
export function titleOf(source: string): string | undefined {
  const title = /^[ \t]*pack[ \t]+"([^"\n]{1,200})"/mu.exec(source)?.[1]?.trim();
  return title === "" ? undefined : title;
}

/** An identifier for an imported pack: lower-case letters, digits and `-`, at most 40 characters. */
export function idFrom(title: string): string {
  const id = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 40)
    .replace(/-+$/u, "");
  return id === "" ? "pack" : id;
}

/** A file's words. Refuses what is too large or no UTF-8, with a message for the reader. */
export async function readFile(
  file: File,
  limit: number,
): Promise<{ ok: true; text: string } | { ok: false; message: string }> {
  if (file.size > limit) {
    const size = (limit / 1024 / 1024).toFixed(0);
    return {
      ok: false,
      message: `“${file.name}” is larger than ${size} MB, the most Diffract reads. Nothing was changed.`,
    };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return { ok: true, text };
  } catch {
    return { ok: false, message: `“${file.name}” is not a text file in UTF-8. Nothing was changed.` };
  }
}
