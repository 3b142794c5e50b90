//! The profile of a country, read from a file: organisations, groups, law, regions and inhabitants.

mod read;

use std::collections::BTreeMap;

pub use ijsberg_register::codes::FORMS;
use ijsberg_report::text::{Language, Text};
use jiff::civil::Date;
use serde::Deserialize;

use crate::persons::folded;

/// The default country: the Netherlands, by its United Nations number.
pub const HOME: &str = "528";

/// The number of months after which the counts of a month are final, if the profile does not say; `ijsberg delays` uses the same.
pub const FINAL_AFTER: u8 = 12;

/// The profiles included in the program.
const SHIPPED: [&str; 2] =
    [include_str!("../../../countries/nl.toml"), include_str!("../../../countries/gb.toml")];

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
}

/// A name in the language of a text.
pub(crate) fn name(text: &Text, of: &Name) -> String {
    if text.language() == Language::Dutch { of.nl.clone() } else { of.en.clone() }
}

/// A code and its name: an organisation that reports, or a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCode {
    /// The code.
    pub code: String,
    /// The name.
    pub name: Name,
    /// The short name, such as for charts.
    pub short: Option<Name>,
}

/// List codes of a published table and the organisations they stand for. They apply to a table with exactly these lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coding {
    /// The source.
    pub source: String,
    /// The code of the organisation, by list.
    pub lists: BTreeMap<String, String>,
}

/// The meaning of the status codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The class of a person without a decision on status.
    pub undecided: String,
    /// Status codes by class: `presumed`, `identified`, `not_victim`.
    pub classes: BTreeMap<String, Vec<String>>,
}

/// A group of persons by form and citizenship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its identifier in files.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Forms of exploitation.
    pub forms: Vec<String>,
    /// Groups of citizenship.
    pub citizenship: Vec<String>,
}

/// A change of the law that affects a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The first day on which it applies.
    pub from: Date,
    /// What changed.
    pub name: Name,
    /// The source.
    pub source: String,
    /// The former code of each form of exploitation; empty for a form that the former definition did not include. An empty map means that
    /// the definition did not change, `None` that it is not known how the definitions compare.
    pub recode: Option<BTreeMap<String, String>>,
}

impl Change {
    /// Whether counts before and after it are not comparable without recoding. If nothing has to be recoded, the definition is the same, such
    /// as when an article is renumbered.
    pub fn breaks(&self) -> bool {
        self.recode.as_ref().is_none_or(|codes| !codes.is_empty())
    }
}

/// A country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// The United Nations number.
    pub united_nations: String,
    /// The name.
    pub name: Name,
    /// The publisher of its statistics, for catalogues and citations; the name of the country is used if there is none.
    pub publisher: Option<Name>,
    /// The meaning of the status codes.
    pub status: Status,
    /// Organisations that report.
    pub reporters: Vec<NamedCode>,
    /// List codes of published tables.
    pub codings: Vec<Coding>,
    /// The number of months after which the counts of a month are final.
    pub final_after: u8,
    /// The groups of a monitor; empty if there are none.
    pub groups: Vec<Group>,
    /// A note on the groups.
    pub groups_note: Option<Name>,
    /// Changes of the law, oldest first.
    pub law: Vec<Change>,
    /// Regions.
    pub territory: Vec<NamedCode>,
    /// Inhabitants by year.
    pub population: BTreeMap<i16, u64>,
    /// The source of the population figures.
    pub population_source: String,
}

/// An error in a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct CountryError {
    /// The line, from 1.
    pub line: usize,
    /// The kind of error.
    pub what: Wrong,
}

