//! Synthetic lists of synthetic persons, with the true links.
//!
//! Persons of 26 nationalities in four groups of languages, with names of made-up syllables, some common and many rare.
//! Lists hold some of them, sometimes twice, and write what they hear: other spellings, slips, exchanged names, aliases,
//! 1 January for an unknown day, missing fields, and on some lists the script of the passport.

mod names;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::record::{PartialDate, Record};
use names::{ENDINGS, NATIONALITIES, Pool, SYLLABLES, Script, in_script, slip};

/// What lists to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// Persons in the population.
    pub persons: usize,
    /// Name and chance of holding a person, for each list.
    pub lists: Vec<(String, f64)>,
    /// Standard deviation of persons' log odds of being on any list: dependence between lists; 0 for none.
    pub dependence: f64,
    /// Chance that a list holds a person once more.
    pub duplicates: f64,
    /// Multiplies every rate of damage; 1 is the usual dirt, 0 is clean.
    pub damage: f64,
    /// Chance that a name is written in the script of the passport, for nationalities that have another.
    pub scripts: f64,
}

impl Default for Design {
    fn default() -> Self {
        let lists = [
            ("police", 0.45),
            ("border", 0.2),
            ("labour", 0.12),
            ("regional", 0.3),
            ("ngo", 0.35),
            ("other", 0.08),
        ];
        Self {
            persons: 6414,
            lists: lists.map(|(n, p)| (n.to_owned(), p)).to_vec(),
            dependence: 0.0,
            duplicates: 0.06,
            damage: 1.0,
            scripts: 0.04,
        }
    }
}

/// Records and who they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Synthetic {
    /// The records, list by list.
    pub records: Vec<Record>,
    /// The number of the person behind each record.
    pub truth: Vec<u32>,
}

/// One of many independent streams of random numbers.
pub(crate) fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(number);
    rng
}

fn pick(rng: &mut ChaCha8Rng, weights: &[f64]) -> usize {
    let mut left = rng.random::<f64>() * weights.iter().sum::<f64>();
    weights
        .iter()
        .position(|w| {
            left -= w;
            left <= 0.0
        })
        .unwrap_or(weights.len() - 1)
}

struct Person {
    given: String,
    family: String,
    birth: PartialDate,
    sex: usize,
    nationality: usize,
    place: usize,
}

/// Makes lists. The same design and seed give the same records.
///
/// ```
/// use ijsberg_linkage::generate::{Design, generate};
///
/// let design = Design { persons: 50, ..Design::default() };
/// let made = generate(&design, 1);
/// assert_eq!(made.records.len(), made.truth.len());
/// assert_eq!(made, generate(&design, 1));
/// ```
pub fn generate(design: &Design, seed: u64) -> Synthetic {
    let mut rng = stream(seed, 0);
    let pools: Vec<(Pool, Pool)> = (0..4)
        .map(|g| {
            let mut name = |least: usize, most: usize, ending: bool| {
                let count = rng.random_range(least..=most);
                let mut n: String =
                    (0..count).map(|_| SYLLABLES[g][rng.random_range(0..SYLLABLES[g].len())]).collect();
                if ending || rng.random::<f64>() < 0.3 {
                    n += ENDINGS[g][rng.random_range(0..ENDINGS[g].len())];
                }
                n
            };
            let given = Pool::new(1200, 0.8, || name(1, 3, false));
            (given, Pool::new(6000, 0.65, || name(2, 3, true)))
        })
        .collect();
    let nationality_weights: Vec<f64> =
        (0..NATIONALITIES.len()).map(|i| 1.0 / ((i + 1) as f64).powf(0.9)).collect();
    let place_weights: Vec<f64> = (0..400).map(|i| 1.0 / f64::from(i + 1).powf(0.9)).collect();
    let odds: Vec<f64> = design.lists.iter().map(|l| (l.1 / (1.0 - l.1)).ln()).collect();
    let mut held: Vec<(usize, u32, usize)> = Vec::new();
    let persons: Vec<Person> = (0..design.persons)
        .map(|id| {
            let nationality = pick(&mut rng, &nationality_weights);
            let (given, family) = &pools[NATIONALITIES[nationality].1];
            // The sum of six evenly drawn numbers is bell-shaped enough for ages.
            let age = 8.0 + (0..6).map(|_| rng.random::<f64>()).sum::<f64>() * 40.0 / 6.0;
            let birth = PartialDate {
                year: 2026 - age as i16,
                month: Some(rng.random_range(1..=12)),
                day: Some(rng.random_range(1..=28)),
            };
            let lean: f64 = design.dependence * (0..12).map(|_| rng.random::<f64>()).sum::<f64>()
                - 6.0 * design.dependence;
            for (l, o) in odds.iter().enumerate() {
                if rng.random::<f64>() < 1.0 / (1.0 + (-(o + lean)).exp()) {
                    let place = pick(&mut rng, &place_weights);
                    held.push((l, id as u32, place));
                    if rng.random::<f64>() < design.duplicates {
                        held.push((l, id as u32, place));
                    }
                }
            }
            Person {
                given: given.names[given.draw(&mut rng)].clone(),
                family: family.names[family.draw(&mut rng)].clone(),
                birth,
                sex: usize::from(rng.random::<f64>() < 0.35),
                nationality,
                place: pick(&mut rng, &place_weights),
            }
        })
        .collect();
    held.sort_unstable_by_key(|h| (h.0, h.1.wrapping_mul(2_654_435_761), h.2));
    let mut records = Vec::with_capacity(held.len());
    let mut truth = Vec::with_capacity(held.len());
    for (list, id, other_place) in held {
        let p = &persons[id as usize];
        let given = &pools[NATIONALITIES[p.nationality].1].0;
        records.push(write_down(p, list, other_place, given, design, &mut rng));
        truth.push(id);
    }
    Synthetic { records, truth }
}

