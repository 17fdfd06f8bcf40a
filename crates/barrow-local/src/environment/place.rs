//! Where a function runs: in a sandbox, or as a plain process of this host.

use super::circumstances::Circumstances;
use super::function::{Function, new_trace};
#[cfg(target_os = "linux")]
use super::in_sandbox::InSandbox;
use super::on_host::OnHost;
use super::start::{Spare, StartError, Started};

#[derive(Debug, Clone)]
pub enum Place {
    #[cfg(target_os = "linux")]
    Sandbox(InSandbox),
    /// All that the user may see and do, the function may.
    Host(OnHost),
}

impl Place {
    /// A sandbox that a function can be put into here, later.
    pub(crate) fn spare(&self) -> Option<Spare> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(place) => place.spare(),
            Self::Host(_) => None,
        }
    }

    pub(crate) fn can_use(&self, spare: &Spare) -> bool {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(place) => place.can_use(spare),
            Self::Host(_) => false,
        }
    }

    /// From a spare, if there is one; else from nothing.
    pub(super) fn start(
        &self,
        function: &Function,
        circumstances: &Circumstances,
        spare: Option<Spare>,
    ) -> Result<Started, StartError> {
        let variables = function.environment(circumstances, &new_trace());
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(place) => place.start(function, variables, spare),
            Self::Host(place) => place.start(function, variables),
        }
    }
}
