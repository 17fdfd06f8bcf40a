//! A zip as its directory lists it, and whose each entry is.
//!
//! Nothing is read besides the directory but the little files that tell whose the others are, so a
//! package of any size is listed in milliseconds.

use std::fs::File;

use barrow_check::facts::distribution::{
    Metadata, is_metadata, is_record, read_metadata, read_record,
};
use barrow_check::facts::{Facts, WHOLE_FILE_LIMIT_BYTES};
use barrow_check::{Distribution, Distributions, Form, Kind, Package};
use barrow_core::ReadAt as _;
use barrow_core::zip::{Directory, Entry, Inflater, Span};
use barrow_model::{EntryPath, PackageName, Runtime};
use camino::{Utf8Path, Utf8PathBuf};

use super::packages;
use crate::outcome::{Result, explained};

/// All `METADATA` and `RECORD` files of a package together. The largest that we know of, of a
/// layer with everything that is popular, have 12 MB.
const READ_LIMIT_BYTES: u64 = 256 << 20;

/// A zip and what it lists.
#[derive(Debug)]
pub struct Listing {
    pub path: Utf8PathBuf,
    pub source: File,
    pub zipped_bytes: u64,
    pub directory: Directory,
    /// Of its files, only those that tell whose others are have facts.
    package: Package,
}

/// Whose the entries of a listing are.
#[derive(Debug)]
pub struct Owners<'a> {
    package: &'a Package,
    distributions: Distributions<'a>,
}

impl Listing {
    pub fn read(path: &Utf8Path) -> Result<Self> {
        let unreadable = || format!("cannot read `{path}`");
        let source = packages::file(path)?;
        let zipped_bytes = source
            .len()
            .map_err(|error| anyhow::Error::from(error).context(unreadable()))?;
        let directory =
            Directory::read(&source).map_err(|error| explained(error).context(unreadable()))?;
        let package = package(path, zipped_bytes, &source, &directory);
        Ok(Self {
            path: path.to_owned(),
            source,
            zipped_bytes,
            directory,
            package,
        })
    }

    pub fn entries(&self) -> &[Entry] {
        self.directory.entries()
    }

    pub fn kind(&self) -> Kind {
        self.package.kind
    }

    pub fn unzipped_bytes(&self) -> u64 {
        let sizes = self.entries().iter().map(|entry| entry.uncompressed_bytes);
        sizes.fold(0, u64::saturating_add)
    }

    pub fn owners(&self) -> Owners<'_> {
        Owners {
            package: &self.package,
            // What can be imported is not asked here, so any runtime will do.
            distributions: Distributions::new([&self.package], Runtime::recommended()),
        }
    }

    /// The data of each entry, where it can be read.
    pub fn spans(&self) -> Vec<Option<Span>> {
        self.directory.examine(&self.source).spans
    }
}

impl<'a> Owners<'a> {
    /// The distribution that brought an entry; what a distribution brought along inside itself is
    /// its own. `None` for what no distribution claims.
    pub fn of(&self, name: &str) -> Option<&Distribution<'a>> {
        let owner = |path: &str| self.distributions.owner(self.package, path);
        let mut found = owner(name).or_else(|| owner(&source_of(name)?))?;
        while let Some(outer) = owner(found.root).filter(|outer| outer.info != found.info) {
            // Roots get shorter with every step.
            if outer.root.len() >= found.root.len() {
                break;
            }
            found = outer;
        }
        Some(found)
    }
}

/// `a/six.py` of `a/__pycache__/six.cpython-312.pyc`, of which no `RECORD` tells.
fn source_of(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/')?;
    let folder = folder.strip_suffix("__pycache__")?;
    let (module, _) = file.split_once('.')?;
    Some(format!("{folder}{module}.py"))
}

fn package(path: &Utf8Path, zipped_bytes: u64, source: &File, directory: &Directory) -> Package {
    let entries = directory.entries();
    let spans = directory.examine(source).spans;
    let mut inflater = Inflater::new();
    let mut budget = READ_LIMIT_BYTES;
    let mut read = |number: usize, path: &EntryPath| -> Facts {
        if !is_metadata(path) && !is_record(path) {
            return Facts::Plain;
        }
        let content = spans[number].and_then(|span| {
            let bytes = span.uncompressed_bytes;
            budget = budget.checked_sub(bytes)?;
            (bytes <= WHOLE_FILE_LIMIT_BYTES).then_some(())?;
            let mut content = Vec::new();
            let take = &mut |bytes: &[u8]| content.extend_from_slice(bytes);
            inflater.copy_verified(source, &span, take).ok()?;
            Some(content)
        });
        if is_record(path) {
            let record = read_record(&content.unwrap_or_default());
            return Facts::Record(Box::new(record));
        }
        content
            .and_then(|content| read_metadata(&content))
            .or_else(|| named_by_its_folder(path))
            .map_or(Facts::Plain, |metadata| Facts::Metadata(Box::new(metadata)))
    };
    let files = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| !entry.is_dir());
    let files = files.filter_map(|(number, entry)| {
        let path = EntryPath::parse(&entry.name).ok()?;
        Some(barrow_check::File {
            facts: read(number, &path),
            path,
            unzipped_bytes: entry.uncompressed_bytes,
            zipped_bytes: entry.compressed_bytes,
            mode: None,
            modified: None,
            secrets: Vec::new(),
        })
    });
    let mut package = Package::new(
        path.file_name().unwrap_or(path.as_str()).to_owned(),
        Kind::Function,
        Form::Zip {
            bytes: zipped_bytes,
        },
        files.collect(),
        Vec::new(),
        Vec::new(),
    );
    package.kind = packages::guess_kind(&package);
    package
}

/// Where `METADATA` cannot be read, its folder still says `numpy-2.1.3.dist-info`.
fn named_by_its_folder(path: &EntryPath) -> Option<Metadata> {
    let folder = path.parts().rev().find_map(|part| {
        let egg = part.strip_suffix(".egg-info");
        part.strip_suffix(".dist-info").or(egg)
    })?;
    let mut parts = folder.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    Some(Metadata {
        name: PackageName::parse(name).ok()?.as_str().to_owned(),
        version: version.to_owned(),
        requires: Vec::new(),
    })
}
