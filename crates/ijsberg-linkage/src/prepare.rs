//! Records prepared for comparison: every text folded and numbered once, with how many records have it.

mod contact;
mod nations;
mod own;
mod texts;

use rustc_hash::FxHashMap;

use crate::record::{PartialDate, Record};

pub(crate) use contact::{Contacts, Held};
pub(crate) use nations::{Nations, known_nations};
pub(crate) use own::{Column, Value};
use texts::{Hot, Name, Numbering, Texts};

/// Parts of the address that are compared beside the place: the first four.
pub const MOST_PARTS: usize = 4;

/// The names of a record that are compared: the first three.
pub(crate) type Names = [u32; 3];
pub(crate) const NO_NAME: u32 = u32::MAX;

/// A record as numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compact {
    pub(crate) list: u8,
    pub(crate) given: Names,
    pub(crate) family: Names,
    pub(crate) birth: Option<PartialDate>,
    pub(crate) sex: u32,
    pub(crate) nationality: Nations,
    pub(crate) place: u32,
    /// The place and the parts, as texts among the names.
    pub(crate) address: [u32; MOST_PARTS + 1],
    pub(crate) identifier: u32,
    /// Among the contacts; 0 is none.
    pub(crate) contacts: [u32; 3],
}

/// Records prepared for comparison.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) records: Vec<Compact>,
    pub(crate) names: Vec<Name>,
    pub(crate) hot: Vec<Hot>,
    /// A hash of the digits in each name.
    pub(crate) digits: Vec<u32>,
    /// Records by name and nationality.
    pub(crate) by_nationality: FxHashMap<(u32, u32), u32>,
    /// Records by skeleton, and by skeleton and nationality.
    pub(crate) sounds: Vec<u32>,
    pub(crate) sounds_by_nationality: FxHashMap<(u32, u32), u32>,
    /// Records by nationality, of which each may have several; 0 is missing.
    pub(crate) nationalities: Vec<u32>,
    /// Records with a nationality.
    with_nationality: f64,
    places: Vec<u32>,
    with_place: f64,
    pub(crate) contacts: Contacts,
    pub(crate) own: Vec<Column>,
}

impl Prepared {
    /// Folds and numbers everything.
    pub fn new<'a>(records: &'a [Record]) -> Self {
        let (mut texts, mut codes) = (Texts::default(), [(); 3].map(|()| Numbering::default()));
        let (words, numbers): (Vec<_>, Vec<[u32; 3]>) = rayon::join(
            || {
                let address =
                    |r: &'a Record, k: usize| if k == 0 { r.place.as_ref() } else { r.address.get(k - 1) };
                let words = records.iter().map(|r| {
                    let (given, family) = (texts.names(&r.given), texts.names(&r.family));
                    let address = std::array::from_fn(|k| address(r, k).map_or(NO_NAME, |p| texts.number(p)));
                    (given, family, address)
                });
                words.collect()
            },
            || {
                let number = |r: &'a Record| {
                    let texts = [&r.sex, &r.place, &r.identifier];
                    std::array::from_fn(|k| codes[k].number(texts[k].as_ref()))
                };
                records.iter().map(number).collect()
            },
        );
        let [_, places, _] = codes;
        let (nations, nationalities) = nations::numbered(records);
        let (contacts, held) = Contacts::from_records(records);
        let all = records;
        let records: Vec<Compact> = records
            .iter()
            .zip(words)
            .zip(numbers.into_iter().zip(held).zip(nations))
            .map(|((r, (given, family, address)), (([sex, place, identifier], contacts), nationality))| {
                Compact {
                    list: r.list as u8,
                    given,
                    family,
                    birth: r.birth,
                    sex,
                    nationality,
                    place,
                    address,
                    identifier,
                    contacts,
                }
            })
            .collect();
        let mut by_nationality = FxHashMap::default();
        let mut sounds_by_nationality = FxHashMap::default();
        let Texts { mut names, sounds, .. } = texts;
        let mut by_sound = vec![0; sounds.len()];
        for r in &records {
            for name in r.given.iter().chain(&r.family).filter(|n| **n != NO_NAME) {
                names[*name as usize].count += 1;
                let sound = names[*name as usize].sound;
                by_sound[sound as usize] += 1;
                for nation in r.nationality.into_iter().filter(|n| *n > 0) {
                    *by_nationality.entry((*name, nation)).or_insert(0) += 1;
                    *sounds_by_nationality.entry((sound, nation)).or_insert(0) += 1;
                }
            }
        }
        let counts = |n: Numbering<'_>| std::iter::once(0).chain(n.counts).collect::<Vec<u32>>();
        Self {
            with_nationality: records.iter().filter(|r| r.nationality[0] > 0).count().max(1) as f64,
            records,
            hot: names.iter().map(Hot::new).collect(),
            digits: names.iter().map(|n| texts::digits(&n.folded)).collect(),
            names,
            by_nationality,
            sounds: by_sound,
            sounds_by_nationality,
            nationalities,
            with_place: f64::from(places.counts.iter().sum::<u32>().max(1)),
            places: counts(places),
            contacts,
            own: own::columns(all),
        }
    }

    /// How many lists there are.
    pub fn lists(&self) -> usize {
        self.records.iter().map(|r| usize::from(r.list) + 1).max().unwrap_or(0)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Share of the records with a nationality that have this one.
    pub(crate) fn nationality_share(&self, nation: u32) -> f64 {
        f64::from(self.nationalities[nation as usize]) / self.with_nationality
    }

    /// Records by place; 0 is missing.
    pub(crate) fn places(&self) -> &[u32] {
        &self.places
    }

    /// Share of the records with a place that have this one.
    pub(crate) fn place_share(&self, place: u32) -> f64 {
        f64::from(self.places[place as usize]) / self.with_place
    }
}
