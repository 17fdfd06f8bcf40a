//! A pool, as those see it who have events for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::figures::Figures;
use super::key::Key;
use super::recipe::Recipe;
use super::refused::{Reason, Refused};
use super::settings::PoolSettings;
use super::shared::Shared;
use super::slots::Limits;
use super::state::Admitted;
use super::work::{Job, Work};
use crate::environment::{Invocation, Invoked};

/// The environments of all functions. Clones are the same pool; it ends with the last of them.
#[derive(Debug, Clone)]
pub struct Pool {
    owner: Arc<Owner>,
}

#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.state().close();
        self.shared.kill.send_replace(true);
    }
}

/// Whoever goes away while he waits in line does not take up room there.
struct InLine<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.shared.state().give_up(self.number);
    }
}

impl Pool {
    pub fn new(settings: PoolSettings) -> Self {
        let shared = Arc::new(Shared::new(settings));
        Self {
            owner: Arc::new(Owner { shared }),
        }
    }

    /// Gives an event to an environment of exactly this key: one that is idle, or a new one. Waits
    /// for a seat only where the machine has none left.
    ///
    /// The recipe counts where the key has no environments yet. If the caller goes away, the
    /// function goes on.
    pub async fn invoke(
        &self,
        key: &Key,
        recipe: &Arc<Recipe>,
        invocation: Invocation,
        limits: Limits,
    ) -> Result<Invoked, Refused> {
        let shared = &self.owner.shared;
        let slot = shared
            .slots
            .take(&key.function, limits)
            .map_err(|reason| self.throttled(reason))?;
        let (reply, mut answer) = oneshot::channel();
        let job = Box::new(Job {
            invocation,
            reply,
            slot,
        });
        let admitted = {
            let mut state = shared.state();
            if !state.is_open() {
                return Err(Refused::ShuttingDown);
            }
            state.figures.invokes += 1;
            state.admit(key, recipe, job, Instant::now())
        };
        match admitted {
            Admitted::Handed => {}
            Admitted::NewSeat(id, work) => shared.seat(id, work),
            Admitted::Refused(reason) => return Err(self.throttled(reason)),
            Admitted::Waits(number) => {
                let _place = InLine { shared, number };
                tokio::select! {
                    biased;
                    answer = &mut answer => return answer.unwrap_or(Err(Refused::ShuttingDown)),
                    () = sleep(shared.settings.longest_wait) => {
                        if shared.state().give_up(number) {
                            return Err(self.throttled(Reason::Machine));
                        }
                    }
                }
            }
        }
        answer.await.unwrap_or(Err(Refused::ShuttingDown))
    }

    /// Lets so many environments of this key be there ahead of their events, and returns when they
    /// are. They are not reaped, and not displaced. Zero takes that back.
    pub async fn provision(
        &self,
        key: &Key,
        recipe: &Arc<Recipe>,
        count: usize,
    ) -> Result<(), Refused> {
        let shared = &self.owner.shared;
        let seats = {
            let mut state = shared.state();
            if !state.is_open() {
                return Err(Refused::ShuttingDown);
            }
            state
                .provision(key, recipe, count, Instant::now())
                .map_err(Refused::TooMany)?
        };
        let mut all = Vec::with_capacity(seats.len());
        for (id, kind) in seats {
            let (ready, started) = oneshot::channel();
            let ready = Some(ready);
            shared.seat(id, Work::Prepare { kind, ready });
            all.push(started);
        }
        for started in all {
            started.await.unwrap_or(Err(Refused::ShuttingDown))?;
        }
        Ok(())
    }

    /// Drains what a change has made stale. Of this function's environments, those stay whose key
    /// is to be kept; of the others, idle ones end now and busy ones after their event.
    pub fn retire(&self, function: &str, keep: impl Fn(&Key) -> bool) {
        let mut state = self.owner.shared.state();
        state.retire(|key| key.function == function && !keep(key));
    }

    /// Takes no more events, waits so long for those that are under way, and returns when no
    /// process is left.
    pub async fn shut_down(&self, grace: Duration) {
        let shared = &self.owner.shared;
        shared.state().close();
        if timeout(grace, self.emptied()).await.is_err() {
            shared.kill.send_replace(true);
            self.emptied().await;
        }
        let spares = shared.spares.clone();
        // Like every process, these take their time.
        let _ = tokio::task::spawn_blocking(move || spares.close()).await;
    }

    async fn emptied(&self) {
        let shared = &self.owner.shared;
        loop {
            let left = shared.left.notified();
            tokio::pin!(left);
            // From here on no seat leaves unnoticed.
            left.as_mut().enable();
            if shared.state().is_empty() {
                return;
            }
            left.await;
        }
    }

    pub fn figures(&self) -> Figures {
        self.owner.shared.figures()
    }

    fn throttled(&self, reason: Reason) -> Refused {
        let figures = &mut self.owner.shared.state().figures;
        match reason {
            Reason::Reserved => figures.throttled_by_reservation += 1,
            Reason::Account => figures.throttled_by_account += 1,
            Reason::Machine => figures.throttled_by_machine += 1,
        }
        Refused::TooMany(reason)
    }
}

/// Environments move between threads, and invokes are awaited on whichever is free.
const _: () = {
    const fn sent<T: Send>() {}
    const fn shared<T: Send + Sync>() {}
    sent::<crate::Environment>();
    shared::<Pool>();
    shared::<Recipe>();
};
