//! Whether a schema can be used.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::codes::schema::{
    CodeSchema, CodeSchemaError, Comparison, Feature, Format, HashKind, Part, Strategy,
};

/// The most bits of a code before folding: more than enough, and what a mistaken file cannot exceed.
const MOST_BITS: usize = 1 << 16;

impl CodeSchema {
    /// Checks all of it; the error says where.
    pub(super) fn check(&self) -> Result<(), CodeSchemaError> {
        let no = |at: &str, problem: String| Err(CodeSchemaError::Value { at: at.to_owned(), problem });
        if self.config.l == 0 || self.folds() > 8 || self.unfolded() > MOST_BITS {
            return no(
                "clkConfig",
                format!("l must be 1 to {MOST_BITS} before folding, with at most 8 foldings"),
            );
        }
        let kdf = &self.config.kdf;
        if !(1..=64).contains(&kdf.key_size) {
            return no("clkConfig.kdf.keySize", "must be 1 to 64 bytes".to_owned());
        }
        for (name, text) in [("salt", &kdf.salt), ("info", &kdf.info)] {
            if text.as_ref().is_some_and(|t| STANDARD.decode(t).is_err()) {
                return no(&format!("clkConfig.kdf.{name}"), "is not base64".to_owned());
            }
        }
        if self.features.is_empty() || self.features.len() > 60 {
            return no("features", "must be 1 to 60".to_owned());
        }
        for feature in self.features.iter().filter(|f| !f.ignored) {
            self.check_feature(feature)?;
        }
        self.check_extension()
    }

    fn check_feature(&self, feature: &Feature) -> Result<(), CodeSchemaError> {
        let at = format!("feature {:?}", feature.identifier);
        let no = |problem: &str| Err(CodeSchemaError::Value { at: at.clone(), problem: problem.to_owned() });
        let (Some(format), Some(hashing)) = (&feature.format, &feature.hashing) else {
            return no("needs a format and hashing, or ignored: true");
        };
        if let Format::String { pattern: Some(pattern), case, min_length, max_length, .. } = format {
            if regex::Regex::new(pattern).is_err() {
                return no("the pattern is not a regular expression that is understood here");
            }
            if case.is_some() || min_length.is_some() || max_length.is_some() {
                return no("a pattern goes without case, minLength and maxLength");
            }
        }
        if matches!(format, Format::Enum { values, .. } if values.is_empty()) {
            return no("an enum needs values");
        }
        if hashing.hash == HashKind::BlakeHash && !self.unfolded().is_power_of_two() {
            return no("blakeHash needs a length before folding that is a power of two");
        }
        match hashing.comparison {
            Comparison::Ngram { n, .. } if !(1..=20).contains(&n) => return no("n must be 1 to 20"),
            Comparison::Numeric { threshold_distance, resolution, fractional_precision } => {
                let interval =
                    (threshold_distance * 10_f64.powi(fractional_precision as i32)).round_ties_even();
                if !(1.0..=1e15).contains(&interval)
                    || !(1..=1000).contains(&resolution)
                    || fractional_precision > 12
                {
                    return no("thresholdDistance, resolution or fractional_precision is out of range");
                }
            }
            _ => {}
        }
        let bits = match hashing.strategy {
            Strategy::PerToken(b) | Strategy::PerFeature(b) => b,
        };
        if !(1..=10_000).contains(&bits) {
            return no("the strategy must set 1 to 10,000 bits");
        }
        Ok(())
    }

    fn check_extension(&self) -> Result<(), CodeSchemaError> {
        let own = &self.ijsberg;
        let no =
            |at: &str, problem: String| Err(CodeSchemaError::Value { at: format!("ijsberg.{at}"), problem });
        let hashed = |name: &str| {
            self.features.iter().any(|f| f.identifier == name && !f.ignored && f.hashing.is_some())
        };
        let members = own.groups.values().flatten().map(|m| Part::of(m));
        if let Some((name, _)) =
            members.clone().find(|(n, p)| *p != Part::Whole && !own.dates.iter().any(|d| d == n))
        {
            return no("groups", format!("{name:?} is not in dates, so it has no parts"));
        }
        let named = members.map(|m| m.0).chain(own.fold.iter().chain(&own.dates).map(String::as_str));
        if let Some(name) = named.into_iter().find(|n| !hashed(n)) {
            return no("groups, fold or dates", format!("{name:?} is not a hashed feature"));
        }
        if let Some(name) = own.salt.as_ref().filter(|n| !self.features.iter().any(|f| f.identifier == **n)) {
            return no("salt", format!("{name:?} is not a feature"));
        }
        if own.groups.len() > 6 || own.groups.values().any(Vec::is_empty) {
            return no("groups", "at most 6, each with a feature".to_owned());
        }
        if !(0.0..0.5).contains(&own.flip) {
            return no("flip", "must be from 0 to under 0.5".to_owned());
        }
        Ok(())
    }
}
