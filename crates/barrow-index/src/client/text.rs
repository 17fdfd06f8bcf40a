//! Small pages, read whole.

use std::io::Read as _;

use ureq::http::header::CONTENT_TYPE;

use super::error::{ClientError, Passing};
use super::request::{Failure, header};
use super::retry::Failures;
use super::{Client, open_local};
use crate::Reporter;
use crate::address::Address;

/// A page and where it came from.
#[derive(Debug, Clone)]
pub struct Text {
    pub body: String,
    /// After redirects; relative links on the page start from here.
    pub address: Address,
    pub content_type: Option<String>,
}

impl Client {
    /// Reads a page of at most `limit_bytes`, unpacked. `accept` goes into the header of that name.
    pub fn get_text(
        &self,
        url: &str,
        accept: &str,
        limit_bytes: u64,
        reporter: &dyn Reporter,
    ) -> Result<Text, ClientError> {
        let address = Address::parse(url)?;
        if let Some(path) = address.local_path() {
            let file = open_local(&path)?;
            let too_large = || ClientError::TooLarge {
                address: address.clone(),
                limit_bytes,
            };
            let read = |source| ClientError::Local {
                path: path.clone(),
                source,
            };
            let mut bytes = Vec::new();
            file.take(limit_bytes + 1)
                .read_to_end(&mut bytes)
                .map_err(read)?;
            if bytes.len() as u64 > limit_bytes {
                return Err(too_large());
            }
            return text(bytes, address, None);
        }
        let mut failures = Failures::new(&self.options.patience);
        loop {
            let (passing, asked) = match self.try_text(&address, accept, limit_bytes) {
                Ok(text) => return Ok(text),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(passing, asked)) => (passing, asked),
            };
            let Some(pause) = failures.pause(asked) else {
                return Err(passing.into_error(&address, failures.in_a_row()));
            };
            reporter.retrying(&address.to_string(), &passing.reason(), pause.as_secs_f32());
            std::thread::sleep(pause);
        }
    }

    fn try_text(&self, from: &Address, accept: &str, limit_bytes: u64) -> Result<Text, Failure> {
        let mut answer = self.get(from, &[("accept", accept)])?;
        let address = answer.address;
        let status = answer.response.status().as_u16();
        if status != 200 {
            return Err(ClientError::Status {
                address,
                status,
                tries: 1,
            }
            .into());
        }
        let content_type = header(answer.response.headers(), &CONTENT_TYPE).map(str::to_owned);
        let mut bytes = Vec::new();
        let reader = answer.response.body_mut().as_reader();
        let read = reader.take(limit_bytes + 1).read_to_end(&mut bytes);
        read.map_err(|error| Failure::Passing(Passing::transport(error), None))?;
        if bytes.len() as u64 > limit_bytes {
            return Err(ClientError::TooLarge {
                address,
                limit_bytes,
            }
            .into());
        }
        Ok(text(bytes, address, content_type)?)
    }
}

fn text(
    bytes: Vec<u8>,
    address: Address,
    content_type: Option<String>,
) -> Result<Text, ClientError> {
    match String::from_utf8(bytes) {
        Ok(body) => Ok(Text {
            body,
            address,
            content_type,
        }),
        Err(_) => Err(ClientError::NotText { address }),
    }
}
