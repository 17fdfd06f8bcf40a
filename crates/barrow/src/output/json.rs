//! The JSON documents on stdout. Fields are only ever added.

use serde::{Deserialize, Serialize};

/// What `barrow build --json` prints.
#[derive(Debug, Serialize)]
pub struct BuildDocument<'a> {
    pub packages: &'a [Package],
    pub seconds: f64,
}

/// One package. Also kept as the record that tells an unchanged project, hence `Deserialize`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    pub name: String,
    /// `function` or `layer`.
    pub kind: String,
    pub path: String,
    pub runtime: String,
    pub architecture: String,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    pub entries: usize,
    /// Hexadecimal.
    pub sha256: String,
    /// As Lambda's `CodeSha256`: base64.
    pub code_sha256: String,
    /// The package was there already, made from the same inputs.
    pub unchanged: bool,
    /// How long making it took, or finding that there was nothing to make.
    pub seconds: f64,
    /// By name.
    pub distributions: Vec<Distribution>,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    pub name: String,
    pub version: String,
    /// The wheel's file name.
    pub file: String,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
}

impl Package {
    pub fn is_layer(&self) -> bool {
        self.kind == "layer"
    }
}

/// What `barrow lock --json` prints.
#[derive(Debug, Serialize)]
pub struct LockDocument {
    pub path: String,
    pub packages: usize,
}

/// What `barrow cache dir --json` prints.
#[derive(Debug, Serialize)]
pub struct CacheDirDocument {
    pub directory: String,
}

/// What `barrow cache size --json` prints.
#[derive(Debug, Serialize)]
pub struct CacheSizeDocument {
    pub directory: String,
    pub bytes: u64,
    pub wheels: usize,
}

/// What `barrow cache prune --json` prints.
#[derive(Debug, Serialize)]
pub struct CachePruneDocument {
    pub removed_files: usize,
    pub removed_bytes: u64,
}

/// What `barrow cache verify --json` prints.
#[derive(Debug, Serialize)]
pub struct CacheVerifyDocument {
    pub wheels: usize,
    /// Files that were not what they should be; they are gone now.
    pub damaged: Vec<String>,
}
