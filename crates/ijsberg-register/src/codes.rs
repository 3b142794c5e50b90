//! Code lists: what a coded field may hold, from which system and version.
//!
//! HTCDS is the Human Trafficking Case Data Standard 2.0 of 24 December 2021 (IOM, CC BY 4.0). Where it lacks a code that Dutch
//! practice needs, the list is a superset and the export says what is lost. Codes of IC-TIP (2025) are not here: its tables have
//! not been read, and none are invented.

/// A code list.
#[derive(Debug, Clone, Copy)]
pub struct CodeList {
    /// Its name.
    pub name: &'static str,
    /// The system the codes are from.
    pub system: &'static str,
    /// Version of the system.
    pub version: &'static str,
    /// The codes.
    pub codes: &'static [&'static str],
}

const fn list(
    name: &'static str,
    system: &'static str,
    version: &'static str,
    codes: &'static [&'static str],
) -> CodeList {
    CodeList { name, system, version, codes }
}

/// Forms of exploitation: Dutch and EU forms together.
pub const FORMS: &[&str] = &[
    "SEX_PROSTITUTION",
    "SEX_OTHER",
    "LABOUR",
    "DOMESTIC_SERVITUDE",
    "BEGGING",
    "CRIMINAL_ACTIVITY",
    "SLAVERY_OR_SIMILAR",
    "ORGAN_REMOVAL",
    "FORCED_MARRIAGE",
    "ILLEGAL_ADOPTION",
    "SURROGACY",
    "CHILD_LABOUR",
    "FORCED_MILITARY",
    "OTHER",
    "UNKNOWN",
];

