//! Small wheels made in memory, for tests, benches and fuzzing.
//!
//! ```
//! use barrow_core::testing::wheel;
//! let wheel = wheel("a-1.0-py3-none-any.whl").file("a/__init__.py", "x = 1\n").verified();
//! assert_eq!(wheel.entries.len(), 4); // With METADATA, WHEEL and RECORD.
//! ```

use std::io::{Cursor, Write as _};

use barrow_model::{Sha256, WheelName};
use sha2::Digest as _;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::wheel::{self, Wheel, record};

/// A wheel to be made. Sound unless told otherwise.
#[derive(Debug, Clone)]
pub struct WheelBuilder {
    name: String,
    /// `a-1.0`.
    stem: String,
    members: Vec<Member>,
    requires: Vec<String>,
    metadata: Option<String>,
    format: String,
    entry_points: Option<String>,
    record: Option<String>,
    left_out: Vec<&'static str>,
}

#[derive(Debug, Clone)]
struct Member {
    path: String,
    content: Vec<u8>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Executable,
    Stored,
    /// The content is the target.
    Symlink,
    /// A plain file without a row in `RECORD`.
    Unrecorded,
    Folder,
}

/// A wheel with nothing in it but its `.dist-info`.
pub fn wheel(name: &str) -> WheelBuilder {
    WheelBuilder {
        name: name.to_owned(),
        stem: name.split('-').take(2).collect::<Vec<_>>().join("-"),
        members: Vec::new(),
        requires: Vec::new(),
        metadata: None,
        format: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned(),
        entry_points: None,
        record: None,
        left_out: Vec::new(),
    }
}

impl WheelBuilder {
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.member(path, content.as_ref(), Kind::Plain)
    }

    #[must_use]
    pub fn executable(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.member(path, content.as_ref(), Kind::Executable)
    }

    #[must_use]
    pub fn stored(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.member(path, content.as_ref(), Kind::Stored)
    }

    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.member(path, target.as_bytes(), Kind::Symlink)
    }

    #[must_use]
    pub fn unrecorded(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.member(path, content.as_ref(), Kind::Unrecorded)
    }

    #[must_use]
    pub fn folder(self, path: &str) -> Self {
        self.member(path, b"", Kind::Folder)
    }

    fn member(mut self, path: &str, content: &[u8], kind: Kind) -> Self {
        self.members.push(Member {
            path: path.to_owned(),
            content: content.to_vec(),
            kind,
        });
        self
    }

    #[must_use]
    pub fn requires(mut self, requirement: &str) -> Self {
        self.requires.push(requirement.to_owned());
        self
    }

    /// The whole text of `METADATA`.
    #[must_use]
    pub fn metadata(mut self, text: &str) -> Self {
        self.metadata = Some(text.to_owned());
        self
    }

    /// The whole text of `WHEEL`.
    #[must_use]
    pub fn format(mut self, text: &str) -> Self {
        text.clone_into(&mut self.format);
        self
    }

    #[must_use]
    pub fn entry_points(mut self, text: &str) -> Self {
        self.entry_points = Some(text.to_owned());
        self
    }

    /// The whole text of `RECORD`.
    #[must_use]
    pub fn record(mut self, text: &str) -> Self {
        self.record = Some(text.to_owned());
        self
    }

    /// Leaves `METADATA`, `WHEEL` or `RECORD` out.
    #[must_use]
    pub fn without(mut self, file: &'static str) -> Self {
        self.left_out.push(file);
        self
    }

    pub fn name(&self) -> WheelName {
        self.name.parse().expect("a test names its wheels rightly")
    }

    /// The bytes of the wheel.
    pub fn build(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for Member {
            path,
            content,
            kind,
        } in self.all_members()
        {
            let mode = if kind == Kind::Executable {
                0o755
            } else {
                0o644
            };
            let method = match kind {
                Kind::Stored => CompressionMethod::Stored,
                _ => CompressionMethod::Deflated,
            };
            let options = SimpleFileOptions::default()
                .compression_method(method)
                .unix_permissions(mode);
            let done = match kind {
                Kind::Folder => zip.add_directory(path, options),
                Kind::Symlink => {
                    let target = String::from_utf8_lossy(&content).into_owned();
                    zip.add_symlink(path, target, options)
                }
                _ => zip
                    .start_file(path, options)
                    .and_then(|()| zip.write_all(&content).map_err(Into::into)),
            };
            done.expect("a test gives each path once, and memory takes all bytes");
        }
        zip.finish().expect("memory takes all bytes").into_inner()
    }

    /// The wheel as planning sees it.
    pub fn verified(&self) -> Wheel {
        wheel::verify(&self.build(), &self.name()).expect("the wheel is sound")
    }

    fn all_members(&self) -> Vec<Member> {
        let dist_info = |file: &str| format!("{}.dist-info/{file}", self.stem);
        let (name, version) = self.stem.split_once('-').unwrap_or((&self.stem, ""));
        let requires: String = self
            .requires
            .iter()
            .map(|text| format!("Requires-Dist: {text}\n"))
            .collect();
        let metadata = self.metadata.clone().unwrap_or_else(|| {
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}\n")
        });

        let mut members = self.members.clone();
        let mut add = |file, text: String| {
            if !self.left_out.contains(&file) {
                let content = text.into_bytes();
                members.push(Member {
                    path: dist_info(file),
                    content,
                    kind: Kind::Plain,
                });
            }
        };
        if let Some(text) = self.entry_points.clone() {
            add("entry_points.txt", text);
        }
        add("METADATA", metadata);
        add("WHEEL", self.format.clone());
        let record = self
            .record
            .clone()
            .unwrap_or_else(|| record_of(&members, &dist_info("RECORD")));
        if !self.left_out.contains(&"RECORD") {
            let (path, content) = (dist_info("RECORD"), record.into_bytes());
            members.push(Member {
                path,
                content,
                kind: Kind::Plain,
            });
        }
        members
    }
}

fn record_of(members: &[Member], itself: &str) -> String {
    let mut text = String::new();
    for member in members {
        if !matches!(member.kind, Kind::Folder | Kind::Unrecorded) {
            let sha256 = Sha256::new(sha2::Sha256::digest(&member.content).into());
            record::push_file(&mut text, &member.path, sha256, member.content.len() as u64);
        }
    }
    record::push_itself(&mut text, itself);
    text
}
