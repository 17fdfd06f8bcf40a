//! Targets that were found a moment ago, and still are what they were.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Target;
use crate::api::Refusal;
use crate::lambda::Qualified;
use crate::service::Service;

/// Of more than these, all are forgotten.
const MOST: usize = 256;

/// Each is good as long as nothing was written since.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    known: Mutex<HashMap<Qualified, (u64, Arc<Target>)>>,
}

impl Targets {
    fn get(&self, named: &Qualified, generation: u64) -> Option<Arc<Target>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (then, target) = known.get(named)?;
        (*then == generation).then(|| Arc::clone(target))
    }

    fn keep(&self, named: &Qualified, generation: u64, target: &Arc<Target>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(named.clone(), (generation, Arc::clone(target)));
    }
}

/// What a name leads to. Records are read on a thread that may wait, if they have to be.
pub(super) async fn find(service: &Service, named: &Qualified) -> Result<Arc<Target>, Refusal> {
    // Taken before reading: what is written meanwhile makes the target too old, not too new.
    let generation = service.store.generation();
    if let Some(target) = service.targets.get(named, generation) {
        return Ok(target);
    }
    let (finding, wanted) = (service.clone(), named.clone());
    let found = tokio::task::spawn_blocking(move || Target::find(&finding, &wanted)).await;
    let target = found.unwrap_or_else(|_| {
        Err(Refusal::new(
            "ServiceException",
            "the function could not be looked up",
        ))
    })?;
    let target = Arc::new(target);
    if !target.is_by_chance {
        service.targets.keep(named, generation, &target);
    }
    Ok(target)
}
