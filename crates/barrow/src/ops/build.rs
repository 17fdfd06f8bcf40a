//! From a project to a package.
//!
//! ```text
//! project → requirements → lock → wheels → plan → package
//! ```

use std::collections::HashMap;
use std::num::NonZero;
use std::time::Instant;

use anyhow::Context as _;
use barrow_core::Wheel;
use barrow_core::pack::{self, PackOptions, Packed};
use barrow_core::plan::{Conflict, FileId, Plan, PlanBuilder, Source, WheelId, install_order};
use barrow_index::resolve::Freshness;
use barrow_index::select::Markers;
use barrow_index::store::StoredWheel;
use barrow_model::limits::{ENTRIES_WITHOUT_ZIP64, UNZIPPED_LIMIT_BYTES};
use barrow_model::{Bytes, EntryPath, Sha256};
use camino::Utf8PathBuf;

use super::new_file::NewFile;
use super::origins::OnDisk;
use super::resolve::{self, Wheels};
use super::{Context, record};
use crate::outcome::{Failure, Result, explained};
use crate::output::Progress;
use crate::output::json::{Distribution, Package};
use crate::output::{conflict, human};
use crate::project::{FindFilesError, Found, SourceFile, installed, walk};
use crate::settings::job::Dependencies;
use crate::settings::{Job, Kind};

/// How to build, apart from what.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Fail where the lock file is stale, instead of resolving.
    pub locked: bool,
    /// Resolve anew.
    pub upgrade: bool,
    /// Write packages that break a hard limit.
    pub force: bool,
}

/// Makes every package, in order; a function comes after the layers that it uses.
pub fn build(jobs: &[Job], options: Options, context: &Context) -> Result<Vec<Package>> {
    let outputs: Vec<Utf8PathBuf> = jobs.iter().map(|job| job.output.clone()).collect();
    let progress = context.output.progress();
    let mut packages: Vec<Package> = Vec::new();
    for job in jobs {
        let started = Instant::now();
        let step = Step {
            job,
            options,
            context,
            progress: &progress,
        };
        let result = step.build(&outputs, &packages);
        let package = result.map_err(|failure| {
            progress.clear();
            failure.context(format!("cannot build `{}`", job.name))
        })?;
        packages.push(Package {
            seconds: started.elapsed().as_secs_f64(),
            ..package
        });
    }
    progress.clear();
    Ok(packages)
}

/// One job being built.
struct Step<'a> {
    job: &'a Job,
    options: Options,
    context: &'a Context,
    progress: &'a Progress,
}

