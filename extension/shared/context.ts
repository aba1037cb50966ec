/** What is true outside the posts, as every engine takes it. Mirrors the core's `Context`. */

/**
 * The context of this moment as JSON on one line: `now` in seconds since 1970-01-01 UTC, `utc_offset` as local time less UTC
 * in minutes (east of Greenwich is positive), no models unless `more` says otherwise.
 */
export function contextNow(more: object = {}): string {
  const now = new Date();
  return JSON.stringify({
    now: now.getTime() / 1000,
    utc_offset: -now.getTimezoneOffset(),
    no_models: true,
    ...more,
  });
}
