//! The storage, behind a keyed hash of every row and a sum over every table.
//!
//! Each row of a guarded table carries a keyed hash of all its columns and of the name of its table. Half of it is stored in the row: a row
//! that was changed, or moved from elsewhere, is detected when it is read. The other half is added up over the table (the multiset hash of
//! Clarke and others 2003) and the sum is sealed: deleted rows, and rows reverted to an earlier version, are detected when the table is
//! verified. Every read and write passes through here; a statement that cannot be analysed is refused. All SQL text of the register is in
//! this module and below it: it repeats and rewrites statements, and contains no statement of a use case.

mod apart;
mod rows;
pub(crate) mod statement;
pub(crate) mod tables;

use std::fmt::Write as _;

use ijsberg_crypto::Key;
use ijsberg_store::{Dialect, Driver, Fault, Row, StoreError, Value, words};

pub(crate) use crate::guarded::apart::Finds;
pub(crate) use crate::guarded::rows::Sum;
use crate::guarded::rows::{by_keys, checked, hashed, keys_of};
use crate::guarded::statement::Write;
use crate::guarded::tables::{LOOSE, TABLES, Table, place};

/// Rows that are looked up by one statement.
const AT_ONCE: usize = 200;

/// Sums of all tables.
pub(crate) type Sums = [Sum; TABLES.len()];

/// The storage, guarded.
pub(crate) struct Guarded {
    inner: Box<dyn Driver>,
    key: Option<Key>,
    pub(crate) sums: Sums,
    /// Something was written since the sums were last kept.
    pub(crate) unkept: bool,
    /// Whether the stored sums are those of an earlier version, which guarded fewer tables: the next entry of the log stores them anew,
    /// since it authenticates all.
    pub(crate) earlier: bool,
    /// A snapshot is open, and nothing may be written.
    looking: bool,
    pub(crate) finds: Finds,
}

fn refused(sql: &str) -> StoreError {
    StoreError::Statement { what: Fault::Unfollowed, statement: words(sql) }
}

fn only_looking(sql: &str) -> StoreError {
    StoreError::Statement { what: Fault::OnlyLooking, statement: words(sql) }
}

/// Columns that are under no keyed hash.
fn loose(table: &str, columns: &[&str]) -> bool {
    columns.iter().all(|c| LOOSE.contains(&(table, c)))
}

impl Guarded {
    pub(crate) fn new(inner: Box<dyn Driver>) -> Self {
        let sums = Sums::default();
        Self {
            inner,
            key: None,
            sums,
            unkept: false,
            earlier: false,
            looking: false,
            finds: Finds::Unrestricted,
        }
    }

    /// The storage itself.
    pub(crate) fn raw(&mut self) -> &mut dyn Driver {
        self.inner.as_mut()
    }

    pub(crate) fn as_mut(&mut self) -> &mut dyn Driver {
        self
    }

    pub(crate) fn set_key(&mut self, key: Key) {
        self.key = Some(key);
    }

    fn key(&self) -> Result<Key, StoreError> {
        self.key.clone().ok_or(StoreError::Key)
    }

    fn select(&mut self, table: &Table, condition: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let sql = format!("SELECT {}, mac FROM {} WHERE {condition}", table.columns.join(", "), table.name);
        self.inner.query(&sql, values)
    }

    /// Rows by their keys, a number of them at a time.
    fn by_key(&mut self, table: &Table, keys: &[Vec<Value>]) -> Result<Vec<Row>, StoreError> {
        let mut all = Vec::with_capacity(keys.len());
        for part in keys.chunks(AT_ONCE) {
            let (condition, values) = by_keys(table, part);
            all.extend(self.select(table, &condition, &values)?);
        }
        Ok(all)
    }

