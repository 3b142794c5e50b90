//! A record as fields with a text each.

use std::collections::BTreeMap;

use ijsberg_outside::seen;
use serde_json::Value;

use crate::PullError;

/// Characters of the name of a field with its groups, far more than forms have. A server that is not what it should be could make many
/// long names of few bytes.
const LONGEST: usize = 500;

/// Fields of a record that come to the same name.
const ALIKE: usize = 50;

/// Fields of a record by name; those without a value are not there.
pub(crate) type Fields = BTreeMap<String, String>;

/// The fields of a record: names of groups and fields with `/` between them, as KoBo writes them. Several values of one field have `;`
/// between them; what is repeated is numbered from 1.
pub(crate) fn flat(record: &Value) -> Result<Fields, PullError> {
    let mut fields = Fields::new();
    put("", record, &mut fields)?;
    Ok(fields)
}

/// A value as a text; none where it is no single value.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn put(path: &str, value: &Value, fields: &mut Fields) -> Result<(), PullError> {
    if path.len() > LONGEST {
        return Err(PullError::Answer);
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    match value {
        Value::Object(of) => of.iter().try_for_each(|(name, v)| put(&below(&seen(name)), v, fields)),
        Value::Array(of) if of.iter().any(|v| v.is_object() || v.is_array()) => {
            of.iter().enumerate().try_for_each(|(i, v)| put(&below(&(i + 1).to_string()), v, fields))
        }
        Value::Array(of) => {
            let all: Vec<String> = of.iter().filter_map(text).collect();
            insert(path, all.join(";"), fields)
        }
        one => insert(path, text(one).unwrap_or_default(), fields),
    }
}

/// Two fields that come to the same name, such as `a/b` and `b` in `a`, are both kept.
fn insert(name: &str, text: String, fields: &mut Fields) -> Result<(), PullError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let names = (0..ALIKE).map(|n| name.to_owned() + &"'".repeat(n));
    let free = names.into_iter().find(|name| !fields.contains_key(name)).ok_or(PullError::Answer)?;
    fields.insert(free, text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_flat_and_the_same_each_time() {
        let record = json!({
            "name": "Synthetic", "age": 25, "minor": false, "none": null, "empty": " ", "a/b": "1",
            "a": {"b": "2", "c": {"d": 1.5}}, "forms": ["LABOUR", "SEXUAL"], "no": [],
            "children": [{"age": 3}, {"age": 4, "names": ["x"]}]
        });
        let fields = flat(&record).unwrap();
        let expected = [
            ("a/b", "1"),
            ("a/b'", "2"),
            ("a/c/d", "1.5"),
            ("age", "25"),
            ("children/1/age", "3"),
            ("children/2/age", "4"),
            ("children/2/names", "x"),
            ("forms", "LABOUR;SEXUAL"),
            ("minor", "false"),
            ("name", "Synthetic"),
        ];
        assert_eq!(fields.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect::<Vec<_>>(), expected);
        assert_eq!(flat(&record).unwrap(), fields);
        // What cannot be seen in a name would not be found in a mapping either.
        assert_eq!(flat(&json!({"a\u{202e}b": "x"})).unwrap().keys().collect::<Vec<_>>(), ["ab"]);
        // Names that would take more room than the answer did.
        assert!(flat(&json!({"k".repeat(600): {"a": 1, "b": 2}})).is_err());
        let alike: String =
            (0..60).map(|n| "\u{200b}".repeat(n)).fold(String::new(), |all, s| all + &format!("\"a{s}\":1,"));
        assert!(
            flat(&serde_json::from_str(&format!("{{{}}}", alike.trim_end_matches(','))).unwrap()).is_err()
        );
    }
}
