//! A register in one SQLite file, encrypted as a whole by SQLCipher (AES-256, a MAC on each page), its journal too.

use std::path::Path;
use std::time::Duration;

use ijsberg_store::{Dialect, Driver, Fault, Row, StoreError, Value, words};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

/// How long a writer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open file.
#[derive(Debug)]
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens a file under a key of 32 bytes; where there is none, one is made under that key.
    ///
    /// # Errors
    /// [`StoreError::Key`] if the key is another one, [`StoreError::Empty`] if the file has no bytes: it is no register any more, and a new
    /// one must not silently take its place.
    pub fn open(path: &Path, key: &[u8; 32]) -> Result<Self, StoreError> {
        if std::fs::metadata(path).is_ok_and(|m| m.len() == 0) {
            return Err(StoreError::Empty(path.display().to_string()));
        }
        for_its_owner(path)?;
        let connection = Connection::open(path).map_err(|e| StoreError::Open(plain(&e)))?;
        Self::with(connection, key)
    }

    fn with(connection: Connection, key: &[u8; 32]) -> Result<Self, StoreError> {
        let key = format!("PRAGMA key = \"x'{}'\"", base16ct::lower::encode_string(key));
        // A process that has the file at this moment is waited for here too: a busy file says nothing about the key.
        connection.busy_timeout(PATIENCE).map_err(|e| StoreError::Open(plain(&e)))?;
        connection.execute_batch(&key).map_err(|e| StoreError::Open(plain(&e)))?;
        // The first read tells whether the key fits.
        let first = "SELECT count(*) FROM sqlite_master";
        connection.query_row(first, [], |r| r.get::<_, i64>(0)).map_err(|e| error(&e, first))?;
        // Acknowledged means written: FULL also in WAL mode. Nothing is left behind on pages that are freed.
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -131072;",
            )
            .map_err(|e| StoreError::Open(plain(&e)))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self(connection))
    }

    /// Writes a consistent copy under the same key for its owner alone, while others may read and write. It is on the disk when this
    /// returns.
    ///
    /// # Errors
    /// If the copy cannot be written.
    pub fn copy_to(&mut self, path: &Path) -> Result<(), StoreError> {
        for_its_owner(path)?;
        let to = path.to_str().ok_or(StoreError::Open(Fault::Path))?;
        self.0.execute("VACUUM INTO ?1", [to]).map_err(|e| error(&e, "VACUUM INTO"))?;
        let written = std::fs::File::open(path).and_then(|file| file.sync_all());
        written.map_err(|e| StoreError::Open(of_the_system(&e)))
    }

    /// Puts the whole file under another key. Nobody else may have it open.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if somebody else has it open; then the old key fits.
    pub fn change_key(&mut self, key: &[u8; 32]) -> Result<(), StoreError> {
        // Without the journal that others share there is no moment at which pages under both keys are in use.
        self.0.busy_timeout(Duration::from_secs(2)).map_err(|e| StoreError::Open(plain(&e)))?;
        let alone = self.0.query_row("PRAGMA journal_mode = DELETE", [], |r| r.get::<_, String>(0));
        if !alone.is_ok_and(|mode| mode == "delete") {
            return Err(StoreError::Busy);
        }
        let rekey = format!("PRAGMA rekey = \"x'{}'\"", base16ct::lower::encode_string(key));
        self.0.execute_batch(&rekey).map_err(|e| error(&e, "PRAGMA rekey"))?;
        self.0.execute_batch("PRAGMA journal_mode = WAL").map_err(|e| error(&e, "PRAGMA journal_mode"))?;
        self.0.busy_timeout(PATIENCE).map_err(|e| StoreError::Open(plain(&e)))
    }
}

/// A new file is made for its owner alone; SQLite gives its journals the same rights.
fn for_its_owner(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(StoreError::Open(of_the_system(&e))),
        _ => Ok(()),
    }
}

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(x) => ValueRef::Integer(*x),
            Value::Text(x) => ValueRef::Text(x.as_bytes()),
            Value::Bytes(x) => ValueRef::Blob(x),
        }))
    }
}

