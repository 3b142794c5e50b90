//! Columns of the Counter-Trafficking Data Collaborative's global dataset, April 2020. Coded, unnamed, and **not yet safe to
//! publish**: cells of few persons are not suppressed here.

use std::collections::BTreeMap;

use super::{Loss, Losses, Table};
use crate::error::RegisterError;
use crate::expected::{Lack, Lost};
use crate::policy::Operation;
use crate::register::{Id, Register};

/// Who and when.
const WHO: [&str; 7] = [
    "yearOfRegistration",
    "Datasource",
    "gender",
    "ageBroad",
    "majorityStatus",
    "majorityStatusAtExploit",
    "citizenship",
];

/// `meansOfControl...`
const CONTROLS: [&str; 17] = [
    "DebtBondage",
    "TakesEarnings",
    "RestrictsFinancialAccess",
    "Threats",
    "PsychologicalAbuse",
    "PhysicalAbuse",
    "SexualAbuse",
    "FalsePromises",
    "PsychoactiveSubstances",
    "RestrictsMovement",
    "RestrictsMedicalCare",
    "ExcessiveWorkingHours",
    "UsesChildren",
    "ThreatOfLawEnforcement",
    "WithholdsNecessities",
    "WithholdsDocuments",
    "Other",
];

/// Forms, each with those of the register that it stands for.
const FORMS: [(&str, &[&str]); 7] = [
    ("isForcedLabour", &["LABOUR", "DOMESTIC_SERVITUDE", "CHILD_LABOUR", "BEGGING", "CRIMINAL_ACTIVITY"]),
    ("isSexualExploit", &["SEX_PROSTITUTION", "SEX_OTHER"]),
    ("isOtherExploit", &["ILLEGAL_ADOPTION", "SURROGACY", "OTHER"]),
    ("isForcedMarriage", &["FORCED_MARRIAGE"]),
    ("isForcedMilitary", &["FORCED_MILITARY"]),
    ("isOrganRemoval", &["ORGAN_REMOVAL"]),
    ("isSlaveryAndPractices", &["SLAVERY_OR_SIMILAR"]),
];

/// Where among them the column of both stands.
const SEX_AND_LABOUR_AT: usize = 3;

/// `typeOfLabour...`
const LABOUR: [&str; 10] = [
    "Agriculture",
    "Begging",
    "Construction",
    "DomesticWork",
    "Hospitality",
    "IllicitActivities",
    "Manufacturing",
    "MiningOrDrilling",
    "Transportation",
    "Other",
];

/// `typeOfSex...`, as the standard's codes have them.
const SEX: [&str; 4] = ["Prostitution", "Pornography", "RemoteInteractiveServices", "PrivateSexualServices"];

/// `recruiterRelation...`, each with the method of recruitment that tells it.
const RECRUITERS: [(&str, &str); 2] =
    [("Friend", "ThroughFriendsOrSocialEvents"), ("Family", "ThroughFamilyOrFamilyEvents")];

/// Columns of the codebook that stay empty, and why.
const NOT_HELD: [(&str, Lack); 7] = [
    ("majorityEntry", Lack::AgeAtEntry),
    ("isAbduction", Lack::Suspects),
    ("recruiterRelationIntimatePartner", Lack::Suspects),
    ("recruiterRelationOther", Lack::OtherRelation),
    ("typeOfLabourAquafarming", Lack::Agriculture),
    ("typeOfLabourPeddling", Lack::NoIsic),
    ("region", Lack::NotInDataset),
];

/// The columns that the register fills, in the order of the codebook.
pub fn columns() -> Vec<String> {
    let named = |prefix: &'static str, of: &'static [&'static str], ends: &'static [&'static str]| {
        of.iter().chain(ends).map(move |c| format!("{prefix}{c}"))
    };
    let ends = &["NotSpecified", "Concatenated"];
    let mut forms: Vec<String> = FORMS.iter().map(|f| f.0.to_owned()).collect();
    forms.insert(SEX_AND_LABOUR_AT, "isSexAndLabour".to_owned());
    let mut all: Vec<String> = WHO.map(str::to_owned).to_vec();
    all.extend(named("meansOfControl", &CONTROLS, ends));
    all.extend(forms);
    all.push("typeOfExploitConcatenated".to_owned());
    all.extend(named("typeOfLabour", &LABOUR, ends));
    all.extend(named("typeOfSex", &SEX, &["Concatenated"]));
    all.extend(["RecruiterRelationship", "CountryOfExploitation"].map(str::to_owned));
    all.extend(RECRUITERS.map(|r| format!("recruiterRelation{}", r.0)));
    all.push("recruiterRelationUnknown".to_owned());
    all
}

/// What the register knows of a person, from all registrations and records that are theirs.
#[derive(Debug, Default)]
struct Person {
    year: String,
    sex: String,
    birth_year: Option<i64>,
    minor: String,
    nationality: String,
    forms: Vec<String>,
    sectors: Vec<String>,
    sex_types: Vec<String>,
    controls: Vec<String>,
    /// Methods of recruitment.
    methods: Vec<String>,
    /// Countries of exploitation.
    countries: Vec<String>,
}

/// The column of a means of control; none where it has no column.
fn control(code: &str) -> Option<&'static str> {
    let other = match code {
        "PhysicalThreats" | "ThreatensChildrenFamily" => "Threats",
        "ThreatsLawEnforcement" => "ThreatOfLawEnforcement",
        "PsychoactiveSubstance" => "PsychoactiveSubstances",
        same => same,
    };
    CONTROLS.iter().find(|c| **c == other).copied()
}

