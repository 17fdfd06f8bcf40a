//! Figures of the service, as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds in seconds: an answer from records, a warm invoke, a cold one, a long one.
const BUCKETS: [f64; 6] = [0.001, 0.005, 0.025, 0.1, 1.0, 10.0];

/// What is counted as requests come in. Services and operations are those of the models, so there
/// are only so many.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<Requests>,
}

#[derive(Debug, Default)]
struct Requests {
    by_outcome: BTreeMap<(&'static str, String, u16), u64>,
    by_service: BTreeMap<&'static str, Latency>,
}

#[derive(Debug, Default)]
struct Latency {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

/// Figures that are looked up when somebody asks, with what tells them apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Family {
    pub name: &'static str,
    pub kind: Kind,
    pub help: &'static str,
    /// The name of the label; empty where there is one figure.
    pub label: &'static str,
    pub figures: Vec<(&'static str, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Goes up only, while the service runs.
    Counter,
    Gauge,
}

impl Metrics {
    pub(crate) fn count(
        &self,
        service: &'static str,
        operation: Option<&str>,
        status: u16,
        took: Duration,
    ) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let operation = operation.unwrap_or_default().to_owned();
        *requests
            .by_outcome
            .entry((service, operation, status))
            .or_default() += 1;
        let latency = requests.by_service.entry(service).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, bound) in latency.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= bound);
        }
        latency.count += 1;
        latency.seconds += seconds;
    }

    /// All figures in Prometheus's text format.
    pub(crate) fn text(&self, families: &[Family]) -> String {
        let mut page = Page::default();
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        page.family(
            "barrow_requests_total",
            "counter",
            "Requests that were answered.",
        );
        for ((service, operation, status), count) in &requests.by_outcome {
            let labels =
                format!("service=\"{service}\",operation=\"{operation}\",status=\"{status}\"");
            page.sample("barrow_requests_total", &labels, count);
        }
        let name = "barrow_request_duration_seconds";
        page.family(name, "histogram", "Time to the head of the answer.");
        for (service, latency) in &requests.by_service {
            let label = format!("service=\"{service}\"");
            for (bucket, bound) in latency.buckets.iter().zip(BUCKETS) {
                let labels = format!("{label},le=\"{bound}\"");
                page.sample(&format!("{name}_bucket"), &labels, bucket);
            }
            let labels = format!("{label},le=\"+Inf\"");
            page.sample(&format!("{name}_bucket"), &labels, latency.count);
            page.sample(&format!("{name}_sum"), &label, latency.seconds);
            page.sample(&format!("{name}_count"), &label, latency.count);
        }
        drop(requests);
        for family in families {
            let kind = match family.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
            };
            page.family(family.name, kind, family.help);
            for (value, figure) in &family.figures {
                let labels = match family.label {
                    "" => String::new(),
                    label => format!("{label}=\"{value}\""),
                };
                page.sample(family.name, &labels, figure);
            }
        }
        page.text
    }
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let labels = match labels {
            "" => String::new(),
            labels => format!("{{{labels}}}"),
        };
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        let took = Duration::from_millis(3);
        metrics.count("logs", Some("GetLogEvents"), 200, took);
        metrics.count("logs", Some("GetLogEvents"), 200, Duration::from_secs(20));
        metrics.count("unknown", None, 400, took);
        let family = |name, label, figures| Family {
            name,
            kind: Kind::Gauge,
            help: "Whatever.",
            label,
            figures,
        };
        let text = metrics.text(&[
            family("barrow_stored_bytes", "what", vec![("logs", 4096)]),
            family("barrow_waiting", "", vec![("", 7)]),
        ]);
        for line in [
            r#"barrow_requests_total{service="logs",operation="GetLogEvents",status="200"} 2"#,
            r#"barrow_requests_total{service="unknown",operation="",status="400"} 1"#,
            r#"barrow_request_duration_seconds_bucket{service="logs",le="0.001"} 0"#,
            r#"barrow_request_duration_seconds_bucket{service="logs",le="0.005"} 1"#,
            r#"barrow_request_duration_seconds_bucket{service="logs",le="+Inf"} 2"#,
            r#"barrow_request_duration_seconds_sum{service="logs"} 20.003"#,
            r#"barrow_stored_bytes{what="logs"} 4096"#,
            "barrow_waiting 7",
            "# TYPE barrow_waiting gauge",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }
}
