//! Counts of combinations that may hold the persons on further lists too.

use crate::doubt::{Doubt, Reading, Uncertain};
use crate::{Choices, Overlaps, ReadError};

/// The counts of exactly these lists, and whether that is what was written; asked where it may be either.
pub(super) fn settled(
    lists: &[String],
    masks: &[u32],
    counts: Vec<u64>,
    line: u64,
    choices: &Choices,
) -> Result<(Vec<u64>, bool), ReadError> {
    let nested = exact_from_nested(masks, &counts);
    let exact = match (choices.overlaps, &nested) {
        (Some(Overlaps::Exact), _) | (None, None) => true,
        (Some(Overlaps::Nested), Some(_)) => false,
        (Some(Overlaps::Nested), None) => return Err(ReadError::NotNested { line }),
        (None, Some(inner)) => {
            let reading = |overlaps, persons: u64| Reading {
                lists: lists.to_vec(),
                persons: Some(persons),
                flags: format!("--overlaps {}", if overlaps == Overlaps::Exact { "exact" } else { "nested" }),
                choices: Choices { overlaps: Some(overlaps), ..choices.clone() },
                ..Reading::default()
            };
            let sum = |counts: &[u64]| counts.iter().fold(0_u64, |a, b| a.saturating_add(*b));
            let readings = [reading(Overlaps::Exact, sum(&counts)), reading(Overlaps::Nested, sum(inner))];
            return Err(Uncertain { doubt: Doubt::Overlaps, readings }.into());
        }
    };
    Ok((if exact { counts } else { nested.unwrap_or_default() }, exact))
}

/// The exact cells when every number also counts the persons on further lists; `None` when that cannot be.
pub(super) fn exact_from_nested(masks: &[u32], counts: &[u64]) -> Option<Vec<u64>> {
    let mut order: Vec<usize> = (0..masks.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(masks[*i].count_ones()));
    let mut exact = vec![0_u64; masks.len()];
    for i in order {
        let above = (0..masks.len()).filter(|j| masks[*j] != masks[i] && masks[*j] & masks[i] == masks[i]);
        exact[i] = counts[i].checked_sub(above.map(|j| exact[j]).sum())?;
    }
    Some(exact)
}
