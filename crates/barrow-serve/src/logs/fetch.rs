//! Events are read, in pages.

use std::collections::HashMap;
use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::events::{Direction, Event, Position, Range, Source, scan};
use super::groups::{StreamId, StreamRow};
use super::operations::{existing, invalid, named, no_stream, place, token, wrong_token};
use super::pattern::Pattern;
use super::writer::EVENT_OVERHEAD_BYTES;
use crate::api::Refusal;
use crate::front::Call;
use crate::store::StoreError;

/// The most that a page has, by events and by bytes.
const PAGE: usize = 10_000;
const PAGE_BYTES: usize = 1 << 20;

/// Events that are looked at for one page, found or not: 10 to 50 ms.
const LOOK: usize = 50_000;

pub(super) fn get(call: &Call<'_>) -> Result<Value, Refusal> {
    let name = named(call)?;
    // Here, and only here, the end is not included.
    let range = Range {
        last_ms: call.number("endTime").map_or(i64::MAX, |end| end - 1),
        ..range(call)
    };
    let (from, direction) = match call.optional("nextToken") {
        Some(token) => {
            let (direction, position) = Cursor::parse(token).ok_or_else(wrong_token)?;
            (Some(position), direction)
        }
        None if call.is_set("startFromHead") => (None, Direction::Forward),
        None => (None, Direction::Backward),
    };
    let mut page = Page::of(call);
    call.service.logs.read(|connection| {
        let group = existing(connection, &call.caller.scope, name)?;
        let stream = StreamRow::find(connection, group.id, call.text("logStreamName"));
        let stream = stream.map_err(StoreError::from)?.ok_or_else(no_stream)?;
        let source = Source::Stream(stream.id);
        scan(connection, source, range, from, direction, |event| {
            page.add(event, |event| {
                json!({
                    "timestamp": event.position.timestamp_ms,
                    "message": event.message,
                    "ingestionTime": event.ingested_ms(),
                })
            })
        })
        .map_err(StoreError::from)?;
        Ok::<_, Refusal>(())
    })?;
    if direction == Direction::Backward {
        page.found.reverse();
    }
    // Where nothing was found, a token is the one that was given.
    let here = from.unwrap_or(Position {
        timestamp_ms: range.first_ms.max(0),
        id: 0,
    });
    let first = page.found.first().map_or(here, |(position, _)| *position);
    let last = page.found.last().map_or(here, |(position, _)| *position);
    Ok(json!({
        "nextForwardToken": Cursor::format(Direction::Forward, last),
        "nextBackwardToken": Cursor::format(Direction::Backward, first),
        "events": page.events(),
    }))
}

/// The tokens of `GetLogEvents`: `f/` or `b/`, then 56 digits, then `/s`.
struct Cursor;

impl Cursor {
    fn format(direction: Direction, position: Position) -> String {
        let letter = match direction {
            Direction::Forward => 'f',
            Direction::Backward => 'b',
        };
        format!("{letter}/{}/s", number(position))
    }

    fn parse(token: &str) -> Option<(Direction, Position)> {
        let (letter, rest) = token.split_once('/')?;
        let digits = rest.strip_suffix("/s")?;
        let direction = match letter {
            "f" => Direction::Forward,
            "b" => Direction::Backward,
            _ => return None,
        };
        if digits.len() != 56 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let position = Position {
            timestamp_ms: digits[..20].parse().ok()?,
            id: digits[20..].parse().ok()?,
        };
        Some((direction, position))
    }
}

/// An event's place in all time, as a number of 56 digits; also its id.
fn number(position: Position) -> String {
    format!("{:020}{:036}", position.timestamp_ms.max(0), position.id)
}

