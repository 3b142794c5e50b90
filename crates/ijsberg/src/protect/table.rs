//! The table of capture histories as it is written.

use ijsberg_outside::Csv;
use ijsberg_tables::written::Roles;

/// Lists and counts as CSV, below a line that says what each column is.
pub(super) fn csv(lists: &[String], cells: &[(u32, impl ToString)]) -> Vec<u8> {
    let lists: Vec<String> = lists.iter().map(|l| ijsberg_outside::cell(l).into_owned()).collect();
    let mut out = Csv::below(&Roles::of_histories(&lists, "count").line());
    out.row(lists.iter().map(String::as_str).chain(["count"]));
    for (history, count) in cells {
        let row = (0..lists.len()).map(|l| (history >> l & 1).to_string());
        out.row(row.chain([count.to_string()]));
    }
    out.finish().into_bytes()
}
