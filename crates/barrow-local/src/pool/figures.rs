//! A pool in numbers, for whoever watches it.

/// How it stands, and what has happened since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Environments that are being made.
    pub starting: usize,
    /// Environments with an event.
    pub busy: usize,
    /// Environments that wait for one.
    pub idle: usize,
    /// Sandboxes that wait for a function.
    pub spares: usize,
    /// Invokes that wait for an environment to be free.
    pub waiting: usize,
    pub invokes: u64,
    /// Environments made for an event that found none.
    pub cold_starts: u64,
    /// Environments that were found to have ended while they waited.
    pub found_dead: u64,
    /// Environments that were ended because nobody needed them.
    pub reaped: u64,
    /// Environments that were ended because another function needed their seat.
    pub displaced: u64,
    pub throttled_by_reservation: u64,
    pub throttled_by_account: u64,
    pub throttled_by_machine: u64,
}
