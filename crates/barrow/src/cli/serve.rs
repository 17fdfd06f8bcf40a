//! `barrow serve`: Lambda and S3 on this machine.

use std::net::{IpAddr, Ipv4Addr};

use barrow_serve::{JournalForm, Keys, Level};
use camino::Utf8PathBuf;

use crate::ops::serve::{Isolation, Network, Options};
use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};

const EXAMPLES: &str = "\
Examples:
  barrow serve
  barrow serve --port 0 --ephemeral
      a free port, and nothing kept afterwards

  export AWS_ENDPOINT_URL=http://127.0.0.1:9500 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  aws lambda list-functions";

/// Serve the Lambda API on this machine, for the AWS CLI, SDKs and tools
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 9500, env = "BARROW_PORT")]
    port: u16,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Where functions are kept [default: the user's data folder]
    #[arg(long, value_name = "DIR", env = "BARROW_DATA_DIR")]
    data: Option<Utf8PathBuf>,
    /// Keep nothing
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,
    /// The account of callers whose access key is not an account's number
    #[arg(long, value_name = "NUMBER", default_value = "123456789012", value_parser = account)]
    account: String,
    /// The region of callers who name none
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Answer only what is signed with this access key and secret; other addresses than loopback
    /// demand it
    #[arg(
        long,
        value_name = "KEY:SECRET",
        env = "BARROW_CREDENTIALS",
        hide_env_values = true,
        value_parser = credentials
    )]
    credentials: Option<Keys>,
    /// A name that requests may be sent to, besides the address and `localhost`; can be given more
    /// than once
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Which requests get a line on stderr; with `warning` also what would fail in packages that
    /// come
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "warning")]
    log_level: LogLevel,
    /// The form of those lines
    #[arg(long, value_enum, default_value = "text")]
    log_format: LogFormat,
    /// What functions can reach
    #[arg(long, value_enum, default_value = "host")]
    network: Network,
    /// What keeps functions from this machine
    #[arg(long, value_enum, default_value = "full", env = "BARROW_ISOLATION")]
    isolation: Isolation,
}

/// Which requests are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogLevel {
    /// None
    Off,
    /// Those that the service failed at
    Error,
    /// And those that it refused
    Warning,
    /// All
    Info,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    Text,
    /// A JSON object a line
    Json,
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::Off,
            LogLevel::Error => Self::Error,
            LogLevel::Warning => Self::Warning,
            LogLevel::Info => Self::Info,
        }
    }
}

impl From<LogFormat> for JournalForm {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}

pub fn run(arguments: Args, context: &Context) -> Result<Outcome> {
    let options = Options {
        listen: (arguments.listen, arguments.port).into(),
        data: arguments.data,
        ephemeral: arguments.ephemeral,
        account: arguments.account,
        region: arguments.region,
        credentials: arguments.credentials,
        hosts: arguments.hosts,
        log_level: arguments.log_level.into(),
        log_form: arguments.log_format.into(),
        network: arguments.network,
        isolation: arguments.isolation,
    };
    ops::serve::serve(options, context)?;
    Ok(Outcome::Done)
}

/// A secret has no colon.
fn credentials(text: &str) -> std::result::Result<Keys, String> {
    match text.split_once(':') {
        Some((access_key, secret_key)) if !access_key.is_empty() && !secret_key.is_empty() => {
            Ok(Keys {
                access_key: access_key.to_owned(),
                secret_key: secret_key.to_owned(),
            })
        }
        _ => Err("expected an access key, a colon and a secret".to_owned()),
    }
}

fn account(text: &str) -> std::result::Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account has twelve digits".to_owned())
    }
}
