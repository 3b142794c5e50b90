//! Nationalities: a person may have several, and two records agree where they share one.

use rustc_hash::FxHashMap;

use super::own::several;
use crate::normalise::fold;
use crate::record::Record;

/// Those of a record by number, the first three, in ascending order; 0 is none.
pub(crate) type Nations = [u32; 3];

/// Those of all records, numbered as they come; and by number how many records have each, of which the first is for none.
pub(super) fn numbered(records: &[Record]) -> (Vec<Nations>, Vec<u32>) {
    // By the cell as it comes, so that each is folded once.
    let mut cells: FxHashMap<&str, Nations> = FxHashMap::default();
    let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
    let (mut counts, mut all) = (vec![0], Vec::with_capacity(records.len()));
    for record in records {
        let cell = record.nationality.as_deref().unwrap_or_default();
        let held = *cells.entry(cell).or_insert_with(|| {
            let mut held: Vec<u32> = Vec::new();
            for nation in several(cell).iter().map(|n| fold(n)).filter(|n| !n.is_empty()) {
                if held.len() == Nations::default().len() {
                    break;
                }
                let next = numbers.len() as u32 + 1;
                let number = *numbers.entry(nation).or_insert(next);
                if !held.contains(&number) {
                    held.push(number);
                }
            }
            held.sort_unstable();
            std::array::from_fn(|k| held.get(k).copied().unwrap_or(0))
        });
        counts.resize(numbers.len() + 1, 0);
        held.iter().filter(|n| **n > 0).for_each(|n| counts[*n as usize] += 1);
        all.push(held);
    }
    (all, counts)
}

/// The nationality that two records share: of several the first, whichever record comes first.
pub(crate) fn shared_nation(a: &Nations, b: &Nations) -> Option<u32> {
    a.iter().copied().find(|n| *n > 0 && b.contains(n))
}

/// The level of two records: 2 where they share one, 0 where either has none.
pub(super) fn nations_level(a: &Nations, b: &Nations) -> u32 {
    if a[0] == 0 || b[0] == 0 { 0 } else { 1 + u32::from(shared_nation(a, b).is_some()) }
}
