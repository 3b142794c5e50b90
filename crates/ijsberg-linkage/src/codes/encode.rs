//! From rows to codes.

use std::collections::HashMap;

use rand::RngExt;
use rayon::prelude::*;

use crate::codes::hash::{keys, mark, places};
use crate::codes::schema::{CodeSchema, HashKind, Hashing, Part, Strategy};
use crate::codes::tokens::tokens;
use crate::codes::value::{Reader, ValueError, bytes};
use crate::generate::stream;

/// The shortest secret, in bytes: too long for an exhaustive search.
pub const SHORTEST_SECRET: usize = 16;

/// Pieces that a thread remembers the places of.
const REMEMBERED: usize = 1 << 16;

/// Why rows were not encoded. No message holds a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A secret that could be guessed.
    #[error("the secret is shorter than {SHORTEST_SECRET} bytes")]
    Secret,
    /// More keys than HKDF gives.
    #[error("the schema needs more keys than HKDF gives")]
    Keys,
    /// A row with fewer or more cells than features.
    #[error("line {line}: {found} cells where the schema has {expected} features")]
    Cells {
        /// The line.
        line: u64,
        /// Cells there.
        found: usize,
        /// Features.
        expected: usize,
    },
    /// Values that the schema does not allow.
    #[error("{feature}: {count} value(s) are {problem}, on line(s) {lines}")]
    Values {
        /// The feature.
        feature: String,
        /// What they should have been.
        problem: ValueError,
        /// How many.
        count: usize,
        /// The first lines.
        lines: String,
    },
}

/// The codes of a record: one a group, bit 0 in the lowest bit of the first word; none set where everything is missing.
pub type Codes = Vec<Vec<u64>>;

/// Encodes rows by a schema and a secret.
pub struct Encoder {
    schema: CodeSchema,
    readers: Vec<Option<Reader>>,
    keys: Vec<[Vec<u8>; 2]>,
    groups: Vec<(String, Vec<(usize, Part)>)>,
    salt: Option<usize>,
    /// See [`Encoder::mark`].
    mark: String,
}

impl std::fmt::Debug for Encoder {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// What one thread remembers: places by feature and piece.
type Memory = HashMap<(usize, Vec<u8>), Vec<u16>>;

impl Encoder {
    /// Derives the keys.
    ///
    /// # Errors
    /// When the secret is too short or the schema needs too many keys.
    pub fn new(schema: &CodeSchema, secret: &[u8]) -> Result<Self, EncodeError> {
        if secret.len() < SHORTEST_SECRET {
            return Err(EncodeError::Secret);
        }
        let salt = schema.ijsberg.salt.as_ref();
        Ok(Self {
            readers: (0..schema.features.len()).map(|f| Reader::new(schema, f)).collect(),
            keys: keys(schema, secret).ok_or(EncodeError::Keys)?,
            groups: schema.groups(),
            salt: salt.and_then(|s| schema.features.iter().position(|f| f.identifier == *s)),
            mark: mark(schema, secret).ok_or(EncodeError::Keys)?,
            schema: schema.clone(),
        })
    }

    /// The names of the groups, in the order of the codes.
    pub fn groups(&self) -> Vec<String> {
        self.groups.iter().map(|g| g.0.clone()).collect()
    }

    /// A mark that is the same for organisations with the same schema and secret.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Encodes rows of `(line, cells)`, cells in the order of the features. Noise, where the schema asks for it, comes from
    /// the seed and the number of the row; the seed must be secret too and used once.
    ///
    /// # Errors
    /// When any row cannot be encoded: nothing is left out in silence.
    pub fn encode(&self, rows: &[(u64, Vec<String>)], seed: u64) -> Result<Vec<Codes>, EncodeError> {
        let expected = self.schema.features.len();
        if let Some((line, cells)) = rows.iter().find(|r| r.1.len() != expected) {
            return Err(EncodeError::Cells { line: *line, found: cells.len(), expected });
        }
        let all: Vec<Result<Codes, (usize, ValueError)>> = rows
            .par_iter()
            .enumerate()
            .with_min_len(256)
            .map_init(Memory::new, |memory, (n, (_, cells))| {
                let mut codes = self.record(cells, memory)?;
                self.blur(&mut codes, seed, n as u64);
                Ok(codes)
            })
            .collect();
        let Some((feature, problem)) = all.iter().find_map(|r| r.as_ref().err().cloned()) else {
            return Ok(all.into_iter().filter_map(Result::ok).collect());
        };
        let same = |r: &Result<Codes, (usize, ValueError)>| r.as_ref().is_err_and(|e| e.0 == feature);
        let lines: Vec<u64> = rows.iter().zip(&all).filter(|(_, r)| same(r)).map(|(row, _)| row.0).collect();
        let shown: Vec<String> = lines.iter().take(5).map(u64::to_string).collect();
        Err(EncodeError::Values {
            feature: self.schema.features[feature].identifier.clone(),
            problem,
            count: lines.len(),
            lines: shown.join(", ") + if lines.len() > 5 { ", ..." } else { "" },
        })
    }

