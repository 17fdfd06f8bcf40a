//! An interpreter of the host, as Lambda has its own: under `/var/lang`.

use camino::{Utf8Path, Utf8PathBuf};

use super::Interpreter;
use crate::sandbox::spec::Step;

const LANG: &str = "/var/lang";

/// Prefixes that an interpreter shares with the rest of the system.
const SHARED: [&str; 2] = ["/usr", "/usr/local"];

/// Below these, the host's files are there under their own names.
const VISIBLE: [&str; 2] = ["/usr/lib", "/usr/lib64"];

impl Interpreter {
    /// `python3.12`.
    fn name(&self) -> String {
        format!("python{}.{}", self.version.0, self.version.1)
    }

    /// What shows it as `/var/lang`, with `site_packages` in place of what is installed there.
    pub(crate) fn layout(&self, site_packages: Option<&Utf8Path>) -> Vec<Step> {
        let inside = Utf8PathBuf::from(LANG)
            .join("lib")
            .join(self.name())
            .join("site-packages");
        let mut steps = if self.owns_its_prefix() {
            vec![Step::ReadOnly {
                source: self.prefix.clone(),
                path: LANG.into(),
            }]
        } else {
            self.piece_by_piece(&inside)
        };
        match site_packages {
            Some(source) => steps.push(Step::ReadOnly {
                source: source.to_owned(),
                path: inside,
            }),
            // What the host has installed there is none of the function's.
            None => steps.extend([
                Step::Memory {
                    path: inside.clone(),
                    bytes: 64 << 10,
                    shared: false,
                },
                Step::Seal { path: inside },
            ]),
        }
        steps
    }

    /// Whether nothing but this interpreter lies under its prefix, in the usual places.
    fn owns_its_prefix(&self) -> bool {
        let library = self.prefix.join("lib").join(self.name());
        !SHARED.contains(&self.prefix.as_str())
            && self.executable == self.prefix.join("bin").join(self.name())
            && self.library == library
            && library.join("site-packages").is_dir()
    }

    /// Program and standard library from where they are. The folder of the standard library is
    /// made of links, so that it can have other `site-packages` than the host's.
    fn piece_by_piece(&self, site_packages: &Utf8Path) -> Vec<Step> {
        let mut steps = Vec::new();
        let lang = Utf8Path::new(LANG);
        let library = lang.join("lib").join(self.name());
        for path in [lang.join("bin"), library.clone()] {
            steps.push(Step::Directory { path });
        }
        let program = lang.join("bin").join(self.name());
        steps.push(Step::ReadOnly {
            source: self.executable.clone(),
            path: program,
        });
        for alias in ["python3", "python"] {
            steps.push(Step::Link {
                path: lang.join("bin").join(alias),
                target: self.name().into(),
            });
        }
        if let Some(shared) = &self.shared_library
            && !is_visible(shared)
        {
            let name = shared.file_name().unwrap_or_default();
            steps.push(Step::ReadOnly {
                source: shared.clone(),
                path: lang.join("lib").join(name),
            });
        }
        if !is_visible(&self.library) {
            steps.push(Step::ReadOnly {
                source: self.library.clone(),
                path: self.library.clone(),
            });
        }
        for name in members(&self.library) {
            if name == "site-packages" || name == "dist-packages" {
                continue;
            }
            steps.push(Step::Link {
                path: library.join(&name),
                target: self.library.join(&name),
            });
        }
        steps.push(Step::Directory {
            path: site_packages.to_owned(),
        });
        steps
    }
}

fn is_visible(path: &Utf8Path) -> bool {
    VISIBLE.iter().any(|folder| path.starts_with(folder))
}

/// In a fixed order, so that the same host gives the same spec.
fn members(folder: &Utf8Path) -> Vec<String> {
    let mut names: Vec<String> = folder
        .read_dir_utf8()
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_owned())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_of_its_own_is_shown_whole() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir_all(prefix.join("lib/python3.12/site-packages")).unwrap();
        let interpreter = Interpreter {
            executable: prefix.join("bin/python3.12"),
            version: (3, 12, 1),
            prefix: prefix.to_owned(),
            library: prefix.join("lib/python3.12"),
            shared_library: None,
        };
        let steps = interpreter.layout(Some(Utf8Path::new("/sdk")));
        assert_eq!(
            steps,
            [
                Step::ReadOnly {
                    source: prefix.to_owned(),
                    path: "/var/lang".into()
                },
                Step::ReadOnly {
                    source: "/sdk".into(),
                    path: "/var/lang/lib/python3.12/site-packages".into()
                },
            ]
        );
    }

    #[test]
    fn of_the_systems_interpreter_only_what_is_pythons_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let library = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("python3.11");
        for name in ["os.py", "json", "dist-packages"] {
            std::fs::create_dir_all(library.join(name)).unwrap();
        }
        let interpreter = Interpreter {
            executable: "/usr/bin/python3.11".into(),
            version: (3, 11, 2),
            prefix: "/usr".into(),
            library: library.clone(),
            shared_library: Some("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0".into()),
        };
        let links: Vec<_> = interpreter
            .layout(None)
            .into_iter()
            .filter_map(|step| match step {
                Step::Link { path, .. } => Some(path.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(
            links,
            [
                "/var/lang/bin/python3",
                "/var/lang/bin/python",
                "/var/lang/lib/python3.11/json",
                "/var/lang/lib/python3.11/os.py"
            ]
        );
    }
}
