//! `barrow check`: what it prints, how it ends, and what it makes of settings.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;

const FUNCTION: (&str, &str) = (
    "lambda_function.py",
    "def lambda_handler(event, context): ...\n",
);

/// A zip whose only file nobody but its owner can read.
fn with_unreadable_file(project: &Project) {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o600);
    zip.start_file("lambda_function.py", options).unwrap();
    std::io::Write::write_all(&mut zip, FUNCTION.1.as_bytes()).unwrap();
    project.write("app.zip", &zip.finish().unwrap().into_inner());
}

#[test]
fn what_is_found_goes_to_stdout_and_errors_make_it_fail() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    let ran = project
        .run("check app.zip")
        .fails(1)
        .says("`app.zip` for python3.13 on x86_64: 1 error");
    insta::assert_snapshot!(ran.stdout, @"
    error[unreadable-file]: `lambda_function.py` has mode 0600, which the function's user cannot read
      lambda_function.py
    hint: `barrow check --fix` gives every file 0644 or 0755
    ");
}

#[test]
fn a_sound_package_is_said_to_be_one() {
    let project = Project::new(&[FUNCTION]);
    project.run("build -o app.zip").succeeds();
    let ran = project
        .run("check app.zip --runtime python3.12 --arch arm64")
        .succeeds()
        .says("`app.zip` for python3.12 on arm64: nothing found");
    assert_eq!(ran.stdout, "");
}

#[test]
fn without_a_package_the_project_is_checked_and_nothing_is_written() {
    let project = Project::new(&[FUNCTION]);
    project.run("check").succeeds().says("nothing found");
    assert!(!project.path().join("dist").exists());
}

#[test]
fn json_has_every_finding_with_its_places() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    for flags in ["--json", "--format json"] {
        let ran = project.run(&format!("check app.zip {flags}")).fails(1);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["errors"], 1);
        let finding = &document["findings"][0];
        assert_eq!(finding["check"], "unreadable-file");
        assert_eq!(finding["places"][0]["path"], "lambda_function.py");
        assert_eq!(finding["fixable"], true);
    }
}

#[test]
fn sarif_and_workflow_commands_name_the_check() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    let ran = project.run("check app.zip --format sarif").fails(1);
    let log: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "unreadable-file");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unreadable-file");

    let ran = project.run("check app.zip --format github").fails(1);
    assert!(
        ran.stdout
            .starts_with("::error file=app.zip,title=unreadable-file::`lambda_function.py` has"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.stdout.lines().count(), 1);
}

#[test]
fn a_check_can_be_allowed_by_flag_by_setting_and_by_path() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    project
        .run("check app.zip --allow unreadable-file")
        .succeeds();
    for section in [
        "[tool.barrow.check]\nallow = ['unreadable-file']\n",
        "[tool.barrow.check.ignore]\n'lambda_*.py' = ['unreadable-file']\n",
        "[tool.barrow.check.ignore]\n'*.py' = []\n",
    ] {
        project.write("pyproject.toml", section.as_bytes());
        project.run("check app.zip").succeeds();
    }
}

#[test]
fn a_check_that_does_not_exist_is_an_error_with_those_that_sound_alike() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    project
        .run("check app.zip --allow unreadable-files")
        .fails(1)
        .says("`allow` names `unreadable-files`, which is no check")
        .says("perhaps `unreadable-file` is meant");
    project
        .run("check --explain zebra")
        .fails(1)
        .says("`zebra`, which is no check");
}

#[test]
fn a_mended_package_is_another_file_and_has_nothing_left_to_mend() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    let before = project.read("app.zip");
    let ran = project
        .run("check app.zip --fix -o fixed.zip")
        .succeeds()
        .says("`fixed.zip` has 1 thing mended")
        .says("`lambda_function.py` has mode 0644 instead of 0600")
        .says("`fixed.zip` for python3.13 on x86_64: nothing found");
    assert_eq!(ran.stdout, "");
    assert_eq!(project.read("app.zip"), before);
    project
        .run("check fixed.zip --fix -o again.zip")
        .succeeds()
        .says("nothing to mend");
    assert_eq!(project.read("again.zip"), project.read("fixed.zip"));
}

#[test]
fn a_package_is_replaced_only_when_that_is_said() {
    let project = Project::new(&[]);
    with_unreadable_file(&project);
    let before = project.read("app.zip");
    project
        .run("check app.zip --fix")
        .fails(1)
        .says("`--in-place`");
    project
        .run("check app.zip --fix -o ./app.zip")
        .fails(1)
        .says("is the package itself");
    assert_eq!(project.read("app.zip"), before);
    project.run("check app.zip --fix --in-place").succeeds();
    project.run("check app.zip").succeeds();
    assert_ne!(project.read("app.zip"), before);
}

#[test]
fn what_cannot_be_mended_is_not_written() {
    let project = Project::new(&[]);
    project.write("app.zip", b"PK\x03\x04 and no more");
    project
        .run("check app.zip --fix -o fixed.zip")
        .fails(1)
        .says("`app.zip` cannot be mended");
    assert!(!project.path().join("fixed.zip").exists());
}

#[test]
fn of_wheels_only_what_imports_come_to_is_read_before_they_are_packed() {
    let index = Index::start([(
        "aa-1.0-py3-none-any.whl",
        wheel("aa-1.0-py3-none-any.whl")
            .file("aa/__init__.py", "from . import new\n")
            .file("aa/new.py", "x = 1\n")
            .file("aa/old.py", "print 'x'\n")
            .build(),
    )]);
    let function = |import: &str| format!("import {import}\n\n{}", FUNCTION.1);
    let files = [(FUNCTION.0, &*function("aa")), ("requirements.txt", "aa\n")];
    let project = Project::new(&files).with_index(&index);
    project.run("build -o app.zip").succeeds();
    // The second time, from what the first one kept.
    for _ in 0..2 {
        project.run("check").succeeds().says("nothing found");
    }
    let ran = project.run("check app.zip").succeeds();
    insta::assert_snapshot!(ran.stdout, @"
    note[syntax-error]: `aa 1.0` has a file that is no Python 3.13; nothing imports it
      aa/old.py:1
    ");
    project.write(FUNCTION.0, function("aa.old").as_bytes());
    let first = project.run("check").succeeds();
    insta::assert_snapshot!(first.stdout, @"
    warning[syntax-error]: `aa/old.py` is no Python 3.13: simple statements must be separated by newlines or semicolons
      aa/old.py:1
      Lambda would say: Syntax error in module 'lambda_function': invalid syntax (old.py, line 1)
    ");
    assert_eq!(project.run("check").succeeds().stdout, first.stdout);
}
