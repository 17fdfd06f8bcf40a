//! What a file is good for, told from its path.

/// A kind of file. In the order of the table, which is the order in which a path is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Metadata,
    Bytecode,
    Tests,
    Documentation,
    Stubs,
    Native,
    Python,
    Sources,
    Scripts,
    Data,
}

/// How a kind is recognised, and what it is there for.
struct Row {
    kind: Kind,
    name: &'static str,
    about: &'static str,
    /// Ends of file names, in lower case.
    ends: &'static [&'static str],
    /// Whole names of files, in lower case and without what follows the first dot.
    stems: &'static [&'static str],
    /// Names of folders, anywhere above the file.
    folders: &'static [&'static str],
    /// Ends of names of folders, anywhere above the file.
    folder_ends: &'static [&'static str],
}

const NOTHING: Row = Row {
    kind: Kind::Data,
    name: "",
    about: "",
    ends: &[],
    stems: &[],
    folders: &[],
    folder_ends: &[],
};

static TABLE: [Row; 10] = [
    Row {
        kind: Kind::Metadata,
        name: "metadata",
        about: "names, versions and lists of files; some packages read them at import",
        ends: &[".egg-info"],
        folder_ends: &[".dist-info", ".egg-info"],
        ..NOTHING
    },
    Row {
        kind: Kind::Bytecode,
        name: "bytecode",
        about: "spares the compiling at every cold start; of another Python, it is dead weight",
        ends: &[".pyc", ".pyo"],
        ..NOTHING
    },
    // `testing` is not among them: numpy and pandas import theirs.
    Row {
        kind: Kind::Tests,
        name: "tests",
        about: "run by those who make a package, not by those who use it",
        ends: &["_test.py"],
        stems: &["conftest"],
        folders: &["tests", "test", "_tests"],
        ..NOTHING
    },
    Row {
        kind: Kind::Documentation,
        name: "documentation",
        about: "for people; licences ask to be kept",
        ends: &[".md", ".rst"],
        stems: &[
            "readme",
            "changelog",
            "changes",
            "history",
            "authors",
            "license",
            "licence",
            "copying",
            "notice",
        ],
        folders: &["doc", "docs", "examples", "licenses"],
        ..NOTHING
    },
    Row {
        kind: Kind::Stubs,
        name: "stubs",
        about: "types for editors and checkers; never imported",
        ends: &[".pyi", "py.typed"],
        ..NOTHING
    },
    Row {
        kind: Kind::Native,
        name: "compiled code",
        about: "extension modules and the libraries that they load",
        ends: &[".so", ".pyd", ".dll", ".dylib", ".a", ".lib", ".o"],
        ..NOTHING
    },
    Row {
        kind: Kind::Python,
        name: "Python",
        about: "the code",
        ends: &[".py"],
        ..NOTHING
    },
    Row {
        kind: Kind::Sources,
        name: "sources",
        about: "C, C++, Cython, Fortran and Rust to build with; what was built from them is there",
        ends: &[
            ".c", ".cc", ".cpp", ".cu", ".cuh", ".f", ".f90", ".h", ".hpp", ".pxd", ".pxi", ".pyx",
            ".rs", ".cmake",
        ],
        ..NOTHING
    },
    Row {
        kind: Kind::Scripts,
        name: "programs",
        about: "for a command line; a function starts them only if its code says so",
        folders: &["bin"],
        ..NOTHING
    },
    Row {
        kind: Kind::Data,
        name: "data",
        about: "whatever the code reads",
        ..NOTHING
    },
];

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Metadata,
        Self::Bytecode,
        Self::Tests,
        Self::Documentation,
        Self::Stubs,
        Self::Native,
        Self::Python,
        Self::Sources,
        Self::Scripts,
        Self::Data,
    ];

    /// The first kind whose row takes this path.
    pub fn of(path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let row = TABLE.iter().find(|row| row.takes(folders, file));
        row.map_or(Self::Data, |row| row.kind)
    }

    pub fn name(self) -> &'static str {
        TABLE[self as usize].name
    }

    /// A phrase: what files of this kind are there for.
    pub fn about(self) -> &'static str {
        TABLE[self as usize].about
    }
}

impl Row {
    fn takes(&self, folders: &str, file: &str) -> bool {
        let stem = file.split('.').next().unwrap_or(file);
        let is_library = self.kind == Kind::Native && file.contains(".so.");
        let is_test =
            self.kind == Kind::Tests && file.starts_with("test_") && file.ends_with(".py");
        is_library
            || is_test
            || self.ends.iter().any(|end| file.ends_with(end))
            || self.stems.contains(&stem)
            || folders.split('/').any(|folder| {
                self.folders.contains(&folder)
                    || self.folder_ends.iter().any(|end| folder.ends_with(end))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_kind() {
        let check = |path: &str, expected| assert_eq!(Kind::of(path), expected, "{path}");
        check("numpy-2.1.3.dist-info/METADATA", Kind::Metadata);
        check("numpy-2.1.3.dist-info/licenses/LICENSE.txt", Kind::Metadata);
        check("six.egg-info", Kind::Metadata);
        check("a/__pycache__/b.cpython-312.pyc", Kind::Bytecode);
        check("pandas/tests/io/data.csv", Kind::Tests);
        check("app/test_handler.py", Kind::Tests);
        check("numpy/testing/__init__.py", Kind::Python);
        check("numpy/conftest.py", Kind::Tests);
        check("numpy/LICENSE.txt", Kind::Documentation);
        check("numpy/__init__.pyi", Kind::Stubs);
        check("numpy/py.typed", Kind::Stubs);
        check(
            "numpy/_core/x.cpython-312-x86_64-linux-gnu.so",
            Kind::Native,
        );
        check("numpy.libs/libgfortran-83c28eba.so.5.0.0", Kind::Native);
        check("numpy/_core/include/numpy/a.h", Kind::Sources);
        check("bin/f2py", Kind::Scripts);
        check("botocore/data/ec2/2016-11-15/service-2.json.gz", Kind::Data);
        check("lambda_function.py", Kind::Python);
    }

    #[test]
    fn the_table_has_every_kind_in_order() {
        let of_table: Vec<Kind> = TABLE.iter().map(|row| row.kind).collect();
        assert_eq!(of_table, Kind::ALL);
    }
}
