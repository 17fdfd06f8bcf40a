//! What S3 says in every answer: the ids of the request, and an error in full.

use std::fmt::Write;

use hyper::body::Body as _;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Request, Response, StatusCode};
use s3s::{Body, S3Error, S3ErrorCode};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const HOST_ID: HeaderName = HeaderName::from_static("x-amz-id-2");

/// What is to be known of a request when it is answered.
pub(super) struct Question {
    path: String,
    request_id: String,
    has_body: bool,
    wants_attributes: bool,
}

impl Question {
    pub(super) fn of(request: &Request<Body>) -> Self {
        Self {
            path: request.uri().path().to_owned(),
            request_id: format!("{:016X}", fastrand::u64(..)),
            wants_attributes: asks_attributes(request),
            has_body: !request.body().is_end_stream(),
        }
    }

    pub(super) fn complete(self, mut response: Response<Body>) -> Response<Body> {
        if response.status() == StatusCode::NOT_MODIFIED {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
        } else if response.status().is_client_error() || response.status().is_server_error() {
            response = self.explained(response);
            if self.has_body {
                // It may never have been read, and then nothing can follow it.
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
        }
        if self.wants_attributes && response.status() == StatusCode::OK {
            response = response.map(with_bare_tag);
        }
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(HOST_ID, id.clone());
            headers.insert(REQUEST_ID, id);
        }
        headers.insert(SERVER, HeaderValue::from_static("AmazonS3"));
        response
    }

    /// Adds to an error what clients show to people: words, what it was about, the ids.
    fn explained(&self, response: Response<Body>) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let text = body.bytes();
        let text = text
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some(known) = text.and_then(|text| text.trim_end().strip_suffix("</Error>")) else {
            return Response::from_parts(parts, body);
        };
        let mut xml = known.to_owned();
        if !known.contains("<Message>") {
            let code = between(known, "<Code>", "</Code>").unwrap_or_default();
            let _ = write!(xml, "<Message>{}</Message>", words(code));
        }
        let path = escaped(&self.path);
        let id = &self.request_id;
        let _ = write!(
            xml,
            "<Resource>{path}</Resource><RequestId>{id}</RequestId><HostId>{id}</HostId></Error>"
        );
        parts
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        Response::from_parts(parts, Body::from(xml))
    }
}

fn asks_attributes(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query
        .split('&')
        .any(|pair| pair.trim_end_matches('=') == "attributes")
}

/// The one document in which S3 writes a tag without quotes. `s3s` does so from 0.15 on.
fn with_bare_tag(body: Body) -> Body {
    let Some(bytes) = body.bytes() else {
        return body;
    };
    let text = String::from_utf8_lossy(&bytes);
    match between(&text, "<ETag>", "</ETag>") {
        Some(tag) => {
            let bare = tag.replace("&quot;", "").replace('"', "");
            Body::from(text.replacen(tag, &bare, 1))
        }
        None => body,
    }
}

/// An error from before the request came to an operation.
pub(super) fn of_error(error: S3Error) -> Response<Body> {
    error
        .to_http_response()
        .unwrap_or_else(|_| internal_error())
}

pub(super) fn internal_error() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Words for the errors that the protocol's own layer finds, which has none for most.
fn words(code: &str) -> &'static str {
    match S3ErrorCode::from_bytes(code.as_bytes()) {
        Some(S3ErrorCode::AccessDenied) => "Access Denied",
        Some(S3ErrorCode::EntityTooLarge) => {
            "Your proposed upload exceeds the maximum allowed size"
        }
        Some(S3ErrorCode::IncompleteBody) => {
            "You did not provide the number of bytes specified by the Content-Length HTTP header"
        }
        Some(S3ErrorCode::InvalidAccessKeyId) => {
            "The AWS Access Key Id you provided does not exist in our records."
        }
        Some(S3ErrorCode::InvalidBucketName) => "The specified bucket is not valid.",
        Some(S3ErrorCode::InvalidURI) => "Couldn't parse the specified URI.",
        Some(S3ErrorCode::KeyTooLongError) => "Your key is too long",
        Some(S3ErrorCode::MalformedXML) => {
            "The XML you provided was not well-formed or did not validate against our published schema"
        }
        Some(S3ErrorCode::MaxMessageLengthExceeded) => "Your request was too big.",
        Some(S3ErrorCode::MethodNotAllowed) => {
            "The specified method is not allowed against this resource."
        }
        Some(S3ErrorCode::MissingContentLength) => {
            "You must provide the Content-Length HTTP header."
        }
        Some(S3ErrorCode::NotImplemented) => {
            "A header you provided implies functionality that is not implemented."
        }
        Some(S3ErrorCode::SignatureDoesNotMatch) => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        Some(S3ErrorCode::MissingRequestBodyError) => "Request Body is empty",
        Some(S3ErrorCode::MalformedPOSTRequest) => {
            "The body of your POST request is not well-formed multipart/form-data."
        }
        Some(S3ErrorCode::InvalidPolicyDocument) => {
            "The content of the form does not meet the conditions specified in the policy document."
        }
        Some(S3ErrorCode::InvalidRange) => "The requested range is not satisfiable",
        Some(S3ErrorCode::InternalError) => "We encountered an internal error. Please try again.",
        _ => "The request is not valid.",
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