fn write_down(
    p: &Person,
    list: usize,
    other_place: usize,
    pool: &Pool,
    design: &Design,
    rng: &mut ChaCha8Rng,
) -> Record {
    let d = design.damage;
    let mut chance = |p: f64| rng.random::<f64>() < p * d;
    let (twice_given, twice_family) = (chance(0.05), chance(0.06));
    let (once_given, once_family) = (twice_given || chance(0.17), twice_family || chance(0.16));
    let (alias, exchanged, no_given, no_family) = (chance(0.04), chance(0.05), chance(0.02), chance(0.06));
    let (no_sex, no_nationality, other_nationality) = (chance(0.03), chance(0.06), chance(0.02));
    let (moved, no_place, date) = (chance(0.15), chance(0.3), rng.random::<f64>());
    let mut given = if alias { pool.names[pool.draw(rng)].clone() } else { p.given.clone() };
    let mut family = p.family.clone();
    for (name, times) in [
        (&mut given, usize::from(once_given) + usize::from(twice_given)),
        (&mut family, usize::from(once_family) + usize::from(twice_family)),
    ] {
        (0..times).for_each(|_| *name = slip(name, rng));
    }
    let script = NATIONALITIES[p.nationality].2;
    if script != Script::Latin && rng.random::<f64>() < 5.0 * design.scripts {
        given = in_script(&given, script);
        family = in_script(&family, script);
    }
    if exchanged {
        std::mem::swap(&mut given, &mut family);
    }
    let mut birth = Some(p.birth);
    if let Some(b) = &mut birth {
        match date / d.max(1e-9) {
            u if u < 0.03 => b.year += rng.random_range(-3..=3),
            u if u < 0.06 => b.day = Some(rng.random_range(1..=28)),
            u if u < 0.09 => {
                let month = b.month;
                b.month = b.day.map(|x| x.min(12));
                b.day = month;
            }
            u if u < 0.19 => (b.month, b.day) = (Some(1), Some(1)),
            u if u < 0.31 => birth = None,
            _ => {}
        }
    }
    let nationality =
        if other_nationality { rng.random_range(0..NATIONALITIES.len()) } else { p.nationality };
    let place = if moved { other_place } else { p.place };
    let titled = |s: String| {
        let mut c = s.chars();
        c.next().map(|f| f.to_uppercase().collect::<String>() + c.as_str())
    };
    Record {
        list,
        given: titled(given).filter(|_| !no_given).into_iter().collect(),
        family: titled(family).filter(|_| !no_family).into_iter().collect(),
        birth,
        sex: (!no_sex).then(|| ["f", "m"][p.sex].to_owned()),
        nationality: (!no_nationality).then(|| NATIONALITIES[nationality].0.to_owned()),
        address: Vec::new(),
        place: (!no_place).then(|| format!("place {place:03}")),
        identifier: None,
        contacts: Vec::new(),
        own: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_as_the_design_says_and_repeatable() {
        let design = Design { persons: 4000, ..Design::default() };
        let s = generate(&design, 1);
        assert_eq!(s, generate(&design, 1));
        assert_ne!(s.records, generate(&design, 2).records);
        for (l, (_, p)) in design.lists.iter().enumerate() {
            let mut held: Vec<u32> =
                s.records.iter().zip(&s.truth).filter(|(r, _)| r.list == l).map(|x| *x.1).collect();
            let records = held.len();
            held.sort_unstable();
            held.dedup();
            assert!((held.len() as f64 / 4000.0 - p).abs() < 0.03);
            assert!(records > held.len(), "some are on a list twice");
        }
        let scripts = |range: std::ops::RangeInclusive<char>| {
            s.records.iter().filter(|r| r.given.iter().any(|g| g.chars().any(|c| range.contains(&c)))).count()
        };
        assert!(scripts('\u{400}'..='\u{4ff}') > 20 && scripts('\u{600}'..='\u{6ff}') > 5);
    }

    #[test]
    fn without_damage_everybody_is_written_as_they_are() {
        let design = Design { persons: 500, damage: 0.0, scripts: 0.0, ..Design::default() };
        let s = generate(&design, 3);
        for (a, i) in s.records.iter().zip(&s.truth) {
            for (b, _) in s.records.iter().zip(&s.truth).filter(|x| x.1 == i) {
                assert_eq!((&a.given, a.birth, &a.place), (&b.given, b.birth, &b.place));
            }
        }
    }
}
