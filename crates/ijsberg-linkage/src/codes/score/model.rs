//! The chances of the levels, by EM on counts of patterns.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::codes::dice::LEVELS;
use crate::compare::triangle;

use super::{CodeLists, Pattern, PatternCounts};

/// Matches that a record has in another list on average at most, in the model.
const MOST_MATCHES: f64 = 4.0;

/// Pairs must have a level this many times as often as strangers for it to hold matches; see the module.
const CLEARLY_MORE: f64 = 2.0;

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

fn level_of(pattern: Pattern, group: usize) -> usize {
    (pattern >> (4 * group) & 15) as usize
}

impl CodeModel {
    /// Compares all pairs and learns.
    pub fn from_codes(codes: &CodeLists) -> Self {
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
    pub(super) fn log_prior(&self, k: usize, l: usize, lists: usize) -> f64 {
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
