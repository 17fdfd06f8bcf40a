//! `barrow size`.

use barrow_core::testing::wheel;
use barrow_core::zip::extra;
use barrow_core::zip::record::{CentralHeader, End};

use crate::index::Index;
use crate::project::Project;
use crate::zips::Zip;

/// A package that somebody else made: two distributions, and files that are nobody's.
fn foreign() -> Project {
    let project = Project::new(&[]);
    let zip = Zip::new()
        .stored()
        .file("app.py", "x".repeat(100))
        .distribution("large", "1.5", &"#".repeat(3000))
        .distribution("small", "0.1", &"#".repeat(300))
        .file("large/tests/test_it.py", "y".repeat(500));
    project.write("app.zip", &zip.build());
    project
}

#[test]
fn the_heaviest_comes_first() {
    let ran = foreign().run("size app.zip").succeeds();
    insta::assert_snapshot!(ran.stdout, @r"
    10 files  5.2 KiB zipped, 4.0 KiB unzipped

    by distribution           zipped    unzipped
      large 1.5              3.5 KiB     3.5 KiB   87 %  █████████████████
      small 0.1                447 B       447 B   11 %  ██
      of no distribution       100 B       100 B    2 %

    by kind         zipped    unzipped
      Python       3.3 KiB     3.3 KiB   81 %  ████████████████
      tests          500 B       500 B   12 %  ██
      metadata       290 B       290 B    7 %  █
      data             4 B         4 B    0 %
    ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn one_table_and_few_lines_can_be_asked_for() {
    let ran = foreign().run("size app.zip --by folder --top 2").succeeds();
    insta::assert_snapshot!(ran.stdout, @r"
    10 files  5.2 KiB zipped, 4.0 KiB unzipped

    by folder          zipped    unzipped
      large           2.9 KiB     2.9 KiB   72 %  ██████████████
      large/tests       500 B       500 B   12 %  ██
      4 others          692 B       692 B   16 %  ███
    ");
}

#[test]
fn json_has_all_of_it() {
    let document = foreign().run("size app.zip --json").succeeds().json();
    assert_eq!(document["files"], 10);
    let names = |list: &str| -> Vec<String> {
        let shares = document[list].as_array().unwrap().iter();
        shares.map(|share| share["name"].to_string()).collect()
    };
    assert_eq!(names("by_distribution"), ["\"large\"", "\"small\"", "null"]);
    assert_eq!(document["by_distribution"][0]["version"], "1.5");
    for list in ["by_distribution", "by_folder", "by_kind"] {
        let shares = document[list].as_array().unwrap();
        let sum = |field: &str| {
            shares
                .iter()
                .map(|share| share[field].as_u64().unwrap())
                .sum::<u64>()
        };
        assert_eq!(document["files"], sum("files"), "{list}");
        assert_eq!(document["unzipped_bytes"], sum("unzipped_bytes"), "{list}");
        let overhead = document["overhead_bytes"].as_u64().unwrap();
        assert_eq!(
            document["zipped_bytes"],
            sum("zipped_bytes") + overhead,
            "{list}"
        );
    }
}

#[test]
fn a_package_of_ours_is_known_by_its_wheels() {
    let index = Index::start([(
        "aa-1.0-py3-none-any.whl",
        wheel("aa-1.0-py3-none-any.whl")
            .file("aa/__init__.py", "a = 1\n")
            .file("aa_speedups.py", "b = 1\n")
            .build(),
    )]);
    let files = [
        ("lambda_function.py", "def lambda_handler(e, c): ...\n"),
        ("requirements.txt", "aa\n"),
    ];
    let project = Project::new(&files).with_index(&index);
    let built = project.run("build -o app.zip --json").succeeds().json();
    let document = project.run("size app.zip --json").succeeds().json();
    let (ours, theirs) = (
        &document["by_distribution"][0],
        &built["packages"][0]["distributions"][0],
    );
    for field in ["name", "version", "unzipped_bytes"] {
        assert_eq!(ours[field], theirs[field], "{field}");
    }
}

#[test]
fn the_page_is_the_same_every_time_and_needs_nothing() {
    let project = foreign();
    project
        .run("size app.zip --html a.html")
        .succeeds()
        .says("the page is `a.html`");
    project.run("size app.zip --html b.html -q").succeeds();
    let page = String::from_utf8(project.read("a.html")).unwrap();
    assert_eq!(page.as_bytes(), project.read("b.html"));
    assert!(page.contains("default-src 'none'"));
    assert!(
        page.contains(r#"[0,"large 1.5"],[1,"large"],[2,"__init__.py",6,3000,3000]"#),
        "{page}"
    );
}

#[test]
fn what_is_no_zip_is_named() {
    let project = Project::new(&[("app.zip", "no zip"), ("folder/file", "")]);
    insta::assert_snapshot!(project.run("size app.zip").fails(1).stderr, @r"
    error: cannot read `app.zip`
      cause: 6 bytes without the record that ends a zip; expected a whole zip archive
    ");
    insta::assert_snapshot!(project.run("size none.zip").fails(1).stderr, @"error: `none.zip` does not exist");
    insta::assert_snapshot!(project.run("size folder").fails(1).stderr, @"error: `folder` is not a file; expected a zip");
}

#[test]
fn sizes_that_are_made_up_do_no_harm() {
    let project = Project::new(&[]);
    let (mut zip, count) = (Vec::new(), 3);
    for number in 0..count {
        let (name, extra) = (format!("{number}.py"), extra::zip64(&[u64::MAX, u64::MAX]));
        let header = CentralHeader {
            made_by: 0x031e,
            version_needed: 45,
            flags: 0,
            method: 8,
            modified: 0,
            crc32: number,
            compressed_bytes: u32::MAX,
            uncompressed_bytes: u32::MAX,
            name_bytes: name.len() as u16,
            extra_bytes: extra.len() as u16,
            comment_bytes: 0,
            disk: 0,
            internal_attributes: 0,
            external_attributes: 0,
            header_offset: 0,
        };
        header.write(&mut zip);
        zip.extend_from_slice(name.as_bytes());
        zip.extend_from_slice(&extra);
    }
    let end = End {
        disk: 0,
        directory_disk: 0,
        entries_on_disk: count as u16,
        entries: count as u16,
        directory_bytes: zip.len() as u32,
        directory_offset: 0,
        comment_bytes: 0,
    };
    end.write(&mut zip);
    project.write("a.zip", &zip);
    project.write("b.zip", &[zip.as_slice(), b"x"].concat());
    project.run("size a.zip --top 1 --html a.html").succeeds();
    project.run("inspect a.zip").succeeds();
    project.run("diff a.zip b.zip").succeeds();
    project
        .run("path a.zip")
        .fails(1)
        .says("cannot read `a.zip`");
}

#[test]
fn names_that_a_terminal_would_obey_are_written_out() {
    let project = Project::new(&[]);
    let zip = Zip::new()
        .file("a\u{1b}[2J/x.py", "")
        .file("../b.py", "x")
        .file("/c.py", "y");
    project.write("app.zip", &zip.build());
    let ran = project
        .run("size app.zip --by folder --html size.html")
        .succeeds();
    assert!(ran.stdout.contains("a\\u{1b}[2J"), "{}", ran.stdout);
}
