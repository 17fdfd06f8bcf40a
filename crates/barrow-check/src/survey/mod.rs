//! From bytes to a [`Package`](crate::Package): the only part that reads.

pub mod flaw;

mod content;
mod environment;
mod folder;
mod links;
mod modules;
pub(crate) mod name;
mod oddity;
mod plan;
mod seal;
pub mod sparse;
mod wheel;
mod zip;

pub use self::flaw::Flaw;
pub use self::folder::survey_folder;
pub use self::modules::Modules;
pub use self::plan::survey_plan;
pub use self::wheel::WheelFacts;
pub use self::zip::survey_zip;

/// Files are handed to the threads by so many. Left to itself, rayon gives two threads quarters of a
/// package, and one of them waits at the end.
const FILES_AT_ONCE: usize = 16;
