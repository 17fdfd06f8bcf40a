//! Permissions that no file in a package needs.

use crate::finding::Finding;
use crate::package::Form;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Files that everyone may write, or with set-user-id, set-group-id or sticky bits.
    ///
    /// # Matters because
    /// In Lambda a package cannot be written to, so these permissions do nothing there. They show
    /// that modes came from where they were not meant: a shared folder, a Windows disk. Where the
    /// zip is unpacked elsewhere they are a risk.
    ///
    /// # For example
    /// Everything 0777, zipped in a virtual machine from the host's folder.
    ///
    /// # To mend it
    /// `barrow check --fix` gives files 0644, and programs 0755.
    pub static NEEDLESS_PERMISSIONS = "needless-permissions", Permissions, Note, fixable;
}

const WRITABLE_BY_ALL: u32 = 0o002;
const SPECIAL: u32 = 0o7000;

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        // Of a folder, modes are this machine's and become others in a zip.
        if !matches!(package.form, Form::Zip { .. }) {
            continue;
        }
        let wide: Vec<_> = package
            .files()
            .iter()
            .filter_map(|file| Some((file, file.mode?)))
            .filter(|(_, mode)| mode & (WRITABLE_BY_ALL | SPECIAL) != 0)
            .filter(|(file, _)| package.link(file.path.as_str()).is_none())
            .collect();
        let message = match wide.as_slice() {
            [] => continue,
            [(file, mode)] => format!("`{}` has mode {mode:04o}; 0644 is enough", file.path),
            [(_, mode), ..] => format!(
                "{} files have modes such as {mode:04o}; 0644 is enough, or 0755 for programs",
                wide.len()
            ),
        };
        let places = package.places(wide.iter().map(|(file, _)| &file.path));
        report.add(
            Finding::new(&NEEDLESS_PERMISSIONS, message)
                .places(places)
                .hint("`barrow check --fix` gives every file 0644 or 0755"),
        );
    }
}
