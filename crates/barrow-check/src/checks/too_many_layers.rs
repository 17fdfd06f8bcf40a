//! More layers than a function can have.

use barrow_model::limits::LAYERS_LIMIT;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// More than five layers for one function.
    ///
    /// # Matters because
    /// Lambda answers with `Cannot reference more than 5 layers.` Layers of extensions count, too.
    ///
    /// # For example
    /// Five layers of your own and one for a monitoring agent.
    ///
    /// # To mend it
    /// Join layers that are always used together, or put one into the function's package.
    pub static TOO_MANY_LAYERS = "too-many-layers", Limits, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let count = scene.layers.len();
    if scene.function.is_some() && count > LAYERS_LIMIT {
        let message = format!("{count} layers; a function can have {LAYERS_LIMIT}");
        let words = format!("Lambda: `Cannot reference more than {LAYERS_LIMIT} layers.`");
        report.add(Finding::new(&TOO_MANY_LAYERS, message).detail(words));
    }
}
