//! Whether a wheel is what it says: the one time that all of its bytes are looked at.
//!
//! What pip would refuse is refused, and so is damage: an entry whose CRC-32 is wrong, or whose
//! digest is not the one in `RECORD`. What pip lets pass is let pass: rows for files that are not
//! there, files without a row, a version in another spelling. Memory stays at a few hundred KiB
//! per thread, apart from the files of `.dist-info` and the scripts that get a new first line.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use barrow_model::{EntryPath, WheelName};
use rayon::prelude::*;

use super::hash::{Hasher, RecordHash};
use super::metadata::{Metadata, WheelFormat};
use super::record::{self, Row};
use super::script_body::ScriptBody;
use super::{Scheme, Wheel, WheelEntry, entry_points, identity};
use crate::ReadAt;
use crate::zip::{self, Directory, Inflater, Span};

pub use super::verify_error::VerifyWheelError;

/// For `METADATA`, `RECORD` and the like, which are held in memory. The longest `RECORD` known to
/// us, of 42 474 files, has 5 MB.
const DIST_INFO_FILE_LIMIT_BYTES: u64 = 64 << 20;

/// Thirty times what Lambda takes. Inflating more than that is only ever asked for by a bomb.
const UNZIPPED_LIMIT_BYTES: u64 = 8 << 30;

/// Scripts of a wheel that are kept in its index, together. Real ones are a few KiB.
const SCRIPTS_LIMIT_BYTES: u64 = 16 << 20;

/// Reads and checks a whole wheel. That the file as such is the one the index promised is checked
/// by whoever fetched it.
pub fn verify(source: &dyn ReadAt, name: &WheelName) -> Result<Wheel, VerifyWheelError> {
    let directory = Directory::read(source).map_err(|source| VerifyWheelError::Read { source })?;
    let spans = directory
        .spans(source)
        .map_err(|source| VerifyWheelError::Unsound { source })?;
    let files = files(&directory, &spans)?;
    let unzipped = files.iter().fold(0, |sum: u64, file| {
        sum.saturating_add(file.span.uncompressed_bytes)
    });
    if unzipped > UNZIPPED_LIMIT_BYTES {
        let limit = UNZIPPED_LIMIT_BYTES;
        return Err(VerifyWheelError::TooLarge {
            bytes: unzipped,
            limit,
        });
    }

    let dist_info = identity::dist_info(files.iter().map(|file| &file.path), name)?;
    let reader = DistInfo {
        source,
        files: &files,
        folder: &dist_info,
    };
    let metadata_error = |file| move |source| VerifyWheelError::Metadata { file, source };
    WheelFormat::parse(&reader.required("WHEEL")?).map_err(metadata_error("WHEEL"))?;
    let metadata =
        Metadata::parse(&reader.required("METADATA")?).map_err(metadata_error("METADATA"))?;
    identity::check(&metadata, name)?;
    let scripts = match reader.read("entry_points.txt")? {
        Some(bytes) => {
            entry_points::parse(&bytes).map_err(|source| VerifyWheelError::EntryPoint { source })?
        }
        None => Vec::new(),
    };
    let rows = Rows::new(record::parse(&reader.required("RECORD")?));

    let checked = check_all(source, &files, &rows)?;
    let record_path = format!("{dist_info}/RECORD");
    let record_is_exact = rows.are_exact(&files, &checked, &record_path);
    let entries = files
        .into_iter()
        .zip(checked)
        .map(|(file, checked)| WheelEntry {
            path: file.path,
            span: file.span,
            sha256: checked.sha256,
            executable: file.executable,
            script_body: checked.script_body,
        })
        .collect();
    Ok(Wheel {
        name: name.clone(),
        version: metadata.version,
        dist_info,
        requires: metadata.requires,
        requires_python: metadata.requires_python,
        entries,
        scripts,
        record_is_exact,
    })
}

/// An entry that is to become a file.
struct File {
    path: EntryPath,
    scheme: Scheme,
    span: Span,
    executable: bool,
}

/// The entries that are no folders, in the order of the directory.
fn files(directory: &Directory, spans: &[Span]) -> Result<Vec<File>, VerifyWheelError> {
    let entries = directory
        .entries()
        .iter()
        .zip(spans)
        .filter(|(entry, _)| !entry.is_dir());
    let files = entries.map(|(entry, &span)| {
        let path_error = |source| VerifyWheelError::Path {
            entry: entry.label(),
            source,
        };
        let path = EntryPath::parse(&entry.name).map_err(path_error)?;
        let (scheme, rest) = Scheme::of(&path).map_err(|source| VerifyWheelError::Scheme {
            entry: entry.label(),
            source,
        })?;
        // `a.data/data/C:/x` is a path whose end is none.
        EntryPath::parse(rest).map_err(path_error)?;
        let executable = is_executable(entry);
        Ok(File {
            path,
            scheme,
            span,
            executable,
        })
    });
    files.collect()
}

/// The mode counts whatever system the entry was made on, as with pip, and whether or not it
/// says that this is a regular file. A symlink's bits say nothing about the file that it becomes.
fn is_executable(entry: &zip::Entry) -> bool {
    let mode = entry.external_attributes >> 16;
    let kind = mode & 0o170_000;
    matches!(kind, 0 | 0o100_000) && mode & 0o111 != 0
}

/// The files of `.dist-info`, which are read before all else.
struct DistInfo<'a> {
    source: &'a dyn ReadAt,
    files: &'a [File],
    folder: &'a str,
}

