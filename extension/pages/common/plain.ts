/** Strangers' words and addresses, safe to be drawn: text is only ever text, and steers nothing around it. */

/** Cuts, joins what is too tall, and takes out what is not to be seen: control characters and the overriding of direction. */
export function plain(words: string | undefined, most = 2000): string {
  if (words === undefined) return "";
  return (
    words
      // Enough for whatever is taken out below.
      .slice(0, most * 4)
      // Half characters, which every encoder writes in its own way.
      .replace(/\p{Surrogate}/gu, "\ufffd")
      .replace(/\r\n?/gu, "\n")
      .replace(/\p{Cc}/gu, (sign: string) => (sign === "\n" ? "\n" : sign === "\t" ? " " : ""))
      // Embeddings, overrides and isolates; the marks that scripts need (LRM, RLM, ALM) stay.
      .replace(/[\u202a-\u202e\u2066-\u2069]/gu, "")
      .replace(/(\p{M}{6})\p{M}+/gu, "$1")
      .replace(/\n{3,}/gu, "\n\n")
      .trim()
      .slice(0, most)
      // A character that was cut in two.
      .replace(/[\ud800-\udbff]$/u, "")
  );
}

/** In one line. */
export function line(words: string | undefined, most = 200): string {
  return plain(words, most * 2)
    .replace(/\s+/gu, " ")
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/u, "");
}

/** An address that a link may lead to: of the web, absolute, and without a name before its host that looks like one. */
export function webAddress(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  try {
    const url = new URL(address);
    const isWeb = url.protocol === "https:" || url.protocol === "http:";
    return isWeb && url.username === "" && url.password === "" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const PLATFORMS: Record<string, string> = {
  x: "X",
  youtube: "YouTube",
  reddit: "Reddit",
  "old-reddit": "Reddit",
  mastodon: "Mastodon",
  bluesky: "Bluesky",
  hackernews: "Hacker News",
  linkedin: "LinkedIn",
  facebook: "Facebook",
  instagram: "Instagram",
  tiktok: "TikTok",
  lemmy: "Lemmy",
  agora: "Agora",
};

/** Where a post is from, as people say it: the platform, or the site where Diffract knows no more of it. */
export function placeName({ platform, host }: { platform?: string; host?: string }): string {
  const known =
    platform !== undefined && Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : undefined;
  return known ?? (line(host, 60).replace(/^www\./u, "") || line(platform, 60) || "an unknown site");
}
