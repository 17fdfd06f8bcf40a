//! Where functions run, as far as this crate knows.

use barrow_local::environment::Place;
use barrow_local::pool::PlaceError;
use barrow_local::tree::Package;
use barrow_model::{Arch, Runtime};

/// What a function needs around it.
#[derive(Debug)]
pub struct Wanted {
    pub runtime: Runtime,
    pub arch: Arch,
    pub package: Package,
    /// In the order in which Lambda lays them over one another.
    pub layers: Vec<Package>,
}

/// Finds interpreters and runtimes, unpacks packages, and makes places of them.
pub trait Ground: Send + Sync + std::fmt::Debug {
    fn place(&self, wanted: &Wanted) -> Result<Place, PlaceError>;
}
