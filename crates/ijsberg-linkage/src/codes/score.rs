//! What the likeness of codes is worth, and which pairs of records may be one person.
//!
//! Every pair of records is compared, group by group. A pair across lists is a match with a chance of its own for each two
//! lists; given that, groups are alike at their levels with chances `m` for matches and `u` for others, by EM on counts of
//! patterns (Fellegi and Sunter 1969, JASA 64). Two records on *one* list are hardly ever one person, so pairs within lists
//! show how alike strangers are in all groups together: compatriots have alike names, which `u` by group would miss.
//!
//! With fewer than three groups EM cannot tell `m` from `u`. Then `u` is taken to fall off ever faster beyond its peak, as
//! the likeness of unrelated texts does, and what there is more of at high levels is matches.

mod model;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::blocking::Pair;
use crate::codes::dice::{Noise, Packed};
use crate::codes::fault::Fault;
use crate::codes::file::{CodeFile, CodeFileError};

pub use model::CodeModel;

/// The most groups: a pattern has four bits for each.
pub const MOST_GROUPS: usize = 6;

/// Pairs whose log odds of matching, taken alone, are below this are no candidates for the partition.
pub const LEAST_LOG_ODDS: f64 = -7.0;

/// With a larger share of their bits set on average codes are all alike.
const FULL: f64 = 0.9;

/// Candidates a record at most; beyond that the least likely patterns are left out, whole patterns at a time. Codes that are alike
/// by themselves would otherwise make candidates of nearly all pairs.
pub(crate) const MOST_CANDIDATES: u64 = 200;

/// Rows at a time, and others at a time: what stays near the processor.
const ROWS: usize = 64;
const TILE: usize = 512;

/// Levels of all groups, four bits each.
type Pattern = u32;

/// Lists in codes, ready to be compared.
#[derive(Debug)]
pub struct CodeLists {
    /// The list of each record, in ascending order.
    pub lists: Vec<usize>,
    /// The first record of each list, and the number of all.
    starts: Vec<usize>,
    groups: Vec<Packed>,
    noise: Noise,
}

/// Pairs of two lists by pattern.
pub type PatternCounts = BTreeMap<(usize, usize), Vec<(Pattern, u64)>>;

impl CodeLists {
    /// From files, each a list.
    ///
    /// # Errors
    /// When they cannot be compared.
    pub fn new(files: &[CodeFile]) -> Result<Self, CodeFileError> {
        CodeFile::comparable(files)?;
        let groups = files.first().map_or(0, |f| f.groups.len());
        if groups > MOST_GROUPS {
            return Err(CodeFileError::Form(Fault::Groups(MOST_GROUPS)));
        }
        let noise = files.first().map_or(Noise::new(0.0, 1), |f| Noise::new(f.flip, f.l));
        let packed = (0..groups)
            .map(|g| Packed::new(files.iter().flat_map(|f| &f.rows).map(|r| &r.1[g]), noise))
            .collect::<Vec<Packed>>();
        let mut starts = vec![0];
        files.iter().for_each(|f| starts.push(starts[starts.len() - 1] + f.rows.len()));
        // Of each list by itself: one whose codes are all alike would hide among others.
        let fills = packed.iter().flat_map(|p| starts.windows(2).map(move |s| p.fill(s[0]..s[1])));
        let fullest = fills.fold(0.0, f64::max);
        if fullest > FULL {
            return Err(CodeFileError::Saturated((100.0 * fullest).round() as u32));
        }
        let lists =
            files.iter().enumerate().flat_map(|(k, f)| std::iter::repeat_n(k, f.rows.len())).collect();
        Ok(Self { lists, starts, groups: packed, noise })
    }

    /// How many lists.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many groups a record has codes of.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Records of each list.
    pub fn sizes(&self) -> Vec<usize> {
        self.starts.windows(2).map(|s| s[1] - s[0]).collect()
    }

    /// Calls `each` with the pattern of every record of `l` from `j` on with row `i`, tile by tile, for the rows of a chunk.
    fn compare(&self, rows: std::ops::Range<usize>, l: usize, mut each: impl FnMut(usize, usize, Pattern)) {
        let mut levels = [0_u32; TILE];
        let mut patterns = [0_u32; TILE];
        for from in (self.starts[l]..self.starts[l + 1]).step_by(TILE) {
            let to = (from + TILE).min(self.starts[l + 1]);
            for i in rows.clone() {
                let first = from.max(i + 1);
                if first >= to {
                    continue;
                }
                let count = to - first;
                patterns[..count].fill(0);
                for (g, packed) in self.groups.iter().enumerate() {
                    packed.levels(i, first, to, self.noise, &mut levels[..count]);
                    patterns[..count].iter_mut().zip(&levels).for_each(|(p, level)| *p |= level << (4 * g));
                }
                patterns[..count].iter().enumerate().for_each(|(k, p)| each(i, first + k, *p));
            }
        }
    }

