//! Lambda's runtimes on this machine: an interpreter, and what the runtime brings along.

use std::process::{Command, Stdio};

use anyhow::Context as _;
use barrow_core::plan::Layout;
use barrow_index::resolve::{UvSource, program};
use barrow_local::python::{self, Interpreter};
use barrow_local::tree;
use barrow_model::{Arch, Runtime, Target};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;

use super::build::{self, Checks};
use super::{Context, new_file};
use crate::outcome::{Failure, Result, explained};
use crate::output::json::{PythonDocument, RuntimeDocument};
use crate::runtime::{BOOTSTRAP, Contents, FOLDER, sdk_is_in_runtime};
use crate::settings::Job;
use crate::settings::check::CheckSection;
use crate::settings::job::{Dependencies, Kind, Source};

/// The folders of one runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// What is shown as `/var/runtime`.
    pub runtime: Utf8PathBuf,
    /// What is shown as the interpreter's `site-packages`, where the SDK lies there.
    pub site_packages: Option<Utf8PathBuf>,
}

/// The interpreter of a runtime, by name or from wherever interpreters are.
pub fn interpreter(
    runtime: Runtime,
    named: Option<&Utf8Path>,
    context: &Context,
) -> Result<Interpreter> {
    let folders = context.environment.python_folders();
    python::find(runtime, named, &folders, &memory(context)).map_err(explained)
}

/// Every interpreter of this machine that a runtime could use.
pub fn interpreters(context: &Context) -> Vec<Interpreter> {
    python::found(&context.environment.python_folders(), &memory(context))
}

/// The interpreter of a runtime; if there is none, uv gets one.
pub fn obtain(
    runtime: Runtime,
    named: Option<&Utf8Path>,
    context: &Context,
) -> Result<Interpreter> {
    let missing = match interpreter(runtime, named, context) {
        Err(missing) if named.is_none() && !context.offline => missing,
        found => return found,
    };
    let progress = context.output.progress();
    let source = UvSource {
        program: context.uv.clone(),
        cache: context.cache.clone(),
        offline: false,
    };
    let variables = &context.environment.variables;
    let uv = program::find(&source, variables, &progress).map_err(explained)?;
    progress.clear();
    let version = runtime.python_version();
    context
        .output
        .say(format_args!("`uv python install {version}`"));
    let output = Command::new(&uv.path)
        .args(["python", "install", version])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run `{}`", uv.path))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(missing.detail(format!(
            "`uv python install {version}` said: {}",
            said.trim()
        )));
    }
    interpreter(runtime, named, context)
}

/// What there is of a runtime.
pub fn describe(
    runtime: Runtime,
    known: Option<Interpreter>,
    context: &Context,
) -> RuntimeDocument {
    let interpreter = known.or_else(|| interpreter(runtime, None, context).ok());
    let installed = interpreter
        .as_ref()
        .and_then(|interpreter| installed(runtime, interpreter, context));
    let contents = Contents::of(runtime);
    let version = |name| contents.version(name).unwrap_or_default().to_owned();
    RuntimeDocument {
        runtime: runtime.to_string(),
        python: interpreter.map(|interpreter| PythonDocument {
            version: interpreter.version_text(),
            path: interpreter.executable.to_string(),
        }),
        task_root: "/var/task".to_owned(),
        sdk_directory: installed.as_ref().map(|installed| {
            let sdk = installed.site_packages.as_ref();
            sdk.unwrap_or(&installed.runtime).to_string()
        }),
        runtime_directory: installed.map(|installed| installed.runtime.to_string()),
        awslambdaric: version("awslambdaric"),
        boto3: version("boto3"),
    }
}

fn memory(context: &Context) -> Utf8PathBuf {
    context.cache.join("interpreters.json")
}

/// The runtime's folders if they are there.
pub fn installed(
    runtime: Runtime,
    interpreter: &Interpreter,
    context: &Context,
) -> Option<Installed> {
    let shelf = Shelf::new(runtime, interpreter, context);
    shelf.folder.is_dir().then(|| shelf.installed())
}

/// The runtime's folders, made if they are not there: our own packages, unpacked, with bytecode.
pub fn install(
    runtime: Runtime,
    interpreter: &Interpreter,
    context: &Context,
) -> Result<Installed> {
    let shelf = Shelf::new(runtime, interpreter, context);
    if !shelf.folder.is_dir() {
        context
            .output
            .say(format_args!("making the surroundings of {runtime}, once"));
        shelf.make(interpreter, context)?;
    }
    tree::shelf::touch(&shelf.folder);
    Ok(shelf.installed())
}

