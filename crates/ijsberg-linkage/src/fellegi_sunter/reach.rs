//! What a pair can weigh at most, so that nearly all pairs need not be compared.
//!
//! Of most pairs it shows at once that no spelling could make them one person: dates, nationalities and letters of names are too far
//! apart. The bound is never below the weight; see [`crate::compare`] for what it looks at.

use crate::blocking::Pair;
use crate::compare::{
    FIELDS, Field, OWN, PLAIN, Pattern, contact_level, name_level, place_level, shared_nation,
};
use crate::prepare::Prepared;

use super::{CLOSE_SHARE, MOST_BY_FREQUENCY, MatchModel};

/// Levels of the field with the most of them, and missing.
const LEVELS: usize = 9;

/// Levels of a name, and missing.
const OF_NAMES: usize = name_level::SAME as usize + 1;

/// Frequencies are kept in fewer digits than weights.
const SLACK: f64 = 1e-5;

/// By field and level: what it is worth at most.
type Worth = [[f64; LEVELS]; FIELDS.len()];

/// Tells which pairs may be so likely.
pub(crate) struct Reach<'a> {
    prepared: &'a Prepared,
    lists: usize,
    /// Log odds that two records match, by their lists.
    priors: Vec<f64>,
    /// By level of nationality: missing, another, the same.
    worth: [Worth; 3],
    /// Likewise, by the levels that given and family name reach at most: what both are worth at most.
    names: [[[f64; OF_NAMES]; OF_NAMES]; 3],
    /// Likewise, where given and family name may be exchanged.
    crossed: [f64; 3],
    /// Likewise, whatever the names.
    any: [f64; 3],
    /// By nationality: what it adds that both have this one.
    nationalities: Vec<f64>,
    least: f64,
}

impl<'a> Reach<'a> {
    /// For pairs whose log odds, taken alone, may be `least`.
    pub(crate) fn new(prepared: &'a Prepared, model: &MatchModel, least: f64) -> Self {
        let exact: [Worth; 3] = std::array::from_fn(|n| worth(model, n));
        let straight: [[[f64; OF_NAMES]; OF_NAMES]; 3] = std::array::from_fn(|n| names(model, &exact[n], n));
        let exchanged: [f64; 3] = std::array::from_fn(|n| crossed(model, &exact[n], n));
        let highest = |n: usize| straight[n].iter().flatten().copied().fold(exchanged[n], f64::max);
        let any: [f64; 3] = std::array::from_fn(highest);
        let same = exact_chance(model, Field::Nationality).ln();
        let by_frequency = |nation: u32| {
            let share = prepared.nationality_share(nation);
            if share > 0.0 && share < 1.0 {
                (same - share.ln()).clamp(-MOST_BY_FREQUENCY, MOST_BY_FREQUENCY)
            } else {
                0.0
            }
        };
        let mut bounds = exact;
        bounds.iter_mut().for_each(at_most);
        Self {
            lists: prepared.lists(),
            priors: model.by_lists.iter().map(|l| (l / (1.0 - l)).ln()).collect(),
            worth: bounds,
            names: straight,
            crossed: exchanged,
            any,
            nationalities: (0..prepared.nationalities.len() as u32).map(by_frequency).collect(),
            prepared,
            least,
        }
    }

    /// The pairs of one record with some others that may be so likely.
    pub(crate) fn pairs(&self, one: u32, others: std::ops::Range<u32>) -> impl Iterator<Item = Pair> + '_ {
        let pairs = others.filter(move |j| *j != one).map(move |j| (one.min(j), one.max(j)));
        pairs.filter(move |(i, j)| self.may(*i as usize, *j as usize))
    }

    /// Whether the log odds of a pair may be so high.
    fn may(&self, i: usize, j: usize) -> bool {
        let p = self.prepared;
        let (a, b) = (&p.records[i], &p.records[j]);
        let plain = p.plain_levels(a, b);
        let nationality = plain[2];
        let worth = &self.worth[nationality];
        let mut most = self.priors[p.lists_of((i as u32, j as u32), self.lists)]
            + worth[Field::Place as usize][p.most_of_address(a, b)];
        for (field, level) in PLAIN.into_iter().zip(plain) {
            most += worth[field as usize][level];
        }
        if let Some(nation) = shared_nation(&a.nationality, &b.nationality) {
            most += self.nationalities[nation as usize];
        }
        for field in p.compared_by_schema(i, j) {
            most += worth[field as usize][field.levels()];
        }
        // So much the names have to be worth.
        let due = self.least - SLACK - most;
        if self.any[nationality] < due {
            return false;
        }
        let (given, family) = (p.most_of_names(&a.given, &b.given), p.most_of_names(&a.family, &b.family));
        if self.names[nationality][given][family] >= due {
            return true;
        }
        let close = name_level::CLOSE as usize;
        self.crossed[nationality] >= due
            && given > 0
            && family > 0
            && p.most_of_names(&a.given, &b.family) >= close
            && p.most_of_names(&a.family, &b.given) >= close
    }
}

/// How often strangers of one nationality have a field's best level.
fn exact_chance(model: &MatchModel, field: Field) -> f64 {
    model.u[2][field as usize][field.levels() - 1]
}

/// What each level is worth by itself.
fn worth(model: &MatchModel, nationality: usize) -> Worth {
    let mut worth = [[0.0; LEVELS]; FIELDS.len()];
    for ((levels, m), u) in worth.iter_mut().zip(&model.m).zip(&model.u[nationality]) {
        for (level, (m, u)) in levels[1..].iter_mut().zip(m.iter().zip(u)) {
            *level = (m / u).ln();
        }
    }
    worth
}

