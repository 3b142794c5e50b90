//! What people see of a record, and by what it is known again.

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

/// Four hexadecimal digits of a hash of what is compared of a record. They tell that a line holds another record now, and next to
/// nothing of the record.
pub fn print_of(records: &Records, i: u32) -> String {
    let shown = shown(records, i as usize);
    // What few lists have is left out where it is empty, so that judgements of lists without it keep their prints. Those of a list with
    // telephone numbers, which were not compared once, or with several names in a cell, are other prints than before.
    let (always, rare) = shown.split_at(ALWAYS);
    let rare = rare.iter().filter(|r| !r.is_empty());
    let shown = always.iter().chain(rare).map(String::as_str).collect::<Vec<_>>().join("\u{1f}");
    crate::sha256(shown.as_bytes())[..4].to_owned()
}
