//! Downloads, verification and builds at the same time.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::error::{FetchError, FetchFailure};
use super::task::{self, Arrived, Brought, Task};
use super::{FetchMeans, FetchOptions};
use crate::Reporter;
use crate::select::{Pick, PickSource};
use crate::store::StoredWheel;

/// A finished task: the pick's position and what became of it.
type Outcome = (usize, Result<StoredWheel, FetchFailure>);

/// Works on all tasks, and reports either every wheel or every failure.
pub(super) fn run(
    tasks: Vec<(usize, &Pick)>,
    means: FetchMeans<'_>,
    options: FetchOptions,
    reporter: &dyn Reporter,
) -> Result<Vec<(usize, StoredWheel)>, FetchError> {
    let stop = AtomicBool::new(false);
    let mut wheels: Vec<Task<'_>> = Vec::new();
    let mut sources: VecDeque<(usize, &Pick)> = VecDeque::new();
    for (at, pick) in tasks {
        match &pick.source {
            PickSource::Wheel(file) => wheels.push(Task { at, file }),
            _ => sources.push_back((at, pick)),
        }
    }
    // The largest first, so that none of them starts when all others are done; those whose size
    // nobody told may be large.
    wheels.sort_by_key(|task| std::cmp::Reverse(task.file.bytes.unwrap_or(u64::MAX)));
    let context = task::Context {
        means,
        reporter,
        stop: &stop,
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let downloads = options.jobs.get().min(wheels.len());
    let builds = processors.min(sources.len());
    let wheels = Mutex::new(VecDeque::from(wheels));
    let sources = Mutex::new(sources);
    let outcomes: Mutex<Vec<Outcome>> = Mutex::new(Vec::new());

    let finish = |outcome: Outcome| {
        if outcome.1.as_ref().is_err_and(FetchFailure::is_everybodys) {
            stop.store(true, Ordering::Relaxed);
        }
        lock(&outcomes).push(outcome);
    };
    let (sender, receiver) = channel::<(Task<'_>, Box<Arrived>)>();
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        for _ in 0..downloads {
            let sender = sender.clone();
            let (wheels, finish) = (&wheels, &finish);
            scope.spawn(move || {
                while let Some(task) = next(wheels, &context) {
                    match task::bring(task, &context) {
                        Ok(Brought::Stored(wheel)) => finish((task.at, Ok(*wheel))),
                        Ok(Brought::Arrived(arrived)) => {
                            // The receiver lives as long as the scope.
                            let _ = sender.send((task, arrived));
                        }
                        Err(failure) => finish((task.at, Err(failure))),
                    }
                }
            });
        }
        // When the last download ends, its sender was the last, and verification ends.
        drop(sender);
        for _ in 0..processors.min(downloads) {
            scope.spawn(|| {
                while let Some((task, arrived)) = receive(&receiver) {
                    finish((task.at, task::admit(task, *arrived, &context)));
                }
            });
        }
        for _ in 0..builds {
            scope.spawn(|| {
                while let Some((at, pick)) = next(&sources, &context) {
                    finish((at, task::build(pick, &context)));
                }
            });
        }
    });
    sort_out(
        outcomes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner),
    )
}

/// The next task, unless there is no point any more.
fn next<T>(queue: &Mutex<VecDeque<T>>, context: &task::Context<'_>) -> Option<T> {
    if context.stop.load(Ordering::Relaxed) {
        return None;
    }
    lock(queue).pop_front()
}

fn receive<T>(receiver: &Mutex<Receiver<T>>) -> Option<T> {
    lock(receiver).recv().ok()
}

/// All wheels, or else all failures that say something, in the picks' order.
fn sort_out(mut outcomes: Vec<Outcome>) -> Result<Vec<(usize, StoredWheel)>, FetchError> {
    outcomes.sort_by_key(|(at, _)| *at);
    let (mut wheels, mut failures) = (Vec::new(), Vec::new());
    for (at, outcome) in outcomes {
        match outcome {
            Ok(wheel) => wheels.push((at, wheel)),
            Err(failure) => failures.push(failure),
        }
    }
    if failures.is_empty() {
        return Ok(wheels);
    }
    if failures.iter().any(|failure| !failure.is_echo()) {
        failures.retain(|failure| !failure.is_echo());
    }
    Err(FetchError::from_failures(failures))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
