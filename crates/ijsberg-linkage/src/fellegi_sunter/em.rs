//! EM on counts of patterns.

use std::collections::BTreeMap;

use rand::RngExt;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Compared, KINDS, MatchModel, NAMES};
use crate::blocking::Pair;
use crate::compare::{FIELDS, Field, Lately, Pattern, level};
use crate::generate::stream;
use crate::prepare::Prepared;

/// Random pairs that represent all pairs that are not candidates.
const SAMPLE: usize = 1_000_000;

/// Matches that a record has on average at most, in the model: with many more EM has found something else.
const MOST_MATCHES: f64 = 20.0;

/// What the pairs of each pattern are, by the model of a step.
struct Shares {
    /// Matches by two lists.
    by_lists: Vec<f64>,
    /// By pattern, the share that matches.
    of: FxHashMap<Pattern, f64>,
}
/// Counts of candidates and of sampled pairs, by lists and pattern.
type Counts = FxHashMap<(usize, Pattern), (u64, u64)>;

/// Counts candidates in whole numbers, so that it does not matter which processor counted which part of them.
fn tally(candidates: &[Compared]) -> Counts {
    candidates
        .par_chunks(1 << 16)
        .map(|chunk| {
            let mut counts = Counts::default();
            chunk.iter().for_each(|c| counts.entry((c.lists, c.pattern)).or_default().0 += 1);
            counts
        })
        .reduce(Counts::default, |mut a, b| {
            b.into_iter().for_each(|(key, (n, _))| a.entry(key).or_default().0 += n);
            a
        })
}

/// The pairs that counts stand for, sorted by pattern.
fn rows(counts: Counts, each: f64, weight: f64) -> Vec<(usize, Pattern, f64)> {
    let pairs = |(n, sampled): (u64, u64)| n as f64 * each + sampled as f64 * weight;
    let mut rows: Vec<_> = counts.into_iter().map(|((lists, g), n)| (lists, g, pairs(n))).collect();
    rows.sort_unstable_by_key(|x| (x.1, x.0));
    rows
}

impl MatchModel {
    /// Learns from compared candidates, each of which stands for `each` of all `pairs` found by rules, and a sample of the
    /// others. The result depends on the pairs and the seed alone.
    pub fn learn(p: &Prepared, pairs: &[Pair], candidates: &[Compared], each: f64, seed: u64) -> Self {
        let n = p.len() as u64;
        let total = (n * n.saturating_sub(1) / 2) as f64;
        let rest = total - pairs.len() as f64;
        let wanted = SAMPLE.min(rest.max(0.0) as usize);
        let chunks = 64;
        let lists = p.lists();
        let sampled: Vec<(usize, Pattern)> = (0..chunks)
            .into_par_iter()
            .flat_map_iter(|c| {
                let mut rng = stream(seed, c as u64);
                let lately = &mut Lately::default();
                let mut out = Vec::new();
                while n > 1 && out.len() < wanted / chunks {
                    let (i, j) = (rng.random_range(0..n as u32), rng.random_range(0..n as u32));
                    let pair = (i.min(j), i.max(j));
                    if i != j && pairs.binary_search(&pair).is_err() {
                        out.push((p.lists_of(pair, lists), p.levels(i as usize, j as usize, lately).0));
                    }
                }
                out
            })
            .collect();
        let mut counts = tally(candidates);
        let weight = if sampled.is_empty() { 0.0 } else { rest / sampled.len() as f64 };
        sampled.iter().for_each(|s| counts.entry(*s).or_default().1 += 1);
        Self::em(&rows(counts, each, weight), n as f64)
    }

