//! Concurrency: how many events of a function, and of an account, are being dealt with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::refused::Reason;

/// What a function may have at once; its caller knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The function's own share (`PutFunctionConcurrency`). It is all it gets.
    pub reserved: Option<u32>,
    /// What all functions of the account and region that have none share.
    pub unreserved: u32,
}

/// Counts what is under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<HashMap<Arc<str>, u32>>>);

/// One event that counts, until this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    counts: Slots,
    name: Arc<str>,
}

impl Slots {
    /// `function` is an ARN without a qualifier.
    pub(super) fn take(&self, function: &str, limits: Limits) -> Result<Slot, Reason> {
        let (name, most, reason) = match limits.reserved {
            Some(reserved) => (function, reserved, Reason::Reserved),
            None => (account(function), limits.unreserved, Reason::Account),
        };
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(name).copied().unwrap_or(0);
        if count >= most {
            return Err(reason);
        }
        let name = counts
            .get_key_value(name)
            .map_or_else(|| Arc::from(name), |(name, _)| Arc::clone(name));
        counts.insert(Arc::clone(&name), count + 1);
        drop(counts);
        Ok(Slot {
            counts: self.clone(),
            name,
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.name);
            }
        }
    }
}

/// `arn:aws:lambda:us-east-1:123456789012` of a function's ARN.
fn account(function: &str) -> &str {
    let end = function.match_indices(':').nth(4).map(|(end, _)| end);
    &function[..end.unwrap_or(function.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const F: &str = "arn:aws:lambda:us-east-1:1:function:f";
    const G: &str = "arn:aws:lambda:us-east-1:1:function:g";
    const ELSEWHERE: &str = "arn:aws:lambda:eu-west-1:1:function:f";

    fn limits(reserved: Option<u32>) -> Limits {
        Limits {
            reserved,
            unreserved: 2,
        }
    }

    #[test]
    fn functions_of_an_account_share_what_is_not_reserved() {
        let slots = Slots::default();
        let first = slots.take(F, limits(None)).unwrap();
        let _second = slots.take(G, limits(None)).unwrap();
        assert_eq!(slots.take(F, limits(None)).unwrap_err(), Reason::Account);
        let _elsewhere = slots.take(ELSEWHERE, limits(None)).unwrap();
        drop(first);
        slots.take(F, limits(None)).unwrap();
    }

    #[test]
    fn what_is_reserved_is_the_functions_own_and_all_it_gets() {
        let slots = Slots::default();
        let all = [slots.take(G, limits(None)), slots.take(G, limits(None))];
        let own = slots.take(F, limits(Some(1))).unwrap();
        assert_eq!(
            slots.take(F, limits(Some(1))).unwrap_err(),
            Reason::Reserved
        );
        assert_eq!(
            slots.take(F, limits(Some(0))).unwrap_err(),
            Reason::Reserved
        );
        drop(own);
        drop(slots.take(F, limits(Some(1))).unwrap());
        drop(all);
        assert!(slots.0.lock().unwrap().is_empty());
    }
}
