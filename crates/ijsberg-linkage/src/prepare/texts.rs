//! Distinct texts by number, and what of a name is looked at again and again.

use rustc_hash::FxHashMap;

use super::{NO_NAME, Names};
use crate::normalise::{fold, skeleton};

/// A distinct name.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) folded: String,
    pub(crate) skeleton: String,
    /// The number of the skeleton.
    pub(crate) sound: u32,
    /// Records that have it.
    pub(crate) count: u32,
}

/// What is compared of a name, in half a line of the processor's memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hot {
    /// Which letters it has, a bit each; all that is no letter shares one.
    letters: u32,
    pub(crate) sound: u32,
    pub(crate) length: u8,
    /// Whether the skeleton is long enough to mean something.
    pub(crate) sounds: bool,
    /// The beginning; nearly always the whole.
    pub(crate) start: [u8; Hot::ROOM],
}

impl Hot {
    const ROOM: usize = 22;

    pub(crate) fn new(name: &Name) -> Self {
        let bytes = name.folded.as_bytes();
        let mut start = [0; Self::ROOM];
        let fits = bytes.len().min(Self::ROOM);
        start[..fits].copy_from_slice(&bytes[..fits]);
        let bit = |b: &u8| 1 << if b.is_ascii_lowercase() { b - b'a' } else { 26 };
        Self {
            letters: bytes.iter().fold(0, |m, b| m | bit(b)),
            sound: name.sound,
            length: bytes.len().min(255) as u8,
            sounds: name.skeleton.len() > 1,
            start,
        }
    }

    /// What the Jaro-Winkler similarity to another name is at most: a letter that the other name has not cannot match. This
    /// saves most of the work.
    pub(crate) fn most_alike(&self, other: &Self) -> f32 {
        // Lengths are cut off at 255, so of longer names nothing is known.
        if self.length == 255 || other.length == 255 {
            return 1.0;
        }
        let (a, b) = (f32::from(self.length), f32::from(other.length));
        let without = |x: &Self, y: &Self| (x.letters & !y.letters).count_ones() as f32;
        let matching = (a - without(self, other)).min(b - without(other, self));
        if matching <= 0.0 {
            return 0.0;
        }
        let jaro = (matching / a + matching / b + 1.0) / 3.0;
        let prefix =
            self.start.iter().zip(&other.start).take(4).take_while(|(p, q)| p == q && **p != 0).count();
        jaro + 0.1 * prefix as f32 * (1.0 - jaro)
    }
}

/// A hash of the digits of a text, by which two texts with other digits are nearly always told apart.
pub(super) fn digits(text: &str) -> u32 {
    let digits = text.bytes().filter(u8::is_ascii_digit);
    digits.fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

/// Numbers texts in the order in which they come; 0 is missing.
#[derive(Default)]
pub(crate) struct Numbering<'a> {
    /// By the text as it comes, so that each is folded once.
    raw: FxHashMap<&'a str, u32>,
    numbers: FxHashMap<String, u32>,
    pub(crate) counts: Vec<u32>,
}

impl<'a> Numbering<'a> {
    pub(crate) fn number(&mut self, text: Option<&'a String>) -> u32 {
        let Some(text) = text else { return 0 };
        let (numbers, counts) = (&mut self.numbers, &mut self.counts);
        let number = *self.raw.entry(text).or_insert_with(|| {
            let folded = fold(text);
            if folded.is_empty() {
                return 0;
            }
            let next = counts.len() as u32 + 1;
            let number = *numbers.entry(folded).or_insert(next);
            if number == next {
                counts.push(0);
            }
            number
        });
        if number > 0 {
            counts[number as usize - 1] += 1;
        }
        number
    }
}

/// Distinct texts, numbered in the order in which they come.
#[derive(Default)]
pub(crate) struct Texts<'a> {
    pub(crate) names: Vec<Name>,
    /// By the text as it comes, so that each is folded once.
    raw: FxHashMap<&'a str, u32>,
    known: FxHashMap<String, u32>,
    pub(crate) sounds: FxHashMap<String, u32>,
}

impl<'a> Texts<'a> {
    pub(crate) fn number(&mut self, text: &'a str) -> u32 {
        if let Some(id) = self.raw.get(text) {
            return *id;
        }
        let id = self.folded(text);
        self.raw.insert(text, id);
        id
    }

    fn folded(&mut self, text: &str) -> u32 {
        let folded = fold(text);
        if folded.is_empty() {
            return NO_NAME;
        }
        if let Some(id) = self.known.get(&folded) {
            return *id;
        }
        let id = self.names.len() as u32;
        let skeleton = skeleton(&folded);
        let next = self.sounds.len() as u32;
        let sound = *self.sounds.entry(skeleton.clone()).or_insert(next);
        self.known.insert(folded.clone(), id);
        self.names.push(Name { folded, skeleton, sound, count: 0 });
        id
    }

    /// The first three.
    pub(crate) fn names(&mut self, texts: &'a [String]) -> Names {
        let mut out = [NO_NAME; 3];
        let ids = texts.iter().map(|t| self.number(t)).filter(|id| *id != NO_NAME);
        out.iter_mut().zip(ids).for_each(|(slot, id)| *slot = id);
        out
    }
}
