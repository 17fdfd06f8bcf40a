//! What a resolver is asked and what it answers.

use barrow_model::{PackageName, Sha256, Target};
use camino::Utf8Path;

use super::ResolveError;
use crate::Reporter;
use crate::lock::Lock;
use crate::requirement::{Requirements, Selection};

/// Fixes requirements to versions and files.
pub trait Resolver {
    fn resolve(
        &self,
        request: &Request<'_>,
        reporter: &dyn Reporter,
    ) -> Result<Resolution, ResolveError>;

    /// Newer releases of what was resolved that have no wheel for the target. Asks the index, so
    /// it is worth running beside something that takes longer.
    fn newer(
        &self,
        request: &Request<'_>,
        resolution: &Resolution,
        reporter: &dyn Reporter,
    ) -> Result<Vec<Newer>, ResolveError>;
}

#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The project's directory, absolute: relative paths and uv's configuration are found from it.
    pub directory: &'r Utf8Path,
    pub requirements: &'r Requirements,
    pub selection: &'r Selection,
    pub target: Target,
    pub freshness: Freshness,
}

/// How new an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// An earlier answer to the same question is good.
    Cached,
    /// The index is asked again.
    Upgrade,
    /// As `Cached`, and lock files of other tools must be in step with their project.
    Locked,
    /// Only what is on this machine may be used.
    Offline,
}

/// Pins for one target, or a lock that covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    pub lock: Lock,
    /// The digest of the inputs; an equal one gives an equal answer. Names the stored resolution.
    pub fingerprint: Sha256,
    /// The digest of the project's own inputs, for the stamp of a lock file.
    pub project: Sha256,
    /// What [`Resolver::newer`] found, once it has run for these inputs.
    pub newer: Option<Vec<Newer>>,
    /// Whether nothing had to be asked.
    pub is_stored: bool,
}

/// A release that would have been taken if it had a wheel for the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    pub name: PackageName,
    pub version: String,
    pub pinned: String,
}
