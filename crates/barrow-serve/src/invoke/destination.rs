//! Where the word goes that an event was dealt with.

use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Event, Outcome, Request};
use crate::lambda::{Asynchronous, FunctionName};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Success,
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
}

#[derive(Debug)]
pub(super) struct Dealt {
    pub condition: Condition,
    /// Of the last attempt.
    pub outcome: Option<Outcome>,
}

impl Condition {
    fn name(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
            Self::ZeroReservedConcurrency => "ZeroReservedConcurrency",
        }
    }
}

/// The event for the function that is to hear of it. Queues, topics and buses are not part of this
/// service, and hear nothing.
pub(super) fn record(event: &Event, rules: &Asynchronous, dealt: &Dealt) -> Option<Event> {
    let destination = match dealt.condition {
        Condition::Success => rules.on_success.as_deref()?,
        _ => rules.on_failure.as_deref()?,
    };
    if !destination.contains(":lambda:") {
        return None;
    }
    let named = FunctionName::parse(destination);
    let named = named.qualified(&event.scope, None).ok()?;
    let told = told(event, dealt).to_string();
    Some(Event::of(&Request::new(named, Bytes::from(told))))
}

fn told(event: &Event, dealt: &Dealt) -> Value {
    let mut arn = event.named().arn();
    if event.qualifier.is_none() {
        arn.push_str(":$LATEST");
    }
    let mut told = json!({
        "version": "1.0",
        "timestamp": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        "requestContext": {
            "requestId": event.id,
            "functionArn": arn,
            "condition": dealt.condition.name(),
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": value(&event.payload()),
    });
    if let Some(outcome) = &dealt.outcome {
        let mut context = json!({"statusCode": 200, "executedVersion": outcome.version});
        if dealt.condition != Condition::Success {
            context["functionError"] = "Unhandled".into();
        }
        told["responseContext"] = context;
        told["responsePayload"] = value(&outcome.invoked.payload);
    }
    told
}

fn value(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap_or_default()
}
