//! Letting a wheel in: verified first, then never doubted.

use std::fs;

use barrow_core::wheel::{self, VerifyWheelError};
use barrow_core::zip::{self, CheckZipError, RecodeError};
use barrow_model::{Explain, Fault, Sha256, WheelName};

use super::stamp::{self, Stamp};
use super::{KeyLock, Partial, Store, StoreError, StoredWheel};
use crate::Reporter;

/// Why a file did not get in.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    #[error("wheel `{name}` is damaged")]
    Wheel {
        name: String,
        source: Box<VerifyWheelError>,
    },
    #[error("cannot recompress wheel `{name}`")]
    Recode {
        name: String,
        source: Box<RecodeError>,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Explain for AdmitError {
    fn fault(&self) -> Fault {
        match self {
            Self::Wheel { source, .. } => source.fault(),
            Self::Recode { source, .. } => source.fault(),
            Self::Store(error) => error.fault(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Wheel { source, .. } => source.hints(),
            Self::Recode { source, .. } => source.hints(),
            Self::Store(error) => error.hints(),
        }
    }
}

impl Store {
    /// Verifies the wheel and keeps it under `sha256`, which the caller has compared.
    ///
    /// A wheel that is compressed in ways that Lambda cannot unpack is recompressed, and kept
    /// under the digest it came with.
    pub fn admit(
        &self,
        partial: Partial,
        name: &WheelName,
        sha256: &Sha256,
        _lock: &KeyLock,
        reporter: &dyn Reporter,
    ) -> Result<StoredWheel, AdmitError> {
        let (partial, wheel) = match wheel::verify(partial.file(), name) {
            Ok(wheel) => (partial, wheel),
            Err(error) if wants_recoding(&error) => {
                let recoded = self.recode(&partial, name)?;
                reporter.note(&format!(
                    "`{name}` is recompressed, so that Lambda can unpack it"
                ));
                let wheel = wheel::verify(recoded.file(), name);
                (recoded, wheel.map_err(|error| damaged(name, error))?)
            }
            Err(error) => return Err(damaged(name, error)),
        };
        let shelf = self.shelf(sha256);
        let path = shelf.wheel_path(name);
        let file_sha256 = partial.sha256();
        let write = |source| StoreError::Write {
            path: path.clone(),
            source,
        };
        partial.persist(&path).map_err(write)?;
        let metadata = fs::metadata(&path).map_err(write)?;
        let stamp = Stamp::new(&metadata, file_sha256);
        self.write_small(&shelf.index_path(), &stamp::encode(&stamp, &wheel))?;
        Ok(StoredWheel {
            path,
            sha256: *sha256,
            bytes: stamp.bytes,
            wheel,
        })
    }

    fn recode(&self, partial: &Partial, name: &WheelName) -> Result<Partial, AdmitError> {
        let mut recoded = self.partial()?;
        zip::recode(partial.file(), self.scratch()?, &mut recoded).map_err(|error| {
            AdmitError::Recode {
                name: name.to_string(),
                source: Box::new(error),
            }
        })?;
        Ok(recoded)
    }
}

fn wants_recoding(error: &VerifyWheelError) -> bool {
    matches!(
        error,
        VerifyWheelError::Unsound {
            source: CheckZipError::Method { .. }
        }
    )
}

fn damaged(name: &WheelName, error: VerifyWheelError) -> AdmitError {
    AdmitError::Wheel {
        name: name.to_string(),
        source: Box::new(error),
    }
}
