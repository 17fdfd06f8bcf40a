//! `barrow init`.

use crate::project::Project;

#[test]
fn a_new_project_has_all_it_needs() {
    let project = Project::new(&[]);
    let ran = project.run("init hello").succeeds();
    insta::assert_snapshot!(ran.stdout, @r"
    hello/lambda_function.py
    hello/pyproject.toml
    hello/requirements.txt
    hello/event.json
    hello/.gitignore
    ");
    let settings = String::from_utf8(project.read("hello/pyproject.toml")).unwrap();
    assert!(settings.contains("name = \"hello\""), "{settings}");
}

#[test]
fn files_that_are_there_stay_as_they_are() {
    let project = Project::new(&[("hello/lambda_function.py", "mine")]);
    let ran = project.run("init hello --runtime python3.12").succeeds();
    assert!(!ran.stdout.contains("lambda_function.py"));
    assert_eq!(project.read("hello/lambda_function.py"), b"mine");
    project.run("init hello").fails(1).says("already");
    project
        .run("init hello/event.json")
        .fails(1)
        .says("is a file");
}
