//! What becomes of a seat: the next event, waiting for one, or its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Idle, Seat, State};
use crate::pool::key::{Key, Kind};
use crate::pool::queue::Turn;
use crate::pool::recipe::Recipe;
use crate::pool::refused::Reason;
use crate::pool::work::Work;

/// For so long a seat stays with its function while others wait, too: several times what it takes
/// to start an environment, or starting would be all that a full machine does.
const TURN: Duration = Duration::from_millis(500);

/// What a seat does next.
#[derive(Debug)]
pub(in crate::pool) enum Next {
    Work(Work),
    Idle(oneshot::Receiver<Work>),
    /// There is no such seat any more.
    End,
}

/// Whether an idle seat may do something of its own.
#[derive(Debug)]
pub(in crate::pool) enum Leave {
    /// No: something comes.
    Stay,
    /// It ends its environment, or starts it anew where one is to be there at all times.
    Take(Work),
}

impl State {
    /// For a seat that has done its work; `usable` says whether it has an environment that can
    /// take another event.
    pub(in crate::pool) fn next(&mut self, id: u64, usable: bool, now: Instant) -> Next {
        let Some(seat) = self.seats.get(&id) else {
            return Next::End;
        };
        let kind = Arc::clone(&seat.kind);
        let turn = if seat.provisioned || !self.may_start() {
            Turn::Own
        } else if now.saturating_duration_since(seat.since) < TURN {
            Turn::OwnFirst
        } else {
            Turn::Any
        };
        if let Some(waiting) = self.queue.next(&kind, turn) {
            self.switch(id, &waiting.kind, now);
            return Next::Work(Work::Invoke {
                kind: waiting.kind,
                job: waiting.job,
            });
        }
        let current = self.groups.get_mut(&kind.key);
        let current = current.filter(|group| Arc::ptr_eq(&group.kind, &kind));
        match (current, self.seats.get_mut(&id)) {
            (Some(group), Some(seat)) if usable => {
                let (inbox, work) = oneshot::channel();
                seat.idle = Some(Idle { inbox, since: now });
                group.idle.push(id);
                Next::Idle(work)
            }
            // It comes back once its environment has ended, so that there are never too many.
            _ if usable => Next::Work(Work::End),
            _ => {
                self.remove(id);
                Next::End
            }
        }
    }

    /// For an idle seat whose environment has been idle for long, or has died.
    pub(in crate::pool) fn leave(&mut self, id: u64, died: bool) -> Leave {
        let Some(seat) = self.seats.get_mut(&id) else {
            return Leave::Take(Work::End);
        };
        if seat.idle.take().is_none() {
            return Leave::Stay;
        }
        let (kind, provisioned) = (Arc::clone(&seat.kind), seat.provisioned);
        self.take_out(id);
        if provisioned {
            return Leave::Take(Work::Prepare { kind, ready: None });
        }
        if died {
            self.figures.found_dead += 1;
        } else {
            self.figures.reaped += 1;
        }
        Leave::Take(Work::End)
    }

    /// How long a seat may be idle; `None` if for ever.
    pub(in crate::pool) fn longest_idle(&self, id: u64) -> Option<Duration> {
        let crowded = self.seats.len() * 2 > self.settings.most_environments;
        let longest = self.settings.longest_idle / if crowded { 10 } else { 1 };
        let provisioned = self.seats.get(&id).is_some_and(|seat| seat.provisioned);
        (!provisioned).then_some(longest)
    }

    /// Idle environments of these keys end, busy ones do after their event, and no new ones come.
    pub(in crate::pool) fn retire(&mut self, which: impl Fn(&Key) -> bool) {
        let retired = self.groups.extract_if(|key, _| which(key));
        let mut idle = Vec::new();
        for (_, group) in retired {
            idle.extend(group.idle);
            self.gone.push(group.kind);
        }
        for id in idle {
            // It leaves once its environment has ended, so that there are never too many.
            let _ = self.give(id, Work::End);
        }
    }

    /// No more events. Those that wait for a seat get none.
    pub(in crate::pool) fn close(&mut self) {
        self.open = false;
        let waiting = std::iter::from_fn(|| self.queue.pop());
        self.gone.extend(waiting.map(|waiting| waiting.kind));
        self.retire(|_| true);
    }

    /// Makes so many environments of a key wait for events at all times: the seats to be started.
    pub(in crate::pool) fn provision(
        &mut self,
        key: &Key,
        recipe: &Arc<Recipe>,
        count: usize,
        now: Instant,
    ) -> Result<Vec<(u64, Arc<Kind>)>, Reason> {
        let kind = self.kind(key, recipe);
        let of_kind = |seat: &&mut Seat| seat.provisioned && Arc::ptr_eq(&seat.kind, &kind);
        let present = self.seats.values_mut().filter(of_kind);
        let mut kept = 0;
        for seat in present {
            kept += 1;
            seat.provisioned = kept <= count;
        }
        let missing = count.saturating_sub(kept);
        let room =
            self.settings.most_environments - self.seats.len().min(self.settings.most_environments);
        if missing > room {
            self.forget(kind);
            return Err(Reason::Machine);
        }
        if let Some(group) = self.groups.get_mut(key) {
            group.provisioned = count;
        }
        Ok((0..missing)
            .map(|_| (self.new_seat(&kind, true, now), Arc::clone(&kind)))
            .collect())
    }
}
