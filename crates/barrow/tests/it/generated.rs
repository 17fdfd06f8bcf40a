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
