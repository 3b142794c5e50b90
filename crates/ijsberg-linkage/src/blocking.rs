//! Which pairs of records are compared.
//!
//! A rule gives each record a key, or none where a field is missing; records with the same key are candidates. A pair is
//! found by the first rule that both satisfy, so no set of pairs is kept. A key that too many records share is made finer
//! instead of being dropped.

use rayon::prelude::*;

use crate::prepare::{Compact, NO_NAME, Prepared};

/// A candidate pair, the smaller number first.
pub type Pair = (u32, u32);

/// Keys shared by more records than this are refined.
pub const MOST_IN_A_BLOCK: usize = 400;

/// The keys of a record by one rule; 0 is none. A record may have so many contacts or nationalities.
type Keys = [u64; 3];

/// The rules, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Identifier,
    Contact,
    BothSkeletons,
    FamilySkeleton,
    GivenAndNationality,
    GivenAndYear,
    Birth,
    PrefixesOfBoth,
    FamilyPrefixAndYear,
    NationalityPlaceYear,
    NationalityYearGivenInitial,
    NationalityYearFamilyInitial,
    FamilyNationality,
    NationalityYear,
    GivenSkeleton,
    NationalityMonthDay,
    FamilyInitialYear,
    GivenInitialYear,
    NationalityPlace,
    PlaceYear,
    AddressPart,
    PlaceAndStreet,
    BirthAndGivenInitial,
    FamilyYearGivenInitial,
}

/// From the most to the least telling. Those after [`TIGHT`] give more pairs than large lists can afford.
const RULES: [Rule; 22] = [
    Rule::Identifier,
    Rule::Contact,
    Rule::BothSkeletons,
    Rule::Birth,
    Rule::FamilySkeleton,
    Rule::GivenAndNationality,
    Rule::GivenAndYear,
    Rule::PrefixesOfBoth,
    Rule::FamilyPrefixAndYear,
    Rule::NationalityPlaceYear,
    Rule::NationalityYearGivenInitial,
    Rule::NationalityYearFamilyInitial,
    Rule::FamilyNationality,
    Rule::NationalityYear,
    Rule::GivenSkeleton,
    Rule::NationalityMonthDay,
    Rule::FamilyInitialYear,
    Rule::GivenInitialYear,
    Rule::NationalityPlace,
    Rule::PlaceYear,
    Rule::AddressPart,
    Rule::PlaceAndStreet,
];

/// How many rules large lists are blocked by.
const TIGHT: usize = 13;

/// With more records than this only the tight rules are used.
const WIDE_UP_TO: usize = 60_000;

/// Rules whose pairs grow little faster than the records.
const TIGHTEST: [Rule; 6] = [
    Rule::Identifier,
    Rule::Contact,
    Rule::BothSkeletons,
    Rule::BirthAndGivenInitial,
    Rule::FamilyYearGivenInitial,
    Rule::PlaceAndStreet,
];

/// With more records than this only the tightest rules are used.
const TIGHT_UP_TO: usize = 300_000;

fn rules(p: &Prepared) -> &'static [Rule] {
    match p.len() {
        n if n <= WIDE_UP_TO => &RULES,
        n if n <= TIGHT_UP_TO => &RULES[..TIGHT],
        _ => &TIGHTEST,
    }
}

/// The candidates and what was found.
#[derive(Debug, Clone)]
pub struct Candidates {
    /// The pairs, sorted.
    pub pairs: Vec<Pair>,
    /// Pairs by rule, each counted at the first rule that finds it.
    pub by_rule: Vec<(&'static str, usize)>,
    /// Keys that were refined because too many records shared them.
    pub refined: usize,
}

/// One part of the pairs: those whose first record falls to it. Every pair is in exactly one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 0.
    pub part: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// All pairs.
    pub const WHOLE: Self = Self { part: 0, of: 1 };

