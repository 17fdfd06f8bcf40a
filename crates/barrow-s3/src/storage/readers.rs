//! Connections that only read. There are few of them, however many want to read at once.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use camino::Utf8PathBuf;
use rusqlite::{Connection, OpenFlags};

/// Each has a cache of its own, and a look takes microseconds.
const MOST_READERS: usize = 8;

#[derive(Debug)]
pub(super) struct Readers {
    path: Utf8PathBuf,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    spare: Vec<Connection>,
    lent: usize,
}

impl Readers {
    pub(super) fn new(path: Utf8PathBuf) -> Self {
        Self {
            path,
            state: Mutex::new(State::default()),
            returned: Condvar::new(),
        }
    }

    /// Waits for one if all are lent.
    pub(super) fn lend(&self) -> Result<Lent<'_>, rusqlite::Error> {
        let full = |state: &mut State| state.lent == MOST_READERS;
        let waiting = self.returned.wait_while(self.locked(), full);
        let mut state = waiting.unwrap_or_else(PoisonError::into_inner);
        let spare = state.spare.pop();
        state.lent += 1;
        drop(state);
        let mut lent = Lent {
            readers: self,
            connection: spare,
        };
        if lent.connection.is_none() {
            lent.connection = Some(self.open()?);
        }
        Ok(lent)
    }

    fn open(&self) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        super::database::set_up(&connection)?;
        Ok(connection)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back when it is dropped.
pub(super) struct Lent<'a> {
    readers: &'a Readers,
    /// None while it is being opened.
    connection: Option<Connection>,
}

const OPEN: &str = "nobody has it before it is open";

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect(OPEN)
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect(OPEN)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.locked();
        state.lent -= 1;
        state.spare.extend(self.connection.take());
        drop(state);
        self.readers.returned.notify_one();
    }
}
