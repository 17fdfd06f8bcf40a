//! Real wheels from the index that the machine's clients use, small ones only.

use crate::project::Project;

#[test]
fn the_first_project_builds_and_runs() {
    let project = Project::new(&[]).with_shared_cache();
    project.run("init hello --runtime python3.11").succeeds();
    project.run("build hello").succeeds();
    let event = String::from_utf8(project.read("hello/event.json")).unwrap();
    let program = format!(
        "import sys; sys.path.insert(0, 'hello/dist/hello.zip')\n\
         import lambda_function\n\
         print(lambda_function.lambda_handler({event}, None)['statusCode'])"
    );
    // `requests` is pure Python, so any interpreter can import it right out of the zip.
    let output = std::process::Command::new("python3")
        .args(["-I", "-c", &program])
        .current_dir(project.path())
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "200",
        "{output:?}"
    );
}

#[test]
fn a_source_only_pure_distribution_is_built_to_a_wheel() {
    let project = Project::new(&[
        ("lambda_function.py", ""),
        ("requirements.txt", "docopt==0.6.2\n"),
    ])
    .with_shared_cache();
    project.run("build -o app.zip").succeeds();
    assert!(project.names("app.zip").contains(&"docopt.py".to_owned()));
}

#[test]
fn a_distribution_that_compiles_code_for_the_host_is_refused() {
    let project = Project::new(&[
        ("lambda_function.py", ""),
        ("requirements.txt", "psycopg2==2.9.9\n"),
    ])
    .with_shared_cache();
    project
        .run("build")
        .fails(1)
        .says("psycopg2")
        .says("psycopg2-binary");
}

#[test]
fn amazon_linux_2_gets_the_newest_release_that_fits_its_c_library() {
    // NumPy's releases since 2.3.0 need glibc 2.27 or 2.28; 2.2.6 is the newest that does not.
    let project = Project::new(&[
        ("lambda_function.py", ""),
        ("requirements.txt", "numpy<2.4\n"),
    ])
    .with_shared_cache();
    let ran = project
        .run("build --runtime python3.11 --json -o app.zip")
        .succeeds();
    let document = ran.json();
    let numpy = &document["packages"][0]["distributions"][0];
    assert_eq!(numpy["version"], "2.2.6");
    ran.says("numpy").says("2.26");
}