    fn chunks(&self, k: usize) -> Vec<std::ops::Range<usize>> {
        let end = self.starts[k + 1];
        (self.starts[k]..end).step_by(ROWS).map(|s| s..(s + ROWS).min(end)).collect()
    }

    /// How many pairs of each two lists have each pattern.
    pub fn tally(&self) -> PatternCounts {
        let dense = self.groups.len() <= 3;
        let mut all = BTreeMap::new();
        for k in 0..self.count() {
            for l in k..self.count() {
                let counts = self
                    .chunks(k)
                    .into_par_iter()
                    .fold(
                        || Tally::new(dense),
                        |mut tally, rows| {
                            self.compare(rows, l, |_, _, pattern| tally.add(pattern, 1));
                            tally
                        },
                    )
                    .reduce(|| Tally::new(dense), Tally::with);
                all.insert((k, l), counts.sorted());
            }
        }
        all
    }

    /// The least log odds of a candidate, so that there are no more than can be worked with.
    pub(crate) fn least_log_odds(&self, model: &CodeModel, counts: &PatternCounts) -> f64 {
        let mut all: Vec<(f64, u64)> = Vec::new();
        for ((k, l), patterns) in counts {
            let prior = model.log_prior(*k, *l, self.count());
            all.extend(patterns.iter().map(|(pattern, n)| (prior + model.weight(*pattern), *n)));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut left = MOST_CANDIDATES * self.lists.len() as u64;
        for (odds, n) in all {
            if odds <= LEAST_LOG_ODDS {
                break;
            }
            let Some(rest) = left.checked_sub(n) else { return odds };
            left = rest;
        }
        LEAST_LOG_ODDS
    }

    /// Pairs that may be one person, with their weights.
    pub fn edges(&self, model: &CodeModel, counts: &PatternCounts) -> Vec<(Pair, f64)> {
        let least = self.least_log_odds(model, counts);
        let mut edges = Vec::new();
        for k in 0..self.count() {
            for l in k..self.count() {
                let prior = model.log_prior(k, l, self.count());
                edges.par_extend(self.chunks(k).into_par_iter().flat_map_iter(|rows| {
                    let mut found = Vec::new();
                    let mut known: HashMap<Pattern, f64> = HashMap::new();
                    // Most pairs have one of few patterns.
                    let mut last = (u32::MAX, 0.0);
                    self.compare(rows, l, |i, j, pattern| {
                        if last.0 != pattern {
                            let weight = known.entry(pattern).or_insert_with(|| model.weight(pattern));
                            last = (pattern, *weight);
                        }
                        if last.1 + prior > least {
                            found.push(((i as u32, j as u32), last.1));
                        }
                    });
                    found
                }));
            }
        }
        edges.par_sort_unstable_by_key(|e: &(Pair, f64)| e.0);
        edges
    }
}

/// Counts by pattern: in a row while patterns are few, else by key.
enum Tally {
    Dense(Vec<u64>),
    Sparse(HashMap<Pattern, u64>),
}

impl Tally {
    fn new(dense: bool) -> Self {
        if dense { Self::Dense(vec![0; 1 << 12]) } else { Self::Sparse(HashMap::new()) }
    }

    fn add(&mut self, pattern: Pattern, count: u64) {
        match self {
            Self::Dense(counts) => counts[pattern as usize] += count,
            Self::Sparse(counts) => *counts.entry(pattern).or_insert(0) += count,
        }
    }

    fn with(mut self, other: Self) -> Self {
        other.sorted().into_iter().for_each(|(p, c)| self.add(p, c));
        self
    }

    fn sorted(self) -> Vec<(Pattern, u64)> {
        let mut all: Vec<(Pattern, u64)> = match self {
            Self::Dense(counts) => (0..).zip(counts).filter(|c| c.1 > 0).collect(),
            Self::Sparse(counts) => counts.into_iter().collect(),
        };
        all.sort_unstable();
        all
    }
}
