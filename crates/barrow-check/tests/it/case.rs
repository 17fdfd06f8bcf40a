//! A fixture: packages as tables of TOML, and what is to be found in them.

use std::collections::BTreeMap;
use std::path::Path;

use barrow_check::package::{File, Form};
use barrow_check::report::Rules;
use barrow_check::survey::survey_zip;
use barrow_check::{Finding, Kind, Package, Scene, checks};
use barrow_model::{Arch, Target};
use serde::Deserialize;

use crate::archive::{Entry, zip};
use crate::elf::Elf;
use crate::pyc::Pyc;

/// One file of `fixtures/checks`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixture {
    #[serde(default)]
    pub(crate) trips: Vec<Case>,
    #[serde(default)]
    pub(crate) nearly: Vec<Case>,
}

/// A function with layers, or layers alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default = "runtime")]
    pub(crate) runtime: String,
    #[serde(default = "arch")]
    pub(crate) arch: String,
    pub(crate) handler: Option<String>,
    /// `[2026, 11, 21]`
    pub(crate) today: Option<(u16, u8, u8)>,
    #[serde(default)]
    pub(crate) by_bucket: bool,
    #[serde(default)]
    pub(crate) files: BTreeMap<String, FileContent>,
    /// In this order, with names that a table could not have twice.
    #[serde(default)]
    pub(crate) entries: Vec<NamedEntry>,
    /// The whole zip, in base64.
    pub(crate) zip: Option<String>,
    /// The name of one in `fixtures/hostile`.
    pub(crate) hostile: Option<String>,
    /// As if the zip had that many bytes.
    pub(crate) zip_bytes: Option<u64>,
    /// So many empty files, besides the others.
    #[serde(default)]
    pub(crate) many: u32,
    #[serde(default)]
    pub(crate) layers: Vec<Layer>,
    /// What the check says; nothing is expected of cases that nearly trip it.
    pub(crate) finds: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    #[serde(default)]
    pub(crate) files: BTreeMap<String, FileContent>,
    pub(crate) zip_bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedEntry {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) content: Content,
}

/// A text, or a table that says more.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum FileContent {
    Text(String),
    Table(Box<Content>),
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Content {
    #[serde(default)]
    pub(crate) text: String,
    pub base64: Option<String>,
    pub(crate) elf: Option<Elf>,
    pub(crate) pyc: Option<Pyc>,
    /// With the bits that say what kind of file it is; `0o100644` where it is not given.
    pub(crate) mode: Option<u32>,
    pub(crate) made_by: Option<u16>,
    pub(crate) flags: Option<u16>,
    pub(crate) method: Option<u16>,
    pub(crate) version_needed: Option<u16>,
    pub(crate) local_name: Option<String>,
    /// Its name is written in Latin-1.
    #[serde(default)]
    pub(crate) latin1: bool,
    /// Unzipped bytes, as the archive says without having them.
    pub(crate) promised: Option<u32>,
    pub(crate) crc32: Option<u32>,
    /// As if it had that many bytes, zipped and unzipped.
    pub(crate) bytes: Option<u64>,
}

fn runtime() -> String {
    "python3.12".to_owned()
}

fn arch() -> String {
    "x86_64".to_owned()
}

impl Case {
    pub(crate) fn target(&self) -> Target {
        Target {
            runtime: self.runtime.parse().unwrap(),
            arch: self.arch.parse::<Arch>().unwrap(),
        }
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        let function = self.function().map(|bytes| {
            let package = survey("app.zip", Kind::Function, &bytes, self.target());
            resized(package, &self.files, self.zip_bytes)
        });
        let layers = (1..).zip(&self.layers).map(|(number, layer)| {
            let name = format!("layer{number}.zip");
            let package = survey(&name, Kind::Layer, &layer.zip(), self.target());
            resized(package, &layer.files, layer.zip_bytes)
        });
        self.findings_in(function.as_ref(), &layers.collect::<Vec<_>>())
    }

