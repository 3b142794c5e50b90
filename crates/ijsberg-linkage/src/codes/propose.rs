//! A schema of codes for columns that are known by their names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::codes::schema::{
    CodeSchema, Comparison, Config, Encoding, Extension, Feature, Format, HashKind, Hashing, Kdf, KdfHash,
    KdfKind, Strategy, key_size,
};
use crate::schema::Schema;

impl CodeSchema {
    /// Proposes a schema for columns known by their names: names in pairs of letters, dates by year and by day, what a person
    /// is by nature or law in a group of its own. `salt` should be random and the same for all organisations.
    pub fn propose(known: &Schema, header: &[String], salt: &[u8]) -> Self {
        let text = || Format::String {
            encoding: Encoding::Utf8,
            case: None,
            min_length: None,
            max_length: None,
            pattern: None,
            description: None,
        };
        let hashed = |name: &String, comparison, strategy| Feature {
            identifier: name.clone(),
            ignored: false,
            description: None,
            format: Some(text()),
            hashing: Some(Hashing { comparison, strategy, hash: HashKind::BlakeHash, missing_value: None }),
        };
        let ignored = |name: &String| Feature {
            identifier: name.clone(),
            ignored: true,
            description: None,
            format: None,
            hashing: None,
        };
        let mut own = Extension::default();
        let features = header
            .iter()
            .map(|name| {
                let is = |known: &Option<String>| known.as_ref() == Some(name);
                let mut put = |group: &str, member: String| {
                    own.groups.entry(group.to_owned()).or_default().push(member);
                };
                // The first of several names is the usual one; more of them would fill the code.
                if known.given.first() == Some(name) || known.family.first() == Some(name) {
                    put("name", name.clone());
                    own.fold.push(name.clone());
                    hashed(name, Comparison::Ngram { n: 2, positional: false }, Strategy::PerFeature(160))
                } else if is(&known.birth) {
                    put("year", format!("{name}:year"));
                    put("day", format!("{name}:day"));
                    own.dates.push(name.clone());
                    hashed(name, Comparison::Ngram { n: 1, positional: true }, Strategy::PerToken(30))
                } else if is(&known.nationality) || is(&known.sex) {
                    put("origin", name.clone());
                    own.fold.push(name.clone());
                    hashed(name, Comparison::Exact, Strategy::PerToken(60))
                } else if is(&known.identifier) {
                    put("identifier", name.clone());
                    own.fold.push(name.clone());
                    hashed(name, Comparison::Exact, Strategy::PerToken(60))
                } else {
                    ignored(name)
                }
            })
            .collect();
        Self {
            version: 3,
            config: Config {
                l: 1024,
                kdf: Kdf {
                    kind: KdfKind::Hkdf,
                    hash: KdfHash::Sha256,
                    salt: Some(STANDARD.encode(salt)),
                    info: None,
                    key_size: key_size(),
                },
                folds_documented: None,
                folds_read: None,
            },
            features,
            ijsberg: own,
        }
    }
}
