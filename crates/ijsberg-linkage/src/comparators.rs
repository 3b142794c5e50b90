//! Comparisons defined by a schema: the measure of similarity, and the bound of each level.
//!
//! The weights of the levels are learned as those of every other field. Level 4 is the best; what reaches none is level 1.

use serde::{Deserialize, Serialize};

/// Most comparisons that a schema sets.
pub const MOST_COMPARISONS: usize = 4;

/// Most levels that a comparison sets.
pub const MOST_LEVELS: usize = 3;

/// How alike two values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// 1 for the same letters and digits, 0 otherwise.
    Exact,
    /// Jaro-Winkler similarity of the letters and digits, from 0 to 1.
    Text,
    /// Free text: the cosine of the words that each holds, from 0 to 1. A word weighs `ln(n / d)`, where `d` of `n` texts hold it.
    Words,
    /// Several values in a cell: of the record with the fewer values, the share that the other has too.
    Values,
    /// The difference of two numbers: levels are the greatest differences.
    Number,
}

/// A comparison that a schema sets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The column.
    pub column: String,
    /// How alike values are.
    #[serde(rename = "as")]
    pub likeness: Likeness,
    /// What each level takes, the best first: least similarities, or greatest differences of numbers.
    #[serde(default)]
    pub levels: Vec<f64>,
}

impl Comparison {
    /// The bounds of the levels; the defaults of this measure where the schema sets none.
    pub fn bounds(&self) -> &[f64] {
        if !self.levels.is_empty() {
            return &self.levels;
        }
        match self.likeness {
            Likeness::Exact => &[1.0],
            Likeness::Text => &[1.0, 0.9, 0.8],
            Likeness::Words => &[0.6, 0.3, 0.1],
            Likeness::Values => &[1.0, 0.5, 0.01],
            Likeness::Number => &[0.0, 1.0, 5.0],
        }
    }

    /// Whether its levels are one to three, in order, and can be reached.
    pub fn is_fit(&self) -> bool {
        let bounds = self.bounds();
        let number = self.likeness == Likeness::Number;
        let reached = |b: &f64| if number { *b >= 0.0 && b.is_finite() } else { *b > 0.0 && *b <= 1.0 };
        let ordered = |w: &[f64]| if number { w[0] < w[1] } else { w[0] > w[1] };
        bounds.len() <= MOST_LEVELS && bounds.iter().all(reached) && bounds.windows(2).all(ordered)
    }

    /// Whether a value can be compared in this way.
    pub fn reads(&self, text: &str) -> bool {
        self.likeness != Likeness::Number || number(text).is_some()
    }
}

/// A number with a point or a comma. One sign with three digits behind it may part thousands or decimals: that is no number here, but for
/// what begins with a zero.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let thousands = text.split_once('.').is_some_and(|(whole, rest)| {
        let whole = whole.trim_start_matches(['-', '+']);
        rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
    });
    text.parse().ok().filter(|x: &f64| x.is_finite() && !thousands)
}

/// The values of a cell that holds several, with `;`, `|`, a line break, or a stroke between blanks between them, or as `[a, b]`.
pub(crate) fn several(text: &str) -> Vec<String> {
    let inside = text.trim().strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let parts: Vec<&str> = match inside {
        Some(inside) => inside.split([',', ';']).collect(),
        None => text.split([';', '|', '\n']).flat_map(|t| t.split(" / ")).collect(),
    };
    let plain = parts.into_iter().map(|t| t.trim().trim_matches(['"', '\'']).trim());
    plain.filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_thousands_or_decimals_is_no_number() {
        let read = number;
        assert_eq!((read("1,250"), read("1.250"), read("-12.500")), (None, None, None));
        assert_eq!(
            (read("0,125"), read("1250"), read("1,25"), read("1.2500")),
            (Some(0.125), Some(1250.0), Some(1.25), Some(1.25))
        );
        assert_eq!(read("1.234,5"), None);
    }

    #[test]
    fn levels_out_of_order_or_reach_are_not_fit() {
        let fit = |likeness, levels: &[f64]| {
            Comparison { column: String::new(), likeness, levels: levels.to_vec() }.is_fit()
        };
        assert!(fit(Likeness::Number, &[0.0, 1.0]) && !fit(Likeness::Number, &[1.0, 0.0]));
        assert!(fit(Likeness::Text, &[0.9, 0.8]) && !fit(Likeness::Text, &[0.8, 0.9]));
        assert!(
            !fit(Likeness::Text, &[0.0])
                && !fit(Likeness::Text, &[1.1])
                && !fit(Likeness::Number, &[f64::NAN])
        );
        assert!(!fit(Likeness::Text, &[0.9, 0.8, 0.7, 0.6]));
    }
}
