//! How fast bytes go through the core: reading directories, verifying, deflating, splicing.
//!
//! ```text
//! cargo bench -p barrow-core
//! ```

use std::hint::black_box;
use std::io;
use std::num::NonZero;
use std::sync::Arc;

use barrow_core::pack::{DosTime, Origins, PackOptions, Packed, Scratch, pack};
use barrow_core::plan::{FileId, Layout, Plan, PlanBuilder, WheelId};
use barrow_core::testing::{self, WheelBuilder};
use barrow_core::zip::Directory;
use barrow_core::zip::deflate::Deflater;
use barrow_core::{ReadAt, wheel};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const NAME: &str = "a-1.0-py3-none-any.whl";

/// Lines like those of source code, no two alike.
fn text(bytes: usize) -> Vec<u8> {
    let lines = noise(bytes)
        .into_iter()
        .enumerate()
        .flat_map(|(number, random)| {
            format!("    self.value_{random} = compute({number}, flag=None)\n").into_bytes()
        });
    lines.take(bytes).collect()
}

/// Bytes that deflate cannot make fewer.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    // The constants of Numerical Recipes.
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(bytes).collect()
}

/// 20 MB: half of it sources of 20 KB, half of it a library that is hard to compress.
fn wheel_of_20_mb() -> WheelBuilder {
    let sources = text(10_000_000);
    let mut wheel = testing::wheel(NAME).file("a/lib.so", noise(10_000_000));
    for (number, source) in sources.chunks(20_000).enumerate() {
        wheel = wheel.file(&format!("a/module_{number}.py"), source);
    }
    wheel
}

fn wheel_of_5000_entries() -> WheelBuilder {
    let mut wheel = testing::wheel(NAME);
    for number in 0..5_000 {
        wheel = wheel.file(&format!("package/subpackage/module_{number}.py"), "x = 1\n");
    }
    wheel
}

#[divan::bench]
fn read_the_directory_of_5000_entries(bencher: Bencher<'_, '_>) {
    let bytes = wheel_of_5000_entries().build();
    let directory = Directory::read(&bytes).expect("a sound wheel");
    bencher
        .counter(BytesCount::new(directory.end().directory_bytes))
        .bench(|| Directory::read(black_box(&bytes)).expect("a sound wheel"));
}

/// Local headers against the directory, overlaps, names; all that is asked before inflating.
#[divan::bench]
fn check_the_headers_of_5000_entries(bencher: Bencher<'_, '_>) {
    let bytes = wheel_of_5000_entries().build();
    let directory = Directory::read(&bytes).expect("a sound wheel");
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench(|| directory.spans(black_box(&bytes)).expect("a sound wheel"));
}

#[divan::bench]
fn verify_a_wheel_of_20_mb(bencher: Bencher<'_, '_>) {
    let wheel = wheel_of_20_mb();
    let (bytes, name) = (wheel.build(), wheel.name());
    bencher
        .counter(BytesCount::new(20_000_000_u64))
        .bench(|| wheel::verify(black_box(&bytes), &name).expect("a sound wheel"));
}

#[divan::bench]
fn splice_a_wheel_of_20_mb(bencher: Bencher<'_, '_>) {
    let wheel = wheel_of_20_mb();
    let verified = wheel.verified();
    let mut builder =
        PlanBuilder::new(Layout::function(), "python3.12".parse().expect("a runtime"));
    builder
        .wheel(WheelId(0), &verified)
        .expect("a wheel with a place for all");
    let (plan, _) = builder.finish();
    let origins = OneWheel(Arc::new(wheel.build()));
    let zipped = origins.pack(&plan).zipped_bytes;
    bencher
        .counter(BytesCount::new(zipped))
        .bench(|| origins.pack(black_box(&plan)));
}

#[divan::bench]
fn deflate_4_mb_whole(bencher: Bencher<'_, '_>) {
    let raw = text(4_000_000);
    bencher
        .counter(BytesCount::of_slice(&raw))
        .with_inputs(Deflater::new)
        .bench_refs(|deflater| deflater.whole(black_box(&raw)));
}

#[divan::bench]
fn deflate_4_mb_in_parts(bencher: Bencher<'_, '_>) {
    let raw = text(4_000_000);
    bencher
        .counter(BytesCount::of_slice(&raw))
        .with_inputs(Deflater::new)
        .bench_refs(|deflater| {
            let mut stream = Vec::new();
            for part in black_box(&raw).chunks(1 << 20) {
                deflater.part(part, false, &mut stream);
            }
            stream
        });
}

/// The origins of a plan without files.
struct OneWheel(Arc<Vec<u8>>);

impl OneWheel {
    fn pack(&self, plan: &Plan) -> Packed {
        let options = PackOptions {
            timestamp: DosTime::EPOCH,
            threads: NonZero::<usize>::MIN,
        };
        pack(plan, self, io::sink(), &options, &()).expect("a sink takes all bytes")
    }
}

impl Origins for OneWheel {
    fn wheel(&self, _id: WheelId) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::<Vec<u8>>::clone(&self.0))
    }

    fn file(&self, _id: FileId) -> io::Result<Box<dyn ReadAt>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn scratch(&self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Vec::new()))
    }

    fn describe_wheel(&self, _id: WheelId) -> String {
        NAME.to_owned()
    }

    fn describe_file(&self, id: FileId) -> String {
        format!("file {}", id.0)
    }
}
