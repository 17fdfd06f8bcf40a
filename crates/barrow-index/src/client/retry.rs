//! How long to wait, and when to give up.

use std::time::{Duration, SystemTime};

/// How patient the client is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// Tries in a row without progress, the first one included.
    pub tries: u32,
    /// The pause after the first failure; each further one is twice as long.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// A `Retry-After` beyond this is an answer to give up on.
    pub longest_wait: Duration,
    /// A connection that brings nothing for this long is cut.
    pub stall: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // Pauses of at most 0.5 + 1 + 2 + 4 s: a machine without a network hears so soon.
            tries: 5,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(16),
            longest_wait: Duration::from_mins(2),
            stall: Duration::from_secs(30),
        }
    }
}

/// Counts failures in a row.
#[derive(Debug)]
pub(super) struct Failures<'p> {
    patience: &'p Patience,
    in_a_row: u32,
}

impl<'p> Failures<'p> {
    pub(super) fn new(patience: &'p Patience) -> Self {
        Self {
            patience,
            in_a_row: 0,
        }
    }

    /// The last try went forward, so the count starts again.
    pub(super) fn forget(&mut self) {
        self.in_a_row = 0;
    }

    pub(super) fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// One more failure: how long to pause, or `None` to give up.
    pub(super) fn pause(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.in_a_row += 1;
        if self.in_a_row >= self.patience.tries {
            return None;
        }
        if asked.is_some_and(|asked| asked > self.patience.longest_wait) {
            return None;
        }
        let doublings = (self.in_a_row - 1).min(16);
        let pause = self.patience.first_pause.saturating_mul(1 << doublings);
        // Between half and all of it, so that parallel downloads do not come back in step.
        let pause = pause
            .min(self.patience.longest_pause)
            .mul_f32(0.5 + fastrand::f32() / 2.0);
        Some(asked.unwrap_or_default().max(pause))
    }
}

/// Statuses that may be gone the next moment: timeouts, "too early", rate limits, server faults.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=529)
}

/// A `Retry-After` header: seconds, or a date.
pub(super) fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let patience = Patience {
            longest_pause: Duration::from_secs(1),
            ..Patience::default()
        };
        let mut failures = Failures::new(&patience);
        let mut check = |expected: Option<(u64, u64)>| {
            let pause = failures.pause(None).map(|pause| pause.as_millis());
            let fits = match (pause, expected) {
                (Some(pause), Some((low, high))) => (low.into()..=high.into()).contains(&pause),
                (None, None) => true,
                _ => false,
            };
            assert!(fits, "{pause:?}, expected {expected:?}");
        };
        check(Some((250, 500)));
        check(Some((500, 1000)));
        check(Some((500, 1000)));
        check(Some((500, 1000)));
        check(None);
    }

    #[test]
    fn the_server_may_ask_for_more_but_not_for_too_much() {
        let patience = Patience::default();
        let minute = Duration::from_mins(1);
        assert_eq!(Failures::new(&patience).pause(Some(minute)), Some(minute));
        assert_eq!(Failures::new(&patience).pause(Some(minute * 3)), None);
        // A zero is not an invitation to hammer.
        assert!(
            Failures::new(&patience)
                .pause(Some(Duration::ZERO))
                .unwrap()
                > Duration::ZERO
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Tue, 01 Jan 2030 00:00:00 GMT").unwrap();
        let check = |text: &str, expected: Option<u64>| {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(parse_retry_after(text, now), expected, "{text:?}");
        };
        check(" 7 ", Some(7));
        check("Tue, 01 Jan 2030 00:00:09 GMT", Some(9));
        check("Mon, 31 Dec 2029 00:00:09 GMT", Some(0));
        check("soon", None);
        check("-3", None);
    }

    #[test]
    fn refusals_are_final() {
        for status in [400, 401, 403, 404, 410, 501, 505] {
            assert!(!is_passing(status), "{status}");
        }
        for status in [408, 429, 500, 503, 522] {
            assert!(is_passing(status), "{status}");
        }
    }
}
