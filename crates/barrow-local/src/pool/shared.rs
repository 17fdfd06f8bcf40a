//! What a pool's handles and seats have in common.

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
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // What is in it is whole between any two of its methods.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
