//! Reads `requirements.txt` files, as far as Barrow needs to know what is in them.
//!
//! uv resolves these files by itself. Read here is what uv leaves out or keeps to itself: the
//! files that one file pulls in (they decide whether an older resolution still holds), the
//! digests that a hashed file demands, where each requirement stands, and the index options.

use std::collections::BTreeSet;
use std::io;

use barrow_model::{Explain, Fault, PackageName};
use camino::{Utf8Path, Utf8PathBuf};

use super::line::{self, Line};
use crate::resolve::Environment;

/// What a set of requirement files says, nested files included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequirementFiles {
    /// Every file that was read, in the order of reading.
    pub files: Vec<Utf8PathBuf>,
    pub requirements: Vec<RequirementLine>,
    /// Options about indexes, as lines of a requirements file; local paths are absolute.
    pub index_options: Vec<String>,
    /// Whether `--require-hashes` stands anywhere.
    pub require_hashes: bool,
}

/// One requirement and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementLine {
    pub file: Utf8PathBuf,
    /// Counted from one; the first of a line that goes on over several.
    pub line: usize,
    /// Without comment and options.
    pub text: String,
    /// Absent for a path or URL that carries no name.
    pub name: Option<PackageName>,
    /// `sha256:…`, as written after `--hash=`.
    pub hashes: Vec<String>,
    /// The directory or archive that a local requirement names.
    pub path: Option<Utf8PathBuf>,
    /// Whether it only limits versions (`-c`).
    pub is_constraint: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadRequirementsError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot read `{path}`, which `{file}:{line}` names")]
    ReadNested {
        path: Utf8PathBuf,
        file: Utf8PathBuf,
        line: usize,
        source: io::Error,
    },
    #[error("`{path}` is {encoding}; expected UTF-8")]
    Encoding {
        path: Utf8PathBuf,
        encoding: &'static str,
    },
}

impl Explain for ReadRequirementsError {
    fn fault(&self) -> Fault {
        Fault::Input
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Encoding { path, .. } => vec![format!(
                "save it as UTF-8, for example `(Get-Content {path}) | Set-Content -Encoding utf8 {path}`"
            )],
            _ => Vec::new(),
        }
    }
}

impl RequirementFiles {
    /// Reads `paths` and everything that they name with `-r` and `-c`.
    pub fn read(
        paths: &[Utf8PathBuf],
        environment: &Environment,
    ) -> Result<Self, ReadRequirementsError> {
        let mut reader = Reader {
            environment,
            seen: BTreeSet::new(),
            files: Self::default(),
        };
        for path in paths {
            reader.file(path, false, None)?;
        }
        Ok(reader.files)
    }

    /// The requirements that ask for something.
    pub fn wanted(&self) -> impl Iterator<Item = &RequirementLine> {
        self.requirements
            .iter()
            .filter(|requirement| !requirement.is_constraint)
    }

    /// The line that asks for a package, as `requirements.txt:7`.
    pub fn place_of(&self, name: &PackageName) -> Option<String> {
        let line = self
            .wanted()
            .find(|requirement| requirement.name.as_ref() == Some(name))?;
        Some(format!(
            "{}:{}",
            line.file.file_name().unwrap_or(line.file.as_str()),
            line.line
        ))
    }
}

struct Reader<'e> {
    environment: &'e Environment,
    seen: BTreeSet<(Utf8PathBuf, bool)>,
    files: RequirementFiles,
}