    /// Whether pairs with this first record are in it.
    pub fn holds(self, first: u32) -> bool {
        // Neighbours fall to different parts, so that parts are of a size.
        self.of <= 1 || first.wrapping_mul(0x9e37_79b1).rotate_left(16) % self.of == self.part
    }
}

/// Every pair of a part; for small lists.
pub fn all_pairs(records: usize, shard: Shard) -> Candidates {
    let n = records as u32;
    let first = (0..n).filter(|i| shard.holds(*i));
    let pairs: Vec<Pair> = first.flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    Candidates { by_rule: vec![("all", pairs.len())], pairs, refined: 0 }
}

/// The union of all rules, as far as the part goes.
pub fn candidates(p: &Prepared, shard: Shard) -> Candidates {
    by_rules(p, rules(p), shard)
}

/// What the fewest rules find, which are those for the most records.
#[cfg(test)]
pub(crate) fn by_tightest(p: &Prepared) -> Candidates {
    by_rules(p, &TIGHTEST, Shard::WHOLE)
}

fn by_rules(p: &Prepared, rules: &[Rule], shard: Shard) -> Candidates {
    let keys: Vec<Vec<Keys>> =
        rules.par_iter().map(|rule| p.records.iter().map(|r| keys(p, r, *rule)).collect()).collect();
    let found: Vec<(Vec<Pair>, usize)> =
        (0..rules.len()).into_par_iter().map(|i| by_rule(p, &keys, i, shard)).collect();
    let counts = rules.iter().zip(&found).map(|(r, f)| (r.name(), f.0.len())).collect();
    let refined = found.iter().map(|f| f.1).sum();
    let mut pairs: Vec<Pair> = found.into_iter().flat_map(|f| f.0).collect();
    pairs.par_sort_unstable();
    // A pair can meet twice within a rule that gives several keys, or in a refined block.
    pairs.dedup();
    Candidates { pairs, by_rule: counts, refined }
}

impl Rule {
    fn name(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Contact => "telephone number or email address",
            Self::BothSkeletons => "skeletons of both names, either order",
            Self::FamilySkeleton => "skeleton of the family name",
            Self::GivenAndNationality => "given name and nationality",
            Self::GivenAndYear => "skeleton of the given name and year",
            Self::Birth => "date of birth, unless 1 January",
            Self::PrefixesOfBoth => "beginnings of both names",
            Self::FamilyPrefixAndYear => "beginning of the family name and year",
            Self::NationalityPlaceYear => "nationality, place and year",
            Self::NationalityYearGivenInitial => "nationality, year and initial of the given name",
            Self::NationalityYearFamilyInitial => "nationality, year and initial of the family name",
            Self::FamilyNationality => "beginning of the family name's skeleton and nationality",
            Self::NationalityYear => "nationality and year",
            Self::GivenSkeleton => "skeleton of the given name",
            Self::NationalityMonthDay => "nationality, month and day, unless 1 January",
            Self::FamilyInitialYear => "initial of the family name and year",
            Self::GivenInitialYear => "initial of the given name and year",
            Self::NationalityPlace => "nationality and place",
            Self::PlaceYear => "place and year",
            Self::AddressPart => "the second part of the address",
            Self::PlaceAndStreet => "place and the first part of the address",
            Self::BirthAndGivenInitial => "date of birth, unless 1 January, and initial of the given name",
            Self::FamilyYearGivenInitial => "skeleton of the family name, year and initial of the given name",
        }
    }

    fn is_of_nationality(self) -> bool {
        matches!(
            self,
            Self::GivenAndNationality
                | Self::NationalityPlaceYear
                | Self::NationalityYearGivenInitial
                | Self::NationalityYearFamilyInitial
                | Self::FamilyNationality
                | Self::NationalityYear
                | Self::NationalityMonthDay
                | Self::NationalityPlace
        )
    }
}

