//! Dotted names, and calls that are more than calls.

use ruff_python_ast::{Expr, ExprCall};

/// Whether an expression is the dotted name of these parts. `import sys as _sys` is common, so
/// leading underscores of the first part do not count.
pub(super) fn is_dotted(expression: &Expr, parts: &[&str]) -> bool {
    match (expression, parts) {
        (Expr::Attribute(attribute), [object @ .., last]) if !object.is_empty() => {
            attribute.attr.as_str() == *last && is_dotted(&attribute.value, object)
        }
        (Expr::Name(found), [name]) => {
            let rest = found.id.as_str().strip_suffix(name);
            rest.is_some_and(|rest| rest.bytes().all(|byte| byte == b'_'))
        }
        _ => false,
    }
}

/// The `c` of `a.b.c`.
pub(super) fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// The `b` of `a.b.c`, and the `a` of `a.b`.
pub(super) fn last_name_of_object(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Attribute(attribute) => last_name(&attribute.value),
        _ => None,
    }
}

pub(super) fn string(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// The first argument, where it is a text.
pub(super) fn first_text(call: &ExprCall) -> Option<&str> {
    string(call.arguments.args.first()?)
}

/// The module that a call imports: `import_module("a.b")`, `__import__("a.b")`.
pub(super) fn imported(call: &ExprCall) -> Option<&str> {
    let function = last_name(&call.func)?;
    let name = first_text(call)?;
    let is_module = !name.is_empty() && !name.starts_with('.');
    (matches!(function, "import_module" | "__import__") && is_module).then_some(name)
}

/// Whether a call adds to `sys.path`.
pub(super) fn changes_search_path(call: &ExprCall) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    match method.attr.as_str() {
        "insert" | "append" | "extend" => is_dotted(&method.value, &["sys", "path"]),
        "addsitedir" => true,
        _ => false,
    }
}

/// Whether a call makes its package one of several folders of the same name.
pub(super) fn joins_namespace(call: &ExprCall) -> bool {
    matches!(
        last_name(&call.func),
        Some("extend_path" | "declare_namespace")
    )
}

/// Whether a statement that is this call ends the program.
pub(super) fn exits(call: &ExprCall) -> bool {
    let function = &*call.func;
    is_dotted(function, &["sys", "exit"])
        || is_dotted(function, &["os", "_exit"])
        || is_dotted(function, &["exit"])
        || is_dotted(function, &["quit"])
}
