//! The function's process, in a sandbox or without one.

#[cfg(target_os = "linux")]
use crate::sandbox::Sandbox;

use super::bare::Bare;
use crate::processes::{End, Order, Roots};

#[derive(Debug)]
pub(super) enum Process {
    #[cfg(target_os = "linux")]
    Sandboxed(Sandbox),
    Bare(Bare),
}

impl Process {
    pub(super) fn freeze(&mut self) {
        self.order(Order::Freeze);
    }

    /// Returns when everything runs again. A process that was stopped and woken while it makes
    /// another can leave that one stopped, so nothing is given to it before.
    pub(super) async fn thaw(&mut self) {
        self.order(Order::Thaw);
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandboxed(sandbox) => sandbox.obeyed().await,
            // Signals that we send ourselves have been delivered when the call returns.
            Self::Bare(_) => {}
        }
    }

    pub(super) fn kill(&mut self) {
        self.order(Order::Kill);
    }

    fn order(&mut self, order: Order) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandboxed(sandbox) => sandbox.order(order),
            Self::Bare(bare) => bare.order(order),
        }
    }

    /// When it has ended, by itself or not.
    pub(super) async fn ended(&mut self) -> End {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandboxed(sandbox) => sandbox.ended().await,
            Self::Bare(bare) => bare.ended().await,
        }
    }

    /// Whether it can take an event, as far as anybody can know.
    pub(super) fn is_alive(&mut self) -> bool {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandboxed(sandbox) => sandbox.is_alive(),
            Self::Bare(bare) => bare.is_alive(),
        }
    }

    /// What its memory hangs on.
    pub(super) fn roots(&self) -> Roots {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandboxed(sandbox) => Roots::Below(sandbox.first_process()),
            Self::Bare(bare) => Roots::From(bare.pid()),
        }
    }
}
