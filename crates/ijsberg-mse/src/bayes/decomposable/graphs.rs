//! All decomposable (chordal) graphs on up to eight labelled vertices, with their cliques and separators.

use rayon::prelude::*;

use crate::histories::Mask;

/// A decomposable graph as its cliques and separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decomposition {
    /// Cliques from the front, separators from the back; a graph on eight vertices has at most eight and seven.
    sets: [u8; 16],
    cliques: u8,
    separators: u8,
}

impl Decomposition {
    /// The maximal sets of lists that all depend on each other.
    pub fn cliques(&self) -> impl Iterator<Item = Mask> + '_ {
        self.sets[..self.cliques as usize].iter().map(|c| Mask::from(*c))
    }

    /// What neighbouring cliques share, with repetition; empty ones are left out.
    pub fn separators(&self) -> impl Iterator<Item = Mask> + '_ {
        self.sets[16 - self.separators as usize..].iter().map(|s| Mask::from(*s))
    }

    /// Cliques with sign +1 and separators with sign -1.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (Mask, i8)> + '_ {
        self.cliques().map(|c| (c, 1)).chain(self.separators().map(|s| (s, -1)))
    }
}

/// The neighbours of each vertex as a bit mask.
pub(super) type Adjacency = [u8; 8];

/// All decomposable graphs on `t` vertices, `t` from 1 to 8, the complete graph included.
///
/// A subgraph of a chordal graph is chordal, so the graphs on `k + 1` vertices are found among those on `k` with
/// every possible neighbourhood of one more vertex.
pub fn decomposable_graphs(t: usize) -> Vec<Decomposition> {
    parents(t).par_iter().flat_map_iter(|g| children(*g, t)).collect()
}

/// The decomposable graphs on one vertex fewer than `t`.
pub(super) fn parents(t: usize) -> Vec<Adjacency> {
    assert!((1..=8).contains(&t), "graphs are kept in eight bits");
    (1..t.max(2) - 1).fold(vec![[0; 8]], |graphs, k| {
        graphs
            .par_iter()
            .flat_map_iter(|g| extensions(*g, k).filter(move |g| decompose(*g, k + 1).is_some()))
            .collect()
    })
}

/// The decomposable graphs on `t` vertices that extend one on the first `t - 1`.
pub(super) fn children(parent: Adjacency, t: usize) -> impl Iterator<Item = Decomposition> {
    // A single vertex extends nothing.
    let count = if t == 1 { 1 } else { usize::MAX };
    extensions(parent, t - 1).take(count).filter_map(move |g| decompose(g, t))
}

fn extensions(graph: Adjacency, k: usize) -> impl Iterator<Item = Adjacency> {
    (0..1_u32 << k).map(move |neighbours| {
        let mut g = graph;
        g[k] = neighbours as u8;
        for (j, row) in g.iter_mut().enumerate().take(k) {
            *row |= ((neighbours >> j & 1) as u8) << k;
        }
        g
    })
}

/// Maximum cardinality search (Tarjan and Yannakakis 1984): `None` when the graph is not chordal.
fn decompose(graph: Adjacency, t: usize) -> Option<Decomposition> {
    let mut result = Decomposition { sets: [0; 16], cliques: 0, separators: 0 };
    let mut numbered = 0_u8;
    let mut current = 0_u8;
    for _ in 0..t {
        let next = (0..t)
            .filter(|v| numbered >> v & 1 == 0)
            .max_by_key(|v| ((graph[*v] & numbered).count_ones(), t - v))?;
        let before = graph[next] & numbered;
        // What the vertex sees of the numbered ones must be complete.
        let mut left = before;
        while left != 0 {
            let u = left.trailing_zeros() as usize;
            if before & !(graph[u] | 1 << u) != 0 {
                return None;
            }
            left &= left - 1;
        }
        if before == current {
            current |= 1 << next;
        } else {
            result.push_clique(current);
            if before != 0 {
                result.separators += 1;
                result.sets[16 - result.separators as usize] = before;
            }
            current = before | 1 << next;
        }
        numbered |= 1 << next;
    }
    result.push_clique(current);
    Some(result)
}

impl Decomposition {
    fn push_clique(&mut self, clique: u8) {
        if clique != 0 {
            self.sets[self.cliques as usize] = clique;
            self.cliques += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_are_known() {
        // OEIS A058862.
        for (t, known) in [(1, 1), (2, 2), (3, 8), (4, 61), (5, 822), (6, 18_154)] {
            assert_eq!(decomposable_graphs(t).len(), known, "{t}");
        }
    }

    #[test]
    fn cliques_and_separators_count_every_vertex_once() {
        for g in decomposable_graphs(5) {
            for v in 0..5 {
                let on = |m: Mask| i32::try_from(m >> v & 1).unwrap();
                assert_eq!(g.cliques().map(on).sum::<i32>() - g.separators().map(on).sum::<i32>(), 1);
            }
        }
    }
}
