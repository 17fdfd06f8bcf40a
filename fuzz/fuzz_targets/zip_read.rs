//! Any bytes: our reader neither panics nor hangs, and what it takes for sound, another reader
//! reads alike.
//!
//! ```text
//! cargo +nightly fuzz run zip_read fuzz/corpus/zip_read fixtures/hostile
//! ```
#![no_main]

use barrow_core::{wheel, zip};
use barrow_fuzz::{LARGE_BYTES, ours, theirs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let archive = bytes.to_vec();
    let name = "a-1.0-py3-none-any.whl".parse().expect("a wheel's name");
    let _ = wheel::verify(&archive, &name);
    if let Some(mut seen) = ours(&archive) {
        let mut expected = theirs(bytes).expect("the other reader takes what is sound");
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected);
    }
    if is_small(&archive) {
        let _ = zip::recode(&archive, Vec::new(), std::io::sink());
    }
});

fn is_small(archive: &Vec<u8>) -> bool {
    zip::Directory::read(archive).is_ok_and(|directory| {
        let mut entries = directory.entries().iter();
        entries.all(|entry| entry.uncompressed_bytes <= LARGE_BYTES)
    })
}
