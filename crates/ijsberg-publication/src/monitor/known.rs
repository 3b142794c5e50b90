//! Names that a text can use, and suggestions for unknown names.

use crate::monitor::declared::editions;
use crate::monitor::entries::Facts;
use crate::monitor::parse::EDITION;
use crate::monitor::wrong::Wrong;

/// The maximum number of similar names or matching placeholders in a message.
pub(super) const NEAR: usize = 3;

/// The minimum number of common first letters of similar names.
const ALIKE: usize = 3;

/// All names including their kind, sorted.
fn known(facts: &Facts) -> Vec<String> {
    let claims = facts.claims.keys().map(|claim| format!("claim:{claim}"));
    // Names whose values are in the text itself.
    let own = ["publisher", EDITION].map(str::to_owned).into_iter().chain(editions());
    let mut all: Vec<String> =
        facts.numbers.keys().cloned().chain(claims).chain(facts.blocks.keys().cloned()).chain(own).collect();
    all.sort();
    all
}

/// The group of a name: its kind, or the part before the first dot.
fn group(name: &str) -> &str {
    name.find(':').or_else(|| name.find('.')).map_or(name, |end| &name[..=end])
}

/// The error for an unknown name. It lists names with the same beginning; if there are none, all names of its kind, or else one of each
/// group.
pub(super) fn unknown(facts: &Facts, name: &str) -> Wrong {
    let all = known(facts);
    let kind = name.split_once(':').map_or(0, |(kind, _)| kind.len() + 1);
    let of_kind: Vec<&String> = all.iter().filter(|k| kind > 0 && k.starts_with(&name[..kind])).collect();
    let alike = |known: &str| known.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
    let least = ALIKE + if of_kind.is_empty() { 0 } else { kind };
    let mut near: Vec<(usize, &String)> =
        all.iter().map(|k| (alike(k), k)).filter(|n| n.0 >= least).collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let near: Vec<String> = near.into_iter().take(NEAR).map(|n| n.1.clone()).collect();
    let possible = match (near.is_empty(), of_kind.is_empty()) {
        (false, _) => Vec::new(),
        (true, false) => of_kind.into_iter().cloned().collect(),
        (true, true) => {
            let mut one_of_each = all.clone();
            one_of_each.dedup_by(|b, a| group(b) == group(a));
            one_of_each
        }
    };
    Wrong::Unknown { name: name.to_owned(), near, possible }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::monitor::entries::Entry;

    #[test]
    fn an_unknown_name_is_reported_with_suggestions() {
        let names = ["persons.2014", "persons.2015", "persons.year", "year", "share.form.sexual"];
        let shown = |name: &str| (name.to_owned(), Entry::Shown("7".to_owned()));
        let blocks = ["part:estimate", "part:sdg", "figure:trend"].map(|name| (name.to_owned(), Vec::new()));
        let facts = Facts {
            numbers: names.map(shown).into_iter().collect(),
            claims: BTreeMap::from([("persons".to_owned(), Entry::Withheld)]),
            blocks: blocks.into_iter().collect(),
        };
        let of = |name: &str| match unknown(&facts, name) {
            Wrong::Unknown { near, possible, .. } => (near.join(" "), possible.join(" ")),
            other => panic!("{other:?}"),
        };
        let near = |names: &str| (names.to_owned(), String::new());
        assert_eq!(of("persons.2013"), near("persons.2014 persons.2015 persons.year"));
        assert_eq!(of("part:estimates"), near("part:estimate"));
        assert_eq!(of("claim:person"), near("claim:persons"));
        let possible = |names: &str| (String::new(), names.to_owned());
        assert_eq!(of("part:quality"), possible("part:estimate part:sdg"));
        assert_eq!(of("edition:signed"), possible("edition:draft edition:final"));
        // If the kind is not known either, one of each group.
        let one = "claim:persons edition edition:draft figure:trend part:estimate persons.2014 publisher \
                   share.form.sexual year";
        assert_eq!([of("qqq"), of("chart:qqq")], [possible(one), possible(one)]);
    }
}
