//! How wide the columns of a table are, told from the letters of their longest cells.

/// A cell of more letters than this has words enough for several lines.
const LONG: usize = 28;

/// A column of such cells has room for at least so many.
const LEAST: usize = 20;

/// A column of up to so many letters keeps its width.
const SHORT: usize = 12;

/// Letters of a line of a table, about; of the smallest letters there are more.
const LINE: usize = 100;

/// Letters that fit in the space between two columns, about.
const BETWEEN: usize = 2;

/// The most letters of a line by which a column is measured: what is longer takes more lines.
const MOST: usize = 60;

/// How long what a column holds is, in letters, its head included.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Letters {
    /// The longest cell.
    cell: usize,
    /// The longest word.
    word: usize,
}

impl Letters {
    /// Of the cells of a column.
    pub(crate) fn from_cells<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        cells.fold(Self::default(), |longest, cell| {
            let word = cell.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
            Self { cell: longest.cell.max(cell.chars().count()), word: longest.word.max(word) }
        })
    }

    fn is_long(self) -> bool {
        self.cell > LONG
    }

    /// Whether a narrower column would hold it on more lines.
    fn gives_way(self) -> bool {
        self.is_long() || (self.cell > SHORT && self.word < self.cell)
    }
}

/// Widths of columns.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Widths {
    /// The share of a column in what is left; 0 for one that is as wide as its longest cell.
    pub(crate) shares: Vec<usize>,
    /// So little is left that words are broken.
    pub(crate) tight: bool,
}

/// The widths of columns that hold such letters. Columns with long cells have what the others leave; where that is too little for them,
/// every column of several words gives way.
pub(crate) fn widths(columns: &[Letters]) -> Widths {
    let others: usize = columns.iter().filter(|c| !c.is_long()).map(|c| c.cell + BETWEEN).sum();
    let long = columns.iter().filter(|c| c.is_long()).count();
    let tight = long > 0 && others + long * (LEAST + BETWEEN) > LINE;
    let share = |c: &Letters| {
        if tight && c.gives_way() { c.cell.min(MOST) } else { usize::from(!tight && c.is_long()) }
    };
    Widths { shares: columns.iter().map(share).collect(), tight }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> (Vec<usize>, bool) {
        let columns: Vec<Letters> =
            cells.iter().map(|cell| Letters::from_cells([*cell].into_iter())).collect();
        let Widths { shares, tight } = widths(&columns);
        (shares, tight)
    }

    #[test]
    fn the_longest_cell_and_the_longest_word_count() {
        let Letters { cell, word } =
            Letters::from_cells(["é", "counted by", "a b c", "Nederlanders"].into_iter());
        assert_eq!((cell, word), (12, 12));
    }

    #[test]
    fn long_cells_have_what_other_columns_leave_and_where_that_is_little_others_give_way() {
        let (formula, remark) = ("P:K,".repeat(50), "The file does not break the count down. ".repeat(2));
        assert_eq!(of(&["two words and a third", "Estimate", "Lower limit"]), (vec![0, 0, 0], false));
        let model = ["loglinear-best-bic", "Estimate", "Lower limit", "Upper limit", formula.as_str()];
        assert_eq!(of(&model), (vec![0, 0, 0, 0, 1], false));
        assert_eq!(of(&[remark.as_str(), "Estimate", formula.as_str()]), (vec![1, 0, 1], false));
        // A code has no place where a line could end.
        let suspected = [
            "persons suspected",
            "form of exploitation",
            "SLAVERY_OR_SIMILAR",
            "other EU member state",
            "number",
            "kind of cell",
            remark.as_str(),
            "preliminary",
        ];
        assert_eq!(of(&suspected), (vec![17, 20, 0, 21, 0, 0, 60, 0], true));
    }
}
