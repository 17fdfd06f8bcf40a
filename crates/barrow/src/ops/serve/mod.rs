//! A Lambda-compatible service on this machine, until it is told to end.

mod ground;
mod home;
mod scratch;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use barrow_serve::{Journal, JournalForm, Keys, Level, Server};
use camino::{Utf8Path, Utf8PathBuf};

use ground::Ground;

use super::place::Surroundings;
pub use super::place::{Isolation, Network};
use super::{Context, interrupt};
use crate::outcome::{Failure, Result, explained};

/// How to serve.
#[derive(Debug)]
pub struct Options {
    pub listen: SocketAddr,
    /// The user's data folder, where none is named.
    pub data: Option<Utf8PathBuf>,
    pub ephemeral: bool,
    pub account: String,
    pub region: String,
    /// With which requests have to be signed.
    pub credentials: Option<Keys>,
    pub hosts: Vec<String>,
    pub log_level: Level,
    pub log_form: JournalForm,
    pub network: Network,
    pub isolation: Isolation,
}

/// How long changes take, as clients see it. Lambda takes a second or more; a second change while
/// the first is under way must find it so.
const SETTLING: Duration = Duration::from_millis(100);

/// Threads that wait for records and files. Each keeps some memory for itself.
const BLOCKING_THREADS: usize = 64;

pub fn serve(options: Options, context: &Context) -> Result<()> {
    // Removed when it goes out of scope.
    let scratch = options.ephemeral.then(scratch::folder).transpose()?;
    let data = match (&scratch, options.data) {
        (Some(scratch), _) => Utf8Path::from_path(scratch.path())
            .ok_or_else(|| Failure::input("the folder for temporary files has no name in UTF-8"))?
            .to_owned(),
        (None, Some(data)) => data,
        (None, None) => context.environment.default_data()?.join("serve"),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(anyhow::Error::from)?;
    let ground = Arc::new(Ground {
        surroundings: Surroundings {
            python: None,
            image: None,
            network: options.network,
            isolation: options.isolation,
            home: Some(home::folder(&data)),
        },
        context: context.clone(),
    });
    let output = context.output;
    runtime.block_on(async {
        let options = barrow_serve::Options {
            listen: options.listen,
            account: options.account,
            region: options.region,
            settling: SETTLING,
            logs: barrow_serve::LogLimits::default(),
            credentials: options.credentials,
            hosts: options.hosts,
            journal: Some(Journal {
                level: options.log_level,
                form: options.log_form,
                write: Arc::new(move |line| output.log(line.as_bytes())),
            }),
        };
        let server = Server::open(&data, options, ground)
            .await
            .map_err(explained)?;
        home::write(&data, server.address())?;
        let (end, ended) = tokio::sync::oneshot::channel();
        interrupt::instead(move || {
            // The receiver lives as long as the service.
            let _ = end.send(());
        });
        context.output.say(format_args!(
            "listening on http://{}; data in `{data}`",
            server.address()
        ));
        server
            .run(async {
                let _ = ended.await;
            })
            .await;
        Ok(())
    })
}
