//! What the names of columns say of them, in English, Dutch and R.

/// Names that say nothing else than how many.
const COUNTS: [&str; 24] = [
    "count",
    "counts",
    "freq",
    "frequency",
    "frequentie",
    "frequenties",
    "aantal",
    "aantallen",
    "number of persons",
    "aantal personen",
    "n persons",
    "persons",
    "personen",
    "aantal slachtoffers",
    "slachtoffers",
    "victims",
    "cases",
    "gevallen",
    "count n",
    "cnt",
    "number of cases",
    "number of victims",
    "nobs",
    "aantal gevallen",
];

/// Names that may say how many, and something else too.
const PERHAPS: [&str; 12] =
    ["n", "y", "obs", "total", "totaal", "number", "num", "tot", "freqs", "observed", "waargenomen", "getal"];

/// Names of what is known of a person, of which 0 and 1 are values.
const TRAITS: [&str; 58] = [
    "female",
    "male",
    "minor",
    "adult",
    "child",
    "sex",
    "gender",
    "woman",
    "man",
    "girl",
    "boy",
    "foreign",
    "foreigner",
    "national",
    "eu",
    "noneu",
    "citizen",
    "young",
    "old",
    "vrouw",
    "meisje",
    "jongen",
    "minderjarig",
    "minderjarige",
    "meerderjarig",
    "volwassen",
    "volwassene",
    "kind",
    "geslacht",
    "vrouwelijk",
    "mannelijk",
    "buitenlands",
    "buitenlander",
    "nederlands",
    "nederlander",
    "dutch",
    "sexual",
    "labour",
    "labor",
    "criminal",
    "seksueel",
    "arbeid",
    "uitbuiting",
    "exploitation",
    "deceased",
    "overleden",
    "disabled",
    "pregnant",
    "zwanger",
    "urban",
    "rural",
    "minors",
    "adults",
    "women",
    "men",
    "jong",
    "oud",
    "is minor",
];

const IDENTIFIERS: [&str; 22] = [
    "id",
    "ids",
    "nr",
    "nummer",
    "case id",
    "person id",
    "persoon id",
    "persoonid",
    "personid",
    "caseid",
    "respondent",
    "record",
    "record id",
    "volgnummer",
    "dossier",
    "dossiernummer",
    "case",
    "no",
    "index",
    "uuid",
    "key",
    "zaaknummer",
];

fn plain(name: &str) -> String {
    let spaced: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a name says nothing else than how many.
pub(crate) fn is_count(name: &str) -> bool {
    COUNTS.contains(&plain(name).as_str())
}

/// Whether a name says or may say how many.
pub(crate) fn is_count_name(name: &str) -> bool {
    is_count(name) || PERHAPS.contains(&plain(name).as_str())
}

/// Whether a name is of something that is known of a person, rather than of an organisation that keeps a list.
pub(crate) fn is_trait(name: &str) -> bool {
    let name = plain(name);
    TRAITS.contains(&name.as_str())
        || name.split(' ').any(|word| word.len() > 2 && TRAITS.contains(&word))
        || name.starts_with("is ")
}

pub(crate) fn is_identifier(name: &str) -> bool {
    IDENTIFIERS.contains(&plain(name).as_str())
}
