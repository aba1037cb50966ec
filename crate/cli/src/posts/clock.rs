//! The moment at which posts are looked at, given so that every run says the same.

use crate::moment::{self, Moment};
use anyhow::Result;
use diffract_core::Context;
use std::time::{SystemTime, UNIX_EPOCH};

/// When it is.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Time")]
pub struct Clock {
    /// The moment that ages and hours count from, as 2026-08-06T21:12:23+02:00 (its offset is the reader's
    /// local time) or as seconds since 1970. Without it: the time of the latest post, so that the same posts give
    /// the same verdicts on any day; where no post has a time, the clock
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    pub now: Option<Moment>,
    /// Local time minus UTC, as +02:00, -0330 or minutes; for `at 22:00-07:00` and limits per hour and day
    #[arg(long, value_name = "OFFSET", value_parser = moment::parse_offset, allow_hyphen_values = true)]
    pub utc_offset: Option<i32>,
}

impl Clock {
    /// The moment, given how to find the time of the latest post.
    ///
    /// # Errors
    /// What `latest` says.
    pub fn moment(&self, latest: impl FnOnce() -> Result<Option<f64>>) -> Result<Moment> {
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        let mut moment = match self.now {
            Some(moment) => moment,
            None => Moment { seconds: latest()?.unwrap_or_else(clock), utc_offset: 0 },
        };
        if let Some(offset) = self.utc_offset {
            moment.utc_offset = offset;
        }
        Ok(moment)
    }
}

impl Moment {
    /// What rules are told of the world: this moment, one visit, and no models.
    pub fn context(self) -> Context {
        Context {
            now: self.seconds,
            utc_offset: self.utc_offset,
            visit: "replay".to_owned(),
            no_models: true,
            ..Context::default()
        }
    }
}
