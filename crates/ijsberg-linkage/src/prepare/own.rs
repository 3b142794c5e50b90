//! The values of comparisons that a schema sets, each distinct one read and numbered once.

use rustc_hash::FxHashMap;

use crate::comparators::{Comparison, Likeness, MOST_COMPARISONS, number, several};
use crate::normalise::fold;
use crate::record::Record;

/// Words of a text that are looked at.
const MOST_WORDS: usize = 200;

/// A distinct value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Value {
    pub(crate) folded: String,
    /// Words or values by number, in ascending order.
    pub(crate) words: Vec<u32>,
    pub(crate) number: f64,
}

/// The values of all records for one comparison.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) by: Comparison,
    /// The value of each record; 0 is none.
    pub(crate) of: Vec<u32>,
    pub(crate) values: Vec<Value>,
    /// What each word weighs, squared.
    pub(crate) weights: Vec<f64>,
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
}

/// The comparisons that a schema set, with the values of all records.
pub(super) fn columns(records: &[Record]) -> Vec<Column> {
    let most = records.iter().map(|r| r.own.len()).max().unwrap_or(0).min(MOST_COMPARISONS);
    (0..most)
        .filter_map(|k| {
            let by = records.iter().find_map(|r| r.own.get(k))?.by.clone();
            let texts =
                records.iter().map(|r| r.own.get(k).map(|o| o.text.as_str()).filter(|t| !t.is_empty()));
            Some(Column::new(&by, texts))
        })
        .collect()
}
