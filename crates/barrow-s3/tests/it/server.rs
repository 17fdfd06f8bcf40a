//! A service on a free port of loopback, for as long as a test wants it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use barrow_s3::{Authorise, Service, Settings, Silent, Storage};
use camino::Utf8Path;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) const ACCOUNT: &str = "000000000000";

pub(crate) struct Server {
    pub(crate) storage: Storage,
    address: SocketAddr,
    // Dropped in this order: the connections end, then the folder goes.
    _runtime: Runtime,
    folder: Option<tempfile::TempDir>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_for(Authorise::Anyone)
    }

    pub(crate) fn start_for(authorise: Authorise) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        let mut server = Self::start_on(path, authorise);
        server.folder = Some(folder);
        server
    }

    pub(crate) fn start_on(folder: &Utf8Path, authorise: Authorise) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let storage = Storage::open(folder).unwrap();
        let settings = Settings {
            authorise,
            default_account: ACCOUNT.to_owned(),
            reporter: Arc::new(Silent),
        };
        let service = Service::new(storage.clone(), settings);
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, service));
        Self {
            storage,
            address,
            _runtime: runtime,
            folder: None,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn accept(listener: TcpListener, service: Service) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let service = service.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |request| {
                let service = service.clone();
                async move { Ok::<_, Infallible>(service.handle(request).await) }
            });
            // A client that goes away is no fault of the service.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}
