//! Services that tests start.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use barrow_local::environment::Place;
use barrow_local::pool::PlaceError;
use barrow_serve::{Ground, Journal, LogLimits, Options, Server, Wanted};
use camino::Utf8Path;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// How long a change takes: long enough to be seen.
pub(crate) const SETTLING: Duration = Duration::from_millis(500);

/// A service in this process. It ends with its value.
pub(crate) struct Service {
    pub address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Removed at the end.
    folder: Option<TempDir>,
}

impl Service {
    /// With a folder of its own.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut service = Self::on(Utf8Path::from_path(folder.path()).unwrap()).unwrap();
        service.folder = Some(folder);
        service
    }

    /// On a folder that stays; or why not.
    pub(crate) fn on(data: &Utf8Path) -> Result<Self, String> {
        Self::told(data, None)
    }

    /// With somebody who is told of what happens.
    pub(crate) fn told(data: &Utf8Path, journal: Option<Journal>) -> Result<Self, String> {
        let data = data.to_owned();
        let (end, ended) = oneshot::channel();
        let (told, opened) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                match open(&data, journal, SETTLING).await {
                    Ok(server) => {
                        told.send(Ok(server.address())).unwrap();
                        server
                            .run(async {
                                let _ = ended.await;
                            })
                            .await;
                    }
                    Err(error) => told.send(Err(error)).unwrap(),
                }
            });
        });
        let address = opened.recv().unwrap()?;
        Ok(Self {
            address,
            end: Some(end),
            thread: Some(thread),
            folder: None,
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        drop(self.folder.take());
    }
}

pub(crate) async fn open(
    data: &Utf8Path,
    journal: Option<Journal>,
    settling: Duration,
) -> Result<Server, String> {
    let options = Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        account: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        settling,
        logs: LogLimits::default(),
        credentials: None,
        hosts: Vec::new(),
        journal,
    };
    Server::open(data, options, Arc::new(Nowhere))
        .await
        .map_err(|error| error.to_string())
}

/// Nothing runs in these tests.
#[derive(Debug)]
struct Nowhere;

impl Ground for Nowhere {
    fn place(&self, _: &Wanted) -> Result<Place, PlaceError> {
        Err(PlaceError::Function {
            kind: "Runtime.Unknown".to_owned(),
            message: "nothing runs in these tests".to_owned(),
        })
    }
}
