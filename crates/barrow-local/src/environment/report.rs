//! What Lambda itself writes into a function's log: `START`, `END`, `REPORT`, or the same as JSON.

use std::time::Duration;

use barrow_model::MemorySize;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::circumstances::Initialization;
use super::function::Logging;
use super::log::{Format, Level};

/// One invoke in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub request: String,
    pub duration: Duration,
    /// Of a cold start whose module code ran before the event was there.
    pub init: Option<Duration>,
    pub memory_size: MemorySize,
    pub most_bytes: u64,
    pub status: Status,
}

/// How an invoke, or a start, went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Success,
    /// The function has reported an error of its own; the text of a report does not say so.
    Raised,
    Timeout,
    /// With Lambda's or Python's name of the error.
    Error(String),
}

impl Report {
    /// In whole milliseconds, rounded up. Since August 2025 the start is billed too.
    pub fn billed_milliseconds(&self) -> u128 {
        let billed = self.duration + self.init.unwrap_or_default();
        billed.as_nanos().div_ceil(1_000_000)
    }

    /// In MB, rounded up, as Lambda does.
    pub fn most_mebibytes(&self) -> u64 {
        self.most_bytes.div_ceil(1 << 20)
    }
}

/// A function whose code failed before it could take an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InitReport {
    pub(crate) duration: Duration,
    /// `init`, or `invoke` where it was tried again for an event.
    pub(crate) phase: &'static str,
    pub(crate) initialization: Initialization,
    pub(crate) status: Status,
}

/// Writes the service's own lines, if they are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemLog(pub(crate) Logging);

impl SystemLog {
    pub(crate) fn start(self, request: &str, version: &str, now: Timestamp) -> Option<String> {
        match self.0.format {
            Format::Text => Some(format!("START RequestId: {request} Version: {version}")),
            Format::Json => self.json(
                Level::Info,
                now,
                "platform.start",
                json!({"requestId": request, "version": version}),
            ),
        }
    }

    /// Text has a line for the end; JSON has one for the end of the function's work.
    pub(crate) fn end(self, report: &Report, now: Timestamp) -> Option<String> {
        match self.0.format {
            Format::Text => Some(format!("END RequestId: {}", report.request)),
            Format::Json => {
                let mut record = json!({
                    "requestId": report.request,
                    "status": report.status.word(),
                    "metrics": {"durationMs": milliseconds(report.duration)},
                });
                if let Status::Error(kind) = &report.status {
                    record["errorType"] = kind.as_str().into();
                }
                let level = report.status.level(Level::Debug);
                self.json(level, now, "platform.runtimeDone", record)
            }
        }
    }

    pub(crate) fn report(self, report: &Report, now: Timestamp) -> Option<String> {
        match self.0.format {
            Format::Text => Some(text(report)),
            Format::Json => {
                let mut metrics = json!({
                    "durationMs": milliseconds(report.duration),
                    "billedDurationMs": report.billed_milliseconds(),
                    "memorySizeMB": report.memory_size.mebibytes(),
                    "maxMemoryUsedMB": report.most_mebibytes(),
                });
                if let Some(init) = report.init {
                    metrics["initDurationMs"] = milliseconds(init).into();
                }
                let mut record = json!({
                    "requestId": report.request,
                    "status": report.status.word(),
                    "metrics": metrics,
                });
                if let Status::Error(kind) = &report.status {
                    record["errorType"] = kind.as_str().into();
                }
                let level = report.status.level(Level::Info);
                self.json(level, now, "platform.report", record)
            }
        }
    }

