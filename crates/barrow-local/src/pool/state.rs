//! Who sits where: every decision of a pool, made without waiting.
//!
//! [`admission`] is for events that come, [`turnover`] for seats that have done their work.

mod admission;
mod turnover;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::figures::Figures;
use super::key::{Key, Kind};
use super::queue::Queue;
use super::recipe::Recipe;
use super::settings::PoolSettings;
use super::work::Work;
pub(super) use admission::Admitted;
pub(super) use turnover::{Leave, Next};

#[derive(Debug)]
pub(super) struct State {
    settings: PoolSettings,
    groups: HashMap<Key, Group>,
    seats: HashMap<u64, Seat>,
    queue: Queue,
    last: u64,
    open: bool,
    /// What nothing here is of any more.
    gone: Vec<Arc<Kind>>,
    pub(super) figures: Figures,
}

#[derive(Debug)]
struct Group {
    kind: Arc<Kind>,
    /// The last has been used last.
    idle: Vec<u64>,
    provisioned: usize,
}

#[derive(Debug)]
struct Seat {
    kind: Arc<Kind>,
    provisioned: bool,
    /// When it became this kind's.
    since: Instant,
    starting: bool,
    idle: Option<Idle>,
}

#[derive(Debug)]
struct Idle {
    inbox: oneshot::Sender<Work>,
    since: Instant,
}

impl State {
    pub(super) fn new(settings: PoolSettings) -> Self {
        Self {
            settings,
            groups: HashMap::new(),
            seats: HashMap::new(),
            queue: Queue::new(settings.most_waiting, settings.most_waiting_bytes),
            last: 0,
            open: true,
            gone: Vec::new(),
            figures: Figures::default(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.take_out(id);
        if let Some(seat) = self.seats.remove(&id) {
            self.forget(seat.kind);
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let idle = self.seats.values().filter(|seat| seat.idle.is_some());
        let idle = idle.count();
        Figures {
            idle,
            starting: self.starting(),
            busy: (self.seats.len() - idle).saturating_sub(self.starting()),
            waiting: self.queue.len(),
            ..self.figures
        }
    }

    fn kind(&mut self, key: &Key, recipe: &Arc<Recipe>) -> Arc<Kind> {
        if let Some(group) = self.groups.get(key) {
            return Arc::clone(&group.kind);
        }
        let kind = Arc::new(Kind {
            key: key.clone(),
            recipe: Arc::clone(recipe),
        });
        let group = Group {
            kind: Arc::clone(&kind),
            idle: Vec::new(),
            provisioned: 0,
        };
        self.groups.insert(key.clone(), group);
        kind
    }

    fn new_seat(&mut self, kind: &Arc<Kind>, provisioned: bool, now: Instant) -> u64 {
        let id = self.number();
        let seat = Seat {
            kind: Arc::clone(kind),
            provisioned,
            since: now,
            starting: true,
            idle: None,
        };
        self.seats.insert(id, seat);
        id
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Hands work to a seat that is idle. One that is gone gives it back.
    fn give(&mut self, id: u64, work: Work) -> Result<(), Work> {
        let idle = self.seats.get_mut(&id).and_then(|seat| seat.idle.take());
        match idle {
            Some(idle) => idle.inbox.send(work),
            None => Err(work),
        }
    }

    fn least_recently_used(&self) -> Option<u64> {
        let idle = self.seats.iter().filter(|(_, seat)| !seat.provisioned);
        idle.filter_map(|(id, seat)| Some((seat.idle.as_ref()?.since, *id)))
            .min()
            .map(|(_, id)| id)
    }

    /// It is nobody's to be found any more.
    fn take_out(&mut self, id: u64) {
        let kind = self.seats.get(&id).map(|seat| &seat.kind);
        if let Some(group) = kind.and_then(|kind| self.groups.get_mut(&kind.key)) {
            group.idle.retain(|idle| *idle != id);
        }
    }

    /// The seat is another kind's from now on.
    fn switch(&mut self, id: u64, kind: &Arc<Kind>, now: Instant) {
        let Some(seat) = self.seats.get_mut(&id) else {
            return;
        };
        if !Arc::ptr_eq(&seat.kind, kind) {
            seat.since = now;
            seat.starting = true;
            let former = std::mem::replace(&mut seat.kind, Arc::clone(kind));
            self.forget(former);
        }
    }

    /// Something was of this kind; if nothing is any more, nobody has to know it.
    fn forget(&mut self, kind: Arc<Kind>) {
        let is_it = |other: &Arc<Kind>| Arc::ptr_eq(other, &kind);
        let needed = self.seats.values().any(|seat| is_it(&seat.kind)) || self.queue.has(&kind);
        let group = self.groups.get(&kind.key);
        let unused = group.is_some_and(|group| is_it(&group.kind) && group.provisioned == 0);
        if unused && !needed {
            self.groups.remove(&kind.key);
        }
        self.gone.push(kind);
    }

    /// To be dropped by who does not hold this.
    pub(super) fn take_gone(&mut self) -> Vec<Arc<Kind>> {
        std::mem::take(&mut self.gone)
    }
}
