//! What is made of archives that no proper writer would write.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use barrow_check::fix::Fix;
use barrow_check::link::Leads;
use barrow_check::report::Rules;
use barrow_check::survey::{Flaw, survey_zip};
use barrow_check::{Kind, Package, Scene, checks};
use barrow_core::zip::{Directory, DosTime};
use barrow_model::Target;

use crate::archive::{Entry, zip};

fn hostile() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile")
}

#[expect(
    clippy::ptr_arg,
    reason = "a slice has no length of its own behind `dyn ReadAt`"
)]
fn survey(bytes: &Vec<u8>) -> Package {
    survey_zip("app.zip".to_owned(), Kind::Function, bytes, target())
}

fn target() -> Target {
    Target {
        runtime: "python3.12".parse().unwrap(),
        arch: "x86_64".parse().unwrap(),
    }
}

/// `a.py b.py | name: source`
fn shown(package: &Package) -> String {
    let files = package.files().iter().map(|file| file.path.to_string());
    let flaws = package.flaws.iter().map(|flaw| match flaw {
        Flaw::Unreadable { source, .. } => source.to_string(),
        Flaw::Unsound(error) => error.to_string(),
        Flaw::Excessive(excess) => format!("{excess:?}"),
        Flaw::Damaged { name, source } => format!("{name}: {source}"),
        Flaw::Closed { name, source } => format!("{name}: {source}"),
        Flaw::Name { name, source, .. } => format!("{name}: {source}"),
        Flaw::NeedlessZip64End => "NeedlessZip64End".to_owned(),
        Flaw::Odd { name, oddity } => format!("{name}: {oddity:?}"),
    });
    let (files, flaws) = (files.collect::<Vec<_>>(), flaws.collect::<Vec<_>>());
    format!("{} | {}", files.join(" "), flaws.join("; "))
}

fn check_hostile(name: &str, expected: &str) {
    let bytes = std::fs::read(hostile().join(name)).unwrap();
    assert_eq!(shown(&survey(&bytes)), expected, "{name}");
}

fn link(name: &str, target: &str) -> Entry {
    Entry {
        mode: 0o120_777,
        ..Entry::file(name, target.as_bytes())
    }
}

#[test]
fn every_archive_becomes_a_package() {
    for entry in std::fs::read_dir(hostile()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "zip") {
            let package = survey(&std::fs::read(&path).unwrap());
            let is_something = !package.flaws.is_empty() || package.is_legible();
            let is_empty = path.ends_with("only_an_end_record.zip");
            assert!(is_something || is_empty, "{}", path.display());
        }
    }
}

/// Surveys, checks and mends it, and looks whether what was promised is mended.
fn judge(bytes: &Vec<u8>) {
    let package = survey(bytes);
    let _ = findings(&package);
    let source = Arc::new(bytes.clone());
    let Ok(fix) = Fix::new(&package, source, target(), None, DosTime::EPOCH) else {
        return;
    };
    let mut mended = Vec::new();
    fix.write(&mut mended, NonZero::<usize>::MIN).unwrap();
    let spans = Directory::read(&mended).unwrap().spans(&mended);
    assert_eq!(spans.unwrap().len(), fix.plan().entries().len());
    let left = findings(&survey(&mended));
    assert!(!left.contains("--fix"), "{left}");
}

