//! Queries read into types.

use crate::row::{FromRow, FromValue, Row};
use crate::{Driver, StoreError, Value, words};

/// All rows of a query; `rest` is what follows its columns, from `FROM` on.
pub(crate) fn all<R: FromRow>(
    driver: &mut dyn Driver,
    rest: &str,
    values: &[Value],
) -> Result<Vec<R>, StoreError> {
    let mut rows = Vec::new();
    each(driver, rest, values, &mut |row| rows.push(row))?;
    Ok(rows)
}

/// The first row of a query.
pub(crate) fn one<R: FromRow>(
    driver: &mut dyn Driver,
    rest: &str,
    values: &[Value],
) -> Result<Option<R>, StoreError> {
    let sql = format!("SELECT {} {rest}", R::columns());
    driver.first(&sql, values)?.map(Row::read).transpose()
}

/// Hands over each row of a query, up to the first that cannot be read.
pub(crate) fn each<R: FromRow>(
    driver: &mut dyn Driver,
    rest: &str,
    values: &[Value],
    row: &mut dyn FnMut(R),
) -> Result<(), StoreError> {
    let mut wrong = None;
    let sql = format!("SELECT {} {rest}", R::columns());
    driver.each(&sql, values, &mut |read| {
        if wrong.is_none() {
            match read.read() {
                Ok(read) => row(read),
                Err(error) => wrong = Some(error),
            }
        }
    })?;
    wrong.map_or(Ok(()), Err)
}

/// The first column of a row; an error names the statement if it cannot be read.
fn first<T: FromValue>(row: &Row, sql: &str) -> Result<T, StoreError> {
    row.get(0).map_err(|_| StoreError::Unreadable { column: words(sql) })
}

/// The first column of all rows of a statement.
pub(crate) fn column<T: FromValue>(
    driver: &mut dyn Driver,
    sql: &str,
    values: &[Value],
) -> Result<Vec<T>, StoreError> {
    driver.query(sql, values)?.iter().map(|row| first(row, sql)).collect()
}

/// The first column of the first row of a statement.
pub(crate) fn value<T: FromValue>(
    driver: &mut dyn Driver,
    sql: &str,
    values: &[Value],
) -> Result<Option<T>, StoreError> {
    driver.first(sql, values)?.map(|row| first(&row, sql)).transpose()
}

/// How many a statement counts.
pub(crate) fn count(driver: &mut dyn Driver, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
    Ok(value(driver, sql, values)?.unwrap_or(0))
}

/// Whether a statement finds anything.
pub(crate) fn finds(driver: &mut dyn Driver, sql: &str, values: &[Value]) -> Result<bool, StoreError> {
    Ok(driver.first(sql, values)?.is_some())
}

/// Places of so many values in a statement, from a number on: `$3, $4, $5`.
pub(crate) fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}