/// The column of a section of ISIC, where it has one of its own.
fn labour(sector: &str) -> Option<&'static str> {
    Some(match sector {
        "A" => "Agriculture",
        "B" => "MiningOrDrilling",
        "C" => "Manufacturing",
        "F" => "Construction",
        "H" => "Transportation",
        "I" => "Hospitality",
        "T" => "DomesticWork",
        _ => return None,
    })
}

/// Missing, in that dataset.
const MISSING: &str = "-99";

fn band(age: i64) -> &'static str {
    match age {
        0..=8 => "0--8",
        9..=17 => "9--17",
        18..=20 => "18--20",
        21..=23 => "21--23",
        24..=26 => "24--26",
        27..=29 => "27--29",
        30..=38 => "30--38",
        39..=47 => "39--47",
        48..=120 => "48+",
        _ => MISSING,
    }
}

/// Zeros and ones for some columns, then whether nothing is known, and the labels.
fn marks(columns: &[&str], there: &[&str], ends: bool) -> Vec<String> {
    let known = !there.is_empty();
    let mark = |is: bool| if known { i32::from(is).to_string() } else { MISSING.to_owned() };
    let mut cells: Vec<String> = columns.iter().map(|c| mark(there.contains(c))).collect();
    if ends {
        cells.push(i32::from(!known).to_string());
    }
    let labels: Vec<&str> = columns.iter().filter(|c| there.contains(c)).copied().collect();
    cells.push(if known { labels.join(";") } else { MISSING.to_owned() });
    cells
}

fn row(p: &Person, source: &str, country: &str, losses: &mut Losses) -> Vec<String> {
    let gender = match p.sex.as_str() {
        "F" => "Female",
        "M" => "Male",
        "X" => {
            losses.add("gender", Lack::NoCodeForX);
            MISSING
        }
        _ => MISSING,
    };
    let age = p.birth_year.and_then(|b| Some(p.year.parse::<i64>().ok()? - b));
    let at_exploit = match p.minor.as_str() {
        "yes" => "Minor",
        "no" => "Adult",
        _ => MISSING,
    };
    // A year of birth leaves one year open: who turned eighteen in that year may have been either.
    let now = match age {
        Some(..=17) => "Minor",
        Some(19..) => "Adult",
        _ => at_exploit,
    };
    let mut cells: Vec<String> = vec![p.year.clone(), source.to_owned(), gender.to_owned()];
    let citizenship = if p.nationality.is_empty() { MISSING } else { &p.nationality };
    cells.extend([age.map_or(MISSING, band), now, at_exploit, citizenship].map(str::to_owned));

    let mut controls: Vec<&str> = Vec::new();
    for code in &p.controls {
        controls.push(control(code).unwrap_or_else(|| {
            losses.add("meansOfControl", Lost::NoColumn(code.clone()));
            "Other"
        }));
        if ["PhysicalThreats", "ThreatensChildrenFamily"].contains(&code.as_str()) {
            losses.add("meansOfControlThreats", Lack::Threats);
        }
    }
    cells.extend(marks(&CONTROLS, &controls, true));

    let forms: Vec<&str> = p.forms.iter().map(String::as_str).filter(|f| *f != "UNKNOWN").collect();
    for form in forms.iter().filter(|f| ["ILLEGAL_ADOPTION", "SURROGACY"].contains(f)) {
        losses.add("isOtherExploit", Lost::NoColumn((*form).to_owned()));
    }
    let is = |of: &[&str]| forms.iter().any(|f| of.contains(f));
    let there: Vec<&str> = FORMS.iter().filter(|f| is(f.1)).map(|f| f.0).collect();
    let mut of_form = marks(&FORMS.map(|f| f.0), &there, false);
    let labels = of_form.pop().unwrap_or_default();
    let both = there.contains(&"isForcedLabour") && there.contains(&"isSexualExploit");
    let both = if there.is_empty() { MISSING.to_owned() } else { i32::from(both).to_string() };
    of_form.insert(SEX_AND_LABOUR_AT, both);
    cells.extend(of_form);
    cells.push(labels);

    let mut work: Vec<&str> = Vec::new();
    let by_form = [
        ("DOMESTIC_SERVITUDE", "DomesticWork"),
        ("BEGGING", "Begging"),
        ("CRIMINAL_ACTIVITY", "IllicitActivities"),
    ];
    work.extend(by_form.iter().filter(|f| forms.contains(&f.0)).map(|f| f.1));
    // The sector of sexual exploitation is no type of labour.
    for sector in p.sectors.iter().filter(|s| *s != "UNKNOWN" && there.contains(&"isForcedLabour")) {
        work.push(labour(sector).unwrap_or_else(|| {
            losses.add("typeOfLabour", Lost::NoSection(sector.clone()));
            "Other"
        }));
    }
    cells.extend(marks(&LABOUR, &work, true));
    let mut sexual: Vec<&str> = p.sex_types.iter().map(String::as_str).collect();
    if forms.contains(&"SEX_PROSTITUTION") {
        sexual.push("Prostitution");
    }
    cells.extend(marks(&SEX, &sexual, false));
    let by: Vec<&str> =
        RECRUITERS.iter().filter(|r| p.methods.iter().any(|m| m == r.1)).map(|r| r.0).collect();
    if !by.is_empty() {
        losses.add("recruiterRelation", Lack::FromMethod);
    }
    // The labels stand before the country, the marks after it.
    let mut relation = marks(&RECRUITERS.map(|r| r.0), &by, true);
    cells.extend(relation.pop());
    if p.countries.len() > 1 {
        losses.add("CountryOfExploitation", Lack::OneCountry);
    }
    cells.push(p.countries.first().map_or(country, String::as_str).to_owned());
    cells.extend(relation);
    cells
}

