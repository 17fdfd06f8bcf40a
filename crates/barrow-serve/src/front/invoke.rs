//! The operations that invoke functions. Unlike the others they wait.

use std::time::Instant;

use data_encoding::BASE64;

use super::lambda::{AGAIN, PATIENCE};
use crate::api::Refusal;
use crate::invoke::{self, Event, Outcome, Request, Type};
use crate::lambda::{self, Answer, Body, Call};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invoking {
    Invoke,
    /// The older form of an event.
    Async,
    Stream,
}

impl Invoking {
    pub(super) fn of(operation: &str) -> Option<Self> {
        Some(match operation {
            "Invoke" => Self::Invoke,
            "InvokeAsync" => Self::Async,
            "InvokeWithResponseStream" => Self::Stream,
            _ => return None,
        })
    }

    pub(super) async fn answer(self, call: &Call<'_>) -> Result<Answer, Refusal> {
        let kind = match self {
            Self::Async => Type::Event,
            Self::Invoke | Self::Stream => Type::parse(call.text("InvocationType")),
        };
        let request = Request::new(call.function()?, call.body.clone())
            .with_client_context(call.text("ClientContext"))?
            .checked(kind)?;
        let id = request.id.clone();
        let mut answer = match kind {
            Type::DryRun => {
                let (service, named) = (call.service.clone(), request.named);
                let found = move || service.store.read(|records| lambda::find(records, &named));
                blocking(found).await?;
                status(204)
            }
            Type::Event => {
                let service = call.service.clone();
                let accepted = move || {
                    service
                        .store
                        .read(|records| lambda::find(records, &request.named))?;
                    invoke::accept(&service, &Event::of(&request))
                };
                blocking(accepted).await?;
                status(202)
            }
            Type::RequestResponse => {
                let outcome = patiently(call, request).await?;
                if self == Self::Stream {
                    invoke::streamed(&outcome)
                } else {
                    answered(outcome, call.text("LogType") == Some("Tail"))
                }
            }
        };
        // The log of the invoke and its answer name the same request.
        answer.headers.push(("x-amzn-requestid", id));
        Ok(answer)
    }
}

/// A function that was made a moment ago is waited for.
async fn patiently(call: &Call<'_>, request: Request) -> Result<Outcome, Refusal> {
    let started = Instant::now();
    loop {
        match invoke::invoke(call.service, request.clone()).await {
            Err(refusal) if refusal.passes && started.elapsed() < PATIENCE => {
                tokio::time::sleep(AGAIN).await;
            }
            done => return done,
        }
    }
}

fn status(status: u16) -> Answer {
    Answer {
        status: Some(status),
        ..Answer::empty()
    }
}

fn answered(outcome: Outcome, wants_log: bool) -> Answer {
    let Outcome { invoked, version } = outcome;
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-amz-executed-version", version),
    ];
    if invoked.failed || invoked.failure.is_some() {
        headers.push(("x-amz-function-error", "Unhandled".to_owned()));
    }
    if wants_log {
        headers.push(("x-amz-log-result", BASE64.encode(&invoked.log_tail)));
    }
    Answer {
        status: Some(200),
        headers,
        body: Body::Bytes(invoked.payload),
    }
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(act).await;
    done.unwrap_or_else(|_| {
        Err(Refusal::new(
            "ServiceException",
            "an operation failed for a reason that it should not have",
        ))
    })
}
