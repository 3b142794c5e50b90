//! Cells of columns of Arrow as a table has them, read from the buffers that the columns are in.

use std::fmt::Display;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTemporalType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, new_empty_array};
use arrow_schema::{DataType, Field, TimeUnit};

/// Writes the cell of a row, empty where it is missing; `None` for a moment too far away to have a day.
pub(crate) type Write<'a> = Box<dyn Fn(usize) -> Option<String> + 'a>;

/// Whole numbers up to here are the same as floating-point numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a column is of a kind that can be written. Of a kind with a name of its own, such as the periods of pandas, the buffers do not
/// say what its values mean.
pub(crate) fn is_written(field: &Field) -> bool {
    let empty = new_empty_array(field.data_type());
    field.extension_type_name().is_none() && written(&*empty).is_some()
}

/// What writes the cells of a column; `None` where its kind is not known here.
pub(crate) fn written(column: &dyn Array) -> Option<Write<'_>> {
    let write = present(column)?;
    Some(Box::new(move |row| if column.is_null(row) { Some(String::new()) } else { write(row) }))
}

/// The same for cells that are not missing.
fn present(column: &dyn Array) -> Option<Write<'_>> {
    match column.data_type() {
        DataType::Null => Some(Box::new(|_| Some(String::new()))),
        DataType::Boolean => {
            let flags = column.as_boolean_opt()?;
            Some(Box::new(move |row| Some(u8::from(flags.value(row)).to_string())))
        }
        DataType::Int8 => whole::<Int8Type>(column),
        DataType::Int16 => whole::<Int16Type>(column),
        DataType::Int32 => whole::<Int32Type>(column),
        DataType::Int64 => whole::<Int64Type>(column),
        DataType::UInt8 => whole::<UInt8Type>(column),
        DataType::UInt16 => whole::<UInt16Type>(column),
        DataType::UInt32 => whole::<UInt32Type>(column),
        DataType::UInt64 => whole::<UInt64Type>(column),
        DataType::Float32 => numbers::<Float32Type>(column),
        DataType::Float64 => numbers::<Float64Type>(column),
        DataType::Decimal128(_, _) => {
            let decimals = column.as_primitive_opt::<Decimal128Type>()?;
            Some(Box::new(move |row| Some(shortened(&decimals.value_as_string(row)).to_owned())))
        }
        DataType::Utf8 => {
            let texts = column.as_string_opt::<i32>()?;
            Some(Box::new(move |row| Some(texts.value(row).to_owned())))
        }
        DataType::LargeUtf8 => {
            let texts = column.as_string_opt::<i64>()?;
            Some(Box::new(move |row| Some(texts.value(row).to_owned())))
        }
        DataType::Utf8View => {
            let texts = column.as_string_view_opt()?;
            Some(Box::new(move |row| Some(texts.value(row).to_owned())))
        }
        DataType::Date32 => days::<Date32Type>(column),
        DataType::Date64 => days::<Date64Type>(column),
        DataType::Timestamp(TimeUnit::Second, None) => days::<TimestampSecondType>(column),
        DataType::Timestamp(TimeUnit::Millisecond, None) => days::<TimestampMillisecondType>(column),
        DataType::Timestamp(TimeUnit::Microsecond, None) => days::<TimestampMicrosecondType>(column),
        DataType::Timestamp(TimeUnit::Nanosecond, None) => days::<TimestampNanosecondType>(column),
        DataType::Dictionary(_, _) => categories(column),
        _ => None,
    }
}

fn whole<T: ArrowPrimitiveType<Native: Display>>(column: &dyn Array) -> Option<Write<'_>> {
    let values = column.as_primitive_opt::<T>()?;
    Some(Box::new(move |row| Some(values.value(row).to_string())))
}

fn numbers<T: ArrowPrimitiveType<Native: Display + Into<f64>>>(column: &dyn Array) -> Option<Write<'_>> {
    let values = column.as_primitive_opt::<T>()?;
    Some(Box::new(move |row| Some(number(values.value(row)))))
}

/// What is no number is missing, and a whole one is written as one: a missing value beside them turned whole numbers into others.
fn number<N: Copy + Display + Into<f64>>(value: N) -> String {
    let exactly: f64 = value.into();
    if exactly.is_nan() {
        String::new()
    } else if exactly.fract() == 0.0 && exactly.abs() <= EXACT {
        (exactly as i64).to_string()
    } else {
        value.to_string()
    }
}

/// A decimal number without the zeros at its end.
fn shortened(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

/// Days, with the time where it is not the beginning of the day.
fn days<T: ArrowTemporalType>(column: &dyn Array) -> Option<Write<'_>>
where
    i64: From<T::Native>,
{
    let values = column.as_primitive_opt::<T>()?;
    Some(Box::new(move |row| {
        let moment = values.value_as_datetime(row)?;
        let (day, time) = (moment.date(), moment.time().to_string());
        Some(if time == "00:00:00" { day.to_string() } else { format!("{day}T{time}") })
    }))
}

/// Cells that name one of a few values.
fn categories(column: &dyn Array) -> Option<Write<'_>> {
    let dictionary = column.as_any_dictionary_opt()?;
    let values = dictionary.values();
    let write = written(&**values)?;
    if values.is_empty() {
        return Some(Box::new(|_| Some(String::new())));
    }
    let names = dictionary.normalized_keys();
    Some(Box::new(move |row| names.get(row).map_or_else(|| Some(String::new()), |name| write(*name))))
}