    /// EM on `(pair of lists, pattern, pairs)`, sorted by pattern; `records` sets where `lambda` starts.
    pub fn em(rows: &[(usize, Pattern, f64)], records: f64) -> Self {
        let total: f64 = rows.iter().map(|p| p.2).sum();
        let mut by_lists = vec![0.0; rows.iter().map(|r| r.0 + 1).max().unwrap_or(1)];
        rows.iter().for_each(|r| by_lists[r.0] += r.2);
        let patterns: Vec<(Pattern, f64)> = rows
            .chunk_by(|a, b| a.1 == b.1)
            .map(|same| (same[0].1, same.iter().map(|r| r.2).sum()))
            .collect();
        let start = (0.5 / records.max(2.0)).min(0.4);
        let mut model = Self {
            lambda: start,
            by_lists: vec![start; by_lists.len()],
            m: FIELDS.iter().map(|f| first_guess(*f)).collect(),
            u: by_nationality(&patterns, |_| 1.0),
            together: Default::default(),
            relatives: [0.0; KINDS.len()],
            steps: 0,
        };
        // More than this is not a person on several lists but a group of persons who are alike.
        let most = (MOST_MATCHES / records.max(2.0)).min(0.5);
        // A few matches' worth of the first guess, so that a level that no match has is not impossible.
        let prior: Vec<Vec<f64>> = model.m.iter().map(|m| m.iter().map(|x| 10.0 * x).collect()).collect();
        for step in 1..=200 {
            let shares = model.shares(rows, &patterns);
            let posterior = |g: Pattern| shares.of[&g];
            let strangers = |g: Pattern| 1.0 - shares.of[&g];
            let matches: f64 = shares.by_lists.iter().sum();
            let mut m = sums(&patterns, posterior);
            for (m, prior) in m.iter_mut().zip(&prior) {
                m.iter_mut().zip(prior).for_each(|(m, p)| *m += p);
                let sum: f64 = m.iter().sum();
                m.iter_mut().for_each(|x| *x /= sum);
            }
            let moved = m
                .iter()
                .flatten()
                .zip(model.m.iter().flatten())
                .map(|(a, b)| (a - b).abs())
                .fold((matches / total - model.lambda).abs() / model.lambda, f64::max);
            let u = by_nationality(&patterns, strangers);
            // Two lists with few records share too little to say how often they match: a match's worth of the mean.
            let share = matches / total;
            let of_lists =
                |(m, n): (&f64, &f64)| ((m + 1.0) / (n + 1.0 / share.max(1e-12))).clamp(1e-12, most);
            model = Self {
                together: together(&patterns, &u, strangers),
                lambda: share.clamp(1e-12, most),
                by_lists: shares.by_lists.iter().zip(&by_lists).map(of_lists).collect(),
                m,
                u,
                relatives: [0.0; KINDS.len()],
                steps: step,
            };
            if moved < 1e-6 {
                break;
            }
        }
        model.learn_relatives(rows, records);
        model
    }

    /// What the pairs of each pattern are by this model.
    fn shares(&self, rows: &[(usize, Pattern, f64)], patterns: &[(Pattern, f64)]) -> Shares {
        let weights: Vec<f64> = patterns.par_iter().map(|(g, _)| self.weight_of_pattern(*g).exp()).collect();
        let mut shares = Shares { by_lists: vec![0.0; self.by_lists.len()], of: FxHashMap::default() };
        for ((same, w), (g, count)) in rows.chunk_by(|a, b| a.1 == b.1).zip(&weights).zip(patterns) {
            let mut sum = 0.0;
            for (l, _, c) in same {
                let odds = self.by_lists[*l] / (1.0 - self.by_lists[*l]) * w;
                let matches = if odds.is_finite() { c * odds / (1.0 + odds) } else { *c };
                shares.by_lists[*l] += matches;
                sum += matches;
            }
            shares.of.insert(*g, sum / count);
        }
        shares
    }
}

/// Levels among matches before anything is known: mostly agreement.
fn first_guess(field: Field) -> Vec<f64> {
    match field {
        Field::Given | Field::Family => vec![0.08, 0.07, 0.2, 0.65],
        Field::Birth => vec![0.02, 0.03, 0.01, 0.02, 0.15, 0.04, 0.09, 0.64],
        Field::Place => vec![0.25, 0.05, 0.1, 0.6],
        Field::Contact => vec![0.35, 0.05, 0.6],
        Field::First | Field::Second | Field::Third | Field::Fourth => vec![0.3, 0.1, 0.2, 0.4],
        _ => vec![0.05, 0.95],
    }
}

/// Pairs by field and level, weighted.
fn sums(patterns: &[(Pattern, f64)], weight: impl Fn(Pattern) -> f64) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = FIELDS.iter().map(|f| vec![0.0; f.levels()]).collect();
    for (g, count) in patterns {
        let w = count * weight(*g);
        for (f, field) in FIELDS.iter().enumerate() {
            let l = level(*g, *field);
            if l > 0 {
                sums[f][l - 1] += w;
            }
        }
    }
    sums
}

