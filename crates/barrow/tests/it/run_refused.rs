//! What `barrow run` says where it cannot run: the host, the interpreter, the processor, the event.

use std::process::Command;

use super::project::Project;
use super::run::{function, run};
use super::sandbox::is_possible;

#[test]
fn the_doctor_finds_a_sandbox_where_there_is_one() {
    if !is_possible() {
        return;
    }
    let document = Project::new(&[]).run("doctor --json").succeeds().json();
    let findings = document["findings"].as_array().unwrap();
    for what in ["sandbox", "no network"] {
        let found = findings.iter().find(|found| found["what"] == what).unwrap();
        assert_eq!(found["good"], true, "{found}");
    }
}

#[test]
fn a_host_without_namespaces_is_said_to_be_one() {
    if !is_possible() {
        return;
    }
    let project = function("def h(e, c): return 1");
    run(&project, "").succeeds();
    let inside = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
    let forbidden = |arguments: &str| {
        let allowed = project.command(arguments);
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "sh", "-c", inside, "sh"])
            .arg(allowed.get_program())
            .args(allowed.get_args())
            .current_dir(project.path());
        for (name, value) in allowed.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (code, _, stderr) = forbidden("run --handler app.h");
    assert_eq!(code, Some(2), "{stderr}");
    assert!(
        stderr.contains("this host does not let us make namespaces"),
        "{stderr}"
    );
    assert!(
        stderr.contains("`user.max_user_namespaces` is 0"),
        "{stderr}"
    );
    let (code, stdout, stderr) = forbidden("run --handler app.h --isolation none");
    assert_eq!((code, stdout.trim()), (Some(0), "1"), "{stderr}");
    let (code, stdout, _) = forbidden("doctor");
    assert_eq!(code, Some(1), "{stdout}");
    assert!(stdout.contains("--  sandbox"), "{stdout}");
}

#[test]
fn a_missing_interpreter_is_named_with_those_that_are_there() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_string_lossy();
    Project::new(&[("lambda_function.py", "")])
        .env("PATH", &empty)
        .env("HOME", &empty)
        .env("PYENV_ROOT", &empty)
        .env("XDG_DATA_HOME", &empty)
        .run("run --runtime python3.14")
        .fails(2)
        .says("`python3.14` needs Python 3.14, which is not on this machine")
        .says("no other Python was found on `PATH`, of pyenv or of uv either")
        .says("hint: `barrow runtime install python3.14` gets one");
}

#[test]
fn another_processor_is_said_to_be_another() {
    let other = if cfg!(target_arch = "x86_64") {
        "arm64"
    } else {
        "x86_64"
    };
    Project::new(&[("lambda_function.py", "")])
        .run(&format!("run --arch {other}"))
        .fails(1)
        .says(&format!(
            "the function is for {other}, and this machine is "
        ));
}

#[test]
fn what_cannot_be_an_event_is_said_to_be_none() {
    let project = Project::new(&[("lambda_function.py", ""), ("two.json", "{\n1\n")]);
    project
        .run("run -e {oops")
        .fails(1)
        .says("`{oops` is neither a file nor JSON");
    project
        .run("run -e two.json")
        .fails(1)
        .says("`two.json` is not JSON");
    project
        .run("run --env 1A=b")
        .fails(1)
        .says("`1A` is no name for a variable of a function");
    project
        .run("run --memory 64")
        .fails(2)
        .says("`64` is no memory size; expected a whole number of MB from 128 to 10240");
    project
        .run("run missing.zip")
        .fails(1)
        .says("`missing.zip` is not a file");
}
