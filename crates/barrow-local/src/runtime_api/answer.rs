//! What the runtime API says, byte for byte as the real one does.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::machine::Refusal;
use barrow_model::limits::RESPONSE_LIMIT_BYTES;

pub(crate) type Answer = Response<Full<Bytes>>;

/// One event, as the function's process gets it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) request: String,
    pub(crate) deadline_milliseconds: u128,
    pub(crate) function_arn: String,
    pub(crate) trace: String,
    pub(crate) client_context: Option<String>,
    pub(crate) cognito_identity: Option<String>,
    pub(crate) body: Bytes,
}

impl Event {
    pub(crate) fn answer(&self) -> Answer {
        let deadline = self.deadline_milliseconds.to_string();
        let headers = [
            ("lambda-runtime-aws-request-id", Some(self.request.as_str())),
            ("lambda-runtime-deadline-ms", Some(&deadline)),
            (
                "lambda-runtime-invoked-function-arn",
                Some(&self.function_arn),
            ),
            ("lambda-runtime-trace-id", Some(&self.trace)),
            (
                "lambda-runtime-client-context",
                self.client_context.as_deref(),
            ),
            (
                "lambda-runtime-cognito-identity",
                self.cognito_identity.as_deref(),
            ),
        ];
        let mut answer = json(StatusCode::OK, self.body.clone());
        for (name, value) in headers {
            // A value that cannot be a header was refused when the event was made.
            if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
                answer
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        answer
    }
}

pub(crate) fn accepted() -> Answer {
    json(StatusCode::ACCEPTED, "{\"status\":\"OK\"}\n")
}

pub(crate) fn refused(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::UnknownRequest => fault(
            StatusCode::BAD_REQUEST,
            "Invalid request ID",
            "InvalidRequestID",
        ),
        Refusal::Transition { from, to } => fault(
            StatusCode::FORBIDDEN,
            &format!(
                "State transition from {from} to {to} failed for runtime. \
                 Error: State transition is not allowed"
            ),
            "InvalidStateTransition",
        ),
    }
}

pub(crate) fn too_large() -> Answer {
    fault(
        StatusCode::PAYLOAD_TOO_LARGE,
        &format!("Exceeded maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."),
        "RequestEntityTooLarge",
    )
}

pub(crate) fn truncated() -> Answer {
    fault(
        StatusCode::BAD_REQUEST,
        "HTTP request detected as truncated",
        "TruncatedHTTPRequest",
    )
}

pub(crate) fn unknown_response_mode() -> Answer {
    fault(
        StatusCode::BAD_REQUEST,
        "Invalid function response mode",
        "InvalidFunctionResponseMode",
    )
}

pub(crate) fn not_found() -> Answer {
    plain(StatusCode::NOT_FOUND, "404 page not found\n")
}

pub(crate) fn other_method() -> Answer {
    plain(StatusCode::METHOD_NOT_ALLOWED, "")
}

/// To whoever is not the function.
pub(crate) fn stranger() -> Answer {
    plain(StatusCode::FORBIDDEN, "")
}

/// The environment is being taken down; the client must not take this for an event.
pub(crate) fn gone() -> Answer {
    plain(StatusCode::SERVICE_UNAVAILABLE, "")
}

fn fault(status: StatusCode, message: &str, kind: &str) -> Answer {
    let body = format!("{{\"errorMessage\":\"{message}\",\"errorType\":\"{kind}\"}}\n");
    json(status, body)
}

fn json(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    with_type(status, "application/json", body.into())
}

fn plain(status: StatusCode, body: &'static str) -> Answer {
    with_type(status, "text/plain; charset=utf-8", body.into())
}

fn with_type(status: StatusCode, kind: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
