//! The two-second clock of the format.

use std::fmt;

/// A date and time as zips hold it: local time by custom, UTC here, from 1980 to 2107, even
/// seconds only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DosTime(u32);

impl DosTime {
    /// 1980-01-01 00:00:00, the first that can be written.
    pub const EPOCH: Self = Self(1 << 21 | 1 << 16);
    /// 2107-12-31 23:59:58, the last.
    const LAST: Self = Self(0xff9f_bf7d);

    /// The moment in UTC; what lies outside 1980 to 2107 becomes the nearest that can be written.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        // 1980-01-01 and 2108-01-01 in Unix seconds.
        match seconds {
            0..315_532_800 => return Self::EPOCH,
            315_532_800..4_354_819_200 => {}
            4_354_819_200.. => return Self::LAST,
        }
        let (mut days, second) = (seconds / 86_400 - 3_652, (seconds % 86_400) as u32);
        let mut year = 1980;
        while days >= days_of(year) {
            days -= days_of(year);
            year += 1;
        }
        let mut month = 1;
        while days >= days_in(year, month) {
            days -= days_in(year, month);
            month += 1;
        }
        let date = (year as u32 - 1980) << 9 | month << 5 | (days as u32 + 1);
        let time = (second / 3600) << 11 | (second / 60 % 60) << 5 | (second % 60 / 2);
        Self(date << 16 | time)
    }

    /// Seconds since 1970, taken for UTC. `None` for what is no date, such as a thirteenth month.
    pub fn to_unix_seconds(self) -> Option<u64> {
        let (date, time) = (self.0 >> 16, self.0 & 0xffff);
        let (year, month, day) = (u64::from(date >> 9) + 1980, date >> 5 & 15, date & 31);
        let (hour, minute, second) = (time >> 11, time >> 5 & 63, (time & 31) * 2);
        let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day.into());
        if !is_date || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = (1970..year).map(days_of).sum::<u64>()
            + (1..month).map(|month| days_in(year, month)).sum::<u64>()
            + u64::from(day - 1);
        Some(days * 86_400 + u64::from(hour * 3600 + minute * 60 + second))
    }

    /// As headers hold it: the time in the low half, the date in the high one.
    pub const fn from_u32(bits: u32) -> Self {
        Self(bits)
    }

    /// As headers hold it: the time in the low half, the date in the high one.
    pub const fn to_u32(self) -> u32 {
        self.0
    }
}

/// As the bits have it, whether there is such a day or not: `1980-01-01 00:00:00`.
impl fmt::Display for DosTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0 >> 16, self.0 & 0xffff);
        write!(
            f,
            "{}-{:02}-{:02} {:02}:{:02}:{:02}",
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            time >> 11,
            time >> 5 & 63,
            (time & 31) * 2
        )
    }
}

fn days_of(year: u64) -> u64 {
    (1..=12).map(|month| days_in(year, month)).sum()
}

fn days_in(year: u64, month: u32) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        // 2100 is the only year from 1970 to 2107 divided by four that is not a leap year.
        2 if year.is_multiple_of(4) && year != 2100 => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: u64, expected: &str) {
        let time = DosTime::from_unix_seconds(seconds);
        let shown = time.to_string();
        assert_eq!(shown, expected, "{seconds}");
        let back = time.to_unix_seconds();
        if (315_532_800..4_354_819_200).contains(&seconds) {
            assert_eq!(back, Some(seconds / 2 * 2));
        }
    }

    #[test]
    fn what_is_no_date_is_no_moment() {
        for bits in [0, 13 << 21 | 1 << 16, 2 << 21 | 30 << 16, 0x0021_ffff] {
            assert_eq!(DosTime::from_u32(bits).to_unix_seconds(), None, "{bits:#x}");
        }
    }

    #[test]
    fn moments_are_shown_in_utc_and_even_seconds() {
        // From `date -u -d @…`.
        check(315_532_800, "1980-01-01 00:00:00");
        check(951_782_399, "2000-02-28 23:59:58");
        check(951_782_400, "2000-02-29 00:00:00");
        check(1_735_689_601, "2025-01-01 00:00:00");
        check(4_107_542_399, "2100-02-28 23:59:58");
        check(4_107_542_400, "2100-03-01 00:00:00");
        check(4_354_819_199, "2107-12-31 23:59:58");
    }

    #[test]
    fn what_cannot_be_written_becomes_the_nearest_that_can() {
        check(0, "1980-01-01 00:00:00");
        check(4_354_819_200, "2107-12-31 23:59:58");
        check(u64::MAX, "2107-12-31 23:59:58");
        assert_eq!(DosTime::from_unix_seconds(0), DosTime::EPOCH);
    }
}