/// Chances by level of nationality; that of nationality itself is given nothing.
fn by_nationality(patterns: &[(Pattern, f64)], weight: impl Fn(Pattern) -> f64) -> [Vec<Vec<f64>>; 3] {
    let all = shares(sums(patterns, &weight));
    [0, 1, 2].map(|l| {
        let own = |g: Pattern| if level(g, Field::Nationality) == l { weight(g) } else { 0.0 };
        let mut u = shares(sums(patterns, own));
        u[Field::Nationality as usize].clone_from(&all[Field::Nationality as usize]);
        u
    })
}

/// Ratios of the chance of levels of both names and their order to that by independence, among pairs weighted.
fn together(
    patterns: &[(Pattern, f64)],
    u: &[Vec<Vec<f64>>; 3],
    weight: impl Fn(Pattern) -> f64,
) -> [BTreeMap<Pattern, f64>; 3] {
    [0, 1, 2].map(|nationality| {
        let mut counts: FxHashMap<Pattern, f64> = FxHashMap::default();
        let mut total = 0.0;
        for (g, count) in patterns {
            let both = [Field::Given, Field::Family, Field::Order].iter().all(|f| level(*g, *f) > 0);
            if both && level(*g, Field::Nationality) == nationality {
                let w = count * weight(*g);
                *counts.entry(g & NAMES).or_insert(0.0) += w;
                total += w;
            }
        }
        let u = &u[nationality];
        let ratio = |(g, count): (Pattern, f64)| {
            let alone: f64 = [Field::Given, Field::Family, Field::Order]
                .into_iter()
                .map(|f| u[f as usize][level(g, f) - 1])
                .product();
            // Next to nothing of independence: a combination that is all matches must not divide by zero.
            (g, (count + 1e-6) / (alone * total + 1e-6))
        };
        counts.into_iter().map(ratio).collect()
    })
}

/// Numbers as shares, none of which is nothing.
fn shares(mut sums: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for s in &mut sums {
        s.iter_mut().for_each(|x| *x += 0.5);
        let total: f64 = s.iter().sum();
        s.iter_mut().for_each(|x| *x /= total);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of fractions would depend on which processor added which part.
    #[test]
    fn pairs_are_counted_whole_and_weighed_once() {
        let one = |lists, pattern| Compared { pattern, lists, frequency: [0.0; 5] };
        let mut candidates = vec![one(0, 7); 150_000];
        candidates.extend(vec![one(1, 7); 100_000]);
        let found = rows(tally(&candidates), 0.1, 0.0);
        assert_eq!(found, [(0, 7, 150_000.0 * 0.1), (1, 7, 100_000.0 * 0.1)]);
    }

    /// Patterns of a population with known chances: EM finds them again.
    #[test]
    fn em_finds_the_chances_that_made_the_patterns() {
        let lambda = 0.01;
        let m = [[0.05, 0.05, 0.2, 0.7], [0.1, 0.1, 0.2, 0.6]];
        let u = [[0.9, 0.06, 0.03, 0.01], [0.93, 0.04, 0.02, 0.01]];
        let (m_sex, u_sex) = ([0.03, 0.97], [0.45, 0.55]);
        // Different, or the same day.
        let (m_birth, u_birth) = ([0.2, 0.8], [0.999, 0.001]);
        let mut patterns = Vec::new();
        for code in 0..64_usize {
            let (a, b, s, d) = (code & 3, code >> 2 & 3, code >> 4 & 1, code >> 5);
            let levels = [a + 1, b + 1, 2, 1 + 7 * d, s + 1];
            let pattern = levels.iter().enumerate().fold(0, |g, (f, l)| g | (*l as Pattern) << (4 * f));
            let share = lambda * m[0][a] * m[1][b] * m_sex[s] * m_birth[d]
                + (1.0 - lambda) * u[0][a] * u[1][b] * u_sex[s] * u_birth[d];
            patterns.push((0, pattern, 1e8 * share));
        }
        patterns.sort_unstable_by_key(|p: &(usize, Pattern, f64)| p.1);
        let model = MatchModel::em(&patterns, 200.0);
        assert!((model.lambda / lambda - 1.0).abs() < 0.02, "{model:?}");
        for (f, (m, u)) in m.iter().zip(&u).enumerate() {
            for l in 0..4 {
                assert!((model.m[f][l] - m[l]).abs() < 0.01, "{model:?}");
                assert!((model.u[0][f][l] - u[l]).abs() < 0.002, "{model:?}");
            }
        }
    }
}
