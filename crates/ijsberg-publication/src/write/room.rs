//! Widths of the columns of a sheet, so that every cell is readable without widening a column.

use crate::tables::PublicTable;

/// The minimum and maximum width of a column in letters; longer texts are wrapped.
pub(super) const LETTERS: std::ops::RangeInclusive<usize> = 8..=60;

/// The width of a line in letters on a sheet without a table, such as a cover.
pub(super) const LINE: usize = 90;

/// The width of each column in letters: that of its heading or of its longest cell.
pub(super) fn letters(t: &PublicTable) -> Vec<usize> {
    let longest = |(c, column): (usize, &crate::tables::Column)| {
        let cells =
            t.rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.plain(column.holds).chars().count());
        let letters = cells.chain([column.title.chars().count()]).max().unwrap_or(0);
        letters.clamp(*LETTERS.start(), *LETTERS.end())
    };
    t.columns.iter().enumerate().map(longest).collect()
}

/// The number of lines that a text needs at a width in letters; rounded up, since letters differ in width.
pub(super) fn lines(text: &str, letters: usize) -> usize {
    let fit = letters * 9 / 10;
    text.chars().count().div_ceil(fit.max(1)).max(1)
}

/// Whether a text needs more than one line in the widest column.
pub(super) fn is_long(text: &str) -> bool {
    lines(text, *LETTERS.end()) > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::ColumnType;

    #[test]
    fn a_column_has_room_for_its_longest_cell_up_to_a_line() {
        let columns = [
            ("a", "a".to_owned(), ColumnType::Text),
            ("b", "a heading of twenty-six let".to_owned(), ColumnType::Text),
            ("c", "c".to_owned(), ColumnType::Text),
        ];
        let mut t = PublicTable::new("t", "T".to_owned(), &columns);
        t.rows.push(vec!["twelve words".into(), "b".into(), "x".repeat(200).as_str().into()]);
        assert_eq!(letters(&t), [12, 27, 60]);
        assert!(is_long(&"x".repeat(55)) && !is_long(&"x".repeat(54)));
        assert_eq!([0, 1, 54, 55, 108, 109].map(|n| lines(&"x".repeat(n), 60)), [1, 1, 1, 2, 2, 3]);
    }
}
