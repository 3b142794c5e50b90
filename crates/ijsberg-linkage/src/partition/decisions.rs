//! What people decided about pairs, which no weight overrides.

use std::collections::{BTreeMap, BTreeSet};

use crate::blocking::Pair;

/// Pairs that people decided are one person or two. Records that are one person by decisions, directly or through others, are
/// moved as one; no draw holds two that were decided to be different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Records that are one person, each group in ascending order.
    together: Vec<Vec<u32>>,
    /// Pairs that are two persons.
    apart: Vec<Pair>,
    /// Pairs decided to be different though other decisions make them one person; they have no effect.
    pub contradictory: usize,
}

impl Decisions {
    /// From pairs and whether each is one person. Of two decisions on one pair the later one counts.
    ///
    /// ```
    /// use ijsberg_linkage::partition::Decisions;
    ///
    /// let decided = Decisions::new(&[((0, 1), true), ((1, 2), true), ((3, 4), false)]);
    /// assert_eq!(decided.together(), [vec![0, 1, 2]]);
    /// assert_eq!(decided.apart(), [(3, 4)]);
    /// ```
    pub fn new(decided: &[(Pair, bool)]) -> Self {
        let last: BTreeMap<Pair, bool> =
            decided.iter().map(|((i, j), same)| ((*i.min(j), *i.max(j)), *same)).collect();
        let mut group: BTreeMap<u32, u32> = BTreeMap::new();
        fn root(group: &BTreeMap<u32, u32>, mut x: u32) -> u32 {
            while let Some(up) = group.get(&x).filter(|up| **up != x) {
                x = *up;
            }
            x
        }
        for ((i, j), _) in last.iter().filter(|p| *p.1) {
            let (a, b) = (root(&group, *i), root(&group, *j));
            group.insert(a.max(b), a.min(b));
            group.entry(*i).or_insert(a.min(b));
            group.entry(*j).or_insert(a.min(b));
        }
        let mut members: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for record in last.iter().filter(|p| *p.1).flat_map(|p| [p.0.0, p.0.1]) {
            members.entry(root(&group, record)).or_default().insert(record);
        }
        let (one, apart): (Vec<Pair>, Vec<Pair>) = last
            .iter()
            .filter(|p| !p.1)
            .map(|p| *p.0)
            .partition(|(i, j)| root(&group, *i) == root(&group, *j));
        Self {
            together: members.into_values().map(|m| m.into_iter().collect()).collect(),
            apart,
            contradictory: one.len(),
        }
    }

    /// Records that are one person.
    pub fn together(&self) -> &[Vec<u32>] {
        &self.together
    }

    /// Pairs that are two persons.
    pub fn apart(&self) -> &[Pair] {
        &self.apart
    }
}

/// Records that move as one, and those that none of them may be with.
pub(super) struct Units {
    members: Vec<u32>,
    start: Vec<usize>,
    /// Records that a unit may not be with; empty for nearly all.
    apart: BTreeMap<usize, Vec<u32>>,
}

impl Units {
    pub(super) fn new(records: usize, decisions: &Decisions) -> Self {
        let mut of = vec![usize::MAX; records];
        let mut all: Vec<Vec<u32>> = Vec::new();
        let held: BTreeMap<u32, usize> =
            decisions.together.iter().enumerate().map(|(g, m)| (m[0], g)).collect();
        let inside: BTreeSet<u32> = decisions.together.iter().flatten().copied().collect();
        for record in 0..records as u32 {
            let unit = match held.get(&record) {
                Some(g) => decisions.together[*g].clone(),
                None if inside.contains(&record) => continue,
                None => vec![record],
            };
            unit.iter().for_each(|r| of[*r as usize] = all.len());
            all.push(unit);
        }
        let mut apart: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (i, j) in &decisions.apart {
            for (a, b) in [(*i, *j), (*j, *i)] {
                apart.entry(of[a as usize]).or_default().push(b);
            }
        }
        let mut start = vec![0];
        start.extend(all.iter().scan(0, |n, u| {
            *n += u.len();
            Some(*n)
        }));
        Self { members: all.concat(), start, apart }
    }

    pub(super) fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub(super) fn members(&self, unit: usize) -> &[u32] {
        &self.members[self.start[unit]..self.start[unit + 1]]
    }

    /// Whether a unit may not be in a group, given the group of every record.
    pub(super) fn barred(&self, unit: usize, target: u32, group: &[u32]) -> bool {
        !self.apart.is_empty()
            && self.apart.get(&unit).is_some_and(|a| a.iter().any(|r| group[*r as usize] == target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_close_over_each_other_and_contradictions_are_counted() {
        let d = Decisions::new(&[
            ((1, 0), true),
            ((1, 2), true),
            ((0, 2), false),
            ((3, 4), false),
            ((5, 6), false),
            ((5, 6), true),
        ]);
        assert_eq!(d.together(), [vec![0, 1, 2], vec![5, 6]]);
        assert_eq!((d.apart(), d.contradictory), (&[(3, 4)][..], 1));
        let units = Units::new(8, &d);
        assert_eq!(units.len(), 5);
        assert_eq!(units.members(0), [0, 1, 2]);
        let three = (0..5).find(|u| units.members(*u) == [3]).unwrap();
        assert!(units.barred(three, 9, &[0, 0, 0, 1, 9, 0, 0, 0]) && !units.barred(0, 9, &[0; 8]));
    }
}
