//! The pieces of a value.

use crate::codes::schema::Comparison;
use crate::codes::value::ValueError;

/// The pieces, in order; none of an empty value. `padded` puts `n - 1` spaces before and after a text.
///
/// # Errors
/// When a number is asked for and the value is none.
pub fn tokens(value: &str, comparison: &Comparison, padded: bool) -> Result<Vec<String>, ValueError> {
    if value.is_empty() {
        return Ok(Vec::new());
    }
    match comparison {
        Comparison::Exact => Ok(vec![value.to_owned()]),
        Comparison::Ngram { n, positional } => {
            let pad = if padded { n - 1 } else { 0 };
            let spaces = || std::iter::repeat_n(' ', pad);
            let mut letters: Vec<char> = spaces().chain(value.chars()).chain(spaces()).collect();
            if letters.len() < *n {
                letters.resize(*n, ' ');
            }
            let run = |(i, w): (usize, &[char])| {
                let text: String = w.iter().collect();
                if *positional { format!("{} {text}", i + 1) } else { text }
            };
            Ok(letters.windows(*n).enumerate().map(run).collect())
        }
        Comparison::Numeric { threshold_distance, resolution, fractional_precision } => {
            numeric(value, *threshold_distance, *resolution, *fractional_precision)
        }
    }
}

/// A number on a grid and the points of the grid around it, as whole numbers: everything is multiplied by twice the
/// resolution, so that nothing is divided.
fn numeric(value: &str, threshold: f64, resolution: u32, digits: u32) -> Result<Vec<String>, ValueError> {
    let power = 10_i128.pow(digits);
    let interval = (threshold * power as f64).round_ties_even() as i128;
    let number = if let Ok(whole) = value.trim().parse::<i64>() {
        i128::from(whole) * power
    } else {
        let x: f64 = value.trim().parse().map_err(|_| ValueError::Number)?;
        let scaled = if digits > 0 { (x * power as f64).round_ties_even() } else { x.trunc() };
        if !scaled.is_finite() || scaled.abs() > 1e30 {
            return Err(ValueError::Number);
        }
        scaled as i128
    };
    let resolution = i128::from(resolution);
    let fine = number * 2 * resolution;
    let residue = fine.rem_euclid(interval);
    let on_grid = if residue == 0 || (residue as f64) < interval as f64 / 2.0 {
        fine - residue
    } else {
        fine + interval - residue
    };
    Ok((-resolution..=resolution).map(|i| (on_grid + i * interval).to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_runs_and_numbers_into_surroundings() {
        let of = |v, c: &Comparison, p| tokens(v, c, p).unwrap();
        let bigram = Comparison::Ngram { n: 2, positional: false };
        assert_eq!(of("ab", &bigram, true), [" a", "ab", "b "]);
        assert_eq!(of("ab", &bigram, false), ["ab"]);
        assert_eq!(of("a", &bigram, false), ["a "]);
        assert_eq!(of("ab", &Comparison::Ngram { n: 1, positional: true }, true), ["1 a", "2 b"]);
        assert!(of("", &bigram, true).is_empty());
        // The example in the documentation of the method: 25 with distance 8 and resolution 2.
        let near = Comparison::Numeric { threshold_distance: 8.0, resolution: 2, fractional_precision: 0 };
        assert_eq!(of("25", &near, true), ["88", "96", "104", "112", "120"]);
        assert_eq!(tokens("x", &near, true), Err(ValueError::Number));
        assert_eq!(tokens("1e300", &near, true), Err(ValueError::Number));
    }
}
