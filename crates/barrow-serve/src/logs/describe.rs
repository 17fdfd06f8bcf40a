//! Groups and streams are listed.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::groups::{Group, StreamRow};
use super::operations::{arn, existing, invalid, name_of, named, place, token};
use crate::api::Refusal;
use crate::front::Call;
use crate::store::{Scope, StoreError};

/// The most that a page has.
const PAGE: usize = 50;

pub(super) fn groups(call: &Call<'_>) -> Result<Value, Refusal> {
    let scope = &call.caller.scope;
    let prefix = call.text("logGroupNamePrefix");
    let pattern = call.text("logGroupNamePattern");
    if !prefix.is_empty() && !pattern.is_empty() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let class = call.optional("logGroupClass");
    let identifiers = call.items("logGroupIdentifiers");
    let identified: Vec<&str> = identifiers
        .iter()
        .filter_map(Value::as_str)
        .map(name_of)
        .collect();
    let after = place::<String>(call)?.unwrap_or_default();
    let all = call
        .service
        .logs
        .read(|connection| Ok::<_, StoreError>(Group::all(connection, scope, &after)?))?;
    let wanted = all.into_iter().filter(|group| {
        group.name.starts_with(prefix)
            && group.name.contains(pattern)
            && class.is_none_or(|class| group.class == class)
            && (identified.is_empty() || identified.contains(&group.name.as_str()))
    });
    let mut found: Vec<Group> = wanted.take(limit(call) + 1).collect();
    let more = found.len() > limit(call);
    found.truncate(limit(call));
    let shown: Vec<Value> = found
        .iter()
        .map(|group| shown_group(scope, group))
        .collect();
    let mut answer = json!({"logGroups": shown});
    if let (true, Some(last)) = (more, found.last()) {
        answer["nextToken"] = token(&last.name);
    }
    Ok(answer)
}

fn shown_group(scope: &Scope, group: &Group) -> Value {
    let arn = arn(scope, &group.name);
    let mut shown = json!({
        "logGroupName": group.name,
        "creationTime": group.created_ms,
        "metricFilterCount": 0,
        "arn": format!("{arn}:*"),
        "storedBytes": group.bytes.max(0),
        "logGroupClass": group.class,
        "logGroupArn": arn,
    });
    if let Some(days) = group.retention_days {
        shown["retentionInDays"] = days.into();
    }
    shown
}

/// How streams are ordered; what has the same time is ordered by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Order {
    time_ms: i64,
    name: String,
}

pub(super) fn streams(call: &Call<'_>) -> Result<Value, Refusal> {
    let scope = &call.caller.scope;
    let group = named(call)?;
    let prefix = call.text("logStreamNamePrefix");
    let by_time = call.text("orderBy") == "LastEventTime";
    if by_time && !prefix.is_empty() {
        return Err(invalid(
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ));
    }
    let descending = call.is_set("descending");
    let after = place::<Order>(call)?;
    let (name, all) = call.service.logs.read(|connection| {
        let group = existing(connection, scope, group)?;
        let all = StreamRow::all(connection, group.id).map_err(StoreError::from)?;
        Ok::<_, Refusal>((group.name, all))
    })?;
    let wanted = all
        .into_iter()
        .filter(|stream| stream.name.starts_with(prefix));
    let mut found: Vec<(Order, StreamRow)> = wanted
        .map(|stream| {
            let time_ms = if by_time {
                stream.last_event_ms.unwrap_or(0)
            } else {
                0
            };
            let name = stream.name.clone();
            (Order { time_ms, name }, stream)
        })
        .filter(|(order, _)| match &after {
            None => true,
            Some(after) if descending => order < after,
            Some(after) => order > after,
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| {
        let (left, right) = if descending {
            (right, left)
        } else {
            (left, right)
        };
        left.cmp(right)
    });
    let more = found.len() > limit(call);
    found.truncate(limit(call));
    let shown: Vec<Value> = found
        .iter()
        .map(|(_, stream)| shown_stream(scope, &name, stream))
        .collect();
    let mut answer = json!({"logStreams": shown});
    if let (true, Some((last, _))) = (more, found.last()) {
        answer["nextToken"] = token(last);
    }
    Ok(answer)
}

fn shown_stream(scope: &Scope, group: &str, stream: &StreamRow) -> Value {
    let mut shown = json!({
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        "arn": format!("{}:log-stream:{}", arn(scope, group), stream.name),
        // Of streams it has been zero since 2019.
        "storedBytes": 0,
    });
    let times = [
        ("firstEventTimestamp", stream.first_event_ms),
        ("lastEventTimestamp", stream.last_event_ms),
        ("lastIngestionTime", stream.last_ingestion_ms),
    ];
    for (name, time) in times {
        if let Some(time) = time {
            shown[name] = time.into();
        }
    }
    if stream.last_event_ms.is_some() {
        shown["uploadSequenceToken"] = super::put::SEQUENCE_TOKEN.into();
    }
    shown
}

fn limit(call: &Call<'_>) -> usize {
    let limit = call
        .number("limit")
        .and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(PAGE).min(PAGE)
}
