//! Archives that are damaged, lie, or are merely odd, and what is said about each.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use barrow_core::zip::record::End;
use barrow_core::zip::{self, Directory};
use barrow_core::{ReadAt, testing, wheel};

/// `NAME: MESSAGE` per line, next to the files.
const EXPECTED: &str = include_str!("../../../../fixtures/hostile/expected.txt");

const SOUND: &str = "sound";

const WHEEL: &str = "a-1.0-py3-none-any.whl";

fn expected() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = EXPECTED.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": "))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile")
}

fn is_archive(name: &str) -> bool {
    name.ends_with(".zip") || name.ends_with(".whl")
}

/// The error and its causes, or [`SOUND`].
fn said_of_zip(source: &dyn ReadAt) -> String {
    said(|| {
        for span in Directory::read(source)?.spans(source)? {
            zip::copy_verified(source, &span, &mut |_| ())?;
        }
        Ok(())
    })
}

fn said_of_wheel(source: &dyn ReadAt) -> String {
    said(|| {
        wheel::verify(source, &WHEEL.parse()?)?;
        Ok(())
    })
}

fn said(read: impl FnOnce() -> Result<(), Box<dyn Error>>) -> String {
    let Err(error) = read() else {
        return SOUND.to_owned();
    };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn examine(source: &dyn ReadAt) {
    if let Ok(directory) = Directory::read(source) {
        directory.examine(source);
    }
}

/// A file's bytes, and the largest number of them that was asked for at once.
struct Watched {
    bytes: Vec<u8>,
    largest: AtomicUsize,
}

impl ReadAt for Watched {
    fn len(&self) -> io::Result<u64> {
        ReadAt::len(&self.bytes)
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.largest.fetch_max(buffer.len(), Ordering::Relaxed);
        self.bytes.read_exact_at(buffer, offset)
    }
}

/// A zip of so many empty files, as the `zip` crate writes it.
fn zip_of(entries: u32) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..entries {
        zip.start_file(number.to_string(), SimpleFileOptions::default())
            .unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_archive_gets_its_message() {
    let mut wrong = Vec::new();
    for (name, expected) in expected() {
        let bytes = fs::read(folder().join(name)).unwrap();
        let seen = if name.ends_with(".whl") {
            said_of_wheel(&bytes)
        } else {
            said_of_zip(&bytes)
        };
        if seen != expected {
            wrong.push(format!("{name}: {seen}\n  expected: {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_archive_is_forgotten() {
    let files = fs::read_dir(folder()).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter(|name| is_archive(name)).collect();
    let expected: BTreeSet<_> = expected().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(files, expected);
}

#[test]
fn judging_an_archive_finds_what_copying_it_refuses_and_more() {
    for (name, _) in expected() {
        let bytes = fs::read(folder().join(name)).unwrap();
        let Ok(directory) = Directory::read(&bytes) else {
            continue;
        };
        let examination = directory.examine(&bytes);
        let faults: Vec<_> = examination.faults.iter().map(ToString::to_string).collect();
        match directory.spans(&bytes) {
            Ok(spans) => {
                let spans: Vec<_> = spans.into_iter().map(Some).collect();
                assert_eq!((faults, examination.spans), (vec![], spans), "{name}");
            }
            Err(error) => assert!(faults.contains(&error.to_string()), "{name}: {faults:?}"),
        }
    }
}

#[test]
fn every_fault_is_found_and_the_rest_can_be_read() {
    let check = |name: &str, readable: usize, expected: &[&str]| {
        let bytes = fs::read(folder().join(name)).unwrap();
        let directory = Directory::read(&bytes).unwrap();
        let examination = directory.examine(&bytes);
        let faults: Vec<_> = examination.faults.iter().map(ToString::to_string).collect();
        assert_eq!(faults, expected, "{name}");
        assert_eq!(
            examination.spans.iter().flatten().count(),
            readable,
            "{name}"
        );
    };
    check(
        "archive_in_the_comment.zip",
        1,
        &[
            "112 bytes were put in front of the archive; expected it to start the file",
            "1 bytes follow the archive; expected it to end the file",
        ],
    );
    check("name_twice.zip", 2, &["`a.py` is listed twice"]);
    check("encrypted.zip", 0, &["`a.py` is encrypted"]);
}

#[test]
fn no_lie_makes_us_ask_for_more_bytes_than_there_are() {
    for (name, _) in expected() {
        let bytes = fs::read(folder().join(name)).unwrap();
        let source = Watched {
            bytes,
            largest: AtomicUsize::new(0),
        };
        // As a wheel, most are refused early; as a zip, what the end records promise counts.
        _ = (said_of_zip(&source), said_of_wheel(&source));
        examine(&source);
        let (largest, present) = (source.largest.into_inner(), source.bytes.len());
        assert!(largest <= present, "{name}: {largest} of {present} bytes");
    }
}

#[test]
fn an_archive_cut_anywhere_is_refused() {
    let bytes = fs::read(folder().join("sound.whl")).unwrap();
    for length in 0..bytes.len() {
        let expected = format!(
            "cannot read the wheel's directory: {length} bytes without the record that ends a zip; \
             expected a whole zip archive"
        );
        assert_eq!(said_of_wheel(&bytes[..length].to_vec()), expected);
    }
}

#[test]
fn entries_are_counted_beyond_16_bits() {
    for entries in [65_535, 65_536] {
        let bytes = zip_of(entries);
        let directory = Directory::read(&bytes).unwrap();
        let seen = (
            directory.entries().len(),
            directory.end().is_zip64,
            &*said_of_zip(&bytes),
        );
        assert_eq!(
            seen,
            (entries as usize, entries > 65_535, SOUND),
            "{entries}"
        );
    }
}

#[test]
fn a_wheel_of_65_536_files_is_taken() {
    let mut builder = testing::wheel(WHEEL);
    for number in 0..65_536 {
        builder = builder.file(&number.to_string(), "");
    }
    let wheel = builder.verified();
    assert_eq!((wheel.entries.len(), wheel.record_is_exact), (65_539, true));
}

#[test]
fn a_count_that_wrapped_around_is_refused() {
    let mut bytes = zip_of(65_536);
    let directory = Directory::read(&bytes).unwrap();
    bytes.truncate(directory.end().directory_end as usize);
    // As writers without ZIP64 left it: 65536 in 16 bits.
    let end = End {
        disk: 0,
        directory_disk: 0,
        entries_on_disk: 0,
        entries: 0,
        directory_bytes: directory.end().directory_bytes as u32,
        directory_offset: directory.offset() as u32,
        comment_bytes: 0,
    };
    end.write(&mut bytes);
    assert_eq!(
        said_of_zip(&bytes),
        "the directory has 65536 entries; the end record promises 0"
    );
}