impl DistInfo<'_> {
    fn required(&self, file: &'static str) -> Result<Vec<u8>, VerifyWheelError> {
        let missing = || VerifyWheelError::Missing {
            path: format!("{}/{file}", self.folder),
        };
        self.read(file)?.ok_or_else(missing)
    }

    fn read(&self, file: &str) -> Result<Option<Vec<u8>>, VerifyWheelError> {
        let path = format!("{}/{file}", self.folder);
        let Some(file) = self.files.iter().find(|file| file.path.as_str() == path) else {
            return Ok(None);
        };
        let (bytes, limit) = (file.span.uncompressed_bytes, DIST_INFO_FILE_LIMIT_BYTES);
        if bytes > limit {
            return Err(VerifyWheelError::FileTooLarge {
                entry: path,
                bytes,
                limit,
            });
        }
        // Nothing is reserved by a promise: the sink never gets more than it, but maybe less.
        let mut content = Vec::new();
        zip::copy_verified(self.source, &file.span, &mut |bytes| {
            content.extend_from_slice(bytes);
        })
        .map_err(|source| VerifyWheelError::Damaged {
            entry: path,
            source,
        })?;
        Ok(Some(content))
    }
}

/// What looking at an entry's bytes gave.
struct Checked {
    sha256: barrow_model::Sha256,
    script_body: Option<Vec<u8>>,
    /// Whether its row in `RECORD`, of which there is one, proves its bytes and has its size.
    is_recorded: bool,
}

fn check_all(
    source: &dyn ReadAt,
    files: &[File],
    rows: &Rows,
) -> Result<Vec<Checked>, VerifyWheelError> {
    // The error of the first damaged entry is given, whichever thread is faster, and what comes
    // after it is not looked at any more.
    let first_error = AtomicUsize::new(usize::MAX);
    let script_bytes = AtomicU64::new(0);
    let results: Vec<_> = files
        .par_iter()
        .enumerate()
        .map_init(Inflater::new, |inflater, (number, file)| {
            if number > first_error.load(Ordering::Relaxed) {
                return None;
            }
            let checked = check(source, file, rows.of(&file.path), inflater, &script_bytes);
            if checked.is_err() {
                first_error.fetch_min(number, Ordering::Relaxed);
            }
            Some(checked)
        })
        .collect();
    let checked = results
        .into_iter()
        .flatten()
        .collect::<Result<Vec<_>, _>>()?;
    if script_bytes.into_inner() > SCRIPTS_LIMIT_BYTES {
        return Err(VerifyWheelError::ScriptsTooLarge {
            limit: SCRIPTS_LIMIT_BYTES,
        });
    }
    Ok(checked)
}

fn check(
    source: &dyn ReadAt,
    file: &File,
    rows: &[Row],
    inflater: &mut Inflater,
    script_bytes: &AtomicU64,
) -> Result<Checked, VerifyWheelError> {
    let mut hasher = Hasher::new(rows.iter().filter_map(|row| row.hash.as_ref()));
    let mut body = (file.scheme == Scheme::Scripts).then(ScriptBody::default);
    inflater
        .copy_verified(source, &file.span, &mut |bytes| {
            hasher.update(bytes);
            if let Some(body) = &mut body {
                body.take(bytes, |count| {
                    let before = script_bytes.fetch_add(count, Ordering::Relaxed);
                    before.saturating_add(count) <= SCRIPTS_LIMIT_BYTES
                });
            }
        })
        .map_err(|source| VerifyWheelError::Damaged {
            entry: file.path.to_string(),
            source,
        })?;

    let hashes = hasher.finish();
    let proofs: Vec<(&RecordHash, bool)> = rows
        .iter()
        .filter_map(|row| row.hash.as_ref())
        .filter_map(|hash| Some((hash, hashes.agree(hash)?)))
        .collect();
    // Of several rows for one file, one has to be right.
    if let Some((expected, _)) = proofs
        .first()
        .filter(|_| proofs.iter().all(|(_, right)| !right))
    {
        return Err(VerifyWheelError::Digest {
            entry: file.path.to_string(),
            actual: hashes.like(expected).to_string(),
            expected: expected.to_string(),
        });
    }
    let is_recorded = match rows {
        [row] => row.bytes == Some(file.span.uncompressed_bytes) && !proofs.is_empty(),
        _ => false,
    };
    let script_body = body.and_then(ScriptBody::finish);
    Ok(Checked {
        sha256: hashes.sha256,
        script_body,
        is_recorded,
    })
}

/// The rows of `RECORD`, by path.
struct Rows {
    rows: Vec<Row>,
    ranges: HashMap<String, std::ops::Range<usize>>,
}

impl Rows {
    fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_by(|a, b| a.path.cmp(&b.path));
        let mut start = 0;
        let mut ranges = HashMap::with_capacity(rows.len());
        for group in rows.chunk_by(|a, b| a.path == b.path) {
            let range = start..start + group.len();
            start = range.end;
            ranges.insert(group[0].path.clone(), range);
        }
        Self { rows, ranges }
    }

    fn of(&self, path: &EntryPath) -> &[Row] {
        self.ranges
            .get(path.as_str())
            .map_or(&[], |range| &self.rows[range.clone()])
    }

    /// Whether each row belongs to a file and each file has its row. `RECORD` and its signatures
    /// cannot be described by it, so for them it does not matter.
    fn are_exact(&self, files: &[File], checked: &[Checked], record_path: &str) -> bool {
        let mut matched = 0;
        for (file, checked) in files.iter().zip(checked) {
            let count = self.of(&file.path).len();
            matched += count;
            let path = file.path.as_str();
            let is_record = path
                .strip_prefix(record_path)
                .is_some_and(|ending| matches!(ending, "" | ".jws" | ".p7s"));
            if !(checked.is_recorded || is_record && count <= 1) {
                return false;
            }
        }
        matched == self.rows.len()
    }
}

#[cfg(test)]
mod tests;