    /// Rows that are about to be changed: checked, and taken out of the sum.
    fn leaving(&mut self, at: usize, rows: &[Row]) -> Result<Vec<Vec<Value>>, StoreError> {
        let (table, key) = (&TABLES[at], self.key()?);
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let hidden = checked(&key, table, &row.0)?;
            self.sums[at].take(hidden);
            keys.push(keys_of(table, &row.0));
        }
        self.unkept |= !rows.is_empty();
        Ok(keys)
    }

    /// Rows that were written: hashed anew, and put into the sum.
    fn arriving(&mut self, at: usize, keys: &[Vec<Value>]) -> Result<(), StoreError> {
        let (table, key) = (&TABLES[at], self.key()?);
        let rows = self.by_key(table, keys)?;
        let mut macs = Vec::with_capacity(rows.len());
        for row in &rows {
            let (shown, hidden) = hashed(&key, table, &row.0[..table.columns.len()]);
            self.sums[at].add(hidden);
            macs.push((keys_of(table, &row.0), shown));
        }
        self.unkept |= !rows.is_empty();
        for part in macs.chunks(AT_ONCE) {
            self.write_macs(table, part)?;
        }
        Ok(())
    }

    fn write_macs(&mut self, table: &Table, macs: &[(Vec<Value>, Vec<u8>)]) -> Result<(), StoreError> {
        let bytes = if self.inner.dialect() == Dialect::Sqlite { "BLOB" } else { "BYTEA" };
        let (mut cases, mut values): (String, Vec<Value>) = (String::new(), Vec::new());
        for (key, mac) in macs {
            let mut each = Vec::new();
            for (column, value) in table.key.iter().zip(key) {
                values.push(value.clone());
                each.push(format!("{column} = ${}", values.len()));
            }
            values.push(mac.as_slice().into());
            // Writing to memory cannot fail.
            let _ = write!(cases, "WHEN {} THEN CAST(${} AS {bytes}) ", each.join(" AND "), values.len());
        }
        let keys: Vec<Vec<Value>> = macs.iter().map(|m| m.0.clone()).collect();
        let (condition, more) = by_keys(table, &keys);
        let (condition, more) = statement::numbered(&condition, &more, values.len());
        values.extend(more);
        let sql = format!("UPDATE {} SET mac = CASE {cases}END WHERE {condition}", table.name);
        self.inner.execute(&sql, &values)?;
        Ok(())
    }

    fn written(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let statement = statement::write(sql);
        let name = match &statement {
            Some(Write::Insert { table, .. } | Write::Update { table, .. } | Write::Delete { table, .. }) => {
                *table
            }
            None if TABLES.iter().any(|t| sql.contains(t.name)) => return Err(refused(sql)),
            None => return self.inner.execute(sql, values),
        };
        let Some(at) = place(name) else { return self.inner.execute(sql, values) };
        let table = &TABLES[at];
        if let Some(Write::Update { columns, .. }) = &statement
            && loose(name, columns)
        {
            return self.inner.execute(sql, values);
        }
        let (keys, before) = match statement {
            Some(Write::Insert { columns, values: given, .. }) => {
                let of = |k: &&str| statement::value(given[columns.iter().position(|c| c == k)?], values);
                let key: Vec<Value> = table.key.iter().filter_map(of).collect();
                if key.len() < table.key.len() {
                    return Err(refused(sql));
                }
                let before = self.by_key(table, std::slice::from_ref(&key))?;
                self.leaving(at, &before)?;
                (vec![key], before.len())
            }
            Some(Write::Update { condition, .. } | Write::Delete { condition, .. }) => {
                let (condition, values) = statement::numbered(condition, values, 0);
                let before = self.select(table, &condition, &values)?;
                if !self.finds_all(table, &condition, &values, before.len())? {
                    return Err(refused(sql));
                }
                (self.leaving(at, &before)?, before.len())
            }
            None => return Err(refused(sql)),
        };
        if keys.is_empty() {
            return Ok(0);
        }
        let changed = self.inner.execute(sql, values)?;
        self.arriving(at, &keys)?;
        self.unkept |= before > 0;
        Ok(changed)
    }

    /// Verifies all rows of a table, adds up their sum anew, and hands over each row.
    pub(crate) fn count(&mut self, at: usize, each: &mut dyn FnMut(Row)) -> Result<Sum, StoreError> {
        let (table, key) = (&TABLES[at], self.key()?);
        let (mut sum, mut wrong) = (Sum::default(), None);
        let sql = format!("SELECT {}, mac FROM {}", table.columns.join(", "), table.name);
        self.inner.each(&sql, &[], &mut |row| match checked(&key, table, &row.0) {
            Ok(hidden) => {
                sum.add(hidden);
                each(row);
            }
            Err(error) => drop(wrong.get_or_insert(error)),
        })?;
        wrong.map_or(Ok(sum), Err)
    }

    /// Hashes all rows of a table anew, after they were written past the guard. The caller has verified the table before.
    pub(crate) fn hash_anew(&mut self, at: usize) -> Result<(), StoreError> {
        let table = &TABLES[at];
        self.sums[at] = Sum::default();
        let sql = format!("SELECT {} FROM {}", table.key.join(", "), table.name);
        let mut keys = Vec::new();
        self.inner.each(&sql, &[], &mut |row| keys.push(row.0))?;
        for part in keys.chunks(AT_ONCE) {
            self.arriving(at, part)?;
        }
        self.unkept = true;
        Ok(())
    }

    /// The sums as they are kept.
    pub(crate) fn sums_in_bytes(sums: &Sums) -> Vec<u8> {
        sums.iter()
            .flat_map(|s| [s.rows.to_le_bytes().as_slice(), &s.hidden.to_le_bytes()].concat())
            .collect()
    }

    /// The sums as they were kept; tables that came later had none.
    pub(crate) fn sums_of_bytes(bytes: &[u8]) -> Sums {
        let mut sums = Sums::default();
        for (sum, part) in sums.iter_mut().zip(bytes.chunks_exact(24)) {
            let (rows, hidden) = part.split_at(8);
            sum.rows = rows.try_into().map_or(0, i64::from_le_bytes);
            sum.hidden = hidden.try_into().map_or(0, u128::from_le_bytes);
        }
        sums
    }
}

