//! An event that nobody waits for, from the moment it is accepted until something became of it.

use data_encoding::BASE64;
use hyper::body::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Request;
use crate::lambda::Qualified;
use crate::store::{Record, Scope};

/// Kept until it was dealt with, or is too old.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub id: String,
    pub scope: Scope,
    pub name: String,
    pub qualifier: Option<String>,
    /// Base64: an event may be any JSON, and is not to be changed.
    payload: String,
    client_context: Option<String>,
    trace: String,
    pub accepted: Timestamp,
    /// How often the function has had it.
    pub attempts: u32,
    /// Not before this time.
    pub due: Timestamp,
}

impl Record for Event {
    const KIND: &'static str = "event";
}

impl Event {
    pub(crate) fn of(request: &Request) -> Self {
        let Qualified {
            scope,
            name,
            qualifier,
        } = request.named.clone();
        let now = Timestamp::now();
        Self {
            id: request.id.clone(),
            scope,
            name,
            qualifier,
            payload: BASE64.encode(&request.payload),
            client_context: request.client_context.clone(),
            trace: request.trace.clone(),
            accepted: now,
            attempts: 0,
            due: now,
        }
    }

    pub(crate) fn named(&self) -> Qualified {
        Qualified {
            scope: self.scope.clone(),
            name: self.name.clone(),
            qualifier: self.qualifier.clone(),
        }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        BASE64.decode(self.payload.as_bytes()).unwrap_or_default()
    }

    /// Each attempt has the same name.
    pub(crate) fn request(&self) -> Request {
        Request {
            id: self.id.clone(),
            named: self.named(),
            payload: Bytes::from(self.payload()),
            client_context: self.client_context.clone(),
            trace: self.trace.clone(),
        }
    }
}
