//! Files that need a password.

use barrow_core::zip::CheckZipError;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;

crate::check! {
    /// # Finds
    /// Files that need a password.
    ///
    /// # Matters because
    /// There is no way to give Lambda one. The key of `SourceKMSKeyArn` is something else: it
    /// protects the package as a whole, where Lambda keeps it.
    ///
    /// # For example
    /// `zip -e app.zip app.py`.
    ///
    /// # To mend it
    /// Pack without a password; keep secrets in Secrets Manager or the Parameter Store.
    pub static ENCRYPTED_ENTRY = "encrypted-entry", Archive, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let names = package.names_with(|flaw| match flaw {
            Flaw::Unsound(CheckZipError::Encrypted { name }) => Some(name),
            _ => None,
        });
        let message = match names.as_slice() {
            [] => continue,
            [name] => format!("`{name}` is encrypted; Lambda has no password for it"),
            names => {
                let count = names.len();
                format!("{count} files are encrypted; Lambda has no password for them")
            }
        };
        let places = package.places(names);
        report.add(Finding::new(&ENCRYPTED_ENTRY, message).places(places));
    }
}
