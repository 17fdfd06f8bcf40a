//! Requests for Lambda's API.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Limited};
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;

use super::denied::Denied;
use super::{Caller, Reply, ReplyBody, signature, size};
use crate::api::{self, Model, Operation, Refusal, Route};
use crate::lambda::{self, Answer, Body, Call};
use crate::service::Service;

/// How long a request waits for what passes, and how often it looks.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
pub(super) const AGAIN: Duration = Duration::from_millis(10);

pub(super) async fn answer(
    service: &Service,
    caller: Caller,
    head: &Parts,
    query: &[(String, String)],
    body: Incoming,
) -> Response<ReplyBody> {
    let request = lambda::new_revision();
    let route = service
        .model
        .route(head.method.as_str(), head.uri.path(), query);
    let operation = route.as_ref().map(|route| route.operation);
    let answered = operate(service, caller, head, query, route, body).await;
    let mut response = shown(service, &request, answered);
    if let Some(operation) = operation {
        super::observe::name(&mut response, &operation.name);
    }
    response
}

fn shown(
    service: &Service,
    request: &str,
    answered: Result<(&Operation, Answer), Refusal>,
) -> Response<ReplyBody> {
    let reply = |status| Reply::new(status).header("x-amzn-requestid", request);
    match answered {
        Ok((operation, answer)) => {
            let mut reply = reply(answer.status.unwrap_or(operation.status));
            for (name, value) in &answer.headers {
                reply = reply.header(name, value);
            }
            match answer.body {
                Body::Empty => reply.bytes(Bytes::new()),
                Body::Json(body) => reply.json(&body),
                Body::Bytes(body) => reply.bytes(body),
            }
        }
        Err(refusal) => refused(&service.model, &refusal, reply),
    }
}

async fn operate<'s>(
    service: &'s Service,
    caller: Caller,
    head: &Parts,
    query: &[(String, String)],
    route: Option<Route<'s>>,
    body: Incoming,
) -> Result<(&'s Operation, Answer), Refusal> {
    let model = &service.model;
    let Some(route) = route else {
        return Err(unknown(model, head.method.as_str(), head.uri.path()));
    };
    let operation = route.operation;
    signature::precheck(service, head, query)?;
    let body = collect(body, operation).await?;
    signature::check(service, head, query, &body)?;
    let input = api::bind(model, &route, query, &head.headers, &body)?;
    size::check(&operation.name, body.len(), &input)?;
    api::validate(model, operation, &input)?;
    if let Some(invoking) = super::invoke::Invoking::of(&operation.name) {
        let call = Call {
            service,
            operation: &operation.name,
            scope: caller.scope,
            input,
            body,
        };
        let answer = invoking.answer(&call).await?;
        return Ok((operation, answer));
    }
    let Some(operate) = lambda::operation(&operation.name) else {
        return Err(Refusal::new(
            "UnknownOperationException",
            format!("{} is not part of this service", operation.name),
        ));
    };
    let service = service.clone();
    let name = operation.name.clone();
    let done = tokio::task::spawn_blocking(move || {
        let call = Call {
            service: &service,
            operation: &name,
            scope: caller.scope,
            input,
            body,
        };
        let started = Instant::now();
        loop {
            match operate(&call) {
                Err(refusal) if refusal.passes && started.elapsed() < PATIENCE => {
                    std::thread::sleep(AGAIN);
                }
                done => return done,
            }
        }
    });
    let answer = done.await.unwrap_or_else(|_| {
        Err(Refusal::new(
            "ServiceException",
            "an operation failed for a reason that it should not have",
        ))
    })?;
    Ok((operation, answer))
}

async fn collect(body: Incoming, operation: &Operation) -> Result<Bytes, Refusal> {
    let most = size::most_to_read(&operation.name);
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(size::too_large(&operation.name))
        }
        Err(_) => Err(Refusal::new(
            "SerializationException",
            "the request ended before its body did",
        )),
    }
}

fn unknown(model: &Model, method: &str, path: &str) -> Refusal {
    if model.knows_path(path) {
        return Refusal::new(
            "MethodNotAllowedException",
            format!("{method} is not a method of `{path}`"),
        );
    }
    Refusal::new(
        "UnknownOperationException",
        format!("nothing is served under `{path}`"),
    )
}

/// An error in the form that its shape gives it.
fn refused(model: &Model, refusal: &Refusal, reply: impl Fn(u16) -> Reply) -> Response<ReplyBody> {
    let shape = model.shape(refusal.code);
    let status = match refusal.code {
        "UnknownOperationException" => 404,
        "MethodNotAllowedException" => 405,
        "RequestEntityTooLargeException" => 413,
        "AccessDeniedException" => 403,
        code if Denied::is_code(code) => 403,
        _ => shape.and_then(api::Shape::status_of_error).unwrap_or(400),
    };
    let mut body = refusal.more.clone();
    let members = shape.map(|shape| &shape.members);
    let has = |name: &str| members.is_some_and(|members| members.contains_key(name));
    let name = if has("Message") { "Message" } else { "message" };
    body.insert(name.to_owned(), refusal.message.as_str().into());
    if has("Type") {
        let whose = if status < 500 { "User" } else { "Service" };
        body.insert("Type".to_owned(), whose.into());
    }
    reply(status)
        .header("x-amzn-errortype", refusal.code)
        .json(&body.into())
}
