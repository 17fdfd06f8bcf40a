//! What importing the handler would do: which modules load, in which order, from where.

mod ahead;
pub mod distribution_names;
mod execute;
mod failure;
mod later;
pub mod load;
mod roots;
pub mod runtime;
pub mod search;
pub mod standard;
pub mod tell;
mod tree;

pub use execute::Defined;
pub use failure::{Cause, Failure};
pub use load::{Imports, Loaded, ModuleId, What};
pub use roots::{handler_module, roots};
pub use search::SearchPath;
pub use tree::Located;
