//! `barrow serve`: Lambda and S3 on this machine.

use std::net::{IpAddr, Ipv4Addr};

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
    /// What functions can reach
    #[arg(long, value_enum, default_value = "host")]
    network: Network,
    /// What keeps functions from this machine
    #[arg(long, value_enum, default_value = "full", env = "BARROW_ISOLATION")]
    isolation: Isolation,
}

pub fn run(arguments: Args, context: &Context) -> Result<Outcome> {
    let options = Options {
        listen: (arguments.listen, arguments.port).into(),
        data: arguments.data,
        ephemeral: arguments.ephemeral,
        account: arguments.account,
        region: arguments.region,
        network: arguments.network,
        isolation: arguments.isolation,
    };
    ops::serve::serve(options, context)?;
    Ok(Outcome::Done)
}

fn account(text: &str) -> std::result::Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account has twelve digits".to_owned())
    }
}
