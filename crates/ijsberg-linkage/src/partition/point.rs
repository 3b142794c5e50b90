//! A single partition: records that belong together in most draws.

use crate::blocking::Pair;

use super::Decisions;

/// Groups of records that belong together in more than half of the draws, directly or through others; decisions come first, and
/// records decided to be different persons are not brought together through others.
pub fn point(records: usize, pairs: &[Pair], probabilities: &[f64], decisions: &Decisions) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..records as u32).collect();
    fn root(parent: &mut [u32], mut x: u32) -> u32 {
        while parent[x as usize] != x {
            parent[x as usize] = parent[parent[x as usize] as usize];
            x = parent[x as usize];
        }
        x
    }
    for group in decisions.together() {
        for r in group {
            let (a, b) = (root(&mut parent, group[0]), root(&mut parent, *r));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut likely: Vec<(f64, Pair)> = probabilities.iter().copied().zip(pairs.iter().copied()).collect();
    likely.retain(|(p, _)| *p > 0.5);
    if !decisions.apart().is_empty() {
        // Where not all can be together the surest come first.
        likely.sort_by(|x, y| y.0.total_cmp(&x.0));
    }
    for (_, (i, j)) in likely {
        let (a, b) = (root(&mut parent, i), root(&mut parent, j));
        let barred = decisions.apart().iter().any(|(x, y)| {
            let (x, y) = (root(&mut parent, *x), root(&mut parent, *y));
            (x.min(y), x.max(y)) == (a.min(b), a.max(b))
        });
        if a == b || !barred {
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    (0..records as u32).map(|i| root(&mut parent, i)).collect()
}
