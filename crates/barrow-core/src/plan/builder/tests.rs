//! Wheels and files that want the same places, and what becomes of them.

mod records;

use super::*;
use crate::testing::{WheelBuilder, wheel};

/// What the package holds: paths with their origin, without the `.dist-info` of the wheels.
struct Seen {
    plan: Plan,
    entries: Vec<String>,
    conflicts: Vec<String>,
}

fn plan(layout: Layout, wheels: &[WheelBuilder], files: &[&str]) -> Seen {
    let verified: Vec<_> = wheels.iter().map(WheelBuilder::verified).collect();
    let mut builder = PlanBuilder::new(layout, "python3.12".parse().unwrap());
    for (number, path) in (0..).zip(files) {
        builder.file(EntryPath::parse(path).unwrap(), FileId(number), 7, false);
    }
    for (id, wheel) in (0..).zip(&verified) {
        builder.wheel(WheelId(id), wheel).unwrap();
    }
    let (plan, conflicts) = builder.finish();
    assert!(
        plan.entries.is_sorted_by(|a, b| a.path < b.path),
        "{:?}",
        plan.entries
    );
    let name = |source| match source {
        Source::Wheel(WheelId(id)) => wheels[id as usize].name().name().to_string(),
        Source::Project => "project".to_owned(),
    };
    let entries = plan
        .entries
        .iter()
        .filter(|entry| !entry.path.as_str().contains(".dist-info/"))
        .map(|entry| {
            let executable = if entry.executable { " executable" } else { "" };
            let origin = match &entry.content {
                Content::Spliced { wheel, .. } => {
                    format!("spliced from {}", name(Source::Wheel(*wheel)))
                }
                Content::File { file, .. } => format!("file {}", file.0),
                Content::Fresh(_) => format!("made for {}", name(entry.source)),
            };
            format!("{} {origin}{executable}", entry.path)
        })
        .collect();
    let conflicts = conflicts
        .iter()
        .map(|conflict| match conflict {
            Conflict::Path {
                path,
                loser,
                winner,
            } => {
                format!("{path}: {} over {}", name(*winner), name(*loser))
            }
            Conflict::FileOrFolder {
                file,
                entry,
                loser,
                winner,
            } => {
                format!(
                    "{file}: {entry} of {} lost to {}",
                    name(*loser),
                    name(*winner)
                )
            }
            Conflict::NameTaken {
                folder,
                entries,
                loser,
                winner,
            } => {
                let [loser, winner] = [loser, winner].map(|id| name(Source::Wheel(*id)));
                format!("{folder}: {entries} of {loser} lost to {winner}")
            }
            Conflict::LeftBehind {
                folder,
                entries,
                loser,
            } => {
                format!(
                    "{folder}: {entries} of {} left behind",
                    name(Source::Wheel(*loser))
                )
            }
        })
        .collect();
    Seen {
        plan,
        entries,
        conflicts,
    }
}

fn check(wheels: &[WheelBuilder], files: &[&str], entries: &[&str], conflicts: &[&str]) {
    let seen = plan(Layout::function(), wheels, files);
    assert_eq!(seen.entries, entries);
    assert_eq!(seen.conflicts, conflicts);
}

fn a() -> WheelBuilder {
    wheel("a-1-py3-none-any.whl")
}

fn b() -> WheelBuilder {
    wheel("b-1-py3-none-any.whl")
}

#[test]
fn wheels_and_files_lie_side_by_side_in_the_order_of_their_paths() {
    check(
        &[
            a().file("a/__init__.py", "")
                .file("ns/a.py", "")
                .executable("a-b", ""),
            b().file("ns/b.py", ""),
        ],
        &["lambda_function.py", "b.py"],
        &[
            "a-b spliced from a executable",
            "a/__init__.py spliced from a",
            "b.py file 1",
            "lambda_function.py file 0",
            "ns/a.py spliced from a",
            "ns/b.py spliced from b",
        ],
        &[],
    );
}

#[test]
fn equal_bytes_are_no_conflict() {
    check(
        &[
            a().file("ns/__init__.py", "# ns"),
            b().file("ns/__init__.py", "# ns"),
        ],
        &[],
        &["ns/__init__.py spliced from b"],
        &[],
    );
}

#[test]
fn of_different_bytes_the_later_wheels_win() {
    check(
        &[
            a().file("x", "1"),
            b().file("x", "2"),
            wheel("c-1-py3-none-any.whl").file("x", "1"),
        ],
        &[],
        &["x spliced from c"],
        &["x: c over b"],
    );
}

#[test]
fn the_project_wins_over_all_wheels() {
    check(
        &[a().file("x", "1"), b().file("x", "1")],
        &["x"],
        &["x file 0"],
        &["x: project over a", "x: project over b"],
    );
}

#[test]
fn a_wheel_may_override_itself() {
    check(
        &[a()
            .file("a-1.data/purelib/x.py", "2")
            .file("x.py", "1")
            .file("a-1.data/scripts/run", "old")
            .entry_points("[console_scripts]\nrun = a:main\n")],
        &[],
        &["bin/run made for a executable", "x.py spliced from a"],
        &[],
    );
}

