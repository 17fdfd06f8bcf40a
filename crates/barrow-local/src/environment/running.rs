//! A process that has been started: what it calls, what it writes, what it uses, how it ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::circumstances::Circumstances;
use super::function::Function;
use super::log::Reader;
use super::place::Place;
use super::process::Process;
use super::start::{Spare, StartError, Started};
use super::tail::Log;
use crate::processes::End;
use crate::processes::Memory;
use crate::runtime_api::answer::{self, Answer, Event};
use crate::runtime_api::machine::{Next, State};
use crate::runtime_api::{Asked, Call, Error, Payload, Server};

/// How often its memory is looked at.
const WATCH: Duration = Duration::from_millis(20);

/// What a process that has failed has for its last words.
const LAST_WORDS: Duration = Duration::from_secs(1);

pub(super) struct Running {
    process: Process,
    frozen: bool,
    server: Server,
    log: Reader,
    state: State,
    /// Calls for an event that wait for one.
    waiting: Vec<oneshot::Sender<Answer>>,
    event: Option<Event>,
    memory_limit_bytes: u64,
    memory: Memory,
}

/// What the function has made of its event.
pub(super) enum Given {
    Answer(Payload),
    Error(Error),
}

/// What its owner has to know.
pub(super) enum Happening {
    /// It waits for an event.
    Ready,
    Answered(Given),
    InitError(Error),
    Ended(End),
    Deadline,
}

impl Running {
    /// Making a sandbox takes system calls that wait, so another thread does it.
    pub(super) async fn start(
        function: Arc<Function>,
        place: Arc<Place>,
        circumstances: Arc<Circumstances>,
        spare: Option<Spare>,
    ) -> Result<Self, StartError> {
        let serve = |source| StartError::Serve { source };
        let memory_limit_bytes = function.memory.bytes();
        let start = move || place.start(&function, &circumstances, spare);
        let started = spawn_blocking(start).await;
        let Started {
            process,
            listener,
            log,
            user,
        } = started.map_err(|error| serve(io::Error::other(error)))??;
        Ok(Self {
            process,
            frozen: false,
            server: Server::start(listener, user).map_err(serve)?,
            log: Reader::new(log).map_err(serve)?,
            state: State::Started,
            waiting: Vec::new(),
            event: None,
            memory_limit_bytes,
            memory: Memory::default(),
        })
    }

    /// Wakes the process, if it was frozen, and answers its call for an event.
    pub(super) async fn deliver(&mut self, event: Event) {
        self.state.deliver(&event.request);
        if std::mem::take(&mut self.frozen) {
            self.process.thaw().await;
        }
        for reply in self.waiting.drain(..) {
            // One that has hung up asks again.
            let _ = reply.send(event.answer());
        }
        self.event = Some(event);
    }

    pub(super) fn freeze(&mut self) {
        if !std::mem::replace(&mut self.frozen, true) {
            self.process.freeze();
        }
    }

    pub(super) fn is_alive(&mut self) -> bool {
        self.process.is_alive()
    }

    pub(super) async fn died(&mut self) {
        self.process.ended().await;
    }

    /// Ends everything that it has started. The kernel may take its time.
    pub(super) async fn end(self) {
        // A thread that cannot be had is done without: then this is dropped here.
        let _ = spawn_blocking(move || drop(self)).await;
    }

    /// The most memory it has used so far.
    pub(super) fn most_bytes(&mut self) -> u64 {
        self.memory.glance(self.process.roots());
        self.memory.most_bytes()
    }

    /// The next thing that its owner has to know. Until then it is read into `log`.
    pub(super) async fn happens(&mut self, deadline: Instant, log: &mut Log) -> Happening {
        let mut watch = interval(WATCH);
        watch.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is at once.
        watch.reset();
        loop {
            tokio::select! {
                biased;
                Some(asked) = self.server.calls.recv() => {
                    if let Some(happening) = self.called(asked) {
                        // What was written before the call comes before what follows it.
                        match happening {
                            Happening::Ready => self.log.finish(&mut |line| log.write(line)),
                            _ => self.log.drain(&mut |line| log.write(line)),
                        }
                        return happening;
                    }
                }
                () = tokio::time::sleep_until(deadline) => {
                    // One that writes without end would never be read to its end.
                    self.process.kill();
                    self.last_words(log).await;
                    return Happening::Deadline;
                }
                _ = watch.tick() => {
                    if self.watch() > self.memory_limit_bytes {
                        self.process.kill();
                    }
                }
                end = self.process.ended() => {
                    self.log.finish(&mut |line| log.write(line));
                    return Happening::Ended(end);
                }
                // Last, because one who writes without end always has more.
                () = self.log.readable() => self.log.drain(&mut |line| log.write(line)),
            }
        }
    }

    /// What a process writes after it has reported its failure.
    pub(super) async fn last_words(&mut self, log: &mut Log) {
        // One that does not end is ended when this is dropped.
        let _ = timeout(LAST_WORDS, self.process.ended()).await;
        self.log.finish(&mut |line| log.write(line));
    }

    /// Its memory now.
    fn watch(&mut self) -> u64 {
        self.memory.look(self.process.roots())
    }

    fn called(&mut self, Asked { call, reply }: Asked) -> Option<Happening> {
        if matches!(call, Call::Error { .. } | Call::InitError { .. }) {
            // It may end before we look again.
            self.watch();
        }
        match call {
            Call::Next => self.called_for_next(reply),
            Call::Response { request, body } => {
                let (answer, given) = match self.state.answer(&request, "InvocationResponse") {
                    Err(refusal) => (answer::refused(&refusal), None),
                    Ok(()) if matches!(body, Payload::TooLarge) => {
                        (answer::too_large(), Some(Given::Answer(body)))
                    }
                    Ok(()) => (answer::accepted(), Some(Given::Answer(body))),
                };
                let _ = reply.send(answer);
                given.map(Happening::Answered)
            }
            Call::Error { request, error } => {
                let answered = self.state.answer(&request, "InvocationErrorResponse");
                let answer = answered
                    .as_ref()
                    .map_or_else(answer::refused, |()| answer::accepted());
                let _ = reply.send(answer);
                answered
                    .ok()
                    .map(|()| Happening::Answered(Given::Error(error)))
            }
            Call::InitError { error } => {
                let accepted = self.state.init_error();
                let answer = accepted
                    .as_ref()
                    .map_or_else(answer::refused, |()| answer::accepted());
                let _ = reply.send(answer);
                accepted.ok().map(|()| Happening::InitError(error))
            }
        }
    }

    fn called_for_next(&mut self, reply: oneshot::Sender<Answer>) -> Option<Happening> {
        match (self.state.next(), &self.event) {
            (Ok(Next::BecameReady), _) => {
                self.waiting.push(reply);
                Some(Happening::Ready)
            }
            (Ok(Next::StillReady), _) | (Ok(Next::Again), None) => {
                self.waiting.push(reply);
                None
            }
            (Ok(Next::Again), Some(event)) => {
                let _ = reply.send(event.answer());
                None
            }
            (Err(refusal), _) => {
                let _ = reply.send(answer::refused(&refusal));
                None
            }
        }
    }
}
