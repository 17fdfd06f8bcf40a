//! The home of functions: settings by which their SDKs find this service.
//!
//! Lambda sets no variable for that, so neither do we. What is not served here is left to AWS.

use std::fs;
use std::net::SocketAddr;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};

use crate::outcome::Result;

const SERVICES: [&str; 5] = ["lambda", "s3", "cloudwatch_logs", "sts", "iam"];

pub(super) fn folder(data: &Utf8Path) -> Utf8PathBuf {
    data.join("home")
}

pub(super) fn write(data: &Utf8Path, address: SocketAddr) -> Result<()> {
    let folder = folder(data).join(".aws");
    let file = folder.join("config");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, config(address)))
        .with_context(|| format!("cannot write `{file}`"))?;
    Ok(())
}

fn config(address: SocketAddr) -> String {
    let mut text = "[default]\nservices = barrow\n\n[services barrow]\n".to_owned();
    for service in SERVICES {
        text.push_str(&format!("{service} =\n  endpoint_url = http://{address}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_endpoint() {
        let text = config(([127, 0, 0, 1], 9500).into());
        assert!(text.starts_with("[default]\nservices = barrow\n"));
        assert!(text.contains("\ns3 =\n  endpoint_url = http://127.0.0.1:9500\n"));
    }
}
