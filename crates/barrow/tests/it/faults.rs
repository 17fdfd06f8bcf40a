//! Networks that fail, and processes that are stopped.

use barrow_core::testing::wheel;

use crate::index::{Fault, Index};
use crate::project::Project;

fn project(index: &Index) -> Project {
    Project::new(&[("lambda_function.py", ""), ("requirements.txt", "aa\n")]).with_index(index)
}

fn files() -> [(&'static str, Vec<u8>); 1] {
    let body = "x = 'some text that is long enough to be cut'\n".repeat(2000);
    [(
        "aa-1.0-py3-none-any.whl",
        wheel("aa-1.0-py3-none-any.whl")
            .file("aa.py", &body)
            .build(),
    )]
}

#[test]
fn a_cut_download_and_a_busy_index_are_tried_again() {
    let index = Index::start(files());
    index.fail_next(&[Fault::Cut, Fault::Busy]);
    project(&index).run("build").succeeds();
    assert!(index.file_requests() >= 3);
}

#[test]
fn a_wrong_digest_is_refused_with_both() {
    let index = Index::start(files());
    index.fail_next(&[Fault::Flip; 8]);
    let project = project(&index);
    project
        .run("build")
        .fails(1)
        .says("SHA-256")
        .says("aa-1.0-py3-none-any.whl");
    assert!(!project.path().join("dist").join("project.zip").exists());
}

#[test]
fn an_index_that_is_not_there_is_our_failure_not_the_users() {
    let index = Index::start(files());
    let project = project(&index);
    drop(index);
    project
        .run("build")
        .fails(2)
        .says("error: cannot build `project`");
}

#[test]
fn a_private_index_works_with_credentials_in_its_url_and_never_shows_them() {
    let index = Index::private(files(), "ada:s3cret");
    let files = [("lambda_function.py", ""), ("requirements.txt", "aa\n")];
    let url = index.url_with("ada:s3cret");
    let good = Project::new(&files).env("UV_DEFAULT_INDEX", &url);
    good.run("build").succeeds().keeps_silent_about("s3cret");
    let url = index.url_with("ada:wr0ng");
    let bad = Project::new(&files).env("UV_DEFAULT_INDEX", &url);
    let ran = bad.run("build").keeps_silent_about("wr0ng");
    assert_ne!(ran.code, 0);
}

#[test]
fn a_private_index_works_as_pip_is_configured() {
    let index = Index::private(files(), "ada:s3cret");
    let config = format!("[global]\nindex-url = {}\n", index.url_with("ada:s3cret"));
    let files = [
        ("lambda_function.py", ""),
        ("requirements.txt", "aa\n"),
        ("pip.conf", &config),
    ];
    let project = Project::new(&files);
    let path = project
        .path()
        .join("pip.conf")
        .to_string_lossy()
        .into_owned();
    project
        .env("PIP_CONFIG_FILE", &path)
        .run("build")
        .succeeds();
}

#[test]
fn netrc_is_asked_for_credentials() {
    let index = Index::private(files(), "ada:s3cret");
    let netrc = "machine 127.0.0.1\nlogin ada\npassword s3cret\n";
    let files = [
        ("lambda_function.py", ""),
        ("requirements.txt", "aa\n"),
        ("netrc", netrc),
    ];
    let project = Project::new(&files).with_index(&index);
    let path = project.path().join("netrc").to_string_lossy().into_owned();
    project.env("NETRC", &path).run("build").succeeds();
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_leaves_the_previous_output() {
    let project = Project::new(&[("lambda_function.py", "")]);
    project.run("build -o app.zip").succeeds();
    let before = project.read("app.zip");
    let model = project.path().join("model.bin");
    // Large enough that compressing it takes longer than it takes us to interrupt.
    std::fs::File::create(model)
        .unwrap()
        .set_len(1 << 31)
        .unwrap();
    let mut child = project
        .command("build -o app.zip --force")
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let unfinished = || {
        let files = std::fs::read_dir(project.path()).unwrap().flatten();
        files
            .filter(|file| file.file_name().to_string_lossy().starts_with(".barrow-"))
            .count()
    };
    while unfinished() == 0 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was interrupted"
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let interrupted = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(project.read("app.zip"), before);
    assert_eq!(unfinished(), 0);
}
