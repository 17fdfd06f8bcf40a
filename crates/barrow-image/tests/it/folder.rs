//! A folder with a store in it, and something beside it that nobody may touch.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::sync::Mutex;

use barrow_image::{Image, PullError, PullOptions, Reference, Reporter, pull_blocking};
use barrow_model::{Arch, Explain as _};
use camino::{Utf8Path, Utf8PathBuf};

use crate::registry::Registry;

pub(crate) struct Folder {
    _inner: tempfile::TempDir,
    pub path: Utf8PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let inner = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(inner.path().to_owned()).unwrap();
        fs::create_dir(path.join("outside")).unwrap();
        fs::write(path.join("outside/kept"), "untouched").unwrap();
        Self {
            _inner: inner,
            path,
        }
    }

    pub(crate) fn store(&self) -> Utf8PathBuf {
        self.path.join("store")
    }

    /// Pulls `name` from the registry for `x86_64`.
    pub(crate) fn pull(&self, registry: &Registry, name: &str) -> Result<Image, PullError> {
        self.pull_with(
            registry,
            name,
            &PullOptions::default(),
            &Recorder::default(),
        )
    }

    pub(crate) fn pull_with(
        &self,
        registry: &Registry,
        name: &str,
        options: &PullOptions,
        reporter: &dyn Reporter,
    ) -> Result<Image, PullError> {
        let reference = reference(registry, name);
        pull_blocking(&reference, Arch::X86_64, &self.store(), options, reporter)
    }

    /// Everything but whole images is gone, and outside nothing has changed.
    pub(crate) fn check_clean(&self) {
        assert_eq!(
            listing(&self.path.join("outside")),
            ["f 644 kept = untouched"]
        );
        assert_eq!(names(&self.path), ["outside", "store"]);
        for name in names(&self.store()) {
            let known = ["images", "locks", "partial", "references"];
            assert!(known.contains(&name.as_str()), "{name}");
        }
        assert_eq!(names(&self.store().join("partial")), [""; 0]);
    }
}

pub(crate) fn reference(registry: &Registry, name: &str) -> Reference {
    Reference::parse(&format!("{}/{name}", registry.address())).unwrap()
}

/// The message of an error, its details and its causes, as one line each.
pub(crate) fn told(error: &PullError) -> Vec<String> {
    let mut lines = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        lines.push(format!("cause: {cause}"));
        source = cause.source();
    }
    lines.extend(error.details());
    lines
}

/// Names in a directory, in order; none where there is no directory.
pub(crate) fn names(path: &Utf8Path) -> Vec<String> {
    let Ok(entries) = path.read_dir_utf8() else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().to_owned())
        .collect();
    names.sort();
    names
}

/// Everything below a directory, in order: `d 755 a`, `f 644 a/b = content`, `l a/c -> target`.
pub(crate) fn listing(path: &Utf8Path) -> Vec<String> {
    let mut lines = Vec::new();
    list(path, "", &mut lines);
    lines
}

fn list(path: &Utf8Path, prefix: &str, lines: &mut Vec<String>) {
    for name in names(path) {
        let (path, name) = (path.join(&name), format!("{prefix}{name}"));
        let metadata = path.symlink_metadata().unwrap();
        let mode = metadata.permissions().mode() & 0o7777;
        if metadata.is_dir() {
            lines.push(format!("d {mode:o} {name}"));
            list(&path, &format!("{name}/"), lines);
        } else if metadata.is_symlink() {
            let target = path.read_link_utf8().unwrap();
            lines.push(format!("l {name} -> {target}"));
        } else if metadata.is_file() {
            let content = fs::read(&path).unwrap_or_default();
            let content = String::from_utf8_lossy(&content);
            lines.push(format!("f {mode:o} {name} = {content}"));
        } else {
            lines.push(format!("? {name}"));
        }
    }
}

pub(crate) fn inode(path: &Utf8Path) -> u64 {
    path.symlink_metadata().unwrap().ino()
}

/// A reporter that remembers.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    lines: Mutex<Vec<String>>,
    advanced: Mutex<u64>,
}

impl Recorder {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Bytes that were reported as downloaded.
    pub(crate) fn advanced(&self) -> u64 {
        *self.advanced.lock().unwrap()
    }

    fn push(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

impl Reporter for Recorder {
    fn working(&self, what: &str) {
        self.push(format!("working {what}"));
    }

    fn download_started(&self, blob: &str, bytes: u64) {
        self.push(format!("started {blob} {bytes}"));
    }

    fn download_advanced(&self, _: &str, bytes: u64) {
        *self.advanced.lock().unwrap() += bytes;
    }

    fn download_finished(&self, blob: &str) {
        self.push(format!("finished {blob}"));
    }

    fn retrying(&self, what: &str, reason: &str, _: f32) {
        self.push(format!("retrying {what}: {reason}"));
    }
}
