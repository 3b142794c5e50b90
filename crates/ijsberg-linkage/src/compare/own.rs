//! Levels of the comparisons that a schema sets.

use rapidfuzz::distance::jaro_winkler;

use crate::comparators::Likeness;
use crate::prepare::{Column, Value};

impl Column {
    /// Whether two records both have a value.
    pub(super) fn of_both(&self, i: usize, j: usize) -> bool {
        self.of[i] > 0 && self.of[j] > 0
    }

    /// The level of two records; 0 where either has no value.
    pub(super) fn level(&self, i: usize, j: usize) -> u32 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparators::Comparison;

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
}
