//! Posts to try rules on: recorded answers of a platform's API, or posts as they are, one JSON object a line.

mod clock;
mod ndjson;
pub mod payload;

pub use clock::Clock;

use crate::moment::Moment;
use crate::terminal;
use anyhow::Result;
use diffract_core::post::Post;
use diffract_core::program::Program;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// How many posts are handed on at once.
const BATCH: usize = 256;

/// Where posts come from.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Posts")]
pub struct Input {
    /// Whose recorded answer the files are: x, youtube, reddit, mastodon, bluesky, hackernews, linkedin, facebook,
    /// instagram, tiktok, lemmy. Without it
    /// they hold posts, one JSON object a line (NDJSON) or in one JSON array
    #[arg(long, value_name = "NAME")]
    pub platform: Option<String>,
    /// The address that was asked; names the surface where a recorded answer itself does not
    #[arg(long, value_parser = payload::address, requires = "platform")]
    pub url: Option<String>,
    /// Recorded answers as JSON, or posts; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Read {
    /// How many posts.
    pub posts: usize,
    /// How many lines could not be read, each told on standard error.
    pub bad_lines: usize,
    /// How many posts say on which host they were seen.
    pub with_host: usize,
}

impl Read {
    /// Says so where rules are for some sites and no post says of which it is: they act on none, and the verdicts alone would not
    /// show why.
    pub fn tell_without_host(&self, programs: &[&Program]) {
        let for_sites =
            || programs.iter().any(|program| program.scopes.iter().any(|on| !on.sites.is_empty()));
        if self.posts > 0 && self.with_host == 0 && for_sites() {
            terminal::warning(
                "no post says on which host it was seen, so rules for some sites (`on x.com`) act on none of them: give \
                 posts a `host`, like \"host\": \"x.com\"",
            );
        }
    }
}

impl Input {
    /// Hands on all posts in their order, some hundred at a time, with the moment they are to be looked at; until
    /// whoever takes them has enough. Posts of one object a line are not held in memory.
    ///
    /// # Errors
    /// If the input cannot be used: no such file or platform, no JSON, no posts in it; or what `take` says.
    pub fn each(
        &self,
        clock: &Clock,
        mut take: impl FnMut(Moment, &[Post]) -> Result<ControlFlow<()>>,
    ) -> Result<Read> {
        match &self.platform {
            Some(platform) => {
                let posts = payload::read(platform, self.url.as_deref(), &self.files)?;
                let moment = clock.moment(|| Ok(latest(&posts)))?;
                for batch in posts.chunks(BATCH) {
                    if take(moment, batch)?.is_break() {
                        break;
                    }
                }
                let with_host = posts.iter().filter(|post| post.host.is_some()).count();
                Ok(Read { posts: posts.len(), bad_lines: 0, with_host })
            }
            None => ndjson::each(&self.files, clock, &mut take),
        }
    }

    /// All posts at once, `most` at most, with the moment they are to be looked at.
    ///
    /// # Errors
    /// As [`Input::each`].
    pub fn all(&self, clock: &Clock, most: usize) -> Result<(Moment, Vec<Post>, Read)> {
        let (mut posts, mut at): (Vec<Post>, _) = (Vec::new(), None);
        let read = self.each(clock, |moment, batch| {
            at = Some(moment);
            posts.extend(batch.iter().take(most - posts.len()).cloned());
            Ok(if posts.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        let moment = match at {
            Some(moment) => moment,
            None => clock.moment(|| Ok(None))?,
        };
        Ok((moment, posts, read))
    }
}

/// The time of the latest post.
pub fn latest(posts: &[Post]) -> Option<f64> {
    posts.iter().filter_map(|post| post.time).filter(|time| time.is_finite()).reduce(f64::max)
}