    fn record(&self, cells: &[String], memory: &mut Memory) -> Result<Codes, (usize, ValueError)> {
        let salt = self.salt.map_or("", |s| cells[s].trim());
        self.groups
            .iter()
            .map(|(_, features)| {
                let mut bits = vec![0_u64; self.schema.unfolded().div_ceil(64)];
                for (f, part) in features {
                    let (Some(reader), Some(hashing)) =
                        (&self.readers[*f], &self.schema.features[*f].hashing)
                    else {
                        continue;
                    };
                    let text = reader.read(&cells[*f], *part).map_err(|e| (*f, e))?;
                    self.feature(*f, (reader, hashing), &text, salt, memory, &mut bits)
                        .map_err(|e| (*f, e))?;
                }
                Ok(folded(&bits, self.schema.unfolded(), self.schema.folds()))
            })
            .collect()
    }

    /// What one feature adds to one code.
    fn feature(
        &self,
        f: usize,
        (reader, hashing): (&Reader, &Hashing),
        text: &str,
        salt: &str,
        memory: &mut Memory,
        bits: &mut [u64],
    ) -> Result<(), ValueError> {
        let pieces = tokens(text, &hashing.comparison, !self.schema.ijsberg.unpadded)?;
        let l = self.schema.unfolded();
        let mut key = (f, Vec::new());
        for (i, piece) in pieces.iter().enumerate() {
            let count = match hashing.strategy {
                Strategy::PerToken(bits) => bits,
                // Shared evenly, the first pieces taking what is left over.
                Strategy::PerFeature(bits) => bits / pieces.len() + usize::from(i < bits % pieces.len()),
            };
            bytes(piece, reader.encoding(), &mut key.1);
            if self.salt.is_some() {
                key.1.push(0);
                key.1.extend(salt.as_bytes());
            }
            if memory.get(&key).is_none_or(|p| p.len() < count) {
                if memory.len() >= REMEMBERED {
                    memory.clear();
                }
                // As many as one hash gives, since the next value may ask for more.
                let more =
                    if hashing.hash == HashKind::BlakeHash { count.next_multiple_of(32) } else { count };
                memory.insert(key.clone(), places(&key.1, &self.keys[f], hashing.hash, more, l));
            }
            for place in &memory[&key][..count] {
                bits[usize::from(*place) / 64] |= 1 << (place % 64);
            }
        }
        Ok(())
    }

    /// BLIP: with the chance of the schema a bit is drawn anew, one or nothing. Codes of nothing become noise too, so that
    /// what is missing does not show.
    fn blur(&self, codes: &mut Codes, seed: u64, row: u64) {
        let flip = self.schema.ijsberg.flip;
        if flip == 0.0 {
            return;
        }
        let mut rng = stream(seed, row);
        for bit in 0..self.schema.config.l {
            for code in codes.iter_mut() {
                if rng.random::<f64>() < flip / 2.0 {
                    code[bit / 64] ^= 1 << (bit % 64);
                }
            }
        }
    }
}

/// One half over the other, as often as asked; `length` is in bits.
fn folded(bits: &[u64], length: usize, folds: u32) -> Vec<u64> {
    let mut bits = bits.to_vec();
    let mut length = length;
    for _ in 0..folds {
        length /= 2;
        let at = |i: usize| bits[i / 64] >> (i % 64) & 1;
        let mut half = vec![0_u64; length.div_ceil(64)];
        if length.is_multiple_of(64) {
            half = bits[..length / 64].iter().zip(&bits[length / 64..]).map(|(a, b)| a ^ b).collect();
        } else {
            (0..length).for_each(|i| half[i / 64] |= (at(i) ^ at(i + length)) << (i % 64));
        }
        bits = half;
    }
    bits
}
