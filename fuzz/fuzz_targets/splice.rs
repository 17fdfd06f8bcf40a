//! Any wheels, damaged or not, and any files: what passes verification packs to a sound zip with
//! exactly the planned contents, the same at any number of threads.
//!
//! ```text
//! cargo +nightly fuzz run splice
//! ```
#![no_main]

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::sync::Arc;

use arbitrary::Arbitrary;
use barrow_core::pack::{Origins, PackOptions, pack};
use barrow_core::plan::{Content, FileId, Layout, Plan, PlanBuilder, WheelId};
use barrow_core::testing::wheel;
use barrow_core::zip::{DosTime, Scratch};
use barrow_core::{ReadAt, Wheel};
use barrow_fuzz::{ours, theirs};
use barrow_model::EntryPath;
use libfuzzer_sys::fuzz_target;
use sha2::Digest as _;

#[derive(Debug, Arbitrary)]
struct Input {
    wheels: Vec<WheelInput>,
    files: Vec<(Path, Vec<u8>, bool)>,
    /// Whether for one version.
    layer: Option<bool>,
    threads: u8,
}

#[derive(Debug, Arbitrary)]
struct WheelInput {
    members: Vec<(Path, Vec<u8>, Kind)>,
    entry_points: Option<String>,
    /// Where bytes of the wheel are changed, and by what.
    damage: Vec<(u16, u8)>,
}

#[derive(Debug, Arbitrary)]
enum Kind {
    Plain,
    Executable,
    Stored,
    Unrecorded,
}

/// Few names, so that they meet.
#[derive(Debug, Arbitrary)]
struct Path([u8; 3]);

impl Path {
    fn text(&self, folder: &str) -> String {
        const NAMES: [&str; 8] = ["a", "b", "bin", "a.py", "é", "RECORD", "lib", "x.so"];
        const FOLDERS: [&str; 6] = ["", "", "purelib/", "scripts/", "data/", "headers/"];
        let [top, middle, last] = self.0;
        let scheme = FOLDERS[usize::from(top) % FOLDERS.len()];
        let scheme = if scheme.is_empty() || folder.is_empty() {
            String::new()
        } else {
            format!("{folder}.data/{scheme}")
        };
        let name = |number: u8| NAMES[usize::from(number) % NAMES.len()];
        if middle < 128 {
            format!("{scheme}{}/{}", name(middle), name(last))
        } else {
            format!("{scheme}{}", name(last))
        }
    }
}

fuzz_target!(|input: Input| {
    let mut world = World {
        wheels: Vec::new(),
        files: Vec::new(),
    };
    let mut verified: Vec<Wheel> = Vec::new();
    for (number, wheel) in input.wheels.iter().take(4).enumerate() {
        let stem = format!("w{number}-1.0");
        let bytes = build(wheel, &stem);
        let name = format!("{stem}-py3-none-any.whl").parse();
        if let Ok(wheel) = barrow_core::wheel::verify(&bytes, &name.expect("a wheel's name")) {
            verified.push(wheel);
            world.wheels.push(Arc::new(bytes));
        }
    }
    let runtime = "python3.12".parse().expect("a runtime");
    let layout = match input.layer {
        None => Layout::function(),
        Some(false) => Layout::layer(),
        Some(true) => Layout::versioned_layer(runtime),
    };
    let mut builder = PlanBuilder::new(layout, runtime);
    for (id, wheel) in (0..).zip(&verified) {
        if builder.wheel(WheelId(id), wheel).is_err() {
            return;
        }
    }
    for (id, (path, content, executable)) in (0..).zip(&input.files) {
        let path = EntryPath::parse(&path.text("")).expect("a path of ours");
        builder.file(path, FileId(id), content.len() as u64, *executable);
        world.files.push(content.clone());
    }
    let (plan, _) = builder.finish();

    let package = world.pack(&plan, 1);
    assert!(package == world.pack(&plan, input.threads % 4 + 1));
    let seen = ours(&package).expect("our own package is sound");
    assert_eq!(seen, theirs(&package).expect("another reader takes it"));
    assert_eq!(seen.len(), plan.entries().len());
    for (entry, (name, digest)) in plan.entries().iter().zip(&seen) {
        assert_eq!(entry.path.as_str(), name);
        assert!(world.digest(&verified, &entry.content) == *digest, "{name}");
    }
});

fn build(input: &WheelInput, stem: &str) -> Vec<u8> {
    let members: BTreeMap<String, _> = input
        .members
        .iter()
        .map(|(path, content, kind)| (path.text(stem), (content, kind)))
        .collect();
    let mut builder = wheel(&format!("{stem}-py3-none-any.whl"));
    for (path, (content, kind)) in &members {
        builder = match kind {
            Kind::Plain => builder.file(path, content),
            Kind::Executable => builder.executable(path, content),
            Kind::Stored => builder.stored(path, content),
            Kind::Unrecorded => builder.unrecorded(path, content),
        };
    }
    if let Some(text) = &input.entry_points {
        builder = builder.entry_points(&format!("[console_scripts]\n{text}"));
    }
    let mut bytes = builder.build();
    for (at, change) in &input.damage {
        let at = usize::from(*at) % bytes.len();
        bytes[at] ^= change;
    }
    bytes
}

struct World {
    wheels: Vec<Arc<Vec<u8>>>,
    files: Vec<Vec<u8>>,
}

impl World {
    fn pack(&self, plan: &Plan, threads: u8) -> Vec<u8> {
        let options = PackOptions {
            timestamp: DosTime::EPOCH,
            threads: NonZero::new(usize::from(threads)).expect("at least one"),
        };
        let mut output = Vec::new();
        let packed = pack(plan, self, &mut output, &options, &()).expect("memory takes it");
        assert_eq!(packed.zipped_bytes, output.len() as u64);
        assert_eq!(
            packed.sha256.as_bytes()[..],
            sha2::Sha256::digest(&output)[..]
        );
        output
    }

    fn digest(&self, wheels: &[Wheel], content: &Content) -> [u8; 32] {
        match content {
            Content::Spliced { wheel, span } => {
                let entries = &wheels[wheel.0 as usize].entries;
                let entry = entries.iter().find(|entry| entry.span == *span);
                *entry.expect("a span of the wheel").sha256.as_bytes()
            }
            Content::File { file, .. } => sha2::Sha256::digest(&self.files[file.0 as usize]).into(),
            Content::Fresh(bytes) => sha2::Sha256::digest(bytes).into(),
        }
    }
}

impl Origins for World {
    fn wheel(&self, id: WheelId) -> io::Result<Arc<dyn ReadAt>> {
        let bytes: Arc<Vec<u8>> = self.wheels[id.0 as usize].clone();
        Ok(bytes)
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
