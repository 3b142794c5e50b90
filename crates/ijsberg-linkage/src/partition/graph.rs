//! The candidates of each record.

use crate::blocking::Pair;

/// A candidate of a record.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) to: u32,
    pub(super) weight: f32,
    pub(super) ceiling: f32,
}

/// Candidates by record, in both directions.
pub(super) struct Graph {
    start: Vec<usize>,
    edges: Vec<Edge>,
}

impl Graph {
    pub(super) fn new(records: usize, pairs: &[(Pair, f64)], ceilings: &[f32]) -> Self {
        let mut start = vec![0; records + 1];
        for ((i, j), _) in pairs {
            start[*i as usize + 1] += 1;
            start[*j as usize + 1] += 1;
        }
        (0..records).for_each(|i| start[i + 1] += start[i]);
        let mut at = start.clone();
        let mut edges = vec![Edge { to: 0, weight: 0.0, ceiling: f32::INFINITY }; start[records]];
        for (k, ((i, j), w)) in pairs.iter().enumerate() {
            let ceiling = ceilings.get(k).copied().unwrap_or(f32::INFINITY);
            for (a, b) in [(*i, *j), (*j, *i)] {
                edges[at[a as usize]] = Edge { to: b, weight: *w as f32, ceiling };
                at[a as usize] += 1;
            }
        }
        Self { start, edges }
    }

    pub(super) fn edges(&self, record: usize) -> &[Edge] {
        &self.edges[self.start[record]..self.start[record + 1]]
    }
}
