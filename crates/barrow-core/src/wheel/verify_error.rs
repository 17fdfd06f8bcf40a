//! Why a wheel is not taken into the store.

use barrow_model::entry_path::EntryPathError;
use barrow_model::{Explain, Fault, PackageName};

use super::entry_points::EntryPointError;
use super::metadata::ReadMetadataError;
use super::scheme::SchemeError;
use crate::zip::{CheckZipError, InflateError, ReadZipError};

/// Why a wheel is not what it should be. The wheel's name is the caller's to add.
#[derive(Debug, thiserror::Error)]
pub enum VerifyWheelError {
    #[error("cannot read the wheel's directory")]
    Read { source: ReadZipError },
    #[error("the wheel is no sound archive")]
    Unsound { source: CheckZipError },
    #[error("`{entry}` is no path that a package can have")]
    Path {
        entry: String,
        source: EntryPathError,
    },
    #[error("`{entry}` has no place in a package")]
    Scheme { entry: String, source: SchemeError },
    #[error("the wheel has {bytes} bytes unzipped; expected at most {limit}")]
    TooLarge { bytes: u64, limit: u64 },
    #[error("`{entry}` has {bytes} bytes; expected at most {limit}")]
    FileTooLarge {
        entry: String,
        bytes: u64,
        limit: u64,
    },
    #[error("the wheel's scripts that start with `#!python` have more than {limit} bytes together")]
    ScriptsTooLarge { limit: u64 },
    #[error("the wheel has no `.dist-info` folder")]
    NoDistInfo,
    #[error("the wheel has two `.dist-info` folders, `{first}` and `{second}`")]
    TwoDistInfos { first: String, second: String },
    #[error("the wheel's folder `{folder}` is not one of `{expected}`")]
    ForeignDistInfo {
        folder: String,
        expected: PackageName,
    },
    #[error("the wheel has no `{path}`")]
    Missing { path: String },
    #[error("cannot use `{file}`")]
    Metadata {
        file: &'static str,
        source: ReadMetadataError,
    },
    #[error("`METADATA` is that of `{seen}`; expected `{expected}`")]
    ForeignName { seen: String, expected: PackageName },
    #[error("`METADATA` is that of version `{seen}`; expected `{expected}`")]
    ForeignVersion { seen: String, expected: String },
    #[error("cannot use `entry_points.txt`")]
    EntryPoint { source: EntryPointError },
    #[error("`{entry}` is damaged")]
    Damaged { entry: String, source: InflateError },
    #[error("`{entry}` has `{actual}`; `RECORD` promises `{expected}`")]
    Digest {
        entry: String,
        actual: String,
        expected: String,
    },
}

impl Explain for VerifyWheelError {
    fn fault(&self) -> Fault {
        match self {
            Self::Read { source } => source.fault(),
            Self::Unsound { source } => source.fault(),
            Self::Damaged { source, .. } => source.fault(),
            _ => Fault::Input,
        }
    }
}
