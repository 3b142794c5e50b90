//! The measures that article 19a of Directive 2011/36/EU asks for, with their breakdowns and tables.

use crate::country::FORMS;
use crate::linked::IDENTIFIED;
pub(crate) use crate::linked::NOT_IDENTIFIED;
pub use crate::persons::UNKNOWN;

/// A measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Registered victims, identified and presumed: table a.
    Registered,
    /// Persons suspected: table b.
    Suspected,
    /// Persons prosecuted: table c.
    Prosecuted,
    /// Decisions of the prosecution service: table d.
    Decisions,
    /// Persons convicted: table e.
    Convicted,
    /// Judgments: table f.
    Judgments,
    /// Persons suspected of the use of services of a victim, article 18a(1): table g.
    UseSuspected,
    /// Persons prosecuted for such use: table g.
    UseProsecuted,
    /// Persons convicted of such use: table g.
    UseConvicted,
}

/// A breakdown with its levels.
pub type By = (&'static str, &'static [&'static str]);

const SEX: By = ("sex", &["F", "M", "X", UNKNOWN]);
const AGE: By = ("age", &["minor", "adult", UNKNOWN]);
const CITIZENSHIP: By = ("citizenship", &["own", "other_eu", "other", "stateless", UNKNOWN]);
const FORM: By = ("form", FORMS);
/// Forms of exploitation as offences are classified.
const FORM_OF_OFFENCE: By =
    ("form", &["SEXUAL", "LABOUR", "BEGGING", "CRIMINAL_ACTIVITY", "ORGAN_REMOVAL", "OTHER", UNKNOWN]);
/// Kinds of organisations that identify victims: the register's codes of organisations that decide on a status.
pub(crate) const IDENTIFIERS: By = (
    IDENTIFIED,
    &["Police", "CourtOrProsecution", "NonPoliceGovernmentalOrganization", "NGO", "Other", NOT_IDENTIFIED],
);
const DECISION: By = ("decision", &["charged", "charged_other", "not_charged", "other"]);
const JUDGMENT: By = ("judgment", &["acquittal", "conviction", "other"]);

impl Measure {
    /// All measures, in the order of the tables.
    pub const ALL: [Self; 9] = [
        Self::Registered,
        Self::Suspected,
        Self::Prosecuted,
        Self::Decisions,
        Self::Convicted,
        Self::Judgments,
        Self::UseSuspected,
        Self::UseProsecuted,
        Self::UseConvicted,
    ];

    /// Its name in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Suspected => "suspected",
            Self::Prosecuted => "prosecuted",
            Self::Decisions => "decisions",
            Self::Convicted => "convicted",
            Self::Judgments => "judgments",
            Self::UseSuspected => "use-suspected",
            Self::UseProsecuted => "use-prosecuted",
            Self::UseConvicted => "use-convicted",
        }
    }

    /// The measure with a given name, among those that a prosecution service delivers.
    pub fn of_justice(code: &str) -> Option<Self> {
        Self::ALL[1..].iter().copied().find(|m| m.code() == code)
    }

    /// The letter of its table.
    pub fn table(self) -> char {
        match self {
            Self::Registered => 'a',
            Self::Suspected => 'b',
            Self::Prosecuted => 'c',
            Self::Decisions => 'd',
            Self::Convicted => 'e',
            Self::Judgments => 'f',
            Self::UseSuspected | Self::UseProsecuted | Self::UseConvicted => 'g',
        }
    }

    /// The breakdowns that the article asks for. Organisation, status, identifying organisation and support of table a come from the register
    /// and are not included.
    pub fn by(self) -> &'static [By] {
        match self {
            Self::Registered => &[SEX, AGE, CITIZENSHIP, FORM],
            Self::Suspected => &[SEX, AGE, CITIZENSHIP, FORM_OF_OFFENCE],
            Self::Prosecuted => &[SEX, AGE, CITIZENSHIP, FORM_OF_OFFENCE, DECISION],
            Self::Decisions => &[DECISION],
            Self::Convicted => &[SEX, AGE, CITIZENSHIP],
            Self::Judgments => &[JUDGMENT],
            Self::UseSuspected | Self::UseProsecuted | Self::UseConvicted => &[SEX, AGE],
        }
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_register::codes::code_list;

    use super::*;

    #[test]
    fn every_organisation_that_may_decide_on_a_status_may_identify() {
        let mut levels = IDENTIFIERS.1.to_vec();
        assert_eq!(levels.pop(), Some(NOT_IDENTIFIED));
        levels.sort_unstable();
        let mut codes = code_list("deciding_organisation").unwrap().codes.to_vec();
        codes.sort_unstable();
        assert_eq!(levels, codes);
    }
}
