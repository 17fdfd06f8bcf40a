//! The names that a module defines.

use ruff_python_ast::{Parameters, StmtFunctionDef};
use serde::{Deserialize, Serialize};

/// What `getattr(module, name)` finds once the module is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// Ordered by name, each once. A name that is bound on some way through the module is here.
    bound: Vec<(Box<str>, Binding)>,
    /// Whether it may define names that are nowhere in its source: `__getattr__`, `globals()`,
    /// `exec`, an entry of `sys.modules`.
    pub is_open: bool,
}

/// What a name was bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binding {
    Function(Function),
    Class,
    /// A number, a text, a list …: nothing that can be called.
    Plain,
    Imported,
    Unclear,
}

/// A function without decorators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    pub line: u32,
    pub is_async: bool,
    /// The fewest positional arguments that it can be called with.
    pub required: u16,
    /// The most; `None` with `*args`.
    pub most: Option<u16>,
    /// Whether it has parameters without a default that can only be given by name.
    pub wants_keywords: bool,
}

/// What every module has without defining it.
const IMPLICIT: &[&str] = &[
    "__annotations__",
    "__builtins__",
    "__cached__",
    "__dict__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__path__",
    "__spec__",
];

impl Names {
    pub(super) fn bind(&mut self, name: &str, binding: Binding) {
        if name == "__getattr__" {
            self.is_open = true;
        }
        match self.position(name) {
            Ok(at) => self.bound[at].1 = Binding::Unclear,
            Err(at) => self.bound.insert(at, (name.into(), binding)),
        }
    }

    /// `None` where the source does not define it.
    pub fn get(&self, name: &str) -> Option<Binding> {
        match self.position(name) {
            Ok(at) => Some(self.bound[at].1),
            Err(_) if IMPLICIT.contains(&name) => Some(Binding::Unclear),
            Err(_) => None,
        }
    }

    /// In order.
    pub fn all(&self) -> impl Iterator<Item = (&str, Binding)> {
        self.bound.iter().map(|(name, binding)| (&**name, *binding))
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.bound
            .binary_search_by(|(bound, _)| (**bound).cmp(name))
    }

    pub(super) fn shrink(&mut self) {
        self.bound.shrink_to_fit();
    }
}

impl Function {
    pub(super) fn of(function: &StmtFunctionDef, line: u32) -> Self {
        let Parameters {
            posonlyargs,
            args,
            vararg,
            kwonlyargs,
            ..
        } = &*function.parameters;
        let positional = || posonlyargs.iter().chain(args);
        let required = positional().filter(|parameter| parameter.default.is_none());
        Self {
            line,
            is_async: function.is_async,
            required: u16::try_from(required.count()).unwrap_or(u16::MAX),
            most: match vararg {
                Some(_) => None,
                None => Some(u16::try_from(positional().count()).unwrap_or(u16::MAX)),
            },
            wants_keywords: kwonlyargs
                .iter()
                .any(|parameter| parameter.default.is_none()),
        }
    }

    /// Whether it can be called with this many arguments.
    pub fn takes(&self, arguments: u16) -> bool {
        self.required <= arguments
            && self.most.is_none_or(|most| arguments <= most)
            && !self.wants_keywords
    }
}
