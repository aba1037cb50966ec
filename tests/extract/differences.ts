/**
 * Where a recorded page yields other numbers than its `.meta.json` counts, and why. `pages.test.ts` holds the numbers to
 * what selectors of their own count in the page; the browser tests use them as they are.
 */
export interface Difference {
  /** Posts, one for each identifier. */
  items: number;
  /** Elements that hold one: a post that stands twice counts twice. */
  places: number;
  /** Promoted posts. */
  promoted: number;
  why: string;
}

const TWICE = "a page visited before stands hidden beside the present one and shows some videos again";
const OTHERS =
  "channels' videos, mixes, playlists and channels are items too, and an advertisement outside of the grid stands for itself";

/** By the page's file. */
export const EXPECTED_DIFFERENCES: Readonly<Record<string, Difference>> = {
  "youtube/home-2022-en-8ads.html": {
    items: 173,
    places: 174,
    promoted: 8,
    why: `74 counted, 90 of a channel's page, 2 mixes, 8 advertisements of a carousel, less 1: ${OTHERS}; ${TWICE}`,
  },
  "youtube/home-2022-fr-noad.html": {
    items: 50,
    places: 52,
    promoted: 0,
    why: `52 counted, less 2: ${TWICE}`,
  },
  "youtube/search-2022-09-adslot.html": {
    items: 51,
    places: 52,
    promoted: 1,
    why: `46 counted, 5 mixes, 1 playlist, less 1: ${OTHERS}; ${TWICE}`,
  },
  "youtube/search-2022-pyv.html": {
    items: 48,
    places: 51,
    promoted: 1,
    why: `50 counted, 1 advertisement, less 3: ${OTHERS}; ${TWICE}`,
  },
  "youtube/search-2022-sparkles.html": {
    items: 83,
    places: 84,
    promoted: 2,
    why: `74 counted, 6 of a channel's page, 2 channels, 1 mix, 1 advertisement, less 1: ${OTHERS}; ${TWICE}`,
  },
  "youtube/watch-2022-related.html": {
    items: 43,
    places: 44,
    promoted: 1,
    why: `44 counted, less 1: ${TWICE}`,
  },
  "reddit/thread-2022-11-til.html": {
    items: 201,
    places: 219,
    promoted: 2,
    why: "13 submissions counted; comments are posts too: 206, of which 18 stand twice in the saved page",
  },
  "news/front-nytimes-2023-12.html": {
    items: 85,
    places: 85,
    promoted: 0,
    why: "109 counted, less 24: the words of a story beside its picture stand in an element of the same class inside the story's",
  },
};
