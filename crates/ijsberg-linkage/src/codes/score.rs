//! What the likeness of codes is worth, and which pairs of records may be one person.
//!
//! Every pair of records is compared, group by group. A pair across lists is a match with a chance of its own for each two
//! lists; given that, groups are alike at their levels with chances `m` for matches and `u` for others, by EM on counts of
//! patterns (Fellegi and Sunter 1969, JASA 64). Two records on *one* list are hardly ever one person, so pairs within lists
//! show how alike strangers are in all groups together: compatriots have alike names, which `u` by group would miss.
//!
//! With fewer than three groups EM cannot tell `m` from `u`. Then `u` is taken to fall off ever faster beyond its peak, as
//! the likeness of unrelated texts does, and what there is more of at high levels is matches.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde::Serialize;

use crate::blocking::Pair;
use crate::codes::dice::{LEVELS, Noise, Packed};
use crate::codes::file::{CodeFile, CodeFileError};
use crate::compare::triangle;

/// The most groups: a pattern has four bits for each.
pub const MOST_GROUPS: usize = 6;

/// Pairs whose log odds of matching, taken alone, are below this are no candidates for the partition.
const LEAST_LOG_ODDS: f64 = -7.0;

/// With a larger share of their bits set on average codes are all alike.
const FULL: f64 = 0.9;

/// Candidates a record at most; beyond that the least likely patterns are left out, whole patterns at a time. Codes that are alike
/// by themselves would otherwise make candidates of nearly all pairs.
const MOST_CANDIDATES: u64 = 200;

/// Matches that a record has in another list on average at most, in the model.
const MOST_MATCHES: f64 = 4.0;

/// Pairs must have a level this many times as often as strangers for it to hold matches; see the module.
const CLEARLY_MORE: f64 = 2.0;

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

