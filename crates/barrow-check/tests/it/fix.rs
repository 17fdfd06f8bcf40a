//! What is mended, and that nothing else changes.

use std::num::NonZero;
use std::sync::Arc;

use barrow_check::fix::{Fix, FixError};
use barrow_check::{Finding, Kind, Package, checks};
use barrow_core::zip::DosTime;
use barrow_model::Target;

use crate::archive::{Entry, zip};
use crate::case::{Case, survey};

fn target() -> Target {
    Target {
        runtime: "python3.12".parse().unwrap(),
        arch: "x86_64".parse().unwrap(),
    }
}

fn fix(package: &Package, bytes: &[u8], case: &Case) -> Result<Fix, FixError> {
    let source = Arc::new(bytes.to_vec());
    let handler = case.handler.as_deref();
    Fix::new(package, source, case.target(), handler, DosTime::EPOCH)
}

fn written(fix: &Fix) -> Vec<u8> {
    let mut bytes = Vec::new();
    fix.write(&mut bytes, NonZero::<usize>::MIN).unwrap();
    bytes
}

/// The package with all that can be mended in it mended; as it is, where something cannot.
fn mended(name: &str, kind: Kind, bytes: &Vec<u8>, case: &Case) -> Package {
    let package = survey(name, kind, bytes, case.target());
    match fix(&package, bytes, case) {
        Ok(fix) => survey(name, kind, &written(&fix), case.target()),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("cannot be mended: "), "{text}");
            package
        }
    }
}

fn promises_to_mend(finding: &Finding) -> bool {
    let mut hints = finding.hints.iter();
    hints.any(|hint| hint.contains("`barrow check --fix`"))
}

fn all_cases() -> impl Iterator<Item = (&'static str, Case)> {
    checks::ALL.iter().flat_map(|check| {
        let cases = crate::fixture(check.name).trips.into_iter();
        cases.map(|case| (check.name, case))
    })
}

#[test]
fn what_a_finding_promises_to_mend_is_mended() {
    let mut mended_cases = 0;
    for (check, case) in all_cases() {
        if !case.findings().iter().any(promises_to_mend) {
            continue;
        }
        let function = case.function();
        let function = function.map(|bytes| mended("app.zip", Kind::Function, &bytes, &case));
        let layers: Vec<_> = case
            .layers
            .iter()
            .map(|layer| mended("layer.zip", Kind::Layer, &layer.zip(), &case))
            .collect();
        let findings = case.findings_in(function.as_ref(), &layers);
        // Beside what cannot be mended, nothing is.
        let mut packages = function.iter().chain(&layers);
        let is_mended = packages.all(|package| package.flaws.is_empty());
        if is_mended {
            let left: Vec<_> = findings
                .iter()
                .filter(|&found| promises_to_mend(found))
                .collect();
            assert!(left.is_empty(), "{check}, {}: {left:#?}", case.name);
            mended_cases += 1;
        }
    }
    assert!(mended_cases > 20, "only {mended_cases} cases were mended");
}

/// One line for each entry of the new package, then the mends.
fn check(entries: &[Entry], handler: Option<&str>, expected: &[&str]) {
    let bytes = zip(entries);
    let package = survey("app.zip", Kind::Function, &bytes, target());
    let source = Arc::new(bytes);
    let fix = Fix::new(&package, source, target(), handler, DosTime::EPOCH).unwrap();
    let again = survey("app.zip", Kind::Function, &written(&fix), target());
    let files = again
        .files()
        .iter()
        .map(|file| format!("{} {:04o}", file.path, file.mode.unwrap()));
    let mends = fix.mends().iter().map(|mend| format!("- {mend}"));
    assert_eq!(files.chain(mends).collect::<Vec<_>>(), expected);
    assert!(again.flaws.is_empty(), "{:?}", again.flaws);
}

fn with_mode(mode: u32, name: &str, bytes: &[u8]) -> Entry {
    Entry {
        mode,
        ..Entry::file(name, bytes)
    }
}

#[test]
fn a_sound_package_stays_as_it_is() {
    check(
        &[Entry::file("app.py", b"import json\n")],
        None,
        &["app.py 0644"],
    );
}