impl Driver for Guarded {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        if self.looking {
            return Err(only_looking(sql));
        }
        self.written(sql, values)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.inner.batch(sql)
    }

    fn each(&mut self, sql: &str, values: &[Value], row: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        let guarded =
            statement::query(sql).and_then(|(list, name, tail)| Some((list, &TABLES[place(name)?], tail)));
        let asked = self.put(sql);
        let Some((list, table, tail)) = guarded else { return self.inner.each(&asked, values, row) };
        let (key, columns) = (self.key()?, table.columns.join(", "));
        let mut wrong = None;
        if list.starts_with("DISTINCT ") {
            let (tail, used) = statement::numbered(tail, values, 0);
            let whole = self.put(&format!("SELECT {columns}, mac FROM {} {tail}", table.name));
            self.inner.each(&whole, &used, &mut |r| {
                if let Err(error) = checked(&key, table, &r.0) {
                    wrong.get_or_insert(error);
                }
            })?;
            return wrong.map_or_else(|| self.inner.each(&asked, values, row), Err);
        }
        let whole = self.put(&format!("SELECT {list}, {columns}, mac FROM {} {tail}", table.name));
        self.inner.each(&whole, values, &mut |mut r| {
            if wrong.is_some() {
                return;
            }
            let own = r.0.len() - table.columns.len() - 1;
            match checked(&key, table, &r.0[own..]) {
                Ok(_) => {
                    r.0.truncate(own);
                    row(r);
                }
                Err(error) => wrong = Some(error),
            }
        })?;
        wrong.map_or(Ok(()), Err)
    }

    fn insert_new(
        &mut self,
        name: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        if self.looking {
            return Err(only_looking(name));
        }
        let Some(at) = place(name) else { return self.inner.insert_new(name, columns, rows) };
        let (table, key) = (&TABLES[at], self.key()?);
        if columns.iter().any(|c| !table.columns.contains(c)) {
            return Err(refused(name));
        }
        let from: Vec<Option<usize>> =
            table.columns.iter().map(|c| columns.iter().position(|given| given == c)).collect();
        let mut made: Vec<(Vec<Value>, Vec<u8>, u128)> = Vec::new();
        let mut whole = rows.map(|row| {
            let mut all: Vec<Value> =
                from.iter().map(|f| f.map_or(Value::Null, |f| row[f].clone())).collect();
            let (shown, hidden) = hashed(&key, table, &all);
            made.push((keys_of(table, &all), shown.clone(), hidden));
            all.push(shown.into());
            all
        });
        let with: Vec<&str> = table.columns.iter().copied().chain(["mac"]).collect();
        let new = self.inner.insert_new(name, &with, &mut whole)?;
        drop(whole);
        self.unkept |= new > 0;
        if new as usize == made.len() {
            made.iter().for_each(|m| self.sums[at].add(m.2));
            return Ok(new);
        }
        // Some rows existed already; a row whose new hash is stored is new. Rows with the same key and content are one row.
        let mut there = std::collections::HashSet::new();
        let keys: Vec<Vec<Value>> = made.iter().map(|m| m.0.clone()).collect();
        for row in self.by_key(table, &keys)? {
            there.insert(row.get::<Option<Vec<u8>>>(table.columns.len())?.unwrap_or_default());
        }
        let mut counted = 0;
        for (_, shown, hidden) in &made {
            if there.remove(shown) {
                self.sums[at].add(*hidden);
                counted += 1;
            }
        }
        // A row that was there before with the same content would be counted twice.
        if counted == new { Ok(new) } else { Err(refused(name)) }
    }

    fn check(&mut self) -> Result<(), StoreError> {
        self.inner.check()
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.inner.begin()
    }

    fn begin_looking(&mut self) -> Result<(), StoreError> {
        self.inner.begin_looking()?;
        self.looking = true;
        Ok(())
    }

    fn execute_if_free(&mut self, sql: &str, values: &[Value]) -> Result<bool, StoreError> {
        // What has a keyed hash is written with it, within a transaction.
        match statement::write(sql) {
            Some(Write::Update { table, columns, .. }) if loose(table, &columns) => {
                self.inner.execute_if_free(sql, values)
            }
            _ => Err(refused(sql)),
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.inner.commit()
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        self.looking = false;
        self.inner.rollback()
    }
}

impl std::ops::Deref for Guarded {
    type Target = dyn Driver;

    fn deref(&self) -> &Self::Target {
        self
    }
}

impl std::ops::DerefMut for Guarded {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self
    }
}
