//! Windows of one `at` that overlap or repeat each other.

use crate::diagnostic::{Diagnostic, code};
use crate::syntax::tree::Schedule;

const DAY: u16 = 24 * 60;

/// A hint where two windows of the schedule share minutes of the clock: the rule holds once in either case, so one of
/// them is likely a slip.
pub(super) fn check(schedule: &Schedule) -> Option<Diagnostic> {
    // A window past midnight is two stretches of the clock.
    let stretches = |&(from, to): &(u16, u16)| match from < to {
        true => vec![(from, to)],
        false => vec![(from, DAY), (0, to)],
    };
    let windows = &schedule.windows;
    // Nobody writes so many; the comparison is of each with each.
    if windows.len() > 48 {
        return None;
    }
    for (i, later) in windows.iter().enumerate() {
        for earlier in &windows[..i] {
            let shared =
                stretches(earlier).iter().any(|a| stretches(later).iter().any(|b| a.0 < b.1 && b.0 < a.1));
            if shared {
                let message =
                    format!("{} overlaps {}, which stands before it", clock(*later), clock(*earlier));
                return Some(
                    Diagnostic::hint(code::OVERLAPPING_HOURS, schedule.span.clone(), message)
                        .help("the rule holds once all the same; write one window for both"),
                );
            }
        }
    }
    None
}

fn clock((from, to): (u16, u16)) -> String {
    let one = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("`{}-{}`", one(from), one(to))
}
