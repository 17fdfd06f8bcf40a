//! `barrow run --image`: a function inside a container image, pulled from a registry that the test
//! starts.
//!
//! Lambda's own images are as large as they are far away, so the test makes one of the same shape:
//! an interpreter with the libraries that it needs, the runtime, a shell, and nothing else.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::image::{ImageBuilder, Layer};
use super::project::Project;
use super::registry::Registry;
use super::run_handlers::main_interpreter;
use super::sandbox::{Interpreter, is_possible};

const MARKER: &str = "etc/of-the-image";

/// A root file system in a folder, put together from files of this machine.
struct Root(tempfile::TempDir);

impl Root {
    fn new(interpreter: &Interpreter) -> Self {
        let root = Self(tempfile::tempdir().unwrap());
        let program = interpreter.program.canonicalize().unwrap();
        let prefix = program.parent().unwrap().parent().unwrap();
        let name = format!("python{}", interpreter.minor);
        let lang = root.path("var/lang");
        copy(
            &prefix.join("bin").join(&name),
            &lang.join("bin").join(&name),
        );
        let without = ["test", "site-packages", "__pycache__", "config-3"];
        let library = prefix.join("lib").join(&name);
        copy_tree(&library, &lang.join("lib").join(&name), &without);
        copy_tree(&runtime(interpreter), &root.path("var/runtime"), &[]);
        copy(Path::new("/bin/sh"), &root.path("bin/sh"));

        let mut programs = vec![program, root.path("bin/sh")];
        programs.extend(libraries_in(&library.join("lib-dynload")));
        programs.extend(libraries_in(&root.path("var/runtime")));
        for file in needed(&programs) {
            copy(&file, &root.path(file.to_str().unwrap()));
        }
        let script = format!(
            "#!/bin/sh\nexport AWS_EXECUTION_ENV=AWS_Lambda_{name}\n\
             exec /var/lang/bin/{name} /var/runtime/bootstrap.py\n"
        );
        let bootstrap = root.path("var/runtime/bootstrap");
        std::fs::write(&bootstrap, script).unwrap();
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bootstrap, executable).unwrap();
        std::fs::create_dir_all(root.path("etc")).unwrap();
        std::fs::write(root.path(MARKER), "").unwrap();
        root
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name.trim_start_matches('/'))
    }

    fn layer(&self) -> Layer {
        let output = Command::new("tar")
            .args(["--create", "--owner=0", "--group=0", "--directory"])
            .arg(self.0.path())
            .arg(".")
            .output()
            .unwrap();
        assert!(output.status.success());
        Layer {
            media_type: "application/vnd.oci.image.layer.v1.tar".to_owned(),
            bytes: output.stdout,
        }
    }
}

/// What Barrow itself has made for the interpreter.
fn runtime(interpreter: &Interpreter) -> PathBuf {
    let installed = Project::new(&[])
        .with_shared_cache()
        .env("BARROW_PYTHON", &interpreter.program.to_string_lossy())
        .run(&format!(
            "runtime install python{} --json",
            interpreter.minor
        ))
        .succeeds()
        .json();
    installed["runtime_directory"].as_str().unwrap().into()
}

/// The shared libraries of programs and libraries, and of those in turn.
fn needed(programs: &[PathBuf]) -> BTreeSet<PathBuf> {
    let output = Command::new("ldd").args(programs).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .flat_map(str::split_whitespace)
        .filter(|word| word.starts_with('/') && !word.ends_with(':'))
        .map(PathBuf::from)
        .collect()
}

fn libraries_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let libraries = entries.map(|entry| entry.path());
    libraries
        .filter(|path| path.extension().is_some_and(|ending| ending == "so"))
        .collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

fn copy_tree(from: &Path, to: &Path, without: &[&str]) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if without.iter().any(|beginning| text.starts_with(beginning)) {
            continue;
        }
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &to.join(&name), without);
        } else {
            copy(&entry.path(), &to.join(&name));
        }
    }
}

const CODE: &str = "import os, sys\ndef h(e, c): return [e, sys.prefix, os.path.exists('/etc/of-the-image'), os.path.exists('/usr/bin/env'), os.getuid(), open('/etc/passwd').read().count(':993:990:')]\n";

#[test]
fn a_function_runs_in_an_image_and_sees_nothing_of_this_machine() {
    if !is_possible() {
        return;
    }
    let interpreter = main_interpreter();
    let registry = Registry::start();
    let root = Root::new(&interpreter);
    ImageBuilder::new([root.layer()]).push(&registry, "lambda/python", "test");
    let reference = format!("{}/lambda/python:test", registry.address());
    let runtime = format!("python{}", interpreter.minor);

    let project = Project::new(&[("app.py", CODE)]);
    let run = format!("run --handler app.h --runtime {runtime} --image {reference} -e");
    let ran = project.run(&format!("{run} 1")).succeeds();
    let expected = r#"[1, "/var/lang", true, false, 993, 1]"#;
    assert_eq!(ran.stdout.trim(), expected);

    // What was pulled is good until it is installed again.
    let requests = registry.requests().len();
    project.run(&format!("{run} 2")).succeeds();
    assert_eq!(registry.requests().len(), requests);
    project
        .run(&format!("runtime install {runtime} --image {reference}"))
        .succeeds();
    assert!(registry.requests().len() > requests);

    project
        .run(&format!(
            "run --handler app.h --runtime python3.8 --image {reference}"
        ))
        .fails(1)
        .says(
            "the image has no `/var/lang/bin/python3.8`; expected an image of Lambda's python3.8",
        );
    project
        .run(&format!("{run} 1 --isolation none"))
        .fails(1)
        .says("an image needs a sandbox");
}
