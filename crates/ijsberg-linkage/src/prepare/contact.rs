//! Telephone numbers and email addresses by number.

use rustc_hash::FxHashMap;

use crate::record::Record;

/// Those of a record by number, the first three; 0 is none.
pub(crate) type Held = [u32; 3];

/// Distinct contacts.
#[derive(Debug, Clone)]
pub(crate) struct Contacts {
    pub(crate) texts: Vec<String>,
    /// Records by contact, and how many have one at all.
    counts: Vec<u32>,
    with: f64,
}

impl Contacts {
    /// Those of all records, and of each.
    pub(super) fn from_records(records: &[Record]) -> (Self, Vec<Held>) {
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let (mut texts, mut counts, mut all) =
            (vec![String::new()], vec![0], Vec::with_capacity(records.len()));
        for r in records {
            let mut held = [0; 3];
            for (slot, contact) in held.iter_mut().zip(&r.contacts) {
                let next = texts.len() as u32;
                *slot = *known.entry(contact).or_insert(next);
                if *slot == next {
                    texts.push(contact.clone());
                    counts.push(0);
                }
                counts[*slot as usize] += 1;
            }
            all.push(held);
        }
        let with = all.iter().filter(|h: &&Held| h[0] > 0).count().max(1) as f64;
        (Self { texts, counts, with }, all)
    }

    /// Of the records with a contact, the share that has the one that two records share; the rarest where they share several.
    pub(crate) fn share(&self, a: &Held, b: &Held) -> f64 {
        let shared = a.iter().filter(|c| **c > 0 && b.contains(c));
        f64::from(shared.map(|c| self.counts[*c as usize]).min().unwrap_or(1)) / self.with
    }
}
