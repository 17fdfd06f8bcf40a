//! Why an invoke did not take place.

use super::recipe::PlaceError;
use crate::environment::StartError;

/// An event that no environment has seen.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// `TooManyRequestsException`.
    #[error("too many invokes at once")]
    TooMany(Reason),
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the pool is shutting down")]
    ShuttingDown,
}

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// More than the function has reserved: `ReservedFunctionConcurrentInvocationLimitExceeded`.
    Reserved,
    /// More than the account has left unreserved: `ConcurrentInvocationLimitExceeded`.
    Account,
    /// More than this machine bears, for longer than anyone should wait. Lambda has no name for
    /// it; to its clients it is the same as [`Reason::Account`].
    Machine,
}

impl Reason {
    /// What Lambda has in `Reason`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserved => "ReservedFunctionConcurrentInvocationLimitExceeded",
            Self::Account | Self::Machine => "ConcurrentInvocationLimitExceeded",
        }
    }
}
