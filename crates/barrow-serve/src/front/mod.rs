//! Before any service: who asks, for which service, and whether they may.

mod caller;
mod invoke;
mod lambda;
mod query;
mod reply;

use std::net::SocketAddr;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Request, Response};

pub(crate) use caller::{Caller, Signature};
pub(crate) use query::pairs;
pub(crate) use reply::{Reply, ReplyBody};

use crate::service::Service;
use crate::url::{self, Asked};

/// Finds who is to answer, and lets them.
pub(crate) async fn answer(
    service: &Service,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let (head, body) = request.into_parts();
    let query = pairs(head.uri.query().unwrap_or_default());
    let signature = Signature::read(&head.headers, &query);
    let options = &service.options;
    let caller = Caller::of(signature.as_ref(), &options.account, &options.region);
    if let Some(digest) = code_digest(head.uri.path()) {
        return reply::file(&service.codes.path(digest)).await;
    }
    if let Some(asked) = Asked::of(&head) {
        let signature = signature.as_ref();
        return url::answer(service, asked, &caller, signature, peer, &head, body).await;
    }
    if is_for_s3(service, signature.as_ref(), &head, &query) {
        let request = Request::from_parts(head, body);
        let response = service.s3.handle(request).await;
        return response.map(|body| body.map_err(Into::into).boxed_unsync());
    }
    lambda::answer(service, caller, &head, &query, body).await
}

/// Requests say by their signature which service they are for. What is not signed and is nothing of
/// Lambda's is about a bucket that is open to everyone.
fn is_for_s3(
    service: &Service,
    signature: Option<&Signature>,
    head: &Parts,
    query: &[(String, String)],
) -> bool {
    match signature {
        Some(signature) => signature.service == "s3",
        // The older form of presigned URLs names no service.
        None => {
            query.iter().any(|(name, _)| name == "AWSAccessKeyId")
                || !service.model.knows_path(head.uri.path())
        }
    }
}

/// Whoever knows a package's digest may have it.
fn code_digest(path: &str) -> Option<&str> {
    let digest = path.strip_prefix("/code/")?.strip_suffix(".zip")?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(digest)
}
