//! What people see of a record, and by what it is known again.

use std::collections::BTreeMap;

use ijsberg_linkage::record::Record;
use ijsberg_linkage::schema::Records;

/// What is compared of a record, and no more, in the order of [`FIELDS`].
pub fn shown(records: &Records, i: usize) -> [String; 11] {
    let show = |r: &Record| {
        let birth = r.birth.map_or_else(String::new, |b| {
            let part = |x: Option<u8>| x.map_or_else(String::new, |x| format!("-{x:02}"));
            format!("{}{}{}", b.year, part(b.month), part(b.day))
        });
        let one = |t: &Option<String>| t.clone().unwrap_or_default();
        [
            records.lists[r.list].clone(),
            r.given.join(" / "),
            r.family.join(" / "),
            birth,
            one(&r.sex),
            one(&r.nationality),
            one(&r.place),
            r.address.iter().filter(|a| !a.is_empty()).cloned().collect::<Vec<_>>().join(", "),
            one(&r.identifier),
            r.contacts.join(", "),
            r.own.iter().map(|o| o.text.as_str()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" / "),
        ]
    };
    show(&records.records[i])
}

/// What [`shown`] shows.
pub const FIELDS: [&str; 11] = [
    "list",
    "given",
    "family",
    "birth",
    "sex",
    "nationality",
    "place",
    "address",
    "identifier",
    "contact",
    "own",
];

/// So many of them every print holds.
const ALWAYS: usize = 9;

/// Four hexadecimal digits of a hash of what is compared of a record. They show that a line has another record now, and reveal almost
/// nothing about the record.
pub fn print_of(records: &Records, i: u32) -> String {
    let shown = shown(records, i as usize);
    // What few lists have is left out where it is empty, so that judgements of lists without it keep their prints. Those of a list with
    // telephone numbers, which were not compared once, or with several names in a cell, are other prints than before.
    let (always, rare) = shown.split_at(ALWAYS);
    let rare = rare.iter().filter(|r| !r.is_empty());
    let shown = always.iter().chain(rare).map(String::as_str).collect::<Vec<_>>().join("\u{1f}");
    crate::sha256(shown.as_bytes())[..4].to_owned()
}

/// By the name of each list four hexadecimal digits of a hash of who is on it: of names, dates of birth and identifiers. They show that
/// lists have other records now, and reveal almost nothing about a record, even to someone who knows all the others. The order of the
/// records does not matter.
pub fn prints_of_lists(records: &Records) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, Vec<String>> =
        records.lists.iter().map(|list| (list.clone(), Vec::new())).collect();
    for i in 0..records.records.len() {
        let [list, given, family, birth, _, _, _, _, identifier, _, _] = shown(records, i);
        if let Some(people) = all.get_mut(&list) {
            people.push([given, family, birth, identifier].join("\u{1f}"));
        }
    }
    let print = |mut people: Vec<String>| {
        people.sort_unstable();
        crate::sha256(people.join("\u{1e}").as_bytes())[..4].to_owned()
    };
    all.into_iter().map(|(list, people)| (list, print(people))).collect()
}

#[cfg(test)]
mod tests {
    use ijsberg_linkage::schema::{Rows, Schema};

    use super::*;

    fn prints(lists: [&[&str]; 2]) -> BTreeMap<String, String> {
        let header = ["naam", "plaats"].map(String::from);
        let rows = lists.map(|names| {
            let row = |(name, line): (&&str, u64)| (line, vec![(*name).to_owned(), "Ede".to_owned()]);
            names.iter().zip(2..).map(row).collect::<Vec<(u64, Vec<String>)>>()
        });
        let file = |(name, at): (&'static str, usize)| Rows { name, header: &header, rows: &rows[at] };
        let files = [("a", 0), ("b", 1)].map(file);
        prints_of_lists(&Schema::propose(&header).records(&files).unwrap())
    }

    #[test]
    fn lists_are_known_again_in_any_order_and_other_records_are_others() {
        let own = prints([&["Anna Bos", "Bo Vos"], &["Cas Mos"]]);
        assert_eq!(own, prints([&["Bo Vos", "Anna Bos"], &["Cas Mos"]]));
        let other = prints([&["Anna Bos", "Bo Vis"], &["Cas Mos"]]);
        assert!(own["a"] != other["a"] && own["b"] == other["b"]);
        let more = prints([&["Anna Bos", "Bo Vos"], &["Cas Mos", "Cas Mos"]]);
        assert!(own["a"] == more["a"] && own["b"] != more["b"]);
    }
}