/// Kinds of errors in a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The text is not valid TOML, or a field is missing or unknown.
    #[error("{0}")]
    Form(String),
    /// The country code is not two capitals.
    #[error("expected a country code of ISO 3166-1, two capitals")]
    Code,
    /// The United Nations number is not three digits.
    #[error("expected the country's number at the United Nations, three digits")]
    Number,
    /// A name is empty.
    #[error("expected a name in both languages")]
    Name,
    /// A code occurs twice.
    #[error("the same code twice")]
    Twice,
    /// A code is not known.
    #[error("not a code of the register")]
    Unknown,
    /// A group of citizenship is not known.
    #[error("expected own, other_eu, other or stateless")]
    Citizenship,
    /// A date is not valid.
    #[error("expected a day such as 2026-07-15")]
    Day,
    /// A date is not later than the one before.
    #[error("expected a later date than the one before")]
    Order,
    /// A year is not valid or has no inhabitants.
    #[error("expected a year of 1900 to 2100 and more than 0 persons")]
    Population,
    /// A region is not of this country.
    #[error("expected a region of ISO 3166-2 that begins with the country's code")]
    Region,
    /// A number of months is not valid.
    #[error("expected 1 to 60 months")]
    Months,
    /// The class of persons without a decision is not valid.
    #[error("expected presumed or undecided")]
    Undecided,
}

impl Wrong {
    /// The key of its message.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Form(_) => "country-form",
            Self::Code => "country-code",
            Self::Number => "country-number",
            Self::Name => "country-name",
            Self::Twice => "country-twice",
            Self::Unknown => "country-unknown",
            Self::Citizenship => "country-citizenship",
            Self::Day => "country-day",
            Self::Order => "country-order",
            Self::Population => "country-population",
            Self::Region => "country-region",
            Self::Months => "country-months",
            Self::Undecided => "country-undecided",
        }
    }
}

impl Country {
    /// The included profile of a country, by its United Nations number.
    pub fn shipped(united_nations: &str) -> Option<Self> {
        Self::all().into_iter().find(|c| c.united_nations == united_nations)
    }

    /// All included profiles, the Netherlands first.
    pub fn all() -> Vec<Self> {
        SHIPPED.iter().filter_map(|text| Self::read(text, FORMS).ok()).collect()
    }

    /// The group of a person by form and citizenship.
    pub fn group(&self, form: &str, citizenship: &str) -> Option<&Group> {
        let has = |all: &[String], code: &str| all.iter().any(|c| c == code);
        self.groups.iter().find(|g| has(&g.forms, form) && has(&g.citizenship, citizenship))
    }

    /// The class of a status code; `None` if the profile does not list it.
    pub fn class_of(&self, status: &str) -> Option<&str> {
        let has = |codes: &Vec<String>| codes.iter().any(|c| c == status);
        self.status.classes.iter().find(|c| has(c.1)).map(|c| c.0.as_str())
    }

    /// The organisation that a code stands for: by its own code, or by the coding of a published table with these lists.
    pub fn reporter(&self, code: &str, lists: &[String]) -> Option<&NamedCode> {
        let called = |code: &str| self.reporters.iter().find(|r| folded(&r.code) == folded(code));
        let coding = || {
            let those =
                |c: &&Coding| c.lists.len() == lists.len() && lists.iter().all(|l| c.lists.contains_key(l));
            self.codings.iter().find(those)?.lists.get(code).map(String::as_str)
        };
        called(code).or_else(|| called(coding()?))
    }

