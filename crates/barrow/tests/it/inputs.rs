//! Where dependencies can come from.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;

const FUNCTION: (&str, &str) = (
    "lambda_function.py",
    "def lambda_handler(event, context): ...\n",
);

fn index() -> Index {
    Index::start([
        (
            "aa-1.0-py3-none-any.whl",
            wheel("aa-1.0-py3-none-any.whl")
                .file("aa.py", "a = 1\n")
                .build(),
        ),
        (
            "aa-2.0-py3-none-any.whl",
            wheel("aa-2.0-py3-none-any.whl")
                .file("aa.py", "a = 2\n")
                .build(),
        ),
        (
            "bb-1.0-py3-none-any.whl",
            wheel("bb-1.0-py3-none-any.whl")
                .file("bb.py", "b\n")
                .build(),
        ),
        (
            "cc-1.0-py3-none-any.whl",
            wheel("cc-1.0-py3-none-any.whl")
                .file("cc.py", "c\n")
                .build(),
        ),
    ])
}

/// Builds a project of `files` and gives the versions of its distributions.
fn built(files: &[(&str, &str)], arguments: &str) -> Vec<String> {
    let index = index();
    let mut all = vec![FUNCTION];
    all.extend_from_slice(files);
    let project = Project::new(&all).with_index(&index);
    let document = project
        .run(&format!("build --json {arguments}"))
        .succeeds()
        .json();
    let distributions = document["packages"][0]["distributions"].as_array().unwrap();
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    distributions
        .iter()
        .map(|d| format!("{} {}", word(&d["name"]), word(&d["version"])))
        .collect()
}

#[test]
fn requirements_may_be_nested_and_constrained() {
    let files = [
        (
            "requirements.txt",
            "-r more.txt\n-c limits.txt\naa\nbb; sys_platform == 'win32'\n",
        ),
        ("more.txt", "cc\n"),
        ("limits.txt", "aa<2\n"),
    ];
    assert_eq!(built(&files, ""), ["aa 1.0", "cc 1.0"]);
}

#[test]
fn dependencies_groups_and_extras_of_pyproject_count() {
    let text = "
[project]
name = 'app'
version = '1'
dependencies = ['aa<2']
[project.optional-dependencies]
more = ['bb']
[dependency-groups]
extra = ['cc']
";
    assert_eq!(built(&[("pyproject.toml", text)], ""), ["aa 1.0"]);
    assert_eq!(
        built(&[("pyproject.toml", text)], "--extra more"),
        ["aa 1.0", "bb 1.0"]
    );
    assert_eq!(
        built(&[("pyproject.toml", text)], "--group extra"),
        ["aa 1.0", "cc 1.0"]
    );
}

#[test]
fn a_single_file_function_brings_its_requirements_inside() {
    let script = "# /// script\n# dependencies = ['bb']\n# ///\ndef lambda_handler(e, c): ...\n";
    assert_eq!(built(&[("report.py", script)], "report.py"), ["bb 1.0"]);
}

#[test]
fn a_path_dependency_is_built_and_spliced_not_linked() {
    let index = index();
    let project = Project::new(&[
        FUNCTION,
        ("pyproject.toml", "[project]\nname = 'app'\nversion = '1'\nrequires-python = '>=3.8'\ndependencies = ['mylib']\n[tool.uv.sources]\nmylib = { path = 'mylib', editable = true }\n"),
        ("mylib/pyproject.toml", "[project]\nname = 'mylib'\nversion = '0.1'\n[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"),
        ("mylib/backend.py", BACKEND),
        ("mylib/mylib.py", "answer = 42\n"),
    ])
    .with_index(&index);
    project.run("build -o app.zip").succeeds();
    assert_eq!(project.text("app.zip", "mylib.py"), "answer = 42\n");
    let names = project.names("app.zip");
    let is_copy = |name: &String| name.ends_with(".pth") || name.starts_with("mylib/");
    assert!(!names.iter().any(is_copy), "{names:?}");
    project.write("mylib/mylib.py", b"answer = 43\n");
    project.run("build -o app.zip").succeeds();
    assert_eq!(project.text("app.zip", "mylib.py"), "answer = 43\n");
}

#[test]
fn a_path_dependency_that_holds_the_handler_stays_as_it_is() {
    let index = index();
    let project = Project::new(&[
        ("pyproject.toml", "[project]\nname = 'app'\nversion = '1'\nrequires-python = '>=3.8'\ndependencies = ['mylib']\n[tool.uv.sources]\nmylib = { path = 'mylib' }\n[tool.barrow]\nhandler = 'mylib/mylib.handler'\n[tool.barrow.check]\n# The wheel has a module of the folder's name, which hides the folder.\nallow = ['missing-handler-module']\n"),
        ("mylib/pyproject.toml", "[project]\nname = 'mylib'\nversion = '0.1'\n[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"),
        ("mylib/backend.py", BACKEND),
        ("mylib/mylib.py", "def handler(event, context): ...\n"),
    ])
    .with_index(&index);
    project.run("build -o app.zip").succeeds();
    let names = project.names("app.zip");
    assert!(names.contains(&"mylib/mylib.py".to_owned()), "{names:?}");
}