/// All lists.
pub const LISTS: &[CodeList] = &[
    list("form", "ijsberg", "2026-11", FORMS),
    list("sex", "ijsberg", "2026-11", &["F", "M", "X", "UNKNOWN"]),
    list("answer", "ijsberg", "2026-11", &["yes", "no", "unknown", "not_asked", "refused"]),
    list(
        "organisation_kind",
        "nl_reporter",
        "2026-11",
        &[
            "NP",
            "KMAR",
            "NLA",
            "ZORGCOORDINATIE",
            "FAIRWORK",
            "OPVANG",
            "JEUGDZORG",
            "ADVOCATUUR",
            "AMBULANT",
            "CLIENT_SELF",
            "OVERIG",
        ],
    ),
    list(
        "status",
        "ijsberg",
        "2026-11",
        &[
            "SIGNAL_ONLY",
            "PRESUMED",
            "PLAUSIBLE",
            "ESTABLISHED",
            "DECLINED_IDENTIFICATION",
            "NOT_VICTIM",
            "INSUFFICIENT",
        ],
    ),
    list(
        "deciding_organisation",
        "HTCDS",
        "2.0",
        &["Police", "NGO", "CourtOrProsecution", "NonPoliceGovernmentalOrganization", "Other"],
    ),
    list("case_status", "HTCDS", "2.0", &["Active", "FollowUp", "Closed", "ClosedReferred"]),
    list("event", "HTCDS", "2.0", &["Recruitment", "Transit", "Exploitation", "Exit"]),
    list("phase", "ijsberg", "2026-11", &["recruitment", "journey", "destination"]),
    list("source", "ijsberg", "2026-11", &["person", "worker", "document", "third_party", "inspection"]),
    list("confidence", "ijsberg", "2026-11", &["low", "medium", "high"]),
    list(
        "control",
        "HTCDS",
        "2.0 and RestrictsMovement, UsesChildren, PaymentToController, AbuseOfDominance, AbuseOfVulnerability",
        &[
            "PhysicalThreats",
            "ThreatsLawEnforcement",
            "ThreatensChildrenFamily",
            "DebtBondage",
            "FalsePromises",
            "PhysicalAbuse",
            "SexualAbuse",
            "TakesEarnings",
            "RestrictsFinancialAccess",
            "RestrictsMedicalCare",
            "WithholdsNecessities",
            "PsychologicalAbuse",
            "PsychoactiveSubstance",
            "ExcessiveWorkingHours",
            "WithholdsDocuments",
            "Other",
            "RestrictsMovement",
            "UsesChildren",
            "PaymentToController",
            "AbuseOfDominance",
            "AbuseOfVulnerability",
        ],
    ),
    list(
        "recruitment",
        "HTCDS",
        "2.0",
        &[
            "AtAPlaceOfBusiness",
            "AtAnEducationalInstitution",
            "AtWork",
            "ThroughOnlineSocialNetworks",
            "ThroughAnOnlineAdvertisement",
            "ThroughATelevisionAdvert",
            "ThroughANewspaperAdvert",
            "ThroughFamilyOrFamilyEvents",
            "ThroughFriendsOrSocialEvents",
            "Other",
        ],
    ),
    list(
        "sex_type",
        "HTCDS",
        "2.0",
        &["Prostitution", "Pornography", "RemoteInteractiveServices", "PrivateSexualServices"],
    ),
    list(
        "sector",
        "ISIC",
        "Rev.4",
        &[
            "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S",
            "T", "U", "UNKNOWN",
        ],
    ),
    list(
        "role",
        "HTCDS",
        "2.0",
        &[
            "TravellingPartner",
            "Transporter",
            "RecruiterOrIntermediary",
            "BrokerTravelAgent",
            "TransferredIndividual",
            "HarbouredIndividual",
            "SoldIndividual",
            "BoughtIndividual",
            "ReceivedIndividual",
            "ControlledIndividual",
            "Smuggler",
            "Abuser",
            "Kidnapper",
            "Exploiter",
            "Other",
        ],
    ),
    list("relationship", "HTCDS", "2.0", &["Familial", "Acquainted", "Unaquainted"]),
    list(
        "support",
        "HTCDS",
        "2.0",
        &[
            "Education",
            "Financial",
            "Health",
            "LabourExploitationRehabilitation",
            "Legal",
            "Livelihood",
            "RightsBasedTraining",
            "SexualExploitationRehabilitation",
            "SocialCare",
        ],
    ),
    list(
        "referral_reason",
        "HTCDS",
        "2.0",
        &["AdditionalServicesRequired", "MigrationOrChangeOfLocation", "Other"],
    ),
    list("referral_state", "ijsberg", "2026-11", &["sent", "accepted", "rejected", "done", "revoked"]),
    list("channel", "ijsberg", "2026-11", &["phone", "web", "walk_in", "inspection", "anonymous", "import"]),
    list("triage", "ijsberg", "2026-11", &["new", "reviewed", "linked", "closed_no_action"]),
    list(
        "residence",
        "nl_b8_3",
        "2026-11, to be verified",
        &[
            "reflection_offered",
            "reflection_accepted",
            "reflection_declined",
            "permit_asked",
            "permit_given",
            "permit_refused",
        ],
    ),
    list(
        "justice",
        "nl_sr",
        "2026-11, to be verified",
        &["report", "dismissed", "prosecution", "conviction", "acquittal", "appeal"],
    ),
    list(
        "article_part",
        "nl_sr_273f_1",
        "2013-11-15, to be verified",
        &["sub1", "sub2", "sub3", "sub4", "sub5", "sub6", "sub7", "sub8", "sub9"],
    ),
    list("offence", "eu_2011_36", "2024/1712", &["article_2", "article_18a"]),
    list(
        "offence_form",
        "ijsberg",
        "2026-11",
        &["SEXUAL", "LABOUR", "BEGGING", "CRIMINAL_ACTIVITY", "ORGAN_REMOVAL", "OTHER", "UNKNOWN"],
    ),
    list(
        "prosecution_decision",
        "eu_2011_36",
        "2024/1712",
        &["charged", "charged_other", "not_charged", "other"],
    ),
    list("judgment", "eu_2011_36", "2024/1712", &["acquittal", "conviction", "other"]),
    list(
        "purpose",
        "ijsberg",
        "2026-11",
        &["help", "statistics", "research", "referral", "residence", "prosecution"],
    ),
];

/// The list of that name.
pub fn code_list(name: &str) -> Option<&'static CodeList> {
    LISTS.iter().find(|l| l.name == name)
}

