//! From a job's dependencies to verified wheels on disk.

use std::sync::Arc;
use std::thread;

use barrow_index::client::{Client, ClientOptions};
use barrow_index::credentials::{CredentialSources, Credentials};
use barrow_index::fetch::{self, FetchMeans, FetchOptions};
use barrow_index::lock::pylock::{self, Stale};
use barrow_index::lock::{self, Lock};
use barrow_index::reporter::Silent;
use barrow_index::requirement::{
    RequirementFiles, Requirements, Selection, fingerprint, project_digest,
};
use barrow_index::resolve::index_config::{self, Declared, IndexConfig};
use barrow_index::resolve::{
    Freshness, Newer, PAGE_ACCEPT, ReadPage, Request, Resolution, Resolver as _, Uv, UvSource,
};
use barrow_index::select::{self, Markers, PickSource};
use barrow_index::source_build::Builder;
use barrow_index::store::StoredWheel;
use barrow_model::{PackageName, Sha256, Target};
use camino::Utf8PathBuf;

use super::{Context, cache};
use crate::outcome::{Failure, Result, explained};
use crate::output::Progress;
use crate::settings::Job;
use crate::settings::job::Dependencies;

/// The largest pages of the public index have some 40 MB; this only bounds nonsense.
const PAGE_LIMIT_BYTES: u64 = 256 << 20;

/// What is to be resolved, found and digested, before anything is asked.
#[derive(Debug)]
pub struct Question {
    directory: Utf8PathBuf,
    requirements: Requirements,
    selection: Selection,
    target: Target,
    freshness: Freshness,
    /// Changes when the answer, or what there is to say about it, could.
    pub fingerprint: Sha256,
    /// A word on a lock file that its project has outgrown.
    pub stale_lock: Option<String>,
}

/// The wheels of a package, by name.
#[derive(Debug, Default)]
pub struct Wheels {
    pub stored: Vec<StoredWheel>,
    /// Projects on this machine that some of the wheels were built from.
    pub directories: Vec<Utf8PathBuf>,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
}

/// Finds what a job depends on.
pub fn question(job: &Job, freshness: Freshness, context: &Context) -> Result<Question> {
    let mut selection = Selection::default();
    let requirements = match &job.dependencies {
        Dependencies::Installed(_) => Requirements::None,
        Dependencies::Script(path) => Requirements::of_script(path),
        Dependencies::Files(files) => named(files)?,
        Dependencies::Project { groups, extras } => {
            selection = Selection {
                groups: groups.clone(),
                extras: extras.clone(),
            };
            Requirements::discover(&job.directory)
        }
    };
    let pins = !matches!(
        requirements,
        Requirements::None
            | Requirements::Files(_)
            | Requirements::Project(_)
            | Requirements::Script(_)
    );
    if freshness == Freshness::Locked && !pins && requirements != Requirements::None {
        return Err(
            Failure::input("there is no lock file to hold the project against")
                .hint("`barrow lock` writes `pylock.toml`"),
        );
    }
    Question::new(job, requirements, selection, freshness, context)
}

/// What a lock file of the job would be made from.
pub fn sources(job: &Job, freshness: Freshness, context: &Context) -> Result<Question> {
    match &job.dependencies {
        Dependencies::Project { groups, extras } => {
            let selection = Selection {
                groups: groups.clone(),
                extras: extras.clone(),
            };
            let requirements = Requirements::discover_sources(&job.directory);
            Question::new(job, requirements, selection, freshness, context)
        }
        _ => question(job, freshness, context),
    }
}

/// Files that the user names are what their names say.
fn named(files: &[Utf8PathBuf]) -> Result<Requirements> {
    let mut absolute = Vec::new();
    for file in files {
        let path = file.canonicalize_utf8().map_err(|error| {
            Failure::input(format_args!(
                "cannot read the requirements file `{file}`: {error}"
            ))
        })?;
        absolute.push(path);
    }
    Ok(Requirements::named(absolute))
}

impl Question {
    fn new(
        job: &Job,
        requirements: Requirements,
        selection: Selection,
        freshness: Freshness,
        context: &Context,
    ) -> Result<Self> {
        let mut question = Self {
            directory: job.directory.clone(),
            requirements,
            selection,
            target: job.target,
            freshness,
            fingerprint: Sha256::new([0; 32]),
            stale_lock: None,
        };
        let variables = &context.environment.variables;
        question.fingerprint = fingerprint(&question.request(), variables).map_err(explained)?;
        question.stale_lock = question.stale_lock(context);
        Ok(question)
    }

    /// Builds follow a lock all the same; only `--locked` insists.
    fn stale_lock(&self, context: &Context) -> Option<String> {
        let Requirements::Pylock(path) = &self.requirements else {
            return None;
        };
        // A lock that cannot be read is reported when it is used.
        let stamp = pylock::read(path).ok()?.stamp?;
        let requirements = Requirements::discover_sources(&self.directory);
        let sources = Request {
            requirements: &requirements,
            ..self.request()
        };
        let inputs = project_digest(&sources, &context.environment.variables).ok()?;
        let stale = stamp.check(self.target, inputs) == Err(Stale::OtherInputs);
        stale.then(|| {
            format!("`{path}` is older than the requirements; `barrow lock` writes it anew")
        })
    }

