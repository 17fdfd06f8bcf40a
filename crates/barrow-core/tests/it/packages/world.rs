//! Wheels and files as a plan may have them, and what they should come to.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _};
use std::num::NonZero;
use std::sync::Arc;

use barrow_core::pack::{DosTime, Origins, PackOptions, Scratch, pack};
use barrow_core::plan::{
    Content, FileId, Layout, Plan, PlanBuilder, PlannedEntry, Source, WheelId,
};
use barrow_core::{ReadAt, Wheel, testing, wheel};
use barrow_model::{EntryPath, Sha256};
use sha2::Digest as _;
use zip::ZipArchive;

use super::readers::Member;

const REGULAR_FILE: u32 = 0o100_000;
/// 1980-01-01 00:00:00: the year counts from there, the month from bit 21, the day from bit 16.
const EPOCH: u32 = 1 << 21 | 1 << 16;

/// How a wheel holds a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Plain,
    Executable,
    Stored,
}

/// By path.
pub(crate) type Members = BTreeMap<String, (Bytes, Kind)>;

/// Some bytes, in few words for the report of a failure.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    Literal(Vec<u8>),
    /// Lines that get much shorter.
    Text(usize),
    /// Bytes that do not.
    Noise {
        seed: u32,
        length: usize,
    },
}

impl Bytes {
    pub(crate) fn get(&self) -> Vec<u8> {
        match self {
            Self::Literal(bytes) => bytes.clone(),
            Self::Text(length) => {
                let lines = (0..).flat_map(|number| format!("x_{number} = None\n").into_bytes());
                lines.take(*length).collect()
            }
            Self::Noise { seed, length } => {
                let mut state = *seed;
                // The constants of Numerical Recipes.
                let next = || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                };
                std::iter::repeat_with(next).take(*length).collect()
            }
        }
    }
}

/// What a package is made from.
pub(crate) struct World {
    wheels: Vec<(Arc<Vec<u8>>, Wheel)>,
    files: Vec<Vec<u8>>,
    pub plan: Plan,
}

impl World {
    pub(crate) fn new(
        layout: Layout,
        wheels: &[Members],
        files: &BTreeMap<String, (Bytes, bool)>,
        fresh: &BTreeMap<String, Vec<u8>>,
    ) -> Self {
        let wheels: Vec<_> = (0..)
            .zip(wheels)
            .map(|(id, members)| build(id, members))
            .collect();
        let mut builder = PlanBuilder::new(layout, "python3.12".parse().unwrap());
        for (id, (_, wheel)) in (0..).zip(&wheels) {
            builder.wheel(WheelId(id), wheel).unwrap();
        }
        let mut contents = Vec::new();
        for (id, (path, (bytes, executable))) in (0..).zip(files) {
            let bytes = bytes.get();
            let path = EntryPath::parse(path).unwrap();
            builder.file(path, FileId(id), bytes.len() as u64, *executable);
            contents.push(bytes);
        }
        let (plan, _) = builder.finish();
        let fresh = fresh.iter().map(|(path, bytes)| PlannedEntry {
            path: EntryPath::parse(path).unwrap(),
            source: Source::Project,
            executable: false,
            content: Content::Fresh(bytes.clone()),
        });
        let plan = plan.entries().iter().cloned().chain(fresh).collect();
        Self {
            wheels,
            files: contents,
            plan,
        }
    }

    /// What a reader of the package should see.
    pub(crate) fn expected(&self) -> Vec<Member> {
        let entries = self.plan.entries().iter();
        let members = entries.map(|entry| {
            let mode = if entry.executable { 0o755 } else { 0o644 };
            let content = self.content(&entry.content);
            Member::new(entry.path.as_str(), &content, REGULAR_FILE | mode, EPOCH)
        });
        members.collect()
    }

    fn content(&self, content: &Content) -> Vec<u8> {
        match content {
            Content::Fresh(bytes) => bytes.clone(),
            Content::File { file, .. } => self.files[file.0 as usize].clone(),
            Content::Spliced { wheel, span } => {
                let (bytes, wheel) = &self.wheels[wheel.0 as usize];
                let mut entries = wheel.entries.iter();
                let entry = entries.find(|entry| entry.span == *span).unwrap();
                let mut archive = ZipArchive::new(Cursor::new(&**bytes)).unwrap();
                let mut content = Vec::new();
                let mut file = archive.by_name(entry.path.as_str()).unwrap();
                file.read_to_end(&mut content).unwrap();
                content
            }
        }
    }

    pub(crate) fn pack(&self, threads: usize) -> Vec<u8> {
        let options = PackOptions {
            timestamp: DosTime::EPOCH,
            threads: NonZero::new(threads).unwrap(),
        };
        let mut package = Vec::new();
        let packed = pack(&self.plan, self, &mut package, &options, &()).unwrap();
        assert_eq!(packed.entries, self.plan.entries().len());
        assert_eq!(packed.zipped_bytes, package.len() as u64);
        assert_eq!(
            packed.sha256,
            Sha256::new(sha2::Sha256::digest(&package).into())
        );
        package
    }
}

fn build(id: u32, members: &Members) -> (Arc<Vec<u8>>, Wheel) {
    let mut builder = testing::wheel(&format!("w{id}-1.0-py3-none-any.whl"));
    for (path, (bytes, kind)) in members {
        let bytes = bytes.get();
        builder = match kind {
            Kind::Plain => builder.file(path, bytes),
            Kind::Executable => builder.executable(path, bytes),
            Kind::Stored => builder.stored(path, bytes),
        };
    }
    let bytes = builder.build();
    let wheel = wheel::verify(&bytes, &builder.name()).unwrap();
    (Arc::new(bytes), wheel)
}

impl Origins for World {
    fn wheel(&self, id: WheelId) -> io::Result<Arc<dyn ReadAt>> {
        let (bytes, _) = &self.wheels[id.0 as usize];
        Ok(Arc::<Vec<u8>>::clone(bytes))
    }

    fn file(&self, id: FileId) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(self.files[id.0 as usize].clone()))
    }

    fn scratch(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Vec::new()))
    }

    fn describe_wheel(&self, id: WheelId) -> String {
        format!("wheel {}", id.0)
    }

    fn describe_file(&self, id: FileId) -> String {
        format!("file {}", id.0)
    }
}
