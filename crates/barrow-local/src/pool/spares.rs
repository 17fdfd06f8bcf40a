//! Sandboxes that are ready before anyone knows for which function.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::environment::{Place, Spare};

#[derive(Debug, Clone)]
pub(super) struct Spares {
    most: usize,
    ready: Arc<Mutex<Ready>>,
    /// Held by whoever makes some. One at a time is enough: starts need the processors too.
    making: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct Ready {
    spares: Vec<Spare>,
    closed: bool,
}

impl Spares {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            ready: Arc::default(),
            making: Arc::default(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.ready().spares.len()
    }

    /// One for this place, if there is one; and another in its stead, as soon as somebody has time.
    pub(super) fn take(&self, place: &Arc<Place>) -> Option<Spare> {
        if self.most == 0 {
            return None;
        }
        let mut ready = self.ready();
        let spares = &mut ready.spares;
        spares.retain_mut(Spare::is_alive);
        let position = spares.iter().position(|spare| place.can_use(spare));
        let spare = position.map(|position| spares.remove(position));
        drop(ready);
        self.refill(Arc::clone(place));
        spare
    }

    /// For places like this one, so that the next start finds some.
    fn refill(&self, place: Arc<Place>) {
        let spares = self.clone();
        tokio::task::spawn_blocking(move || {
            let Ok(_making) = spares.making.try_lock() else {
                return;
            };
            while spares.wants(&place) {
                // Without, starts are slower, and say what is wrong.
                let Some(spare) = place.spare() else {
                    break;
                };
                let mut ready = spares.ready();
                if ready.closed {
                    break;
                }
                ready.spares.push(spare);
                // Those for which nobody has asked for longest go first.
                let surplus = ready.spares.len().saturating_sub(spares.most);
                let gone: Vec<Spare> = ready.spares.drain(..surplus).collect();
                drop(ready);
                drop(gone);
            }
        });
    }

    /// Whether there are fewer for this place than there may be.
    fn wants(&self, place: &Place) -> bool {
        let ready = self.ready();
        let fitting = ready.spares.iter().filter(|spare| place.can_use(spare));
        !ready.closed && fitting.count() < self.most
    }

    /// There are none any more, and nobody makes any. Blocks until their processes are gone.
    pub(super) fn close(&self) {
        let mut ready = self.ready();
        ready.closed = true;
        let gone = std::mem::take(&mut ready.spares);
        drop(ready);
        drop(gone);
        // Whoever makes one just now holds this until it has seen that nobody wants it.
        drop(self.making());
    }

    fn making(&self) -> MutexGuard<'_, ()> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
