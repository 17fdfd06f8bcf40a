//! What the tests of `barrow run` need of the machine: interpreters, namespaces, another user.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::project::{shared_cache, uv};

/// A user without a name. Nobody is known by this number on a usual machine.
const STRANGER: u32 = 60_001;
const MINORS: [&str; 7] = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];

pub(crate) struct Interpreter {
    pub(crate) minor: String,
    pub(crate) program: PathBuf,
}

/// The newest patch release of each minor version: pyenv's, else the one on PATH.
pub(crate) fn interpreters() -> Vec<Interpreter> {
    let found = |minor: &&str| {
        let program = of_pyenv(minor).or_else(|| on_path(minor))?;
        Some(Interpreter {
            minor: (*minor).to_owned(),
            program,
        })
    };
    MINORS.iter().filter_map(found).collect()
}

fn of_pyenv(minor: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(std::env::home_dir()?.join(".pyenv")))?;
    let patch = |path: &Path| -> Option<u32> {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix(minor)?.strip_prefix('.')?.parse().ok()
    };
    let folders = std::fs::read_dir(root.join("versions")).ok()?.flatten();
    let versions = folders.map(|folder| folder.path());
    let newest = versions
        .filter(|path| patch(path).is_some())
        .max_by_key(|path| patch(path))?;
    Some(newest.join("bin").join(format!("python{minor}"))).filter(|program| program.is_file())
}

/// Launchers of version managers lead nowhere at times, so each is asked where it really is.
fn on_path(minor: &str) -> Option<PathBuf> {
    let say = "import os, sys; print(os.path.realpath(sys.executable))";
    let output = Command::new(format!("python{minor}"))
        .args(["-c", say])
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(path.trim()))
}

/// Whether this host lets anyone make a sandbox. With `BARROW_REQUIRE_SANDBOX=1` it has to.
pub(crate) fn is_possible() -> bool {
    let possible = unshare(None) && (!is_root() || unshare(Some(STRANGER)));
    let required = std::env::var_os("BARROW_REQUIRE_SANDBOX").is_some_and(|value| value == "1");
    assert!(possible || !required, "this host forbids namespaces");
    if !possible {
        println!(
            "NOT TESTED: this host forbids namespaces; BARROW_REQUIRE_SANDBOX=1 makes this a failure"
        );
    }
    possible
}

fn unshare(user: Option<u32>) -> bool {
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-root-user",
        "--mount",
        "--pid",
        "--fork",
        "true",
    ]);
    if let Some(user) = user {
        command.uid(user).gid(user).current_dir("/");
    }
    command.status().is_ok_and(|status| status.success())
}

pub(crate) fn is_root() -> bool {
    // The folder of this process belongs to whom it runs as.
    std::fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

/// Who runs the binary, and with which one.
pub(crate) struct Runner {
    folder: tempfile::TempDir,
    user: Option<u32>,
    binary: PathBuf,
    uv: PathBuf,
    cache: PathBuf,
}

impl Runner {
    /// The user that the tests run as, with the cache that tests share.
    pub(crate) fn ourselves() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            user: None,
            binary: env!("CARGO_BIN_EXE_barrow").into(),
            uv: uv(),
            cache: shared_cache(),
        }
    }

    /// A user who may do nothing and has nothing, not even a name. Takes root to become.
    pub(crate) fn stranger() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let copy = |from: &Path, name: &str| {
            let to = folder.path().join(name);
            std::fs::copy(from, &to).unwrap();
            to
        };
        let binary = copy(Path::new(env!("CARGO_BIN_EXE_barrow")), "barrow");
        let uv = copy(&uv(), "uv");
        let runner = Self {
            user: Some(STRANGER),
            binary,
            uv,
            cache: folder.path().join("home").join("cache"),
            folder,
        };
        runner.make_folder("home");
        runner
    }

    /// The command with `BARROW_PYTHON` naming the interpreter, or one like it that this user can read.
    pub(crate) fn command_for(&self, interpreter: &Interpreter) -> Command {
        let mut command = self.command();
        let program = interpreter.program.canonicalize().unwrap();
        if self.user.is_none() || program.ancestors().skip(1).all(is_open) {
            command.env("BARROW_PYTHON", program);
            return command;
        }
        let prefix = program.parent().unwrap().parent().unwrap();
        let twin = self.folder.path().join(prefix.file_name().unwrap());
        if !twin.exists() {
            link_tree(prefix, &twin);
        }
        let program = twin.join("bin").join(program.file_name().unwrap());
        // Where it was installed it knows its library; here it has to be told.
        command
            .env("LD_LIBRARY_PATH", twin.join("lib"))
            .env("BARROW_PYTHON", program);
        command
    }

    pub(crate) fn is_root(&self) -> bool {
        self.user.is_none() && is_root()
    }

    pub(crate) fn make_folder(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        self.hand_over(&path);
        path
    }

    /// Makes the user its owner.
    pub(crate) fn hand_over(&self, path: &Path) {
        if let Some(user) = self.user {
            chown(path, Some(user), Some(user)).unwrap();
        }
    }

    /// Writes a file and the folders above it, up to `root`, for the user.
    pub(crate) fn write(&self, root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        let folder = path.parent().unwrap();
        std::fs::create_dir_all(folder).unwrap();
        for folder in folder.ancestors().take_while(|path| path.starts_with(root)) {
            self.hand_over(folder);
        }
        std::fs::write(&path, text).unwrap();
        if name.ends_with(".sh") {
            let program = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&path, program).unwrap();
        }
        self.hand_over(&path);
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(self.folder.path())
            .env_remove("BARROW_RUNTIME")
            .env_remove("BARROW_ARCH")
            .env("BARROW_UV", &self.uv)
            .env("BARROW_CACHE_DIR", &self.cache)
            .env("UV_CACHE_DIR", self.cache.join("uv"));
        if let Some(user) = self.user {
            let home = self.folder.path().join("home");
            command.uid(user).gid(user).env("HOME", home);
        }
        command
    }
}

fn is_open(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|found| found.mode() & 0o005 == 0o005)
}

/// The same files under another name. Where links are not possible they are copied with their
/// times, or each `.pyc` would be out of date.
fn link_tree(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (name, kind) = (entry.file_name(), entry.file_type().unwrap());
        let (old, new) = (entry.path(), to.join(&name));
        let text = name.to_string_lossy();
        if ["test", "include", "share"].contains(&&*text) || text.starts_with("config-") {
            // Nothing that runs needs them.
        } else if kind.is_symlink() {
            symlink(std::fs::read_link(&old).unwrap(), new).unwrap();
        } else if kind.is_dir() {
            link_tree(&old, &new);
        } else if std::fs::hard_link(&old, &new).is_err() {
            std::fs::copy(&old, &new).unwrap();
            let modified = entry.metadata().unwrap().modified().unwrap();
            let file = std::fs::File::options().append(true).open(&new).unwrap();
            file.set_modified(modified).unwrap();
        }
    }
}
