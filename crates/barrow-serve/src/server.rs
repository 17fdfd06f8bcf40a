//! The door: connections in, answers out.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use barrow_model::{Explain, Fault};
use camino::Utf8Path;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use crate::front::{self, ReplyBody};
use crate::invoke::Ground;
use crate::options::Options;
use crate::service::Service;
use crate::store::OpenError;

/// How long requests may go on after the service was asked to end.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    service: Service,
    address: SocketAddr,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("cannot listen on {address} without credentials: others could reach the service")]
    Unprotected { address: SocketAddr },
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Explain for ServeError {
    fn fault(&self) -> Fault {
        match self {
            Self::Listen { .. } | Self::Unprotected { .. } => Fault::Input,
            Self::Open(error) => error.fault(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Listen { .. } => {
                vec!["another program may be there: `--port 0` takes a free one".into()]
            }
            Self::Unprotected { .. } => vec![
                "listen on 127.0.0.1, or give the keys that requests are to be signed with".into(),
            ],
            Self::Open(error) => error.hints(),
        }
    }
}

impl Server {
    /// Opens the records and the door. From here on requests are accepted, and wait.
    pub async fn open(
        data: &Utf8Path,
        options: Options,
        ground: Arc<dyn Ground>,
    ) -> Result<Self, ServeError> {
        if !options.listen.ip().is_loopback() && options.credentials.is_none() {
            let address = options.listen;
            return Err(ServeError::Unprotected { address });
        }
        let listen = |source| ServeError::Listen {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let url = format!("http://{address}");
        let handle = tokio::runtime::Handle::current();
        let service = Service::open(data, options, url, ground, handle)?;
        Ok(Self {
            listener,
            service,
            address,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `end` comes; what is under way then is finished.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let pool = self.service.pool.clone();
        let mut end = std::pin::pin!(end);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut end => break,
            };
            let Ok((stream, peer)) = accepted else {
                // Out of descriptors, most likely: some connection will end.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let service = self.service.clone();
            let answer = service_fn(move |request| answer(service.clone(), peer, request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer);
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                // A client that goes away is no failure of ours.
                let _ = connection.await;
            });
        }
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
        pool.shut_down(GRACE).await;
    }
}

async fn answer(
    service: Service,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Infallible> {
    Ok(front::answer(&service, peer, request).await)
}
