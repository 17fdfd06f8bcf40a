//! How often something is tried, and how long to wait in between.

use std::time::Duration;

use crate::{PullError, Reporter};

/// Tries in a row without progress, the first one included.
const TRIES: u32 = 4;

/// Each further pause is twice as long: a machine without a network hears of it after two seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Why a try failed.
#[derive(Debug)]
pub(crate) enum Failure {
    Final(PullError),
    /// Worth another try; the error is for when all of them have failed.
    Passing(PullError),
}

impl From<PullError> for Failure {
    fn from(error: PullError) -> Self {
        Self::Final(error)
    }
}

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    in_a_row: u32,
}

impl Failures {
    /// The last try went forward, so the count starts again.
    pub(crate) fn forget(&mut self) {
        self.in_a_row = 0;
    }

    /// Waits where another try is worth it; the error otherwise.
    pub(crate) async fn pause(
        &mut self,
        failure: Failure,
        what: &str,
        reporter: &dyn Reporter,
    ) -> Result<(), PullError> {
        let error = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Passing(error) => error,
        };
        self.in_a_row += 1;
        if self.in_a_row >= TRIES {
            return Err(error);
        }
        let pause = FIRST_PAUSE * (1 << (self.in_a_row - 1));
        reporter.retrying(what, &reason(&error), pause.as_secs_f32());
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// The innermost cause, which says the most in the fewest words.
fn reason(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), reason)
}
