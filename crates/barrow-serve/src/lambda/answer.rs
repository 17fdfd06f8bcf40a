//! What an operation answers.

use hyper::body::Bytes;
use serde::Serialize;
use serde_json::Value;

/// The status is the operation's own unless it says otherwise.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: Option<u16>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

#[derive(Debug)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    Bytes(Bytes),
}

impl Answer {
    pub(crate) fn empty() -> Self {
        Self {
            status: None,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    pub(crate) fn json(body: impl Serialize) -> Self {
        let body = serde_json::to_value(body).expect("answers have texts for keys");
        Self {
            body: Body::Json(body),
            ..Self::empty()
        }
    }
}
