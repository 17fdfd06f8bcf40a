//! One package to build: everything that decides its bytes but the bytes themselves.

use anyhow::Context as _;
use barrow_core::plan::Layout;
use barrow_model::{Arch, EntryPath, Handler, PackageName, Runtime, Target};
use camino::{Utf8Path, Utf8PathBuf};

use super::file::{self, Layer, LayerPath, ProjectFile, Section};
use crate::outcome::{Failure, Result, explained};

/// A package to build.
#[derive(Debug, Clone)]
pub struct Job {
    pub name: String,
    /// The project's directory, absolute.
    pub directory: Utf8PathBuf,
    pub kind: Kind,
    pub target: Target,
    pub layout: Layout,
    pub dependencies: Dependencies,
    pub source: Option<Source>,
    pub output: Utf8PathBuf,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Function {
        handler: Handler,
        /// Names of jobs whose distributions Lambda provides through `/opt`.
        layers: Vec<String>,
    },
    Layer,
}

/// Where the dependencies come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dependencies {
    /// Whatever lock or requirements file the project has, with these groups and extras.
    Project {
        groups: Vec<String>,
        extras: Vec<String>,
    },
    /// What a single-file function says in its own comments.
    Script(Utf8PathBuf),
    /// These files.
    Files(Vec<Utf8PathBuf>),
    /// A directory that already holds them, or a virtual environment.
    Installed(Utf8PathBuf),
}

/// The project's own files.
#[derive(Debug, Clone)]
pub struct Source {
    /// A folder, or a single `.py` file.
    pub root: Utf8PathBuf,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
}

/// What flags and environment say, before the file is asked.
#[derive(Debug, Clone, Default)]
pub struct JobOptions {
    /// The project's directory, or a single `.py` file.
    pub path: Utf8PathBuf,
    /// Whether the path was named, and so is meant to be a project.
    pub path_is_explicit: bool,
    pub requirements: Vec<Utf8PathBuf>,
    pub runtime: Option<Runtime>,
    pub arch: Option<Arch>,
    pub output: Option<Utf8PathBuf>,
    pub layer: bool,
    pub layer_path: Option<LayerPath>,
    pub from: Option<Utf8PathBuf>,
    pub dependencies_directory: Option<String>,
    /// Only these of the project's functions and layers.
    pub only: Vec<String>,
    pub name: Option<String>,
    pub handler: Option<Handler>,
    pub groups: Vec<String>,
    pub extras: Vec<String>,
}

/// A file of the project as the user would type it: `pylock.toml`, and not `./pylock.toml`.
pub fn within(directory: &Utf8Path, file: &str) -> Utf8PathBuf {
    if directory == "." {
        return Utf8PathBuf::from(file);
    }
    directory.join(file)
}

/// The directory of the project: where its manifest is, and what its locks are relative to.
pub fn project_directory(path: &Utf8Path) -> Utf8PathBuf {
    if path.is_file() {
        match path.parent() {
            Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
            _ => Utf8PathBuf::from("."),
        }
    } else {
        path.to_owned()
    }
}

/// Reads `[tool.barrow]` and resolves every package that is asked for: layers first, because
/// functions refer to them.
pub fn jobs(options: &JobOptions) -> Result<Vec<Job>> {
    let directory = project_directory(&options.path);
    if !options.path.exists() {
        return Err(Failure::input(format_args!(
            "`{}` does not exist",
            options.path
        )));
    }
    let project = file::read(&directory).map_err(explained)?;
    let section = project.section.clone().unwrap_or_default();
    let resolver = JobResolver {
        options,
        directory: &directory,
        project: &project,
    };

    let declared = !section.functions.is_empty() || !section.layer_sections.is_empty();
    if !declared || options.layer || options.path.is_file() {
        if let [unknown, ..] = &options.only[..] {
            return Err(Failure::input(format_args!(
                "there is no function `{unknown}`; `[tool.barrow]` in `{}` declares none",
                directory.join("pyproject.toml")
            )));
        }
        let job = if options.layer {
            resolver.layer_of_options(&section)?
        } else {
            resolver.function(&section, &Section::default())?
        };
        return Ok(vec![job]);
    }

    let mut jobs = Vec::new();
    for layer in &section.layer_sections {
        jobs.push(resolver.layer(&section, layer)?);
    }
    if section.functions.is_empty() {
        jobs.push(resolver.function(&section, &Section::default())?);
    }
    for function in &section.functions {
        if !function.functions.is_empty() || !function.layer_sections.is_empty() {
            return Err(Failure::input(
                "a `[[tool.barrow.function]]` cannot hold functions or layers",
            ));
        }
        jobs.push(resolver.function(&section, function)?);
    }
    check_names(&jobs)?;
    select(jobs, options)
}

