//! Function URLs: HTTP in, an event, an answer, HTTP out.
//!
//! ```text
//! /lambda-url/ID/path ─┐
//! ID.lambda-url.… ─────┴▶ whose URL ─▶ may they ─▶ event ─▶ invoke ─▶ answer
//! ```
//!
//! Lambda names a function by a host. Names below `localhost` lead here on some machines and
//! nowhere on others, so a path is as good.

mod answer;
mod cors;
mod event;

use std::net::SocketAddr;

use answer::Answered;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HOST, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Response};

use crate::api::Refusal;
use crate::front::{self, Caller, Reply, ReplyBody, Signature};
use crate::invoke::{self, Request, Type};
use crate::lambda::{self, FunctionUrl};
use crate::service::Service;

/// What a request's body may have: an event is six megabytes, in base64.
const BODY_LIMIT_BYTES: usize = 6 << 20;

const FORBIDDEN: &str = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/// A URL as a request has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    id: String,
    path: String,
}

impl Asked {
    /// `None` where the request is for something else.
    pub(crate) fn of(head: &Parts) -> Option<Self> {
        let path = head.uri.path();
        if let Some(rest) = path.strip_prefix("/lambda-url/") {
            let (id, path) = rest.split_once('/').unwrap_or((rest, ""));
            return Some(Self {
                id: id.to_owned(),
                // However many slashes it begins with.
                path: format!("/{}", path.trim_start_matches('/')),
            });
        }
        let host = host(&head.headers);
        let (id, rest) = host.split_once('.')?;
        rest.starts_with("lambda-url.").then(|| Self {
            id: id.to_owned(),
            path: path.to_owned(),
        })
    }
}

pub(crate) async fn answer(
    service: &Service,
    asked: Asked,
    caller: &Caller,
    signature: Option<&Signature>,
    peer: SocketAddr,
    head: &Parts,
    body: Incoming,
) -> Response<ReplyBody> {
    let finding = service.clone();
    let id = asked.id.clone();
    let found = tokio::task::spawn_blocking(move || {
        finding.store.read(|records| {
            let Some((named, url)) = lambda::url_by_id(records, &id)? else {
                return Ok(None);
            };
            let is_open = lambda::url_is_open(records, &named, &url.auth_type)?;
            Ok::<_, Refusal>(Some((named, url, is_open)))
        })
    });
    let Ok(Ok(Some((named, url, is_open)))) = found.await else {
        return forbidden();
    };
    let origin = text(&head.headers, "origin");
    if head.method == Method::OPTIONS && url.cors.is_some() {
        let preflight = Answered {
            status: 200,
            headers: cors::headers(url.cors.as_ref(), origin, true),
            body: Bytes::new(),
        };
        return respond(preflight, None);
    }
    let is_signed = signature.is_some() && named.scope.account == caller.scope.account;
    let may_ask = match url.auth_type.as_str() {
        "NONE" => is_open,
        _ => is_signed || (is_open && signature.is_some()),
    };
    if !may_ask {
        return forbidden();
    }
    let Ok(body) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        return problem(413, "Request Too Large");
    };
    let body = body.to_bytes();
    if url.auth_type != "NONE" {
        let query = front::pairs(head.uri.query().unwrap_or_default());
        if front::check_signature(service, head, &query, &body).is_err() {
            return forbidden();
        }
    }
    let signed_by = signature
        .filter(|_| url.auth_type != "NONE")
        .map(|signature| {
            let account = caller.scope.account.as_str();
            (account, signature.access_key.as_str())
        });
    let request = Request::new(named, Bytes::new());
    let told = event::event(
        head,
        &body,
        &event::Circumstances {
            url_id: &asked.id,
            path: &asked.path,
            peer,
            request_id: &request.id,
            signed_by,
        },
    );
    invoked(service, request, told, &url, origin).await
}

async fn invoked(
    service: &Service,
    mut request: Request,
    told: serde_json::Value,
    url: &FunctionUrl,
    origin: &str,
) -> Response<ReplyBody> {
    let id = request.id.clone();
    request.payload = Bytes::from(told.to_string());
    let request = match request.checked(Type::RequestResponse) {
        Ok(request) => request,
        Err(refusal) => return problem(413, &refusal.message),
    };
    let answered = match invoke::invoke(service, request).await {
        Ok(outcome) if outcome.invoked.failed || outcome.invoked.failure.is_some() => {
            answer::failed()
        }
        Ok(outcome) => answer::answer(&outcome.invoked.payload),
        Err(refusal) => match refusal.code {
            "TooManyRequestsException" => return problem(429, &refusal.message),
            // An alias that is gone, with its function still there.
            "ResourceNotFoundException" => return forbidden(),
            _ => answer::failed(),
        },
    };
    let mut answered = answered;
    answered
        .headers
        .extend(cors::headers(url.cors.as_ref(), origin, false));
    respond(answered, Some(&id))
}

fn respond(answered: Answered, request: Option<&str>) -> Response<ReplyBody> {
    let mut reply = Reply::new(answered.status);
    if let Some(request) = request {
        reply = reply.header("x-amzn-requestid", request);
    }
    let mut response = reply.bytes(answered.body);
    for (name, value) in answered.headers {
        // Headers that HTTP does not have are left out.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn forbidden() -> Response<ReplyBody> {
    Reply::new(403)
        .header("x-amzn-errortype", "AccessDeniedException")
        .json(&serde_json::json!({"Message": FORBIDDEN}))
}

fn problem(status: u16, message: &str) -> Response<ReplyBody> {
    Reply::new(status).json(&serde_json::json!({"Message": message}))
}

fn host(headers: &HeaderMap) -> &str {
    text(headers, HOST.as_str())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let value = headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, path: &str) -> Option<(String, String)> {
        let request = hyper::Request::builder().uri(path).header("host", host);
        let (head, ()) = request.body(()).unwrap().into_parts();
        Asked::of(&head).map(|asked| (asked.id, asked.path))
    }

    #[test]
    fn a_url_is_a_host_or_a_path() {
        let is = |id: &str, path: &str| Some((id.to_owned(), path.to_owned()));
        let local = "127.0.0.1:9500";
        assert_eq!(asked(local, "/lambda-url/abc/x/y?z"), is("abc", "/x/y"));
        assert_eq!(asked(local, "/lambda-url/abc"), is("abc", "/"));
        let named = "abc.lambda-url.us-east-1.localhost:9500";
        assert_eq!(asked(named, "/x"), is("abc", "/x"));
        assert_eq!(asked(local, "/x"), None);
        assert_eq!(asked("bucket.localhost:9500", "/x"), None);
    }
}
