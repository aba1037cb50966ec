//! `limit 3 per author per day then "Enough."`: what is remembered from one batch to the next.

use super::schedule::LocalTime;
use crate::post::Post;
use crate::program::{Limit, Period};
use crate::sorted::sort_by_key;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};

/// At most so many counts are remembered; the one unused for longest goes first.
const MAX_COUNTS: usize = 4096;
/// At most so many posts are remembered in all counts together.
const MAX_POSTS: usize = 65_536;

/// What has been shown so far, for `limit`. One memory serves all pages; it is small, bounded, and can be
/// stored as JSON or otherwise between two runs. Reading it back never fails on counts too many: they are cut.
///
/// Posts and authors are remembered as 64-bit hashes only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Memory {
    counts: HashMap<Key, Count>,
    /// Runs on with every use, to tell which count is the oldest.
    tick: u64,
    posts: usize,
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    counts: VecDeque<(Key, Count)>,
}

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Key {
    /// The rule, by the hash of its pack and text, so that editing another rule keeps the count.
    rule: u64,
    /// The author, or 0.
    author: u64,
    period: PeriodKey,
}

/// Which visit, hour or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum PeriodKey {
    Visit(u64),
    Hour(i64),
    Day(i64),
}

/// The posts that took a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    posts: Vec<u64>,
    /// The visit and the post where the feed ended: the post that carries the message.
    ended: Option<(u64, u64)>,
    #[serde(skip)]
    used: u64,
}

impl From<Memory> for Stored {
    fn from(memory: Memory) -> Self {
        let mut counts: Vec<(Key, Count)> = memory.counts.into_iter().collect();
        sort_by_key(&mut counts, |(_, count)| count.used);
        Self { counts: counts.into() }
    }
}

impl From<Stored> for Memory {
    fn from(mut stored: Stored) -> Self {
        let mut memory = Self::default();
        // The newest stand last.
        while let Some((key, mut count)) = stored.counts.pop_back() {
            if memory.counts.len() >= MAX_COUNTS || memory.posts >= MAX_POSTS {
                break;
            }
            count.posts.truncate(MAX_POSTS - memory.posts);
            memory.posts += count.posts.len();
            count.used = u64::MAX - memory.counts.len() as u64;
            memory.counts.insert(key, count);
        }
        // Ranks, oldest first, from 1.
        let mut ranks: Vec<(u64, Key)> =
            memory.counts.iter().map(|(key, count)| (count.used, *key)).collect();
        sort_by_key(&mut ranks, |(used, _)| *used);
        for (_, key) in ranks {
            memory.tick += 1;
            if let Some(count) = memory.counts.get_mut(&key) {
                count.used = memory.tick;
            }
        }
        memory
    }
}

/// A limit rule that speaks about a post.
pub(super) struct Claim<'a> {
    pub(super) pack: &'a str,
    pub(super) source: &'a str,
    pub(super) limit: &'a Limit,
}

/// What a limit says of a post.
pub(super) enum Standing {
    /// The author is counted but not known: the limit does not act.
    Unknown,
    /// It has a place already.
    Placed,
    /// There is a place for it.
    Free,
    /// There is none. Whether the message belongs here, at the first post that found none on this visit.
    Full {
        /// See above.
        ends_here: bool,
    },
}

/// When and on which visit.
#[derive(Clone, Copy)]
pub(super) struct Occasion {
    pub(super) time: LocalTime,
    pub(super) visit: u64,
}

impl Memory {
    /// Remembers what `other` counted on one visit, in place of what is remembered of it. For whoever counts a visit
    /// apart from the memory that all pages share.
    pub fn keep_visit(&mut self, other: &Self, visit: &str) {
        let visit = PeriodKey::Visit(visit_hash(visit));
        self.counts.retain(|key, _| key.period != visit);
        let kept = other.counts.iter().filter(|(key, _)| key.period == visit);
        self.counts.extend(kept.map(|(key, count)| (*key, count.clone())));
        // Where the feed ended on this visit is said of other periods' counts as well.
        for (key, count) in &mut self.counts {
            if let Some(theirs) = other.counts.get(key)
                && theirs.ended.is_some_and(|(ended, _)| PeriodKey::Visit(ended) == visit)
            {
                count.ended = theirs.ended;
            }
        }
        self.posts = self.counts.values().map(|count| count.posts.len()).sum();
    }

    fn key(claim: &Claim<'_>, post: &Post, occasion: Occasion) -> Option<Key> {
        let author = if claim.limit.per_author { Some(post.author.as_deref()?) } else { None };
        let mut folded = String::new();
        if let Some(author) = author {
            super::fold::fold_name_into(author, &['@'], &mut folded);
        }
        Some(Key {
            rule: hash(&[claim.pack, claim.source]),
            author: author.map_or(0, |_| hash(&[&folded, post.platform.as_deref().unwrap_or("")])),
            period: match claim.limit.period {
                Period::Visit => PeriodKey::Visit(occasion.visit),
                Period::Hour => PeriodKey::Hour(occasion.time.hour),
                Period::Day => PeriodKey::Day(occasion.time.day),
            },
        })
    }

