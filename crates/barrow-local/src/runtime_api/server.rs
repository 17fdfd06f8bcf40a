//! HTTP on loopback, turned into calls.

use std::convert::Infallible;
use std::net::SocketAddr;

use barrow_model::limits::RESPONSE_LIMIT_BYTES;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request, server, service};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::answer::{self, Answer};
use super::{Asked, Call, Error, Payload, peer};

/// What an answer that is streamed may have at most: 200 MB.
const STREAM_LIMIT_BYTES: usize = 200 << 20;

/// A running server; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) calls: mpsc::Receiver<Asked>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Serves what comes to `listener` from the processes of `user`; from anyone if there is none.
    pub(crate) fn start(
        listener: std::net::TcpListener,
        user: Option<u32>,
    ) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let (sender, calls) = mpsc::channel(8);
        let task = tokio::spawn(accept(listener, user, sender));
        Ok(Self { calls, task })
    }
}

async fn accept(listener: TcpListener, user: Option<u32>, sender: mpsc::Sender<Asked>) {
    // Dropped with this task, and all connections with it.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let known = match (user, peer, stream.local_addr()) {
            (None, ..) => true,
            (Some(user), SocketAddr::V4(peer), Ok(SocketAddr::V4(own))) => {
                peer::is_of(user, peer, own)
            }
            _ => false,
        };
        connections.spawn(serve(stream, known, sender.clone()));
    }
}

async fn serve(stream: TcpStream, known: bool, sender: mpsc::Sender<Asked>) {
    // Without, the end of a message waits 40 ms for an acknowledgement of its start.
    let _ = stream.set_nodelay(true);
    let answer = |request: Request<Incoming>| {
        let sender = sender.clone();
        async move {
            let answer = if known {
                respond(request, &sender).await
            } else {
                answer::stranger()
            };
            Ok::<_, Infallible>(answer)
        }
    };
    // A client that goes away is no error of ours.
    let _ = server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        // A function's process that is frozen says nothing for a long time.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service::service_fn(answer))
        .await;
}

async fn respond(request: Request<Incoming>, sender: &mpsc::Sender<Asked>) -> Answer {
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let ["2018-06-01", "runtime", rest @ ..] = &parts[..] else {
        return answer::not_found();
    };
    let method = match rest {
        ["invocation", "next"] => Method::GET,
        ["invocation", _, "response" | "error"] | ["init", "error"] => Method::POST,
        _ => return answer::not_found(),
    };
    if request.method() != method {
        return answer::other_method();
    }
    let call = match *rest {
        ["invocation", id, "response"] => payload(request).await.map(|body| Call::Response {
            request: id.to_owned(),
            body,
        }),
        ["invocation", id, "error"] => error(request).await.map(|error| Call::Error {
            request: id.to_owned(),
            error,
        }),
        ["init", "error"] => error(request).await.map(|error| Call::InitError { error }),
        _ => Ok(Call::Next),
    };
    match call {
        Ok(call) => ask(call, sender).await,
        Err(answer) => answer,
    }
}

async fn ask(call: Call, sender: &mpsc::Sender<Asked>) -> Answer {
    let (reply, answer) = oneshot::channel();
    if sender.send(Asked { call, reply }).await.is_err() {
        return answer::gone();
    }
    answer.await.unwrap_or_else(|_| answer::gone())
}

/// Reads to the end even what is too large: a client that is cut off while it sends does not see
/// the answer.
async fn payload(request: Request<Incoming>) -> Result<Payload, Answer> {
    let mode = header(request.headers(), "lambda-runtime-function-response-mode");
    let limit = match mode.as_deref() {
        None | Some("") => RESPONSE_LIMIT_BYTES,
        Some("streaming") => STREAM_LIMIT_BYTES,
        Some(_) => return Err(answer::unknown_response_mode()),
    };
    let mut body = request.into_body();
    let mut bytes = Vec::with_capacity(
        usize::try_from(body.size_hint().lower()).map_or(limit, |least| least.min(limit)),
    );
    let mut too_large = false;
    let mut trailers = HeaderMap::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| answer::truncated())?;
        match frame.into_data() {
            Ok(data) if bytes.len() + data.len() <= limit => bytes.extend_from_slice(&data),
            Ok(_) => too_large = true,
            Err(frame) => trailers = frame.into_trailers().unwrap_or_default(),
        }
    }
    if let Some(kind) = header(&trailers, "lambda-runtime-function-error-type") {
        let said = header(&trailers, "lambda-runtime-function-error-body").unwrap_or_default();
        let error = Error {
            kind,
            body: said.into(),
        };
        return Ok(Payload::Broken(error));
    }
    Ok(if too_large {
        Payload::TooLarge
    } else {
        Payload::Whole(bytes.into())
    })
}

async fn error(request: Request<Incoming>) -> Result<Error, Answer> {
    let kind = header(request.headers(), "lambda-runtime-function-error-type");
    let cause_inside = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/vnd.aws.lambda.error.cause+json");
    let body = request.into_body().collect().await;
    let body = body.map_err(|_| answer::truncated())?.to_bytes();
    let body = if cause_inside {
        without_cause(&body)
    } else {
        body
    };
    let kind = kind.filter(|kind| !kind.is_empty());
    Ok(Error {
        kind: kind.unwrap_or_else(|| "Runtime.Unknown".to_owned()),
        body,
    })
}

/// One of two ways to report a cause for tracing puts it beside the error.
fn without_cause(body: &[u8]) -> Bytes {
    #[derive(serde::Deserialize, serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        error_message: String,
        error_type: String,
        stack_trace: Vec<String>,
    }
    let told: Option<Told> = serde_json::from_slice(body).ok();
    let text = told.and_then(|told| serde_json::to_vec(&told).ok());
    text.map_or_else(|| "\"Invalid error body\"".into(), Bytes::from)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
