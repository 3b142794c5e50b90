//! What is particular to a country, read from a file: its organisations, groups, law, regions and inhabitants.

mod read;

use std::collections::BTreeMap;

pub use ijsberg_register::codes::FORMS;
use ijsberg_report::text::{Language, Text};
use jiff::civil::Date;
use serde::Deserialize;

use crate::persons::folded;

/// The country that is meant where none is named: the Netherlands, as the United Nations number it.
pub const HOME: &str = "528";

/// After how many months the counts of a month are final where a profile does not say: as `ijsberg delays` takes it.
pub const FINAL_AFTER: u8 = 12;

/// Profiles that come with the program.
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
pub struct Named {
    /// The code.
    pub code: String,
    /// The name.
    pub name: Name,
    /// The name where there is little room, such as in charts.
    pub short: Option<Name>,
}

/// What organisations are called in published tables: a table whose lists are all of these has the names of the organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coding {
    /// Where it stands.
    pub source: String,
    /// The code of an organisation by list.
    pub lists: BTreeMap<String, String>,
}

/// What the codes of status stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The class of a person without a decision on status.
    pub undecided: String,
    /// Codes by what they stand for: `presumed`, `identified`, `not_victim`.
    pub classes: BTreeMap<String, Vec<String>>,
}

/// A group of persons by form and citizenship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name in files.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Forms of exploitation.
    pub forms: Vec<String>,
    /// Groups of citizenship.
    pub citizenship: Vec<String>,
}

/// A change of the law that a series shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The first day.
    pub from: Date,
    /// What changed.
    pub name: Name,
    /// Where it stands.
    pub source: String,
    /// What each form of exploitation was by the former definition; nothing for one that was none. Without any the definition stayed the
    /// same; `None` where it is not known how the definitions compare.
    pub recode: Option<BTreeMap<String, String>>,
}

impl Change {
    /// Whether counts before and after it cannot be compared as they are. Where nothing has to be recoded the definition is the same, such
    /// as when an article gets another number.
    pub fn breaks(&self) -> bool {
        self.recode.as_ref().is_none_or(|codes| !codes.is_empty())
    }
}

/// A country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// The number that the United Nations use.
    pub united_nations: String,
    /// The name.
    pub name: Name,
    /// Who publishes its statistics, for catalogues and citations; the country itself where it does not say.
    pub publisher: Option<Name>,
    /// What the codes of status stand for.
    pub status: Status,
    /// Organisations that report.
    pub reporters: Vec<Named>,
    /// What organisations are called in published tables.
    pub codings: Vec<Coding>,
    /// After how many months the counts of a month are final.
    pub final_after: u8,
    /// Groups of a monitor; none if there are none.
    pub groups: Vec<Group>,
    /// What to know of the groups.
    pub groups_note: Option<Name>,
    /// Changes of the law, oldest first.
    pub law: Vec<Change>,
    /// Regions.
    pub territory: Vec<Named>,
    /// Inhabitants by year.
    pub population: BTreeMap<i16, u64>,
    /// The source of the population figures.
    pub population_source: String,
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct CountryError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: Wrong,
}

/// Kinds of what may be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is no TOML, or a field is missing or unknown.
    #[error("{0}")]
    Form(String),
    /// Not two capitals.
    #[error("expected a country code of ISO 3166-1, two capitals")]
    Code,
    /// Not three digits.
    #[error("expected the country's number at the United Nations, three digits")]
    Number,
    /// An empty name.
    #[error("expected a name in both languages")]
    Name,
    /// The same twice.
    #[error("the same code twice")]
    Twice,
    /// No such code.
    #[error("not a code of the register")]
    Unknown,
    /// No such group of citizenship.
    #[error("expected own, other_eu, other or stateless")]
    Citizenship,
    /// No day.
    #[error("expected a day such as 2026-07-15")]
    Day,
    /// Not after the one before.
    #[error("expected a later date than the one before")]
    Order,
    /// No year or nobody.
    #[error("expected a year of 1900 to 2100 and more than 0 persons")]
    Population,
    /// Not of this country.
    #[error("expected a region of ISO 3166-2 that begins with the country's code")]
    Region,
    /// No such delay.
    #[error("expected 1 to 60 months")]
    Months,
    /// What somebody is who is undecided.
    #[error("expected presumed or undecided")]
    Undecided,
}

impl Wrong {
    /// The key of its words.
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
    /// The profile that comes with the program for a country, by its number at the United Nations.
    pub fn shipped(united_nations: &str) -> Option<Self> {
        Self::all().into_iter().find(|c| c.united_nations == united_nations)
    }

    /// All profiles that come with the program, the Netherlands first.
    pub fn all() -> Vec<Self> {
        SHIPPED.iter().filter_map(|text| Self::read(text, FORMS).ok()).collect()
    }

    /// The group of a person by form and citizenship.
    pub fn group(&self, form: &str, citizenship: &str) -> Option<&Group> {
        let has = |all: &[String], code: &str| all.iter().any(|c| c == code);
        self.groups.iter().find(|g| has(&g.forms, form) && has(&g.citizenship, citizenship))
    }

    /// What a code of status stands for; none if the profile leaves it out.
    pub fn class_of(&self, status: &str) -> Option<&str> {
        let has = |codes: &Vec<String>| codes.iter().any(|c| c == status);
        self.status.classes.iter().find(|c| has(c.1)).map(|c| c.0.as_str())
    }

    /// The organisation that a code stands for among these lists: by itself, or as a published table calls it.
    pub fn reporter(&self, code: &str, lists: &[String]) -> Option<&Named> {
        let called = |code: &str| self.reporters.iter().find(|r| folded(&r.code) == folded(code));
        let coding = || {
            let those =
                |c: &&Coding| c.lists.len() == lists.len() && lists.iter().all(|l| c.lists.contains_key(l));
            self.codings.iter().find(those)?.lists.get(code).map(String::as_str)
        };
        called(code).or_else(|| called(coding()?))
    }

    /// The name of a region, by its code, with or without the code of the country.
    pub fn region(&self, code: &str) -> Option<&Named> {
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
        // A letter stands for an organisation where all letters of the published table are lists, and no others.
        assert_eq!(
            [reporter("K", "IKOPRZ"), reporter("R", "ZRPOKI")],
            [Some("KMAR"), Some("ZORGCOORDINATIE")]
        );
        assert_eq!([reporter("P", "PRO"), reporter("P", "IKOPRZA"), reporter("A", "IKOPRA")], [None; 3]);
        assert!(nl.groups_note.is_some() && [nl.final_after, gb.final_after] == [FINAL_AFTER; 2]);
        // Begging and criminal activities are named since 2013, and were forced services before.
        let change = nl.law.iter().find(|c| c.from.year() == 2013).unwrap();
        let recode = change.recode.as_ref().unwrap();
        assert_eq!([&recode["BEGGING"], &recode["CRIMINAL_ACTIVITY"]], ["LABOUR"; 2]);
        assert!(Country::shipped("056").is_none());
    }

    #[test]
    fn what_is_wrong_is_named_at_its_line() {
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
