//! Room for the columns of a sheet: who opens it reads every cell without widening a column first.

use crate::tables::PublicTable;

/// The fewest and the most letters that a column has room for; longer texts are wrapped.
pub(super) const LETTERS: std::ops::RangeInclusive<usize> = 8..=60;

/// Letters of a line on a page of its own, such as a cover.
pub(super) const LINE: usize = 90;

/// Letters that each column has room for: those of its heading and of its longest cell.
pub(super) fn letters(t: &PublicTable) -> Vec<usize> {
    let longest = |(c, column): (usize, &crate::tables::Column)| {
        let cells =
            t.rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.plain(column.holds).chars().count());
        let letters = cells.chain([column.title.chars().count()]).max().unwrap_or(0);
        letters.clamp(*LETTERS.start(), *LETTERS.end())
    };
    t.columns.iter().enumerate().map(longest).collect()
}

/// Whether a text needs more than one line in the widest column.
pub(super) fn is_long(text: &str) -> bool {
    text.chars().count() > *LETTERS.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Holds;

    #[test]
    fn a_column_has_room_for_its_longest_cell_up_to_a_line() {
        let columns = [
            ("a", "a".to_owned(), Holds::Text),
            ("b", "a heading of twenty-six let".to_owned(), Holds::Text),
            ("c", "c".to_owned(), Holds::Text),
        ];
        let mut t = PublicTable::new("t", "T".to_owned(), &columns);
        t.rows.push(vec!["twelve words".into(), "b".into(), "x".repeat(200).as_str().into()]);
        assert_eq!(letters(&t), [12, 27, 60]);
        assert!(is_long(&"x".repeat(61)) && !is_long(&"x".repeat(60)));
    }
}
