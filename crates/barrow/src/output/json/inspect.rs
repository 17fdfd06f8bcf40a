//! What `barrow inspect --json` prints.

use serde::Serialize;

/// A package, as it is.
#[derive(Debug, Serialize)]
pub struct InspectDocument {
    pub path: String,
    /// `function` or `layer`, going by where the files are.
    pub kind: &'static str,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    /// Zipped bytes that an upload without an S3 bucket stays under.
    pub direct_upload_limit_bytes: u64,
    /// Unzipped bytes that a function stays under together with its layers.
    pub unzipped_limit_bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// As Lambda's `CodeSha256`: base64.
    pub code_sha256: String,
    pub files: usize,
    pub folders: usize,
    pub links: Vec<LinkDocument>,
    pub platform: PlatformDocument,
    /// The most frequent first, without folders and links.
    pub modes: Vec<ModeDocument>,
    pub time_stamps: TimeStamps,
    /// `deflate`, `stored` …, the most frequent first.
    pub methods: Vec<Count>,
    /// `Unix 3.0` …, the most frequent first.
    pub made_by: Vec<Count>,
    /// Kinds of extra fields, the most frequent first.
    pub extra_fields: Vec<Count>,
    /// What the archive says about itself.
    pub comment: String,
    /// By name.
    pub distributions: Vec<DistributionDocument>,
    /// In the order of the directory.
    pub entries: Vec<EntryDocument>,
    /// What is wrong with the archive as such; `barrow check` says more.
    pub flaws: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct LinkDocument {
    pub path: String,
    pub target: String,
}

/// What the compiled code in a package was compiled for.
#[derive(Debug, Default, Serialize)]
pub struct PlatformDocument {
    /// Extension modules, shared libraries and programs for Linux.
    pub binaries: usize,
    /// `3.12`, `3.13t`; empty where no file is for one Python alone.
    pub pythons: Vec<String>,
    /// Some extension modules are for every Python from one on.
    pub has_stable_abi: bool,
    /// `x86_64`, `arm64`, or what else `uname -m` says.
    pub architectures: Vec<String>,
    /// The newest that some file asks for: `2.28`.
    pub glibc: Option<String>,
    /// Some files are for Alpine Linux.
    pub needs_musl: bool,
    /// Binaries for Windows and macOS.
    pub foreign: usize,
    /// The runtime that the package can only be for, where its files say so.
    pub runtime: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct ModeDocument {
    /// `0644`; `null` where the entry has none.
    pub mode: Option<String>,
    pub files: usize,
    /// Up to five of them, where the mode is an odd one.
    pub such_as: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct TimeStamps {
    pub earliest: Option<String>,
    pub latest: Option<String>,
    /// All are the same, so that equal inputs give equal bytes.
    pub are_equal: bool,
}

#[derive(Debug, Serialize)]
pub struct Count {
    pub name: String,
    pub entries: usize,
}

#[derive(Debug, Serialize)]
pub struct DistributionDocument {
    pub name: String,
    pub version: String,
    pub files: usize,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
}

#[derive(Debug, Serialize)]
pub struct EntryDocument {
    pub name: String,
    /// `file`, `folder` or `link`.
    pub kind: &'static str,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    /// `0644`; `null` where the entry has none.
    pub mode: Option<String>,
    pub method: &'static str,
    /// Hexadecimal.
    pub crc32: String,
    /// `1980-01-01T00:00:00`, in no time zone.
    pub modified: String,
    /// `null` for what no distribution claims.
    pub distribution: Option<String>,
}
