//! Sound, odd and damaged wheels, and what is said about each.

use std::error::Error;

use super::*;
use crate::testing::{WheelBuilder, wheel};

const NAME: &str = "a-1.0-py3-none-any.whl";

/// `expected`: each file of the package but those of `.dist-info`, with what is special about
/// it; then whether `RECORD` is exact.
fn check(builder: &WheelBuilder, expected: &[&str]) {
    let wheel = builder.verified();
    let mut seen: Vec<String> = wheel
        .entries
        .iter()
        .filter(|entry| !entry.path.top().ends_with(".dist-info"))
        .map(|entry| {
            let executable = if entry.executable { " executable" } else { "" };
            let body = entry.script_body.as_deref().map(String::from_utf8_lossy);
            let body = body.map(|body| format!(" {body:?}")).unwrap_or_default();
            format!("{}{executable}{body}", entry.path)
        })
        .collect();
    seen.push(
        if wheel.record_is_exact {
            "exact"
        } else {
            "inexact"
        }
        .to_owned(),
    );
    assert_eq!(seen, expected);
}

fn check_refused(builder: &WheelBuilder, expected: &str) {
    check_bytes(&builder.build(), expected);
}

fn check_bytes(bytes: &[u8], expected: &str) {
    let error = verify(&bytes.to_vec(), &NAME.parse().unwrap()).unwrap_err();
    let mut text = error.to_string();
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    assert_eq!(text, expected);
}

/// A `RECORD` for a wheel whose only other file is `a.py`.
fn record(rows: &str) -> WheelBuilder {
    wheel(NAME).file("a.py", "x = 1\n").record(rows)
}

#[test]
fn a_sound_wheel_is_taken_as_it_is() {
    let wheel = wheel(NAME)
        .folder("a")
        .file("a/__init__.py", "x = 1\n")
        .executable("a/tool", "#!/bin/sh\n")
        .stored("a/décembre.txt", "stored")
        .file("a/empty", "")
        .requires("b>=1; python_version < '4'")
        .requires("c")
        .entry_points("[console_scripts]\nrun = a:main\n");
    check(
        &wheel,
        &[
            "a/__init__.py",
            "a/tool executable",
            "a/décembre.txt",
            "a/empty",
            "exact",
        ],
    );
    let wheel = wheel.verified();
    assert_eq!(wheel.version, "1.0");
    assert_eq!(wheel.dist_info, "a-1.0.dist-info");
    assert_eq!(wheel.requires, ["b>=1; python_version < '4'", "c"]);
    assert_eq!(wheel.scripts.len(), 1);
    let init = &wheel.entries[0];
    // `printf 'x = 1\n' | sha256sum`
    let expected = "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4";
    assert_eq!(
        (init.sha256.to_hex().as_str(), init.span.uncompressed_bytes),
        (expected, 6)
    );
}

#[test]
fn a_file_of_many_buffers_is_hashed_whole() {
    let content: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    check(
        &wheel(NAME)
            .file("a.bin", &content)
            .stored("b.bin", &content),
        &["a.bin", "b.bin", "exact"],
    );
}

#[test]
fn scripts_give_up_their_placeholder() {
    check(
        &wheel(NAME)
            .executable("a-1.0.data/scripts/one", "#!python -E\nprint()\n")
            .file("a-1.0.data/scripts/two", "#!/bin/sh\n")
            .file("a-1.0.data/data/three", "#!python\n")
            .file("four", "#!python\n"),
        &[
            "a-1.0.data/scripts/one executable \"print()\\n\"",
            "a-1.0.data/scripts/two",
            "a-1.0.data/data/three",
            "four",
            "exact",
        ],
    );
}

#[test]
fn a_symlink_is_the_file_that_holds_its_target() {
    check(
        &wheel(NAME).symlink("a/npm", "../lib/npm.js"),
        &["a/npm", "exact"],
    );
}

#[test]
fn rows_without_files_and_files_without_rows_are_let_pass() {
    check(
        &wheel(NAME).file("a.py", "").unrecorded("METADATA.bak", ""),
        &["a.py", "METADATA.bak", "inexact"],
    );
    check(
        &record("/build/a-1.0.dist-info/RECORD,,\ngone.py,sha256=abc,1\n"),
        &["a.py", "inexact"],
    );
    check(&record(""), &["a.py", "inexact"]);
}

#[test]
fn signatures_need_no_row() {
    check(
        &wheel(NAME)
            .file("a.py", "")
            .unrecorded("a-1.0.dist-info/RECORD.jws", "{}"),
        &["a.py", "exact"],
    );
}

