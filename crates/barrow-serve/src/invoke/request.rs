//! An invoke as it is asked for.

use barrow_local::environment::{new_request_id, new_trace};
use barrow_model::limits::EVENT_LIMIT_BYTES;
use data_encoding::BASE64;
use hyper::body::Bytes;

use super::jackson;
use crate::api::Refusal;
use crate::lambda::Qualified;

/// What an event that nobody waits for may have.
const ASYNCHRONOUS_LIMIT_BYTES: usize = 1 << 20;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub id: String,
    pub named: Qualified,
    pub payload: Bytes,
    pub client_context: Option<String>,
    pub trace: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    RequestResponse,
    Event,
    DryRun,
}

impl Type {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        match text {
            Some("Event") => Self::Event,
            Some("DryRun") => Self::DryRun,
            _ => Self::RequestResponse,
        }
    }
}

impl Request {
    pub(crate) fn new(named: Qualified, payload: Bytes) -> Self {
        Self {
            id: new_request_id(),
            named,
            payload,
            client_context: None,
            trace: new_trace(),
        }
    }

    /// Whose bytes are an event: JSON, and not too many of them. None are an empty object.
    pub(crate) fn checked(mut self, kind: Type) -> Result<Self, Refusal> {
        let limit = match kind {
            Type::Event => ASYNCHRONOUS_LIMIT_BYTES,
            Type::RequestResponse | Type::DryRun => EVENT_LIMIT_BYTES,
        };
        if self.payload.len() > limit {
            return Err(Refusal::new(
                "RequestTooLargeException",
                format!(
                    "Request must be smaller than {limit} bytes for the InvokeFunction operation"
                ),
            ));
        }
        if self.payload.is_empty() {
            self.payload = Bytes::from_static(b"{}");
        }
        jackson::check(&self.payload).map_err(|fault| {
            Refusal::new(
                "InvalidRequestContentException",
                format!("Could not parse request body into json: Could not parse payload into json: {fault}"),
            )
        })?;
        Ok(self)
    }

    /// As the header has it: JSON in base64.
    pub(crate) fn with_client_context(mut self, header: Option<&str>) -> Result<Self, Refusal> {
        let Some(header) = header.filter(|header| !header.is_empty()) else {
            return Ok(self);
        };
        let json = BASE64
            .decode(header.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
        let json = json.ok_or_else(|| {
            Refusal::new(
                "InvalidRequestContentException",
                "Client context must be a valid Base64-encoded JSON object.",
            )
        })?;
        self.client_context = Some(json);
        Ok(self)
    }
}