impl Reader<'_> {
    fn file(
        &mut self,
        path: &Utf8Path,
        is_constraint: bool,
        from: Option<(&Utf8Path, usize)>,
    ) -> Result<(), ReadRequirementsError> {
        // A file that names itself, directly or through others and by whatever path, has been
        // read already.
        let place = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
        if !self.seen.insert((place, is_constraint)) {
            return Ok(());
        }
        let bytes = std::fs::read(path).map_err(|source| match from {
            None => ReadRequirementsError::Read {
                path: path.to_owned(),
                source,
            },
            Some((file, line)) => {
                let (path, file) = (path.to_owned(), file.to_owned());
                ReadRequirementsError::ReadNested {
                    path,
                    file,
                    line,
                    source,
                }
            }
        })?;
        let text = decode(path, bytes)?;
        self.files.files.push(path.to_owned());
        let base = path.parent().unwrap_or(Utf8Path::new(""));
        for (number, logical) in line::logical_lines(&text) {
            let logical = line::expand_variables(&logical, self.environment);
            match line::parse(&logical) {
                Line::Nested {
                    path: nested,
                    is_constraint: limits,
                } => {
                    if !nested.contains("://") {
                        let nested = base.join(&nested);
                        self.file(&nested, is_constraint || limits, Some((path, number)))?;
                    }
                }
                Line::IndexOption { option, value } => {
                    self.files
                        .index_options
                        .push(index_option(base, option, &value));
                }
                Line::RequireHashes => self.files.require_hashes = true,
                Line::OtherOption => {}
                Line::Requirement {
                    text,
                    name,
                    hashes,
                    local,
                } => {
                    self.files.requirements.push(RequirementLine {
                        file: path.to_owned(),
                        line: number,
                        text,
                        name,
                        hashes,
                        path: local.map(|local| base.join(local)),
                        is_constraint,
                    });
                }
            }
        }
        Ok(())
    }
}

/// Local directories are named from the file that they stand in.
fn index_option(base: &Utf8Path, option: &str, value: &str) -> String {
    let is_local = option == "--find-links" && !value.contains("://");
    match value {
        "" => option.to_owned(),
        _ if is_local => format!("{option} {}", base.join(value)),
        _ => format!("{option} {value}"),
    }
}

fn decode(path: &Utf8Path, bytes: Vec<u8>) -> Result<String, ReadRequirementsError> {
    let error = |encoding| ReadRequirementsError::Encoding {
        path: path.to_owned(),
        encoding,
    };
    // PowerShell's `>` writes UTF-16 with a byte order mark.
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(error("UTF-16"));
    }
    let text = String::from_utf8(bytes).map_err(|_| error("in some other encoding"))?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes `files`, reads the first, and shows the outcome a line each.
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        for (name, text) in files {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), text).unwrap();
        }
        let paths = [root.join(files[0].0)];
        let shown = match RequirementFiles::read(&paths, &Environment::default()) {
            Err(error) => vec![error.to_string()],
            Ok(read) => {
                let mut shown: Vec<String> = read.files.iter().map(ToString::to_string).collect();
                shown.extend(read.index_options);
                shown.extend(read.requirements.iter().map(|line| {
                    let kind = if line.is_constraint { "limit" } else { "want" };
                    let path = line.path.as_ref().map(|path| format!(" at {path}"));
                    let path = path.unwrap_or_default();
                    format!("{kind} {}:{} {}{path}", line.file, line.line, line.text)
                }));
                shown
            }
        };
        let shown: Vec<String> = shown
            .iter()
            .map(|line| line.replace(&format!("{root}/"), ""))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn nested_files_are_found_from_the_file_that_names_them() {
        check(
            &[
                (
                    "requirements.txt",
                    "-r sub/more.txt\n-c limits.txt\n--find-links wheels\na\n",
                ),
                (
                    "sub/more.txt",
                    "-r ../requirements.txt\n# c\nb==1 \\\n  ; os_name=='nt'\n./lib\n",
                ),
                ("limits.txt", "a<2\n-i https://index.example/simple"),
            ],
            &[
                "requirements.txt",
                "sub/more.txt",
                "limits.txt",
                "--index-url https://index.example/simple",
                "--find-links wheels",
                "want sub/more.txt:3 b==1   ; os_name=='nt'",
                "want sub/more.txt:5 ./lib at sub/./lib",
                "limit limits.txt:1 a<2",
                "want requirements.txt:4 a",
            ],
        );
    }

    #[test]
    fn a_missing_file_is_named_with_the_line_that_names_it() {
        check(
            &[("requirements.txt", "a\n--requirement=gone.txt\n")],
            &["cannot read `gone.txt`, which `requirements.txt:2` names"],
        );
    }

    #[test]
    fn powershells_utf_16_is_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path())
            .unwrap()
            .join("requirements.txt");
        std::fs::write(&path, [0xFF, 0xFE, b'a', 0]).unwrap();
        let error = RequirementFiles::read(std::slice::from_ref(&path), &Environment::default())
            .unwrap_err();
        assert!(error.to_string().contains("is UTF-16"), "{error}");
        assert_eq!(error.hints().len(), 1);
        std::fs::write(&path, "\u{feff}a\n").unwrap();
        assert!(RequirementFiles::read(&[path], &Environment::default()).is_ok());
    }
}