/// A build backend in one file, so that the test needs none from an index.
const BACKEND: &str = r#"
import os, zipfile

NAME = "mylib-0.1-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: mylib\nVersion: 0.1\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def prepare_metadata_for_build_wheel(directory, settings=None):
    folder = os.path.join(directory, "mylib-0.1.dist-info")
    os.makedirs(folder)
    for name, text in (("METADATA", METADATA), ("WHEEL", WHEEL)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    return "mylib-0.1.dist-info"


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_wheel(directory, settings=None, metadata=None):
    with zipfile.ZipFile(os.path.join(directory, NAME), "w") as wheel:
        wheel.write("mylib.py")
        wheel.writestr("mylib-0.1.dist-info/METADATA", METADATA)
        wheel.writestr("mylib-0.1.dist-info/WHEEL", WHEEL)
        wheel.writestr("mylib-0.1.dist-info/RECORD", "")
    return NAME
"#;

#[test]
fn hashes_in_requirements_are_held_against_the_wheels() {
    let index = index();
    let wrong = format!("bb==1.0 --hash=sha256:{}\n", "0".repeat(64));
    let project = Project::new(&[FUNCTION, ("requirements.txt", &wrong)]).with_index(&index);
    project
        .run("build")
        .fails(1)
        .says("`bb 1.0`")
        .says("digest");
    let wheel = wheel("bb-1.0-py3-none-any.whl")
        .file("bb.py", "b\n")
        .build();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(wheel);
    let right = format!(
        "bb==1.0 --hash=sha256:{}\n",
        data_encoding::HEXLOWER.encode(&digest)
    );
    project.write("requirements.txt", right.as_bytes());
    project.run("build").succeeds();
}

#[test]
fn urls_local_wheels_and_find_links_work() {
    let index = index();
    let url = index.file_url("aa-1.0-py3-none-any.whl");
    let requirements =
        format!("aa @ {url}\n./wheels/dd-3.0-py3-none-any.whl\n--find-links links\nee\n");
    let project = Project::new(&[FUNCTION, ("requirements.txt", &requirements)]).with_index(&index);
    let wheel = |name: &str, module: &str| wheel(name).file(module, "x\n").build();
    project.write(
        "wheels/dd-3.0-py3-none-any.whl",
        &wheel("dd-3.0-py3-none-any.whl", "dd.py"),
    );
    project.write(
        "links/ee-1.0-py3-none-any.whl",
        &wheel("ee-1.0-py3-none-any.whl", "ee.py"),
    );
    project.run("build -o app.zip").succeeds();
    for module in ["aa.py", "dd.py", "ee.py"] {
        assert!(
            project.names("app.zip").contains(&module.to_owned()),
            "{module}"
        );
    }
}

#[test]
fn no_fitting_wheel_says_what_was_on_offer() {
    let name = "fast-1.0-cp313-cp313-macosx_11_0_arm64.whl";
    let index = Index::start([(name, wheel(name).file("fast.so", "x").build())]);
    let project = Project::new(&[FUNCTION, ("requirements.txt", "fast\n")]).with_index(&index);
    project.run("build").fails(1).says("fast");
}

#[test]
fn a_target_directory_or_an_environment_can_be_packed() {
    let project = Project::new(&[
        FUNCTION,
        ("package/aa.py", "a = 1\n"),
        ("package/aa-1.0.dist-info/METADATA", "Name: aa\n"),
        ("package/__pycache__/aa.pyc", "x"),
    ]);
    project.run("build --from package -o app.zip").succeeds();
    assert_eq!(
        project.names("app.zip"),
        ["aa-1.0.dist-info/METADATA", "aa.py", "lambda_function.py"]
    );
    project
        .run("build --layer --from package -o layer.zip")
        .succeeds();
    assert_eq!(
        project.names("layer.zip"),
        ["python/aa-1.0.dist-info/METADATA", "python/aa.py"]
    );
    project
        .run("build --from nowhere")
        .fails(1)
        .says("`nowhere`");
}

#[test]
fn an_editable_install_is_not_mistaken_for_the_project() {
    let project = Project::new(&[
        FUNCTION,
        ("package/shop.pth", "/home/ada/shop/src\n"),
        (
            "package/__editable__.mail-1.0.pth",
            "import __editable___mail_finder\n",
        ),
        ("package/harmless.pth", "import sys\n"),
    ]);
    project
        .run("build --from package -o app.zip")
        .succeeds()
        .says("warning[editable-install]: `mail` is installed as a reference to a folder")
        .says("warning[outside-path]: `shop.pth` adds `/home/ada/shop/src` to `sys.path`")
        .keeps_silent_about("harmless");
}