/// FNV-1a over the parts; 0 is kept for "no key".
fn hash(parts: &[&[u8]]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for b in *part {
            h = (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
        h = (h ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    h.max(1)
}

fn keys(p: &Prepared, r: &Compact, rule: Rule) -> Keys {
    let name = |id: u32| (id != NO_NAME).then(|| &p.names[id as usize]);
    let (given, family) = (name(r.given[0]), name(r.family[0]));
    let year = r.birth.map(|b| b.year.to_le_bytes());
    let nation = |k: usize| (r.nationality[k] > 0).then(|| r.nationality[k].to_le_bytes());
    let contact = |k: usize| (r.contacts[k] > 0).then(|| hash(&[&r.contacts[k].to_le_bytes()]));
    let start = |s: &str, n: usize| s.as_bytes()[..s.len().min(n)].to_vec();
    let key = |nationality: Option<[u8; 4]>| -> Option<u64> {
        Some(match rule {
            Rule::Identifier => hash(&[&(r.identifier > 0).then_some(r.identifier)?.to_le_bytes()]),
            Rule::Contact => contact(0)?,
            Rule::BothSkeletons => {
                let (a, b) = (given?.skeleton.as_bytes(), family?.skeleton.as_bytes());
                hash(&[a.min(b), a.max(b)])
            }
            // Either name, so that exchanged names meet; see below.
            Rule::FamilySkeleton => hash(&[family?.skeleton.as_bytes()]),
            Rule::GivenAndNationality => hash(&[given?.folded.as_bytes(), &nationality?]),
            Rule::GivenAndYear => hash(&[given?.skeleton.as_bytes(), &year?]),
            Rule::Birth => {
                let b = r.birth.filter(|b| !b.is_default() && b.day.is_some())?;
                hash(&[&b.year.to_le_bytes(), &[b.month?, b.day?]])
            }
            Rule::PrefixesOfBoth => hash(&[&start(&given?.folded, 3), &start(&family?.folded, 3)]),
            Rule::FamilyPrefixAndYear => hash(&[&start(&family?.folded, 3), &year?]),
            Rule::NationalityPlaceYear => {
                hash(&[&nationality?, &(r.place > 0).then_some(r.place)?.to_le_bytes(), &year?])
            }
            Rule::NationalityYearGivenInitial => hash(&[&nationality?, &year?, &start(&given?.skeleton, 1)]),
            Rule::NationalityYearFamilyInitial => {
                hash(&[&nationality?, &year?, &start(&family?.skeleton, 1)])
            }
            Rule::FamilyNationality => hash(&[&nationality?, &start(&family?.skeleton, 3)]),
            Rule::NationalityYear => hash(&[&nationality?, &year?]),
            Rule::GivenSkeleton => hash(&[given?.skeleton.as_bytes()]),
            Rule::NationalityMonthDay => {
                let b = r.birth.filter(|b| !b.is_default() && b.day.is_some())?;
                hash(&[&nationality?, &[b.month?, b.day?]])
            }
            Rule::FamilyInitialYear => hash(&[&year?, &start(&family?.skeleton, 1)]),
            Rule::GivenInitialYear => hash(&[&year?, &start(&given?.skeleton, 1)]),
            Rule::BirthAndGivenInitial => {
                let b = r.birth.filter(|b| !b.is_default() && b.day.is_some())?;
                hash(&[&b.year.to_le_bytes(), &[b.month?, b.day?], &start(&given?.skeleton, 1)])
            }
            Rule::FamilyYearGivenInitial => {
                hash(&[family?.skeleton.as_bytes(), &year?, &start(&given?.skeleton, 1)])
            }
            Rule::PlaceYear => hash(&[&(r.place > 0).then_some(r.place)?.to_le_bytes(), &year?]),
            Rule::AddressPart => hash(&[name(r.address[2])?.skeleton.as_bytes()]),
            Rule::PlaceAndStreet => {
                hash(&[name(r.address[0])?.skeleton.as_bytes(), name(r.address[1])?.folded.as_bytes()])
            }
            Rule::NationalityPlace => {
                hash(&[&nationality?, &(r.place > 0).then_some(r.place)?.to_le_bytes()])
            }
        })
    };
    // Another name under which the person is known gives the rule of names alone another key, as does each other contact, and each
    // other nationality those of nationality.
    let another = |k: usize| match rule {
        Rule::Contact => contact(k),
        Rule::FamilySkeleton if k == 1 => {
            name(r.family[1]).or(name(r.given[1])).map(|n| hash(&[n.skeleton.as_bytes()]))
        }
        _ if rule.is_of_nationality() => nation(k).and_then(|nation| key(Some(nation))),
        _ => None,
    };
    [key(nation(0)), another(1), another(2)].map(|key| key.unwrap_or(0))
}

/// Pairs that this rule finds and no earlier one, and how many of its keys were refined.
fn by_rule(p: &Prepared, keys: &[Vec<Keys>], rule: usize, shard: Shard) -> (Vec<Pair>, usize) {
    let mut order: Vec<(u64, u32)> = keys[rule]
        .iter()
        .enumerate()
        .flat_map(|(i, k)| k.iter().filter(|k| **k != 0).map(move |k| (*k, i as u32)))
        .collect();
    order.sort_unstable();
    let mut pairs = Vec::new();
    let mut refined = 0;
    let earlier = |i: u32, j: u32| {
        keys[..rule].iter().any(|k| {
            let (a, b) = (k[i as usize], k[j as usize]);
            a.iter().any(|x| *x != 0 && b.contains(x))
        })
    };
    let emit = |block: &[u32], pairs: &mut Vec<Pair>| {
        for (n, i) in block.iter().enumerate() {
            for j in &block[n + 1..] {
                let (a, b) = (*i.min(j), *i.max(j));
                if a != b && shard.holds(a) && !earlier(a, b) {
                    pairs.push((a, b));
                }
            }
        }
    };
    for block in order.chunk_by(|a, b| a.0 == b.0).filter(|b| b.len() > 1) {
        let members: Vec<u32> = block.iter().map(|b| b.1).collect();
        if members.len() <= MOST_IN_A_BLOCK {
            emit(&members, &mut pairs);
            continue;
        }
        // Too many share the key: those that also agree on the given name, the year, or the nationality and place meet.
        refined += 1;
        for finer in 0..3 {
            let mut by: Vec<(u64, u32)> = members
                .iter()
                .filter_map(|i| {
                    let r = &p.records[*i as usize];
                    let k = match finer {
                        0 => (r.given[0] != NO_NAME)
                            .then(|| hash(&[p.names[r.given[0] as usize].skeleton.as_bytes()])),
                        1 => r.birth.map(|b| hash(&[&b.year.to_le_bytes(), &[b.month.unwrap_or(0)]])),
                        _ => (r.nationality[0] > 0 && r.place > 0)
                            .then(|| hash(&[&r.nationality[0].to_le_bytes(), &r.place.to_le_bytes()])),
                    };
                    k.map(|k| (k, *i))
                })
                .collect();
            by.sort_unstable();
            for part in
                by.chunk_by(|a, b| a.0 == b.0).filter(|b| (2..=4 * MOST_IN_A_BLOCK).contains(&b.len()))
            {
                emit(&part.iter().map(|b| b.1).collect::<Vec<_>>(), &mut pairs);
            }
        }
    }
    (pairs, refined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Design, generate};

    #[test]
    fn parts_have_each_pair_of_the_rules_once() {
        let s = generate(&Design { persons: 400, ..Design::default() }, 3);
        let p = Prepared::new(&s.records);
        let whole = candidates(&p, Shard::WHOLE).pairs;
        let mut parts: Vec<Pair> =
            (0..3).flat_map(|part| candidates(&p, Shard { part, of: 3 }).pairs).collect();
        parts.sort_unstable();
        assert!(whole.len() > 1000 && parts == whole, "{} {}", whole.len(), parts.len());
        let tight = by_tightest(&p).pairs;
        assert!(tight.len() < whole.len() && tight.iter().all(|pair| whole.binary_search(pair).is_ok()));
    }
}
