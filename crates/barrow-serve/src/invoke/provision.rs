//! Environments that are there before anybody asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use barrow_local::pool::Refused;

use super::Target;
use crate::api::Refusal;
use crate::lambda::{self, Provisioned, Qualified, Status};
use crate::service::Service;

/// Which versions of which functions have such environments, as far as this service has asked for
/// them.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    versions: Mutex<HashMap<String, BTreeSet<String>>>,
}

impl Asked {
    /// Puts down what is asked for now, and gives all that was or is.
    fn replace(&self, function: &str, now: BTreeSet<String>) -> BTreeSet<String> {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let before = versions.remove(function).unwrap_or_default();
        let all = before.union(&now).cloned().collect();
        if !now.is_empty() {
            versions.insert(function.to_owned(), now);
        }
        all
    }
}

/// Starts as many of each version of a function as are wanted of it and of the aliases that lead to
/// it, ends what is wanted no more, and writes down how that went.
pub(crate) async fn provision(service: &Service, named: &Qualified) {
    let (finding, function) = (service.clone(), named.clone());
    let found = tokio::task::spawn_blocking(move || {
        finding
            .store
            .read(|records| lambda::all_provisioned(records, &function))
    });
    let Ok(Ok(wanted)) = found.await else {
        return;
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, version, config) in &wanted {
        *counts.entry(version.clone()).or_default() += config.requested as usize;
    }
    let arn = named.unqualified_arn();
    let now = counts.keys().cloned().collect();
    let mut failures: HashMap<String, String> = HashMap::new();
    for version in service.provisioned.replace(&arn, now) {
        let count = counts.get(&version).copied().unwrap_or_default();
        if let Err(refused) = start(service, named, &version, count).await {
            failures.insert(version, refused.to_string());
        }
    }
    for (qualifier, version, Provisioned { requested, .. }) in wanted {
        let status = match failures.get(&version) {
            None => Status::Ready,
            Some(reason) => Status::Failed {
                reason: reason.clone(),
            },
        };
        let (service, named) = (service.clone(), named.with_qualifier(&qualifier));
        // What cannot be written now is done again when the service starts.
        let _ = tokio::task::spawn_blocking(move || {
            lambda::settle_provisioned(&service, &named, requested, status)
        })
        .await;
    }
}

async fn start(
    service: &Service,
    named: &Qualified,
    version: &str,
    count: usize,
) -> Result<(), Refused> {
    let (finding, named) = (service.clone(), named.with_qualifier(version));
    let found = tokio::task::spawn_blocking(move || Target::find(&finding, &named)).await;
    match found {
        Ok(Ok(target)) => {
            let Target { key, recipe, .. } = &target;
            service.pool.provision(key, recipe, count).await
        }
        // A version that is gone has no environments.
        Ok(Err(Refusal { .. })) | Err(_) => Ok(()),
    }
}
