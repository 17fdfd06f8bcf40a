//! Packages made by hand, as other tools make them.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// A zip under way.
pub(crate) struct Zip {
    writer: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
}

impl Zip {
    /// Deflated, mode 0644, of 1980.
    pub(crate) fn new() -> Self {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        Self {
            writer: ZipWriter::new(Cursor::new(Vec::new())),
            options,
        }
    }

    /// What follows has this mode.
    pub(crate) fn mode(mut self, mode: u32) -> Self {
        self.options = self.options.unix_permissions(mode);
        self
    }

    /// What follows is from this day.
    pub(crate) fn day(mut self, year: u16, month: u8, day: u8) -> Self {
        let time = DateTime::from_date_and_time(year, month, day, 12, 30, 0).unwrap();
        self.options = self.options.last_modified_time(time);
        self
    }

    pub(crate) fn stored(mut self) -> Self {
        self.options = self.options.compression_method(CompressionMethod::Stored);
        self
    }

    pub(crate) fn level(mut self, level: i64) -> Self {
        self.options = self.options.compression_level(Some(level));
        self
    }

    pub(crate) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.writer.start_file(name, self.options).unwrap();
        self.writer.write_all(content.as_ref()).unwrap();
        self
    }

    pub(crate) fn folder(mut self, name: &str) -> Self {
        self.writer.add_directory(name, self.options).unwrap();
        self
    }

    pub(crate) fn link(mut self, name: &str, target: &str) -> Self {
        self.writer.add_symlink(name, target, self.options).unwrap();
        self
    }

    pub(crate) fn comment(mut self, comment: &str) -> Self {
        self.writer.set_comment(comment).unwrap();
        self
    }

    pub(crate) fn build(self) -> Vec<u8> {
        self.writer.finish().unwrap().into_inner()
    }

    /// A distribution of one module, with its `.dist-info`.
    pub(crate) fn distribution(self, name: &str, version: &str, content: &str) -> Self {
        let info = format!("{name}-{version}.dist-info");
        self.file(&format!("{name}/__init__.py"), content)
            .file(&format!("{name}/data.json"), "{}")
            .file(
                &format!("{info}/METADATA"),
                format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
            )
            .file(
                &format!("{info}/RECORD"),
                format!(
                    "{name}/__init__.py,,\n{name}/data.json,,\n{info}/METADATA,,\n{info}/RECORD,,\n"
                ),
            )
    }
}
