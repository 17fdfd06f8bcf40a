//! What the tool can do. Each operation introduces the library crates to each other.

use camino::Utf8PathBuf;

use crate::output::Output;
use crate::settings::Environment;

pub mod build;
pub mod cache;
pub mod check;
mod describe;
pub mod diff;
pub mod doctor;
mod facts;
mod files;
mod findings;
#[cfg(target_os = "linux")]
pub mod images;
pub mod init;
pub mod inspect;
pub mod interrupt;
pub mod listing;
pub mod lock;
pub mod new_file;
pub mod origins;
pub mod packages;
pub mod path;
mod place;
mod planned;
mod planning;
pub mod platform;
pub mod record;
pub mod resolve;
pub mod run;
pub mod runtimes;
pub mod serve;
pub mod size;
mod threads;

/// What every operation needs to know about its surroundings.
#[derive(Debug, Clone)]
pub struct Context {
    pub environment: Environment,
    pub output: Output,
    pub cache: Utf8PathBuf,
    pub uv: Option<Utf8PathBuf>,
    pub offline: bool,
}