    pub(crate) fn init_report(self, report: &InitReport, now: Timestamp) -> Option<String> {
        match self.0.format {
            Format::Text => Some(format!(
                "INIT_REPORT Init Duration: {:.2} ms\tPhase: {}{}",
                milliseconds(report.duration),
                report.phase,
                report.status.suffix()
            )),
            Format::Json => {
                let mut record = json!({
                    "initializationType": report.initialization.name(),
                    "phase": report.phase,
                    "status": report.status.word(),
                    "metrics": {"durationMs": milliseconds(report.duration)},
                });
                if let Status::Error(kind) = &report.status {
                    record["errorType"] = kind.as_str().into();
                }
                self.json(Level::Warn, now, "platform.initReport", record)
            }
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for this call")]
    fn json(self, level: Level, now: Timestamp, kind: &str, record: Value) -> Option<String> {
        let least = self.0.system_level.unwrap_or(Level::Info);
        let time = iso(now);
        (level >= least).then(|| json!({"time": time, "type": kind, "record": record}).to_string())
    }
}

impl Status {
    fn word(&self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Timeout => "timeout",
            Self::Raised | Self::Error(_) => "error",
        }
    }

    /// What went wrong is worth more than what went well.
    fn level(&self, of_success: Level) -> Level {
        match self {
            Self::Success => of_success,
            Self::Raised | Self::Timeout | Self::Error(_) => Level::Warn,
        }
    }

    fn suffix(&self) -> String {
        match self {
            Self::Success | Self::Raised => String::new(),
            Self::Timeout => "\tStatus: timeout".to_owned(),
            Self::Error(kind) => format!("\tStatus: error\tError Type: {kind}"),
        }
    }
}

fn text(report: &Report) -> String {
    let init = report.init.map_or_else(String::new, |init| {
        format!("Init Duration: {:.2} ms\t", milliseconds(init))
    });
    let status = report.status.suffix();
    format!(
        "REPORT RequestId: {}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {}\t\
         Max Memory Used: {} MB\t{init}{}",
        report.request,
        milliseconds(report.duration),
        report.billed_milliseconds(),
        report.memory_size,
        report.most_mebibytes(),
        status.trim_start()
    )
}

/// `2026-11-21T15:04:05.678Z`.
pub(crate) fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn milliseconds(duration: Duration) -> f64 {
    // To the hundredth, as the service writes them.
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(init: Option<u64>, status: Status) -> Report {
        Report {
            request: "7f".to_owned(),
            duration: Duration::from_micros(1_234),
            init: init.map(Duration::from_millis),
            memory_size: MemorySize::DEFAULT,
            most_bytes: 31 << 20,
            status,
        }
    }

    #[test]
    fn a_cold_start_reports_and_bills_its_init() {
        let log = SystemLog(Logging::default());
        assert_eq!(
            log.report(&report(Some(40), Status::Success), Timestamp::UNIX_EPOCH)
                .unwrap(),
            "REPORT RequestId: 7f\tDuration: 1.23 ms\tBilled Duration: 42 ms\tMemory Size: 128 MB\t\
             Max Memory Used: 31 MB\tInit Duration: 40.00 ms\t"
        );
        assert_eq!(
            log.report(&report(None, Status::Success), Timestamp::UNIX_EPOCH)
                .unwrap(),
            "REPORT RequestId: 7f\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\t\
             Max Memory Used: 31 MB\t"
        );
    }

    #[test]
    fn what_went_wrong_is_in_the_report() {
        let log = SystemLog(Logging::default());
        let line = |status| {
            log.report(&report(None, status), Timestamp::UNIX_EPOCH)
                .unwrap()
        };
        assert!(line(Status::Timeout).ends_with("31 MB\tStatus: timeout"));
        let error = line(Status::Error("Runtime.ExitError".to_owned()));
        assert!(error.ends_with("31 MB\tStatus: error\tError Type: Runtime.ExitError"));
    }

    #[test]
    fn json_lines_are_filtered_by_their_level() {
        let logging = |level| {
            SystemLog(Logging {
                format: Format::Json,
                application_level: None,
                system_level: level,
            })
        };
        let at = Timestamp::UNIX_EPOCH;
        let good = report(None, Status::Success);
        let line = logging(None).report(&good, at).unwrap();
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["time"], "1970-01-01T00:00:00.000Z");
        assert_eq!(value["type"], "platform.report");
        assert_eq!(value["record"]["metrics"]["billedDurationMs"], 2);
        assert_eq!(logging(None).end(&good, at), None);
        assert!(logging(Some(Level::Debug)).end(&good, at).is_some());
        assert_eq!(logging(Some(Level::Warn)).report(&good, at), None);
        let bad = report(None, Status::Timeout);
        assert!(logging(Some(Level::Warn)).report(&bad, at).is_some());
    }
}