    /// As if the case had these packages.
    pub(crate) fn findings_in(
        &self,
        function: Option<&Package>,
        layers: &[Package],
    ) -> Vec<Finding> {
        let layers = layers.iter().collect();
        let today = self.today.unwrap_or((2026, 11, 21));
        let mut scene = Scene::new(function, layers, self.target(), today);
        scene.handler = self.handler.as_deref();
        scene.by_bucket = self.by_bucket;
        checks::run(&scene, &Rules::default())
    }

    /// `None` where the case is about layers alone.
    pub(crate) fn function(&self) -> Option<Vec<u8>> {
        if let Some(text) = &self.zip {
            let bytes = data_encoding::BASE64.decode(text.as_bytes()).unwrap();
            return Some(bytes);
        }
        if let Some(name) = &self.hostile {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile");
            return Some(std::fs::read(folder.join(name)).unwrap());
        }
        let mut entries = files(&self.files);
        entries.extend(
            self.entries
                .iter()
                .map(|entry| entry.content.entry(&entry.name)),
        );
        entries.extend((0..self.many).map(|number| Entry::file(&format!("many/{number}"), b"")));
        (!entries.is_empty() || self.layers.is_empty()).then(|| zip(&entries))
    }
}

impl Layer {
    pub(crate) fn zip(&self) -> Vec<u8> {
        zip(&files(&self.files))
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "a slice has no length of its own behind `dyn ReadAt`"
)]
pub(crate) fn survey(name: &str, kind: Kind, bytes: &Vec<u8>, target: Target) -> Package {
    survey_zip(name.to_owned(), kind, bytes, target)
}

/// The same package, with the sizes that the case gives: fixtures stay small.
fn resized(
    package: Package,
    files: &BTreeMap<String, FileContent>,
    zip_bytes: Option<u64>,
) -> Package {
    let bytes = |path: &str| match files.get(path) {
        Some(FileContent::Table(content)) => content.bytes,
        _ => None,
    };
    if zip_bytes.is_none() && files.keys().all(|path| bytes(path).is_none()) {
        return package;
    }
    let form = zip_bytes.map_or(package.form, |bytes| Form::Zip { bytes });
    let sized = package.files().iter().map(|file| File {
        unzipped_bytes: bytes(file.path.as_str()).unwrap_or(file.unzipped_bytes),
        zipped_bytes: bytes(file.path.as_str()).unwrap_or(file.zipped_bytes),
        ..file.clone()
    });
    let (sized, folders) = (sized.collect(), package.folders().to_vec());
    Package::new(
        package.name,
        package.kind,
        form,
        sized,
        folders,
        package.flaws,
    )
}

fn files(files: &BTreeMap<String, FileContent>) -> Vec<Entry> {
    let entries = files.iter().map(|(name, content)| match content {
        FileContent::Text(text) => Content {
            text: text.clone(),
            ..Content::default()
        }
        .entry(name),
        FileContent::Table(content) => content.entry(name),
    });
    entries.collect()
}

impl Content {
    fn entry(&self, name: &str) -> Entry {
        let bytes = match self {
            Self {
                base64: Some(text), ..
            } => data_encoding::BASE64.decode(text.as_bytes()).unwrap(),
            Self { elf: Some(elf), .. } => elf.build(),
            Self { pyc: Some(pyc), .. } => pyc.build(),
            _ => self.text.clone().into_bytes(),
        };
        let usual = Entry::file(name, &bytes);
        let latin1 = || name.chars().map(|character| character as u8).collect();
        Entry {
            name: if self.latin1 { latin1() } else { usual.name },
            mode: self.mode.unwrap_or(usual.mode),
            made_by: self.made_by.unwrap_or(usual.made_by),
            version_needed: self.version_needed.unwrap_or(usual.version_needed),
            flags: self.flags.unwrap_or(usual.flags),
            method: self.method.unwrap_or(usual.method),
            local_name: self.local_name.clone().map(String::into_bytes),
            promised: self.promised,
            crc32: self.crc32,
            ..usual
        }
    }
}
