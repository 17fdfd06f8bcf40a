//! Handlers that no package could have.

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Handler strings that Lambda refuses or that its runtime cannot take apart: it is `module.function`,
    /// where the module may be nested with `.` or `/`.
    ///
    /// # Matters because
    /// `Runtime.MalformedHandlerName: Bad handler 'app': not enough values to unpack (expected 2, got
    /// 1)`, or the upload is refused.
    ///
    /// # For example
    /// `app`, `app:handler`, `/src/app.handler`.
    ///
    /// # To mend it
    /// Set the function's handler to `app.handler` for the function `handler` in `app.py`.
    pub static MALFORMED_HANDLER = "malformed-handler", Handler, Error;
}

/// `CreateFunction` takes no longer one.
const LIMIT_CHARS: usize = 128;

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(handler) = scene.handler else {
        return;
    };
    let Some(fault) = fault(handler) else {
        return;
    };
    let named = match handler {
        "" => "the handler".to_owned(),
        _ => format!("the handler `{handler}`"),
    };
    let finding = Finding::new(&MALFORMED_HANDLER, format!("{named} {fault}"));
    report.add(match meant(handler) {
        Some(meant) => finding.hint(format!("`{meant}` may be meant")),
        None => {
            finding.hint("a handler is `module.function`, such as `lambda_function.lambda_handler`")
        }
    });
}

/// What Lambda would say of it, in its own words where it has any.
pub(super) fn fault(handler: &str) -> Option<String> {
    let chars = handler.chars().count();
    if chars > LIMIT_CHARS {
        return Some(format!(
            "has {chars} characters; Lambda takes at most {LIMIT_CHARS}"
        ));
    }
    if handler.is_empty() {
        return Some("is empty".to_owned());
    }
    if handler.contains(char::is_whitespace) {
        return Some("has a blank, which Lambda refuses".to_owned());
    }
    let Some((module, function)) = handler.rsplit_once('.') else {
        return Some(format!(
            "has no dot; Lambda would say: Bad handler '{handler}': not enough values to unpack (expected 2, got 1)"
        ));
    };
    if function.is_empty() {
        return Some("names no function after its last dot".to_owned());
    }
    if module.replace('/', ".").split('.').any(str::is_empty) {
        return Some(
            "names a module with an empty part; it is relative to the package's root".to_owned(),
        );
    }
    None
}

fn meant(handler: &str) -> Option<String> {
    let text = handler.replace(':', ".");
    let text = text
        .trim_start_matches(['.', '/'])
        .trim()
        .replace(".py.", ".");
    (text != handler && fault(&text).is_none()).then_some(text)
}
