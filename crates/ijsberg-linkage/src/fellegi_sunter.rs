//! What a pattern of agreement is worth: Fellegi and Sunter (1969, JASA 64), by EM on counts of patterns.
//!
//! A pair is a match with chance `lambda`. Given that, fields agree at their levels independently, with chances `m` for
//! matches and `u` for others; a missing field says nothing. The weight of a pair is the sum of `ln(m / u)`.
//!
//! EM on candidate pairs alone would take the agreement that made them candidates for a property of all pairs that do
//! not match. Here it sees *all* pairs: the candidates one by one and the rest through a random sample that is scaled up. Then
//! `u` and `lambda` are those of any two records, whatever the rules, and no field need be left out of training.
//!
//! Common names agree by chance more often than rare ones: where names are the same, `u` is replaced by how often the name
//! occurs among records of the same nationality.

use std::collections::BTreeMap;

use rand::RngExt;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::blocking::Pair;
use crate::compare::{FIELDS, Field, Lately, NO_NAME, Pattern, Prepared, level, name_level, place_level};
use crate::generate::stream;

/// The part of a pattern that is about names.
const NAMES: Pattern = 0xfff;

/// Random pairs that stand for all that are no candidates.
const SAMPLE: usize = 1_000_000;

/// Records that the overall frequency of a name counts for beside those of a nationality.
const SMOOTHING: f64 = 20.0;

/// Matches that a record has on average at most, in the model: with many more EM has found something else.
const MOST_MATCHES: f64 = 4.0;

/// Share of the frequency that counts when names are close but not the same.
const CLOSE_SHARE: f64 = 0.5;

/// A pair with what was found when it was compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// The levels.
    pub pattern: Pattern,
    /// The two lists; see [`MatchModel::by_lists`].
    lists: usize,
    /// Logarithms of the frequencies of given name, family name, nationality and place, where they agree; else 0.
    frequency: [f32; 4],
}

/// What a part of a weight comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A field at its level.
    Field(Field, usize),
    /// Both names together; see [`MatchModel::together`].
    Together,
    /// How often the values occur.
    Frequency,
    /// What judged pairs say of such weights.
    Calibration,
}

/// The chances of each level for matches and for others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchModel {
    /// Chance that two records at random match.
    pub lambda: f64,
    /// The same for a record of list `k` and one of list `l`, row by row of the upper triangle of all pairs of lists.
    pub by_lists: Vec<f64>,
    /// By field and level from 1: given a match.
    pub m: Vec<Vec<f64>>,
    /// The same given none, by the level of nationality: missing, another, the same. Compatriots who have nothing to do with
    /// each other have more alike names than others, so all chances are given that.
    pub u: [Vec<Vec<f64>>; 3],
    /// How much oftener than by independence others have a combination of levels of both names and their order, by the level
    /// of nationality: names of one language are alike together.
    pub together: [BTreeMap<Pattern, f64>; 3],
    /// Steps that EM took.
    pub steps: usize,
}

/// Compares pairs, in the order given.
pub fn compare(p: &Prepared, pairs: &[Pair]) -> Vec<Compared> {
    let lists = p.lists();
    let one = |lately: &mut Lately, pair: &Pair| Compared {
        lists: p.lists_of(*pair, lists),
        ..compared(p, pair.0 as usize, pair.1 as usize, lately)
    };
    pairs.par_iter().with_min_len(1 << 12).map_init(Lately::default, one).collect()
}

