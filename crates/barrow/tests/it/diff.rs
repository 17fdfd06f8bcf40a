//! `barrow diff`.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;
use crate::zips::Zip;

/// What the command says of two packages.
fn said(old: Zip, new: Zip, flags: &str) -> String {
    let project = Project::new(&[]);
    project.write("old.zip", &old.build());
    project.write("new.zip", &new.build());
    let ran = project.run(&format!("diff old.zip new.zip {flags}"));
    let ran = ran.succeeds();
    assert_eq!(ran.stderr, "");
    // Digests are not what these tests are about.
    let lines = ran.stdout.lines();
    lines
        .filter(|line| !line.contains("CodeSha256"))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn plain() -> Zip {
    Zip::new()
        .file("a.py", "a = 1\n".repeat(100))
        .file("b.py", "b = 1\n".repeat(50))
}

/// The last lines: why the digests differ although the files do not.
#[track_caller]
fn check_reasons(old: Zip, new: Zip, expected: &[&str]) {
    let said = said(old, new, "");
    let (_, reasons) = said
        .split_once("the same files with the same content; what differs is\n")
        .expect(&said);
    let reasons: Vec<&str> = reasons.lines().map(str::trim).collect();
    assert_eq!(reasons, expected);
}

#[test]
fn what_is_identical_is_said_to_be() {
    insta::assert_snapshot!(said(plain(), plain(), ""), @"`old.zip` and `new.zip` are the same, byte for byte");
}

#[test]
fn distributions_and_files_are_told_apart() {
    let old = Zip::new()
        .stored()
        .file("app.py", "print(1)\n")
        .file("old.py", "")
        .distribution("gone", "1.0", "g = 1\n")
        .distribution("kept", "1.0", "k = 1\n")
        .distribution("patched", "1.0", "p = 1\n")
        .distribution("updated", "1.0", "u = 1\n");
    let new = Zip::new()
        .stored()
        .file("app.py", "print(2)\n")
        .distribution("kept", "1.0", "k = 1\n")
        .distribution("new", "3.0", "n = 1\n")
        .distribution("patched", "1.0", "p = 1 + 1\n")
        .distribution("updated", "1.1", "u = 2\n");
    insta::assert_snapshot!(said(old, new, ""), @r"
    old.zip → new.zip
      zipped      2.6 KiB → 2.5 KiB  -97 B
      unzipped    631 B → 630 B  -1 B
      files       18 → 17

    distributions
      - gone 1.0                                  4 removed  -148 B
      + new 3.0                                   4 added  +143 B
      ~ patched 1.0                               1 changed  +4 B
          ~ patched/__init__.py  6 B → 10 B
      ~ updated 1.0 → 1.1                         3 changed

    files of no distribution
      ~ app.py  9 B, other bytes
      - old.py  0 B
    ");
}

#[test]
fn of_another_version_files_are_listed_when_asked_for() {
    let old = Zip::new().distribution("aa", "1.0", "a = 1\n");
    let new = Zip::new()
        .distribution("aa", "1.1", "a = 1\n")
        .file("aa/new.py", "");
    insta::assert_snapshot!(said(old, new, "--files"), @r"
    old.zip → new.zip
      zipped      592 B → 688 B  +96 B
      unzipped    138 B
      files       4 → 5

    distributions
      ~ aa 1.0 → 1.1                              1 added, 2 changed
          ~ aa-1.1.dist-info/METADATA  44 B, other bytes
          ~ aa-1.1.dist-info/RECORD  86 B, other bytes
          + aa/new.py  0 B
    ");
}

#[test]
fn the_digest_differs_by_order_times_and_modes() {
    let swapped = || {
        Zip::new()
            .file("b.py", "b = 1\n".repeat(50))
            .file("a.py", "a = 1\n".repeat(100))
    };
    check_reasons(
        plain(),
        swapped(),
        &["the order of the files, from `a.py` on"],
    );
    let later = || {
        Zip::new()
            .day(2024, 5, 6)
            .file("a.py", "a")
            .file("b.py", "b")
    };
    let epoch = || Zip::new().file("a.py", "a").file("b.py", "b");
    check_reasons(
        later(),
        epoch(),
        &["time stamps of 2 files such as `a.py`: 2024-05-06 12:30:00 → 1980-01-01 00:00:00"],
    );
    let private = || Zip::new().file("a.py", "a").mode(0o600).file("b.py", "b");
    check_reasons(private(), epoch(), &["modes of `b.py`: 100600 → 100644"]);
}

#[test]
fn the_digest_differs_by_compression() {
    let fast = || Zip::new().level(1).file("a.py", text());
    let best = || Zip::new().level(9).file("a.py", text());
    let said = said(fast(), best(), "");
    assert!(
        said.contains("compressed bytes of `a.py`, for the same content: "),
        "{said}"
    );
    check_reasons(
        Zip::new().stored().file("a.py", text()),
        best(),
        &[
            "compression methods of `a.py`: stored → deflate",
            "made-by of `a.py`: Unix 1.0 → Unix 2.0",
        ],
    );
}

/// Neither too easy nor too hard to compress.
fn text() -> String {
    (0..2000)
        .map(|number: u32| format!("{}\n", number.wrapping_mul(2_654_435_761)))
        .collect()
}

#[test]
fn the_digest_differs_by_what_is_no_file() {
    check_reasons(
        plain(),
        plain().comment("built by hand"),
        &["the archive's comment: 0 B → 13 B"],
    );
    check_reasons(
        plain().folder("x"),
        plain(),
        &["1 entry for a folder was removed"],
    );
    let project = Project::new(&[]);
    let bytes = plain().build();
    project.write("old.zip", &bytes);
    project.write(
        "new.zip",
        &[b"#!/usr/bin/env python3\n", bytes.as_slice()].concat(),
    );
    let document = project.run("diff old.zip new.zip --json").succeeds().json();
    assert_eq!(document["has_same_files"], true);
    assert_eq!(document["reasons"][0]["what"], "bytes-around");
}

#[test]
fn bytes_that_the_directory_does_not_tell_of_are_the_last_guess() {
    let project = Project::new(&[]);
    let mut bytes = plain().build();
    project.write("old.zip", &bytes);
    bytes[4] ^= 1; // The version that the first local header says is needed.
    project.write("new.zip", &bytes);
    let said = project.run("diff old.zip new.zip").succeeds().stdout;
    assert!(
        said.ends_with("  headers in front of the files, or bytes between them\n"),
        "{said}"
    );
}

#[test]
fn the_exit_code_says_it_when_asked() {
    let project = Project::new(&[]);
    project.write("old.zip", &plain().build());
    project.write("same.zip", &plain().build());
    project.write("new.zip", &plain().file("c.py", "").build());
    project.run("diff old.zip new.zip").succeeds();
    project.run("diff old.zip same.zip --exit-code").succeeds();
    let ran = project.run("diff old.zip new.zip --exit-code -q").fails(1);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    project
        .run("diff old.zip none.zip")
        .fails(1)
        .says("`none.zip` does not exist");
}

#[test]
fn two_builds_are_compared() {
    let file = |version: &str, content: &str| {
        let name = format!("aa-{version}-py3-none-any.whl");
        let name: &'static str = name.leak();
        (name, wheel(name).file("aa/__init__.py", content).build())
    };
    let index = Index::start([file("1.0", "a = 1\n"), file("2.0", "a = 2\n")]);
    let files = [
        ("lambda_function.py", "def lambda_handler(e, c): ...\n"),
        ("requirements.txt", "aa<2\n"),
    ];
    let project = Project::new(&files).with_index(&index);
    project.run("build -o old.zip").succeeds();
    project.write("requirements.txt", b"aa\n");
    project.run("build -o new.zip").succeeds();
    let document = project.run("diff old.zip new.zip --json").succeeds().json();
    let changes = document["distributions"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0]["name"], "aa");
    assert_eq!(changes[0]["old_version"], "1.0");
    assert_eq!(changes[0]["new_version"], "2.0");
    assert_eq!(document["files"].as_array().unwrap().len(), 0);
    assert_eq!(
        document["reasons"].as_array().unwrap().len(),
        0,
        "{document}"
    );
}
