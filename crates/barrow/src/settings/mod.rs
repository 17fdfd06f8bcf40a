//! Flags, environment and file, resolved into one value that says what to do.
//!
//! Flag beats environment beats file beats default. Flags and environment arrive together, since
//! clap reads both; `resolver` adds the file and the defaults.

pub mod check;
pub mod environment;
pub mod file;
pub mod job;
pub mod jobs;
mod resolver;

pub use environment::Environment;
pub use job::{Job, JobOptions, Kind};
pub use jobs::jobs;
