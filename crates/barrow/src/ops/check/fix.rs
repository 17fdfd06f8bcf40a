//! `--fix`: a package like the one that was looked at, with everything mended that has one right
//! answer.

use std::fs::File;
use std::num::NonZero;
use std::sync::Arc;

use anyhow::Context as _;
use barrow_check::Package;
use barrow_check::fix::{self, Fix};
use barrow_core::zip::DosTime;
use barrow_model::Target;
use camino::{Utf8Path, Utf8PathBuf};

use crate::ops::new_file::NewFile;
use crate::outcome::{Failure, Result, explained};
use crate::output::findings::FixDocument;

/// Where the mended package goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Beside the old one, which stays.
    File(Utf8PathBuf),
    /// In the old one's place.
    InPlace,
}

/// What is to be mended, and for what.
#[derive(Debug)]
pub(super) struct Broken<'a> {
    pub(super) path: &'a Utf8Path,
    pub(super) package: &'a Package,
    pub(super) source: File,
    pub(super) target: Target,
    pub(super) handler: Option<&'a str>,
    pub(super) timestamp: DosTime,
}

/// Writes the mended package, whole or not at all.
pub(super) fn write(broken: Broken<'_>, destination: &Destination) -> Result<FixDocument> {
    let path = match destination {
        Destination::InPlace => broken.path,
        Destination::File(path) if is_same_file(path, broken.path) => {
            return Err(Failure::input(format_args!(
                "`{path}` is the package itself, which `--fix` leaves as it is"
            ))
            .hint("name another file, or say `--in-place`"));
        }
        Destination::File(path) => path,
    };
    let mended = Fix::new(
        broken.package,
        Arc::new(broken.source),
        broken.target,
        broken.handler,
        broken.timestamp,
    )
    .map_err(explained)?;
    let new = NewFile::create(path).with_context(|| format!("cannot write `{path}`"))?;
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    mended.write(new.file(), threads).map_err(explained)?;
    new.commit()
        .with_context(|| format!("cannot write `{path}`"))?;
    Ok(FixDocument {
        path: path.to_string(),
        mended: mended.mends().iter().map(ToString::to_string).collect(),
        summary: fix::summary(mended.mends()),
    })
}

fn is_same_file(a: &Utf8Path, b: &Utf8Path) -> bool {
    match (a.canonicalize_utf8(), b.canonicalize_utf8()) {
        (Ok(a), Ok(b)) => a == b,
        // What is not there yet is no other file either.
        _ => false,
    }
}