/// The chances of each level for matches and for others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeModel {
    /// Chance that a record of list `k` and one of list `l >= k` match, row by row of the upper triangle.
    pub lambda: Vec<f64>,
    /// By group and level from 1: given a match.
    pub m: Vec<Vec<f64>>,
    /// The same given none.
    pub u: Vec<Vec<f64>>,
    /// How much oftener than by independence others have a pattern, where it is known.
    #[serde(skip)]
    together: HashMap<Pattern, f64>,
    /// Steps that EM took.
    pub steps: usize,
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
            return Err(CodeFileError::Form(format!("more than {MOST_GROUPS} groups")));
        }
        let noise = files.first().map_or(Noise::new(0.0, 1), |f| Noise::new(f.flip, f.l));
        let packed = (0..groups)
            .map(|g| Packed::new(files.iter().flat_map(|f| &f.rows).map(|r| &r.1[g]), noise))
            .collect::<Vec<Packed>>();
        let fullest = packed.iter().map(Packed::fill).fold(0.0, f64::max);
        if fullest > FULL {
            return Err(CodeFileError::Saturated((100.0 * fullest).round() as u32));
        }
        let mut starts = vec![0];
        files.iter().for_each(|f| starts.push(starts[starts.len() - 1] + f.rows.len()));
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
    fn least_log_odds(&self, model: &CodeModel, counts: &PatternCounts) -> f64 {
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

fn level_of(pattern: Pattern, group: usize) -> usize {
    (pattern >> (4 * group) & 15) as usize
}

impl CodeModel {
    /// Compares all pairs and learns.
    pub fn of(codes: &CodeLists) -> Self {
        Self::learn(&codes.tally(), &codes.sizes(), codes.groups.len())
    }

    /// Log odds that two records at random match.
    pub fn prior(&self, codes: &CodeLists) -> f64 {
        let sizes = codes.sizes();
        let (mut matches, mut pairs) = (0.0, 0.0);
        for k in 0..sizes.len() {
            for l in k..sizes.len() {
                let n =
                    sizes[k] as f64 * if k == l { 0.5 * (sizes[k] as f64 - 1.0) } else { sizes[l] as f64 };
                matches += n * self.lambda[triangle(k, l, sizes.len())];
                pairs += n;
            }
        }
        (matches / (pairs - matches).max(1e-9)).max(1e-15).ln()
    }

    /// Learns from counts of patterns. `sizes` are the records of each list.
    pub fn learn(counts: &PatternCounts, sizes: &[usize], groups: usize) -> Self {
        let lists = sizes.len();
        let rows: Vec<(usize, bool, Pattern, f64)> = counts
            .iter()
            .flat_map(|((k, l), patterns)| {
                let place = triangle(*k, *l, lists);
                patterns.iter().map(move |(p, c)| (place, k == l, *p, *c as f64))
            })
            .collect();
        let mut total = vec![0.0; lists * (lists + 1) / 2];
        rows.iter().for_each(|r| total[r.0] += r.3);
        let most: Vec<f64> = counts
            .keys()
            .map(|(k, l)| (MOST_MATCHES / sizes[*k].max(sizes[*l]).max(8) as f64).min(0.5))
            .collect();
        let all = shares(&rows, groups, |r| r.3);
        let by_tail = groups < 3;
        let u: Vec<Vec<f64>> = if by_tail { all.iter().map(|s| falling(s)).collect() } else { all.clone() };
        let impossible: Vec<usize> =
            all.iter().zip(&u).map(|(all, u)| if by_tail { no_matches(all, u) } else { 0 }).collect();
        let mut model = Self {
            lambda: most.iter().map(|m| m / 8.0).collect(),
            m: vec![first_guess(); groups],
            together: HashMap::new(),
            u,
            steps: 0,
        };
        model.rule_out(&impossible);
        for step in 1..=500 {
            let posterior: Vec<f64> = rows.par_iter().map(|r| model.posterior(r.0, r.2)).collect();
            let mut matches = vec![0.0; total.len()];
            rows.iter().zip(&posterior).for_each(|(r, p)| matches[r.0] += r.3 * p);
            let mut next = Self {
                lambda: (0..total.len())
                    .map(|t| (matches[t] / total[t].max(1.0)).clamp(1e-15, most[t]))
                    .collect(),
                m: vec![vec![0.0; LEVELS]; groups],
                u: model.u.clone(),
                together: model.together.clone(),
                steps: step,
            };
            for (r, p) in rows.iter().zip(&posterior) {
                for g in 0..groups {
                    if let Some(level) = level_of(r.2, g).checked_sub(1) {
                        next.m[g][level] += r.3 * p;
                    }
                }
            }
            for m in &mut next.m {
                let guess = first_guess();
                m.iter_mut().zip(&guess).for_each(|(m, g)| *m += 5.0 * g);
                let sum: f64 = m.iter().sum();
                m.iter_mut().for_each(|m| *m /= sum);
            }
            next.rule_out(&impossible);
            let strangers: Vec<Row> =
                rows.iter().zip(&posterior).map(|(r, p)| (r.0, r.1, r.2, r.3 * (1.0 - p))).collect();
            if !by_tail {
                next.u = shares(&strangers, groups, |r| r.3);
            }
            if groups > 1 {
                next.together = together(&strangers, groups, &next.u);
            }
            let moved = next
                .lambda
                .iter()
                .zip(&model.lambda)
                .filter(|(a, _)| **a > 1e-12)
                .map(|(a, b)| (a - b).abs() / b)
                .fold(0.0, f64::max);
            model = next;
            if moved < 1e-6 {
                break;
            }
        }
        model
    }

    /// Chances of nothing for levels too low to hold matches.
    fn rule_out(&mut self, impossible: &[usize]) {
        for (m, low) in self.m.iter_mut().zip(impossible) {
            m[..*low].fill(1e-9);
            let sum: f64 = m.iter().sum();
            m.iter_mut().for_each(|m| *m /= sum);
        }
    }

    /// Log odds that a record of list `k` and one of list `l` match.
    fn log_prior(&self, k: usize, l: usize, lists: usize) -> f64 {
        let lambda = self.lambda[triangle(k, l, lists)];
        (lambda / (1.0 - lambda)).max(1e-15).ln()
    }

    /// The logarithm of how much likelier a pattern is for a match.
    pub fn weight(&self, pattern: Pattern) -> f64 {
        let sum: f64 = (0..self.m.len())
            .map(|g| match level_of(pattern, g) {
                0 => 0.0,
                l => (self.m[g][l - 1] / self.u[g][l - 1]).ln(),
            })
            .sum();
        sum - self.together.get(&pattern).map_or(0.0, |t| t.ln())
    }

    /// The chance that a pair of two lists, by their place in the triangle, matches.
    pub fn posterior(&self, place: usize, pattern: Pattern) -> f64 {
        let lambda = self.lambda[place];
        let odds = lambda / (1.0 - lambda) * self.weight(pattern).exp();
        if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 }
    }
}