#[test]
fn data_folders_go_where_pip_puts_them() {
    check(
        &[a()
            .file("a-1.data/platlib/p.so", "")
            .file("a-1.data/headers/a.h", "")
            .file("a-1.data/data/share/man/a.1", "")
            .file("a-1.data/data/lib/python/q.py", "")
            .file("a-1.data/scripts/plain", "binary")
            .file("a-1.data/scripts/script", "#!python\n")],
        &[],
        &[
            "bin/plain spliced from a executable",
            "bin/script made for a executable",
            "include/python/a/a.h spliced from a",
            "p.so spliced from a",
            "q.py spliced from a",
            "share/man/a.1 spliced from a",
        ],
        &[],
    );
}

#[test]
fn programs_are_left_out_where_bin_is_importable() {
    // As seen with pip 26.3: the whole folder stays behind, whoever brought it.
    check(
        &[
            a().file("bin/tool.py", "")
                .file("a-1.data/data/lib/libm.so", "")
                .file("a-1.data/data/lib64/m", ""),
            b().entry_points("[console_scripts]\nb = b:main\nc = b:main\n"),
        ],
        &["lib/own.so", "bin/own"],
        &[
            "bin/own file 1",
            "bin/tool.py spliced from a",
            "lib/own.so file 0",
            "lib64/m spliced from a",
        ],
        &["bin: 2 of b lost to a", "lib: 1 of a left behind"],
    );
}

#[test]
fn a_layer_for_one_version_takes_all_data() {
    let wheels = [a()
        .file("bin/tool.py", "")
        .file("a-1.data/data/lib/libm.so", "")
        .file("a-1.data/scripts/run", "")];
    let seen = plan(
        Layout::versioned_layer("python3.12".parse().unwrap()),
        &wheels,
        &[],
    );
    assert_eq!(
        seen.entries,
        [
            "python/bin/run spliced from a executable",
            "python/lib/libm.so spliced from a",
            "python/lib/python3.12/site-packages/bin/tool.py spliced from a",
        ]
    );
    assert_eq!(seen.conflicts, [""; 0]);
}

#[test]
fn a_later_folder_evicts_a_file_and_a_later_file_a_folder() {
    let wheels = [
        a().file("x", "")
            .file("y/1/z", "")
            .file("y/2", "")
            .file("y.py", ""),
        b().file("x/1", "").file("x-1", "").file("y", ""),
    ];
    check(
        &wheels,
        &[],
        &[
            "x-1 spliced from b",
            "x/1 spliced from b",
            "y spliced from b",
            "y.py spliced from a",
        ],
        &[
            "x: x of a lost to b",
            "y: y/1/z of a lost to b",
            "y: y/2 of a lost to b",
        ],
    );
}

#[test]
fn a_file_of_the_project_evicts_a_folder_of_a_wheel() {
    check(
        &[a().file("x/1", "").file("x/2/3", "")],
        &["x"],
        &["x file 0"],
        &[
            "x: x/1 of a lost to project",
            "x: x/2/3 of a lost to project",
        ],
    );
    check(
        &[a().file("x", "")],
        &["x/1/2"],
        &["x/1/2 file 0"],
        &["x: x of a lost to project"],
    );
}

#[test]
fn nested_clashes_end() {
    check(
        &[a().file("x", "").file("x/y", "").file("x/y/z", "")],
        &[],
        &["x/y/z spliced from a"],
        &["x: x of a lost to a", "x/y: x/y of a lost to a"],
    );
}

#[test]
fn shares_add_up_and_the_largest_comes_first() {
    let wheels = [a().file("a", "1"), b().file("b", vec![b'x'; 5000])];
    let seen = plan(Layout::function(), &wheels, &["one", "two"]);
    let shares = seen.plan.shares();
    let sources: Vec<_> = shares
        .iter()
        .map(|share| (share.source, share.entries))
        .collect();
    assert_eq!(
        sources,
        [
            (Source::Wheel(WheelId(1)), 4),
            (Source::Wheel(WheelId(0)), 4),
            (Source::Project, 2),
        ]
    );
    let total: barrow_model::Bytes = shares.iter().map(|share| share.unzipped_bytes).sum();
    assert_eq!(total, seen.plan.unzipped_bytes());
    assert_eq!(shares[2].zipped_bytes, barrow_model::Bytes(0));
}

#[test]
fn a_path_that_only_the_layout_makes_too_long_is_an_error() {
    let deep = vec!["x".repeat(199); 20].join("/");
    let wheel = a().file(&deep, "").verified();
    let mut builder = PlanBuilder::new(
        Layout::versioned_layer("python3.12".parse().unwrap()),
        "python3.12".parse().unwrap(),
    );
    let error = builder.wheel(WheelId(0), &wheel).unwrap_err();
    assert!(
        error.to_string().ends_with("which is no path of a package"),
        "{error}"
    );
}
