//! What a check is: a name, a page of documentation, and a function.

use crate::finding::Level;
use crate::report::Report;
use crate::scene::Scene;

/// One rule about packages.
///
/// Made by [`check!`](crate::check!), which takes the documentation from the doc comment, so that the
/// source, `--explain` and the reference page have the same text.
pub struct Check {
    /// As in "allow `foreign-machine`".
    pub name: &'static str,
    pub area: Area,
    /// What its findings usually are.
    pub level: Level,
    /// Whether `--fix` mends it: there is one right answer.
    pub fixable: bool,
    /// The lines of its doc comment, each with the blank that follows `///`.
    pub doc: &'static [&'static str],
    pub run: fn(&Scene<'_>, &mut Report),
}

/// What part of a package a check is about, in the order of the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    Archive,
    Limits,
    Layout,
    Permissions,
    Handler,
    Imports,
    Binaries,
    Bytecode,
    Dependencies,
    Secrets,
    Runtime,
}

/// Declares a check. Its doc comment has the headings `# Finds`, `# Matters because`, `# For
/// example` and `# To mend it`.
#[macro_export]
macro_rules! check {
    (
        $(#[doc = $doc:literal])*
        pub static $constant:ident = $name:literal, $area:ident, $level:ident $(, $fixable:ident)?;
    ) => {
        $(#[doc = $doc])*
        pub static $constant: $crate::check::Check = $crate::check::Check {
            name: $name,
            area: $crate::check::Area::$area,
            level: $crate::finding::Level::$level,
            fixable: $crate::check!(@fixable $($fixable)?),
            doc: &[$($doc),*],
            run,
        };
    };
    (@fixable) => { false };
    (@fixable fixable) => { true };
}

impl Check {
    /// What it finds, on one line.
    pub fn summary(&self) -> String {
        let lines = self.doc.iter().map(|line| line.trim());
        let of_finds = lines
            .skip_while(|line| *line != "# Finds")
            .skip(1)
            .skip_while(|line| line.is_empty());
        let first = of_finds.take_while(|line| !line.is_empty() && !line.starts_with('#'));
        first.collect::<Vec<_>>().join(" ")
    }

    /// Its part of the reference page, which is also what `--explain` prints.
    pub fn page(&self) -> String {
        let mends = if self.fixable {
            "; `--fix` mends it"
        } else {
            ""
        };
        // Only the headings: a `#` in the text stands elsewhere than at the start of a line.
        let lines = self.doc.iter().map(|line| match line.strip_prefix(" # ") {
            Some(heading) => format!("### {heading}\n"),
            None => format!("{}\n", line.strip_prefix(' ').unwrap_or(line)),
        });
        let documentation: String = lines.collect();
        format!(
            "## `{}`\n\n{}{mends}\n\n{documentation}",
            self.name, self.level
        )
    }

    /// The documentation as Markdown.
    pub fn documentation(&self) -> String {
        let lines = self
            .doc
            .iter()
            .map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.map(|line| format!("{line}\n")).collect()
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Area {
    pub fn title(self) -> &'static str {
        match self {
            Self::Archive => "The archive",
            Self::Limits => "Limits",
            Self::Layout => "Layout",
            Self::Permissions => "Permissions",
            Self::Handler => "Handler",
            Self::Imports => "Imports",
            Self::Binaries => "Binaries",
            Self::Bytecode => "Bytecode",
            Self::Dependencies => "Dependencies",
            Self::Secrets => "Secrets and litter",
            Self::Runtime => "Runtime",
        }
    }
}
