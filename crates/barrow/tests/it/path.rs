//! `barrow path`.

use crate::project::Project;
use crate::zips::Zip;

/// What the command says of a function with two layers.
fn said(function: Zip, flags: &str) -> String {
    let project = Project::new(&[]);
    project.write("app.zip", &function.build());
    let base = Zip::new()
        .file("python/shared/__init__.py", "")
        .file("python/space/one.py", "")
        .file("python/lib/python3.12/site-packages/boto3/__init__.py", "");
    project.write("base.zip", &base.build());
    let more = Zip::new()
        .file("python/shared/extra.py", "")
        .file("python/json/__init__.py", "")
        .file("python/space/two.py", "")
        .file("python/more.pth", "import os\n/opt/more\n");
    project.write("more.zip", &more.build());
    let ran = project.run(&format!("path app.zip {flags}")).succeeds();
    assert_eq!(ran.stderr, "");
    ran.stdout
}

#[test]
fn one_package_is_found_in_order() {
    let zip = Zip::new().file("app.py", "").distribution("aa", "1.0", "");
    insta::assert_snapshot!(said(zip, "--runtime python3.12"), @r"
    sys.path for python3.12 on x86_64
      1  /var/task                                 2 modules of app.zip
      2  /opt/python/lib/python3.12/site-packages  nothing
      3  /opt/python                               nothing
      4  /var/lang/lib/python3.12/site-packages    the AWS SDK, in the runtime's version
      5  /var/runtime                              the runtime's client
      6  /var/lang/lib/python312.zip               nothing
      7  /var/lang/lib/python3.12                  the standard library
      8  /var/lang/lib/python3.12/lib-dynload      the standard library

    2 modules, each there once
    ");
}

#[test]
fn all_modules_can_be_listed() {
    let zip = Zip::new()
        .file("app.py", "")
        .distribution("aa", "1.0", "")
        .file("data/x.txt", "");
    let said = said(zip, "--runtime python3.10 --all");
    insta::assert_snapshot!(said, @r"
    sys.path for python3.10 on x86_64
      1  /var/task                                 2 modules of app.zip
      2  /opt/python/lib/python3.10/site-packages  nothing
      3  /opt/python                               nothing
      4  /var/runtime                              the AWS SDK, in the runtime's version
      5  /var/lang/lib/python310.zip               nothing
      6  /var/lang/lib/python3.10                  the standard library
      7  /var/lang/lib/python3.10/lib-dynload      the standard library
      8  /var/lang/lib/python3.10/site-packages    nothing

    modules
      aa   /var/task/aa/__init__.py  (aa 1.0, app.zip)
      app  /var/task/app.py  (app.zip)
    ");
}

#[test]
fn copies_that_are_there_for_nothing_are_named() {
    let zip = Zip::new()
        .file("app.py", "")
        .file("app/__init__.py", "")
        .file("space/three.py", "")
        .file("typing.py", "")
        .file("random.py", "")
        .file("awslambdaric/__init__.py", "");
    let said = said(
        zip,
        "--layer base.zip --layer more.zip --runtime python3.12",
    );
    insta::assert_snapshot!(said, @r"
    sys.path for python3.12 on x86_64
      1  /var/task                                 5 modules of app.zip
      2  /opt/python/lib/python3.12/site-packages  1 module of base.zip
      3  /opt/python                               4 modules of base.zip, more.zip
      4  /var/lang/lib/python3.12/site-packages    the AWS SDK, in the runtime's version
      5  /var/runtime                              the runtime's client
      6  /var/lang/lib/python312.zip               nothing
      7  /var/lang/lib/python3.12                  the standard library
      8  /var/lang/lib/python3.12/lib-dynload      the standard library

    /opt/python/more.pth
      adds /opt/more
      runs 1 line of code

    modules that are there more than once
      app           /var/task/app/__init__.py  (app.zip)
                    not /var/task/app.py  (app.zip)
      awslambdaric  /var/runtime; imported before the function is
                    not /var/task/awslambdaric/__init__.py  (app.zip)
      boto3         /opt/python/lib/python3.12/site-packages/boto3/__init__.py  (base.zip)
                    not /var/lang/lib/python3.12/site-packages
      json          /var/lang/lib/python3.12; imported before the function is
                    not /opt/python/json/__init__.py  (more.zip)
      random        /var/task/random.py  (app.zip)
                    not /var/lang/lib/python3.12
      shared        /opt/python/shared/__init__.py  (base.zip)
                    mixed from base.zip, more.zip, the later over the earlier
      typing        /var/task/typing.py  (app.zip)
                    not /var/lang/lib/python3.12
    ");
}

#[test]
fn the_package_says_what_it_is_for() {
    let project = Project::new(&[]);
    let zip = Zip::new().file(
        "x.cpython-311-aarch64-linux-gnu.so",
        crate::inspect::elf(183),
    );
    project.write("app.zip", &zip.build());
    let target = |flags: &str| {
        let document = project
            .run(&format!("path app.zip --json {flags}"))
            .succeeds()
            .json();
        (
            document["runtime"].to_string(),
            document["architecture"].to_string(),
        )
    };
    assert_eq!(
        target(""),
        ("\"python3.11\"".to_owned(), "\"arm64\"".to_owned())
    );
    assert_eq!(target("--runtime python3.9").0, "\"python3.9\"");
}

#[test]
fn a_layer_can_be_looked_at_alone() {
    let project = Project::new(&[]);
    project.write("deps.zip", &Zip::new().file("python/aa.py", "").build());
    let document = project.run("path deps.zip --json").succeeds().json();
    assert_eq!(
        document["modules"][0]["found"][0]["path"],
        "/opt/python/aa.py"
    );
    assert_eq!(document["modules"][0]["found"][0]["package"], "deps.zip");
}

#[test]
fn a_folder_is_as_good_as_a_zip() {
    let project = Project::new(&[("app/main.py", ""), ("layer/python/aa.py", "")]);
    let document = project
        .run("path app --layer layer --json")
        .succeeds()
        .json();
    let paths = |at: usize| document["modules"][at]["found"][0]["path"].clone();
    assert_eq!(paths(0), "/opt/python/aa.py");
    assert_eq!(paths(1), "/var/task/main.py");
}

#[test]
fn what_is_no_zip_is_named() {
    let project = Project::new(&[("app.zip", "no zip")]);
    insta::assert_snapshot!(project.run("path app.zip").fails(1).stderr, @r"
    error: cannot read `app.zip`
      cause: 6 bytes without the record that ends a zip; expected a whole zip archive
    ");
    project.write("app.zip", &Zip::new().file("app.py", "").build());
    project
        .run("path app.zip --layer none.zip")
        .fails(1)
        .says("`none.zip` does not exist");
}
