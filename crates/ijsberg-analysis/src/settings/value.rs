//! Values of settings in JSON: typed, or as one text the way it is typed in a form.

use ijsberg_mse::anchor::{Check, Trial};
use serde_json::Value;

/// Whether something is given at all: no null, no empty text, no empty list.
pub(super) fn is_given(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(typed) => !typed.trim().is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(all) => !all.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Yes or no.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(typed) => match typed.trim() {
            "yes" | "true" | "on" | "1" => Some(true),
            "no" | "false" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// One text.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(|typed| typed.trim().to_owned())
}

/// Texts.
pub(super) fn texts(value: &Value, separator: char) -> Option<Vec<String>> {
    match value {
        Value::String(typed) => {
            let parts = typed.split(separator).map(str::trim).filter(|part| !part.is_empty());
            Some(parts.map(str::to_owned).collect())
        }
        Value::Array(all) => all.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// A finite number, typed with a point or a comma.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(typed) => typed.trim().replace(',', ".").parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Up to here a whole number is the same wherever numbers of JSON have a floating point.
const EXACT: u64 = 1 << 53;

/// A whole number from 0 to 2^53.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let whole = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(typed) => typed.trim().parse().ok(),
        _ => None,
    };
    whole.filter(|n| *n <= EXACT)
}

/// So many values: a list, or a text with a separator.
fn parts<const N: usize, T>(
    value: &Value,
    separator: char,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<[T; N]> {
    let all: Vec<T> = match value {
        Value::Array(all) => all.iter().map(read).collect::<Option<_>>()?,
        Value::String(typed) => {
            let all = typed.split(separator).map(|part| read(&Value::from(part)));
            all.collect::<Option<_>>()?
        }
        _ => return None,
    };
    all.try_into().ok()
}

/// Two whole numbers, the smaller first.
pub(super) fn range(value: &Value) -> Option<(u64, u64)> {
    let [low, high] = parts(value, '-', whole)?;
    (low <= high && high < 1 << 32).then_some((low, high))
}

/// A share, or the smallest and the largest one.
pub(super) fn shares(value: &Value) -> Option<(f64, f64)> {
    let [low, high] = match number(value) {
        Some(both) => [both; 2],
        None => parts(value, '-', number)?,
    };
    (0.0 <= low && low <= high && high < 1.0).then_some((low, high))
}

/// Names with degrees: an object, or texts such as `year=2`.
pub(super) fn degrees(value: &Value) -> Option<Vec<(String, usize)>> {
    let degree = |n: u64| usize::try_from(n).ok().filter(|n| (1..=8).contains(n));
    if let Value::Object(all) = value {
        return all.iter().map(|(name, n)| Some((name.clone(), degree(whole(n)?)?))).collect();
    }
    let one = |given: &String| {
        let (name, n) = given.split_once('=')?;
        Some((name.trim().to_owned(), degree(n.trim().parse().ok()?)?))
    };
    texts(value, ',')?.iter().map(one).collect()
}

/// The separator of two or more numbers; with a semicolon they may have decimal commas.
fn separator(value: &Value) -> char {
    if value.as_str().is_some_and(|typed| typed.contains(';')) { ';' } else { ',' }
}

/// Sensitivity and specificity of a check that is better than chance.
pub(super) fn check(value: &Value) -> Option<Check> {
    let [sensitivity, specificity] = parts(value, separator(value), number)?;
    let is_share = |x: f64| x > 0.0 && x <= 1.0;
    let better = is_share(sensitivity) && is_share(specificity) && sensitivity + specificity > 1.0;
    better.then_some(Check { sensitivity, specificity })
}

/// A trial of a check.
pub(super) fn trial(value: &Value) -> Option<Trial> {
    let [belonging, found, others, cleared] = parts(value, separator(value), whole)?;
    let possible = belonging > 0 && others > 0 && found <= belonging && cleared <= others;
    possible.then_some(Trial { belonging, found, others, cleared })
}

/// As it is typed in, with this separator between the parts of a list; nothing for objects of objects and lists of them.
pub(super) fn typed(value: &Value, separator: char) -> Option<String> {
    let join = |parts: Option<Vec<String>>| parts.map(|parts| parts.join(&separator.to_string()));
    match value {
        Value::Null => None,
        Value::String(typed) => Some(typed.trim().to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => {
            let whole = number.as_u64().map(|n| n.to_string());
            whole.or_else(|| number.as_f64().map(|x| x.to_string()))
        }
        Value::Array(all) => join(all.iter().map(scalar).collect()),
        Value::Object(all) => {
            join(all.iter().map(|(name, one)| Some(format!("{name}={}", scalar(one)?))).collect())
        }
    }
}

/// A part of a list as it is typed in.
fn scalar(value: &Value) -> Option<String> {
    (!value.is_array() && !value.is_object()).then(|| typed(value, ',')).flatten()
}
