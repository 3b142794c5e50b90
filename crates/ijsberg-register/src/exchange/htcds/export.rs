//! Persons on the support track as rows of the standard.

use std::collections::BTreeMap;

use ijsberg_store::exchange::{RegistrationForStandard, for_standard};

use super::CORE;
use crate::error::RegisterError;
use crate::exchange::{Loss, Losses, Table};
use crate::expected::{Lack, Lost};
use crate::merge::Fields;
use crate::policy::Operation;
use crate::records::Record;
use crate::register::{Id, Register};

/// Fields by which a person is named or found.
const WITHHELD: [&str; 15] = [
    "prs_Salutation",
    "prs_FirstName",
    "prs_SecondName",
    "prs_Birthdate",
    "prs_Title",
    "prs_Email",
    "prs_HomePhone",
    "prs_MobilePhone",
    "prs_MailingStreet",
    "prs_MailingCity",
    "prs_MailingState",
    "prs_MailingPostalCode",
    "prs_MailingCountry",
    "cas_CaseOwner",
    "cas_ReferringPrimaryCaseWorker",
];

/// Fields that the register does not hold, or holds as free text that may say more.
const NOT_HELD: [&str; 4] = [
    "cas_ReasonForIncomingReferral",
    "cas_IncomingReferralDetails",
    "cas_ReferredPrimaryCaseWorker",
    "cas_OutgoingReferralDetails",
];

/// Controls that the standard's list of choices has.
const CONTROLS: usize = 16;

fn exploitation(form: &str) -> (&'static str, bool) {
    match form {
        "SEX_PROSTITUTION" | "SEX_OTHER" => ("SexualExploitation", true),
        "LABOUR" => ("ForcedLabour", true),
        "DOMESTIC_SERVITUDE" => ("Servitude", true),
        "BEGGING" => ("ForcedBegging", true),
        "ORGAN_REMOVAL" => ("OrganRemoval", true),
        "FORCED_MARRIAGE" => ("ForcedMarriage", true),
        "ILLEGAL_ADOPTION" => ("ForcedAdoption", true),
        "SURROGACY" => ("Surrogacy", true),
        "CHILD_LABOUR" => ("ChildLabour", true),
        "FORCED_MILITARY" => ("ForcedMilitaryByNonStateActors", true),
        "OTHER" => ("Other", true),
        "UNKNOWN" => ("", true),
        _ => ("Other", false),
    }
}

fn gender(sex: &str) -> &'static str {
    match sex {
        "F" => "Feminine",
        "M" => "Masculine",
        "X" => "NonConforming",
        _ => "NonSpecifiedUnknown",
    }
}

fn status(status: &str) -> (&'static str, bool) {
    match status {
        "ESTABLISHED" => ("ActualVictimOfTrafficking", true),
        "NOT_VICTIM" => ("NotAVictimOfTrafficking", true),
        "PRESUMED" => ("PossibleVictimOfTrafficking", true),
        _ => ("PossibleVictimOfTrafficking", false),
    }
}

impl Register {
    /// Persons on the support track within reach as rows of the standard, and what that loses.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn export_htcds(&mut self) -> Result<(Table, Vec<Loss>), RegisterError> {
        self.read_within(Operation::ExportCases, "HTCDS", |r, reach| {
            let mut records: BTreeMap<Id, Vec<Record>> = BTreeMap::new();
            for record in r.all_records(reach)? {
                if let Some(person) = record.person.as_deref().and_then(|p| crate::register::id(p).ok()) {
                    records.entry(person).or_default().push(record);
                }
            }
            let (mut rows, mut losses) = (Vec::new(), Losses::default());
            for registration in for_standard(r.driver.as_mut(), reach.within())? {
                let own = records.remove(&registration.person).unwrap_or_default();
                rows.push(out(&registration, &own, &mut losses));
            }
            let detail = format!("{} rows", rows.len());
            Ok((((CORE.map(str::to_owned).to_vec(), rows), losses.all()), detail))
        })
    }
}

type Cells = BTreeMap<&'static str, String>;

/// The records of a kind, oldest first.
fn all<'a>(records: &'a [Record], kind: &'static str) -> impl DoubleEndedIterator<Item = &'a Fields> {
    records.iter().filter(move |r| r.kind == kind).map(|r| &r.fields)
}

fn text(f: &Fields, name: &str) -> String {
    f.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
}

