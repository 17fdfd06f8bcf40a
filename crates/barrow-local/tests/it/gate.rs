//! A place where functions wait until the test lets them go on.

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Gate {
    listener: TcpListener,
}

/// A function that waits. It goes on when this is dropped.
pub(crate) struct Held {
    pub(crate) environment: String,
    _stream: TcpStream,
}

impl Gate {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener }
    }

    /// An event that leads here.
    pub(crate) fn event(&self) -> String {
        let port = self.listener.local_addr().unwrap().port();
        format!("{{\"gate\": {port}}}")
    }

    /// The next function that has come.
    pub(crate) async fn held(&self) -> Held {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut name = [0; 32];
        stream.read_exact(&mut name).await.unwrap();
        Held {
            environment: String::from_utf8(name.to_vec()).unwrap(),
            _stream: stream,
        }
    }
}
