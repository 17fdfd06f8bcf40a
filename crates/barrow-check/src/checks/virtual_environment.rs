//! Virtual environments inside of a package.

use barrow_model::Bytes;

use crate::finding::{Finding, Place};
use crate::package::Form;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Virtual environments inside of a package, known by their `pyvenv.cfg`.
    ///
    /// # Matters because
    /// Python does not look for modules in them, so they only take space; what they hold is a second
    /// copy of the dependencies, made for the developer's machine.
    ///
    /// # For example
    /// `zip -r app.zip .` in a project that has a `.venv`.
    ///
    /// # To mend it
    /// Leave it out. If the dependencies are only there, `barrow build --from .venv` puts them where
    /// Python finds them.
    pub static VIRTUAL_ENVIRONMENT = "virtual-environment", Secrets, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        // An installed environment is checked as such.
        if package.form == Form::Folder && package.file("pyvenv.cfg").is_some() {
            continue;
        }
        for file in package.files() {
            if file.path.file_name() != "pyvenv.cfg" {
                continue;
            }
            let path = file.path.as_str();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let files = package.files_under(folder);
            let bytes: Bytes = files.iter().map(|file| Bytes(file.unzipped_bytes)).sum();
            let what = match folder {
                "" => "the package".to_owned(),
                folder => format!("`{folder}/`"),
            };
            let message = format!(
                "{what} is a virtual environment, in which Python does not look: {} files, {bytes}",
                files.len()
            );
            report.add(
                Finding::new(&VIRTUAL_ENVIRONMENT, message)
                    .place(Place::new(package, path))
                    .hint("`barrow build --from DIR` packs what an environment has installed"),
            );
        }
    }
}
