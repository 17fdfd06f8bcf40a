//! Lock files of other tools: what they pin is taken, from whichever index is configured.

use std::process::Command;

use barrow_core::testing::wheel;
use barrow_model::Sha256;
use sha2::Digest as _;

use crate::index::Index;
use crate::project::{Project, uv};

const OLD: &str = "aa-1.0-py3-none-any.whl";

fn bytes(name: &str) -> Vec<u8> {
    wheel(name).file("aa.py", name).build()
}

fn index() -> Index {
    let names = [OLD, "aa-2.0-py3-none-any.whl", "bb-1.0-py3-none-any.whl"];
    Index::start(names.map(|name| (name, bytes(name))))
}

fn digest() -> String {
    Sha256::new(sha2::Sha256::digest(bytes(OLD)).into()).to_hex()
}

fn pyproject(dependencies: &str) -> String {
    format!(
        "[project]\nname = 'shop'\nversion = '1'\nrequires-python = '>=3.8'\n\
         dependencies = [{dependencies}]\n"
    )
}

/// Builds with a lock that pins the older of two versions, and then asks for more than it has.
fn check(lock: &str, text: &str, update: &str) {
    let index = index();
    let project = Project::new(&[("lambda_function.py", ""), (lock, text)]).with_index(&index);
    check_project(&project, update);
}

fn check_project(project: &Project, update: &str) {
    project.write("pyproject.toml", pyproject("'aa'").as_bytes());
    project.run("build -o app.zip").succeeds();
    assert_eq!(project.text("app.zip", "aa.py"), OLD);
    project.write("pyproject.toml", pyproject("'aa', 'bb'").as_bytes());
    project
        .run("build -o app.zip")
        .succeeds()
        .says("does not have bb, which the project asks for")
        .says(&format!("run `{update}`"));
}

#[test]
fn uv_lock_is_followed() {
    let index = index();
    let project = Project::new(&[("lambda_function.py", "")]).with_index(&index);
    project.write("pyproject.toml", pyproject("'aa<2'").as_bytes());
    let locked = Command::new(uv())
        .args(["lock", "--quiet", "--default-index", &index.url()])
        .current_dir(project.path())
        .env("UV_PYTHON_DOWNLOADS", "never")
        .env("UV_CACHE_DIR", project.cache().join("uv"))
        .status();
    assert!(locked.unwrap().success());
    project.run("build --locked -o app.zip").succeeds();
    check_project(&project, "uv lock");
    project.run("build --locked").fails(1).says("run `uv lock`");
}

#[test]
fn poetry_lock_is_followed() {
    let text = format!(
        "[[package]]\nname = 'aa'\nversion = '1.0'\ngroups = ['main']\n\
         files = [{{ file = '{OLD}', hash = 'sha256:{}' }}]\n\
         [metadata]\nlock-version = '2.1'\npython-versions = '>=3.8'\ncontent-hash = '00'\n",
        digest()
    );
    check("poetry.lock", &text, "poetry lock");
}

#[test]
fn pdm_lock_is_followed() {
    let text = format!(
        "[metadata]\ngroups = ['default']\nlock_version = '4.5.0'\ncontent_hash = '00'\n\
         [[package]]\nname = 'aa'\nversion = '1.0'\ngroups = ['default']\n\
         files = [{{ file = '{OLD}', hash = 'sha256:{}' }}]\n",
        digest()
    );
    check("pdm.lock", &text, "pdm lock");
}

#[test]
fn a_digest_of_a_foreign_lock_is_held_against_the_wheel() {
    let index = index();
    let lock = format!(
        r#"{{"_meta": {{"pipfile-spec": 6, "sources": []}}, "develop": {{}}, "default":
            {{"aa": {{"version": "==1.0", "hashes": ["sha256:{}"]}}}}}}"#,
        "0".repeat(64)
    );
    let right = lock.replace(&"0".repeat(64), &digest());
    let project = Project::new(&[("lambda_function.py", ""), ("Pipfile.lock", &right)]);
    let project = project.with_index(&index);
    project.run("build -o app.zip").succeeds();
    assert_eq!(project.text("app.zip", "aa.py"), OLD);
    project.write("Pipfile.lock", lock.as_bytes());
    project.run("build -o app.zip").fails(1).says("aa");
}
