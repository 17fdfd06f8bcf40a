//! One package's settings, from the flags, the file and the defaults.

use anyhow::Context as _;
use barrow_core::plan::Layout;
use barrow_model::{Arch, EntryPath, Handler, PackageName, Runtime, Target};
use camino::{Utf8Path, Utf8PathBuf};

use super::file::{Layer, LayerPath, ProjectFile, Section};
use super::job::{Dependencies, Job, JobOptions, Kind, Source, within};
use crate::outcome::{Failure, Result};

/// Decides each of a job's settings: flag before file before default.
pub(super) struct JobResolver<'a> {
    pub options: &'a JobOptions,
    pub directory: &'a Utf8Path,
    pub project: &'a ProjectFile,
}

impl JobResolver<'_> {
    /// `own` is one `[[tool.barrow.function]]`; what it does not say, `[tool.barrow]` does.
    pub(super) fn function(&self, shared: &Section, own: &Section) -> Result<Job> {
        let options = self.options;
        let name = self.name(own.name.as_ref().or(shared.name.as_ref()))?;
        let named = options
            .handler
            .clone()
            .or_else(|| own.handler.clone())
            .or_else(|| shared.handler.clone());
        let handler_is_assumed = named.is_none();
        let handler = named.unwrap_or_else(|| self.default_handler());
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
            checks: own
                .check
                .clone()
                .or_else(|| shared.check.clone())
                .unwrap_or_default(),
            kind: Kind::Function {
                handler,
                handler_is_assumed,
                layers: own
                    .layers
                    .clone()
                    .or_else(|| shared.layers.clone())
                    .unwrap_or_default(),
            },
            name,
        })
    }

    pub(super) fn layer_of_options(&self, shared: &Section) -> Result<Job> {
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

    pub(super) fn layer(&self, shared: &Section, layer: &Layer) -> Result<Job> {
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
            checks: shared.check.clone().unwrap_or_default(),
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
