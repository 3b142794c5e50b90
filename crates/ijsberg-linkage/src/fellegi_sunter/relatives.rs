//! People who are alike without being one person.
//!
//! Brothers and sisters, twins above all, share family name and address; a son named after his father, or a cousin after the same
//! grandfather, shares all but the date of birth. Fields of such pairs agree *together*, which chances by field miss: pairs of them
//! would be one person for certain. A pair of relatives agrees in everything as one person agrees with themselves, save in the fields
//! that distinguish the two. So however much else agrees, a pair is no likelier one person than those fields allow
//! ([`MatchModel::ceiling`]), given how many relatives there are. Where such a field is missing it allows what the number of relatives
//! does: a father and a son without a date of birth on their records cannot be distinguished. Two records on one list are seldom one
//! person, so pairs within lists show how many relatives there are.

use crate::compare::{BY_ALIAS, FIELDS, Field, Pattern, birth_level, level, name_level, triangle};
use crate::fellegi_sunter::{Compared, MatchModel};
use crate::record::MAX_LISTS;

/// Kinds of people who are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The same family name and date of birth, another given name.
    Twins,
    /// The same names, another date of birth, such as father and son, and cousins of one name.
    Namesakes,
    /// The same family name and address, another given name and another date of birth.
    Siblings,
}

/// All of them.
pub(crate) const KINDS: [Kind; 3] = [Kind::Twins, Kind::Namesakes, Kind::Siblings];

/// Prior number of pairs of each kind per record. About 3 persons in 100 are twins, which is 1.5 pairs in 100;
/// when one is on a list so is the other in two cases of three.
const RATE: f64 = 0.01;

/// Number of records that this prior counts for against the lists.
const RECORDS: f64 = 200.0;

impl Kind {
    /// The chances of a field's levels, where they are not those of one person.
    fn chances(self, field: Field) -> Option<&'static [f64]> {
        match (self, field) {
            (Self::Twins, Field::Given) => Some(&[0.548, 0.20, 0.25, 0.002]),
            (Self::Twins, Field::Sex) => Some(&[0.35, 0.65]),
            (Self::Namesakes, Field::Birth) => Some(&[0.80, 0.12, 0.01, 0.02, 0.02, 0.009, 0.02, 0.001]),
            (Self::Siblings, Field::Given) => Some(&[0.70, 0.16, 0.138, 0.002]),
            (Self::Siblings, Field::Birth) => Some(&[0.55, 0.38, 0.02, 0.015, 0.01, 0.01, 0.01, 0.005]),
            (Self::Siblings, Field::Sex) => Some(&[0.5, 0.5]),
            (_, Field::Identifier) => Some(&[0.999, 0.001]),
            _ => None,
        }
    }

    /// How often a field has a level among matches. Of the field that tells the two apart the model may have learned from the very
    /// pairs that are in question, so errors in it are measured by those of the same sort: given names are mistaken about as often as
    /// family names, and dates of birth are wholly other about as often as one slip away (the geometric mean of both, at most).
    fn of_matches(field: Field, l: usize, m: &[Vec<f64>]) -> f64 {
        let own = m[field as usize][l];
        let other = birth_level::OTHER as usize - 1;
        let alike = match field {
            Field::Given => m[Field::Family as usize][l],
            Field::Birth if l == other => m[Field::Birth as usize][birth_level::EDIT as usize - 1],
            _ => own,
        };
        own.min((own * alike).sqrt())
    }

    /// The level of a field as far as it tells the two apart: another name under which both are known says less than the first.
    fn level(pattern: Pattern, field: Field) -> usize {
        let l = level(pattern, field);
        let by_alias = field == Field::Given && pattern & BY_ALIAS != 0;
        if by_alias { l.min(name_level::CLOSE as usize) } else { l }
    }

    /// The logarithm of how much likelier a pattern is for a pair of the kind than for one person.
    fn ln_ratio(self, pattern: Pattern, m: &[Vec<f64>]) -> f64 {
        let of = |field: &Field| match (Self::level(pattern, *field).checked_sub(1), self.chances(*field)) {
            (Some(l), Some(chances)) => (chances[l] / Self::of_matches(*field, l, m)).ln(),
            _ => 0.0,
        };
        FIELDS.iter().map(of).sum()
    }
}