fn texts(f: &Fields, name: &str) -> Vec<String> {
    let list = f.get(name).and_then(|v| v.as_array()).cloned().unwrap_or_default();
    list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

fn out(registration: &RegistrationForStandard, records: &[Record], losses: &mut Losses) -> Vec<String> {
    let mut cells = Cells::new();
    for field in WITHHELD {
        cells.insert(field, "withheld".to_owned());
        losses.add(field, Lack::Withheld);
    }
    for field in NOT_HELD {
        losses.add(field, Lack::NotHeld);
    }
    cells.insert("prs_Gender", gender(&registration.sex).to_owned());
    cells.insert("prs_Citizenship", registration.nationality.clone());
    victim(registration, records, &mut cells, losses);
    case(records, &mut cells, losses);
    cells.insert("cas_ReferringOrganisation", registration.organisation.clone());
    cells.insert("cas_IncomingReferralDate", registration.happened_on.clone());
    let out: Vec<&Fields> = all(records, "referral").collect();
    let each = |name: &str| out.iter().map(|f| text(f, name)).collect::<Vec<_>>().join(";");
    cells.insert("cas_ReferredOrganisation", each("to"));
    cells.insert("cas_ReasonForOutgoingReferral", each("reason"));
    cells.insert("cas_OutgoingReferralDate", each("sent_on"));
    consent(records, &mut cells, losses);
    CORE.iter().map(|f| cells.get(f).cloned().unwrap_or_default()).collect()
}

/// What was done to the person, where, and by which means.
fn victim(
    registration: &RegistrationForStandard,
    records: &[Record],
    cells: &mut Cells,
    losses: &mut Losses,
) {
    let mut forms = vec![registration.form.clone()];
    forms.extend(all(records, "episode").map(|e| text(e, "form")));
    let mut types: Vec<&str> = Vec::new();
    for f in &forms {
        let (code, whole) = exploitation(f);
        if !whole {
            losses.add("vic_TypeOfExploitation", Lost::NoCode(f.clone()));
        }
        if !code.is_empty() && !types.contains(&code) {
            types.push(code);
        }
    }
    cells.insert("vic_TypeOfExploitation", types.join(";"));
    let mut sectors: Vec<String> = all(records, "episode")
        .map(|e| text(e, "sector"))
        .filter(|s| !s.is_empty() && s != "UNKNOWN")
        .collect();
    if registration.sector != "UNKNOWN" {
        sectors.insert(0, registration.sector.clone());
    }
    sectors.dedup();
    if sectors.len() > 1 {
        losses.add("vic_ForcedLabourIndustry", Lack::FirstSector);
    }
    cells.insert("vic_ForcedLabourIndustry", sectors.first().cloned().unwrap_or_default());
    cells.insert(
        "vic_TypeOfSexExploitation",
        all(records, "episode").flat_map(|e| texts(e, "sex_types")).collect::<Vec<_>>().join(";"),
    );
    let codes = crate::codes::code_list("control").map_or(&[][..], |l| l.codes);
    let mut controls = Vec::new();
    for c in all(records, "means").flat_map(|m| texts(m, "controls")) {
        if codes[..CONTROLS.min(codes.len())].contains(&c.as_str()) {
            controls.push(c);
        } else {
            losses.add("vic_MethodsOfControl", Lost::NoChoice(c.clone()));
            controls.push("Other".to_owned());
        }
    }
    controls.dedup();
    cells.insert("vic_MethodsOfControl", controls.join(";"));
    cells.insert(
        "vic_MethodOfRecruitment",
        all(records, "journey")
            .map(|j| text(j, "method"))
            .filter(|m| !m.is_empty())
            .collect::<Vec<_>>()
            .join(";"),
    );
    let place = |event: &'static str| {
        all(records, "journey")
            .find(|j| text(j, "event") == event)
            .map(|j| text(j, "region"))
            .unwrap_or_default()
    };
    cells.insert("vic_LocationOfRecruitment", place("Recruitment"));
    cells.insert("vic_LocationOfExploitation", place("Exploitation"));
}

/// What was decided of the person, and how the case stands.
fn case(records: &[Record], cells: &mut Cells, losses: &mut Losses) {
    // The last decision counts.
    match all(records, "status").next_back() {
        Some(s) => {
            let (code, whole) = status(&text(s, "status"));
            if !whole {
                losses.add("vic_TraffickingStatus", Lost::Became(text(s, "status"), code.to_owned()));
            }
            cells.insert("vic_TraffickingStatus", code.to_owned());
            cells.insert("vic_TraffickingStatusDecisionMakingOrg", text(s, "deciding_organisation"));
        }
        None => losses.add("vic_TraffickingStatus", Lack::NotDecided),
    }
    if let Some(case) = all(records, "case").next_back() {
        cells.insert("cas_Status", text(case, "status"));
        if !text(case, "reason").is_empty() {
            cells.insert("cas_ReasonForCaseClosure", "withheld".to_owned());
            losses.add("cas_ReasonForCaseClosure", Lack::FreeText);
        }
    }
}

/// Whether the person consents.
fn consent(records: &[Record], cells: &mut Cells, losses: &mut Losses) {
    // All seven parts must be yes, and none withdrawn.
    let parts = [
        "interview",
        "told_purpose",
        "told_use",
        "research",
        "told_rights",
        "told_period",
        "told_withdrawal",
    ];
    match all(records, "consent").next_back() {
        Some(c) => {
            let whole = parts.iter().all(|p| text(c, p) == "yes") && text(c, "withdrawn_on").is_empty();
            cells.insert("con_Consent", if whole { "1" } else { "0" }.to_owned());
        }
        None => losses.add("con_Consent", Lack::NotAsked),
    }
}
