//! Which exceptions an `except` catches, as far as imports raise them.

use ruff_python_ast::Expr;
use serde::{Deserialize, Serialize};

use super::calls::last_name;

/// One class that an `except` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Catch {
    /// No class, `Exception` or `BaseException`.
    Everything,
    ImportError,
    ModuleNotFoundError,
    SyntaxError,
    /// A class that no import raises by itself.
    Other,
    /// Nobody knows what is behind the name.
    Unknown,
}

/// What kind of exception leaves a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Raised {
    ModuleNotFoundError,
    ImportError,
    SyntaxError,
    Exit,
    Other,
    /// `raise`, alone: what was caught.
    Again,
}

/// The classes of one `except`; `None` for all.
pub(super) fn catches(classes: Option<&Expr>) -> Vec<Catch> {
    match classes {
        None => vec![Catch::Everything],
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().map(catch).collect(),
        Some(class) => vec![catch(class)],
    }
}

pub(super) fn catch(class: &Expr) -> Catch {
    match last_name(class) {
        Some("Exception" | "BaseException") => Catch::Everything,
        Some("ImportError") => Catch::ImportError,
        Some("ModuleNotFoundError") => Catch::ModuleNotFoundError,
        Some("SyntaxError") => Catch::SyntaxError,
        Some(
            "ArithmeticError"
            | "AssertionError"
            | "AttributeError"
            | "EOFError"
            | "EnvironmentError"
            | "FileNotFoundError"
            | "IOError"
            | "IndexError"
            | "KeyError"
            | "KeyboardInterrupt"
            | "LookupError"
            | "NameError"
            | "NotImplementedError"
            | "OSError"
            | "PackageNotFoundError"
            | "PermissionError"
            | "RuntimeError"
            | "StopIteration"
            | "SystemExit"
            | "TypeError"
            | "UnicodeDecodeError"
            | "UnicodeError"
            | "ValueError"
            | "ZeroDivisionError",
        ) => Catch::Other,
        _ => Catch::Unknown,
    }
}

pub(super) fn raised(exception: Option<&Expr>) -> Raised {
    let Some(exception) = exception else {
        return Raised::Again;
    };
    let class = match exception {
        Expr::Call(call) => &*call.func,
        class => class,
    };
    match last_name(class) {
        Some("ImportError") => Raised::ImportError,
        Some("ModuleNotFoundError") => Raised::ModuleNotFoundError,
        Some("SyntaxError") => Raised::SyntaxError,
        Some("SystemExit") => Raised::Exit,
        _ => Raised::Other,
    }
}

impl Catch {
    /// `None` where it cannot be known.
    pub fn takes(self, raised: Raised) -> Option<bool> {
        match (self, raised) {
            // `except Exception` lets `SystemExit` pass, and a bare `except` does not.
            (Self::Unknown, _)
            | (Self::Other, Raised::Other)
            | (Self::Everything, Raised::Exit) => None,
            (Self::Everything, _)
            | (Self::ImportError, Raised::ImportError | Raised::ModuleNotFoundError)
            | (Self::ModuleNotFoundError, Raised::ModuleNotFoundError)
            | (Self::SyntaxError, Raised::SyntaxError) => Some(true),
            _ => Some(false),
        }
    }
}
