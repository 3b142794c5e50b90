//! The weight of a pattern of agreement: Fellegi and Sunter (1969, JASA 64), by EM on counts of patterns.
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

mod em;
mod reach;
mod relatives;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::blocking::Pair;
use crate::compare::{
    FIELDS, Field, Lately, Pattern, contact_level, level, name_level, place_level, shared_nation,
};
use crate::prepare::{NO_NAME, Prepared};
pub(crate) use reach::Reach;
pub(crate) use relatives::KINDS;

/// The part of a pattern that is about names.
const NAMES: Pattern = 0xfff;

/// Number of records that the overall frequency of a name counts for when it is combined with that within a nationality.
const SMOOTHING: f64 = 20.0;

/// Share of the frequency that counts when names are close but not the same.
const CLOSE_SHARE: f64 = 0.5;

/// The most that the frequency of a value changes a weight.
const MOST_BY_FREQUENCY: f64 = 4.0;

/// A pair and the result of its comparison.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// The levels.
    pub pattern: Pattern,
    /// The two lists; see [`MatchModel::by_lists`].
    lists: usize,
    /// Logarithms of the frequencies of given name, family name, nationality, place and contact, where they agree; else 0.
    frequency: [f32; 5],
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
    /// The calibration of such weights by judged pairs.
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
    /// Of all pairs, the shares that are people who are alike without being one person: twins, namesakes, and siblings.
    #[serde(default)]
    pub relatives: [f64; KINDS.len()],
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
    let nation = shared_nation(&a.nationality, &p.records[j].nationality);
    let n = p.len() as f64;
    // Among compatriots where the pair agrees on that, smoothed by the frequency among all.
    let smooth = |overall: u32, own: Option<&u32>| -> f64 {
        let overall = f64::from(overall) / n;
        let Some(nation) = nation else { return overall };
        let own = f64::from(own.copied().unwrap_or(0));
        (own + SMOOTHING * overall) / (f64::from(p.nationalities[nation as usize]) + SMOOTHING)
    };
    let share = |name: u32, close: bool| -> f64 {
        if name == NO_NAME {
            return 1.0;
        }
        let known = &p.names[name as usize];
        if close {
            let own = nation.and_then(|nation| p.sounds_by_nationality.get(&(known.sound, nation)));
            return smooth(p.sounds[known.sound as usize], own);
        }
        smooth(known.count, nation.and_then(|nation| p.by_nationality.get(&(name, nation))))
    };
    let mut frequency = [0.0_f32; 5];
    for (k, field) in [Field::Given, Field::Family].into_iter().enumerate() {
        let l = level(pattern, field) as u32;
        if l >= name_level::CLOSE {
            let close = l == name_level::CLOSE;
            frequency[k] = share(names[k].0, close).max(share(names[k].1, close)).ln() as f32;
        }
    }
    if let Some(nation) = nation {
        frequency[2] = p.nationality_share(nation).ln() as f32;
    }
    // Of an address in parts the frequencies of the parts are not independent, so they are left out.
    let only_place = a.address[1..].iter().all(|part| *part == NO_NAME);
    if level(pattern, Field::Place) as u32 == place_level::ALL && only_place && a.place > 0 {
        frequency[3] = p.place_share(a.place).ln() as f32;
    }
    if level(pattern, Field::Contact) as u32 == contact_level::SAME {
        frequency[4] = p.contacts.share(&a.contacts, &p.records[j].contacts).ln() as f32;
    }
    Compared { pattern, lists: 0, frequency }
}

impl MatchModel {
    /// Whether it has a chance for each level of each field and for so many lists, as a model that was read may not.
    pub fn is_fit(&self, lists: usize) -> bool {
        let chance = |p: &f64| *p > 0.0 && *p <= 1.0;
        let levels = |all: &Vec<Vec<f64>>| {
            all.len() == FIELDS.len()
                && FIELDS.iter().zip(all).all(|(f, l)| l.len() == f.levels() && l.iter().all(chance))
        };
        let shares = |all: &[f64]| all.iter().all(|p| (0.0..1.0).contains(p));
        let together = self.together.iter().flat_map(BTreeMap::values);
        levels(&self.m)
            && self.u.iter().all(levels)
            && self.by_lists.len() == lists * (lists + 1) / 2
            && self.by_lists.iter().chain([&self.lambda]).all(|p| *p > 0.0 && *p < 1.0)
            && shares(&self.relatives)
            && together.into_iter().all(|t| *t > 0.0 && t.is_finite())
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

    /// The log odds that a pair is one person, taken alone.
    pub(crate) fn log_odds(&self, pair: &Compared) -> f64 {
        let lambda = self.by_lists[pair.lists];
        (lambda / (1.0 - lambda)).ln() + self.weight(pair)
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

    /// What agreement on given name, family name, nationality, place and contact is worth beyond agreement by itself: the chance of
    /// agreeing is taken over by how often the value occurs.
    fn frequencies(&self, pair: &Compared) -> [f64; 5] {
        let u = self.others(pair.pattern);
        let swap = |chance: f64, frequency: f32, share: f64| {
            share * (chance.ln() - f64::from(frequency)).clamp(-MOST_BY_FREQUENCY, MOST_BY_FREQUENCY)
        };
        let mut all = [0.0; 5];
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
        for (k, field) in [(2, Field::Nationality), (3, Field::Place), (4, Field::Contact)] {
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
        let bonus = MOST_BY_FREQUENCY * 5.0;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocking::{Shard, candidates};
    use crate::generate::{Design, generate};
    use crate::record::Record;

    /// Of four records three have a nationality and two of those the one that is shared, which is the rarer of two.
    #[test]
    fn a_nationality_is_as_frequent_as_the_records_that_have_one_say() {
        let of =
            |nationality: &str| Record { nationality: Some(nationality.to_owned()), ..Record::default() };
        let p = Prepared::new(&["MA;NL", "NL / MA", "NL", ""].map(of));
        let shared = |i, j| compare(&p, &[(i, j)])[0].frequency[2];
        assert!((shared(0, 1) - (2.0_f32 / 3.0).ln()).abs() < 1e-6, "{}", shared(0, 1));
        assert_eq!((shared(0, 2), shared(0, 3)), (0.0, 0.0));
    }

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
}
