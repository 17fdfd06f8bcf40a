//! An execution environment: one process tree that is started once and then takes events.
//!
//! ```text
//! start ─▶ init ─▶ (invoke ─▶ frozen)* ─▶ shut down
//! ```
//!
//! INIT runs the module's code. It has ten seconds; if it fails, Lambda tries again when the first
//! event is there, in that event's time. After a crash or a timeout the next event finds a new
//! process. Between events all processes stand still. SHUTDOWN is dropping the environment: a
//! function without extensions is not told, its processes are ended.

#[cfg(unix)]
mod bare;
mod circumstances;
mod cycle;
mod failure;
mod function;
#[cfg(target_os = "linux")]
mod in_sandbox;
mod invocation;
mod log;
mod on_host;
mod place;
mod process;
mod report;
mod running;
mod start;
mod tail;

pub use crate::processes::End;
pub use circumstances::{Circumstances, Credentials, Initialization};
pub use cycle::{Environment, Sink};
pub use failure::Failure;
pub use function::{CREDENTIALS, Function, Logging, RESERVED, new_request_id, new_trace};
#[cfg(target_os = "linux")]
pub use in_sandbox::InSandbox;
pub use invocation::{Invocation, Invoked};
pub use log::{Format, Level, ParseLevelError};
pub use on_host::OnHost;
pub use place::Place;
pub use report::{Report, Status};
pub use start::{Spare, StartError};