    /// A lock of another tool is followed as it is; what it does not know will be missing.
    fn not_locked(&self, lock: &Lock, markers: &Markers) -> Option<String> {
        let (path, update) = match &self.requirements {
            Requirements::UvLock(path) => (path, "uv lock"),
            Requirements::PoetryLock(path) => (path, "poetry lock"),
            Requirements::PdmLock(path) => (path, "pdm lock"),
            _ => return None,
        };
        let project = path.with_file_name("pyproject.toml");
        let missing = lock::not_locked(&project, &self.selection, lock, markers);
        let names: Vec<&str> = missing.iter().map(PackageName::as_str).collect();
        (!names.is_empty()).then(|| {
            format!(
                "`{path}` does not have {}, which the project asks for; run `{update}`",
                names.join(", ")
            )
        })
    }

    fn request(&self) -> Request<'_> {
        Request {
            directory: &self.directory,
            requirements: &self.requirements,
            selection: &self.selection,
            target: self.target,
            freshness: self.freshness,
        }
    }
}

/// Pins what was asked for.
pub fn resolve(question: &Question, context: &Context, progress: &Progress) -> Result<Resolution> {
    let means = Means::new(question, context);
    means
        .uv
        .resolve(&question.request(), progress)
        .map_err(explained)
}

/// Pins what was asked for and brings the wheels into the store.
pub fn wheels(question: &Question, context: &Context, progress: &Progress) -> Result<Wheels> {
    if question.requirements == Requirements::None {
        return Ok(Wheels::default());
    }
    let Question {
        selection, target, ..
    } = question;
    let means = Means::new(question, context);
    let request = question.request();
    let resolution = means.uv.resolve(&request, progress).map_err(explained)?;
    let markers = Markers::new(*target, &selection.extras, &selection.groups);
    let picks = select::select(&resolution.lock, *target, &markers).map_err(explained)?;

    let store = cache::store(context)?;
    let variables = context.environment.variables.clone();
    let builder = Builder::new(means.source, variables, means.index, *target);
    let fetch_means = FetchMeans {
        store: &store,
        client: &means.client,
        builder: &builder,
    };
    let options = FetchOptions {
        jobs: FetchOptions::USUAL_JOBS,
        offline: context.offline,
    };
    let (stored, newer) = thread::scope(|scope| {
        // Only a remark in the summary hangs on this, so it runs beside the downloads, and its
        // failure is nobody's.
        let newer = scope.spawn(|| means.uv.newer(&request, &resolution, &Silent));
        let stored = fetch::fetch(&picks, fetch_means, options, progress);
        (
            stored,
            newer
                .join()
                .ok()
                .and_then(std::result::Result::ok)
                .unwrap_or_default(),
        )
    });
    let directory_of = |source: &PickSource| match source {
        PickSource::Directory { path, .. } => Some(path.clone()),
        _ => None,
    };
    Ok(Wheels {
        stored: stored.map_err(explained)?,
        directories: picks
            .iter()
            .filter_map(|pick| directory_of(&pick.source))
            .collect(),
        warnings: question
            .not_locked(&resolution.lock, &markers)
            .into_iter()
            .collect(),
        notes: note_on_newer(&newer, *target).into_iter().collect(),
    })
}

/// One line, however many there are.
fn note_on_newer(newer: &[Newer], target: Target) -> Option<String> {
    let shown: Vec<String> = newer
        .iter()
        .map(|newer| format!("{} {} (took {})", newer.name, newer.version, newer.pinned))
        .collect();
    let glibc = target.runtime.glibc();
    (!shown.is_empty()).then(|| {
        format!(
            "newer releases without a wheel for {target} (glibc {glibc}): {}",
            shown.join(", ")
        )
    })
}

/// What resolving and fetching work with.
struct Means {
    source: UvSource,
    index: IndexConfig,
    client: Arc<Client>,
    uv: Uv,
}

impl Means {
    fn new(question: &Question, context: &Context) -> Self {
        let variables = &context.environment.variables;
        let source = UvSource {
            program: context.uv.clone(),
            cache: context.cache.clone(),
            offline: context.offline,
        };
        let index = index_config::load(variables, &question.directory, Declared::default());
        let keyring = index
            .keyring
            .then(|| variables.programs("keyring").into_iter().next());
        let credentials = Credentials::new(CredentialSources {
            index_urls: [index.index_urls.clone(), urls_in_files(question, context)].concat(),
            netrc: match variables.get("NETRC") {
                Some(path) => Some(path.into()),
                None => variables.home().map(|home| home.join(".netrc")),
            },
            keyring: keyring.flatten(),
        });
        let options = ClientOptions::from_environment(variables);
        let client = Arc::new(Client::new(options, credentials));
        let pages = Arc::new(Pages(Arc::clone(&client)));
        let uv = Uv::new(source.clone(), variables.clone(), pages);
        Self {
            source,
            index,
            client,
            uv,
        }
    }
}

/// Index URLs that requirement files name; they may carry a login for the downloads.
fn urls_in_files(question: &Question, context: &Context) -> Vec<String> {
    let Requirements::Files(paths) = &question.requirements else {
        return Vec::new();
    };
    // Whatever is wrong with the files, the resolver says it.
    let files = RequirementFiles::read(paths, &context.environment.variables).unwrap_or_default();
    let words = files
        .index_options
        .iter()
        .flat_map(|line| line.split([' ', '=']));
    words
        .filter(|word| word.contains("://"))
        .map(str::to_owned)
        .collect()
}

/// Index pages by our own client, which has the credentials.
struct Pages(Arc<Client>);

impl ReadPage for Pages {
    fn read_page(&self, url: &str) -> Option<String> {
        let page = self.0.get_text(url, PAGE_ACCEPT, PAGE_LIMIT_BYTES, &Silent);
        page.ok().map(|page| page.body)
    }
}
