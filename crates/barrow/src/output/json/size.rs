//! What `barrow size --json` prints.

use serde::Serialize;

use crate::ops::size::Weight;

/// Who takes the space. All lists have the heaviest first, by unzipped size.
#[derive(Debug, Serialize)]
pub struct SizeDocument {
    pub path: String,
    /// Of the whole file.
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    pub files: usize,
    /// Zipped bytes that are no file's: names, headers, the directory.
    pub overhead_bytes: u64,
    pub by_distribution: Vec<Share>,
    pub by_folder: Vec<Share>,
    pub by_kind: Vec<Share>,
}

/// Some of the files, and what they weigh.
#[derive(Debug, Serialize)]
pub struct Share {
    /// `null` for files that no distribution claims.
    pub name: Option<String>,
    /// Of a distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What files of a kind are there for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<&'static str>,
    pub files: usize,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
}

impl Share {
    pub fn new(name: Option<String>, weight: Weight) -> Self {
        Self {
            name,
            version: None,
            about: None,
            files: weight.files,
            zipped_bytes: weight.zipped_bytes,
            unzipped_bytes: weight.unzipped_bytes,
        }
    }

    #[must_use]
    pub fn version(self, version: Option<String>) -> Self {
        Self { version, ..self }
    }

    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self {
            about: Some(about),
            ..self
        }
    }
}
