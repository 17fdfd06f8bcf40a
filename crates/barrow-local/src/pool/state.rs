//! Who sits where: every decision of a pool, made without waiting.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::figures::Figures;
use super::key::{Key, Kind};
use super::queue::{Queue, Turn, Waiting};
use super::recipe::Recipe;
use super::refused::Reason;
use super::settings::PoolSettings;
use super::work::{Job, Work};

/// For so long a seat stays with its function while others wait, too: several times what it takes
/// to start an environment, or starting would be all that a full machine does.
const TURN: Duration = Duration::from_millis(500);

/// What becomes of an event that has just come.
#[derive(Debug)]
pub(super) enum Admitted {
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

/// What a seat does next.
#[derive(Debug)]
pub(super) enum Next {
    Work(Work),
    Idle(oneshot::Receiver<Work>),
    /// There is no such seat any more.
    End,
}

/// Whether an idle seat may do something of its own.
#[derive(Debug)]
pub(super) enum Leave {
    /// No: something comes.
    Stay,
    /// It ends its environment, or starts it anew where one is to be there at all times.
    Take(Work),
}

#[derive(Debug)]
pub(super) struct State {
    settings: PoolSettings,
    groups: HashMap<Key, Group>,
    seats: HashMap<u64, Seat>,
    queue: Queue,
    last: u64,
    open: bool,
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
            figures: Figures::default(),
        }
    }

    pub(super) fn admit(
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
        self.forget(&kind);
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

    /// A seat makes a new environment.
    pub(super) fn starts(&mut self, id: u64) {
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.starting = true;
        }
    }

    /// It has made it, or that takes so long that it is not what the machine is busy with. Gives
    /// the seats to be started for those who have waited for that.
    pub(super) fn started(&mut self, id: u64, now: Instant) -> Vec<(u64, Work)> {
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

    fn may_start(&self) -> bool {
        self.starting() < self.settings.most_starting
    }

    fn starting(&self) -> usize {
        self.seats.values().filter(|seat| seat.starting).count()
    }

    /// Takes an event out of the queue, if it is still there.
    pub(super) fn give_up(&mut self, number: u64) -> bool {
        let Some(waiting) = self.queue.give_up(number) else {
            return false;
        };
        self.forget(&waiting.kind);
        true
    }

    /// For a seat that has done its work; `usable` says whether it has an environment that can
    /// take another event.
    pub(super) fn next(&mut self, id: u64, usable: bool, now: Instant) -> Next {
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
    pub(super) fn leave(&mut self, id: u64, died: bool) -> Leave {
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
    pub(super) fn longest_idle(&self, id: u64) -> Option<Duration> {
        let crowded = self.seats.len() * 2 > self.settings.most_environments;
        let longest = self.settings.longest_idle / if crowded { 10 } else { 1 };
        let provisioned = self.seats.get(&id).is_some_and(|seat| seat.provisioned);
        (!provisioned).then_some(longest)
    }

    /// Idle environments of these keys end, busy ones do after their event, and no new ones come.
    pub(super) fn retire(&mut self, which: impl Fn(&Key) -> bool) {
        let retired = self.groups.extract_if(|key, _| which(key));
        let idle: Vec<u64> = retired.flat_map(|(_, group)| group.idle).collect();
        for id in idle {
            // It leaves once its environment has ended, so that there are never too many.
            let _ = self.give(id, Work::End);
        }
    }

    /// No more events. Those that wait for a seat get none.
    pub(super) fn close(&mut self) {
        self.open = false;
        self.queue.clear();
        self.retire(|_| true);
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Makes so many environments of a key wait for events at all times: the seats to be started.
    pub(super) fn provision(
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
            self.forget(&kind);
            return Err(Reason::Machine);
        }
        if let Some(group) = self.groups.get_mut(key) {
            group.provisioned = count;
        }
        Ok((0..missing)
            .map(|_| (self.new_seat(&kind, true, now), Arc::clone(&kind)))
            .collect())
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.take_out(id);
        if let Some(seat) = self.seats.remove(&id) {
            self.forget(&seat.kind);
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
            self.forget(&former);
        }
    }

    /// Drops a kind that nothing is of any more.
    fn forget(&mut self, kind: &Arc<Kind>) {
        let is_it = |other: &Arc<Kind>| Arc::ptr_eq(other, kind);
        let needed = self.seats.values().any(|seat| is_it(&seat.kind)) || self.queue.has(kind);
        let group = self.groups.get(&kind.key);
        let unused = group.is_some_and(|group| is_it(&group.kind) && group.provisioned == 0);
        if unused && !needed {
            self.groups.remove(&kind.key);
        }
    }
}
