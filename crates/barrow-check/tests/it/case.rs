//! A fixture: packages as tables of TOML, and what is to be found in them.

use std::collections::BTreeMap;

use barrow_check::report::Rules;
use barrow_check::survey::survey_zip;
use barrow_check::{Finding, Kind, Package, Scene, checks};
use barrow_model::{Arch, Target};
use serde::Deserialize;

use crate::archive::{Entry, zip};

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
    Table(Content),
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Content {
    #[serde(default)]
    pub(crate) text: String,
    pub base64: Option<String>,
    /// With the bits that say what kind of file it is; `0o100644` where it is not given.
    pub(crate) mode: Option<u32>,
    pub(crate) made_by: Option<u16>,
    pub(crate) flags: Option<u16>,
    pub(crate) method: Option<u16>,
    pub(crate) version_needed: Option<u16>,
    pub(crate) local_name: Option<String>,
}

fn runtime() -> String {
    "python3.12".to_owned()
}

fn arch() -> String {
    "x86_64".to_owned()
}

impl Case {
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let target = Target {
            runtime: self.runtime.parse().unwrap(),
            arch: self.arch.parse::<Arch>().unwrap(),
        };
        let function = self
            .function()
            .map(|bytes| survey("app.zip", Kind::Function, &bytes, target));
        let layers: Vec<Package> = (1..)
            .zip(&self.layers)
            .map(|(number, layer)| {
                let bytes = zip(&files(&layer.files));
                survey(&format!("layer{number}.zip"), Kind::Layer, &bytes, target)
            })
            .collect();
        let layers = layers.iter().collect();
        let today = self.today.unwrap_or((2026, 11, 21));
        let mut scene = Scene::new(function.as_ref(), layers, target, today);
        scene.handler = self.handler.as_deref();
        scene.by_bucket = self.by_bucket;
        checks::run(&scene, &Rules::default())
    }

    /// `None` where the case is about layers alone.
    fn function(&self) -> Option<Vec<u8>> {
        if let Some(text) = &self.zip {
            let bytes = data_encoding::BASE64.decode(text.as_bytes()).unwrap();
            return Some(bytes);
        }
        let mut entries = files(&self.files);
        entries.extend(
            self.entries
                .iter()
                .map(|entry| entry.content.entry(&entry.name)),
        );
        (!entries.is_empty() || self.layers.is_empty()).then(|| zip(&entries))
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "a slice has no length of its own behind `dyn ReadAt`"
)]
fn survey(name: &str, kind: Kind, bytes: &Vec<u8>, target: Target) -> Package {
    survey_zip(name.to_owned(), kind, bytes, target)
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
        let bytes = match &self.base64 {
            Some(text) => data_encoding::BASE64.decode(text.as_bytes()).unwrap(),
            None => self.text.clone().into_bytes(),
        };
        let usual = Entry::file(name, &bytes);
        Entry {
            mode: self.mode.unwrap_or(usual.mode),
            made_by: self.made_by.unwrap_or(usual.made_by),
            version_needed: self.version_needed.unwrap_or(usual.version_needed),
            flags: self.flags.unwrap_or(usual.flags),
            method: self.method.unwrap_or(usual.method),
            local_name: self.local_name.clone().map(String::into_bytes),
            ..usual
        }
    }
}