/// `--function` picks functions, and with them the layers they refer to.
fn select(jobs: Vec<Job>, options: &JobOptions) -> Result<Vec<Job>> {
    let mut wanted = options.only.clone();
    for name in &options.only {
        let Some(job) = jobs.iter().find(|job| job.name == *name) else {
            let names: Vec<_> = jobs.iter().map(|job| format!("`{}`", job.name)).collect();
            return Err(Failure::input(format_args!(
                "there is no function or layer `{name}`; the project has {}",
                names.join(", ")
            )));
        };
        if let Kind::Function { layers, .. } = &job.kind {
            wanted.extend(layers.iter().cloned());
        }
    }
    let jobs: Vec<Job> = jobs
        .into_iter()
        .filter(|job| options.only.is_empty() || wanted.contains(&job.name))
        .collect();
    if options.output.is_some() && jobs.len() > 1 {
        return Err(Failure::input(format_args!(
            "`--output` names one file, but {} packages are built",
            jobs.len()
        ))
        .hint("choose one with `--function NAME`"));
    }
    Ok(jobs)
}

fn check_names(jobs: &[Job]) -> Result<()> {
    for (position, job) in jobs.iter().enumerate() {
        if jobs[..position].iter().any(|other| other.name == job.name) {
            return Err(Failure::input(format_args!(
                "two packages of the project are named `{}`",
                job.name
            ))
            .hint("give each `[[tool.barrow.function]]` a `name` of its own"));
        }
        let Kind::Function { layers, .. } = &job.kind else {
            continue;
        };
        for layer in layers {
            let found = jobs.iter().find(|other| other.name == *layer);
            match found.map(|other| &other.kind) {
                Some(Kind::Layer) => {}
                _ => {
                    return Err(Failure::input(format_args!(
                        "function `{}` uses the layer `{layer}`, which the project does not have",
                        job.name
                    ))
                    .hint("declare it as a `[[tool.barrow.layer]]`"));
                }
            }
        }
    }
    Ok(())
}

struct JobResolver<'a> {
    options: &'a JobOptions,
    directory: &'a Utf8Path,
    project: &'a ProjectFile,
}

