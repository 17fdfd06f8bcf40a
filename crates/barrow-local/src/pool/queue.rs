//! Events that wait for a seat: bounded in number and in bytes, first come, first served.

use std::collections::VecDeque;
use std::sync::Arc;

use super::key::Kind;
use super::work::Job;

#[derive(Debug)]
pub(super) struct Queue {
    most: usize,
    most_bytes: usize,
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) number: u64,
    pub(super) kind: Arc<Kind>,
    pub(super) job: Box<Job>,
}

/// Whose event a seat takes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Only its own kind's.
    Own,
    /// Its own kind's, and if there is none, that which has waited longest.
    OwnFirst,
    /// That which has waited longest.
    Any,
}

impl Queue {
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self {
            most,
            most_bytes,
            waiting: VecDeque::new(),
            bytes: 0,
        }
    }

    /// False, and nothing else, if there is no room for it.
    pub(super) fn push(&mut self, waiting: Waiting) -> bool {
        let bytes = self.bytes + waiting.bytes();
        if self.waiting.len() >= self.most || bytes > self.most_bytes {
            return false;
        }
        self.bytes = bytes;
        self.waiting.push_back(waiting);
        true
    }

    pub(super) fn give_up(&mut self, number: u64) -> Option<Waiting> {
        let is_it = |waiting: &Waiting| waiting.number == number;
        let position = self.waiting.iter().position(is_it)?;
        self.remove(position)
    }

    pub(super) fn next(&mut self, kind: &Arc<Kind>, turn: Turn) -> Option<Waiting> {
        let is_own = |waiting: &Waiting| Arc::ptr_eq(&waiting.kind, kind);
        let own = || self.waiting.iter().position(is_own);
        let position = match turn {
            Turn::Own => own()?,
            Turn::OwnFirst => own().unwrap_or(0),
            Turn::Any => 0,
        };
        self.remove(position)
    }

    /// The first of all, to be placed or put back.
    pub(super) fn pop(&mut self) -> Option<Waiting> {
        self.remove(0)
    }

    pub(super) fn put_back(&mut self, waiting: Waiting) {
        self.bytes += waiting.bytes();
        self.waiting.push_front(waiting);
    }

    pub(super) fn has(&self, kind: &Arc<Kind>) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|waiting| Arc::ptr_eq(&waiting.kind, kind))
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    fn remove(&mut self, position: usize) -> Option<Waiting> {
        let waiting = self.waiting.remove(position)?;
        self.bytes -= waiting.bytes();
        Some(waiting)
    }
}

impl Waiting {
    fn bytes(&self) -> usize {
        let invocation = &self.job.invocation;
        let context = invocation.client_context.as_ref().map_or(0, String::len);
        invocation.event.len() + context
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::super::recipe::Recipe;
    use super::super::slots::{Limits, Slots};
    use super::super::work::Reply;
    use super::super::{Key, PlaceError};
    use super::*;
    use crate::environment::{Function, Invocation, Logging};

    fn kind(name: &str) -> Arc<Kind> {
        let function = Function {
            name: name.to_owned(),
            version: "1".to_owned(),
            arn: String::new(),
            region: String::new(),
            handler: String::new(),
            runtime: "python3.13".parse().unwrap(),
            memory: barrow_model::MemorySize::DEFAULT,
            timeout: barrow_model::Timeout::DEFAULT,
            storage: barrow_model::EphemeralStorage::DEFAULT,
            variables: Vec::new(),
            logging: Logging::default(),
            log_group: String::new(),
        };
        let key = Key {
            function: name.to_owned(),
            version: "1".to_owned(),
            revision: String::new(),
        };
        let recipe = Recipe::new(function, || Err(PlaceError::machine("nowhere")));
        Arc::new(Kind {
            key,
            recipe: Arc::new(recipe),
        })
    }

    fn waiting(number: u64, kind: &Arc<Kind>, bytes: usize) -> (Waiting, oneshot::Receiver<Reply>) {
        let limits = Limits {
            reserved: None,
            unreserved: 1,
        };
        let (reply, answer) = oneshot::channel();
        let job = Job {
            invocation: Invocation {
                request: number.to_string(),
                event: vec![b' '; bytes].into(),
                function_arn: String::new(),
                trace: String::new(),
                client_context: None,
                cognito_identity: None,
            },
            reply,
            slot: Slots::default().take(&kind.key.function, limits).unwrap(),
        };
        let waiting = Waiting {
            number,
            kind: Arc::clone(kind),
            job: Box::new(job),
        };
        (waiting, answer)
    }

    fn next(queue: &mut Queue, kind: &Arc<Kind>, turn: Turn) -> Option<u64> {
        queue.next(kind, turn).map(|waiting| waiting.number)
    }

    #[test]
    fn a_seat_stays_with_its_kind_for_its_turn() {
        let [a, b] = ["a", "b"].map(kind);
        let mut queue = Queue::new(10, 10);
        let mut answers = Vec::new();
        for (number, kind) in [(1, &a), (2, &b), (3, &a), (4, &b), (5, &a)] {
            let (waiting, answer) = waiting(number, kind, 1);
            answers.push(answer);
            assert!(queue.push(waiting));
        }
        assert_eq!(next(&mut queue, &b, Turn::OwnFirst), Some(2));
        assert_eq!(next(&mut queue, &b, Turn::Any), Some(1));
        assert_eq!(next(&mut queue, &b, Turn::Own), Some(4));
        assert_eq!(next(&mut queue, &b, Turn::Own), None);
        assert!(queue.has(&a) && !queue.has(&b));
        assert_eq!(next(&mut queue, &b, Turn::OwnFirst), Some(3));
        assert_eq!(queue.give_up(5).map(|waiting| waiting.number), Some(5));
        assert!(queue.give_up(5).is_none());
        assert_eq!((queue.len(), queue.bytes), (0, 0));
    }

    #[test]
    fn there_is_room_for_so_many_and_so_many_bytes() {
        let a = kind("a");
        let mut queue = Queue::new(2, 10);
        let mut push = |number, bytes| {
            let (waiting, answer) = waiting(number, &a, bytes);
            // Whoever waits is there.
            std::mem::forget(answer);
            queue.push(waiting)
        };
        assert!(!push(1, 11));
        assert!(push(2, 10));
        assert!(!push(3, 1));
        assert!(push(4, 0));
        assert!(!push(5, 0));
    }
}
