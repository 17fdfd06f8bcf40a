//! A small project to start from.

use anyhow::Context as _;
use barrow_model::{PackageName, Runtime};
use camino::{Utf8Path, Utf8PathBuf};

use super::new_file;
use crate::outcome::{Failure, Result};

/// The function: short, and shows that a dependency works.
const FUNCTION: &str = r#"import json

import requests


def lambda_handler(event, context):
    name = event.get("name", "world")
    return {
        "statusCode": 200,
        "body": json.dumps({"message": f"Hello, {name}!", "requests": requests.__version__}),
    }
"#;

const EVENT: &str = "{\"name\": \"Ada\"}\n";

const REQUIREMENTS: &str = "requests\n";

/// Writes the files that are not there yet and gives their paths.
pub fn init(
    directory: &Utf8Path,
    name: Option<&str>,
    runtime: Runtime,
) -> Result<Vec<Utf8PathBuf>> {
    let name = match name {
        Some(name) => PackageName::parse(name)
            .map_err(Failure::input)?
            .to_string(),
        None => name_of_folder(directory),
    };
    if directory.is_file() {
        return Err(Failure::input(format_args!(
            "`{directory}` is a file; expected a folder"
        )));
    }
    let settings = format!(
        r#"[tool.barrow]
name = "{name}"
runtime = "{runtime}"
architecture = "x86_64"
handler = "lambda_function.lambda_handler"
"#
    );
    let files = [
        ("lambda_function.py", FUNCTION),
        ("pyproject.toml", settings.as_str()),
        ("requirements.txt", REQUIREMENTS),
        ("event.json", EVENT),
        (".gitignore", "/dist/\n/.venv/\n__pycache__/\n"),
    ];
    let mut written = Vec::new();
    for (file, text) in files {
        let path = directory.join(file);
        if path.exists() {
            continue;
        }
        new_file::write(&path, text.as_bytes())
            .with_context(|| format!("cannot write `{path}`"))?;
        written.push(path);
    }
    if written.is_empty() {
        return Err(Failure::input(format_args!(
            "`{directory}` has all files of a project already"
        )));
    }
    Ok(written)
}

fn name_of_folder(directory: &Utf8Path) -> String {
    let full = directory
        .canonicalize_utf8()
        .unwrap_or_else(|_| directory.to_owned());
    let name = full
        .file_name()
        .and_then(|name| PackageName::parse(name).ok());
    name.map_or_else(|| "function".to_owned(), |name| name.to_string())
}
