//! A project in a temporary folder, and the binary run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::index::Index;

pub(crate) struct Project {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    cache: PathBuf,
}

/// What one run of the binary gave.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Project {
    /// A folder with `files`, as `("name", "text")`, and a cache of its own.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        let project = Self {
            folder,
            environment: Vec::new(),
            cache,
        };
        for (name, text) in files {
            project.write(name, text.as_bytes());
        }
        project.env("BARROW_UV", &uv().to_string_lossy())
    }

    /// The cache that tests share, for those that take wheels from the real index.
    pub(crate) fn with_shared_cache(mut self) -> Self {
        self.cache = shared_cache();
        self
    }

    /// A cache that no other test knows.
    pub(crate) fn with_own_cache(mut self) -> Self {
        self.cache = self.folder.path().join("cache");
        self
    }

    pub(crate) fn with_index(self, index: &Index) -> Self {
        self.env("UV_DEFAULT_INDEX", &index.url())
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs `barrow` with the words of `arguments`.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        std::fs::create_dir_all(self.path()).unwrap();
        let output = self.command(arguments).output().unwrap();
        Ran::new(&output, self)
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_barrow"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("BARROW_RUNTIME")
            .env_remove("BARROW_ARCH")
            .env("BARROW_CACHE_DIR", &self.cache)
            .env("UV_CACHE_DIR", self.cache.join("uv"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Names, modes and contents of a package's entries, read by a reader that is not ours.
    pub(crate) fn entries(&self, package: &str) -> Vec<(String, u32, Vec<u8>)> {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(self.read(package))).unwrap();
        (0..archive.len())
            .map(|position| {
                let mut file = archive.by_index(position).unwrap();
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
                (
                    file.name().unwrap().to_string(),
                    file.unix_mode().unwrap(),
                    bytes,
                )
            })
            .collect()
    }

    pub(crate) fn names(&self, package: &str) -> Vec<String> {
        self.entries(package)
            .into_iter()
            .map(|(name, _, _)| name)
            .collect()
    }

    pub(crate) fn text(&self, package: &str, entry: &str) -> String {
        let found = self
            .entries(package)
            .into_iter()
            .find(|(name, _, _)| name == entry);
        String::from_utf8(found.unwrap_or_else(|| panic!("no `{entry}`")).2).unwrap()
    }
}

impl Ran {
    fn new(output: &Output, project: &Project) -> Self {
        // What differs from run to run is not what a snapshot is about.
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let folder = project
                .path()
                .canonicalize()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let text = text.replace(&folder, "[PROJECT]");
            text.replace(&*project.path().to_string_lossy(), "[PROJECT]")
        };
        Self {
            stdout: text(&output.stdout),
            stderr: without_times(&text(&output.stderr)),
            code: output.status.code().expect("the binary was not killed"),
        }
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "stderr:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no {text:?} in stderr:\n{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn keeps_silent_about(self, text: &str) -> Self {
        assert!(
            !self.stderr.contains(text),
            "{text:?} in stderr:\n{}",
            self.stderr
        );
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// `in 38 ms` becomes `in [TIME]`.
fn without_times(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        match line.rsplit_once(" in ") {
            Some((start, time)) if time.ends_with(" ms") || time.ends_with(" s") => {
                lines.push(format!("{start} in [TIME]"));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

pub(crate) fn shared_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// The resolver: the one on PATH, else the pinned one that the binary itself installs, once for
/// all tests.
pub(crate) fn uv() -> PathBuf {
    if let Some(path) = std::env::var_os("BARROW_UV") {
        return path.into();
    }
    let tools = shared_cache().join("tools");
    let find = || {
        let installed = std::fs::read_dir(&tools).into_iter().flatten().flatten();
        let programs = installed.map(|folder| folder.path().join("bin").join("uv"));
        programs.filter(|program| program.is_file()).max()
    };
    find().unwrap_or_else(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("requirements.txt"), "six==1.17.0\n").unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_barrow"))
            .args(["lock", "-q", "--upgrade"])
            .arg(folder.path())
            .env("BARROW_CACHE_DIR", shared_cache())
            .status()
            .unwrap();
        assert!(status.success(), "the resolver cannot be installed");
        find().unwrap_or_else(|| PathBuf::from("uv"))
    })
}
