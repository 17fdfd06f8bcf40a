//! Events that clients bring.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::groups::StreamRow;
use super::operations::{existing, invalid, no_stream};
use super::writer::{EVENT_OVERHEAD_BYTES, NewEvent, Place};
use crate::api::Refusal;
use crate::front::Call;
use crate::store::StoreError;

/// Nobody has had to send one back since 2023; old clients still do.
pub(super) const SEQUENCE_TOKEN: &str = "49590302012345678901234567890123456789012345678901234567";

const BATCH_LIMIT_BYTES: usize = 1_048_576;
const BATCH_SPAN: SignedDuration = SignedDuration::from_hours(24);
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
const NEWEST: SignedDuration = SignedDuration::from_hours(2);

#[derive(Debug, Deserialize)]
struct Told {
    timestamp: i64,
    message: String,
}

pub(super) fn events(call: &Call<'_>) -> Result<Value, Refusal> {
    let told = Value::Array(call.items("logEvents").to_vec());
    let told: Vec<Told> =
        serde_json::from_value(told).map_err(|error| invalid(error.to_string()))?;
    check(&told)?;
    let now = Timestamp::now();
    let scope = &call.caller.scope;
    let answer = call.service.logs.write(|writer| {
        let group = existing(writer.connection(), scope, call.text("logGroupName"))?;
        let stream = StreamRow::find(writer.connection(), group.id, call.text("logStreamName"));
        let stream = stream.map_err(StoreError::from)?.ok_or_else(no_stream)?;
        let times = Times::of(&told, now, group.retention_days);
        let events: Vec<NewEvent<'_>> = told[times.taken.clone()]
            .iter()
            .map(|event| NewEvent {
                timestamp_ms: event.timestamp,
                message: &event.message,
            })
            .collect();
        let place = Place {
            group: group.id,
            stream: stream.id,
        };
        writer.append(place, &events)?;
        Ok::<_, Refusal>(times.shown(told.len()))
    })?;
    Ok(answer)
}

fn check(told: &[Told]) -> Result<(), Refusal> {
    if !told.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let sizes = told
        .iter()
        .map(|event| event.message.len() + EVENT_OVERHEAD_BYTES);
    let size: usize = sizes.sum();
    if size > BATCH_LIMIT_BYTES {
        return Err(invalid(format!(
            "Upload too large: {size} bytes exceeds limit of {BATCH_LIMIT_BYTES}"
        )));
    }
    if let (Some(first), Some(last)) = (told.first(), told.last())
        && i128::from(last.timestamp - first.timestamp) > BATCH_SPAN.as_millis()
    {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 \
             hours.",
        ));
    }
    Ok(())
}

/// Which events are neither too old nor too new. They are in the order of their time.
struct Times {
    taken: std::ops::Range<usize>,
    expired: usize,
    too_old: usize,
}

impl Times {
    fn of(told: &[Told], now: Timestamp, retention_days: Option<i64>) -> Self {
        let before = |time: Timestamp| {
            let time = time.as_millisecond();
            told.partition_point(|event| event.timestamp < time)
        };
        let kept = retention_days.map(|days| now - SignedDuration::from_hours(days * 24));
        let expired = kept.map_or(0, before);
        let too_old = before(now - OLDEST);
        let too_new = before(now + NEWEST);
        Self {
            taken: expired.max(too_old).min(too_new)..too_new,
            expired,
            too_old,
        }
    }

    fn shown(&self, told: usize) -> Value {
        let mut answer = json!({"nextSequenceToken": SEQUENCE_TOKEN});
        let mut rejected = json!({});
        if self.too_old > 0 {
            rejected["tooOldLogEventEndIndex"] = self.too_old.into();
        }
        if self.expired > 0 {
            rejected["expiredLogEventEndIndex"] = self.expired.into();
        }
        if self.taken.end < told {
            rejected["tooNewLogEventStartIndex"] = self.taken.end.into();
        }
        if rejected != json!({}) {
            answer["rejectedLogEventsInfo"] = rejected;
        }
        answer
    }
}
