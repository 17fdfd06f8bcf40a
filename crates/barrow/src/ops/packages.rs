//! Packages that the user names: any zip, whoever made it.

use std::fs::File;
use std::io;

use anyhow::Context as _;
use barrow_check::survey::{Flaw, survey_folder, survey_zip};
use barrow_check::{Kind, Package};
use barrow_core::ReadAt;
use barrow_model::{Sha256, Target};
use camino::Utf8Path;
use sha2::Digest as _;

use super::threads;
use crate::outcome::{Failure, Result, explained};

/// What is known of a package, and the file that it was read from, still open.
#[derive(Debug)]
pub struct Surveyed {
    pub package: Package,
    pub source: File,
}

/// Reads all of a package. A file that is no zip is a package with a flaw.
pub fn open(path: &Utf8Path, kind: Kind, target: Target) -> Result<Surveyed> {
    let source = file(path)?;
    let name = name(path);
    threads::prepare();
    Ok(Surveyed {
        package: survey_zip(name, kind, &source, target),
        source,
    })
}

/// Reads all of a zip, a folder, or what is installed in an environment.
pub fn survey(path: &Utf8Path, kind: Kind, target: Target) -> Result<Package> {
    if !path.is_dir() {
        return Ok(open(path, kind, target)?.package);
    }
    threads::prepare();
    let surveyed = survey_folder(name(path), kind, path.as_std_path(), target);
    Ok(surveyed.with_context(|| format!("cannot read the folder `{path}`"))?)
}

/// The same, for those who have nothing to say about a package that cannot be made out.
pub fn survey_legible(path: &Utf8Path, kind: Kind, target: Target) -> Result<Package> {
    let mut package = survey(path, kind, target)?;
    let is_fatal = |flaw: &Flaw| matches!(flaw, Flaw::Unreadable { .. } | Flaw::Excessive(_));
    let fatal = package.flaws.iter().position(is_fatal);
    let Some(fatal) = fatal.map(|at| package.flaws.swap_remove(at)) else {
        return Ok(package);
    };
    let failure = match fatal {
        Flaw::Unreadable { source, .. } => explained(source),
        _ => Failure::input("it lists more than any package of Lambda's can have"),
    };
    Err(failure.context(format!("cannot read `{path}`")))
}

fn name(path: &Utf8Path) -> String {
    path.file_name().unwrap_or(path.as_str()).to_owned()
}

/// Opens a file. That it is not there, or no file, is the user's to mend.
pub fn file(path: &Utf8Path) -> Result<File> {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    match opened {
        Ok((metadata, file)) if metadata.is_file() => Ok(file),
        Ok(_) => Err(Failure::input(format_args!(
            "`{path}` is not a file; expected a zip"
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Failure::input(format_args!("`{path}` does not exist")))
        }
        Err(error) => Err(anyhow::Error::from(error)
            .context(format!("cannot read `{path}`"))
            .into()),
    }
}

/// The digest of a whole file, which Lambda shows as `CodeSha256`.
pub fn sha256(source: &File) -> io::Result<Sha256> {
    let mut digest = sha2::Sha256::new();
    let mut bytes = vec![0; 256 << 10];
    let (mut offset, end) = (0, ReadAt::len(source)?);
    while offset < end {
        let count = usize::try_from(end - offset).map_or(bytes.len(), |rest| rest.min(bytes.len()));
        source.read_exact_at(&mut bytes[..count], offset)?;
        digest.update(&bytes[..count]);
        offset += count as u64;
    }
    Ok(Sha256::new(digest.finalize().into()))
}

/// A package whose files are all under `python/` and the other folders that layers have is a layer.
pub fn guess_kind(package: &Package) -> Kind {
    const OF_LAYERS: [&str; 3] = ["python", "lib", "bin"];
    let mut tops = package.files().iter().map(|file| file.path.top());
    if package.has_folder("python") && tops.all(|top| OF_LAYERS.contains(&top)) {
        Kind::Layer
    } else {
        Kind::Function
    }
}
