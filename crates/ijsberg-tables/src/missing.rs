//! What a cell says that says nothing.

/// Whether a value is missing.
pub(crate) fn is_missing(cell: &str) -> bool {
    matches!(cell.trim().to_lowercase().as_str(), "" | "na" | "n/a" | "nan" | "null" | "none" | "<na>")
}

/// Words for nothing in a column of counts.
const NOTHING: [&str; 9] = ["?", "onbekend", "unknown", "nvt", "n.v.t.", "n.b.", "#n/a", "#n/b", "leeg"];

/// What a spreadsheet shows where a formula has no value, in English and in Dutch, with `!` or `?` at the end.
const FORMULA: [&str; 14] = [
    "#ref",
    "#verw",
    "#value",
    "#waarde",
    "#name",
    "#naam",
    "#div/0",
    "#deel/0",
    "#num",
    "#getal",
    "#null",
    "#leeg",
    "#spill",
    "#overloop",
];

/// Whether a cell of a column of counts says that nothing is known.
pub(crate) fn says_nothing(cell: &str) -> bool {
    let cell = cell.trim().to_lowercase();
    let formula = cell.strip_suffix(['!', '?']).is_some_and(|name| FORMULA.contains(&name));
    is_missing(&cell) || formula || NOTHING.contains(&cell.as_str())
}
