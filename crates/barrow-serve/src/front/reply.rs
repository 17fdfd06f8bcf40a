//! Answers as they go out.

use std::error::Error;

use camino::Utf8Path;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

pub(crate) type ReplyBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// An answer being put together.
#[derive(Debug)]
pub(crate) struct Reply {
    response: Response<Bytes>,
}

impl Reply {
    pub(crate) fn new(status: u16) -> Self {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { response }
    }

    /// A value that no header can have is left out.
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            let name = HeaderName::from_static(name);
            self.response.headers_mut().insert(name, value);
        }
        self
    }

    pub(crate) fn json(self, body: &serde_json::Value) -> Response<ReplyBody> {
        let body = body.to_string();
        self.header("content-type", "application/json").bytes(body)
    }

    pub(crate) fn bytes(self, body: impl Into<Bytes>) -> Response<ReplyBody> {
        let (head, _) = self.response.into_parts();
        let body = Full::new(body.into()).map_err(|never| match never {});
        Response::from_parts(head, body.boxed_unsync())
    }
}

/// A file of ours; 404 where there is none.
pub(super) async fn file(path: &Utf8Path) -> Response<ReplyBody> {
    match tokio::fs::read(path).await {
        Ok(bytes) => Reply::new(200)
            .header("content-type", "application/zip")
            .bytes(bytes),
        Err(_) => Reply::new(404).bytes(Bytes::new()),
    }
}
