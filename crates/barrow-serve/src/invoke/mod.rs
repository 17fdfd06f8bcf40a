//! From an invoke to an answer.
//!
//! ```text
//! name, qualifier ─▶ target ─▶ pool ─▶ answer
//!                       └─ event ─▶ queue ─▶ pool ─▶ destination
//! ```

mod destination;
mod event;
mod ground;
mod jackson;
mod limits;
mod now;
mod provision;
mod queue;
mod request;
mod stream;
mod target;
mod targets;

pub(crate) use event::Event;
pub use ground::{Ground, Wanted};
pub(crate) use now::{Outcome, invoke};
pub(crate) use provision::{Asked as ProvisionAsked, provision};
pub(crate) use queue::{Queue, accept, run as deal_with_events};
pub(crate) use request::{Request, Type};
pub(crate) use stream::streamed;
pub(crate) use target::Target;
pub(crate) use targets::Targets;
