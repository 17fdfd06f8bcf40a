//! What all requests share: records, code, and what goes on behind them.

use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use barrow_local::pool::{Pool, PoolSettings};
use camino::{Utf8Path, Utf8PathBuf};

use crate::api::{Model, Refusal};
use crate::front::Guard;
use crate::inspect::Inspector;
use crate::invoke::{self, Ground, ProvisionAsked, Queue, Targets};
use crate::lambda::{
    Code, Codes, Function, LATEST, Listed, Provisioned, Published, Qualified, State, Update, sweep,
};
use crate::logs::Logs;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::store::{OpenError, Scope, Store};
use crate::sts::Sessions;

/// How long what nothing needs may lie about. No request takes as long.
const CLEAR_UP_AFTER: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
pub(crate) struct Service(Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub model: Model,
    pub store: Store,
    pub codes: Codes,
    pub buckets: barrow_s3::Storage,
    pub s3: barrow_s3::Service,
    pub logs: Logs,
    pub sessions: Sessions,
    pub guard: Guard,
    pub metrics: Metrics,
    data: Utf8PathBuf,
    pub options: Options,
    /// `http://127.0.0.1:9500`
    pub url: String,
    pub ground: Arc<dyn Ground>,
    pub pool: Pool,
    pub queue: Queue,
    pub targets: Targets,
    pub inspector: Inspector,
    pub listed: Listed,
    pub provisioned: ProvisionAsked,
    background: tokio::runtime::Handle,
    /// Held as long as the data is ours.
    _lock: File,
}

impl std::ops::Deref for Service {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Service {
    pub(crate) fn open(
        data: &Utf8Path,
        options: Options,
        url: String,
        ground: Arc<dyn Ground>,
        background: tokio::runtime::Handle,
    ) -> Result<Self, OpenError> {
        let folder = |source| OpenError::Folder {
            path: data.to_owned(),
            source,
        };
        std::fs::create_dir_all(data).map_err(folder)?;
        let lock = lock(data)?;
        let buckets = barrow_s3::Storage::open(&data.join("s3"))?;
        let sessions = Sessions::open(&data.join("sessions.key")).map_err(folder)?;
        let s3 = barrow_s3::Service::new(
            buckets.clone(),
            barrow_s3::Settings {
                authorise: who_may_ask(&options, &sessions),
                default_account: options.account.clone(),
                reporter: Arc::new(barrow_s3::Silent),
            },
        );
        let service = Self(Arc::new(Shared {
            model: Model::lambda(),
            store: Store::open(&data.join("records.sqlite"))?,
            codes: Codes::open(data.join("code")).map_err(folder)?,
            buckets,
            s3,
            logs: Logs::open(data, options.logs)?,
            sessions,
            guard: Guard::new(options.listen, &options.hosts),
            metrics: Metrics::default(),
            data: data.to_owned(),
            options,
            url,
            ground,
            pool: Pool::new(PoolSettings::for_this_machine()),
            queue: Queue::new(),
            targets: Targets::default(),
            inspector: Inspector::default(),
            listed: Listed::default(),
            provisioned: ProvisionAsked::default(),
            background,
            _lock: lock,
        }));
        service.resume();
        service.background.spawn(clear_up(service.clone()));
        service
            .background
            .spawn(invoke::deal_with_events(service.clone()));
        Ok(service)
    }

    /// Goes on with what was under way when the service ended.
    fn resume(&self) {
        let functions = self.store.everywhere::<Function>();
        for (scope, _, _, function) in functions.unwrap_or_default() {
            if function.latest.is_being_changed() {
                self.activate(&scope, &function.name);
            }
        }
        let provisioned = self.store.everywhere::<Provisioned>();
        for (scope, name, qualifier, _) in provisioned.unwrap_or_default() {
            self.provision(&Qualified {
                scope,
                name,
                qualifier: Some(qualifier),
            });
        }
    }

    /// Lets a function that was made or changed become what it is to be, a moment later.
    pub(crate) fn activate(&self, scope: &Scope, name: &str) {
        let (service, scope, name) = (self.clone(), scope.clone(), name.to_owned());
        self.background.spawn(async move {
            tokio::time::sleep(service.options.settling).await;
            // What cannot be written now is tried again when the service starts.
            let _ = tokio::task::spawn_blocking(move || service.settle(&scope, &name)).await;
        });
    }

    fn settle(&self, scope: &Scope, name: &str) -> Result<(), Refusal> {
        self.store.write(|records| {
            let Some(mut function) = records.get::<Function>(scope, "", name)? else {
                return Ok(());
            };
            // What runs by an earlier configuration takes no more events.
            let current = function.latest.runs_as();
            let arn = crate::lambda::function_arn(scope, name);
            self.pool
                .retire(&arn, |key| key.version != LATEST || key.revision == current);
            let was_published =
                function.published_revision.as_ref() == Some(&function.latest.revision);
            settle(&mut function.latest);
            if was_published {
                function.published_revision = Some(function.latest.revision.clone());
            }
            records.put(scope, "", name, &function)?;
            for (key, mut published) in records.list::<Published>(scope, name, "", usize::MAX)? {
                if published.configuration.is_being_changed() {
                    settle(&mut published.configuration);
                    records.put(scope, name, &key, &published)?;
                }
            }
            Ok(())
        })
    }

