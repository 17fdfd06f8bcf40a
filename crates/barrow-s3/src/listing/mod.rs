//! Pages of sorted keys: prefixes, delimiters, where to go on. Knows nothing of records or of HTTP.

mod encode;
mod page;
mod token;

pub(crate) use encode::Encoding;
pub(crate) use page::{From, Last, Page, Query, page};
pub(crate) use token::Token;

/// The most that S3 puts onto one page.
pub(crate) const LARGEST_PAGE: usize = 1000;
