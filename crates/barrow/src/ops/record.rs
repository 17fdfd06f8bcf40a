//! Remembers what a package was made from, so that an unchanged project costs a few milliseconds.
//!
//! The record lies in the cache under the digest of the package's path. It holds the digest of all
//! inputs, the package's own stamp, and what was said about it. Files are known by size and
//! stamps, not by content: reading them all would cost what it is to save.

use barrow_index::source_build::digest_directory;
use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::resolve::Question;
use super::{Context, new_file};
use crate::output::json::Package;
use crate::project::{SourceFile, Stamp};
use crate::settings::{Job, Kind};

/// Changes whenever the same inputs would give another package.
const FORMAT: &str = concat!("barrow ", env!("CARGO_PKG_VERSION"), " record 2");

/// Digest of everything that decides a package's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs(String);

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    inputs: Inputs,
    /// Projects on this machine that wheels were built from, each with the digest of its files.
    directories: Vec<(Utf8PathBuf, String)>,
    output: OutputStamp,
    package: Package,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OutputStamp {
    bytes: u64,
    modified: i128,
    changed: i128,
    inode: u64,
}

/// Digests the inputs of a job: its settings, what its dependencies are resolved from, its files.
pub fn inputs(
    job: &Job,
    question: &Question,
    files: &[SourceFile],
    layers: &[&Package],
    timestamp: u32,
) -> Inputs {
    let mut digest = sha2::Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    };
    add(FORMAT);
    add(&job.name);
    add(&job.target.to_string());
    add(&format!("{:?}", job.layout));
    add(match &job.kind {
        Kind::Function { .. } => "function",
        Kind::Layer => "layer",
    });
    if let Kind::Function { handler, .. } = &job.kind {
        add(handler.as_str());
    }
    for layer in layers {
        add(&layer.sha256);
    }
    add(&format!("{:?}", job.checks));
    add(&question.fingerprint.to_hex());
    add(question.stale_lock.as_deref().unwrap_or_default());
    add(&timestamp.to_string());
    for file in files {
        let Stamp {
            modified,
            changed,
            inode,
        } = file.stamp;
        add(file.path.as_str());
        add(&format!(
            "{} {} {modified} {changed} {inode}",
            file.bytes, file.executable
        ));
    }
    Inputs(Sha256::new(digest.finalize().into()).to_hex())
}

/// The package as it was described when it was made, if it is still there and still right.
pub fn find(output: &Utf8Path, inputs: &Inputs, context: &Context) -> Option<Package> {
    // Whatever is wrong with a record, building anew is the answer.
    let text = std::fs::read(record_path(output, context)?).ok()?;
    let record: Record = serde_json::from_slice(&text).ok()?;
    let same = record.inputs == *inputs
        && record.output == output_stamp(output)?
        && record.directories == digests(record.directories.iter().map(|(path, _)| path))?;
    same.then_some(Package {
        unchanged: true,
        ..record.package
    })
}

/// Remembers a package that was just made. Failing to is no reason to fail the build.
pub fn keep(
    output: &Utf8Path,
    inputs: Inputs,
    directories: &[Utf8PathBuf],
    package: &Package,
    context: &Context,
) {
    let record = || {
        let package = package.clone();
        let directories = digests(directories.iter())?;
        let record = Record {
            inputs,
            directories,
            output: output_stamp(output)?,
            package,
        };
        serde_json::to_vec(&record).ok()
    };
    let record = record();
    if let (Some(record), Some(path)) = (record, record_path(output, context)) {
        let _ = new_file::write(&path, &record);
    }
}

fn digests<'p>(
    directories: impl Iterator<Item = &'p Utf8PathBuf>,
) -> Option<Vec<(Utf8PathBuf, String)>> {
    directories
        .map(|path| Some((path.clone(), digest_directory(path).ok()?.to_hex())))
        .collect()
}

fn output_stamp(output: &Utf8Path) -> Option<OutputStamp> {
    let metadata = std::fs::metadata(output).ok()?;
    let Stamp {
        modified,
        changed,
        inode,
    } = Stamp::of(&metadata);
    Some(OutputStamp {
        bytes: metadata.len(),
        modified,
        changed,
        inode,
    })
}

fn record_path(output: &Utf8Path, context: &Context) -> Option<Utf8PathBuf> {
    let folder = match output.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent,
        _ => Utf8Path::new("."),
    };
    let full = folder.canonicalize_utf8().ok()?.join(output.file_name()?);
    let name = Sha256::new(sha2::Sha256::digest(full.as_str()).into()).to_hex();
    Some(context.cache.join("builds").join(format!("{name}.json")))
}