    /// How a post stands with a limit, before anything is counted.
    pub(super) fn standing(&mut self, claim: &Claim<'_>, post: &Post, occasion: Occasion) -> Standing {
        let Some(key) = Self::key(claim, post, occasion) else { return Standing::Unknown };
        let id = post_hash(post);
        let count = self.touch(key);
        if count.posts.contains(&id) {
            return Standing::Placed;
        }
        if count.posts.len() < claim.limit.count as usize {
            return Standing::Free;
        }
        let ended = match count.ended {
            Some((visit, post)) if visit == occasion.visit => post,
            _ => {
                count.ended = Some((occasion.visit, id));
                id
            }
        };
        Standing::Full { ends_here: ended == id }
    }

    /// Gives a post its place.
    pub(super) fn take_place(&mut self, claim: &Claim<'_>, post: &Post, occasion: Occasion) {
        let Some(key) = Self::key(claim, post, occasion) else { return };
        let id = post_hash(post);
        let count = self.touch(key);
        if !count.posts.contains(&id) {
            count.posts.push(id);
            self.posts += 1;
        }
        self.shrink(occasion.time, key);
    }

    fn touch(&mut self, key: Key) -> &mut Count {
        self.tick += 1;
        let count = self.counts.entry(key).or_default();
        count.used = self.tick;
        count
    }

    /// Drops the hours and days that are over, and then the oldest counts while there are too many.
    fn shrink(&mut self, now: LocalTime, kept: Key) {
        if self.counts.len() <= MAX_COUNTS && self.posts <= MAX_POSTS {
            return;
        }
        self.counts.retain(|key, _| match key.period {
            PeriodKey::Visit(_) => true,
            PeriodKey::Hour(hour) => hour >= now.hour - 1,
            PeriodKey::Day(day) => day >= now.day - 1,
        });
        self.posts = self.counts.values().map(|count| count.posts.len()).sum();
        if self.counts.len() > MAX_COUNTS * 3 / 4 || self.posts > MAX_POSTS * 3 / 4 {
            let mut ages: Vec<(u64, Key)> =
                self.counts.iter().map(|(key, count)| (count.used, *key)).collect();
            sort_by_key(&mut ages, |(used, _)| *used);
            for (_, key) in ages {
                if self.counts.len() <= MAX_COUNTS * 3 / 4 && self.posts <= MAX_POSTS * 3 / 4 {
                    break;
                }
                if key != kept
                    && let Some(count) = self.counts.remove(&key)
                {
                    self.posts -= count.posts.len();
                }
            }
            // One count alone may be too long: its oldest places are let go.
            if self.posts > MAX_POSTS
                && let Some(count) = self.counts.get_mut(&kept)
            {
                let excess = count.posts.len().min(self.posts - MAX_POSTS);
                count.posts.drain(..excess);
                self.posts -= excess;
            }
        }
    }
}

/// The hash of a visit's name.
pub(super) fn visit_hash(visit: &str) -> u64 {
    hash(&[visit])
}

fn post_hash(post: &Post) -> u64 {
    hash(&[&post.id, post.platform.as_deref().unwrap_or("")])
}

/// FNV-1a over the parts with a mark between them. Stored, so it must not change.
fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_counted_apart_is_taken_over_alone() {
        let limit = |period| Limit { count: 1, per_author: false, period, then: None };
        let (visits, days) = (limit(Period::Visit), limit(Period::Day));
        let claims = [("v", &visits), ("d", &days)].map(|(source, limit)| Claim { pack: "p", source, limit });
        let on = |visit| Occasion { time: LocalTime::new(0.0, 0), visit: visit_hash(visit) };
        let mut own = Memory::default();
        for claim in &claims {
            own.take_place(claim, &post(1), on("reader"));
            own.take_place(claim, &post(1), on("page"));
        }
        let mut shared = Memory::default();
        shared.keep_visit(&own, "reader");
        let mut stands = |claim: &Claim<'_>, visit| shared.standing(claim, &post(1), on(visit));
        assert!(matches!(stands(&claims[0], "reader"), Standing::Placed));
        assert!(matches!(stands(&claims[0], "page"), Standing::Free));
        assert!(matches!(stands(&claims[1], "reader"), Standing::Free), "days are everyone's");
    }

    fn post(id: usize) -> Post {
        Post { id: id.to_string(), author: Some(format!("a{id}")), ..Post::default() }
    }

    #[test]
    fn stays_small_whatever_is_counted() {
        let mut memory = Memory::default();
        let occasion = Occasion { time: LocalTime::new(0.0, 0), visit: 1 };
        let each = Limit { count: 5, per_author: true, period: Period::Day, then: None };
        let all = Limit { count: u32::MAX, per_author: false, period: Period::Visit, then: None };
        for id in 0..100_000 {
            for (source, limit) in [("each", &each), ("all", &all)] {
                let claim = Claim { pack: "p", source, limit };
                if matches!(memory.standing(&claim, &post(id), occasion), Standing::Free) {
                    memory.take_place(&claim, &post(id), occasion);
                }
            }
            if id == 20_000 {
                break;
            }
        }
        assert!(memory.counts.len() <= MAX_COUNTS);
        assert!(memory.posts <= MAX_POSTS);
        let stored = serde_json::to_string(&memory).expect("a memory is plain data");
        let read: Memory = serde_json::from_str(&stored).expect("it reads back");
        assert_eq!(read.counts.len(), memory.counts.len());
        assert_eq!(read.posts, memory.posts);
    }
}
