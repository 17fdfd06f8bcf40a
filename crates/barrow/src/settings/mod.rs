//! Flags, environment and file, resolved into one value that says what to do.
//!
//! Flag beats environment beats file beats default. Flags and environment arrive together, since
//! clap reads both; [`job`] adds the file and the defaults.

pub mod environment;
pub mod file;
pub mod job;

pub use environment::Environment;
pub use job::{Job, JobOptions, Kind, jobs};
