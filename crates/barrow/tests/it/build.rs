//! `barrow build` of functions.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;

const FUNCTION: (&str, &str) = (
    "lambda_function.py",
    "def lambda_handler(event, context): ...\n",
);

fn small_index() -> Index {
    Index::start([
        (
            "hello-1.0-py3-none-any.whl",
            wheel("hello-1.0-py3-none-any.whl")
                .file("hello/__init__.py", "x = 1\n")
                .file(
                    "hello-1.0.dist-info/entry_points.txt",
                    "[console_scripts]\nhello = hello:main\n",
                )
                .requires("base>=2")
                .build(),
        ),
        (
            "base-2.1-cp313-cp313-manylinux_2_28_x86_64.whl",
            wheel("base-2.1-cp313-cp313-manylinux_2_28_x86_64.whl")
                .file("base.so", "x86")
                .build(),
        ),
        (
            "base-2.1-cp313-cp313-manylinux_2_28_aarch64.whl",
            wheel("base-2.1-cp313-cp313-manylinux_2_28_aarch64.whl")
                .file("base.so", "arm")
                .build(),
        ),
    ])
}

#[test]
fn a_function_without_dependencies_needs_no_resolver() {
    let project = Project::new(&[FUNCTION]).env("BARROW_UV", "/nowhere/uv");
    let ran = project.run("build --name plain").succeeds();
    insta::assert_snapshot!(ran.stdout, @"dist/plain.zip");
    assert_eq!(project.names("dist/plain.zip"), ["lambda_function.py"]);
}

#[test]
fn a_project_is_built_with_its_dependencies() {
    let index = small_index();
    let project = Project::new(&[FUNCTION, ("requirements.txt", "hello\n")]).with_index(&index);
    project.run("build --name app").succeeds();
    let entries = project.entries("dist/app.zip");
    let shown: Vec<_> = entries
        .iter()
        .map(|(name, mode, _)| format!("{:o} {name}", mode & 0o777))
        .collect();
    assert_eq!(
        shown,
        [
            "644 base-2.1.dist-info/METADATA",
            "644 base-2.1.dist-info/RECORD",
            "644 base-2.1.dist-info/WHEEL",
            "644 base.so",
            "755 bin/hello",
            "644 hello-1.0.dist-info/METADATA",
            "644 hello-1.0.dist-info/RECORD",
            "644 hello-1.0.dist-info/WHEEL",
            "644 hello-1.0.dist-info/entry_points.txt",
            "644 hello/__init__.py",
            "644 lambda_function.py",
        ]
    );
    assert!(
        project
            .text("dist/app.zip", "bin/hello")
            .starts_with("#!/var/lang/bin/python3.13\n")
    );
    let record = project.text("dist/app.zip", "hello-1.0.dist-info/RECORD");
    assert!(record.contains("bin/hello,sha256="), "{record}");
}

