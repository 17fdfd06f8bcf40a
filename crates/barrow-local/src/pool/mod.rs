//! What stands between an invoke and an environment: which one takes it, and when there are more.
//!
//! ```text
//! invoke ─▶ slot (concurrency) ─▶ idle seat · new seat · another's seat · queue ─▶ refused
//!                                   └──── environment of exactly this key ────┘
//! ```
//!
//! There are so many seats as the machine bears, and each has one environment at a time. A seat is
//! a task; who sits where is decided in `state`, under one lock, without waiting. An invoke runs
//! in its seat's task, so a caller who goes away ends nothing and leaks nothing.

mod figures;
mod invoke;
mod key;
mod queue;
mod recipe;
mod refused;
mod seat;
mod settings;
mod shared;
mod slots;
mod spares;
mod state;
mod work;

pub use figures::Figures;
pub use invoke::Pool;
pub use key::Key;
pub use recipe::{PlaceError, Recipe};
pub use refused::{Reason, Refused};
pub use settings::PoolSettings;
pub use slots::Limits;
