//! Any bytes as the small files of an installed distribution: no panic, and bounded work, up to the
//! requirements that count on a target.
//!
//! ```text
//! cargo +nightly fuzz run metadata
//! ```
#![no_main]

use barrow_check::facts::{Facts, Known};
use barrow_check::{Distributions, File, Form, Kind, Package, requirements};
use barrow_model::{EntryPath, Target};
use libfuzzer_sys::fuzz_target;

/// Stands between two files of the input; no text has it.
const SEPARATOR: u8 = 0xff;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.split(|byte| *byte == SEPARATOR);
    let mut part = || parts.next().unwrap_or_default();
    let target = Target {
        runtime: "python3.12".parse().expect("a runtime"),
        arch: "arm64".parse().expect("an architecture"),
    };
    let is_layer = input.len() % 2 == 1;
    let root = if is_layer { "python/" } else { "" };
    let file = |name: &str, content: &[u8]| {
        let path = EntryPath::parse(&format!("{root}{name}")).expect("a path of ours");
        let Known { facts, secrets } = Known::read(&path, content, target);
        let lines = content.split(|byte| *byte == b'\n').count();
        assert!(secrets.iter().all(|secret| secret.line as usize <= lines));
        File {
            path,
            unzipped_bytes: content.len() as u64,
            zipped_bytes: content.len() as u64,
            mode: None,
            modified: None,
            facts,
            secrets,
        }
    };
    let files = vec![
        file("a-1.dist-info/METADATA", part()),
        file("b-1.dist-info/METADATA", part()),
        file("a-1.dist-info/RECORD", part()),
        file("a-1.dist-info/direct_url.json", part()),
        file("a.pth", part()),
        file("a.pyc", part()),
        file(".env", part()),
    ];
    if let Facts::Record(record) = &files[2].facts {
        let mut pairs = record.owned.windows(2);
        assert!(pairs.all(|pair| pair[0] < pair[1]));
    }
    let kind = if is_layer {
        Kind::Layer
    } else {
        Kind::Function
    };
    let name = "app.zip".to_owned();
    let package = Package::new(name, kind, Form::Plan, files, Vec::new(), Vec::new());
    let distributions = Distributions::new([&package], target.runtime);
    for file in package.files() {
        let _ = distributions.owner(&package, file.path.as_str());
    }
    for wanted in requirements::wanted(&distributions, target) {
        let _ = wanted.takes(wanted.by.version());
    }
});
