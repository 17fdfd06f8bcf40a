//! Functions that the console does not show.

use barrow_model::Bytes;
use barrow_model::limits::CONSOLE_EDITOR_LIMIT_BYTES;

use crate::finding::Finding;
use crate::package::Form;
use crate::report::Report;
use crate::scene::Scene;
use crate::weight;

crate::check! {
    /// # Finds
    /// A function's zip of more than 3 MB, beyond which the console does not show code.
    ///
    /// # Matters because
    /// The function works. Whoever looks into it in a hurry sees no code, and cannot change a line
    /// there.
    ///
    /// # For example
    /// A small handler with boto3 of its own in the package.
    ///
    /// # To mend it
    /// Move what rarely changes into a layer, or leave it as it is.
    pub static BEYOND_CONSOLE_EDITOR = "beyond-console-editor", Limits, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(package) = scene.function else {
        return;
    };
    match package.form {
        Form::Zip { bytes } if bytes > CONSOLE_EDITOR_LIMIT_BYTES && package.is_legible() => {
            let message = format!(
                "`{}` has {}; Lambda's console shows the code of packages up to {}",
                package.name,
                Bytes(bytes),
                Bytes(CONSOLE_EDITOR_LIMIT_BYTES)
            );
            let largest = weight::largest(scene, &[package], |file| file.zipped_bytes);
            report.add(Finding::new(&BEYOND_CONSOLE_EDITOR, message).detail(largest));
        }
        _ => {}
    }
}