#[test]
fn modes_become_those_of_files_and_programs() {
    check(
        &[
            with_mode(0o100_600, "app.py", b""),
            with_mode(0o100_700, "run", b""),
            with_mode(0o104_777, "suid", b""),
            with_mode(0o100_644, "bin/tool", b"#!/bin/sh\n"),
            with_mode(0o040_700, "bin/", b""),
        ],
        None,
        &[
            "app.py 0644",
            "bin/tool 0755",
            "run 0755",
            "suid 0755",
            "- 1 folder entry left out",
            "- `app.py` has mode 0644 instead of 0600",
            "- `bin/tool` has mode 0755 instead of 0644",
            "- `run` has mode 0755 instead of 0700",
            "- `suid` has mode 0755 instead of 4777",
        ],
    );
}

#[test]
fn the_later_of_two_files_stays() {
    let entries = [Entry::file("a.py", b"old"), Entry::file("a.py", b"newer")];
    let bytes = zip(&entries);
    let package = survey("app.zip", Kind::Function, &bytes, target());
    let fix = Fix::new(&package, Arc::new(bytes), target(), None, DosTime::EPOCH).unwrap();
    assert_eq!(fix.plan().unzipped_bytes().0, 5);
    assert_eq!(
        fix.mends()[0].to_string(),
        "`a.py` is there once; 1 earlier file left out"
    );
}

#[test]
fn names_become_what_was_meant() {
    check(
        &[
            Entry::file("pkg\\mod.py", b""),
            Entry::file("./app.py", b""),
            Entry {
                flags: 0,
                ..Entry::file("é.txt", b"")
            },
        ],
        None,
        &[
            "app.py 0644",
            "pkg/mod.py 0644",
            "é.txt 0644",
            "- 1 file with its name marked as UTF-8",
            "- `pkg\\mod.py` is now `pkg/mod.py`",
            "- `./app.py` is now `app.py`",
        ],
    );
}

#[test]
fn a_folder_around_everything_is_taken_away_where_the_handler_says_so() {
    let entries = [Entry::file("fn/app.py", b""), Entry::file("fn/x/y.py", b"")];
    check(
        &entries,
        Some("app.handler"),
        &["app.py 0644", "x/y.py 0644", "- 2 files out of `fn/`"],
    );
    check(
        &entries,
        Some("fn.app.handler"),
        &["fn/app.py 0644", "fn/x/y.py 0644"],
    );
    check(&entries, None, &["fn/app.py 0644", "fn/x/y.py 0644"]);
}

#[test]
fn a_program_is_known_by_where_it_will_be() {
    check(
        &[
            Entry::file("fn/app.py", b""),
            Entry::file("fn/bin/tool", b"#!/bin/sh\n"),
        ],
        Some("app.handler"),
        &[
            "app.py 0644",
            "bin/tool 0755",
            "- 2 files out of `fn/`",
            "- `bin/tool` has mode 0755 instead of 0644",
        ],
    );
}

#[test]
fn links_become_what_they_lead_to() {
    check(
        &[
            Entry::file("lib/a.py", b"a"),
            with_mode(0o120_777, "b.py", b"lib/a.py"),
            with_mode(0o120_777, "pkg", b"lib"),
        ],
        None,
        &[
            "b.py 0644",
            "lib/a.py 0644",
            "pkg/a.py 0644",
            "- `b.py` is a copy of `lib/a.py` instead of a link to it",
            "- `pkg` is a copy of `lib` instead of a link to it",
        ],
    );
}

#[test]
fn a_link_in_a_linked_folder_becomes_what_it_leads_to() {
    let entries = [
        Entry::file("lib/a.py", b"import json\n"),
        with_mode(0o120_777, "lib/b.py", b"a.py"),
        with_mode(0o120_777, "pkg", b"lib"),
    ];
    let bytes = zip(&entries);
    let package = survey("app.zip", Kind::Function, &bytes, target());
    let fix = Fix::new(&package, Arc::new(bytes), target(), None, DosTime::EPOCH).unwrap();
    let again = survey("app.zip", Kind::Function, &written(&fix), target());
    let sizes: Vec<_> = again
        .files()
        .iter()
        .map(|file| (file.path.as_str(), file.unzipped_bytes))
        .collect();
    let expected = ["lib/a.py", "lib/b.py", "pkg/a.py", "pkg/b.py"].map(|path| (path, 12));
    assert_eq!(sizes, expected);
}