/// Matches and relatives within lists, by the chances of a model.
struct Within {
    /// By list, the share of pairs that match.
    lambda: Vec<f64>,
    /// Of all pairs, the shares that are relatives.
    relatives: [f64; KINDS.len()],
}

impl MatchModel {
    /// Learns how many relatives there are from pairs within lists, and with that anew how many of those pairs match. `rows` are
    /// those of EM; with one list the pairs do not tell relatives from persons who are on it twice.
    pub(super) fn learn_relatives(&mut self, rows: &[(usize, Pattern, f64)], records: f64) {
        let lists = (0..=MAX_LISTS).find(|l| l * (l + 1) / 2 >= self.by_lists.len()).unwrap_or(1);
        let total: f64 = rows.iter().map(|r| r.2).sum::<f64>().max(1.0);
        self.relatives = [RATE * records / total; KINDS.len()];
        if lists < 2 {
            return;
        }
        let list_at: Vec<Option<usize>> = (0..self.by_lists.len())
            .map(|place| (0..lists).find(|l| triangle(*l, *l, lists) == place))
            .collect();
        let own: Vec<(usize, Pattern, f64)> =
            rows.iter().filter_map(|(place, g, c)| Some((list_at[*place]?, *g, *c))).collect();
        let strangers: Vec<f64> = own.iter().map(|r| (-self.weight_of_pattern(r.1)).exp()).collect();
        let ratios: Vec<[f64; KINDS.len()]> =
            own.iter().map(|r| KINDS.map(|k| k.ln_ratio(r.1, &self.m).exp())).collect();
        let mut pairs = vec![0.0; lists];
        own.iter().for_each(|r| pairs[r.0] += r.2);
        let within = pairs.iter().sum::<f64>() / total;
        let mut now = Within {
            lambda: (0..lists).map(|l| self.by_lists[triangle(l, l, lists)]).collect(),
            relatives: self.relatives,
        };
        for _ in 0..50 {
            let (mut matches, mut relatives) = (vec![0.0; lists], [0.0; KINDS.len()]);
            for ((r, strangers), ratios) in own.iter().zip(&strangers).zip(&ratios) {
                let odds = now.lambda[r.0] / (1.0 - now.lambda[r.0]);
                let related: Vec<f64> =
                    now.relatives.iter().zip(ratios).map(|(n, ratio)| n * ratio).collect();
                let all = odds + related.iter().sum::<f64>() + strangers;
                matches[r.0] += r.2 * odds / all;
                relatives.iter_mut().zip(&related).for_each(|(sum, n)| *sum += r.2 * n / all);
            }
            let rate = |n: f64| (RATE * RECORDS + n) / (RECORDS + records * within);
            now = Within {
                lambda: (0..lists).map(|l| (matches[l] / pairs[l].max(1.0)).clamp(1e-12, 0.5)).collect(),
                relatives: relatives.map(|n| rate(n) * records / total),
            };
        }
        self.relatives = now.relatives;
        now.lambda.iter().enumerate().for_each(|(l, lambda)| self.by_lists[triangle(l, l, lists)] = *lambda);
    }

    /// How much likelier a pattern is for each kind of relatives than for one person, times how many pairs there are of the kind.
    fn related(&self, pattern: Pattern) -> [f64; KINDS.len()] {
        let mut all = self.relatives;
        for (share, kind) in all.iter_mut().zip(KINDS) {
            *share *= kind.ln_ratio(pattern, &self.m).exp();
        }
        all
    }

    /// The most that the log odds of a pair being one person can be, since it may be a pair of relatives.
    pub fn ceiling(&self, pair: &Compared) -> f64 {
        let lambda = self.by_lists[pair.lists];
        (lambda / (1.0 - lambda)).ln() - self.related(pair.pattern).iter().sum::<f64>().ln()
    }
}
