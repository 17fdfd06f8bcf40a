//! What an operation answers.

use hyper::body::Bytes;
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

    pub(crate) fn json(body: impl Into<Value>) -> Self {
        Self {
            body: Body::Json(body.into()),
            ..Self::empty()
        }
    }

    /// JSON that is written already.
    pub(crate) fn written(json: Bytes) -> Self {
        Self {
            headers: vec![("content-type", "application/json".to_owned())],
            body: Body::Bytes(json),
            ..Self::empty()
        }
    }
}
