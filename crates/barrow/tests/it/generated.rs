//! Pages that are made from the code are as the code would make them.

use crate::project::Project;

#[test]
fn the_command_reference_is_up_to_date() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/cli.md");
    let committed = std::fs::read_to_string(page).unwrap();
    assert!(
        committed == barrow::cli::generate::reference(),
        "run `cargo run -p barrow -- generate reference docs/reference`"
    );
}

#[test]
fn the_reference_of_checks_is_up_to_date() {
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/checks.md"
    );
    let committed = std::fs::read_to_string(page).unwrap();
    assert!(
        committed == barrow::cli::generate::checks(),
        "run `cargo run -p barrow -- generate reference docs/reference`"
    );
}

#[test]
fn a_check_is_explained_in_the_words_of_its_reference() {
    let project = Project::new(&[]);
    let reference = barrow::cli::generate::checks();
    for check in barrow_check::checks::ALL {
        let ran = project
            .run(&format!("check --explain {}", check.name))
            .succeeds();
        assert!(reference.contains(ran.stdout.trim_end()), "{}", check.name);
    }
    let all = project.run("check --explain").succeeds();
    assert_eq!(all.stdout.lines().count(), barrow_check::checks::ALL.len());
}

#[test]
fn completions_and_manual_pages_can_be_made() {
    let project = Project::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = project
            .run(&format!("generate completions {shell}"))
            .succeeds();
        assert!(ran.stdout.contains("barrow"), "{shell}");
    }
    project.run("generate man pages").succeeds();
    let page = String::from_utf8(project.read("pages/barrow-build.1")).unwrap();
    assert!(page.contains(".TH barrow-build 1"), "{page}");
}