impl JobResolver<'_> {
    /// `own` is one `[[tool.barrow.function]]`; what it does not say, `[tool.barrow]` does.
    fn function(&self, shared: &Section, own: &Section) -> Result<Job> {
        let options = self.options;
        let name = self.name(own.name.as_ref().or(shared.name.as_ref()))?;
        let handler = options
            .handler
            .clone()
            .or_else(|| own.handler.clone())
            .or_else(|| shared.handler.clone())
            .unwrap_or_else(|| self.default_handler());
        let deps = options
            .dependencies_directory
            .clone()
            .or_else(|| own.dependencies_directory.clone())
            .or_else(|| shared.dependencies_directory.clone());
        let layout = match deps {
            None => Layout::function(),
            Some(folder) => Layout::folder(EntryPath::parse(&folder).map_err(|source| {
                Failure::input(format_args!(
                    "`{folder}` cannot be the folder of the dependencies: {source}"
                ))
            })?),
        };
        let source = own.source.as_ref().or(shared.source.as_ref());
        let patterns = |own: &Option<Vec<String>>, shared: &Option<Vec<String>>| {
            own.clone().or_else(|| shared.clone()).unwrap_or_default()
        };
        Ok(Job {
            directory: self.absolute()?,
            target: self.target(own, shared),
            dependencies: self.dependencies(
                own.requirements.as_ref().or(shared.requirements.as_ref()),
                own.groups.as_ref().or(shared.groups.as_ref()),
                own.extras.as_ref().or(shared.extras.as_ref()),
            ),
            source: self.source(source, &handler).map(|root| Source {
                root,
                include: patterns(&own.include, &shared.include),
                exclude: patterns(&own.exclude, &shared.exclude),
            }),
            output: self.output(&name),
            layout,
            kind: Kind::Function {
                handler,
                layers: own
                    .layers
                    .clone()
                    .or_else(|| shared.layers.clone())
                    .unwrap_or_default(),
            },
            name,
        })
    }

    fn layer_of_options(&self, shared: &Section) -> Result<Job> {
        let layer = Layer {
            name: self.name(shared.name.as_ref())?,
            path: self.options.layer_path.unwrap_or_default(),
            runtime: None,
            architecture: None,
            source: None,
            requirements: None,
            groups: None,
            extras: None,
        };
        self.layer(shared, &layer)
    }

    fn layer(&self, shared: &Section, layer: &Layer) -> Result<Job> {
        let own = Section {
            runtime: layer.runtime,
            architecture: layer.architecture,
            ..Section::default()
        };
        let target = self.target(&own, shared);
        let name = self.name(Some(&layer.name))?;
        Ok(Job {
            directory: self.absolute()?,
            target,
            layout: match self.options.layer_path.unwrap_or(layer.path) {
                LayerPath::Flat => Layout::layer(),
                LayerPath::Versioned => Layout::versioned_layer(target.runtime),
            },
            kind: Kind::Layer,
            dependencies: self.dependencies(
                layer.requirements.as_ref().or(shared.requirements.as_ref()),
                layer.groups.as_ref().or(shared.groups.as_ref()),
                layer.extras.as_ref().or(shared.extras.as_ref()),
            ),
            // A layer holds dependencies, and code of the project only where it says so.
            source: layer.source.as_ref().map(|source| Source {
                root: self.directory.join(source),
                include: Vec::new(),
                exclude: Vec::new(),
            }),
            output: self.output(&name),
            name,
        })
    }

    fn absolute(&self) -> Result<Utf8PathBuf> {
        let absolute = camino::absolute_utf8(self.directory);
        Ok(absolute.with_context(|| format!("cannot find `{}`", self.directory))?)
    }

    fn target(&self, own: &Section, shared: &Section) -> Target {
        Target {
            runtime: (self.options.runtime)
                .or(own.runtime)
                .or(shared.runtime)
                .unwrap_or_else(Runtime::recommended),
            arch: (self.options.arch)
                .or(own.architecture)
                .or(shared.architecture)
                .unwrap_or(Arch::X86_64),
        }
    }

    fn dependencies(
        &self,
        requirements: Option<&Vec<Utf8PathBuf>>,
        groups: Option<&Vec<String>>,
        extras: Option<&Vec<String>>,
    ) -> Dependencies {
        let options = self.options;
        if let Some(from) = &options.from {
            return Dependencies::Installed(from.clone());
        }
        if !options.requirements.is_empty() {
            return Dependencies::Files(options.requirements.clone());
        }
        if let Some(files) = requirements {
            return Dependencies::Files(
                files.iter().map(|file| self.directory.join(file)).collect(),
            );
        }
        if self.options.path.is_file() {
            return Dependencies::Script(self.options.path.clone());
        }
        let chosen = |flags: &[String], file: Option<&Vec<String>>| {
            if flags.is_empty() {
                file.cloned().unwrap_or_default()
            } else {
                flags.to_vec()
            }
        };
        Dependencies::Project {
            groups: chosen(&options.groups, groups),
            extras: chosen(&options.extras, extras),
        }
    }

    /// The root of the project's own files; `None` where there is no project to take them from.
    fn source(&self, declared: Option<&Utf8PathBuf>, handler: &Handler) -> Option<Utf8PathBuf> {
        if self.options.path.is_file() {
            return Some(self.options.path.clone());
        }
        if let Some(source) = declared {
            return Some(self.directory.join(source));
        }
        let holds_handler = |root: &Utf8Path| {
            let module = root.join(handler.module_path());
            module.with_extension("py").is_file() || module.join("__init__.py").is_file()
        };
        let src = self.directory.join("src");
        if !holds_handler(self.directory) && holds_handler(&src) {
            return Some(src);
        }
        // `barrow build --from venv` in any folder must not sweep up that folder.
        let is_project = self.options.path_is_explicit
            || self.project.section.is_some()
            || self.project.project_name.is_some()
            || holds_handler(self.directory);
        (is_project || self.options.from.is_none()).then(|| self.directory.to_owned())
    }

    /// A single file is its own handler module.
    fn default_handler(&self) -> Handler {
        let stem = self
            .options
            .path
            .is_file()
            .then(|| self.options.path.file_stem())
            .flatten();
        stem.and_then(|stem| format!("{stem}.lambda_handler").parse().ok())
            .unwrap_or_else(|| {
                Handler::DEFAULT
                    .parse()
                    .expect("the default handler is well formed")
            })
    }

    fn output(&self, name: &str) -> Utf8PathBuf {
        let file = format!("{name}.zip");
        self.options
            .output
            .clone()
            .unwrap_or_else(|| within(self.directory, "dist").join(file))
    }

    /// A package's name, which becomes a file name, so it must be one.
    fn name(&self, declared: Option<&String>) -> Result<String> {
        let named = self
            .options
            .name
            .as_ref()
            .or(declared)
            .or(self.project.project_name.as_ref());
        if let Some(name) = named {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
                return Err(Failure::input(format_args!(
                    "`{name}` is no name for a package; expected letters, digits, `-` and `_`"
                )));
            }
            return Ok(name.clone());
        }
        let path = &self.options.path;
        let stem = if path.is_file() {
            path.file_stem().map(str::to_owned)
        } else {
            let full = path.canonicalize_utf8().ok();
            full.and_then(|full| full.file_name().map(str::to_owned))
        };
        let name = stem.and_then(|stem| PackageName::parse(&stem).ok());
        Ok(name.map_or_else(|| "function".to_owned(), |name| name.to_string()))
    }
}