/// One runtime's place in the cache.
struct Shelf {
    runtime: Runtime,
    contents: Contents,
    /// Named by everything that decides what is in it.
    folder: Utf8PathBuf,
}

impl Shelf {
    fn new(runtime: Runtime, interpreter: &Interpreter, context: &Context) -> Self {
        let contents = Contents::of(runtime);
        let mut digest = sha2::Sha256::new();
        for part in contents.client.iter().chain(&contents.sdk) {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(BOOTSTRAP.as_bytes());
        digest.update(interpreter.version_text().as_bytes());
        let digest = barrow_model::Sha256::new(digest.finalize().into()).to_hex();
        let name = format!("{runtime}-{}", &digest[..16]);
        Self {
            runtime,
            contents,
            folder: context.cache.join(FOLDER).join(name),
        }
    }

    fn installed(&self) -> Installed {
        let site_packages = self.folder.join("site-packages");
        Installed {
            runtime: self.folder.join("runtime"),
            site_packages: (!sdk_is_in_runtime(self.runtime)).then_some(site_packages),
        }
    }

    fn make(&self, interpreter: &Interpreter, context: &Context) -> Result<()> {
        let parent = context.cache.join(FOLDER);
        std::fs::create_dir_all(&parent)
            .with_context(|| format!("cannot make the folder `{parent}`"))?;
        let new = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(&parent)
            .with_context(|| format!("cannot make a folder in `{parent}`"))?;
        let new = Utf8Path::from_path(new.path()).context("the cache's name is not UTF-8")?;

        let Contents { client, sdk, .. } = &self.contents;
        let trees = new.join("trees");
        if sdk_is_in_runtime(self.runtime) {
            let pins = [client.as_slice(), sdk].concat();
            self.build("runtime", &pins, new, &trees, context)?;
        } else {
            self.build("runtime", client, new, &trees, context)?;
            self.build("site-packages", sdk, new, &trees, context)?;
        }
        new_file::write(&trees.join("runtime/bootstrap.py"), BOOTSTRAP.as_bytes())
            .context("cannot write the runtime's bootstrap")?;
        compile(interpreter, &trees)?;
        match std::fs::rename(&trees, &self.folder) {
            // Another process may have been quicker; what it made is the same.
            Err(_) if self.folder.is_dir() => Ok(()),
            result => Ok(result.with_context(|| format!("cannot make `{}`", self.folder))?),
        }
    }

    /// Goes the way of every package: pins, wheels, plan, package; and then unpacks it.
    fn build(
        &self,
        name: &str,
        pins: &[String],
        scratch: &Utf8Path,
        trees: &Utf8Path,
        context: &Context,
    ) -> Result<()> {
        let requirements = scratch.join(format!("{name}.txt"));
        new_file::write(&requirements, (pins.join("\n") + "\n").as_bytes())
            .with_context(|| format!("cannot write `{requirements}`"))?;
        let output = scratch.join(format!("{name}.zip"));
        let job = Job {
            name: format!("{} {name}", self.runtime),
            directory: scratch.to_owned(),
            kind: Kind::Layer,
            target: Target {
                runtime: self.runtime,
                arch: Arch::of_this_machine().ok_or_else(unknown_machine)?,
            },
            layout: Layout::function(),
            dependencies: Dependencies::Files(vec![requirements]),
            source: None::<Source>,
            output: output.clone(),
            checks: CheckSection::default(),
        };
        let options = build::Options {
            locked: false,
            upgrade: false,
            checks: Checks::Skip,
        };
        build::build(&[job], options, context)?;
        tree::unpack(&output, &trees.join(name)).map_err(explained)
    }
}

pub fn unknown_machine() -> Failure {
    Failure::input(format_args!(
        "this machine's processor is `{}`; Lambda has x86_64 and arm64",
        std::env::consts::ARCH
    ))
}

/// Lambda's runtimes come with bytecode. Ours is checked by nothing when it is loaded: neither
/// the files nor the interpreter change below it.
fn compile(interpreter: &Interpreter, trees: &Utf8Path) -> Result<()> {
    let output = Command::new(&interpreter.executable)
        .args(["-I", "-m", "compileall", "-q", "-j0"])
        .args(["--invalidation-mode", "unchecked-hash", trees.as_str()])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run `{}`", interpreter.executable))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::from(anyhow::anyhow!(
            "`{}` cannot compile the runtime's code",
            interpreter.executable
        ))
        .detail(said.trim().to_owned()));
    }
    Ok(())
}
