//! What `barrow diff --json` prints.

use serde::Serialize;

/// What is different between two packages.
#[derive(Debug, Serialize)]
pub struct DiffDocument {
    pub old: Side,
    pub new: Side,
    /// Byte for byte the same.
    pub is_identical: bool,
    /// The same files with the same bytes, however they are packed.
    pub has_same_files: bool,
    /// Distributions that were added, removed, or have other files, by name.
    pub distributions: Vec<DistributionChange>,
    /// Files that no distribution claims, by path.
    pub files: Vec<FileChange>,
    /// Why the digests differ besides; empty where the packages are identical.
    pub reasons: Vec<Reason>,
}

/// One of the two packages.
#[derive(Debug, Serialize)]
pub struct Side {
    pub path: String,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    pub files: usize,
    /// Hexadecimal.
    pub sha256: String,
    /// As Lambda's `CodeSha256`: base64.
    pub code_sha256: String,
}

#[derive(Debug, Serialize)]
pub struct DistributionChange {
    pub name: String,
    /// `null` where it was added.
    pub old_version: Option<String>,
    /// `null` where it was removed.
    pub new_version: Option<String>,
    pub files: Vec<FileChange>,
}

#[derive(Debug, Serialize)]
pub struct FileChange {
    pub path: String,
    /// Unzipped; `null` where the file was added.
    pub old_bytes: Option<u64>,
    /// Unzipped; `null` where the file was removed.
    pub new_bytes: Option<u64>,
}

/// Something that differs although files are the same.
#[derive(Debug, Serialize)]
pub struct Reason {
    pub what: What,
    /// A phrase: what differs, with the first that does.
    pub text: String,
    /// How many entries it is about; `null` for what is the archive's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<usize>,
}

/// What there is in a zip besides the bytes of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Order,
    Folders,
    TimeStamps,
    Modes,
    Methods,
    CompressedBytes,
    ExtraFields,
    Comments,
    MadeBy,
    Flags,
    ArchiveComment,
    BytesAround,
    LocalHeaders,
}
