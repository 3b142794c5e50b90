//! Nationalities by number, of which a person may have several.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::comparators::several;
use crate::normalise::fold;
use crate::record::Record;
use crate::record::dates::is_missing;

/// Those of a record by number, the first three, in ascending order; 0 is none.
pub(crate) type Nations = [u32; 3];

/// Those of a cell as they are written, each once, without what stands for one that is not known.
pub(crate) fn known_nations(cell: &str) -> Vec<String> {
    let (mut all, mut before) = (several(cell), Vec::new());
    all.retain(|nation| {
        let folded = fold(nation);
        let another = !is_missing(nation) && !before.contains(&folded);
        if another {
            before.push(folded);
        }
        another
    });
    all
}

/// Those of all records, and by number how many records have each, of which the first is for none. The rarest is 1, and of
/// equally rare ones the first by the alphabet: so neither numbers nor weights depend on the order of the records.
pub(super) fn numbered(records: &[Record]) -> (Vec<Nations>, Vec<u32>) {
    // By the cell as it comes, so that each is read once: how many records have it, and what it holds.
    let mut cells: FxHashMap<&str, (u32, Vec<String>)> = FxHashMap::default();
    for record in records {
        let cell = record.nationality.as_deref().unwrap_or_default();
        let read = || -> (u32, Vec<String>) {
            let all = known_nations(cell);
            (0, all.iter().take(Nations::default().len()).map(|n| fold(n)).collect())
        };
        cells.entry(cell).or_insert_with(read).0 += 1;
    }
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (records, held) in cells.values() {
        held.iter().for_each(|n| *counts.entry(n.as_str()).or_default() += records);
    }
    let mut by_rarity: Vec<(u32, &str)> = counts.into_iter().map(|(nation, n)| (n, nation)).collect();
    by_rarity.sort_unstable();
    let numbers: FxHashMap<&str, u32> = by_rarity.iter().map(|n| n.1).zip(1..).collect();
    let number = |held: &[String]| -> Nations {
        let mut all: Vec<u32> = held.iter().map(|n| numbers[n.as_str()]).collect();
        all.sort_unstable();
        std::array::from_fn(|k| all.get(k).copied().unwrap_or(0))
    };
    let of: FxHashMap<&str, Nations> = cells.iter().map(|(cell, held)| (*cell, number(&held.1))).collect();
    let all = records.iter().map(|r| of[r.nationality.as_deref().unwrap_or_default()]).collect();
    (all, std::iter::once(0).chain(by_rarity.iter().map(|n| n.0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_no_nationality_and_each_counts_once() {
        assert_eq!(known_nations("SY; onbekend"), ["SY"]);
        assert_eq!(known_nations("NL;NL | nl"), ["NL"]);
        assert!(known_nations("onbekend; n.v.t. / ?").is_empty());
    }
}
