//! Devices, pipes and sockets.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::flaw::Oddity;

crate::check! {
    /// # Finds
    /// Entries that are neither a file, nor a folder, nor a link by their mode: devices, pipes,
    /// sockets.
    ///
    /// # Matters because
    /// An extractor skips them, writes plain files in their place, or gives up.
    ///
    /// # For example
    /// A database's socket in a project's folder, packed by a tool that takes everything.
    ///
    /// # To mend it
    /// Leave it out of the package.
    pub static SPECIAL_FILE = "special-file", Archive, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.odd(Oddity::SpecialFile);
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` is a device, a pipe or a socket by its mode"),
            names => format!(
                "{} entries are devices, pipes or sockets by their modes",
                names.len()
            ),
        };
        report.add(Finding::new(&SPECIAL_FILE, message).places(package.places(names)));
    }
}
