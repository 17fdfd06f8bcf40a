//! Every check against its fixtures: packages that trip it, and packages that nearly do.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod archive;
mod case;
mod elf;
mod fix;
mod folder;
mod pyc;
mod survey;

use std::path::{Path, PathBuf};

use barrow_check::checks;
use case::{Case, Fixture};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/checks")
}

fn fixture(check: &str) -> Fixture {
    let path = folder().join(format!("{check}.toml"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a check says about a case, as the command line shows it.
fn findings(check: &str, case: &Case) -> String {
    let findings = case.findings();
    let of_check = findings
        .iter()
        .filter(|finding| finding.check.name == check);
    of_check.map(ToString::to_string).collect()
}

#[test]
fn every_check_finds_what_trips_it_and_says_so() {
    let mut wrong = Vec::new();
    for check in checks::ALL {
        let fixture = fixture(check.name);
        assert!(!fixture.trips.is_empty(), "nothing trips `{}`", check.name);
        for case in &fixture.trips {
            let expected = case
                .finds
                .as_deref()
                .expect("`finds` of what trips a check");
            let found = findings(check.name, case);
            if found.trim_end() != expected.trim_end() {
                wrong.push(format!(
                    "{}: {}\n--- expected\n{expected}\n+++ found\n{found}",
                    check.name, case.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_check_lets_pass_what_nearly_trips_it() {
    let mut wrong = Vec::new();
    for check in checks::ALL {
        let fixture = fixture(check.name);
        assert!(
            !fixture.nearly.is_empty(),
            "nothing nearly trips `{}`",
            check.name
        );
        for case in &fixture.nearly {
            let found = findings(check.name, case);
            if !found.is_empty() {
                wrong.push(format!("{}: {}\n+++ found\n{found}", check.name, case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_fixture_belongs_to_a_check() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(checks::named(name).is_some(), "no check is called `{name}`");
        }
    }
}

#[test]
fn every_check_is_documented_under_the_same_headings() {
    for check in checks::ALL {
        let documentation = check.documentation();
        let headings: Vec<&str> = documentation
            .lines()
            .filter(|line| line.starts_with('#'))
            .collect();
        let expected = [
            "# Finds",
            "# Matters because",
            "# For example",
            "# To mend it",
        ];
        assert_eq!(headings, expected, "of `{}`", check.name);
    }
}

#[test]
fn names_of_checks_are_unique() {
    let names: std::collections::HashSet<_> = checks::ALL.iter().map(|check| check.name).collect();
    assert_eq!(names.len(), checks::ALL.len());
}
