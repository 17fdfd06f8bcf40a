//! `InvokeWithResponseStream`: the answer as a stream of framed messages.
//!
//! A message: total length, length of the headers, CRC-32 of those two; headers; payload; CRC-32 of
//! everything before. The runtime client for Python does not stream, so there is one piece.

use serde_json::json;

use super::Outcome;
use crate::lambda::{Answer, Body};

/// What a header holds if it holds a text.
const TEXT: u8 = 7;

pub(crate) fn streamed(outcome: &Outcome) -> Answer {
    let invoked = &outcome.invoked;
    let mut body = Vec::new();
    if !invoked.failed && invoked.failure.is_none() {
        let kind = "application/octet-stream";
        body.extend(message("PayloadChunk", kind, &invoked.payload));
    }
    body.extend(message(
        "InvokeComplete",
        "application/json",
        complete(outcome).to_string().as_bytes(),
    ));
    Answer {
        status: Some(200),
        headers: vec![
            (
                "content-type",
                "application/vnd.amazon.eventstream".to_owned(),
            ),
            ("x-amz-executed-version", outcome.version.clone()),
        ],
        body: Body::Bytes(body.into()),
    }
}

fn complete(outcome: &Outcome) -> serde_json::Value {
    let invoked = &outcome.invoked;
    if !invoked.failed && invoked.failure.is_none() {
        return json!({});
    }
    json!({
        "ErrorCode": "Unhandled",
        "ErrorDetails": String::from_utf8_lossy(&invoked.payload),
    })
}

fn message(kind: &str, content: &str, payload: &[u8]) -> Vec<u8> {
    let mut headers = Vec::new();
    for (name, value) in [
        (":message-type", "event"),
        (":event-type", kind),
        (":content-type", content),
    ] {
        headers.push(name.len() as u8);
        headers.extend(name.as_bytes());
        headers.push(TEXT);
        headers.extend((value.len() as u16).to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let total = 4 + 4 + 4 + headers.len() + payload.len() + 4;
    let mut message = Vec::with_capacity(total);
    message.extend((total as u32).to_be_bytes());
    message.extend((headers.len() as u32).to_be_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(headers);
    message.extend(payload);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}
