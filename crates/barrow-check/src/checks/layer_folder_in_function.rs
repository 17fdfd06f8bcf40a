//! A function's modules where a layer's would be.

use crate::facts::Facts;
use crate::finding::Finding;
use crate::layout;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Functions that have distributions under `python/`, the folder for a layer's modules.
    ///
    /// # Matters because
    /// A layer is unpacked to `/opt`, a function to `/var/task`, and of a function Python looks
    /// into the root alone. What lies in `python/` is found only by code that adds it to
    /// `sys.path`.
    ///
    /// # For example
    /// A layer's zip, uploaded as a function's package together with a handler.
    ///
    /// # To mend it
    /// Put the content of `python/` at the root of the package, or into a layer.
    pub static LAYER_FOLDER_IN_FUNCTION = "layer-folder-in-function", Layout, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(package) = scene.function else {
        return;
    };
    if layout::wrapping(package, scene.handler).is_some() {
        return;
    }
    let mut found: Vec<&str> = package
        .files_under("python")
        .iter()
        .filter(|file| matches!(file.facts, Facts::Metadata(_)))
        .filter_map(|file| file.path.as_str().rsplit_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    found.dedup();
    let message = match found.len() {
        0 => return,
        1 => "1 distribution lies in `python/`, where Python looks only in a layer".to_owned(),
        count => {
            format!("{count} distributions lie in `python/`, where Python looks only in a layer")
        }
    };
    report.add(
        Finding::new(&LAYER_FOLDER_IN_FUNCTION, message)
            .places(package.places(found))
            .hint("put the content of `python/` at the package's root"),
    );
}
