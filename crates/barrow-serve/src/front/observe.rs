//! What is noted of each request, and shown of all: the journal, figures, health.

use std::time::Instant;

use hyper::Response;
use hyper::http::request::Parts;
use jiff::Timestamp;
use serde_json::json;

use super::{Caller, Reply, ReplyBody};
use crate::journal::Answered;
use crate::metrics::{Family, Kind};
use crate::service::Service;

/// The operation that answered, for those who look at the answer from outside.
#[derive(Debug, Clone)]
struct Named(String);

pub(super) fn name(response: &mut Response<ReplyBody>, operation: &str) {
    response
        .extensions_mut()
        .insert(Named(operation.to_owned()));
}

/// A request from its beginning.
#[derive(Debug)]
pub(super) struct Watch {
    at: Timestamp,
    started: Instant,
    method: String,
    path: String,
}

impl Watch {
    pub(super) fn start(head: &Parts) -> Self {
        Self {
            at: Timestamp::now(),
            started: Instant::now(),
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
        }
    }

    pub(super) fn finish(
        self,
        service: &Service,
        called: &'static str,
        caller: &Caller,
        response: &Response<ReplyBody>,
    ) {
        let took = self.started.elapsed();
        let status = response.status().as_u16();
        let operation = response.extensions().get::<Named>();
        let operation = operation.map(|Named(name)| name.as_str());
        service.metrics.count(called, operation, status, took);
        if let Some(journal) = &service.options.journal {
            let request = response.headers().get("x-amzn-requestid");
            journal.answered(&Answered {
                at: self.at,
                method: &self.method,
                path: &self.path,
                service: called,
                operation,
                account: &caller.scope.account,
                region: &caller.scope.region,
                status,
                took,
                request: request.and_then(|request| request.to_str().ok()),
            });
        }
    }
}

pub(super) fn health() -> Response<ReplyBody> {
    let body = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
    Reply::new(200).json(&body)
}

pub(super) async fn metrics(service: &Service) -> Response<ReplyBody> {
    let looking = service.clone();
    let text = tokio::task::spawn_blocking(move || looking.metrics.text(&families(&looking))).await;
    Reply::new(200)
        .header("content-type", "text/plain; version=0.0.4")
        .bytes(text.unwrap_or_default())
}

/// What the parts of the service say of themselves.
fn families(service: &Service) -> Vec<Family> {
    let pool = service.pool.figures();
    let count = |figure: usize| u64::try_from(figure).unwrap_or(u64::MAX);
    let family = |name, kind, help, label, figures| Family {
        name,
        kind,
        help,
        label,
        figures,
    };
    vec![
        family(
            "barrow_environments",
            Kind::Gauge,
            "Environments by what they do; a spare has no function yet.",
            "state",
            vec![
                ("starting", count(pool.starting)),
                ("busy", count(pool.busy)),
                ("idle", count(pool.idle)),
                ("spare", count(pool.spares)),
            ],
        ),
        family(
            "barrow_invokes_waiting",
            Kind::Gauge,
            "Invokes that wait for an environment.",
            "",
            vec![("", count(pool.waiting))],
        ),
        family(
            "barrow_events_waiting",
            Kind::Gauge,
            "Events that were accepted, and wait for their next attempt.",
            "",
            vec![("", count(service.queue.len()))],
        ),
        family(
            "barrow_invokes_total",
            Kind::Counter,
            "Invokes that reached an environment.",
            "",
            vec![("", pool.invokes)],
        ),
        family(
            "barrow_cold_starts_total",
            Kind::Counter,
            "Environments that were made for an event.",
            "",
            vec![("", pool.cold_starts)],
        ),
        family(
            "barrow_throttled_total",
            Kind::Counter,
            "Invokes that were refused, by whose limit was reached.",
            "limit",
            vec![
                ("reservation", pool.throttled_by_reservation),
                ("account", pool.throttled_by_account),
                ("machine", pool.throttled_by_machine),
            ],
        ),
        family(
            "barrow_environments_ended_total",
            Kind::Counter,
            "Environments that ended, by why.",
            "reason",
            vec![
                ("idle", pool.reaped),
                ("displaced", pool.displaced),
                ("dead", pool.found_dead),
            ],
        ),
        family(
            "barrow_stored_bytes",
            Kind::Gauge,
            "Bytes on disk.",
            "what",
            service.stored_bytes(),
        ),
        family(
            "barrow_lost_log_lines_total",
            Kind::Counter,
            "Lines of functions that came faster than they could be written.",
            "",
            vec![("", service.logs.lost_lines())],
        ),
    ]
}