fn compared(p: &Prepared, i: usize, j: usize, lately: &mut Lately) -> Compared {
    let (pattern, names) = p.levels(i, j, lately);
    let a = &p.records[i];
    let same_nationality = level(pattern, Field::Nationality) == 2;
    let n = p.len() as f64;
    // Among compatriots where the pair agrees on that, smoothed by the frequency among all.
    let smooth = |overall: u32, own: Option<&u32>| -> f64 {
        let overall = f64::from(overall) / n;
        if !same_nationality {
            return overall;
        }
        let own = f64::from(own.copied().unwrap_or(0));
        (own + SMOOTHING * overall) / (f64::from(p.nationalities[a.nationality as usize]) + SMOOTHING)
    };
    let share = |name: u32, close: bool| -> f64 {
        if name == NO_NAME {
            return 1.0;
        }
        let known = &p.names[name as usize];
        if close {
            let own = p.sounds_by_nationality.get(&(known.sound, a.nationality));
            return smooth(p.sounds[known.sound as usize], own);
        }
        smooth(known.count, p.by_nationality.get(&(name, a.nationality)))
    };
    let mut frequency = [0.0_f32; 4];
    for (k, field) in [Field::Given, Field::Family].into_iter().enumerate() {
        let l = level(pattern, field) as u32;
        if l >= name_level::CLOSE {
            let close = l == name_level::CLOSE;
            frequency[k] = share(names[k].0, close).max(share(names[k].1, close)).ln() as f32;
        }
    }
    if same_nationality {
        let known: u32 = p.nationalities.iter().sum();
        frequency[2] = (f64::from(p.nationalities[a.nationality as usize]) / f64::from(known)).ln() as f32;
    }
    // Of an address in parts the frequencies of the parts are not independent, so they are left out.
    let only_place = a.address[1..].iter().all(|part| *part == NO_NAME);
    if level(pattern, Field::Place) as u32 == place_level::ALL && only_place && a.place > 0 {
        frequency[3] = p.place_share(a.place).ln() as f32;
    }
    Compared { pattern, lists: 0, frequency }
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
        type Counts = FxHashMap<(usize, Pattern), f64>;
        let mut counts: Counts = candidates
            .par_chunks(1 << 16)
            .map(|chunk| {
                let mut counts = Counts::default();
                chunk.iter().for_each(|c| *counts.entry((c.lists, c.pattern)).or_insert(0.0) += each);
                counts
            })
            .reduce(Counts::default, |mut a, b| {
                b.into_iter().for_each(|(key, n)| *a.entry(key).or_insert(0.0) += n);
                a
            });
        let weight = if sampled.is_empty() { 0.0 } else { rest / sampled.len() as f64 };
        sampled.iter().for_each(|s| *counts.entry(*s).or_insert(0.0) += weight);
        let mut rows: Vec<(usize, Pattern, f64)> = counts.into_iter().map(|((l, g), c)| (l, g, c)).collect();
        rows.sort_unstable_by_key(|x| (x.1, x.0));
        Self::em(&rows, n as f64)
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
            steps: 0,
        };
        // More than this is not a person on several lists but a group of persons who are alike.
        let most = (MOST_MATCHES / records.max(2.0)).min(0.5);
        // A few matches' worth of the first guess, so that a level that no match has is not impossible.
        let prior: Vec<Vec<f64>> = model.m.iter().map(|m| m.iter().map(|x| 10.0 * x).collect()).collect();
        for step in 1..=200 {
            let weights: Vec<f64> =
                patterns.par_iter().map(|(g, _)| model.weight_of_pattern(*g).exp()).collect();
            let mut matches_by_lists = vec![0.0; by_lists.len()];
            // The chance that a pair of each pattern matches, over all pairs of lists.
            let mut posterior: FxHashMap<Pattern, f64> = FxHashMap::default();
            for ((same, w), (g, count)) in rows.chunk_by(|a, b| a.1 == b.1).zip(&weights).zip(&patterns) {
                let mut sum = 0.0;
                for (l, _, c) in same {
                    let odds = model.by_lists[*l] / (1.0 - model.by_lists[*l]) * w;
                    let matches = if odds.is_finite() { c * odds / (1.0 + odds) } else { *c };
                    matches_by_lists[*l] += matches;
                    sum += matches;
                }
                posterior.insert(*g, sum / count);
            }
            let matches: f64 = matches_by_lists.iter().sum();
            let mut m = sums(&patterns, |g| posterior[&g]);
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
            let u = by_nationality(&patterns, |g| 1.0 - posterior[&g]);
            // Two lists with few records share too little to say how often they match: a match's worth of the mean.
            let share = matches / total;
            let of_lists =
                |(m, n): (&f64, &f64)| ((m + 1.0) / (n + 1.0 / share.max(1e-12))).clamp(1e-12, most);
            model = Self {
                together: together(&patterns, &u, |g| 1.0 - posterior[&g]),
                lambda: share.clamp(1e-12, most),
                by_lists: matches_by_lists.iter().zip(&by_lists).map(of_lists).collect(),
                m,
                u,
                steps: step,
            };
            if moved < 1e-6 {
                break;
            }
        }
        model
    }

    fn weight_of_pattern(&self, pattern: Pattern) -> f64 {
        let u = self.others(pattern);
        FIELDS
            .iter()
            .enumerate()
            .map(|(f, field)| match level(pattern, *field) {
                0 => 0.0,
                l => (self.m[f][l - 1] / u[f][l - 1]).ln(),
            })
            .sum::<f64>()
            - self.together[level(pattern, Field::Nationality)]
                .get(&(pattern & NAMES))
                .map_or(0.0, |t| t.ln())
    }

    /// The chances of the levels among pairs that do not match and agree on nationality as this one does.
    fn others(&self, pattern: Pattern) -> &Vec<Vec<f64>> {
        &self.u[level(pattern, Field::Nationality)]
    }

    /// The weight of a pair: the logarithm of how much likelier its agreement is for a match.
    pub fn weight(&self, pair: &Compared) -> f64 {
        self.weight_of_pattern(pair.pattern) + self.frequencies(pair).iter().sum::<f64>()
    }

    /// The weight of a pair by what it comes from; the parts add up to [`MatchModel::weight`].
    pub fn parts(&self, pair: &Compared) -> Vec<(Part, f64)> {
        let u = self.others(pair.pattern);
        let mut parts = Vec::new();
        for (f, field) in FIELDS.into_iter().enumerate() {
            if let Some(l) = level(pair.pattern, field).checked_sub(1) {
                parts.push((Part::Field(field, l + 1), (self.m[f][l] / u[f][l]).ln()));
            }
        }
        let together = self.together[level(pair.pattern, Field::Nationality)].get(&(pair.pattern & NAMES));
        parts.push((Part::Together, -together.map_or(0.0, |t| t.ln())));
        parts.push((Part::Frequency, self.frequencies(pair).iter().sum()));
        parts
    }

    /// What agreement on given name, family name, nationality and place is worth beyond agreement by itself: the chance of
    /// agreeing is taken over by how often the value occurs.
    fn frequencies(&self, pair: &Compared) -> [f64; 4] {
        let u = self.others(pair.pattern);
        let swap = |chance: f64, frequency: f32, share: f64| {
            share * (chance.ln() - f64::from(frequency)).clamp(-4.0, 4.0)
        };
        let mut all = [0.0; 4];
        for f in 0..2 {
            let l = level(pair.pattern, FIELDS[f]);
            let same = u[f][name_level::SAME as usize - 1];
            if l as u32 == name_level::SAME {
                all[f] = swap(same, pair.frequency[f], 1.0);
            } else if l as u32 == name_level::CLOSE {
                // How often names are at least close, by how many have the skeleton.
                let close = same + u[f][name_level::CLOSE as usize - 1];
                all[f] = swap(close, pair.frequency[f], CLOSE_SHARE);
            }
        }
        for (k, field) in [(2, Field::Nationality), (3, Field::Place)] {
            if pair.frequency[k] < 0.0 {
                all[k] = swap(u[field as usize][field.levels() - 1], pair.frequency[k], 1.0);
            }
        }
        all
    }

    /// Log odds that two records at random match.
    pub fn prior(&self) -> f64 {
        (self.lambda / (1.0 - self.lambda)).ln()
    }

    /// The pairs whose log odds of matching, taken alone, are at least `least`, with their weights, in the order given.
    pub fn at_least(&self, pairs: &[Pair], compared: &[Compared], least: f64) -> Vec<(Pair, f64)> {
        // How often values occur changes a weight by so much at most, so most pairs are left by their pattern.
        let bonus = 4.0 * 4.0;
        let priors: Vec<f64> = self.by_lists.iter().map(|l| (l / (1.0 - l)).ln()).collect();
        let mut patterns: Vec<Pattern> = compared.par_iter().map(|c| c.pattern).collect();
        patterns.par_sort_unstable();
        patterns.dedup();
        let known: FxHashMap<Pattern, f64> =
            patterns.into_iter().map(|p| (p, self.weight_of_pattern(p))).collect();
        pairs
            .par_iter()
            .zip(compared)
            .filter(|(_, c)| known[&c.pattern] + bonus + priors[c.lists] >= least)
            .map(|(pair, c)| (*pair, self.weight(c), priors[c.lists]))
            .filter(|e| e.1 + e.2 >= least)
            .map(|e| (e.0, e.1))
            .collect()
    }
}