/// A value of a column. The register writes no fractions and no text that is not UTF-8: these are given as bytes, which nothing but bytes
/// is read from, so that a change from outside is found.
fn value(v: ValueRef<'_>) -> Value {
    match v {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(x) => Value::Int(x),
        ValueRef::Real(x) => Value::Bytes(x.to_be_bytes().to_vec()),
        ValueRef::Text(x) => {
            std::str::from_utf8(x).map_or_else(|_| Value::Bytes(x.to_vec()), |x| Value::Text(x.to_owned()))
        }
        ValueRef::Blob(x) => Value::Bytes(x.to_vec()),
    }
}

/// What it says, without values of rows.
fn plain(e: &rusqlite::Error) -> Fault {
    match e.sqlite_error() {
        Some(e) if e.code == ErrorCode::CannotOpen || e.code == ErrorCode::ReadOnly => Fault::File,
        Some(e) if e.code == ErrorCode::DiskFull => Fault::Full,
        Some(e) => Fault::Code(format!("SQLite {}", e.extended_code)),
        None => Fault::Unfitting,
    }
}

fn of_the_system(e: &std::io::Error) -> Fault {
    if e.kind() == std::io::ErrorKind::StorageFull { Fault::Full } else { Fault::File }
}

fn error(e: &rusqlite::Error, sql: &str) -> StoreError {
    match e {
        rusqlite::Error::SqliteFailure(code, message) => match code.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
            ErrorCode::NotADatabase => StoreError::Key,
            // The message ends with tables and columns, and has no values.
            ErrorCode::ConstraintViolation => {
                let message = message.as_deref().unwrap_or_default();
                StoreError::Rule(message.rsplit(": ").next().unwrap_or_default().to_owned())
            }
            _ => StoreError::Statement { what: plain(e), statement: words(sql) },
        },
        _ => StoreError::Statement { what: plain(e), statement: words(sql) },
    }
}

