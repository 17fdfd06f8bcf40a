//! Before any service: who asks, for which service, and whether they may.

mod caller;
mod invoke;
mod lambda;
mod query;
mod reply;

use hyper::body::Incoming;
use hyper::{Request, Response};

pub(crate) use caller::{Caller, Signature};
pub(crate) use query::pairs;
pub(crate) use reply::{Reply, ReplyBody};

use crate::service::Service;

/// Finds who is to answer, and lets them.
pub(crate) async fn answer(service: &Service, request: Request<Incoming>) -> Response<ReplyBody> {
    let (head, body) = request.into_parts();
    let query = pairs(head.uri.query().unwrap_or_default());
    let signature = Signature::read(&head.headers, &query);
    let options = &service.options;
    let caller = Caller::of(signature.as_ref(), &options.account, &options.region);
    if let Some(digest) = code_digest(head.uri.path()) {
        return reply::file(&service.codes.path(digest)).await;
    }
    lambda::answer(service, caller, &head, &query, body).await
}

/// Whoever knows a package's digest may have it.
fn code_digest(path: &str) -> Option<&str> {
    let digest = path.strip_prefix("/code/")?.strip_suffix(".zip")?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(digest)
}
