//! What a pool's handles and seats have in common.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::figures::Figures;
use super::seat;
use super::settings::PoolSettings;
use super::slots::Slots;
use super::spares::Spares;
use super::state::State;
use super::work::Work;

/// The state, for whoever looks at it. What it has let go of is dropped after it is unlocked: a
/// recipe may be the last to know the service around it, and with that this pool.
pub(super) struct Locked<'a> {
    /// There until it is dropped.
    state: Option<MutexGuard<'a, State>>,
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.state.as_ref().expect("it is not dropped yet")
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.state.as_mut().expect("it is not dropped yet")
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let gone = self.take_gone();
        drop(self.state.take());
        drop(gone);
    }
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) settings: PoolSettings,
    pub(super) slots: Slots,
    pub(super) spares: Spares,
    state: Mutex<State>,
    /// Told whenever a seat is gone.
    pub(super) left: Notify,
    /// True once nobody waits for anything any more.
    pub(super) kill: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn new(settings: PoolSettings) -> Self {
        Self {
            settings,
            slots: Slots::default(),
            spares: Spares::new(settings.spares),
            state: Mutex::new(State::new(settings)),
            left: Notify::new(),
            kill: watch::Sender::new(false),
        }
    }

    /// Nothing waits while it has this.
    pub(super) fn state(&self) -> Locked<'_> {
        // What is in it is whole between any two of its methods.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { state: Some(state) }
    }

    pub(super) fn seat(self: &Arc<Self>, id: u64, work: Work) {
        tokio::spawn(seat::run(Arc::clone(self), id, work));
    }

    /// A seat has started its environment, so that another may.
    pub(super) fn started(self: &Arc<Self>, id: u64) {
        let new = self.state().started(id, Instant::now());
        for (id, work) in new {
            self.seat(id, work);
        }
    }

    pub(super) fn figures(&self) -> Figures {
        Figures {
            spares: self.spares.count(),
            ..self.state().figures()
        }
    }
}