/// Which lists the codes of a registration are of: a short stamp in each row, and what it stands for. A stamp is never changed; new
/// lists get a new one.
pub const STAMPS: [(&str, &str); 2] = [
    (
        "2026-11",
        "form ijsberg 2026-11; sex ijsberg 2026-11; minor ijsberg 2026-11; sector ISIC Rev.4; nationality ISO 3166-1",
    ),
    (
        "2026-11-30",
        "form ijsberg 2026-11; sex ijsberg 2026-11; minor ijsberg 2026-11; sector ISIC Rev.4; nationality ISO 3166-1; \
         article_part nl_sr_273f_1 2013-11-15, to be verified",
    ),
];

/// The stamp of new registrations.
pub fn stamp() -> &'static str {
    STAMPS[STAMPS.len() - 1].0
}

/// The stamp of a registration after a correction: the newest if a corrected field is coded, since codes are checked against the current
/// lists. The newest stamp says the same of the other fields as the one before.
pub(crate) fn stamp_after<'a>(before: &'a str, mut corrected: impl Iterator<Item = &'a str>) -> &'a str {
    let has_codes = |field: &str| parts_of(stamp()).any(|part| part.split(' ').next() == Some(field));
    if corrected.any(has_codes) { stamp() } else { before }
}

/// What a stamp says, a field at a time.
fn parts_of(stamp: &str) -> impl Iterator<Item = &'static str> {
    systems(stamp).split("; ")
}

/// Systems and versions that a stamp stands for.
pub fn systems(stamp: &str) -> &'static str {
    STAMPS.iter().find(|s| s.0 == stamp).map_or("", |s| s.1)
}

/// Whether a list has a code.
pub fn has(list: &str, code: &str) -> bool {
    code_list(list).is_some_and(|l| l.codes.contains(&code))
}

/// The 249 countries of ISO 3166-1 alpha-2. `NA` is Namibia.
const COUNTRIES: &str = "\
     AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
     BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM \
     DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS \
     GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
     KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
     MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
     PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV \
     SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI \
     VN VU WF WS YE YT ZA ZM ZW";

/// Codes that ISO 3166 leaves to users and that registers use: Kosovo, stateless, and unknown.
const OWN_COUNTRIES: [&str; 3] = ["XK", "XX", "ZZ"];

/// Every code that [`is_country`] knows.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.split_whitespace().chain(OWN_COUNTRIES)
}

/// Whether it is a country of ISO 3166-1 alpha-2, or one of the codes that are left to users: `XK` Kosovo, `XX` stateless, `ZZ`
/// unknown.
pub fn is_country(code: &str) -> bool {
    countries().any(|c| c == code)
}

/// Industries as the Human Trafficking Case Data Standard 2.0 publishes them (IOM, CC BY 4.0): a section of ISIC Rev. 4 and its name.
const INDUSTRIES: [&str; 21] = [
    "A_AgricultureForestryAndFishing",
    "B_MiningAndQuarrying",
    "C_Manufacturing",
    "D_ElectricityGasSteamAndAirConditioningSupply",
    "E_WaterSupplySewerageWasteManagement",
    "F_Construction",
    "G_WholesaleAndRetailTradeRepairOfMotorVehicles",
    "H_TransportationAndStorage",
    "I_AccommodationAndFoodServiceActivities",
    "J_InformationAndCommunication",
    "K_FinancialAndInsuranceActivities",
    "L_RealEstateActivities",
    "M_ProfessionalScientificAndTechnicalActivities",
    "N_AdministrativeAndSupportServiceActivities",
    "O_PublicAdministrationAndDefence",
    "P_Education",
    "Q_HumanHealthAndSocialWorkActivities",
    "R_ArtsEntertainmentAndRecreation",
    "S_OtherServiceActivities",
    "T_ActivitiesOfHouseholdsAsEmployers",
    "U_ActivitiesOfExtraterritorialOrganizations",
];

/// The section of ISIC that a published code of the Human Trafficking Case Data Standard stands for: `C` and `C_Manufacturing` are
/// one. Other texts come back as they are, `C_Fishing` too: nobody knows which half of it is right.
pub fn isic_section(code: &str) -> &str {
    let published = INDUSTRIES.iter().any(|i| i.eq_ignore_ascii_case(code));
    if published { &code[..1] } else { code }
}

/// Whether it is a day, a month or a year: 2016-05-31, 2016-05, 2016.
pub fn is_partial_day(text: &str) -> bool {
    crate::days::PartialDay::parse(text).is_some()
}

#[cfg(test)]
mod tests;
