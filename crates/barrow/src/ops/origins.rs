//! Opens what a plan names by number: wheels in the store, files of the project.

use std::fs::File;
use std::io;
use std::sync::Arc;

use barrow_core::ReadAt;
use barrow_core::pack::{Origins, Scratch};
use barrow_core::plan::{FileId, WheelId};
use barrow_index::store::StoredWheel;

use crate::project::SourceFile;

/// Wheels and files in the order in which the plan was told about them.
#[derive(Debug, Clone, Copy)]
pub struct OnDisk<'a> {
    pub wheels: &'a [StoredWheel],
    pub files: &'a [SourceFile],
}

impl Origins for OnDisk<'_> {
    fn wheel(&self, id: WheelId) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(File::open(&self.wheels[id.0 as usize].path)?))
    }

    fn file(&self, id: FileId) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(File::open(&self.files[id.0 as usize].on_disk)?))
    }

    fn scratch(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(tempfile::tempfile()?))
    }

    fn describe_wheel(&self, id: WheelId) -> String {
        self.wheels[id.0 as usize].path.to_string()
    }

    fn describe_file(&self, id: FileId) -> String {
        self.files[id.0 as usize].on_disk.to_string()
    }
}