fn findings(package: &Package) -> String {
    let scene = Scene::new(Some(package), vec![], target(), (2026, 11, 21));
    let findings = checks::run(&scene, &Rules::default());
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn every_archive_is_mended_to_a_sound_one_or_not_at_all() {
    for entry in std::fs::read_dir(hostile()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "zip" || extension == "whl")
        {
            judge(&std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn no_byte_is_wrong_enough_for_a_panic() {
    let name = |name: &str| std::fs::read(hostile().join(name)).unwrap();
    for bytes in [
        name("streamed_entries.zip"),
        name("zip64_end.zip"),
        zip(&[
            Entry::file("a/b.py", b"import a\n"),
            link("c", "a"),
            link("d.py", "a/b.py"),
        ]),
    ] {
        for at in 0..bytes.len() {
            for byte in [b'/', 0xff] {
                let mut changed = bytes.clone();
                changed[at] = byte;
                judge(&changed);
            }
            judge(&bytes[..at].to_vec());
        }
    }
}

#[test]
fn what_is_wrong_with_one_entry_leaves_the_others_to_be_read() {
    check_hostile("name_twice.zip", "a.py | `a.py` is listed twice");
    check_hostile(
        "overlap_same_data.zip",
        "a.py b.py | `a.py` and `b.py` overlap at byte 0",
    );
    check_hostile("encrypted.zip", "a.py | `a.py` is encrypted");
    check_hostile(
        "prepended_bytes.zip",
        "a.py | 10 bytes were put in front of the archive; expected it to start the file",
    );
    check_hostile(
        "path_with_a_drive.whl",
        "a-1.0.dist-info/METADATA a-1.0.dist-info/RECORD a-1.0.dist-info/WHEEL \
         | C:\\x: it has a backslash; parts are separated by `/`",
    );
}

#[test]
fn a_file_is_surveyed_under_the_name_that_was_meant() {
    let names = [
        "pkg\\mod.py",
        "./app.py",
        "lib//x.py",
        "pkg\\",
        "é.py",
        "../x",
    ];
    let mut entries: Vec<_> = names.iter().map(|name| Entry::file(name, b"")).collect();
    entries[4].flags = 0;
    let package = survey(&zip(&entries));
    assert_eq!(
        shown(&package),
        "app.py lib/x.py pkg/mod.py é.py \
         | pkg\\mod.py: it has a backslash; parts are separated by `/`; \
         ./app.py: it has an empty part or a `.` part; \
         lib//x.py: it has an empty part or a `.` part; \
         pkg\\: it has a backslash; parts are separated by `/`; \
         é.py: UnmarkedName; \
         ../x: it has a `..` part, which would leave the package"
    );
    assert_eq!(package.folders()[0].path.as_str(), "pkg");
}

#[test]
fn links_are_followed_as_lambda_would() {
    let leads = |name: &str, target: &str| {
        let entries = [
            Entry::file("lib/x.so", b"x"),
            Entry::file("lib/y/z.py", b""),
            link("inner", "lib/y"),
            link("circle", "circle"),
            link(name, target),
        ];
        let package = survey(&zip(&entries));
        let mut links = package.links.iter();
        links
            .find(|link| link.path.as_str() == name)
            .unwrap()
            .leads
            .clone()
    };
    let check = |name: &str, target: &str, expected: &str| {
        let shown = match leads(name, target) {
            Leads::File(path) => format!("file {path}"),
            Leads::Folder(path) => format!("folder {path}"),
            Leads::Outside => "outside".to_owned(),
            Leads::Nowhere => "nowhere".to_owned(),
        };
        assert_eq!(shown, expected, "{name} -> {target}");
    };
    check("a.so", "lib/x.so", "file lib/x.so");
    check("lib/a.so", "x.so", "file lib/x.so");
    check("lib/a.so", "../lib/./x.so", "file lib/x.so");
    check("a", "/var/task/lib/x.so", "file lib/x.so");
    check("a", "lib", "folder lib");
    check("a", "inner/z.py", "file lib/y/z.py");
    check("a", "circle/x", "nowhere");
    check("a", "gone", "nowhere");
    check("a", "../x", "outside");
    check("a", "/opt/python", "outside");
}

#[test]
fn what_a_link_leads_to_is_among_the_files_and_takes_no_room() {
    let entries = [
        Entry::file("lib/x.py", b"import json\n"),
        link("pkg", "lib"),
        link("y.py", "lib/x.py"),
    ];
    let package = survey(&zip(&entries));
    assert_eq!(shown(&package), "lib/x.py pkg pkg/x.py y.py | ");
    let facts = |path: &str| &package.file(path).unwrap().facts;
    assert_eq!(facts("lib/x.py"), facts("pkg/x.py"));
    assert_eq!(facts("lib/x.py"), facts("y.py"));
    assert_eq!(package.unzipped_bytes(), 12 + 3 + 8);
}

#[test]
fn a_package_that_promises_too_much_is_not_read() {
    let mut entry = Entry::file("zeros", b"not a deflate stream");
    entry.method = 8;
    entry.promised = Some(3 << 30);
    let package = survey(&zip(&[entry]));
    assert_eq!(
        shown(&package),
        "zeros | Bytes { unzipped: 3221225472, zipped: 128 }"
    );
    assert!(!package.is_legible());
}
