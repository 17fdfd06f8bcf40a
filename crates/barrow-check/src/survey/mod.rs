//! From bytes to a [`Package`](crate::Package): the only part that reads.

mod content;
mod plan;
mod wheel;
mod zip;

pub use self::plan::survey_plan;
pub use self::wheel::WheelFacts;
pub use self::zip::survey_zip;

/// What is wrong with an archive as such.
#[derive(Debug)]
pub enum Flaw {
    /// Its directory cannot be made out.
    Unreadable(barrow_core::zip::ReadZipError),
    /// It can be read, but not every reader reads it alike.
    Unsound(barrow_core::zip::CheckZipError),
    /// An entry's bytes are not what the directory promises.
    Damaged {
        name: String,
        source: barrow_core::zip::InflateError,
    },
    /// An entry's name is no path inside a package.
    Name {
        name: String,
        source: barrow_model::entry_path::EntryPathError,
    },
}
