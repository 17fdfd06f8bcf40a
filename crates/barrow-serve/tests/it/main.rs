//! The service from outside: requests as clients send them, answers as clients read them.

mod cases;
mod client;
mod durability;
mod folder;
mod model;
mod package;
mod paging;
mod races;
mod service;
mod shape;