impl Register {
    /// One row a person within reach, by the decisions on links in force, and what that loses. `country` is where the register is kept, for
    /// who is not known to have been exploited elsewhere.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn export_ctdc(&mut self, source: &str, country: &str) -> Result<(Table, Vec<Loss>), RegisterError> {
        self.read_within(Operation::ExportCases, "CTDC", |r, reach| {
            let groups = r.groups(reach)?;
            let mut records: BTreeMap<Id, Vec<crate::records::Record>> = BTreeMap::new();
            for record in r.all_records(reach)? {
                if let Some(person) = record.person.as_deref().and_then(|p| crate::register::id(p).ok()) {
                    records.entry(person).or_default().push(record);
                }
            }
            let mut losses = Losses::default();
            let mut at: BTreeMap<Id, usize> = BTreeMap::new();
            let mut persons: Vec<Person> = Vec::new();
            let mut values = Vec::new();
            let sql = format!(
                "SELECT id, happened_on, sex, birth_year, minor, nationality, form, sector, person FROM registration \
                 WHERE {} ORDER BY happened_on, recorded_at, id",
                reach.condition("organisation", &mut values)
            );
            for row in r.driver.query(&sql, &values)? {
                let Ok(id) = row.bytes(0).try_into() else { continue };
                let place = *at.entry(groups.root(id)).or_insert(persons.len());
                if place == persons.len() {
                    // Who and when are those of the first registration.
                    persons.push(Person {
                        year: row.text(1).get(..4).unwrap_or(MISSING).to_owned(),
                        sex: row.text(2).to_owned(),
                        birth_year: (!row.is_null(3)).then(|| row.int(3)),
                        minor: row.text(4).to_owned(),
                        nationality: row.text(5).to_owned(),
                        ..Person::default()
                    });
                }
                let p = &mut persons[place];
                p.forms.push(row.text(6).to_owned());
                p.sectors.push(row.text(7).to_owned());
                let own: Option<Id> = row.bytes(8).try_into().ok();
                own.and_then(|o| records.remove(&o)).iter().flatten().for_each(|record| add(p, record));
            }
            let mut rows = Vec::with_capacity(persons.len());
            for p in &persons {
                NOT_HELD.iter().for_each(|(column, why)| losses.add(column, *why));
                rows.push(row(p, source, country, &mut losses));
            }
            let detail = format!("{} rows", rows.len());
            Ok((((columns(), rows), losses.all()), detail))
        })
    }
}

