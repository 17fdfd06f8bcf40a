//! A RECORD tells what is in the package.

use super::*;

/// The paths in the `RECORD` of the only wheel, or `None` where the wheel's own is spliced.
fn check_record(
    layout: Layout,
    wheels: &[WheelBuilder],
    files: &[&str],
    expected: Option<&[&str]>,
) {
    let seen = plan(layout, wheels, files);
    let record = seen
        .plan
        .entries
        .iter()
        .find(|entry| entry.path.as_str().ends_with("a-1.dist-info/RECORD"));
    let rows = match &record.unwrap().content {
        Content::Fresh(bytes) => Some(record::parse(bytes)),
        _ => None,
    };
    let paths = rows
        .as_ref()
        .map(|rows| rows.iter().map(|row| &*row.path).collect::<Vec<_>>());
    assert_eq!(paths.as_deref(), expected);
}

#[test]
fn an_untouched_wheel_keeps_its_record() {
    let wheels = [a().file("a.py", "")];
    check_record(Layout::function(), &wheels, &["b.py"], None);
    check_record(
        Layout::versioned_layer("python3.12".parse().unwrap()),
        &wheels,
        &[],
        None,
    );
    // Equal bytes keep it true.
    check_record(
        Layout::function(),
        &[a().file("x", "1"), b().file("x", "1")],
        &[],
        None,
    );
}

#[test]
fn a_record_follows_what_is_in_the_package() {
    let wheel = a()
        .file("x.py", "1")
        .file("a-1.data/data/share/a", "2")
        .entry_points("[console_scripts]\nrun = a:main\n");
    let wheels = [wheel];
    check_record(
        Layout::function(),
        &wheels,
        &["x.py"],
        Some(&[
            "a-1.dist-info/METADATA",
            "a-1.dist-info/WHEEL",
            "a-1.dist-info/entry_points.txt",
            "bin/run",
            "share/a",
            "a-1.dist-info/RECORD",
        ]),
    );
    check_record(
        Layout::versioned_layer("python3.12".parse().unwrap()),
        &wheels,
        &[],
        Some(&[
            "../../../bin/run",
            "a-1.dist-info/METADATA",
            "a-1.dist-info/WHEEL",
            "a-1.dist-info/entry_points.txt",
            "x.py",
            "../../../share/a",
            "a-1.dist-info/RECORD",
        ]),
    );
}

#[test]
fn a_record_that_was_not_exact_becomes_so() {
    let wheels = [a()
        .file("x.py", "1")
        .unrecorded("y.py", "22")
        .file("gone.py", "")];
    let files = ["gone.py/now/a/folder"];
    let seen = plan(Layout::function(), &wheels, &files);
    let record = seen
        .plan
        .entries
        .iter()
        .find(|entry| entry.path.file_name() == "RECORD")
        .unwrap();
    let Content::Fresh(bytes) = &record.content else {
        panic!("{record:?}")
    };
    insta::assert_snapshot!(String::from_utf8_lossy(bytes), @r"
    a-1.dist-info/METADATA,sha256=ztvUJe7LBBiqKCkXuK_wve0wzWvnbNq52Cj68HGbkAg,42
    a-1.dist-info/WHEEL,sha256=JCVX9z8V-js2aV5qmQR2E3fiCs-Yu3vPO91cCBmO1JM,59
    x.py,sha256=a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s,1
    y.py,sha256=eF8-x-sy8wuQzQ_PNlfTiLX_Qpfy-XFv9m6bacBd3Qk,2
    a-1.dist-info/RECORD,,
    ");
}

#[test]
fn a_record_of_the_projects_own_is_left_alone() {
    let seen = plan(
        Layout::function(),
        &[a().unrecorded("x", "")],
        &["a-1.dist-info/RECORD"],
    );
    let record = seen
        .plan
        .entries
        .iter()
        .find(|entry| entry.path.file_name() == "RECORD")
        .unwrap();
    assert_eq!(
        record.content,
        Content::File {
            file: FileId(0),
            bytes: 7
        }
    );
}