/// `$1` is `?1` here.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl Driver for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(&numbered(sql)).map_err(|e| error(&e, sql))?;
        let changed = statement.execute(rusqlite::params_from_iter(values.iter().map(Bound)));
        changed.map(|n| n as u64).map_err(|e| error(&e, sql))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        if sql.contains("ALTER TABLE") {
            // What was prepared for other columns is not asked for again.
            self.0.flush_prepared_statement_cache();
        }
        self.0.execute_batch(sql).map_err(|e| error(&e, sql))
    }

    fn each(&mut self, sql: &str, values: &[Value], row: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(&numbered(sql)).map_err(|e| error(&e, sql))?;
        let columns = statement.column_count();
        let mut rows = statement
            .query(rusqlite::params_from_iter(values.iter().map(Bound)))
            .map_err(|e| error(&e, sql))?;
        while let Some(r) = rows.next().map_err(|e| error(&e, sql))? {
            let values = (0..columns).map(|c| r.get_ref(c).map(value)).collect::<rusqlite::Result<_>>();
            row(Row(values.map_err(|e| error(&e, sql))?));
        }
        Ok(())
    }

    fn insert_new(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        let places: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
        let sql = format!(
            "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT DO NOTHING",
            columns.join(", "),
            places.join(", ")
        );
        let mut statement = self.0.prepare_cached(&sql).map_err(|e| error(&e, &sql))?;
        let mut new = 0;
        for row in rows {
            let changed = statement.execute(rusqlite::params_from_iter(row.iter().map(Bound)));
            new += changed.map_err(|e| error(&e, &sql))? as u64;
        }
        Ok(new)
    }

    fn check(&mut self) -> Result<(), StoreError> {
        // Every page carries a MAC; then whether rows and indexes fit one another.
        for sql in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
            let said = self.query(sql, &[]).map_err(|_| StoreError::Damaged)?;
            if said.iter().any(|r| !r.get::<String>(0).is_ok_and(|word| word == "ok")) {
                return Err(StoreError::Damaged);
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.batch("BEGIN IMMEDIATE")
    }

    fn begin_looking(&mut self) -> Result<(), StoreError> {
        // The first query takes the snapshot from the journal, regardless of writers.
        self.batch("BEGIN DEFERRED")
    }

    fn execute_if_free(&mut self, sql: &str, values: &[Value]) -> Result<bool, StoreError> {
        let patience = |of| self.0.busy_timeout(of).map_err(|e| StoreError::Open(plain(&e)));
        patience(Duration::ZERO)?;
        let done = self.execute(sql, values);
        self.0.busy_timeout(PATIENCE).map_err(|e| StoreError::Open(plain(&e)))?;
        match done {
            Ok(_) => Ok(true),
            Err(StoreError::Busy) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_bytes_is_no_register() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.db");
        std::fs::write(&path, []).unwrap();
        assert!(matches!(Sqlite::open(&path, &[7; 32]), Err(StoreError::Empty(_))));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    }

    /// A file that somebody else has for a moment is waited for; it is not said that the key is wrong.
    #[test]
    fn a_busy_file_is_waited_for_when_it_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.db");
        let mut holder = Sqlite::open(&path, &[7; 32]).unwrap();
        holder
            .batch("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('x')")
            .unwrap();
        let held = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            drop(holder);
        });
        let mut second = Sqlite::open(&path, &[7; 32]).unwrap();
        assert_eq!(second.query("SELECT x FROM t", &[]).unwrap().len(), 1);
        held.join().unwrap();
        assert!(matches!(Sqlite::open(&path, &[8; 32]), Err(StoreError::Key)));
    }

    #[test]
    fn the_key_of_the_whole_file_changes_while_nobody_else_has_it_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.db");
        let mut db = Sqlite::open(&path, &[7; 32]).unwrap();
        db.batch("CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('canary')").unwrap();
        let mut other = Sqlite::open(&path, &[7; 32]).unwrap();
        other.query("SELECT x FROM t", &[]).unwrap();
        assert!(matches!(db.change_key(&[8; 32]), Err(StoreError::Busy)));
        drop(other);
        db.change_key(&[8; 32]).unwrap();
        assert_eq!(db.first("SELECT x FROM t", &[]).unwrap().unwrap().get::<String>(0).unwrap(), "canary");
        drop(db);
        assert!(matches!(Sqlite::open(&path, &[7; 32]), Err(StoreError::Key)));
        let mut db = Sqlite::open(&path, &[8; 32]).unwrap();
        db.check().unwrap();
        assert_eq!(db.first("SELECT x FROM t", &[]).unwrap().unwrap().get::<String>(0).unwrap(), "canary");
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mut db = Sqlite::open(&dir.path().join("r.db"), &[7; 32]).unwrap();
        db.batch("CREATE TABLE t (x TEXT)").unwrap();
        let copy = dir.path().join("copy.db");
        db.copy_to(&copy).unwrap();
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Sqlite::open(&copy, &[7; 32]).is_ok());
    }

    #[test]
    fn the_file_opens_with_its_key_only_and_shows_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.db");
        let mut db = Sqlite::open(&path, &[7; 32]).unwrap();
        db.batch("CREATE TABLE t (x TEXT)").unwrap();
        db.execute("INSERT INTO t (x) VALUES ($1)", &["canary".into()]).unwrap();
        // The journal is there while the file is open, and as unreadable.
        for file in std::fs::read_dir(dir.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|w| w == b"canary" || w == b"SQLite"));
        }
        drop(db);
        assert!(matches!(Sqlite::open(&path, &[8; 32]), Err(StoreError::Key)));
        let mut db = Sqlite::open(&path, &[7; 32]).unwrap();
        db.check().unwrap();
        assert_eq!(db.first("SELECT x FROM t", &[]).unwrap().unwrap().get::<String>(0).unwrap(), "canary");
    }
}