#[test]
fn a_digest_of_any_strength_is_held_against_the_file() {
    let sha512 =
        "mJEjmGkzz4JCu4SVTlwgTWeLx5GZl6jBRwlLVwDvSVI8mDPJWl3LAU2HhXJ2RmzVSjGQnmHv8NEGHrXCqYmUZg";
    let wrong = format!("a.py,sha512={sha512},6\n");
    check_refused(
        &record(&wrong),
        "`a.py` has `sha512=e73veyKgykOKZRFOeqVV-RiHar0CPb8GFYkM-jCLUlHBkx-rU_sUNgozT0yN7lCJ48E3W_3uNVShst_MuAk21g`; `RECORD` promises \
         `sha512=mJEjmGkzz4JCu4SVTlwgTWeLx5GZl6jBRwlLVwDvSVI8mDPJWl3LAU2HhXJ2RmzVSjGQnmHv8NEGHrXCqYmUZg`",
    );
    check_refused(
        &record("a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,6\n"),
        "`a.py` has `sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q`; `RECORD` promises \
         `sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU`",
    );
    check(&record("a.py,md5=00,6\n"), &["a.py", "inexact"]);
}

#[test]
fn of_two_rows_one_must_be_right() {
    let wrong = "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,6\n";
    check(
        &record(&format!(
            "{wrong}a.py,sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q,6\n"
        )),
        &["a.py", "inexact"],
    );
}

#[test]
fn damage_to_an_entry_names_it() {
    let sound = wheel(NAME).stored("a.py", "x = 1\n").build();
    let mut bytes = sound.clone();
    let at = bytes.windows(6).position(|six| six == b"x = 1\n").unwrap();
    bytes[at] = b'y';
    check_bytes(
        &bytes,
        "`a.py` is damaged: it has CRC-32 0x40aa5a9e; the directory promises 0x8bf6893b",
    );
    check_bytes(
        &sound[..sound.len() - 1],
        "cannot read the wheel's directory: 758 bytes without the record that ends a zip; \
         expected a whole zip archive",
    );
}

#[test]
fn the_first_damaged_entry_is_named_whichever_thread_is_faster() {
    let mut wheel = wheel(NAME);
    for number in 0..200 {
        wheel = wheel.stored(
            &format!("{number:03}.py"),
            format!("content of {number:03}"),
        );
    }
    let mut bytes = wheel.build();
    for number in [150, 30, 31, 199] {
        let text = format!("content of {number:03}").into_bytes();
        let at = bytes
            .windows(text.len())
            .position(|piece| piece == text)
            .unwrap();
        bytes[at] = b'C';
    }
    for _ in 0..20 {
        let error = verify(&bytes, &wheel.name()).unwrap_err();
        assert_eq!(error.to_string(), "`030.py` is damaged");
    }
}

#[test]
fn paths_that_leave_the_package_are_refused() {
    for (path, reason) in [
        (
            "../a.py",
            "it has a `..` part, which would leave the package",
        ),
        (
            "/a.py",
            "it is absolute; expected a path relative to the package",
        ),
        ("a\\b.py", "it has a backslash; parts are separated by `/`"),
        (
            "a-1.0.data/data/C:/x",
            "it is absolute; expected a path relative to the package",
        ),
    ] {
        check_refused(
            &wheel(NAME).file(path, ""),
            &format!("`{path}` is no path that a package can have: {reason}"),
        );
    }
    check_refused(
        &wheel(NAME).file("a-1.0.data/doc/x", ""),
        "`a-1.0.data/doc/x` has no place in a package: its folder of `.data` is unknown; expected \
         `purelib`, `platlib`, `headers`, `scripts` or `data`",
    );
}

#[test]
fn a_wheel_without_its_papers_is_refused() {
    for (file, text) in [
        ("METADATA", "the wheel has no `a-1.0.dist-info/METADATA`"),
        ("WHEEL", "the wheel has no `a-1.0.dist-info/WHEEL`"),
        ("RECORD", "the wheel has no `a-1.0.dist-info/RECORD`"),
    ] {
        check_refused(&wheel(NAME).without(file), text);
    }
    check_refused(
        &wheel(NAME).format("Wheel-Version: 2.0\n"),
        "cannot use `WHEEL`: `Wheel-Version` is `2.0`; expected 1.x",
    );
    check_refused(
        &wheel(NAME).metadata("Name: a\n"),
        "cannot use `METADATA`: it has no `Version` line",
    );
    check_refused(
        &wheel(NAME).metadata("Name: b\nVersion: 1.0\n"),
        "`METADATA` is that of `b`; expected `a`",
    );
    check_refused(
        &wheel("b-1.0-py3-none-any.whl"),
        "the wheel's folder `b-1.0.dist-info` is not one of `a`",
    );
    check_refused(
        &wheel(NAME).entry_points("[console_scripts]\n../x = a:main\n"),
        "cannot use `entry_points.txt`: entry point `../x = a:main` has a name that is no file name",
    );
}

#[test]
fn scripts_cannot_fill_the_memory() {
    let mut script = b"#!python\n".to_vec();
    script.resize(9 << 20, b' ');
    let two = wheel(NAME)
        .file("a-1.0.data/scripts/one", &script)
        .file("a-1.0.data/scripts/two", &script);
    check_refused(
        &two,
        "the wheel's scripts that start with `#!python` have more than 16777216 bytes together",
    );
    // Programs of any size are welcome.
    script[0] = b'\x7f';
    check(
        &wheel(NAME)
            .file("a-1.0.data/scripts/one", &script)
            .file("a-1.0.data/scripts/two", &script),
        &["a-1.0.data/scripts/one", "a-1.0.data/scripts/two", "exact"],
    );
}
