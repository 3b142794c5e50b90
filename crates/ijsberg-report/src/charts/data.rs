//! The figures of a chart.

use std::fmt::Write;

use ijsberg_outside::Csv;

use crate::charts::escape;
use crate::text::Text;

/// What readers see where there is nothing.
const NOTHING: &str = "–";

/// Around a table that may be wider than the page: it can be moved with keys.
pub(crate) const WIDE: &str = "<div class=\"wide\" tabindex=\"0\">\n";

/// The figures of a chart: a table for readers, and a file for programs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Data {
    /// The columns: the name that programs read, and the head that readers see. A column without a head is for programs alone.
    pub columns: Vec<(&'static str, String)>,
    /// The rows; the first cell of each says what the others are of.
    pub rows: Vec<Vec<Cell>>,
    /// What opens the table on a page.
    opener: String,
}

/// A cell of the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// As readers see it.
    pub shown: String,
    /// As programs read it; empty where there is nothing, and where there is no limit.
    pub plain: String,
}

impl Cell {
    /// Words, the same for readers and for programs.
    pub(crate) fn words(words: &str) -> Self {
        Self::named(words, words)
    }

    /// Words of the reader's language, beside the name that programs know them by.
    pub(crate) fn named(shown: &str, plain: &str) -> Self {
        Self { shown: shown.to_owned(), plain: plain.to_owned() }
    }

    /// Nothing.
    pub(crate) fn nothing() -> Self {
        Self::named(NOTHING, "")
    }

    /// A number of people or of things.
    pub(crate) fn number(text: &Text, x: impl Into<Option<f64>>) -> Self {
        Self::number_as(x.into(), |x| text.number(x))
    }

    /// A number with decimals.
    pub(crate) fn decimal(text: &Text, x: f64, places: usize) -> Self {
        Self::number_as(Some(x), |x| text.decimal(x, places))
    }

    /// A share of one, for readers as a percentage.
    pub(crate) fn percent(text: &Text, x: f64) -> Self {
        Self::number_as(Some(x), |x| text.percent(x))
    }

    /// The attribute by which it is sorted; see [`sorted_by`].
    pub(crate) fn sorted_by(&self) -> String {
        sorted_by(self.plain.parse().ok())
    }

    fn number_as(x: Option<f64>, shown: impl Fn(f64) -> String) -> Self {
        let Some(x) = x.filter(|x| !x.is_nan()) else { return Self::nothing() };
        Self { shown: shown(x), plain: if x.is_finite() { x.to_string() } else { String::new() } }
    }
}

impl Data {
    /// Columns without rows.
    pub(crate) fn new(text: &Text, columns: impl Into<Vec<(&'static str, String)>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), opener: text.say("chart-table") }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    /// The first cell of a row as programs read it, which is what charts and tables share.
    pub(crate) fn key(&self, row: usize) -> &str {
        match self.rows.get(row).map(Vec::as_slice) {
            Some([first, ..]) => &first.plain,
            _ => "",
        }
    }

    /// A row in words: what it is of, then each number below its head.
    pub(crate) fn said(&self, row: usize) -> String {
        let Some(cells) = self.rows.get(row) else { return String::new() };
        let mut said = String::new();
        for (k, (cell, (_, head))) in cells.iter().zip(&self.columns).enumerate() {
            if k == 0 {
                said.push_str(&cell.shown);
            } else if !head.is_empty() && cell.shown != NOTHING {
                let _ = write!(said, "; {head}: {}", cell.shown);
            }
        }
        said
    }

    /// As CSV: every column, numbers as they are, and nothing where there is no limit.
    pub fn csv(&self) -> String {
        let mut out = Csv::new();
        out.row(self.columns.iter().map(|(name, _)| name));
        for cells in &self.rows {
            out.row(cells.iter().map(|cell| &cell.plain));
        }
        out.finish()
    }

    /// As a table that a page shows when it is asked for, and nothing where there are no figures. A page with a script can sort it, and shows
    /// which rows of other charts and tables are of the same.
    pub(crate) fn folded(&self, out: &mut String, caption: &str, scripts: bool) {
        if self.rows.is_empty() {
            return;
        }
        let sortable = if scripts { " class=\"sortable\"" } else { "" };
        let _ = write!(
            out,
            "<details class=\"figures\">\n<summary>{}</summary>\n{WIDE}<table{sortable}>\n<caption>{}</caption>\n<thead><tr>",
            escape(&self.opener),
            escape(caption),
        );
        for (_, head) in self.columns.iter().filter(|(_, head)| !head.is_empty()) {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(head));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for (i, cells) in self.rows.iter().enumerate() {
            let of = if scripts { format!(" data-of=\"{}\"", escape(self.key(i))) } else { String::new() };
            let _ = write!(out, "<tr{of}>");
            let cells = cells.iter().zip(&self.columns).enumerate();
            for (k, (cell, _)) in cells.filter(|(_, (_, (_, head)))| !head.is_empty()) {
                let by = if scripts { cell.sorted_by() } else { String::new() };
                let shown = escape(&cell.shown);
                let _ = match k {
                    0 => write!(out, "<th scope=\"row\"{by}>{shown}</th>"),
                    _ => write!(out, "<td{by}>{shown}</td>"),
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n</details>\n");
    }
}

/// The attribute by which a cell of a table is sorted; none where there is no number.
pub(crate) fn sorted_by(x: Option<f64>) -> String {
    x.filter(|x| x.is_finite()).map_or_else(String::new, |x| format!(" data-value=\"{x}\""))
}

#[cfg(test)]
mod tests;