pub(super) fn filter(call: &Call<'_>) -> Result<Value, Refusal> {
    let name = named(call)?;
    let pattern =
        Pattern::parse(call.text("filterPattern")).map_err(|error| invalid(error.to_string()))?;
    let names = call.items("logStreamNames");
    let prefix = call.text("logStreamNamePrefix");
    if !names.is_empty() && !prefix.is_empty() {
        return Err(invalid(
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
        ));
    }
    let from = place::<(i64, i64)>(call)?.map(|(timestamp_ms, id)| Position { timestamp_ms, id });
    let mut page = Page::of(call);
    call.service.logs.read(|connection| {
        let group = existing(connection, &call.caller.scope, name)?;
        let all = StreamRow::all(connection, group.id).map_err(StoreError::from)?;
        let mut streams: HashMap<StreamId, String> = HashMap::new();
        for stream in all {
            let is_named = || names.iter().any(|name| name == stream.name.as_str());
            let wanted = if names.is_empty() {
                stream.name.starts_with(prefix)
            } else {
                is_named()
            };
            if wanted {
                streams.insert(stream.id, stream.name);
            }
        }
        let named = |name: &Value| streams.values().any(|stream| name == stream.as_str());
        if !names.iter().all(named) {
            return Err(no_stream());
        }
        let source = match streams.keys().next() {
            Some(only) if streams.len() == 1 => Source::Stream(*only),
            _ => Source::Group(group.id),
        };
        let range = range(call);
        scan(
            connection,
            source,
            range,
            from,
            Direction::Forward,
            |event| {
                // Of a stream that was deleted, events may still be there.
                match streams.get(&event.stream) {
                    Some(stream) if pattern.matches(event.message) => page.add(event, |event| {
                        json!({
                            "logStreamName": stream,
                            "timestamp": event.position.timestamp_ms,
                            "message": event.message,
                            "ingestionTime": event.ingested_ms(),
                            "eventId": number(event.position),
                        })
                    }),
                    _ => page.pass(event),
                }
            },
        )
        .map_err(StoreError::from)?;
        Ok(())
    })?;
    // Since 2019 the list of streams that were searched is empty.
    let mut answer = json!({"searchedLogStreams": []});
    if let (true, Some(last)) = (page.more, page.last) {
        answer["nextToken"] = token(&(last.timestamp_ms, last.id));
    }
    answer["events"] = page.events();
    Ok(answer)
}

fn range(call: &Call<'_>) -> Range {
    Range {
        first_ms: call.number("startTime").unwrap_or(Range::ALWAYS.first_ms),
        last_ms: call.number("endTime").unwrap_or(Range::ALWAYS.last_ms),
    }
}

/// What was found, until it is enough.
struct Page {
    limit: usize,
    found: Vec<(Position, Value)>,
    bytes: usize,
    looked: usize,
    /// The last event that was looked at.
    last: Option<Position>,
    /// Whether there are others behind it.
    more: bool,
}

impl Page {
    fn of(call: &Call<'_>) -> Self {
        let limit = call
            .number("limit")
            .and_then(|limit| usize::try_from(limit).ok());
        Self {
            limit: limit.unwrap_or(PAGE).min(PAGE),
            found: Vec::new(),
            bytes: 0,
            looked: 0,
            last: None,
            more: false,
        }
    }

    /// Takes an event, if there is room for it.
    fn add(&mut self, event: &Event<'_>, show: impl Fn(&Event<'_>) -> Value) -> ControlFlow<()> {
        let bytes = event.message.len() + EVENT_OVERHEAD_BYTES;
        let is_full = self.found.len() >= self.limit
            || (!self.found.is_empty() && self.bytes + bytes > PAGE_BYTES);
        if is_full {
            self.more = true;
            return ControlFlow::Break(());
        }
        self.pass(event)?;
        self.bytes += bytes;
        self.found.push((event.position, show(event)));
        ControlFlow::Continue(())
    }

    /// Goes on, if there was not too much yet.
    fn pass(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        if self.looked >= LOOK {
            self.more = true;
            return ControlFlow::Break(());
        }
        self.looked += 1;
        self.last = Some(event.position);
        ControlFlow::Continue(())
    }

    fn events(self) -> Value {
        self.found.into_iter().map(|(_, event)| event).collect()
    }
}