impl Step<'_> {
    fn build(&self, outputs: &[Utf8PathBuf], built: &[Package]) -> Result<Package> {
        let Self { job, context, .. } = self;
        let mut found = self.find_files(outputs)?;
        let question = resolve::question(job, self.freshness(), context)?;
        let timestamp = context.environment.timestamp()?;
        let layers: Vec<&Package> = self.layers(built);

        let inputs = record::inputs(job, &question, &found.files, &layers, timestamp.to_u32());
        // `--locked` asks whether the lock holds, which is not a matter of memory.
        if !self.options.upgrade
            && !self.options.locked
            && let Some(package) = record::find(&job.output, &inputs, context)
        {
            return Ok(package);
        }

        let mut wheels = resolve::wheels(&question, context, self.progress)?;
        let mut notes = std::mem::take(&mut wheels.notes);
        notes.extend(question.stale_lock.clone());
        notes.extend(self.leave_to_wheels(&mut found, &wheels));
        notes.extend(self.note_on(&found));
        leave_to_layers(&mut wheels, &layers);
        let (plan, mut warnings) = self.plan(&mut wheels.stored, &found.files)?;
        warnings.extend(self.missing_handler(&plan));
        self.check_limits(&plan, &wheels, &layers)?;

        let origins = OnDisk {
            wheels: &wheels.stored,
            files: &found.files,
        };
        let new = NewFile::create(&job.output)
            .with_context(|| format!("cannot write `{}`", job.output))?;
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let pack = PackOptions { timestamp, threads };
        let packed =
            pack::pack(&plan, &origins, new.file(), &pack, self.progress).map_err(explained)?;
        new.commit()
            .with_context(|| format!("cannot write `{}`", job.output))?;

        let package = self.describe(&packed, &plan, &wheels, warnings, notes);
        record::keep(&job.output, inputs, &wheels.directories, &package, context);
        Ok(package)
    }

    /// The project's own files, and those of a folder of installed dependencies.
    fn find_files(&self, outputs: &[Utf8PathBuf]) -> Result<Found> {
        let mut found = Found::default();
        if let Dependencies::Installed(folder) = &self.job.dependencies {
            found = installed::find(folder)?;
            self.make_importable(&mut found.files)?;
        }
        let Some(source) = &self.job.source else {
            return Ok(found);
        };
        let mut own = if source.root.is_file() {
            walk::single_file(&source.root)?
        } else {
            let mut never = outputs.to_vec();
            if let Dependencies::Installed(folder) = &self.job.dependencies {
                never.push(folder.clone());
            }
            walk::find(&source.root, &source.include, &source.exclude, &never)?
        };
        if matches!(self.job.kind, Kind::Layer) {
            self.make_importable(&mut own.files)?;
        }
        found.left_out.extend(own.left_out);
        found.files.extend(own.files);
        Ok(found)
    }

    /// Puts files where the layout has importable ones.
    fn make_importable(&self, files: &mut [SourceFile]) -> Result<()> {
        for file in files {
            file.path =
                self.job
                    .layout
                    .importable(&file.path)
                    .map_err(|source| FindFilesError::Name {
                        path: file.path.to_string(),
                        source,
                    })?;
        }
        Ok(())
    }

    fn layers<'p>(&self, built: &'p [Package]) -> Vec<&'p Package> {
        let Kind::Function { layers, .. } = &self.job.kind else {
            return Vec::new();
        };
        built
            .iter()
            .filter(|package| layers.contains(&package.name))
            .collect()
    }

    fn freshness(&self) -> Freshness {
        match self.options {
            Options { locked: true, .. } => Freshness::Locked,
            Options { upgrade: true, .. } => Freshness::Upgrade,
            _ if self.context.offline => Freshness::Offline,
            _ => Freshness::Cached,
        }
    }

    /// Plans, and puts `wheels` into the order that the plan numbers them in.
    fn plan(
        &self,
        wheels: &mut [StoredWheel],
        files: &[SourceFile],
    ) -> Result<(Plan, Vec<String>)> {
        let (mut plan, mut conflicts) = self.plan_in_order(wheels, files)?;
        if !conflicts.is_empty() {
            // Only now does it matter in which order pip would have installed.
            self.put_in_install_order(wheels);
            (plan, conflicts) = self.plan_in_order(wheels, files)?;
        }
        if plan.entries().is_empty() {
            return Err(Failure::input("there is nothing to put into the package")
                .hint("run it in a project's folder, or name one: `barrow build DIR`")
                .hint("`barrow init` makes a project"));
        }
        Ok((
            plan,
            conflicts
                .iter()
                .map(|conflict| conflict::describe(conflict, wheels))
                .collect(),
        ))
    }

    fn plan_in_order(
        &self,
        wheels: &[StoredWheel],
        files: &[SourceFile],
    ) -> Result<(Plan, Vec<Conflict>)> {
        let mut builder = PlanBuilder::new(self.job.layout.clone(), self.job.target.runtime);
        for (id, stored) in (0..).map(WheelId).zip(wheels) {
            builder.wheel(id, &stored.wheel).map_err(explained)?;
        }
        for (id, file) in (0..).map(FileId).zip(files) {
            builder.file(file.path.clone(), id, file.bytes, file.executable);
        }
        Ok(builder.finish())
    }

    fn put_in_install_order(&self, wheels: &mut [StoredWheel]) {
        let markers = Markers::new(self.job.target, &[], &[]);
        let described: Vec<&Wheel> = wheels.iter().map(|stored| &stored.wheel).collect();
        let order = install_order(&described, &|marker, extra| {
            markers.holds_with_extra(marker, extra).unwrap_or(false)
        });
        let mut rank = vec![0; wheels.len()];
        for (position, &wheel) in order.iter().enumerate() {
            rank[wheel] = position;
        }
        let rank: HashMap<Sha256, usize> = wheels
            .iter()
            .zip(rank)
            .map(|(stored, rank)| (stored.sha256, rank))
            .collect();
        wheels.sort_by_key(|stored| rank[&stored.sha256]);
    }

    /// A workspace member or path dependency under the project is in the package as a wheel; a
    /// second copy of its sources helps nobody.
    fn leave_to_wheels(&self, found: &mut Found, wheels: &Wheels) -> Option<String> {
        let root = &self.job.source.as_ref()?.root;
        let handler = self.handler_files();
        let left: Vec<String> = wheels
            .directories
            .iter()
            .filter_map(|folder| {
                found.leave_to_wheel(folder, root, |file| handler.contains(&file.path))
            })
            .map(|folder| format!("`{folder}/`"))
            .collect();
        (!left.is_empty()).then(|| format!("in the package as wheels: {}", left.join(", ")))
    }

    /// Where the handler's module can be; nowhere for a layer.
    fn handler_files(&self) -> Vec<EntryPath> {
        let Kind::Function { handler, .. } = &self.job.kind else {
            return Vec::new();
        };
        let module = handler.module_path();
        let paths = [format!("{module}.py"), format!("{module}/__init__.py")];
        paths
            .iter()
            .filter_map(|path| EntryPath::parse(path).ok())
            .collect()
    }

    fn note_on(&self, found: &Found) -> Option<String> {
        let them = match found.left_out.len() {
            0 => return None,
            1 => "it",
            _ => "them",
        };
        Some(format!(
            "left out of `{}`: {} (`include` brings {them} back)",
            self.job.name,
            found.left_out.join(", ")
        ))
    }

    /// A function without the module that Lambda is told to call will not start.
    fn missing_handler(&self, plan: &Plan) -> Option<String> {
        let Kind::Function { handler, .. } = &self.job.kind else {
            return None;
        };
        // Without files of its own the package is dependencies only, and code comes later.
        self.job.source.as_ref()?;
        let module = handler.module_path();
        let is_there = |path: &EntryPath| {
            plan.entries()
                .binary_search_by(|entry| entry.path.cmp(path))
                .is_ok()
        };
        (!self.handler_files().iter().any(is_there)).then(|| {
            format!(
                "the handler `{handler}` needs `{module}.py`, which is not in the package; \
                 name the right one as `handler` in `[tool.barrow]` or with `--handler`"
            )
        })
    }

    fn check_limits(&self, plan: &Plan, wheels: &Wheels, layers: &[&Package]) -> Result<()> {
        let own = plan.unzipped_bytes();
        let of_layers: Bytes = layers.iter().map(|layer| Bytes(layer.unzipped_bytes)).sum();
        let limit = Bytes(UNZIPPED_LIMIT_BYTES);
        if self.options.force {
            return Ok(());
        }
        if plan.entries().len() > ENTRIES_WITHOUT_ZIP64 {
            return Err(Failure::input(format_args!(
                "{} files; a zip that Lambda is known to accept lists at most {ENTRIES_WITHOUT_ZIP64}",
                plan.entries().len()
            ))
            .hint("`--force` writes it all the same"));
        }
        let total = own + of_layers;
        if total < limit {
            return Ok(());
        }
        let with_layers = match layers.len() {
            0 => String::new(),
            1 => format!(", {of_layers} of them in a layer"),
            count => format!(", {of_layers} of them in {count} layers"),
        };
        let largest = human::largest(&distributions(plan, wheels));
        Err(Failure::input(format_args!(
            "{total} unzipped ({} bytes{with_layers}); expected less than {limit} \
             ({UNZIPPED_LIMIT_BYTES} bytes), function and layers together",
            total.0
        ))
        .detail(largest)
        .hint("leave out what the function does not import; a container image may hold 10 GB")
        .hint("`--force` writes the package all the same"))
    }

    fn describe(
        &self,
        packed: &Packed,
        plan: &Plan,
        wheels: &Wheels,
        warnings: Vec<String>,
        mut notes: Vec<String>,
    ) -> Package {
        let job = self.job;
        if packed.zipped_bytes >= barrow_model::limits::DIRECT_UPLOAD_LIMIT_BYTES {
            notes.push(format!(
                "{} zipped is too large for a direct upload; upload it through an S3 bucket",
                Bytes(packed.zipped_bytes)
            ));
        }
        Package {
            name: job.name.clone(),
            kind: match job.kind {
                Kind::Function { .. } => "function",
                Kind::Layer => "layer",
            }
            .to_owned(),
            path: job.output.to_string(),
            runtime: job.target.runtime.to_string(),
            architecture: job.target.arch.to_string(),
            zipped_bytes: packed.zipped_bytes,
            unzipped_bytes: packed.unzipped_bytes,
            entries: plan.entries().len(),
            sha256: packed.sha256.to_hex(),
            code_sha256: packed.sha256.to_code_sha256(),
            unchanged: false,
            seconds: 0.0,
            distributions: distributions(plan, wheels),
            warnings,
            notes,
        }
    }
}

