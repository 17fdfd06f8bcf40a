//! Any bytes: the ELF reader neither panics nor keeps more than it should, and what it makes of a
//! file that is streamed in pieces is what it makes of the whole.
//!
//! ```text
//! cargo +nightly fuzz run elf
//! ```
#![no_main]

use barrow_check::facts::elf::{self, Elf};
use barrow_check::survey::sparse::Sparse;
use libfuzzer_sys::fuzz_target;

const LARGEST_PASSES: usize = 4;
/// Behind what the fuzzer writes, so that a file is longer than one window.
const PADDING_BYTES: usize = 200_000;

// A file, then the length of the pieces and whether it is padded.
fuzz_target!(|input: &[u8]| {
    let Some((bytes, [low, high, padding])) = input.split_last_chunk() else {
        return;
    };
    let piece_bytes = u16::from_le_bytes([*low, *high]);
    let mut file = bytes.to_vec();
    if padding % 2 == 1 {
        file.resize(bytes.len() + PADDING_BYTES, 0);
    }
    let whole = elf::read(file.as_slice());
    if let Some(elf) = &whole {
        let names = elf
            .needed
            .iter()
            .chain(&elf.soname)
            .chain(&elf.rpath)
            .chain(&elf.runpath);
        assert!(names.map(String::len).max().unwrap_or(0) <= 3 * 4096);
        assert!(elf.needed.len() <= 512 && elf.versions.len() <= 512);
        let _ = (elf.machine.to_string(), elf.is_musl());
    }
    let parts = read_in_pieces(&file, usize::from(piece_bytes).max(64));
    match (whole, parts) {
        (Some(whole), Some(parts)) if parts.is_complete => assert_eq!(loaded(whole), loaded(parts)),
        (Some(_), Some(_)) | (None, None) => {}
        (whole, parts) => panic!("{whole:?} as a whole, {parts:?} in parts"),
    }
});

/// As a survey does with what is too long for memory.
fn read_in_pieces(file: &[u8], piece_bytes: usize) -> Option<Elf> {
    let mut sparse = Sparse::new(file.len() as u64);
    for _ in 0..LARGEST_PASSES {
        let Some(until) = sparse.wanted_until() else {
            break;
        };
        let mut offset = 0;
        for piece in file[..until as usize].chunks(piece_bytes) {
            if sparse.take(offset, piece) && elf::read(&sparse).is_some() {
                sparse.want_missed();
            }
            offset += piece.len() as u64;
        }
    }
    elf::read(&sparse)
}

/// Without what comes from section headers, which may be missing without being missed.
fn loaded(mut elf: Elf) -> Elf {
    elf.strippable_bytes = 0;
    elf
}
