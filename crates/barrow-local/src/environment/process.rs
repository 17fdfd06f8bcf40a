//! The function's process, in a sandbox or without one.

#[cfg(target_os = "linux")]
use crate::sandbox::Sandbox;

use super::bare::Bare;
use crate::processes::{self, End, Order, Roots, Used};

#[derive(Debug)]
pub(super) enum Process {
    #[cfg(target_os = "linux")]
    Sandboxed(Sandbox),
    Bare(Bare),
}

impl Process {
    pub(super) fn freeze(&self) {
        self.order(Order::Freeze);
    }

    pub(super) fn thaw(&self) {
        self.order(Order::Thaw);
    }

    pub(super) fn kill(&self) {
        self.order(Order::Kill);
    }

    fn order(&self, order: Order) {
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

    pub(super) fn memory(&self) -> Used {
        processes::used(match self {
            #[cfg(target_os = "linux")]
            Self::Sandboxed(sandbox) => Roots::Below(sandbox.first_process()),
            Self::Bare(bare) => Roots::From(bare.pid()),
        })
    }
}