/// Levels among matches before anything is known: mostly agreement.
fn first_guess(field: Field) -> Vec<f64> {
    match field {
        Field::Given | Field::Family => vec![0.08, 0.07, 0.2, 0.65],
        Field::Birth => vec![0.02, 0.03, 0.01, 0.02, 0.15, 0.04, 0.09, 0.64],
        Field::Place => vec![0.25, 0.05, 0.1, 0.6],
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
    use crate::blocking::{Shard, candidates};
    use crate::generate::{Design, generate};

    #[test]
    fn the_parts_of_a_weight_add_up_to_it() {
        let s = generate(&Design { persons: 400, ..Design::default() }, 2);
        let p = Prepared::new(&s.records);
        let pairs = candidates(&p, Shard::WHOLE).pairs;
        let compared = compare(&p, &pairs);
        let model = MatchModel::learn(&p, &pairs, &compared, 1.0, 1);
        for c in &compared {
            let sum: f64 = model.parts(c).iter().map(|p| p.1).sum();
            assert!((sum - model.weight(c)).abs() < 1e-9);
        }
        let shares = |m: &[Vec<f64>]| m.iter().all(|m| (m.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(shares(&model.m) && model.u.iter().all(|u| shares(u)));
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
            let pattern = levels.iter().enumerate().fold(0, |g, (f, l)| g | (*l as u32) << (4 * f));
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
