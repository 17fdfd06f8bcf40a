//! How much of a function may run at once.

use barrow_local::pool::Limits;

use crate::lambda::{self, Function, Qualified};
use crate::store::{Records, StoreError};

/// The function's own share, and what is left of the account's for those that have none.
pub(super) fn of(
    records: &Records<'_>,
    named: &Qualified,
    function: &Function,
) -> Result<Limits, StoreError> {
    // What others have reserved matters only for those that have not.
    let unreserved = match function.reserved_concurrency {
        Some(_) => 0,
        None => lambda::unreserved(records, &named.scope)?,
    };
    Ok(Limits {
        reserved: function.reserved_concurrency,
        unreserved,
    })
}
