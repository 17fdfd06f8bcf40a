//! `barrow inspect`.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;
use crate::zips::Zip;

fn written(zip: Zip) -> Project {
    let project = Project::new(&[]);
    project.write("app.zip", &zip.build());
    project
}

/// What the command says of a package, without the digest.
fn said(zip: Zip, flags: &str) -> String {
    let ran = written(zip)
        .run(&format!("inspect app.zip {flags}"))
        .succeeds();
    assert_eq!(ran.stderr, "");
    let lines = ran
        .stdout
        .lines()
        .filter(|line| !line.contains("CodeSha256"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_package_of_ours_is_as_it_should_be() {
    let index = Index::start([(
        "aa-1.0-py3-none-any.whl",
        wheel("aa-1.0-py3-none-any.whl")
            .file("aa/__init__.py", "a = 1\n")
            .build(),
    )]);
    let files = [
        ("lambda_function.py", "def lambda_handler(e, c): ...\n"),
        ("requirements.txt", "aa\n"),
    ];
    let project = Project::new(&files).with_index(&index);
    let built = project.run("build -o app.zip --json").succeeds().json();
    let ran = project.run("inspect app.zip").succeeds();
    let code_sha256 = built["packages"][0]["code_sha256"].as_str().unwrap();
    insta::assert_snapshot!(ran.stdout.replace(code_sha256, "[DIGEST]"), @r"
    app.zip: a function
      zipped        939 B of 50.0 MiB for a direct upload
      unzipped      391 B of 250.0 MiB, function and layers together
      entries       5 files
      CodeSha256    [DIGEST]
      platform      nothing compiled: any Python that its code runs on, any architecture
      modes         0644 × 5
      time stamps   1980-01-01 00:00:00 for all, so equal files give equal bytes
      compression   deflate × 4, stored × 1
      made by       Unix 3.0 × 5

    1 distribution        zipped    unzipped
      aa 1.0               303 B       361 B
    ");
}

#[test]
fn what_is_odd_is_listed() {
    let zip = Zip::new()
        .day(2024, 2, 3)
        .folder("lib")
        .file("app.py", "")
        .mode(0o600)
        .file("private.py", "")
        .file("key.py", "")
        .day(2025, 4, 5)
        .mode(0o777)
        .link("lib/latest.so", "real.so")
        .comment("built by hand");
    insta::assert_snapshot!(said(zip, ""), @r"
    app.zip: a function
      zipped        506 B of 50.0 MiB for a direct upload
      unzipped      7 B of 250.0 MiB, function and layers together
      entries       3 files, 1 folder, 1 symbolic link
      platform      nothing compiled: any Python that its code runs on, any architecture
      modes         0644 × 1
      modes         0600 × 2: private.py, key.py
      time stamps   2024-02-03 12:30:00 to 2025-04-05 12:30:00: the digest changes with every checkout
      compression   deflate × 3
      made by       Unix 2.0 × 4, Unix 1.0 × 1
      comment       built by hand
      link          lib/latest.so → real.so
    ");
}

#[test]
fn entries_are_listed_as_zipinfo_does() {
    let zip = Zip::new()
        .folder("bin")
        .mode(0o755)
        .file("bin/tool", "#!/bin/sh\n".repeat(20))
        .mode(0o644)
        .stored()
        .file("app.py", "x = 1\n")
        .link("run", "bin/tool");
    insta::assert_snapshot!(said(zip, "--files"), @r"
    drw-r--r--    0   0  stored   1980-01-01 00:00:00  bin/
    -rwxr-xr-x  200  15  deflate  1980-01-01 00:00:00  bin/tool
    -rw-r--r--    6   6  stored   1980-01-01 00:00:00  app.py
    lrw-r--r--    8   8  stored   1980-01-01 00:00:00  run
    ");
}

#[test]
fn files_under_python_are_a_layer() {
    let kind =
        |zip: Zip| written(zip).run("inspect app.zip --json").succeeds().json()["kind"].to_string();
    assert_eq!(
        kind(Zip::new().file("python/aa.py", "").file("bin/x", "")),
        "\"layer\""
    );
    assert_eq!(
        kind(Zip::new().file("python/aa.py", "").file("app.py", "")),
        "\"function\""
    );
}

/// The start of an ELF file that names its machine and nothing else.
pub(crate) fn elf(machine: u8) -> Vec<u8> {
    let mut header = vec![0; 64];
    header[..6].copy_from_slice(b"\x7fELF\x02\x01");
    header[6] = 1; // The version of the format, here and below.
    header[16] = 3; // A shared library.
    header[18] = machine;
    header[20] = 1;
    header[52] = 64; // The length of this header.
    header
}

#[test]
fn binaries_say_what_a_package_is_for() {
    let platform =
        |zip: Zip| written(zip).run("inspect app.zip --json").succeeds().json()["platform"].take();
    let arm = platform(Zip::new().file("a.cpython-312-aarch64-linux-gnu.so", elf(183)));
    assert_eq!(arm["architectures"][0], "arm64");
    assert_eq!(arm["pythons"][0], "3.12");
    assert_eq!(arm["runtime"], "python3.12");
    let both = Zip::new()
        .file("a.cpython-312-aarch64-linux-gnu.so", elf(183))
        .file("b.cpython-313-x86_64-linux-gnu.so", elf(62));
    assert_eq!(platform(both)["runtime"], serde_json::Value::Null);
    let stable = Zip::new()
        .file("a.abi3.so", elf(62))
        .file("windows.pyd", "MZ\u{90}");
    let said = said(stable, "");
    assert!(
        said.contains("  platform      1 binary for x86_64, the stable ABI"),
        "{said}"
    );
}

#[test]
fn json_has_every_entry() {
    let project = written(
        Zip::new()
            .distribution("aa", "1.0", "a = 1\n")
            .file("app.py", "x = 1\n"),
    );
    let document = project.run("inspect app.zip --json").succeeds().json();
    let entries = document["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 5);
    let app = &entries[4];
    assert_eq!(app["name"], "app.py");
    assert_eq!(app["mode"], "0644");
    assert_eq!(app["method"], "deflate");
    assert_eq!(app["modified"], "1980-01-01T00:00:00");
    assert_eq!(app["unzipped_bytes"], 6);
    assert_eq!(app["distribution"], serde_json::Value::Null);
    assert_eq!(app["crc32"].as_str().unwrap().len(), 8);
    assert_eq!(entries[0]["distribution"], "aa");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(project.read("app.zip"));
    assert_eq!(document["sha256"], data_encoding::HEXLOWER.encode(&digest));
}

#[test]
fn damage_is_told_and_the_rest_is_shown() {
    let project = Project::new(&[]);
    let mut bytes = Zip::new().stored().file("app.py", "x = 1\n").build();
    let at = bytes
        .windows(5)
        .position(|bytes| bytes == b"x = 1")
        .unwrap();
    bytes[at] = b'y';
    project.write("app.zip", &bytes);
    let ran = project.run("inspect app.zip").succeeds();
    assert!(
        ran.stdout
            .contains("  flaw          `app.py`: it has CRC-32 0x"),
        "{}",
        ran.stdout
    );
    let names: Vec<String> = (0..12).map(|number| format!("../{number}.py")).collect();
    let zip = names
        .iter()
        .fold(Zip::new(), |zip, name| zip.file(name, ""));
    project.write("app.zip", &zip.build());
    let ran = project.run("inspect app.zip").succeeds();
    assert!(
        ran.stdout
            .ends_with("  flaw          and 2 more (`barrow check` has them all)\n"),
        "{}",
        ran.stdout
    );
    project.write("app.zip", b"PK");
    insta::assert_snapshot!(project.run("inspect app.zip").fails(1).stderr, @r"
    error: cannot read `app.zip`
      cause: 2 bytes without the record that ends a zip; expected a whole zip archive
    ");
}
