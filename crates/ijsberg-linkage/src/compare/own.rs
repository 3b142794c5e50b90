//! Comparisons of a schema's own: which likeness, and from where on each level counts.
//!
//! The weights of the levels are learned as those of every other field. Level 4 is the best; what reaches none is level 1.

use rapidfuzz::distance::jaro_winkler;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::levels::OWN;
use crate::normalise::fold;
use crate::record::Record;

/// Most levels that a comparison sets.
pub const MOST_LEVELS: usize = 3;

/// Words of a text that are looked at.
const MOST_WORDS: usize = 200;

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
    /// The levels, where the schema sets none: those of this likeness.
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
fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let thousands = text.split_once('.').is_some_and(|(whole, rest)| {
        let whole = whole.trim_start_matches(['-', '+']);
        rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
    });
    text.parse().ok().filter(|x: &f64| x.is_finite() && !thousands)
}

#[cfg(test)]
mod numbers {
    #[test]
    fn what_may_be_thousands_or_decimals_is_no_number() {
        let read = super::number;
        assert_eq!((read("1,250"), read("1.250"), read("-12.500")), (None, None, None));
        assert_eq!(
            (read("0,125"), read("1250"), read("1,25"), read("1.2500")),
            (Some(0.125), Some(1250.0), Some(1.25), Some(1.25))
        );
        assert_eq!(read("1.234,5"), None);
    }
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

/// A distinct value.
#[derive(Debug, Clone, Default)]
struct Value {
    folded: String,
    /// Words or values by number, in ascending order.
    words: Vec<u32>,
    number: f64,
}

/// The values of all records for one comparison.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    by: Comparison,
    /// The value of each record; 0 is none.
    of: Vec<u32>,
    values: Vec<Value>,
    /// What each word weighs, squared.
    weights: Vec<f64>,
}

impl Column {
    pub(crate) fn new<'a>(by: &Comparison, texts: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        let mut held: Vec<u32> = Vec::new();
        let mut column =
            Self { by: by.clone(), of: Vec::new(), values: vec![Value::default()], weights: Vec::new() };
        for text in texts {
            let Some(text) = text.filter(|t| by.reads(t) && !fold(t).is_empty()) else {
                column.of.push(0);
                continue;
            };
            let next = column.values.len() as u32;
            let id = *known.entry(text).or_insert(next);
            if id == next {
                let folded = fold(text);
                let parts: Vec<String> = match by.likeness {
                    Likeness::Words => folded.split(' ').take(MOST_WORDS).map(str::to_owned).collect(),
                    Likeness::Values => several(text).iter().take(MOST_WORDS).map(|t| fold(t)).collect(),
                    _ => Vec::new(),
                };
                let mut words: Vec<u32> = parts
                    .into_iter()
                    .filter(|w| !w.is_empty())
                    .map(|w| {
                        let next = numbers.len() as u32;
                        *numbers.entry(w).or_insert(next)
                    })
                    .collect();
                words.sort_unstable();
                words.dedup();
                column.values.push(Value { folded, words, number: number(text).unwrap_or_default() });
            }
            held.resize(numbers.len(), 0);
            column.values[id as usize].words.iter().for_each(|w| held[*w as usize] += 1);
            column.of.push(id);
        }
        let texts = column.of.iter().filter(|v| **v > 0).count() as f64;
        // A word that all hold says nothing, but a text of such words alone is still alike to itself.
        column.weights = held.iter().map(|d| (texts / f64::from(*d)).ln().max(1e-3).powi(2)).collect();
        column
    }

    /// Whether two records both have a value.
    pub(super) fn of_both(&self, i: usize, j: usize) -> bool {
        self.of[i] > 0 && self.of[j] > 0
    }

    /// The level of two records; 0 where either has no value.
    pub(crate) fn level(&self, i: usize, j: usize) -> u32 {
        let (x, y) = (self.of[i], self.of[j]);
        if x == 0 || y == 0 {
            return 0;
        }
        let alike = if x == y && self.by.likeness != Likeness::Number {
            1.0
        } else {
            self.likeness(&self.values[x as usize], &self.values[y as usize])
        };
        let bounds = self.by.bounds();
        let reached =
            |b: &f64| if self.by.likeness == Likeness::Number { alike <= *b } else { alike >= *b - 1e-9 };
        bounds.iter().position(reached).map_or(1, |at| 4 - at as u32)
    }

    fn likeness(&self, x: &Value, y: &Value) -> f64 {
        let common = |of: &dyn Fn(u32) -> f64| -> f64 {
            let both = x.words.iter().filter(|w| y.words.binary_search(w).is_ok());
            both.map(|w| of(*w)).sum()
        };
        let sum = |v: &Value| -> f64 { v.words.iter().map(|w| self.weights[*w as usize]).sum() };
        match self.by.likeness {
            Likeness::Exact => f64::from(u8::from(x.folded == y.folded)),
            Likeness::Text => jaro_winkler::similarity(x.folded.bytes(), y.folded.bytes()),
            Likeness::Words => common(&|w| self.weights[w as usize]) / (sum(x) * sum(y)).sqrt().max(1e-12),
            Likeness::Values => common(&|_| 1.0) / (x.words.len().min(y.words.len()).max(1) as f64),
            Likeness::Number => (x.number - y.number).abs(),
        }
    }
}

/// The comparisons that a schema set, with the values of all records.
pub(super) fn columns(records: &[Record]) -> Vec<Column> {
    let most = records.iter().map(|r| r.own.len()).max().unwrap_or(0).min(OWN.len());
    (0..most)
        .filter_map(|k| {
            let by = records.iter().find_map(|r| r.own.get(k))?.by.clone();
            let texts =
                records.iter().map(|r| r.own.get(k).map(|o| o.text.as_str()).filter(|t| !t.is_empty()));
            Some(Column::new(&by, texts))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(likeness: Likeness, levels: &[f64], values: &[&str]) -> Vec<u32> {
        let by = Comparison { column: "x".to_owned(), likeness, levels: levels.to_vec() };
        assert!(by.is_fit());
        let column = Column::new(&by, values.iter().map(|v| Some(*v)));
        for i in 1..values.len() {
            assert_eq!(column.level(0, i), column.level(i, 0));
        }
        (1..values.len()).map(|i| column.level(0, i)).collect()
    }

    #[test]
    fn each_likeness_has_its_levels() {
        assert_eq!(levels(Likeness::Exact, &[], &["A-1", "a 1", "a2", ""]), [4, 1, 0]);
        assert_eq!(levels(Likeness::Text, &[0.95, 0.7], &["scar on hand", "scar on hands", "none"]), [4, 1]);
        assert_eq!(levels(Likeness::Number, &[0.0, 2.0], &["1,70", "1.7", "3", "4", "tall"]), [4, 3, 1, 0]);
        let values = ["NL; SY", "SY|NL", "SY", "TR / SY", "TR", "[\"NL\", 'SY']"];
        assert_eq!(levels(Likeness::Values, &[], &values), [4, 4, 3, 1, 4]);
    }

    #[test]
    fn rare_words_say_more_than_common_ones() {
        let mut texts = vec![
            "the client came with scorpion tattoo",
            "scorpion tattoo seen",
            "the client came with child",
        ];
        texts.extend(["the client came with bag"; 20]);
        let found = levels(Likeness::Words, &[], &texts);
        assert!(found[0] >= 3 && found[1] <= 2, "{found:?}");
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
