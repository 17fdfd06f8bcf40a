//! What Lambda says of a function that could not say it itself.

use std::time::Duration;

use crate::processes::End;

/// Why there is no answer of the function's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It took longer than it may.
    TimedOut { after: Duration },
    /// Its process has ended.
    Exited(End),
    /// Its answer is larger than an answer may be.
    ResponseTooLarge,
}

impl Failure {
    /// Lambda's name for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TimedOut { .. } => "Sandbox.Timedout",
            Self::Exited(_) => "Runtime.ExitError",
            Self::ResponseTooLarge => "Function.ResponseSizeTooLarge",
        }
    }

    /// The payload that the caller gets. Key order and spaces are the service's.
    pub fn payload(&self, request: &str) -> String {
        let kind = self.kind();
        let message = match self {
            Self::ResponseTooLarge => format!(
                "Response payload size exceeded maximum allowed payload size ({} bytes).",
                barrow_model::limits::RESPONSE_LIMIT_BYTES
            ),
            _ => format!("RequestId: {request} Error: {}", self.reason()),
        };
        format!("{{\"errorType\":\"{kind}\",\"errorMessage\":\"{message}\"}}")
    }

    fn reason(&self) -> String {
        match self {
            Self::TimedOut { after } => {
                format!("Task timed out after {:.2} seconds", after.as_secs_f64())
            }
            Self::Exited(End::Code(0)) => "Runtime exited without providing a reason".to_owned(),
            Self::Exited(End::Code(code)) => {
                format!("Runtime exited with error: exit status {code}")
            }
            Self::Exited(End::Signal(number)) => {
                format!("Runtime exited with error: signal: {}", signal(*number))
            }
            Self::ResponseTooLarge => String::new(),
        }
    }

    /// What goes into the log before the end of the request.
    pub(crate) fn log_lines(&self, request: &str, now: &str) -> Option<String> {
        match self {
            Self::TimedOut { .. } => Some(format!("{now} {request} {}\n", self.reason())),
            Self::Exited(_) => Some(format!(
                "RequestId: {request} Error: {}\n{}",
                self.reason(),
                self.kind()
            )),
            Self::ResponseTooLarge => None,
        }
    }
}

/// As Go's standard library, which the service is written in, calls them.
fn signal(number: i32) -> String {
    let name = match number {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        _ => return format!("signal {number}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failure: &Failure, expected: &str) {
        assert_eq!(failure.payload("7f"), expected);
    }

    #[test]
    fn failures_have_the_services_words() {
        check(
            &Failure::TimedOut {
                after: Duration::from_secs(1),
            },
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 7f Error: Task timed out after 1.00 seconds"}"#,
        );
        check(
            &Failure::Exited(End::Code(0)),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 7f Error: Runtime exited without providing a reason"}"#,
        );
        check(
            &Failure::Exited(End::Code(127)),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 7f Error: Runtime exited with error: exit status 127"}"#,
        );
        check(
            &Failure::Exited(End::Signal(9)),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 7f Error: Runtime exited with error: signal: killed"}"#,
        );
        check(
            &Failure::ResponseTooLarge,
            r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#,
        );
    }
}
