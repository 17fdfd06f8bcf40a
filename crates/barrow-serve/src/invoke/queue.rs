//! Events that are under way.
//!
//! What was accepted is in the store before its caller is told so, and leaves it when something has
//! become of it. In memory there is only when each is due.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, Semaphore};

use super::destination::{self, Condition, Dealt};
use super::{Event, invoke};
use crate::api::Refusal;
use crate::lambda::{self, Asynchronous};
use crate::service::Service;
use crate::store::{Scope, StoreError};

/// Attempts at once. Each holds an event of up to a megabyte.
const MOST_AT_ONCE: usize = 64;

/// What Lambda waits before it tries again what has failed.
const RETRY_DELAYS: [SignedDuration; 2] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(2)];

/// And what could not be tried: from one second on, doubled up to five minutes.
const LONGEST_BACKOFF: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug)]
pub(crate) struct Queue {
    due: Mutex<BTreeSet<Due>>,
    /// By function: what waits because too many of its invokes were under way.
    throttled: Mutex<HashMap<String, BTreeSet<Due>>>,
    changed: Notify,
    at_once: Arc<Semaphore>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Timestamp,
    id: String,
    account: String,
    region: String,
}

impl Due {
    fn of(event: &Event) -> Self {
        Self {
            at: event.due,
            id: event.id.clone(),
            account: event.scope.account.clone(),
            region: event.scope.region.clone(),
        }
    }
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            due: Mutex::new(BTreeSet::new()),
            throttled: Mutex::new(HashMap::new()),
            changed: Notify::new(),
            at_once: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        }
    }

    fn add(&self, event: &Event) {
        self.lock().insert(Due::of(event));
        self.changed.notify_one();
    }

    /// Remembers that an event waits for its function to have room.
    fn park(&self, event: &Event) {
        let function = event.named().unqualified_arn();
        let mut throttled = self
            .throttled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        throttled
            .entry(function)
            .or_default()
            .insert(Due::of(event));
    }

    /// A function has room again: one of those that wait for it, the one that is due first, waits no
    /// longer.
    fn unpark(&self, function: &str) {
        let mut throttled = self
            .throttled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = throttled.get_mut(function) else {
            return;
        };
        let mut due = self.lock();
        // Some were tried meanwhile.
        while let Some(parked) = waiting.pop_first() {
            if due.remove(&parked) {
                due.insert(Due {
                    at: Timestamp::now(),
                    ..parked
                });
                break;
            }
        }
        drop(due);
        if waiting.is_empty() {
            throttled.remove(function);
        }
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Due>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next event that is due, or how long that takes.
    fn next(&self) -> Result<Due, Option<Duration>> {
        let mut due = self.lock();
        let Some(first) = due.first() else {
            return Err(None);
        };
        let now = Timestamp::now();
        if first.at > now {
            let wait = now.duration_until(first.at);
            return Err(Some(wait.unsigned_abs()));
        }
        Ok(due.pop_first().expect("it was there a line ago"))
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }
}

/// Accepts an event: from here on it is not lost.
pub(crate) fn accept(service: &Service, event: &Event) -> Result<(), Refusal> {
    service
        .store
        .write(|records| records.put(&event.scope, "", &event.id, event))?;
    service.queue.add(event);
    Ok(())
}

/// Takes up what an earlier service has left, and deals with events from then on.
pub(crate) async fn run(service: Service) {
    let left = service.store.everywhere::<Event>();
    for (_, _, _, event) in left.unwrap_or_default() {
        service.queue.add(&event);
    }
    loop {
        let changed = service.queue.changed.notified();
        match service.queue.next() {
            Ok(due) => {
                let at_once = Arc::clone(&service.queue.at_once);
                let Ok(permit) = at_once.acquire_owned().await else {
                    return;
                };
                let service = service.clone();
                tokio::spawn(async move {
                    attempt(&service, &due).await;
                    drop(permit);
                });
            }
            Err(None) => changed.await,
            Err(Some(wait)) => {
                let _ = tokio::time::timeout(wait, changed).await;
            }
        }
    }
}

async fn attempt(service: &Service, due: &Due) {
    let scope = Scope {
        account: due.account.clone(),
        region: due.region.clone(),
    };
    let found = service.store.read(|records| {
        let event = records.get::<Event>(&scope, "", &due.id)?;
        let rules = match &event {
            Some(event) => lambda::asynchronous(records, &event.named())?,
            None => Asynchronous::default(),
        };
        Ok::<_, StoreError>(event.map(|event| (event, rules)))
    });
    // Without a store there is nothing to deal with; the next service finds the event.
    let Ok(Some((mut event, rules))) = found else {
        return;
    };
    let outcome = invoke(service, event.request()).await;
    if outcome.is_ok() {
        service.queue.unpark(&event.named().unqualified_arn());
    }
    let dealt = match outcome {
        Ok(outcome) => {
            event.attempts += 1;
            let failed = outcome.invoked.failed || outcome.invoked.failure.is_some();
            let condition = if !failed {
                Condition::Success
            } else if event.attempts > rules.retries {
                Condition::RetriesExhausted
            } else {
                let delay = RETRY_DELAYS[(event.attempts as usize - 1).min(1)];
                event.due = later(delay);
                return again(service, &event, &rules, Some(outcome));
            };
            Dealt {
                condition,
                outcome: Some(outcome),
            }
        }
        Err(refusal) if refusal.code == "ResourceNotFoundException" => {
            return forget(service, &event);
        }
        Err(refusal) if refusal.code == "TooManyRequestsException" && rules.is_closed => Dealt {
            condition: Condition::ZeroReservedConcurrency,
            outcome: None,
        },
        Err(refusal) => {
            let delay = backoff(&event);
            event.due = later(delay);
            if refusal.code == "TooManyRequestsException" {
                service.queue.park(&event);
            }
            return again(service, &event, &rules, None);
        }
    };
    finish(service, &event, &rules, &dealt);
}

fn later(delay: SignedDuration) -> Timestamp {
    let due = Timestamp::now().checked_add(delay);
    due.unwrap_or(Timestamp::MAX)
}

/// Longer, the longer it has been going on.
fn backoff(event: &Event) -> SignedDuration {
    let waited = Timestamp::now().duration_since(event.accepted);
    waited.clamp(SignedDuration::from_secs(1), LONGEST_BACKOFF)
}

fn again(service: &Service, event: &Event, rules: &Asynchronous, outcome: Option<super::Outcome>) {
    let too_late = event.accepted.checked_add(rules.longest_age);
    if too_late.is_ok_and(|too_late| event.due > too_late) {
        let dealt = Dealt {
            condition: Condition::EventAgeExceeded,
            outcome,
        };
        return finish(service, event, rules, &dealt);
    }
    let kept = service
        .store
        .write(|records| records.put(&event.scope, "", &event.id, event));
    if kept.is_ok() {
        service.queue.add(event);
    }
}

/// Sends word to where it is wanted, and forgets the event, both or neither.
fn finish(service: &Service, event: &Event, rules: &Asynchronous, dealt: &Dealt) {
    let next = destination::record(event, rules, dealt);
    let done = service.store.write(|records| {
        if let Some(next) = &next {
            records.put(&next.scope, "", &next.id, next)?;
        }
        records.remove::<Event>(&event.scope, "", &event.id)
    });
    if let (Ok(_), Some(next)) = (done, next) {
        service.queue.add(&next);
    }
}

fn forget(service: &Service, event: &Event) {
    let _ = service
        .store
        .write(|records| records.remove::<Event>(&event.scope, "", &event.id));
}
