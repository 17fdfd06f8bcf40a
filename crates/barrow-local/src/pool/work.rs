//! What seats are told to do.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::key::Kind;
use super::refused::Refused;
use super::slots::Slot;
use crate::environment::{Invocation, Invoked};

/// What a caller gets.
pub(super) type Reply = Result<Invoked, Refused>;

/// An event, and who waits for its answer.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) invocation: Invocation,
    pub(super) reply: oneshot::Sender<Reply>,
    pub(super) slot: Slot,
}

/// What a seat is told.
#[derive(Debug)]
pub(super) enum Work {
    Invoke {
        kind: Arc<Kind>,
        job: Box<Job>,
    },
    /// Start an environment ahead of its events.
    Prepare {
        kind: Arc<Kind>,
        ready: Option<oneshot::Sender<Result<(), Refused>>>,
    },
    End,
}