/// What each wheel brought into the plan, by name.
fn distributions(plan: &Plan, wheels: &Wheels) -> Vec<Distribution> {
    let mut distributions: Vec<Distribution> = plan
        .shares()
        .into_iter()
        .filter_map(|share| {
            let Source::Wheel(id) = share.source else {
                return None;
            };
            let wheel = &wheels.stored[id.0 as usize].wheel;
            Some(Distribution {
                name: wheel.name.name().to_string(),
                version: wheel.version.clone(),
                file: wheel.name.to_string(),
                zipped_bytes: share.zipped_bytes.0,
                unzipped_bytes: share.unzipped_bytes.0,
            })
        })
        .collect();
    distributions.sort_by(|a, b| a.name.cmp(&b.name));
    distributions
}

/// Distributions that a layer brings in the same version need not be in the function.
fn leave_to_layers(wheels: &mut Wheels, layers: &[&Package]) {
    let provided: HashMap<&str, &str> = layers
        .iter()
        .flat_map(|layer| &layer.distributions)
        .map(|distribution| (distribution.name.as_str(), distribution.version.as_str()))
        .collect();
    wheels.stored.retain(|stored| {
        let wheel = &stored.wheel;
        provided.get(wheel.name.name().as_str()) != Some(&wheel.version.as_str())
    });
}