/// Levels among matches before anything is known.
fn first_guess() -> Vec<f64> {
    let raw: Vec<f64> = (0..LEVELS).map(|l| 0.75_f64.powi((LEVELS - 1 - l) as i32)).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|x| x / sum).collect()
}

type Row = (usize, bool, Pattern, f64);

fn shares(rows: &[Row], groups: usize, weight: impl Fn(&Row) -> f64) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.5; LEVELS]; groups];
    for row in rows {
        let w = weight(row);
        for (g, sums) in sums.iter_mut().enumerate() {
            if let Some(level) = level_of(row.2, g).checked_sub(1) {
                sums[level] += w;
            }
        }
    }
    for s in &mut sums {
        let total: f64 = s.iter().sum();
        s.iter_mut().for_each(|x| *x /= total);
    }
    sums
}

/// Shares that beyond their peak fall off ever faster: no ratio of neighbours is larger than the one before. What is above
/// that is left out. A group with few levels, such as a nationality, has no such form and is left as it is.
fn falling(all: &[f64]) -> Vec<f64> {
    let mut u = all.to_vec();
    let peak = (0..LEVELS).max_by(|a, b| all[*a].total_cmp(&all[*b])).unwrap_or(0);
    if all.iter().filter(|s| **s > 1e-6).count() < 6 {
        return u;
    }
    for l in peak + 2..LEVELS {
        u[l] = u[l].min(u[l - 1] * u[l - 1] / u[l - 2]).max(1e-12);
    }
    u
}

/// The first level from which on all levels are clearly more frequent than among strangers.
fn no_matches(all: &[f64], u: &[f64]) -> usize {
    let more = |l: usize| all[l] > CLEARLY_MORE * u[l];
    (0..LEVELS).rev().take_while(|l| more(*l)).last().unwrap_or(0)
}

/// How much oftener than by independence strangers on one list have a pattern; one pair more in both, so that what is hardly
/// ever seen says nothing.
fn together(strangers: &[Row], groups: usize, u: &[Vec<f64>]) -> HashMap<Pattern, f64> {
    let (mut total, mut counts) = (0.0, HashMap::<Pattern, f64>::new());
    // Missing groups: their share is that among all pairs.
    let mut missing = vec![0.0; groups];
    for row in strangers.iter().filter(|r| r.1) {
        total += row.3;
        *counts.entry(row.2).or_insert(0.0) += row.3;
        (0..groups).filter(|g| level_of(row.2, *g) == 0).for_each(|g| missing[g] += row.3);
    }
    let share = |pattern: Pattern| -> f64 {
        (0..groups)
            .map(|g| {
                let absent = missing[g] / total.max(1.0);
                match level_of(pattern, g) {
                    0 => absent,
                    l => (1.0 - absent) * u[g][l - 1],
                }
            })
            .product()
    };
    counts.into_iter().map(|(p, c)| (p, (c + 1.0) / (total * share(p) + 1.0))).collect()
}
