//! The HTTP interface that the function's process asks for events and gives its answers to.
//!
//! The server knows HTTP and nothing else: every request becomes a [`Call`], and whoever owns the
//! environment answers it.

pub(crate) mod answer;
pub(crate) mod machine;
mod peer;
mod server;

use hyper::body::Bytes;
use tokio::sync::oneshot;

use answer::Answer;
pub(crate) use server::Server;

/// What the function's process wants.
#[derive(Debug)]
pub(crate) enum Call {
    Next,
    Response { request: String, body: Payload },
    Error { request: String, error: Error },
    InitError { error: Error },
}

/// The function's answer.
#[derive(Debug)]
pub(crate) enum Payload {
    Whole(Bytes),
    /// A streamed answer that broke off with an error of its own.
    Broken(Error),
    TooLarge,
}

/// An error as the function's process puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) kind: String,
    pub(crate) body: Bytes,
}

/// A call and where its answer goes.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) call: Call,
    pub(crate) reply: oneshot::Sender<Answer>,
}
