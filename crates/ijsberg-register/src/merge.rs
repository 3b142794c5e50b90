//! Two users change one record: changes of different fields are merged, conflicting changes are decided by a person.

use serde_json::{Map, Value};

/// Fields by name; a record is flat at its top.
pub type Fields = Map<String, Value>;

/// Merges a change made to `base` into what is there `now`. Fields that both changed, and to different values, are the error.
///
/// # Errors
/// The names of those fields.
pub fn merge(base: &Fields, now: &Fields, mine: &Fields) -> Result<Fields, Vec<String>> {
    let mut merged = now.clone();
    let mut conflicts = Vec::new();
    let names = base.keys().chain(mine.keys());
    for name in names {
        let (before, there, here) = (base.get(name), now.get(name), mine.get(name));
        if here == before || here == there {
            continue;
        }
        if there != before {
            if !conflicts.contains(name) {
                conflicts.push(name.clone());
            }
            continue;
        }
        match here {
            Some(value) => merged.insert(name.clone(), value.clone()),
            None => merged.remove(name),
        };
    }
    if conflicts.is_empty() { Ok(merged) } else { Err(conflicts) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields_of(v: &Value) -> Fields {
        v.as_object().unwrap().clone()
    }

    #[test]
    fn changes_of_different_fields_are_merged() {
        let base = fields_of(&json!({"a": 1, "b": 2, "c": 3}));
        let now = fields_of(&json!({"a": 9, "b": 2, "c": 3}));
        assert_eq!(
            merge(&base, &now, &fields_of(&json!({"a": 1, "b": 8}))),
            Ok(fields_of(&json!({"a": 9, "b": 8})))
        );
        // Both came to the same.
        assert_eq!(
            merge(&base, &now, &fields_of(&json!({"a": 9, "b": 2, "c": 3, "d": 4}))),
            Ok(fields_of(&json!({"a": 9, "b": 2, "c": 3, "d": 4})))
        );
    }

    #[test]
    fn conflicting_changes_are_left_to_a_person() {
        let base = fields_of(&json!({"a": 1, "b": 2}));
        let now = fields_of(&json!({"a": 9, "b": 7, "new": 1}));
        assert_eq!(
            merge(&base, &now, &fields_of(&json!({"a": 5, "new": 2}))),
            Err(vec!["a".into(), "b".into(), "new".into()])
        );
    }
}
