//! A linkage after an earlier one: persons keep their numbers, and what changed is counted.

use std::collections::{HashMap, HashSet};

/// What changed since an earlier linkage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Records that the earlier linkage did not have.
    pub new: usize,
    /// Those of them that belong to a person of the earlier linkage.
    pub joined: usize,
    /// Persons that the earlier linkage did not have.
    pub persons: usize,
    /// Persons of the earlier linkage whose records are of several now.
    pub parted: usize,
    /// Persons who are several of the earlier linkage.
    pub united: usize,
}

/// Groups by the numbers that persons had, from the group of each record now and the person of each earlier record. A group takes the
/// number of the person with whom it shares most records; where two would take one number, the larger share does. Other groups get
/// numbers above `last`, the highest of the earlier linkage: that of somebody who is on no list any more stays theirs. Nothing if there
/// are no more numbers.
pub fn renumbered(groups: &[u32], earlier: &[Option<u32>], last: Option<u32>) -> Option<(Vec<u32>, Changes)> {
    let mut shared: HashMap<(u32, u32), usize> = HashMap::new();
    for (now, then) in groups.iter().zip(earlier) {
        if let Some(then) = then {
            *shared.entry((*now, *then)).or_default() += 1;
        }
    }
    let mut by_share: Vec<((u32, u32), usize)> = shared.into_iter().collect();
    by_share.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let (mut number, mut taken): (HashMap<u32, u32>, HashSet<u32>) = Default::default();
    let mut changes = Changes::default();
    let (mut of_then, mut of_now): (HashMap<u32, usize>, HashMap<u32, usize>) = Default::default();
    for ((now, then), _) in by_share {
        *of_then.entry(then).or_default() += 1;
        *of_now.entry(now).or_default() += 1;
        if !number.contains_key(&now) && taken.insert(then) {
            number.insert(now, then);
        }
    }
    changes.parted = of_then.values().filter(|n| **n > 1).count();
    changes.united = of_now.values().filter(|n| **n > 1).count();
    let last = earlier.iter().flatten().copied().max().max(last);
    let mut next = last.map_or(Some(0), |n| n.checked_add(1));
    let mut all = Vec::with_capacity(groups.len());
    for (now, then) in groups.iter().zip(earlier) {
        if then.is_none() {
            changes.new += 1;
            changes.joined += usize::from(of_now.contains_key(now));
        }
        let known = number.get(now).copied();
        let own = known.or(next)?;
        if known.is_none() {
            changes.persons += 1;
            next = own.checked_add(1);
            number.insert(*now, own);
        }
        all.push(own);
    }
    Some((all, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_keep_their_numbers_and_changes_are_counted() {
        // Person 7 keeps two of three records, 9 and 4 are one now, and three records are new.
        let groups = [0, 0, 2, 3, 3, 3, 6, 0, 8];
        let earlier = [Some(7), Some(7), Some(7), Some(9), Some(9), Some(4), None, None, None];
        let (numbers, changes) = renumbered(&groups, &earlier, Some(9)).unwrap();
        assert_eq!(numbers, [7, 7, 10, 9, 9, 9, 11, 7, 12]);
        assert_eq!(changes, Changes { new: 3, joined: 1, persons: 3, parted: 1, united: 1 });
        let (same, none) = renumbered(&groups, &groups.map(Some), None).unwrap();
        assert_eq!((same.as_slice(), none), (&groups[..], Changes::default()));
    }

    #[test]
    fn the_number_of_who_is_on_no_list_any_more_is_nobodys() {
        // Person 10 is gone; a new record is a new person.
        let (numbers, _) = renumbered(&[0, 1], &[Some(3), None], Some(10)).unwrap();
        assert_eq!(numbers, [3, 11]);
        assert_eq!(renumbered(&[0, 1], &[Some(3), None], Some(u32::MAX)), None);
    }
}
