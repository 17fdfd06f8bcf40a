//! Which files go into a package besides the wheels' own, and what there is to say about it.

use barrow_model::EntryPath;
use camino::Utf8PathBuf;

use super::resolve::Wheels;
use crate::outcome::Result;
use crate::project::{FindFilesError, Found, SourceFile, installed, walk};
use crate::settings::job::Dependencies;
use crate::settings::{Job, Kind};

/// The project's own files, and those of a folder of installed dependencies.
pub(super) fn find(job: &Job, outputs: &[Utf8PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    if let Dependencies::Installed(folder) = &job.dependencies {
        found = installed::find(folder)?;
        make_importable(job, &mut found.files)?;
    }
    let Some(source) = &job.source else {
        return Ok(found);
    };
    let mut own = if source.root.is_file() {
        walk::single_file(&source.root)?
    } else {
        let mut never = outputs.to_vec();
        if let Dependencies::Installed(folder) = &job.dependencies {
            never.push(folder.clone());
        }
        walk::find(&source.root, &source.include, &source.exclude, &never)?
    };
    if matches!(job.kind, Kind::Layer) {
        make_importable(job, &mut own.files)?;
    }
    found.left_out.extend(own.left_out);
    found.files.extend(own.files);
    Ok(found)
}

/// Puts files where the layout has importable ones.
fn make_importable(job: &Job, files: &mut [SourceFile]) -> Result<()> {
    for file in files {
        file.path = job
            .layout
            .importable(&file.path)
            .map_err(|source| FindFilesError::Name {
                path: file.path.to_string(),
                source,
            })?;
    }
    Ok(())
}

/// A workspace member or path dependency under the project is in the package as a wheel; a
/// second copy of its sources helps nobody.
pub(super) fn leave_to_wheels(job: &Job, found: &mut Found, wheels: &Wheels) -> Option<String> {
    let root = &job.source.as_ref()?.root;
    let handler = handler_files(job);
    let left: Vec<String> = wheels
        .directories
        .iter()
        .filter_map(|folder| {
            found.leave_to_wheel(folder, root, |file| handler.contains(&file.path))
        })
        .map(|folder| format!("`{folder}/`"))
        .collect();
    (!left.is_empty()).then(|| format!("in the package as wheels: {}", left.join(", ")))
}

/// Where the handler's module can be; nowhere for a layer.
pub(super) fn handler_files(job: &Job) -> Vec<EntryPath> {
    let Kind::Function { handler, .. } = &job.kind else {
        return Vec::new();
    };
    let module = handler.module_path();
    let paths = [format!("{module}.py"), format!("{module}/__init__.py")];
    paths
        .iter()
        .filter_map(|path| EntryPath::parse(path).ok())
        .collect()
}

pub(super) fn note_on(job: &Job, found: &Found) -> Option<String> {
    let them = match found.left_out.len() {
        0 => return None,
        1 => "it",
        _ => "them",
    };
    Some(format!(
        "left out of `{}`: {} (`include` brings {them} back)",
        job.name,
        found.left_out.join(", ")
    ))
}