/// What a record of a case adds.
fn add(p: &mut Person, record: &crate::records::Record) {
    let text = |name: &str| record.fields.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    let texts = |name: &str| {
        let list = record.fields.get(name).and_then(|v| v.as_array()).cloned().unwrap_or_default();
        list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    match record.kind.as_str() {
        "episode" => {
            p.forms.extend(text("form"));
            p.sectors.extend(text("sector"));
            p.sex_types.extend(texts("sex_types"));
        }
        "means" => p.controls.extend(texts("controls")),
        "journey" => match text("event").as_deref() {
            Some("Recruitment") => p.methods.extend(text("method")),
            Some("Exploitation") => {
                for country in texts("countries") {
                    if !p.countries.contains(&country) {
                        p.countries.push(country);
                    }
                }
            }
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_every_column_and_what_is_lost_is_told_once() {
        let texts = |of: &[&str]| of.iter().map(|s| (*s).to_owned()).collect::<Vec<String>>();
        let p = Person {
            year: "2016".into(),
            sex: "X".into(),
            birth_year: Some(1999),
            minor: "yes".into(),
            nationality: "NA".into(),
            forms: texts(&["LABOUR", "SEX_PROSTITUTION"]),
            sectors: texts(&["A", "G"]),
            sex_types: texts(&["Pornography"]),
            controls: texts(&["PhysicalThreats", "AbuseOfDominance"]),
            methods: texts(&["AtWork", "ThroughFriendsOrSocialEvents"]),
            countries: Vec::new(),
        };
        let mut losses = Losses::default();
        let (columns, cells) = (columns(), row(&p, "s", "NL", &mut losses));
        assert_eq!(columns.len(), cells.len());
        let of = |name: &str| cells[columns.iter().position(|c| c == name).unwrap()].as_str();
        for (name, value) in [
            ("gender", "-99"),
            ("majorityStatus", "Minor"),
            ("citizenship", "NA"),
            ("meansOfControlThreats", "1"),
            ("meansOfControlOther", "1"),
            ("meansOfControlDebtBondage", "0"),
            ("meansOfControlNotSpecified", "0"),
            ("isSexAndLabour", "1"),
            ("typeOfExploitConcatenated", "isForcedLabour;isSexualExploit"),
            ("typeOfLabourAgriculture", "1"),
            ("typeOfLabourOther", "1"),
            ("typeOfSexConcatenated", "Prostitution;Pornography"),
            ("CountryOfExploitation", "NL"),
            ("RecruiterRelationship", "Friend"),
            ("recruiterRelationFriend", "1"),
            ("recruiterRelationFamily", "0"),
            ("recruiterRelationUnknown", "0"),
        ] {
            assert_eq!(of(name), value, "{name}");
        }
        let lost: Vec<String> = losses.all().into_iter().map(|l| l.field).collect();
        for column in ["gender", "meansOfControl", "typeOfLabour", "recruiterRelation"] {
            assert!(lost.contains(&column.to_owned()), "{lost:?}");
        }
        // Nothing known is missing, not no.
        let abroad = Person { countries: texts(&["BE", "DE"]), ..p };
        let cells = row(&abroad, "s", "NL", &mut Losses::default());
        assert_eq!(cells[columns.iter().position(|c| c == "CountryOfExploitation").unwrap()], "BE");
        let nobody = row(&Person::default(), "s", "NL", &mut Losses::default());
        let at = columns.iter().position(|c| c == "meansOfControlDebtBondage").unwrap();
        assert_eq!((nobody[at].as_str(), nobody.len()), (MISSING, columns.len()));
        let at = |name: &str| nobody[columns.iter().position(|c| c == name).unwrap()].as_str();
        assert_eq!((at("RecruiterRelationship"), at("recruiterRelationUnknown")), (MISSING, "1"));
    }

    /// Every column of the published file of April 2020 is filled or named as left out, and no other is written.
    #[test]
    fn every_column_of_the_codebook_is_filled_or_told() {
        let header = include_str!("../../tests/ctdc-2020-04.txt");
        let published: Vec<&str> = header.lines().filter(|l| !l.starts_with('#')).collect();
        assert_eq!(published.len(), 63);
        let filled = columns();
        let told: Vec<&str> = NOT_HELD.iter().map(|n| n.0).collect();
        let order: Vec<&str> = published.iter().filter(|c| filled.iter().any(|f| f == *c)).copied().collect();
        assert_eq!(filled, order);
        let left: Vec<&str> = published.iter().filter(|c| !filled.iter().any(|f| f == *c)).copied().collect();
        assert!(left.iter().all(|c| told.contains(c)), "{left:?}");
        assert_eq!(left.len(), told.iter().filter(|t| published.contains(t)).count());
    }
}
