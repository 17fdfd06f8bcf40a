//! Environments that are there before anybody asks.

use super::Target;
use crate::api::Refusal;
use crate::lambda::{self, Provisioned, Qualified, Status};
use crate::service::Service;

/// Starts as many as are wanted of a version, or of what an alias leads to, and writes down how
/// that went. Where none are wanted any more, they end.
pub(crate) async fn provision(service: &Service, named: &Qualified) {
    let (finding, wanted) = (service.clone(), named.clone());
    let found = tokio::task::spawn_blocking(move || {
        let config = finding
            .store
            .read(|records| lambda::provisioned(records, &wanted))?;
        let target = Target::find(&finding, &wanted)?;
        Ok::<_, Refusal>((config, target))
    });
    // A function that is gone has none.
    let Ok(Ok((config, target))) = found.await else {
        return;
    };
    let requested = config.as_ref().map_or(0, |config| config.requested);
    let started = service
        .pool
        .provision(&target.key, &target.recipe, requested as usize)
        .await;
    let Some(Provisioned { requested, .. }) = config else {
        return;
    };
    let status = match started {
        Ok(()) => Status::Ready,
        Err(refused) => Status::Failed {
            reason: refused.to_string(),
        },
    };
    let (service, named) = (service.clone(), named.clone());
    // What cannot be written now is done again when the service starts.
    let _ = tokio::task::spawn_blocking(move || {
        lambda::settle_provisioned(&service, &named, requested, status)
    })
    .await;
}
