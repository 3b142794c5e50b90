//! Values of columns, and rows read into types: a column that holds another kind of value than its type is an error, never a 0 or an
//! empty text.

use crate::StoreError;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; truth values are 0 and 1.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(x: i64) -> Self {
        Self::Int(x)
    }
}

impl From<bool> for Value {
    fn from(x: bool) -> Self {
        Self::Int(i64::from(x))
    }
}

impl From<&str> for Value {
    fn from(x: &str) -> Self {
        Self::Text(x.to_owned())
    }
}

impl From<String> for Value {
    fn from(x: String) -> Self {
        Self::Text(x)
    }
}

impl From<&[u8]> for Value {
    fn from(x: &[u8]) -> Self {
        Self::Bytes(x.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(x: Vec<u8>) -> Self {
        Self::Bytes(x)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(x: Option<T>) -> Self {
        x.map_or(Self::Null, Into::into)
    }
}

/// A row of a query, by position: as a driver returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if there is no such column, or it holds another kind of value.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, StoreError> {
        let value = self.0.get(column).cloned();
        value.and_then(T::from_value).ok_or_else(|| unreadable(&format!("column {}", column + 1)))
    }

    /// The whole row as a type.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if it has more or fewer columns than the type, or one holds another kind of value.
    pub fn read<R: FromRow>(self) -> Result<R, StoreError> {
        R::from_row(self)
    }
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Unreadable { column: column.to_owned() }
}

/// What a value of a column is read as; nothing where it is of another kind.
pub trait FromValue: Sized {
    /// Reads a value.
    fn from_value(value: Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Int(x) = value { Some(x) } else { None }
    }
}

impl FromValue for u64 {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).and_then(|x| x.try_into().ok())
    }
}

/// Only 0 and 1: an answer that opens something must have been written.
impl FromValue for bool {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

/// A number that is kept as text.
impl FromValue for f64 {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value)?.parse().ok()
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(x) = value { Some(x) } else { None }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Bytes(x) = value { Some(x) } else { None }
    }
}

/// Bytes of a fixed length, such as a pseudonym.
impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: Value) -> Option<Self> {
        Vec::from_value(value)?.try_into().ok()
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

/// A value of a column that is under no keyed hash: anyone who can write SQL can put anything there, so that an unreadable value is read as
/// none and is no error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unguarded<T>(pub Option<T>);

impl<T: FromValue> FromValue for Unguarded<T> {
    fn from_value(value: Value) -> Option<Self> {
        Some(Self(T::from_value(value)))
    }
}

/// A type whose fields are the columns of a query.
pub trait FromRow: Sized {
    /// The columns of the query, in the order of the fields.
    const COLUMNS: &'static [&'static str];

    /// Reads a row with these columns.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if it has other columns, or one holds another kind of value.
    fn from_row(row: Row) -> Result<Self, StoreError>;

    /// The columns as a query names them.
    fn columns() -> String {
        Self::COLUMNS.join(", ")
    }
}

/// The next value of a row, for the types that [`row!`] makes.
pub(crate) fn next<T: FromValue>(
    values: &mut impl Iterator<Item = Value>,
    column: &str,
) -> Result<T, StoreError> {
    values.next().and_then(T::from_value).ok_or_else(|| unreadable(column))
}

/// Types whose fields are the columns of a query: each field has the name of its column, or gives it behind `=`.
macro_rules! row {
    ($($(#[$about:meta])* pub struct $name:ident {
        $($(#[$field_about:meta])* pub $field:ident: $type:ty $(= $column:literal)?,)+
    })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_about])* pub $field: $type,)+
        }

        impl $crate::row::FromRow for $name {
            const COLUMNS: &'static [&'static str] = &[$($crate::row::column!($field $(, $column)?)),+];

            fn from_row(row: $crate::row::Row) -> Result<Self, $crate::StoreError> {
                let mut values = row.0.into_iter();
                let row = Self {
                    $($field: $crate::row::next(
                        &mut values,
                        concat!(stringify!($name), ".", stringify!($field)),
                    )?,)+
                };
                match values.next() {
                    None => Ok(row),
                    Some(_) => Err($crate::StoreError::Unreadable { column: stringify!($name).to_owned() }),
                }
            }
        }
    )+};
}

/// The column of a field.
macro_rules! column {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident, $column:literal) => {
        $column
    };
}

pub(crate) use {column, row};

#[cfg(test)]
#[expect(unreachable_pub, reason = "rows are public where they are of a table")]
mod tests {
    use super::*;

    row! {
        /// An account.
        pub struct Account {
            /// Its name.
            pub name: String,
            /// It is closed.
            pub disabled: bool,
            /// When it was used last.
            pub last: Option<i64> = "MAX(at_time)",
        }
    }

    #[test]
    fn a_row_is_read_by_the_names_of_its_type() {
        assert_eq!(Account::columns(), "name, disabled, MAX(at_time)");
        let row = |values: Vec<Value>| Row(values).read::<Account>();
        let read = row(vec!["eve".into(), 0.into(), Value::Null]).unwrap();
        assert_eq!(read, Account { name: "eve".to_owned(), disabled: false, last: None });
        // An account whose row cannot be read is not an open one.
        for wrong in [Value::Null, Value::Int(2), "0".into()] {
            let error = row(vec!["eve".into(), wrong, Value::Null]).unwrap_err();
            assert!(matches!(error, StoreError::Unreadable { column } if column == "Account.disabled"));
        }
        assert!(row(vec!["eve".into(), 0.into()]).is_err());
        assert!(row(vec!["eve".into(), 0.into(), 1.into(), 1.into()]).is_err());
    }

    #[test]
    fn a_value_is_read_only_as_its_kind() {
        let row = Row(vec![Value::Int(0), Value::Int(-1), Value::Null, "0.5".into(), vec![1_u8, 2].into()]);
        assert_eq!((row.get::<i64>(0).unwrap(), row.get::<bool>(0).unwrap()), (0, false));
        assert!(row.get::<u64>(1).is_err() && row.get::<i64>(2).is_err() && row.get::<String>(0).is_err());
        assert_eq!(row.get::<Option<i64>>(2).unwrap(), None);
        assert!((row.get::<f64>(3).unwrap() - 0.5).abs() < f64::EPSILON);
        assert_eq!(row.get::<[u8; 2]>(4).unwrap(), [1, 2]);
        assert!(row.get::<[u8; 3]>(4).is_err() && row.get::<i64>(5).is_err());
        assert_eq!(row.get::<Unguarded<String>>(0).unwrap(), Unguarded(None));
        assert_eq!(row.get::<Unguarded<String>>(3).unwrap(), Unguarded(Some("0.5".to_owned())));
    }
}