#[test]
fn bytecode_stays_only_where_python_would_use_it() {
    // Magic number of 3.12, then flags, then a hash or a time and a size.
    let bytecode = |magic: u16, flags: u8, rest: [u8; 8]| {
        let mut bytes = magic.to_le_bytes().to_vec();
        bytes.extend([b'\r', b'\n', flags, 0, 0, 0]);
        bytes.extend(rest);
        bytes
    };
    // The time that every file of the new package has.
    let epoch = 315_532_800_u32.to_le_bytes();
    let same_time = [epoch, [0; 4]].concat().try_into().unwrap();
    check(
        &[
            Entry::file("a.py", b""),
            Entry::file("c.py", b""),
            Entry::file("__pycache__/a.cpython-311.pyc", &bytecode(3495, 1, [0; 8])),
            Entry::file("__pycache__/a.cpython-312.pyc", &bytecode(3531, 1, [0; 8])),
            Entry::file("__pycache__/b.cpython-312.pyc", &bytecode(3531, 0, [0; 8])),
            Entry::file(
                "__pycache__/c.cpython-312.pyc",
                &bytecode(3531, 0, same_time),
            ),
            Entry::file("sourceless.pyc", &bytecode(3495, 0, [0; 8])),
        ],
        None,
        &[
            "__pycache__/a.cpython-312.pyc 0644",
            "__pycache__/c.cpython-312.pyc 0644",
            "a.py 0644",
            "c.py 0644",
            "sourceless.pyc 0644",
            "- `__pycache__/a.cpython-311.pyc` is left out",
            "- `__pycache__/b.cpython-312.pyc` is left out",
        ],
    );
}

#[test]
fn a_thousand_modes_are_one_line() {
    let mut entries: Vec<_> = (0..1000)
        .map(|number| with_mode(0o100_600, &format!("{number}.py"), b""))
        .collect();
    entries.extend(["a.py", "a.py", "b.py", "b.py", "b.py"].map(|name| Entry::file(name, b"")));
    entries.extend(["x\\y.py", "x\\z.py"].map(|name| Entry::file(name, b"")));
    entries.push(with_mode(0o100_640, "c.py", b""));
    let bytes = zip(&entries);
    let package = survey("app.zip", Kind::Function, &bytes, target());
    let fix = Fix::new(&package, Arc::new(bytes), target(), None, DosTime::EPOCH).unwrap();
    assert_eq!(
        barrow_check::fix::summary(fix.mends()),
        [
            "2 names, such as: `x\\y.py` is now `x/y.py`",
            "2 files are there once; 3 earlier files left out",
            "1000 files have mode 0644 instead of 0600",
            "`c.py` has mode 0644 instead of 0640",
        ]
    );
}

#[test]
fn what_has_no_right_answer_keeps_the_package_from_being_mended() {
    let check = |entries: &[Entry], expected: &str| {
        let bytes = zip(entries);
        let package = survey("app.zip", Kind::Function, &bytes, target());
        let fix = Fix::new(&package, Arc::new(bytes), target(), None, DosTime::EPOCH);
        assert_eq!(
            fix.unwrap_err().to_string(),
            format!("`app.zip` cannot be mended: {expected}")
        );
    };
    let encrypted = |name: &str| Entry {
        flags: 1,
        ..Entry::file(name, b"")
    };
    check(&[encrypted("a.py")], "`a.py` is encrypted");
    check(
        &[encrypted("a.py"), encrypted("b.py"), encrypted("c.py")],
        "`a.py` is encrypted; and 2 more like it",
    );
    check(
        &[Entry::file("app.py", b""), Entry::file("../x", b"")],
        "`../x` is no path inside a package",
    );
    let damaged = Entry {
        crc32: Some(1),
        ..Entry::file("a.py", b"")
    };
    check(&[damaged], "`a.py` is damaged");
    check(
        &[Entry::file("a", b""), Entry::file("a/b", b"")],
        "`a` is a file and a folder",
    );
    check(
        &[Entry::file("a", b""), with_mode(0o120_777, "b", b"/opt/b")],
        "`b` is a link to `/opt/b`, which is not in the package",
    );
    check(&[], "its files cannot be read");
}