    /// Goes on with something behind the request that asks for it.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.background.spawn(task);
    }

    /// Ends the environments of what was changed or deleted.
    pub(crate) fn retire(&self, named: &Qualified) {
        let gone = named.qualifier.as_deref();
        self.pool.retire(&named.unqualified_arn(), |key| {
            gone.is_some_and(|gone| key.version != gone)
        });
    }

    /// Code from a bucket.
    pub(crate) fn fetch(
        &self,
        scope: &Scope,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Code, Refusal> {
        let refused = |code: &str, message: &str| {
            Refusal::invalid(format!(
                "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
            ))
        };
        let found = self.buckets.object(&scope.account, bucket, key, version);
        let object = found.map_err(|error| refused(error.code(), &error.to_string()))?;
        if object.region != scope.region {
            return Err(refused(
                "PermanentRedirect",
                &format!(
                    "The bucket is in this region: {}. Please use this region to retry the request",
                    object.region
                ),
            ));
        }
        self.codes.keep_file(object.file)
    }

    /// Has the environments of a version started that are to be there before anybody asks, a moment
    /// later.
    pub(crate) fn provision(&self, named: &Qualified) {
        let (service, named) = (self.clone(), named.clone());
        self.background.spawn(async move {
            tokio::time::sleep(service.options.settling).await;
            invoke::provision(&service, &named).await;
        });
    }

    /// Bytes on disk, by what they are.
    pub(crate) fn stored_bytes(&self) -> Vec<(&'static str, u64)> {
        let of_files = |names: [&str; 2]| {
            let files = names.map(|name| self.data.join(name).metadata());
            files.iter().flatten().map(std::fs::Metadata::len).sum()
        };
        let code = std::fs::read_dir(self.data.join("code"))
            .into_iter()
            .flatten();
        let code = code.flatten().filter_map(|entry| entry.metadata().ok());
        vec![
            (
                "records",
                of_files(["records.sqlite", "records.sqlite-wal"]),
            ),
            ("logs", of_files(["logs.sqlite", "logs.sqlite-wal"])),
            ("code", code.map(|metadata| metadata.len()).sum()),
        ]
    }

    /// Where a function is served over HTTP.
    pub(crate) fn function_url(&self, id: &str) -> String {
        format!("{}/lambda-url/{id}/", self.url)
    }

    /// Where a package can be downloaded.
    pub(crate) fn code_location(&self, code: &Code) -> String {
        format!("{}/code/{}.zip", self.url, code.sha256)
    }
}

/// Removes what nothing needs any more: at the start, and after changes. What cannot be removed now
/// is tried again.
async fn clear_up(service: Service) {
    let mut before = SystemTime::now();
    // What was changed last is too young to be removed at once: it takes another turn.
    let mut seen = [None; 2];
    loop {
        let now = Some(service.store.generation());
        if seen != [now; 2] {
            let service = service.clone();
            let swept = tokio::task::spawn_blocking(move || {
                let _ = sweep::packages(&service.store, &service.codes, before);
                let _ = sweep::event_sources(&service.store, service.options.settling);
            });
            let _ = swept.await;
            seen = [seen[1], now];
        }
        tokio::time::sleep(CLEAR_UP_AFTER).await;
        before = SystemTime::now() - CLEAR_UP_AFTER;
    }
}

/// Buckets are open to whoever has the service's keys, or those of a session.
fn who_may_ask(options: &Options, sessions: &Sessions) -> barrow_s3::Authorise {
    let Some(keys) = options.credentials.clone() else {
        return barrow_s3::Authorise::Anyone;
    };
    let sessions = sessions.clone();
    barrow_s3::Authorise::Lookup(Arc::new(move |access_key| {
        if access_key == keys.access_key {
            return Some(keys.secret_key.clone());
        }
        sessions.secret_key(access_key)
    }))
}

/// One service has a folder; it is let go of when its process ends, however it ends.
fn lock(data: &Utf8Path) -> Result<File, OpenError> {
    let path = data.join("lock");
    let opened = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = opened.map_err(|source| OpenError::Folder {
        path: path.clone(),
        source,
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: data.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(OpenError::Folder { path, source }),
    }
}

fn settle(configuration: &mut crate::lambda::Configuration) {
    if configuration.is_being_changed() {
        configuration.state = State::Active;
        configuration.update = Update::Successful;
        configuration.revision = crate::lambda::new_revision();
    }
}
