//! Why a package could not be mended.

use barrow_core::zip::ReadZipError;
use barrow_model::{Explain, Fault};

use super::obstacle::Obstacle;

/// Why a package could not be mended.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    #[error("`{package}` is no zip; only zips are mended")]
    NoZip { package: String },
    #[error("cannot read `{package}` again")]
    Read {
        package: String,
        source: ReadZipError,
    },
    #[error("`{package}` cannot be mended: {}", shown(obstacles))]
    Unmendable {
        package: String,
        /// At least one.
        obstacles: Vec<Obstacle>,
    },
}

fn shown(obstacles: &[Obstacle]) -> String {
    match obstacles {
        [] => String::new(),
        [only] => only.to_string(),
        [first, others @ ..] => format!("{first}; and {} more like it", others.len()),
    }
}

impl Explain for FixError {
    fn fault(&self) -> Fault {
        match self {
            Self::Read { source, .. } => source.fault(),
            Self::NoZip { .. } | Self::Unmendable { .. } => Fault::Input,
        }
    }
}
