//! The codebook of the global dataset: its columns, and which code of the register stands for which.

use crate::expected::Lack;

/// Who and when.
pub(super) const WHO: [&str; 7] = [
    "yearOfRegistration",
    "Datasource",
    "gender",
    "ageBroad",
    "majorityStatus",
    "majorityStatusAtExploit",
    "citizenship",
];

/// `meansOfControl...`
pub(super) const CONTROLS: [&str; 17] = [
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
pub(super) const FORMS: [(&str, &[&str]); 7] = [
    ("isForcedLabour", &["LABOUR", "DOMESTIC_SERVITUDE", "CHILD_LABOUR", "BEGGING", "CRIMINAL_ACTIVITY"]),
    ("isSexualExploit", &["SEX_PROSTITUTION", "SEX_OTHER"]),
    ("isOtherExploit", &["ILLEGAL_ADOPTION", "SURROGACY", "OTHER"]),
    ("isForcedMarriage", &["FORCED_MARRIAGE"]),
    ("isForcedMilitary", &["FORCED_MILITARY"]),
    ("isOrganRemoval", &["ORGAN_REMOVAL"]),
    ("isSlaveryAndPractices", &["SLAVERY_OR_SIMILAR"]),
];

/// The place among them of the column for both sexual exploitation and labour.
pub(super) const SEX_AND_LABOUR_AT: usize = 3;

/// `typeOfLabour...`
pub(super) const LABOUR: [&str; 10] = [
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
pub(super) const SEX: [&str; 4] =
    ["Prostitution", "Pornography", "RemoteInteractiveServices", "PrivateSexualServices"];

/// `recruiterRelation...`, each with the method of recruitment that implies it.
pub(super) const RECRUITERS: [(&str, &str); 2] =
    [("Friend", "ThroughFriendsOrSocialEvents"), ("Family", "ThroughFamilyOrFamilyEvents")];

/// Columns of the codebook that stay empty, and why.
pub(super) const NOT_HELD: [(&str, Lack); 7] = [
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

/// The column of a means of control; none where it has no column.
pub(super) fn control(code: &str) -> Option<&'static str> {
    let other = match code {
        "PhysicalThreats" | "ThreatensChildrenFamily" => "Threats",
        "ThreatsLawEnforcement" => "ThreatOfLawEnforcement",
        "PsychoactiveSubstance" => "PsychoactiveSubstances",
        same => same,
    };
    CONTROLS.iter().find(|c| **c == other).copied()
}

/// The column of a section of ISIC, where it has one of its own.
pub(super) fn labour(sector: &str) -> Option<&'static str> {
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
pub(super) const MISSING: &str = "-99";

pub(super) fn band(age: i64) -> &'static str {
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
