//! Whether a schema can be used.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::codes::fault::{Place, Problem};
use crate::codes::schema::{
    CodeSchema, CodeSchemaError, Comparison, Feature, Format, HashKind, Part, Strategy,
};

/// The most bits of a code before folding: more than enough, and what a mistaken file cannot exceed.
const MOST_BITS: usize = 1 << 16;

impl CodeSchema {
    /// Checks all of it; the error says where.
    pub(super) fn check(&self) -> Result<(), CodeSchemaError> {
        let no = |at, problem| Err(CodeSchemaError::Value { at: Place::Path(at), problem });
        if self.config.l == 0 || self.folds() > 8 || self.unfolded() > MOST_BITS {
            return no("clkConfig", Problem::Length(MOST_BITS));
        }
        let kdf = &self.config.kdf;
        if !(1..=64).contains(&kdf.key_size) {
            return no("clkConfig.kdf.keySize", Problem::KeySize);
        }
        for (at, text) in [("clkConfig.kdf.salt", &kdf.salt), ("clkConfig.kdf.info", &kdf.info)] {
            if text.as_ref().is_some_and(|t| STANDARD.decode(t).is_err()) {
                return no(at, Problem::Base64);
            }
        }
        if self.features.is_empty() || self.features.len() > 60 {
            return no("features", Problem::Features);
        }
        for feature in self.features.iter().filter(|f| !f.ignored) {
            self.check_feature(feature)?;
        }
        self.check_extension()
    }

    fn check_feature(&self, feature: &Feature) -> Result<(), CodeSchemaError> {
        let at = || Place::Feature(feature.identifier.clone());
        let no = |problem| Err(CodeSchemaError::Value { at: at(), problem });
        let (Some(format), Some(hashing)) = (&feature.format, &feature.hashing) else {
            return no(Problem::Neither);
        };
        if let Format::String { pattern: Some(pattern), case, min_length, max_length, .. } = format {
            if regex::Regex::new(pattern).is_err() {
                return no(Problem::Pattern);
            }
            if case.is_some() || min_length.is_some() || max_length.is_some() {
                return no(Problem::PatternAlone);
            }
        }
        if matches!(format, Format::Enum { values, .. } if values.is_empty()) {
            return no(Problem::Enum);
        }
        if hashing.hash == HashKind::BlakeHash && !self.unfolded().is_power_of_two() {
            return no(Problem::PowerOfTwo);
        }
        match hashing.comparison {
            Comparison::Ngram { n, .. } if !(1..=20).contains(&n) => return no(Problem::Pieces),
            Comparison::Numeric { threshold_distance, resolution, fractional_precision } => {
                let interval =
                    (threshold_distance * 10_f64.powi(fractional_precision as i32)).round_ties_even();
                if !(1.0..=1e15).contains(&interval)
                    || !(1..=1000).contains(&resolution)
                    || fractional_precision > 12
                {
                    return no(Problem::Numeric);
                }
            }
            _ => {}
        }
        let bits = match hashing.strategy {
            Strategy::PerToken(b) | Strategy::PerFeature(b) => b,
        };
        if !(1..=10_000).contains(&bits) {
            return no(Problem::Bits);
        }
        Ok(())
    }

    fn check_extension(&self) -> Result<(), CodeSchemaError> {
        let own = &self.ijsberg;
        let no = |at, problem| Err(CodeSchemaError::Value { at: Place::Path(at), problem });
        let hashed = |name: &str| {
            self.features.iter().any(|f| f.identifier == name && !f.ignored && f.hashing.is_some())
        };
        let members = own.groups.values().flatten().map(|m| Part::parse(m));
        if let Some((name, _)) =
            members.clone().find(|(n, p)| *p != Part::Whole && !own.dates.iter().any(|d| d == n))
        {
            return no("ijsberg.groups", Problem::NoParts(name.to_owned()));
        }
        let named = members.map(|m| m.0).chain(own.fold.iter().chain(&own.dates).map(String::as_str));
        if let Some(name) = named.into_iter().find(|n| !hashed(n)) {
            return no("ijsberg.groups, ijsberg.fold, ijsberg.dates", Problem::NotHashed(name.to_owned()));
        }
        if let Some(name) = own.salt.as_ref().filter(|n| !self.features.iter().any(|f| f.identifier == **n)) {
            return no("ijsberg.salt", Problem::NoFeature(name.clone()));
        }
        if own.groups.len() > 6 || own.groups.values().any(Vec::is_empty) {
            return no("ijsberg.groups", Problem::Groups);
        }
        if !(0.0..0.5).contains(&own.flip) {
            return no("ijsberg.flip", Problem::Flip);
        }
        Ok(())
    }
}
