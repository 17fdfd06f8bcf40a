//! What a function can see: the spec of its file system.

use camino::{Utf8Path, Utf8PathBuf};

use super::accounts::account_files;
use super::root_fs::RootFs;
use super::spec::{Ground, Network, Root, Step, USER_NAME};
use crate::python::Interpreter;

/// The function's own files, as the host has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trees {
    /// The package, at `/var/task`.
    pub task: Utf8PathBuf,
    /// The layers, merged, at `/opt`.
    pub opt: Option<Utf8PathBuf>,
    /// Shown as the home of the function's user, on a host's ground.
    pub home: Option<Utf8PathBuf>,
}

/// What the interpreter, its libraries and the runtime's own code come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// This host, and what Barrow has made.
    Host {
        interpreter: Interpreter,
        /// The runtime's own code, at `/var/runtime`.
        runtime: Utf8PathBuf,
        /// The SDK, in the interpreter's `site-packages`; up to python3.10 it is part of `runtime`.
        site_packages: Option<Utf8PathBuf>,
    },
    /// A container image of a runtime.
    Image(RootFs),
}

/// What libraries and programs of the host lie in. Where the host has one of these as a link, so
/// has the sandbox.
const LIBRARIES: [&str; 12] = [
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/share/ca-certificates",
    "/usr/share/terminfo",
    "/usr/share/zoneinfo",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
];

/// What the C library, OpenSSL and name resolution read.
const SETTINGS: [&str; 12] = [
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl",
];

const DEVICES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
];

/// What is there for every function: this host's libraries, or an image.
pub(super) fn ground(image: Option<&RootFs>, network: Network) -> Ground {
    let mut steps = Vec::new();
    match image {
        None => {
            of_host(&mut steps);
            accounts(&mut steps);
            directory(&mut steps, "/var/lang");
            directory(&mut steps, "/opt");
        }
        Some(image) => {
            for file in ["/etc/passwd", "/etc/group"] {
                read_only(&mut steps, &image.account_file(file), file);
            }
            bind_of_host(&mut steps, "/etc/resolv.conf");
        }
    }
    devices(&mut steps);
    steps.push(Step::Processes {
        path: "/proc".into(),
    });
    Ground {
        root: root(image),
        steps,
        network,
    }
}

/// What lies under everything.
pub(super) fn root(image: Option<&RootFs>) -> Root {
    image.map_or(Root::Empty, |image| Root::Image(image.path().to_owned()))
}

/// What is there for one function, on top of the ground.
pub fn layout(base: &Base, trees: &Trees, tmp_bytes: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Base::Host {
        interpreter,
        runtime,
        site_packages,
    } = base
    {
        steps.extend(interpreter.layout(site_packages.as_deref()));
        read_only(&mut steps, runtime, "/var/runtime");
        if let Some(home) = &trees.home {
            read_only(&mut steps, home, &format!("/home/{USER_NAME}"));
        }
    }
    read_only(&mut steps, &trees.task, "/var/task");
    if let Some(opt) = &trees.opt {
        read_only(&mut steps, opt, "/opt");
    }
    steps.push(scratch(tmp_bytes));
    steps
}

/// The function's own `/tmp`.
pub(super) fn scratch(bytes: u64) -> Step {
    Step::Memory {
        path: "/tmp".into(),
        bytes,
        shared: true,
    }
}

impl Base {
    /// The image, if it is one.
    pub fn image(&self) -> Option<&RootFs> {
        match self {
            Self::Host { .. } => None,
            Self::Image(image) => Some(image),
        }
    }
}

fn of_host(steps: &mut Vec<Step>) {
    for path in LIBRARIES {
        let path = Utf8Path::new(path);
        if let Ok(target) = path.read_link_utf8() {
            parent(steps, path);
            steps.push(Step::Link {
                path: path.to_owned(),
                target,
            });
        } else if path.is_dir() {
            read_only(steps, path, path.as_str());
        }
    }
    directory(steps, "/etc");
    for path in SETTINGS {
        bind_of_host(steps, path);
    }
    file(
        steps,
        "/etc/nsswitch.conf",
        "passwd: files\ngroup: files\nhosts: files dns\n",
    );
}

/// A file of the host under its own name, wherever its links lead.
fn bind_of_host(steps: &mut Vec<Step>, path: &str) {
    if let Ok(source) = Utf8Path::new(path).canonicalize_utf8() {
        read_only(steps, &source, path);
    }
}

fn accounts(steps: &mut Vec<Step>) {
    for (path, text) in account_files() {
        file(steps, path, &text);
    }
}

/// No `/dev/shm`: Lambda has none either, and `multiprocessing` fails there and here.
fn devices(steps: &mut Vec<Step>) {
    steps.push(Step::Memory {
        path: "/dev".into(),
        bytes: 64 << 10,
        shared: false,
    });
    for path in DEVICES {
        steps.push(Step::Device { path: path.into() });
    }
    for (path, target) in [
        ("/dev/fd", "/proc/self/fd"),
        ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"),
    ] {
        steps.push(Step::Link {
            path: path.into(),
            target: target.into(),
        });
    }
    steps.push(Step::Seal {
        path: "/dev".into(),
    });
}

fn directory(steps: &mut Vec<Step>, path: &str) {
    steps.push(Step::Directory { path: path.into() });
}

fn parent(steps: &mut Vec<Step>, path: &Utf8Path) {
    if let Some(parent) = path.parent()
        && parent != "/"
    {
        directory(steps, parent.as_str());
    }
}

fn file(steps: &mut Vec<Step>, path: &str, text: &str) {
    steps.push(Step::File {
        path: path.into(),
        text: text.to_owned(),
    });
}

fn read_only(steps: &mut Vec<Step>, source: &Utf8Path, path: &str) {
    steps.push(Step::ReadOnly {
        source: source.to_owned(),
        path: path.into(),
    });
}