#[test]
fn the_target_decides_which_wheel_is_taken() {
    let index = small_index();
    let project = Project::new(&[FUNCTION, ("requirements.txt", "base\n")]).with_index(&index);
    project.run("build --arch arm64 -o arm.zip").succeeds();
    project.run("build --arch x86_64 -o x86.zip").succeeds();
    assert_eq!(project.text("arm.zip", "base.so"), "arm");
    assert_eq!(project.text("x86.zip", "base.so"), "x86");
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let settings = "[tool.barrow]\nname = 'app'\nruntime = 'python3.10'\n";
    let project = Project::new(&[FUNCTION, ("pyproject.toml", settings)]);
    let runtime = |project: &Project, arguments: &str| {
        let document = project.run(arguments).succeeds().json();
        document["packages"][0]["runtime"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(runtime(&project, "build --json"), "python3.10");
    let project = project.env("BARROW_RUNTIME", "python3.11");
    assert_eq!(runtime(&project, "build --json"), "python3.11");
    assert_eq!(
        runtime(&project, "build --json --runtime python3.12"),
        "python3.12"
    );
    let plain = Project::new(&[FUNCTION]);
    assert_eq!(runtime(&plain, "build --json"), "python3.13");
}

#[test]
fn json_is_one_document_on_stdout() {
    let index = small_index();
    let project = Project::new(&[FUNCTION, ("requirements.txt", "hello\n")]).with_index(&index);
    let document = project.run("build --json --name app").succeeds().json();
    let package = &document["packages"][0];
    assert_eq!(package["kind"], "function");
    assert_eq!(package["entries"], 11);
    assert_eq!(package["unchanged"], false);
    assert_eq!(package["distributions"][1]["name"], "hello");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(project.read("dist/app.zip"));
    assert_eq!(
        package["code_sha256"],
        data_encoding::BASE64.encode(&digest)
    );
    let unzipped: usize = project
        .entries("dist/app.zip")
        .iter()
        .map(|(_, _, b)| b.len())
        .sum();
    assert_eq!(package["unzipped_bytes"], unzipped);
    assert_eq!(package["zipped_bytes"], project.read("dist/app.zip").len());
}

#[test]
fn an_unchanged_project_is_noticed_and_a_changed_file_too() {
    let project = Project::new(&[FUNCTION]);
    let unchanged = |arguments: &str| {
        project.run(arguments).succeeds().json()["packages"][0]["unchanged"]
            .as_bool()
            .unwrap()
    };
    assert!(!unchanged("build --json --name app"));
    assert!(unchanged("build --json --name app"));
    let before = project.read("dist/app.zip");
    // Same length, so that only the stamps tell.
    project.write(
        "lambda_function.py",
        FUNCTION.1.replace("event", "EVENT").as_bytes(),
    );
    assert!(!unchanged("build --json --name app"));
    assert_ne!(project.read("dist/app.zip"), before);
    std::fs::write(project.path().join("dist/app.zip"), "gone").unwrap();
    assert!(!unchanged("build --json --name app"));
    assert!(!unchanged(
        "build --json --name app --handler lambda_function.other --force"
    ));
}

#[cfg(unix)]
#[test]
fn equal_inputs_give_equal_bytes_wherever_and_however() {
    let index = small_index();
    let build = |umask: &str, zone: &str, threads: &str| {
        let project = Project::new(&[FUNCTION, ("requirements.txt", "hello\n"), ("a/b.txt", "b")])
            .with_index(&index)
            .env("TZ", zone)
            .env("RAYON_NUM_THREADS", threads);
        let command = project.command("build --name app");
        let status = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("umask {umask}; exec \"$@\""))
            .arg("sh")
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(project.path())
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .output()
            .unwrap();
        assert!(
            status.status.success(),
            "{}",
            String::from_utf8_lossy(&status.stderr)
        );
        project.read("dist/app.zip")
    };
    let first = build("022", "UTC", "1");
    assert!(first == build("077", "Asia/Kathmandu", "2"));
    assert!(first == build("000", "America/New_York", "7"));
}

#[test]
fn the_time_stamp_is_fixed_or_asked_for() {
    let project = Project::new(&[FUNCTION]);
    let year = |project: &Project| {
        project.run("build -o app.zip").succeeds();
        let bytes = project.read("app.zip");
        1980 + (u16::from_le_bytes([bytes[12], bytes[13]]) >> 9)
    };
    assert_eq!(year(&project), 1980);
    assert_eq!(year(&project.env("SOURCE_DATE_EPOCH", "1735689600")), 2025);
    let wrong = Project::new(&[FUNCTION]).env("SOURCE_DATE_EPOCH", "yesterday");
    wrong
        .run("build")
        .fails(1)
        .says("`SOURCE_DATE_EPOCH` is `yesterday`");
}

#[test]
fn dependencies_can_live_in_a_folder_of_the_package() {
    let index = small_index();
    let project = Project::new(&[FUNCTION, ("requirements.txt", "base\n")]).with_index(&index);
    project.run("build --deps-dir common -o app.zip").succeeds();
    let names = project.names("app.zip");
    assert!(names.contains(&"common/base.so".to_owned()), "{names:?}");
    assert!(
        names.contains(&"lambda_function.py".to_owned()),
        "{names:?}"
    );
    project.run("build --deps-dir ../up").fails(1).says("`..`");
}

#[test]
fn a_missing_handler_is_said_before_the_upload() {
    let project = Project::new(&[("app.py", "def handler(event, context): ...\n")]);
    project
        .run("build")
        .succeeds()
        .says("warning[missing-handler-module]: the handler `lambda_function.lambda_handler` is in no module");
    project
        .run("build --handler app.handler")
        .succeeds()
        .keeps_silent_about("handler");
}

#[test]
fn the_source_layout_is_found_by_its_handler() {
    let project = Project::new(&[
        (
            "pyproject.toml",
            "[tool.barrow]\nname = 'app'\nhandler = 'shop.main.handler'\n",
        ),
        ("src/shop/main.py", "def handler(event, context): ...\n"),
        ("tools/other.py", ""),
    ]);
    project.run("build").succeeds();
    assert_eq!(project.names("dist/app.zip"), ["shop/main.py"]);
}

#[test]
fn what_is_left_out_is_said_once() {
    let project = Project::new(&[FUNCTION, ("tests/test_a.py", ""), ("pyproject.toml", "")]);
    let ran = project.run("build --name app").succeeds();
    assert_eq!(ran.stderr.matches("left out").count(), 1, "{}", ran.stderr);
    ran.says("tests/");
}

#[test]
fn environments_and_earlier_packages_stay_out_of_the_package() {
    let project = Project::new(&[
        FUNCTION,
        ("py312/pyvenv.cfg", ""),
        ("py312/lib/python3.12/site-packages/a.py", ""),
    ]);
    project.run("build -o first.zip").succeeds();
    let ran = project.run("build -o second.zip").succeeds();
    assert_eq!(project.names("second.zip"), ["lambda_function.py"]);
    ran.says("first.zip").says("py312/");
}

#[test]
fn a_package_over_the_limit_is_not_written_unless_forced() {
    let project = Project::new(&[FUNCTION]);
    std::fs::File::create(project.path().join("model.bin"))
        .unwrap()
        .set_len(262_144_000)
        .unwrap();
    project
        .run("build -o app.zip")
        .fails(1)
        .says("Lambda takes less than 250.0 MiB (262144000 bytes)")
        .says("--force");
    assert!(!project.path().join("app.zip").exists());
    project.run("build -o app.zip --force").succeeds();
    assert_eq!(
        project.names("app.zip"),
        ["lambda_function.py", "model.bin"]
    );
}

#[test]
fn a_failed_build_leaves_the_previous_output_and_no_litter() {
    let project = Project::new(&[FUNCTION]);
    project.run("build --name app").succeeds();
    let before = project.read("dist/app.zip");
    project.write("requirements.txt", b"no-such-project\n");
    let index = small_index();
    let project = project.with_index(&index);
    project
        .run("build --name app")
        .fails(1)
        .says("no-such-project");
    assert_eq!(project.read("dist/app.zip"), before);
    let files: Vec<_> = std::fs::read_dir(project.path().join("dist"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1);
}

#[test]
fn nothing_to_build_is_an_error() {
    let project = Project::new(&[]);
    project
        .run("build")
        .fails(1)
        .says("there is nothing to put into the package");
    project
        .run("build nowhere")
        .fails(1)
        .says("`nowhere` does not exist");
}

#[test]
fn wrong_arguments_name_what_was_expected() {
    let project = Project::new(&[FUNCTION]);
    project
        .run("build --runtime python3.7")
        .fails(2)
        .says("`python3.13`");
    project.run("build --arch riscv").fails(2).says("`arm64`");
    let project = Project::new(&[
        FUNCTION,
        ("pyproject.toml", "[tool.barrow]\nexlude = ['a']\n"),
    ]);
    project
        .run("build")
        .fails(1)
        .says("exlude")
        .says("pyproject.toml");
}

#[test]
fn users_files_win_over_wheels_and_it_is_said() {
    let index = small_index();
    let project = Project::new(&[
        FUNCTION,
        ("requirements.txt", "base\n"),
        ("base.so", "mine"),
    ])
    .with_index(&index);
    project.run("build -o app.zip").succeeds().says("`base.so`");
    assert_eq!(project.text("app.zip", "base.so"), "mine");
}

#[test]
fn two_wheels_with_one_path_are_a_warning_that_names_the_winner() {
    let index = Index::start([
        (
            "aa-1-py3-none-any.whl",
            wheel("aa-1-py3-none-any.whl")
                .file("shared.py", "a = 1\n")
                .build(),
        ),
        (
            "bb-1-py3-none-any.whl",
            wheel("bb-1-py3-none-any.whl")
                .file("shared.py", "b = 1\n")
                .build(),
        ),
    ]);
    let project = Project::new(&[FUNCTION, ("requirements.txt", "aa\nbb\n")]).with_index(&index);
    let ran = project
        .run("build -o app.zip")
        .succeeds()
        .says("`shared.py`");
    // pip installs in reverse order of names where nothing depends on anything.
    assert_eq!(project.text("app.zip", "shared.py"), "a = 1\n");
    ran.says("aa");
}
