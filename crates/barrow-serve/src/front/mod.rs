//! Before any service: who asks, for which service, and whether they may.
//!
//! ```text
//! request ─▶ destination ─▶ guard (host, origin) ─▶ signature ─▶ lambda · logs · sts · iam
//! ```

mod call;
mod caller;
mod denied;
mod destination;
mod guard;
mod invoke;
mod lambda;
mod observe;
mod query;
mod reply;
mod rpc;
mod signature;
mod size;
mod verify;

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response};
use tokio::time::timeout;

pub(crate) use call::{Call, Operation};
pub(crate) use caller::{Caller, Principal, Signature};
pub(crate) use guard::Guard;
pub(crate) use query::pairs;
pub(crate) use reply::{Reply, ReplyBody};
pub(crate) use signature::check as check_signature;

use crate::api::Refusal;
use crate::service::Service;
use crate::url;
use destination::Destination;
use rpc::Rpc;

/// Finds who is to answer, and lets them.
pub(crate) async fn answer(
    service: &Service,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let (head, body) = request.into_parts();
    let watch = observe::Watch::start(&head);
    let query = pairs(head.uri.query().unwrap_or_default());
    let signature = Signature::read(&head.headers, &query);
    let caller = Caller::of(signature.as_ref(), &service.options, &service.sessions);
    let destination = Destination::of(&head, &query, signature.as_ref(), &service.model);
    let asking = Asking {
        service,
        peer,
        head: &head,
        query: &query,
        signature: signature.as_ref(),
        caller: caller.clone(),
        request: crate::lambda::new_revision(),
    };
    let (called, response) = asking.answer(destination, body).await;
    watch.finish(service, called, &caller, &response);
    response
}

/// A request whose body has not been read.
struct Asking<'r> {
    service: &'r Service,
    peer: SocketAddr,
    head: &'r Parts,
    query: &'r [(String, String)],
    signature: Option<&'r Signature>,
    caller: Caller,
    request: String,
}

impl Asking<'_> {
    async fn answer(
        &self,
        destination: Destination,
        body: Incoming,
    ) -> (&'static str, Response<ReplyBody>) {
        let guard = &self.service.guard;
        let guarded = guard
            .check_host(self.head)
            .and_then(|()| match destination {
                // Pages of others are what CORS of a URL is for.
                Destination::Url(_) => Ok(()),
                _ => guard.check_origin(self.head),
            });
        if let Err(refusal) = guarded {
            let response = rpc::json_error(403, &refusal, &self.request);
            return (destination.name(), unread(body, response).await);
        }
        let called = destination.name();
        let rpc: &'static Rpc = match &destination {
            Destination::Health => return (called, unread(body, observe::health()).await),
            Destination::Metrics => {
                let response = observe::metrics(self.service).await;
                return (called, unread(body, response).await);
            }
            Destination::Code(digest) => {
                let path = self.service.codes.path(digest);
                let response = reply::file(&path).await;
                return (called, unread(body, response).await);
            }
            Destination::Lambda => return (called, self.lambda(body).await),
            Destination::Logs => &rpc::LOGS,
            Destination::Sts => &rpc::STS,
            Destination::Iam => &rpc::IAM,
            Destination::Form => return self.form(body).await,
            Destination::Url(asked) => return (called, self.url(asked.clone(), body).await),
            Destination::S3 => return (called, self.s3(body).await),
            Destination::Elsewhere(name) => {
                return (called, unread(body, self.elsewhere(name)).await);
            }
        };
        if let Err(denied) = signature::precheck(self.service, self.head, self.query) {
            let response = rpc.denied(&denied, &self.request);
            return (called, unread(body, response).await);
        }
        let response = match self.whole(body).await {
            Ok(body) => self.rpc(rpc, &body).await,
            Err(refusal) => rpc.refused(&refusal, &self.request),
        };
        (called, response)
    }

    async fn url(&self, asked: url::Asked, body: Incoming) -> Response<ReplyBody> {
        let Self {
            service,
            peer,
            head,
            caller,
            signature,
            ..
        } = self;
        url::answer(service, asked, caller, *signature, *peer, head, body).await
    }

    async fn s3(&self, body: Incoming) -> Response<ReplyBody> {
        if let Err(denied) = signature::check_session(self.service, self.signature) {
            return rpc::xml_denied(&denied, &self.request);
        }
        let mut request = Request::from_parts(self.head.clone(), body);
        if self.signature.is_some() {
            let account = barrow_s3::Account(self.caller.scope.account.clone());
            request.extensions_mut().insert(account);
        }
        let response = self.service.s3.handle(request).await;
        response.map(|body| body.map_err(Into::into).boxed_unsync())
    }

    async fn lambda(&self, body: Incoming) -> Response<ReplyBody> {
        lambda::answer(
            self.service,
            self.caller.clone(),
            self.head,
            self.query,
            body,
        )
        .await
    }

    /// A form without a signature says itself whom it is for.
    async fn form(&self, body: Incoming) -> (&'static str, Response<ReplyBody>) {
        let body = match self.whole(body).await {
            Ok(body) => body,
            Err(refusal) => return ("elsewhere", rpc::IAM.refused(&refusal, &self.request)),
        };
        let form = pairs(&String::from_utf8_lossy(&body));
        let destination = Destination::of_form(&form);
        let response = match &destination {
            Destination::Sts => self.rpc(&rpc::STS, &body).await,
            Destination::Iam => self.rpc(&rpc::IAM, &body).await,
            Destination::Elsewhere(version) => self.elsewhere(&format!("version {version}")),
            _ => self.elsewhere(""),
        };
        (destination.name(), response)
    }

    async fn rpc(&self, rpc: &'static Rpc, body: &Bytes) -> Response<ReplyBody> {
        if let Err(denied) = signature::check(self.service, self.head, self.query, body) {
            return rpc.denied(&denied, &self.request);
        }
        rpc.answer(
            self.service,
            self.caller.clone(),
            self.head,
            self.query,
            body,
            &self.request,
        )
        .await
    }

    async fn whole(&self, body: Incoming) -> Result<Bytes, Refusal> {
        let limit = rpc::BODY_LIMIT_BYTES;
        match Limited::new(body, limit).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Refusal::new(
                "RequestEntityTooLargeException",
                format!("a request may have {limit} bytes"),
            )),
            Err(_) => Err(Refusal::new(
                "SerializationException",
                "the request ended before its body did",
            )),
        }
    }

    /// Says which service is not here, in a form that its client can read.
    fn elsewhere(&self, name: &str) -> Response<ReplyBody> {
        rpc::not_here(self.head, name, &self.request)
    }
}

/// What a request may still send after it was answered.
const UNREAD_LIMIT_BYTES: usize = 64 << 10;
const UNREAD_PATIENCE: Duration = Duration::from_secs(1);

/// An answer that does not depend on the body. The body is read all the same, so that the client
/// can go on with its connection; if it is long, the connection ends.
async fn unread(body: Incoming, mut response: Response<ReplyBody>) -> Response<ReplyBody> {
    let reading = Limited::new(body, UNREAD_LIMIT_BYTES).collect();
    if !matches!(timeout(UNREAD_PATIENCE, reading).await, Ok(Ok(_))) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}
