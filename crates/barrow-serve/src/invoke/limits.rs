//! How much of a function may run at once.

use barrow_local::pool::Limits;

use crate::lambda::{Function, Qualified};
use crate::store::{Records, Scope, StoreError};

/// What an account has in a region, before it asks for more.
pub(crate) const ACCOUNT_CONCURRENCY: u32 = 1000;

/// The function's own share, and what is left of the account's for those that have none.
pub(super) fn of(
    records: &Records<'_>,
    named: &Qualified,
    function: &Function,
) -> Result<Limits, StoreError> {
    // What others have reserved matters only for those that have not.
    let unreserved = match function.reserved_concurrency {
        Some(_) => 0,
        None => unreserved(records, &named.scope)?,
    };
    Ok(Limits {
        reserved: function.reserved_concurrency,
        unreserved,
    })
}

fn unreserved(_records: &Records<'_>, _scope: &Scope) -> Result<u32, StoreError> {
    Ok(ACCOUNT_CONCURRENCY)
}
