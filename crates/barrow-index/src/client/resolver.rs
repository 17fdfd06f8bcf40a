//! One look-up per host, however many connections there are to be.
//!
//! A dozen connections would send two dozen questions at once, and one lost answer costs five
//! seconds before the system asks again: seen in 2 of 15 cold fetches of 22 wheels, which
//! otherwise took half a second, and with one look-up still in 3 of 90. So the question is put a
//! second time when the first answer is late.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolvers far away answer in tenths of a second.
const LATE: Duration = Duration::from_millis(1500);

/// What is known of one host; locked while the system is asked.
type Host = Arc<Mutex<Vec<SocketAddr>>>;

/// Remembers what hosts resolve to, for as long as the client lives.
#[derive(Debug, Default)]
pub(super) struct CachedResolver {
    system: DefaultResolver,
    hosts: Mutex<HashMap<String, Host>>,
}

impl Resolver for CachedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.scheme().zip(uri.authority());
        let host = host.and_then(|(scheme, it)| DefaultResolver::host_and_port(scheme, it));
        let Some(host) = host else {
            return self.system.resolve(uri, config, timeout);
        };
        let host = Arc::clone(lock(&self.hosts).entry(host).or_default());
        let mut known = lock(&host);
        if known.is_empty() {
            // A failure is not remembered: it is what the next try is for.
            *known = self.ask(uri, config, timeout)?.to_vec();
        }
        let mut addresses = self.empty();
        for address in known.iter() {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}

impl CachedResolver {
    fn ask(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if *timeout.after > LATE {
            let hasty = NextTimeout {
                after: LATE.into(),
                ..timeout
            };
            match self.system.resolve(uri, config, hasty) {
                Err(ureq::Error::Timeout(_)) => {}
                outcome => return outcome,
            }
        }
        self.system.resolve(uri, config, timeout)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
