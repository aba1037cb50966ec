//! `at 22:00-07:00 on mon-fri`: whether a rule holds now.

use crate::program::Schedule;

/// The reader's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalTime {
    /// Hours since 1970-01-01 00:00 local.
    pub(crate) hour: i64,
    /// Days since 1970-01-01 local.
    pub(crate) day: i64,
    /// Minutes from local midnight, `0..1440`.
    pub(crate) minute: u16,
    /// From Monday, `0..7`.
    pub(crate) weekday: usize,
}

impl LocalTime {
    /// From seconds since 1970-01-01 UTC and the offset of local time in minutes.
    pub(crate) fn new(now: f64, utc_offset: i32) -> Self {
        // A cast from a float saturates, so a clock out of its mind is still some time.
        let seconds = (now as i64).saturating_add(i64::from(utc_offset) * 60);
        let day = seconds.div_euclid(86_400);
        Self {
            hour: seconds.div_euclid(3_600),
            day,
            minute: (seconds.rem_euclid(86_400) / 60) as u16,
            // The first day was a Thursday.
            weekday: (day + 3).rem_euclid(7) as usize,
        }
    }

    /// Day and time as the language writes them: `fri 21:12`.
    pub(crate) fn words(self) -> String {
        let day = crate::reference::DAYS.get(self.weekday).map_or("", |(short, _)| *short);
        format!("{day} {:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

/// Whether a schedule holds at a local time.
pub(crate) fn holds(schedule: &Schedule, time: LocalTime) -> bool {
    let on = |weekday: usize| schedule.days.get(weekday % 7).copied().unwrap_or(false);
    let today = on(time.weekday);
    if schedule.windows.is_empty() {
        return today;
    }
    let yesterday = on(time.weekday + 6);
    schedule.windows.iter().any(|&(start, end)| {
        if start < end {
            today && (start..end).contains(&time.minute)
        } else {
            (today && time.minute >= start) || (yesterday && time.minute < end)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-01 was a Monday.
    const MONDAY: f64 = 1_704_067_200.0;

    #[test]
    fn local_time_follows_the_offset() {
        let time = LocalTime::new(MONDAY, -60);
        assert_eq!((time.minute, time.weekday), (23 * 60, 6));
        assert_eq!(LocalTime::new(f64::NAN, 0).minute, 0);
        LocalTime::new(f64::INFINITY, i32::MAX);
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_begins() {
        let monday_night = Schedule {
            windows: vec![(22 * 60, 7 * 60)],
            days: [true, false, false, false, false, false, false],
        };
        for (hours, holds_then) in
            [(0.0, false), (21.9, false), (22.0, true), (30.9, true), (31.0, false), (46.0, false)]
        {
            assert_eq!(
                holds(&monday_night, LocalTime::new(MONDAY + hours * 3600.0, 0)),
                holds_then,
                "{hours}"
            );
        }
    }
}
