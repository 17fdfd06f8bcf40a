//! What an account has in a region, and how much of it is taken.

use barrow_model::limits::{DIRECT_UPLOAD_LIMIT_BYTES, UNZIPPED_LIMIT_BYTES};
use serde_json::json;

use super::configuration::{Function, Published};
use super::layers::LayerVersion;
use super::provisioned::Provisioned;
use super::{Answer, Call};
use crate::api::Refusal;
use crate::store::{Records, Scope, StoreError};

/// 300 GiB for the packages of all versions and layers. Seen in the documentation 2026-11; it was
/// 75 GiB before.
const CODE_STORAGE_LIMIT_BYTES: u64 = 322_122_547_200;

/// Environments at the same time, before an account asks for more.
pub(crate) const CONCURRENCY: u32 = 1000;

/// Of them, those that no function can have for itself.
pub(super) const UNRESERVED_AT_LEAST: u32 = 100;

pub(crate) fn settings(call: &Call<'_>) -> Result<Answer, Refusal> {
    let scope = &call.scope;
    call.service.store.read(|records| {
        Ok(Answer::json(json!({
            "AccountLimit": {
                "TotalCodeSize": CODE_STORAGE_LIMIT_BYTES,
                "CodeSizeUnzipped": UNZIPPED_LIMIT_BYTES,
                "CodeSizeZipped": DIRECT_UPLOAD_LIMIT_BYTES,
                "ConcurrentExecutions": CONCURRENCY,
                "UnreservedConcurrentExecutions": unreserved(records, scope)?,
            },
            "AccountUsage": {
                "TotalCodeSize": code_bytes(records, scope)?,
                "FunctionCount": records.totals::<Function>(scope)?.records,
            },
        })))
    })
}

/// What functions have that keep nothing for themselves: all that is neither reserved for a
/// function, nor provisioned for one that has reserved nothing.
pub(crate) fn unreserved(records: &Records<'_>, scope: &Scope) -> Result<u32, StoreError> {
    let reserved = records.totals::<Function>(scope)?.concurrency;
    let mut provisioned = 0;
    if records.totals::<Provisioned>(scope)?.concurrency > 0 {
        for (function, _, config) in records.all::<Provisioned>(scope)? {
            let function: Option<Function> = records.get(scope, "", &function)?;
            if function.is_some_and(|function| function.reserved_concurrency.is_none()) {
                provisioned += u64::from(config.requested);
            }
        }
    }
    let taken = u32::try_from(reserved + provisioned).unwrap_or(u32::MAX);
    Ok(CONCURRENCY.saturating_sub(taken))
}

fn code_bytes(records: &Records<'_>, scope: &Scope) -> Result<u64, StoreError> {
    let functions = records.totals::<Function>(scope)?;
    let versions = records.totals::<Published>(scope)?;
    let layers = records.totals::<LayerVersion>(scope)?;
    Ok(functions.bytes + versions.bytes + layers.bytes)
}

/// Whether a package that is not there yet still fits.
pub(super) fn check_room(records: &Records<'_>, scope: &Scope, more: u64) -> Result<(), Refusal> {
    if code_bytes(records, scope)? + more > CODE_STORAGE_LIMIT_BYTES {
        return Err(Refusal::new(
            "CodeStorageExceededException",
            "Code storage limit exceeded.",
        ));
    }
    Ok(())
}