    /// A region by its code, with or without the country code.
    pub fn region(&self, code: &str) -> Option<&NamedCode> {
        let own = format!("{}-{code}", self.code);
        self.territory.iter().find(|r| r.code == code || r.code == own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_profiles_are_read() {
        for text in SHIPPED {
            Country::read(text, FORMS).unwrap();
        }
        let nl = Country::shipped("528").unwrap();
        assert_eq!((nl.population[&2015], nl.reporters.len(), nl.territory.len()), (16_900_726, 11, 12));
        assert_eq!(nl.group("SEX_OTHER", "own").unwrap().id, "domestic-sexual");
        assert_eq!(nl.group("LABOUR", "other_eu").unwrap().id, "cross-border-other");
        assert!(nl.group("LABOUR", "unknown").is_none());
        let gb = Country::shipped("826").unwrap();
        assert_eq!(
            [nl.class_of("PLAUSIBLE"), gb.class_of("ESTABLISHED")],
            [Some("presumed"), Some("identified")]
        );
        assert_eq!((gb.status.undecided.as_str(), gb.class_of("SIGNAL_ONLY")), ("undecided", None));
        assert_eq!(nl.region("UT").unwrap().code, "NL-UT");
        let lists = |all: &str| all.chars().map(String::from).collect::<Vec<_>>();
        let reporter = |code: &str, all: &str| nl.reporter(code, &lists(all)).map(|r| r.code.as_str());
        assert_eq!(reporter("kmar", ""), Some("KMAR"));
        // A letter stands for an organisation only if the lists are exactly the letters of the published table.
        assert_eq!(
            [reporter("K", "IKOPRZ"), reporter("R", "ZRPOKI")],
            [Some("KMAR"), Some("ZORGCOORDINATIE")]
        );
        assert_eq!([reporter("P", "PRO"), reporter("P", "IKOPRZA"), reporter("A", "IKOPRA")], [None; 3]);
        assert!(nl.groups_note.is_some() && [nl.final_after, gb.final_after] == [FINAL_AFTER; 2]);
        // Begging and criminal activities have codes of their own since 2013; before, they counted as forced services.
        let change = nl.law.iter().find(|c| c.from.year() == 2013).unwrap();
        let recode = change.recode.as_ref().unwrap();
        assert_eq!([&recode["BEGGING"], &recode["CRIMINAL_ACTIVITY"]], ["LABOUR"; 2]);
        assert!(Country::shipped("056").is_none());
    }

    #[test]
    fn errors_are_reported_with_their_line() {
        let line = |of: &str| SHIPPED[0].lines().position(|l| l.contains(of)).unwrap() + 1;
        for (from, to, what) in [
            ("code = \"NL\"", "code = \"NLD\"", Wrong::Code),
            ("united_nations = \"528\"", "united_nations = \"NL\"", Wrong::Number),
            ("undecided = \"presumed\"", "undecided = \"maybe\"", Wrong::Undecided),
            ("identified = [\"ESTABLISHED\"]", "identified = [\"PROVEN\"]", Wrong::Unknown),
            ("code = \"KMAR\"", "code = \"NP\"", Wrong::Twice),
            ("citizenship = [\"own\"]", "citizenship = [\"dutch\"]", Wrong::Citizenship),
            ("final_after = 12", "final_after = 0", Wrong::Months),
            ("from = \"2006-09-01\"", "from = \"2006-09-31\"", Wrong::Day),
            ("from = \"2006-09-01\"", "from = \"2004-09-01\"", Wrong::Order),
            ("K = \"KMAR\"", "K = \"BORDER\"", Wrong::Unknown),
            ("short = { nl = \"Arbeidsinspectie\"", "short = { nl = \"\"", Wrong::Name),
            ("code = \"NL-UT\"", "code = \"BE-UT\"", Wrong::Region),
            ("year = 2015, persons = 16900726", "year = 2015, persons = 0", Wrong::Population),
            ("year = 2015,", "year = 2014,", Wrong::Twice),
            ("name = { nl = \"Zeeland\", en", "name = { nl = \" \", en", Wrong::Name),
        ] {
            let error = Country::read(&SHIPPED[0].replacen(from, to, 1), FORMS).unwrap_err();
            assert_eq!((error.line, error.what), (line(from), what), "{to}");
        }
        let published = |name: &str| {
            let line = format!("publisher = {{ nl = \"{name}\", en = \"Bureau\" }}\nunited_nations =");
            Country::read(&SHIPPED[0].replacen("united_nations =", &line, 1), FORMS)
        };
        assert_eq!(published("Bureau").unwrap().publisher.map(|p| p.en), Some("Bureau".to_owned()));
        assert_eq!(published(" ").unwrap_err().what, Wrong::Name);
        let error = Country::read(&SHIPPED[0].replacen("source =", "sources =", 1), FORMS).unwrap_err();
        assert!(matches!(error.what, Wrong::Form(_)) && error.line > 1, "{error}");
        assert!(Country::read("code = ", FORMS).is_err());
    }
}
