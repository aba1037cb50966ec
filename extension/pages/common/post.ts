/** Reads posts as far as pages draw them, and put them in order. What a post says is a stranger's: see `plain.ts`. */
import { isKind, isMedium, isSurface } from "../../shared/adapter.ts";
import { MAX_ID } from "../../shared/guards.ts";
import { flag, list, Misfit, number, object, type Read, text } from "../../shared/shape.ts";

const words = text(1 << 20);
const name = text(2000);
const address = text(1 << 14);
const amount = number(-Number.MAX_VALUE, Number.MAX_VALUE);

/** Every field by itself: one that makes no sense costs that field. */
const lenient =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value, at) => {
    try {
      return value === undefined || value === null ? undefined : read(value, at);
    } catch (error) {
      if (error instanceof Misfit) return undefined;
      throw error;
    }
  };

const one =
  <T>(is: (value: unknown) => value is T): Read<T> =>
  (value, at) => {
    if (!is(value)) throw new Misfit(`${at} is none that is known`);
    return value;
  };

/** A post. All but its id may be missing, and is left out where it makes no sense. */
export const readPost = object({
  id: text(MAX_ID),
  platform: lenient(text(64)),
  host: lenient(text(253)),
  url: lenient(address),
  kind: lenient(one(isKind)),
  surface: lenient(one(isSurface)),
  text: lenient(words),
  title: lenient(words),
  author: lenient(name),
  name: lenient(name),
  reposted_by: lenient(name),
  replying_to: lenient(name),
  quote_text: lenient(words),
  card_title: lenient(words),
  alt: lenient(words),
  community: lenient(name),
  promoted: lenient(flag),
  sensitive: lenient(flag),
  likes: lenient(amount),
  reposts: lenient(amount),
  replies: lenient(amount),
  views: lenient(amount),
  followers: lenient(amount),
  position: lenient(amount),
  time: lenient(amount),
  age: lenient(amount),
  duration: lenient(amount),
  links: lenient(list(address, 1000)),
  media: lenient(list(one(isMedium), 100)),
  labels: lenient(list(name, 1000)),
});

/** See {@link readPost}. */
export type FeedPost = ReturnType<typeof readPost>;
