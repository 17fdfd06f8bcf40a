//! S3 as its clients use it, over HTTP on loopback.

mod server;
mod smoke;
