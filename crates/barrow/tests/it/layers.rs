//! Layers, and projects with several functions.

use barrow_core::testing::wheel;

use crate::index::Index;
use crate::project::Project;

fn index() -> Index {
    Index::start([
        (
            "aa-1.0-py3-none-any.whl",
            wheel("aa-1.0-py3-none-any.whl")
                .file("aa.py", "a\n")
                .build(),
        ),
        (
            "bb-1.0-py3-none-any.whl",
            wheel("bb-1.0-py3-none-any.whl")
                .file("bb.py", "b\n")
                .build(),
        ),
    ])
}

fn modules(project: &Project, package: &str) -> Vec<String> {
    project
        .names(package)
        .into_iter()
        .filter(|name| !name.contains(".dist-info/"))
        .collect()
}

#[test]
fn a_layer_holds_dependencies_under_python() {
    let index = index();
    let project = Project::new(&[("lambda_function.py", ""), ("requirements.txt", "aa\n")])
        .with_index(&index);
    project
        .run("build --layer -r requirements.txt -o deps.zip")
        .succeeds();
    assert_eq!(modules(&project, "deps.zip"), ["python/aa.py"]);
    project
        .run("build --layer --layer-path versioned --runtime python3.12 -o deps.zip")
        .succeeds();
    assert_eq!(
        modules(&project, "deps.zip"),
        ["python/lib/python3.12/site-packages/aa.py"]
    );
}

const SHOP: &str = "
[tool.barrow]
runtime = 'python3.12'

[[tool.barrow.layer]]
name = 'deps'
requirements = ['layer.txt']

[[tool.barrow.function]]
name = 'order'
handler = 'order.handler'
source = 'order'
requirements = ['order.txt']
layers = ['deps']

[[tool.barrow.function]]
name = 'mail'
handler = 'mail.handler'
source = 'mail'
requirements = []
";

fn shop(index: &Index) -> Project {
    Project::new(&[
        ("pyproject.toml", SHOP),
        ("layer.txt", "aa\n"),
        ("order.txt", "aa\nbb\n"),
        ("order/order.py", "def handler(event, context): ...\n"),
        ("mail/mail.py", "def handler(event, context): ...\n"),
    ])
    .with_index(index)
}

#[test]
fn one_build_makes_every_function_and_layer_of_a_project() {
    let index = index();
    let project = shop(&index);
    let ran = project.run("build").succeeds();
    insta::assert_snapshot!(ran.stdout, @r"
    dist/deps.zip
    dist/order.zip
    dist/mail.zip
    ");
    assert_eq!(modules(&project, "dist/deps.zip"), ["python/aa.py"]);
    assert_eq!(modules(&project, "dist/mail.zip"), ["mail.py"]);
}

#[test]
fn what_a_layer_brings_is_not_in_the_function_again() {
    let index = index();
    let project = shop(&index);
    project.run("build").succeeds();
    assert_eq!(modules(&project, "dist/order.zip"), ["bb.py", "order.py"]);
}

#[test]
fn one_function_can_be_chosen_and_brings_its_layers() {
    let index = index();
    let project = shop(&index);
    let ran = project.run("build --function order").succeeds();
    insta::assert_snapshot!(ran.stdout, @r"
    dist/deps.zip
    dist/order.zip
    ");
    project
        .run("build --function nobody")
        .fails(1)
        .says("`order`")
        .says("`nobody`");
    project.run("build -o one.zip").fails(1).says("--function");
}

#[test]
fn layers_count_against_the_limit() {
    let index = index();
    let project = shop(&index);
    let model = project.path().join("order/model.bin");
    // The function alone fits; with the layer it does not.
    std::fs::File::create(model)
        .unwrap()
        .set_len(262_143_500)
        .unwrap();
    project
        .run("build")
        .fails(1)
        .says("function and layers have 250.0 MiB unzipped")
        .says("cannot build `order`");
}

#[test]
fn an_unknown_layer_is_an_error() {
    let text = "[[tool.barrow.function]]\nname = 'a'\nlayers = ['nope']\n";
    let project = Project::new(&[("pyproject.toml", text)]);
    project
        .run("build")
        .fails(1)
        .says("`nope`")
        .says("[[tool.barrow.layer]]");
}
