//! Handlers that Lambda cannot call, or whose answer it cannot read.

use crate::facts::python::{Binding, Function};
use crate::finding::{Finding, Level, Place};
use crate::imports::{Defined, What, handler_module};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Handlers that are `async def`, that are no function at all, or (as a warning) that cannot be
    /// called with two arguments. Functions with decorators are not judged.
    ///
    /// # Matters because
    /// The function starts, and every event fails. Lambda's Python awaits nothing: a coroutine is an
    /// answer that it cannot write as JSON (`Runtime.MarshalError`). It calls the handler with the
    /// event and the context.
    ///
    /// # For example
    /// `async def handler(event, context)`, `handler = {}`, `def handler(event)`.
    ///
    /// # To mend it
    /// An ordinary function that runs the other: `def handler(event, context): return
    /// asyncio.run(work(event))`.
    pub static UNCALLABLE_HANDLER = "uncallable-handler", Handler, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(handler) = scene.handler else {
        return;
    };
    let (Some(module), Some((_, name))) = (handler_module(handler), handler.rsplit_once('.'))
    else {
        return;
    };
    let imports = scene.imports();
    let Some(id) = imports.root(&module) else {
        return;
    };
    let What::Source(located, _) = imports.module(id).what else {
        return;
    };
    let place = Place::new(located.package, located.file.path.as_str());
    match imports.defined(id, name) {
        Defined::As(Binding::Plain) => {
            let message = format!("the handler `{handler}` is no function");
            report.add(Finding::new(&UNCALLABLE_HANDLER, message).place(place));
        }
        Defined::As(Binding::Function(function)) if function.is_async => {
            let message =
                format!("the handler `{handler}` is `async def`, which Lambda does not await");
            let said = "Lambda would say: Unable to marshal response: Object of type coroutine is not JSON serializable";
            report.add(
                Finding::new(&UNCALLABLE_HANDLER, message)
                    .place(place.line(function.line))
                    .detail(said)
                    .hint("`def handler(event, context): return asyncio.run(…)` calls it"),
            );
        }
        Defined::As(Binding::Function(function)) if !function.takes(2) => {
            let message = format!(
                "the handler `{handler}` {}; Lambda calls it with two, the event and the context",
                takes(function)
            );
            report.add(
                Finding::new(&UNCALLABLE_HANDLER, message)
                    .level(Level::Warning)
                    .place(place.line(function.line)),
            );
        }
        _ => {}
    }
}

fn takes(function: Function) -> String {
    if function.wants_keywords {
        return "wants arguments by name".to_owned();
    }
    match function.most {
        Some(1) if function.required == 1 => "takes one argument".to_owned(),
        Some(most) if most == function.required => format!("takes {most} arguments"),
        Some(most) => format!("takes {} to {most} arguments", function.required),
        None => format!("takes {} arguments or more", function.required),
    }
}
