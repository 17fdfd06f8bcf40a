//! Where an event goes: to an idle seat, a new one, another function's, or into the line.

use std::sync::Arc;

use tokio::time::Instant;

use super::State;
use crate::pool::key::{Key, Kind};
use crate::pool::queue::Waiting;
use crate::pool::recipe::Recipe;
use crate::pool::refused::Reason;
use crate::pool::work::{Job, Work};

/// What becomes of an event that has just come.
#[derive(Debug)]
pub(in crate::pool) enum Admitted {
    /// A seat has it.
    Handed,
    /// A seat is to be started with it.
    NewSeat(u64, Work),
    /// It waits under this number.
    Waits(u64),
    Refused(Reason),
}

/// The same, for one that may have waited.
enum Placed {
    Handed,
    NewSeat(u64, Work),
    Nowhere(Box<Job>),
}

impl State {
    pub(in crate::pool) fn admit(
        &mut self,
        key: &Key,
        recipe: &Arc<Recipe>,
        job: Box<Job>,
        now: Instant,
    ) -> Admitted {
        let kind = self.kind(key, recipe);
        let job = match self.place(&kind, job, now) {
            Placed::Handed => return Admitted::Handed,
            Placed::NewSeat(id, work) => return Admitted::NewSeat(id, work),
            Placed::Nowhere(job) => job,
        };
        let number = self.number();
        let waiting = Waiting {
            number,
            kind: Arc::clone(&kind),
            job,
        };
        if self.queue.push(waiting) {
            return Admitted::Waits(number);
        }
        self.forget(kind);
        Admitted::Refused(Reason::Machine)
    }

    fn place(&mut self, kind: &Arc<Kind>, job: Box<Job>, now: Instant) -> Placed {
        let mut work = Work::Invoke {
            kind: Arc::clone(kind),
            job,
        };
        let idle = |state: &mut Self| state.groups.get_mut(&kind.key)?.idle.pop();
        while let Some(seat) = idle(self) {
            match self.give(seat, work) {
                Ok(()) => return Placed::Handed,
                Err(back) => work = back,
            }
        }
        if self.may_start() && self.seats.len() < self.settings.most_environments {
            return Placed::NewSeat(self.new_seat(kind, false, now), work);
        }
        while self.may_start()
            && let Some(seat) = self.least_recently_used()
        {
            self.take_out(seat);
            self.figures.displaced += 1;
            self.switch(seat, kind, now);
            match self.give(seat, work) {
                Ok(()) => return Placed::Handed,
                Err(back) => work = back,
            }
        }
        match work {
            Work::Invoke { job, .. } => Placed::Nowhere(job),
            _ => Placed::Handed,
        }
    }

    /// Takes an event out of the queue, if it is still there.
    pub(in crate::pool) fn give_up(&mut self, number: u64) -> bool {
        let Some(waiting) = self.queue.give_up(number) else {
            return false;
        };
        self.forget(waiting.kind);
        true
    }

    /// A seat makes a new environment.
    pub(in crate::pool) fn starts(&mut self, id: u64) {
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.starting = true;
        }
    }

    /// It has made it, or that takes so long that it is not what the machine is busy with. Gives
    /// the seats to be started for those who have waited for that.
    pub(in crate::pool) fn started(&mut self, id: u64, now: Instant) -> Vec<(u64, Work)> {
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.starting = false;
        }
        let mut new = Vec::new();
        while let Some(waiting) = self.queue.pop() {
            match self.place(&waiting.kind, waiting.job, now) {
                Placed::Handed => {}
                Placed::NewSeat(id, work) => new.push((id, work)),
                Placed::Nowhere(job) => {
                    self.queue.put_back(Waiting { job, ..waiting });
                    break;
                }
            }
        }
        new
    }

    pub(super) fn may_start(&self) -> bool {
        self.starting() < self.settings.most_starting
    }

    pub(super) fn starting(&self) -> usize {
        self.seats.values().filter(|seat| seat.starting).count()
    }
}
