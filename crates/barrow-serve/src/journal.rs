//! What the service says of itself: a line for each request.
//!
//! Nothing is printed here; whoever starts the service is given the lines.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

/// From what on something is worth a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing at all.
    Off,
    /// What the service failed at.
    Error,
    /// What it refused.
    Warning,
    /// Every request.
    Info,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    /// A JSON object a line.
    Json,
}

/// Where lines go, and which.
#[derive(Clone)]
pub struct Journal {
    pub level: Level,
    pub form: Form,
    /// Called with a line without its end, by many threads; it should not wait.
    pub write: Arc<dyn Fn(&str) + Send + Sync>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Journal");
        shown
            .field("level", &self.level)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// A request that was answered.
#[derive(Debug)]
pub(crate) struct Answered<'r> {
    pub at: Timestamp,
    pub method: &'r str,
    pub path: &'r str,
    pub service: &'r str,
    pub operation: Option<&'r str>,
    pub account: &'r str,
    pub region: &'r str,
    pub status: u16,
    pub took: Duration,
    pub request: Option<&'r str>,
}

/// What was noticed of a function's package, which Lambda would take all the same.
#[derive(Debug)]
pub(crate) struct Found<'f> {
    pub at: Timestamp,
    pub account: &'f str,
    pub region: &'f str,
    pub function: &'f str,
    /// `error` if the function will not start, `warning` if it may fail.
    pub level: &'f str,
    pub check: &'f str,
    pub message: &'f str,
}

impl Journal {
    /// Whether what is of this level is said.
    pub(crate) fn hears(&self, level: Level) -> bool {
        level <= self.level
    }

    /// The request that brought the package was answered well: it is a warning.
    pub(crate) fn found(&self, found: &Found<'_>) {
        if self.hears(Level::Warning) {
            let line = match self.form {
                Form::Text => found.text(),
                Form::Json => found.json(),
            };
            (self.write)(&line);
        }
    }

    pub(crate) fn answered(&self, answered: &Answered<'_>) {
        if answered.level() <= self.level {
            let line = match self.form {
                Form::Text => answered.text(),
                Form::Json => answered.json(),
            };
            (self.write)(&line);
        }
    }
}

impl Found<'_> {
    fn text(&self) -> String {
        let Self {
            function,
            level,
            check,
            message,
            ..
        } = self;
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let message = one_line(message);
        format!("{at} package of {function}: {level}[{check}]: {message}")
    }

    fn json(&self) -> String {
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        json!({
            "time": at,
            "level": "warning",
            "service": "lambda",
            "account": self.account,
            "region": self.region,
            "function": self.function,
            "finding": self.level,
            "check": self.check,
            "message": self.message,
        })
        .to_string()
    }
}

impl Answered<'_> {
    fn level(&self) -> Level {
        match self.status {
            500.. => Level::Error,
            400.. => Level::Warning,
            _ => Level::Info,
        }
    }

    fn text(&self) -> String {
        let Self {
            service,
            method,
            path,
            status,
            ..
        } = self;
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let operation = self.operation.unwrap_or("-");
        let milliseconds = self.milliseconds();
        let path = one_line(path);
        format!("{at} {status} {service} {operation} {method} {path} {milliseconds} ms")
    }

    fn json(&self) -> String {
        let level = match self.level() {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info | Level::Off => "info",
        };
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        json!({
            "time": at,
            "level": level,
            "service": self.service,
            "operation": self.operation,
            "account": self.account,
            "region": self.region,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "milliseconds": self.milliseconds(),
            "request": self.request,
        })
        .to_string()
    }

    fn milliseconds(&self) -> f64 {
        (self.took.as_secs_f64() * 10_000.0).round() / 10.0
    }
}

/// Without what would end the line, or do something to a terminal.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn lines(level: Level, form: Form, statuses: &[u16]) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = lines.clone();
        let journal = Journal {
            level,
            form,
            write: Arc::new(move |line| kept.lock().unwrap().push(line.to_owned())),
        };
        for status in statuses {
            journal.answered(&Answered {
                at: Timestamp::from_second(1_800_000_000).unwrap(),
                method: "GET",
                path: "/a\nb",
                service: "lambda",
                operation: Some("GetFunction"),
                account: "1",
                region: "r",
                status: *status,
                took: Duration::from_micros(1234),
                request: None,
            });
        }
        lines.lock().unwrap().clone()
    }

    #[test]
    fn a_request_is_one_line_whatever_its_path() {
        assert_eq!(
            lines(Level::Info, Form::Text, &[200]),
            ["2027-01-15T08:00:00.000Z 200 lambda GetFunction GET /a\\nb 1.2 ms"]
        );
        let json = lines(Level::Info, Form::Json, &[500]).remove(0);
        assert!(
            json.contains(r#""level":"error""#) && json.contains(r#""path":"/a\nb""#),
            "{json}"
        );
    }

    #[test]
    fn only_what_is_asked_for_is_said() {
        assert_eq!(lines(Level::Warning, Form::Text, &[200, 404, 500]).len(), 2);
        assert_eq!(lines(Level::Error, Form::Text, &[200, 404, 500]).len(), 1);
        assert_eq!(lines(Level::Off, Form::Text, &[200, 404, 500]).len(), 0);
    }
}
