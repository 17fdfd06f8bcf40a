//! One seat: a task that has one environment at a time and does what it is told.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::key::Kind;
use super::refused::Refused;
use super::shared::Shared;
use super::state::{Leave, Next};
use super::work::{Job, Work};
use crate::Environment;
use crate::environment::{Circumstances, Initialization};

/// A start that takes longer waits for something: most take a tenth of it.
const BUSY_START: Duration = Duration::from_secs(1);

/// Lives until its seat is gone.
pub(super) async fn run(shared: Arc<Shared>, id: u64, work: Work) {
    let mut kill = shared.kill.subscribe();
    let mut seat = Seat {
        shared,
        id,
        held: None,
        ending: None,
    };
    tokio::select! {
        biased;
        // One whose sender is gone is as good as told.
        _ = kill.wait_for(|kill| *kill) => {}
        () = seat.work(work) => {}
    }
    seat.empty().await;
}

struct Seat {
    shared: Arc<Shared>,
    id: u64,
    held: Option<Held>,
    /// An environment that is being ended; nothing else is to be here before it is gone.
    ending: Option<JoinHandle<()>>,
}

struct Held {
    kind: Arc<Kind>,
    environment: Environment,
}

/// However the task ends, its seat does not outlive it.
impl Drop for Seat {
    fn drop(&mut self) {
        self.shared.state().remove(self.id);
        self.shared.left.notify_waiters();
    }
}

impl Seat {
    async fn work(&mut self, mut work: Work) {
        loop {
            let next = match work {
                Work::Invoke { kind, job } => self.invoke(&kind, job).await,
                Work::Prepare { kind, ready } => self.prepare(&kind, ready).await,
                Work::End => {
                    self.empty().await;
                    self.next(false)
                }
            };
            work = match next {
                Next::Work(work) => work,
                Next::Idle(inbox) => match self.idle(inbox).await {
                    Some(work) => work,
                    None => return,
                },
                Next::End => return,
            };
        }
    }

    async fn invoke(&mut self, kind: &Arc<Kind>, job: Box<Job>) -> Next {
        let Job {
            invocation,
            reply,
            slot,
        } = *job;
        let answer = match self.environment(kind, Initialization::OnDemand).await {
            Ok(environment) => environment.invoke(invocation).await.map_err(Refused::from),
            Err(refused) => Err(refused),
        };
        if answer.is_err() {
            self.empty().await;
        }
        // Whoever has the answer may have another event for what was taken by this one.
        drop(slot);
        let next = self.next(answer.is_ok());
        // A caller that has gone away does not want it.
        let _ = reply.send(answer);
        next
    }

    async fn prepare(
        &mut self,
        kind: &Arc<Kind>,
        ready: Option<oneshot::Sender<Result<(), Refused>>>,
    ) -> Next {
        let environment = self.environment(kind, Initialization::Provisioned).await;
        let started = environment.map(drop);
        if started.is_err() {
            self.empty().await;
        }
        let next = self.next(started.is_ok());
        if let Some(ready) = ready {
            let _ = ready.send(started);
        }
        next
    }

    fn next(&self, usable: bool) -> Next {
        self.shared.state().next(self.id, usable, Instant::now())
    }

    /// The environment of this kind that is here and alive, or a new one.
    async fn environment(
        &mut self,
        kind: &Arc<Kind>,
        initialization: Initialization,
    ) -> Result<&mut Environment, Refused> {
        let fits = match &mut self.held {
            Some(held) if Arc::ptr_eq(&held.kind, kind) => {
                let alive = held.environment.is_alive();
                if !alive {
                    self.shared.state().figures.found_dead += 1;
                }
                alive
            }
            _ => false,
        };
        if !fits {
            self.shared.state().starts(self.id);
            self.empty().await;
            let shared = Arc::clone(&self.shared);
            let started = watched(&shared, self.id, start(&shared, kind, initialization)).await;
            self.held = Some(Held {
                kind: Arc::clone(kind),
                environment: started?,
            });
        }
        let held = self.held.as_mut().expect("one was there, or was made");
        Ok(&mut held.environment)
    }

    /// Waits for work, and lets the environment stand still meanwhile; `None` when the seat is
    /// gone.
    async fn idle(&mut self, mut inbox: oneshot::Receiver<Work>) -> Option<Work> {
        let shared = Arc::clone(&self.shared);
        let since = Instant::now();
        let held = self.held.as_mut()?;
        let mut look = since + shared.settings.freeze_after;
        loop {
            let died = tokio::select! {
                biased;
                work = &mut inbox => return work.ok(),
                () = held.environment.died() => true,
                () = sleep_until(look) => false,
            };
            held.environment.freeze();
            // How long is long changes with how many others there are.
            let longest = shared.state().longest_idle(self.id);
            if died || longest.is_some_and(|longest| since.elapsed() >= longest) {
                let leave = shared.state().leave(self.id, died);
                return match leave {
                    Leave::Stay => inbox.await.ok(),
                    Leave::Take(work) => Some(work),
                };
            }
            look = Instant::now() + shared.settings.longest_idle / 10;
        }
    }

    /// Whoever is interrupted in this can go on with it.
    async fn empty(&mut self) {
        if let Some(held) = self.held.take() {
            self.ending = Some(tokio::spawn(held.environment.end()));
        }
        if let Some(ending) = &mut self.ending {
            // One that panics has let go of its environment, too.
            let _ = ending.await;
            self.ending = None;
        }
    }
}

/// Waits for a start, for some time as one of those that keep the machine busy.
async fn watched<T>(shared: &Arc<Shared>, id: u64, start: impl Future<Output = T>) -> T {
    let mut start = pin!(start);
    tokio::select! {
        biased;
        started = &mut start => {
            shared.started(id);
            return started;
        }
        () = sleep(BUSY_START) => shared.started(id),
    }
    start.await
}

/// A new environment, up to where it waits for its first event.
async fn start(
    shared: &Shared,
    kind: &Kind,
    initialization: Initialization,
) -> Result<Environment, Refused> {
    let recipe = &kind.recipe;
    let place = recipe.place().await?;
    if initialization == Initialization::OnDemand {
        shared.state().figures.cold_starts += 1;
    }
    let circumstances = Circumstances {
        initialization,
        credentials: recipe.credentials(),
        ..Circumstances::new(&recipe.function)
    };
    let sink = recipe.log(&circumstances.log_stream);
    let spare = shared.spares.take(&place);
    let (function, from_spare) = (Arc::clone(&recipe.function), spare.is_some());
    let environment = Environment::new(function, place, circumstances, sink);
    let mut environment = environment.from_spare(spare);
    match environment.init().await {
        // It may have been the spare, which can end at any time. There is no second one.
        Err(_) if from_spare => environment.init().await?,
        started => started?,
    }
    Ok(environment)
}
