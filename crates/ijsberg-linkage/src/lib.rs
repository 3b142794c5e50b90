//! Who is on which organisation's list: record linkage with honest uncertainty.
//!
//! The pipeline, each step a pure function of the one before:
//!
//! - [`schema`]: which column is what. - [`record`]: records: names in any script, dates of some precision. - [`comparators`]:
//!   comparisons that a schema sets. - [`normalise`]: keys that survive spelling and transliteration.
//! - [`prepare`]: records as numbers. - [`compare`]: how well two records agree, as a pattern of levels. - [`blocking`]: which pairs are
//!   compared at all.
//! - [`fellegi_sunter`]: what a pattern is worth (Fellegi and Sunter 1969, JASA 64), by the EM algorithm.
//! - [`calibrate`]: calibration of the weights by judged pairs.
//! - [`partition`]: draws from a posterior over partitions of all records.
//! - [`histories`]: the capture histories of a draw, one for each person. - [`link`](mod@link): all steps together.
//! - [`resolve`]: missed and false links, from a sample of persons resolved by hand. - [`totals`]: the true numbers of persons and
//!   overlaps, as estimated from that. - [`codes`]: all this without names.
//! - [`sql`] and [`splink`]: the model for others to run.
//! - [`generate`]: synthetic lists whose truth is known. - [`evaluate`]: precision and recall against such a truth.

pub mod blocking;
pub mod calibrate;
pub mod codes;
pub mod comparators;
pub mod compare;
pub mod covariates;
pub mod evaluate;
pub mod fellegi_sunter;
pub mod generate;
pub mod histories;
pub mod link;
pub mod names;
pub mod normalise;
pub mod partition;
pub mod prepare;
pub mod record;
pub mod resolve;
pub mod schema;
pub mod splink;
pub mod sql;
pub mod totals;
