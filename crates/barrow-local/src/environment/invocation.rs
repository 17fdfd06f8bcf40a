//! What goes into an invoke, and what comes out of it.

use std::time::Duration;

use hyper::body::Bytes;
use jiff::Timestamp;

use super::failure::Failure;
use super::report::Report;
use crate::runtime_api::answer::Event;

/// An event and what comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// A UUID; see [`new_request_id`](super::new_request_id).
    pub request: String,
    pub event: Bytes,
    /// The function as the caller names it, with a version or an alias if it has named one.
    pub function_arn: String,
    /// What X-Ray would follow.
    pub trace: String,
    /// JSON, as the caller's `X-Amz-Client-Context` has it behind its base64.
    pub client_context: Option<String>,
    /// JSON with `cognitoIdentityId` and `cognitoIdentityPoolId`.
    pub cognito_identity: Option<String>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoked {
    /// The function's answer, or the error in Lambda's JSON.
    pub payload: Bytes,
    /// Whether the payload is an error.
    pub failed: bool,
    /// Set where the function could not say itself what went wrong.
    pub failure: Option<Failure>,
    pub version: String,
    pub report: Report,
    /// The last 4 KB of this invoke's log, from `START` to `REPORT`.
    pub log_tail: Vec<u8>,
}

impl Invocation {
    pub(super) fn event(self, remaining: Duration) -> Event {
        let now = Timestamp::now().as_millisecond();
        Event {
            request: self.request,
            deadline_milliseconds: u128::from(now.unsigned_abs()) + remaining.as_millis(),
            function_arn: self.function_arn,
            trace: self.trace,
            client_context: self.client_context,
            cognito_identity: self.cognito_identity,
            body: self.event,
        }
    }
}
