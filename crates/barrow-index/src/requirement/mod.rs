//! What a project asks for, and where it says so.

mod digest;
mod discover;
pub mod file;
mod hashes;
mod line;
mod local;
pub mod script;

pub use digest::{FingerprintError, fingerprint, project_digest};
pub use discover::{Requirements, Selection};
pub use file::{ReadRequirementsError, RequirementFiles};
pub use hashes::{HashError, RequiredHashes};
pub(crate) use line::expand_variables;
