//! The tables, and the way from any older version of them to today's.

use rusqlite::{Connection, TransactionBehavior};

/// The step at index `n` leads from version `n` to `n + 1`. Steps are never changed, only added.
const STEPS: &[&str] = &[include_str!("1.sql")];

#[derive(Debug)]
pub(super) enum SchemaError {
    Newer { seen: usize, known: usize },
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

pub(super) fn migrate(connection: &mut Connection) -> Result<(), SchemaError> {
    let seen: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = STEPS.len();
    if seen > known {
        return Err(SchemaError::Newer { seen, known });
    }
    for (done, step) in STEPS.iter().enumerate().skip(seen) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", done + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_database_gets_every_step_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let version: usize = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, STEPS.len());
    }

    #[test]
    fn a_newer_database_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(
            migrate(&mut connection),
            Err(SchemaError::Newer { seen: 99, .. })
        ));
    }
}
