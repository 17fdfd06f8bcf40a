//! Handlers whose module is another before the package is looked at.

use super::malformed_handler::fault;
use crate::finding::Finding;
use crate::imports::load::top;
use crate::imports::standard::{Presence, Standard};
use crate::imports::{handler_module, runtime};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Handlers whose module has the name of a module that is built into the interpreter, or that the
    /// runtime has imported before it comes to the handler.
    ///
    /// # Matters because
    /// The package's file is never read. Lambda says `Cannot use built-in module time as a handler
    /// module`, or misses the function in the module that it already has: `Handler 'handler' missing on
    /// module 'json'`.
    ///
    /// # For example
    /// `time.handler`, `json.handler`, `bootstrap.handler`.
    ///
    /// # To mend it
    /// Rename the file, and the handler with it.
    pub static HANDLER_NAMED_LIKE_MODULE = "handler-named-like-module", Handler, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(handler) = scene.handler.filter(|handler| fault(handler).is_none()) else {
        return;
    };
    let Some((module, function)) = handler.rsplit_once('.') else {
        return;
    };
    let Some(full) = handler_module(handler) else {
        return;
    };
    let top = top(&full);
    if !scene.imports().search.is_fixed(top) {
        return;
    }
    let minor = scene.target.runtime.minor();
    let is_builtin = Standard::named(top)
        .is_some_and(|standard| standard.is_builtin && standard.presence(minor) == Presence::There);
    let (what, said) = if is_builtin {
        // Lambda looks at what is before the first dot, and a `/` is none.
        let said = format!("Cannot use built-in module {module} as a handler module");
        ("is built into Python", said)
    } else if runtime::is_client(top, scene.target.runtime) {
        let said = format!("Handler '{function}' missing on module '{module}'");
        ("is of Lambda's own runtime, which has it loaded", said)
    } else {
        let said = format!("Handler '{function}' missing on module '{module}'");
        (
            "is of the standard library and loaded before the handler",
            said,
        )
    };
    let message = format!("the handler's module `{top}` {what}; the package's file is never read");
    report.add(
        Finding::new(&HANDLER_NAMED_LIKE_MODULE, message)
            .detail(format!("Lambda would say: {said}"))
            .hint(format!(
                "rename the file: `my_{top}.py` with the handler `my_{top}.{function}`"
            )),
    );
}
