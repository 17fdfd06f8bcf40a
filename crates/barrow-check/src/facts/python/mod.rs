//! What a `.py` file imports, defines, and whether the target's Python can read it.
//!
//! Kept is what an abstract interpretation of `import` asks for, not the syntax tree: a package of
//! 250 MB has some ten thousand modules.

mod bindings;
mod calls;
mod compile;
mod condition;
mod exceptions;
mod expressions;
mod kept;
mod lines;
mod names;
mod nesting;
mod read;
mod source;
mod walk;

use serde::{Deserialize, Serialize};

pub use self::exceptions::{Catch, Raised};
pub use self::kept::Kept;
pub use self::names::{Binding, Function, Names};
pub use self::read::{STACK_BYTES, read};

/// A module, as its syntax tree shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Why the target's Python cannot compile it. Nothing else is known of it then.
    pub fault: Option<SyntaxFault>,
    /// What importing the module does, as far as it concerns imports.
    pub steps: Vec<Step>,
    /// Imports that importing the module does not come to.
    pub later: Vec<Later>,
    pub names: Names,
    /// The first line that changes `sys.path` when the module is imported.
    pub changes_search_path: Option<u32>,
    /// The first line that changes it in a function.
    pub changes_search_path_later: Option<u32>,
    pub registers: Registers,
    /// Names that it sets in modules which it imported.
    pub gives: Vec<Box<str>>,
    /// Whether it joins folders of its own name on all of `sys.path`, as packages did before there
    /// were namespace packages (`pkgutil.extend_path`, `pkg_resources.declare_namespace`).
    pub joins_namespace: bool,
    /// What it asks `importlib.metadata` or `pkg_resources` about when it is imported.
    pub metadata_reads: Vec<MetadataRead>,
}

/// Why a file is no Python of the target's version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntaxFault {
    /// From 1.
    pub line: u32,
    pub message: Box<str>,
    /// The `12` of the Python 3.12 that is the first to read it.
    pub first_minor: Option<u8>,
}

/// Part of what a module does when it is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Import(Import),
    Try(Box<Try>),
    /// What happens only under a condition that cannot be decided from here, or is not certain to
    /// happen for another reason.
    Perhaps(Vec<Step>),
    Raise {
        line: u32,
        raised: Raised,
    },
}

/// `import a.b`, `from a import b`, or a call that comes to the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub line: u32,
    /// The number of leading dots.
    pub level: u32,
    /// Empty for `from . import b`.
    pub module: Box<str>,
    pub wants: Wants,
}

/// What an import wants of its module besides that it loads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wants {
    Nothing,
    Everything,
    Names(Vec<Box<str>>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    pub body: Vec<Step>,
    pub handlers: Vec<Handler>,
    /// Done where the body went through.
    pub orelse: Vec<Step>,
    pub lastly: Vec<Step>,
}

/// One `except`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    pub catches: Vec<Catch>,
    pub steps: Vec<Step>,
}

/// An import that happens after the module was imported, or never.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    pub line: u32,
    pub level: u32,
    pub module: Box<str>,
    pub guard: Guard,
}

/// What keeps an import from happening when its module is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Guard {
    /// `try: … except ImportError`.
    Caught,
    /// A condition that only the running program decides.
    Condition,
    /// The body of a function.
    Function,
    /// A test for a platform or a version that the target is not.
    Elsewhere,
    /// `if TYPE_CHECKING`.
    TypeChecking,
}

/// What a module puts into `sys.modules`, besides itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Registers {
    #[default]
    Nothing,
    /// Modules of these names.
    Named(Vec<Box<str>>),
    /// Modules of names that it computes, or a finder of its own.
    Anything,
}

/// A question about an installed distribution, asked when the module is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataRead {
    pub line: u32,
    /// `None` where it is the module's own name (`version(__name__)`).
    pub distribution: Option<Box<str>>,
    /// Whether it is certain to be asked, and nothing catches the answer that there is none.
    pub is_vital: bool,
}

#[cfg(test)]
mod tests;
