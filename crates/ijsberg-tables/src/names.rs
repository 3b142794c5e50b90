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

const IDENTIFIERS: &[&str] = &[
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
    "zaaknr",
    "zaak id",
    "dossiernr",
    "dossier nr",
    "dossier id",
    "persoonsnummer",
    "persoonnummer",
    "persoonsnr",
    "person number",
    "person no",
    "person nr",
    "client id",
    "clientnummer",
    "cliëntnummer",
    "clientnr",
    "case number",
    "case no",
    "case nr",
    "casusnummer",
    "victim id",
    "slachtoffer id",
    "slachtoffernummer",
    "subject id",
    "unique id",
    "uid",
];

fn plain(name: &str) -> String {
    let spaced: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words that say how many, whatever of the next stands beside them.
const HOW_MANY: &[&str] = &[
    "count",
    "counts",
    "freq",
    "frequency",
    "frequentie",
    "frequenties",
    "aantal",
    "aantallen",
    "anzahl",
    "nombre",
    "effectif",
    "effectifs",
    "cnt",
    "nobs",
    "antal",
];

/// Words that say how many of something.
const NUMBER: &[&str] = &["number", "num", "nr", "no"];

/// Words that say of what, or nothing.
const OF_WHAT: &[&str] = &[
    "n",
    "of",
    "van",
    "de",
    "het",
    "the",
    "in",
    "total",
    "totaal",
    "persons",
    "people",
    "persoon",
    "personen",
    "mensen",
    "victims",
    "victim",
    "slachtoffers",
    "slachtoffer",
    "cases",
    "gevallen",
    "individuals",
    "individuen",
    "observed",
    "waargenomen",
    "personnes",
    "victimes",
    "opfer",
    "fälle",
    "cas",
    "des",
    "der",
    "abs",
    "absolute",
    "absoluut",
    "unique",
    "unieke",
];

/// Whether all words of a name say of what, but for some that say how many, and years.
fn of_what(words: &[&str], how_many: &[&str]) -> bool {
    let digits = |w: &str| w.bytes().all(|b| b.is_ascii_digit());
    words.iter().any(|w| how_many.contains(w))
        && words.iter().all(|w| how_many.contains(w) || OF_WHAT.contains(w) || digits(w))
}

/// Whether a name says nothing else than how many: `count`, `aantal (n)`, `Aantal slachtoffers 2023`.
pub(crate) fn is_count(name: &str) -> bool {
    let name = plain(name);
    let words: Vec<&str> = name.split(' ').collect();
    let of = words.iter().any(|w| ["of", "van"].contains(w));
    let persons = name != "n"
        && words.contains(&"n")
        && of_what(&words, &["persons", "personen", "people", "victims", "slachtoffers"]);
    COUNTS.contains(&name.as_str()) || persons || of_what(&words, HOW_MANY) || of && of_what(&words, NUMBER)
}

/// Whether a name says or may say how many.
pub(crate) fn is_count_name(name: &str) -> bool {
    let plain = plain(name);
    let words: Vec<&str> = plain.split(' ').collect();
    is_count(name) || PERHAPS.contains(&plain.as_str()) || words[0] == "n" && of_what(&words, &["n"])
}

/// Whether a name is of something that is known of a person, rather than of an organisation that keeps a list.
pub(crate) fn is_trait(name: &str) -> bool {
    let name = plain(name);
    TRAITS.contains(&name.as_str())
        || name.split(' ').any(|word| word.len() > 2 && TRAITS.contains(&word))
        || name.starts_with("is ")
}

/// Names of a column that says on which list a row stands, in a table with a row for each person and list.
const LIST_NAMES: &[&str] = &[
    "list",
    "lijst",
    "source",
    "bron",
    "organisation",
    "organisatie",
    "organization",
    "register",
    "dataset",
    "melder",
    "instantie",
    "instelling",
    "agency",
    "data source",
    "datasource",
    "source list",
    "list name",
    "lijstnaam",
    "naam lijst",
    "bronbestand",
    "bronlijst",
    "meldende organisatie",
    "meldende instantie",
    "reporting organisation",
    "reporting organization",
    "reporting agency",
    "registratiebron",
];

/// Whether a name says on which list a row stands.
pub(crate) fn names_the_list(name: &str) -> bool {
    LIST_NAMES.contains(&plain(name).as_str())
}

/// Whether a name is that of a number by which persons are known.
pub(crate) fn names_the_person(name: &str) -> bool {
    let name = plain(name);
    IDENTIFIERS.contains(&name.as_str())
        || matches!(
            name.as_str(),
            "person"
                | "persoon"
                | "pseudonym"
                | "pseudoniem"
                | "client"
                | "cliënt"
                | "subject"
                | "victim"
                | "slachtoffer"
        )
}

/// Whether a name is that of a column with years.
pub(crate) fn names_the_year(name: &str) -> bool {
    matches!(plain(name).as_str(), "year" | "jaar" | "kalenderjaar" | "calendar year" | "date" | "datum")
}

/// Letters by which sex, age and the like go among columns of one letter.
pub(crate) fn is_trait_letter(name: &str) -> bool {
    matches!(name.to_lowercase().as_str(), "f" | "j" | "m" | "s" | "t" | "v" | "w" | "x" | "y")
}

pub(crate) fn is_identifier(name: &str) -> bool {
    IDENTIFIERS.contains(&plain(name).as_str())
}