/// The same with what frequencies may add, and for levels that are bounds themselves the best of all that are no higher.
fn at_most(worth: &mut Worth) {
    worth[Field::Contact as usize][contact_level::SAME as usize] += MOST_BY_FREQUENCY;
    worth[Field::Place as usize][place_level::ALL as usize] += MOST_BY_FREQUENCY;
    for field in OWN.into_iter().chain([Field::Place]) {
        let levels = &mut worth[field as usize][1..=field.levels()];
        for l in 1..levels.len() {
            levels[l] = levels[l].max(levels[l - 1]);
        }
    }
}

/// What both names are worth at these levels, and with this order of given and family name, at most.
fn both(model: &MatchModel, worth: &Worth, nationality: usize, (g, f, order): (usize, usize, usize)) -> f64 {
    let pattern = g as Pattern | (f as Pattern) << 4 | (order as Pattern) << 8;
    let together = model.together[nationality].get(&pattern).map_or(0.0, |t| t.ln());
    let by_frequency = |level: usize| match level as u32 {
        name_level::SAME => MOST_BY_FREQUENCY,
        name_level::CLOSE => CLOSE_SHARE * MOST_BY_FREQUENCY,
        _ => 0.0,
    };
    let alone = worth[Field::Given as usize][g] + worth[Field::Family as usize][f];
    alone + worth[Field::Order as usize][order] - together + by_frequency(g) + by_frequency(f)
}

/// By the levels that given and family name reach at most.
fn names(model: &MatchModel, worth: &Worth, nationality: usize) -> [[f64; OF_NAMES]; OF_NAMES] {
    // A name that is missing is so for certain.
    let up_to = |most: usize| most.min(1)..=most;
    let of = |given: usize, family: usize| {
        let order = if given > 0 && family > 0 { 2 } else { 0 };
        let all = up_to(given).flat_map(|g| up_to(family).map(move |f| (g, f, order)));
        all.map(|at| both(model, worth, nationality, at)).fold(f64::NEG_INFINITY, f64::max)
    };
    std::array::from_fn(|given| std::array::from_fn(|family| of(given, family)))
}

/// Where given and family name are exchanged: both are close then.
fn crossed(model: &MatchModel, worth: &Worth, nationality: usize) -> f64 {
    let levels = || name_level::CLOSE as usize..OF_NAMES;
    let all = levels().flat_map(|g| levels().map(move |f| (g, f, 1)));
    all.map(|at| both(model, worth, nationality, at)).fold(f64::NEG_INFINITY, f64::max)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::blocking::{Shard, all_pairs};
    use crate::comparators::{Comparison, Likeness};
    use crate::fellegi_sunter::compare;
    use crate::generate::{Design, generate};
    use crate::record::Own;

    /// Lists with every field that is compared.
    fn lists() -> Vec<crate::record::Record> {
        let design = Design { persons: 320, damage: 1.5, ..Design::default() };
        let s = generate(&design, 8);
        let by = Comparison { column: "notes".to_owned(), likeness: Likeness::Words, levels: Vec::new() };
        let by = Arc::new(by);
        let mut records = s.records;
        for ((k, r), person) in records.iter_mut().enumerate().zip(s.truth) {
            let slip = k % 7 == 0;
            if k % 3 == 0 {
                r.contacts = vec![format!("61234{:04}", person * 13 + u32::from(slip))];
            }
            if k % 4 == 1 {
                let street = if slip { "Lange Vorstraat" } else { "Lange Voorstraat" };
                r.address = vec![format!("{street} {}", person % 40), String::new()];
            }
            if k % 5 < 2 {
                r.identifier = Some(format!("{}", person + u32::from(slip)));
            }
            let words = ["red coat", "scar", "red coat and scar", ""][person as usize % 4];
            r.own = vec![Own { text: words.to_owned(), by: by.clone() }];
            if k % 11 == 0 {
                r.given.push("Alias".to_owned());
            }
            if person % 5 == 0 {
                r.nationality = r.nationality.take().map(|n| n + "; AA; BB");
            }
        }
        records
    }

    #[test]
    fn no_pair_weighs_more_than_it_can_and_nearly_all_are_left_out() {
        let records = lists();
        let p = Prepared::new(&records);
        let pairs = all_pairs(records.len(), Shard::WHOLE).pairs;
        let compared = compare(&p, &pairs);
        let model = MatchModel::learn(&p, &pairs, &compared, 1.0, 1);
        for least in [-7.0, -2.0, 3.0] {
            let reach = Reach::new(&p, &model, least);
            let mut left = 0;
            for (pair, c) in pairs.iter().zip(&compared) {
                let may = reach.may(pair.0 as usize, pair.1 as usize);
                assert!(may || model.log_odds(c) < least, "{pair:?} {:x} {}", c.pattern, model.log_odds(c));
                left += usize::from(may);
            }
            assert!(2 * left < pairs.len(), "{least}: {left} of {}", pairs.len());
        }
        let n = records.len() as u32;
        let reach = Reach::new(&p, &model, -7.0);
        let below = reach.pairs(5, 0..n).filter(|x| x.1 == 5).count();
        assert_eq!(below, (0..5).filter(|i| reach.may(*i, 5)).count());
    }
}
