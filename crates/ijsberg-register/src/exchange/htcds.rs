//! The Human Trafficking Case Data Standard 2.0 (IOM, CC BY 4.0): all 38 core fields, out and in, with what is lost.
//!
//! Twelve of the fields name or find a person, and the birth date nearly does: they are withheld, and the report says so; blank
//! is not the same as withheld. Values with several parts are joined by `;`, as the standard's own templates do.

use std::collections::BTreeMap;

use super::{Loss, Losses, Table};
use crate::error::RegisterError;
use crate::merge::Fields;
use crate::notify::{Lane, Notification};
use crate::policy::Operation;
use crate::register::{Id, Register};

/// The core fields, none deprecated.
pub const CORE: [&str; 38] = [
    "prs_Salutation",
    "prs_FirstName",
    "prs_SecondName",
    "prs_Birthdate",
    "prs_Gender",
    "prs_Citizenship",
    "prs_Title",
    "prs_Email",
    "prs_HomePhone",
    "prs_MobilePhone",
    "prs_MailingStreet",
    "prs_MailingCity",
    "prs_MailingState",
    "prs_MailingPostalCode",
    "prs_MailingCountry",
    "vic_TraffickingStatus",
    "vic_TraffickingStatusDecisionMakingOrg",
    "vic_MethodOfRecruitment",
    "vic_LocationOfRecruitment",
    "vic_MethodsOfControl",
    "vic_TypeOfExploitation",
    "vic_ForcedLabourIndustry",
    "vic_TypeOfSexExploitation",
    "vic_LocationOfExploitation",
    "cas_Status",
    "cas_ReasonForCaseClosure",
    "cas_CaseOwner",
    "cas_ReferringOrganisation",
    "cas_IncomingReferralDate",
    "cas_ReferringPrimaryCaseWorker",
    "cas_ReasonForIncomingReferral",
    "cas_IncomingReferralDetails",
    "cas_ReferredOrganisation",
    "cas_ReferredPrimaryCaseWorker",
    "cas_ReasonForOutgoingReferral",
    "cas_OutgoingReferralDate",
    "cas_OutgoingReferralDetails",
    "con_Consent",
];

/// Fields by which a person is named or found.
const WITHHELD: [&str; 14] = [
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
    "cas_CaseOwner",
    "cas_ReferringPrimaryCaseWorker",
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

fn form(exploitation: &str) -> Option<&'static str> {
    Some(match exploitation {
        "SexualExploitation" => "SEX_OTHER",
        "ForcedLabour" => "LABOUR",
        "Servitude" => "DOMESTIC_SERVITUDE",
        "ForcedBegging" => "BEGGING",
        "OrganRemoval" => "ORGAN_REMOVAL",
        "ForcedMarriage" => "FORCED_MARRIAGE",
        "ForcedAdoption" => "ILLEGAL_ADOPTION",
        "Surrogacy" => "SURROGACY",
        "ChildLabour" => "CHILD_LABOUR",
        "ForcedMilitaryByNonStateActors" => "FORCED_MILITARY",
        "Other" => "OTHER",
        _ => return None,
    })
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
    /// Persons of the help lane as rows of the standard, and what that loses.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn export_htcds(&mut self) -> Result<(Table, Vec<Loss>), RegisterError> {
        self.act(Operation::ExportCases, None, "HTCDS", |r| {
            let mut records: BTreeMap<Id, Vec<crate::records::Record>> = BTreeMap::new();
            for record in r.all_records()? {
                if let Some(person) = record.person.as_deref().and_then(|p| crate::register::id(p).ok()) {
                    records.entry(person).or_default().push(record);
                }
            }
            let sql = "SELECT person, sex, nationality, form, sector, organisation, happened_on FROM registration \
                       WHERE lane = 'help' ORDER BY happened_on, id";
            let (mut rows, mut losses) = (Vec::new(), Losses::default());
            for row in r.driver.query(sql, &[])? {
                let person: Id = row.bytes(0).try_into().map_err(|_| RegisterError::NotFound("person"))?;
                let own = records.remove(&person).unwrap_or_default();
                let base = Base {
                    sex: row.text(1),
                    nationality: row.text(2),
                    form: row.text(3),
                    sector: row.text(4),
                    organisation: row.text(5),
                    on: row.text(6),
                };
                rows.push(out(&base, &own, &mut losses));
            }
            let detail = format!("{} rows", rows.len());
            Ok(((( CORE.map(str::to_owned).to_vec(), rows), losses.all()), detail))
        })
    }
}

struct Base<'a> {
    sex: &'a str,
    nationality: &'a str,
    form: &'a str,
    sector: &'a str,
    organisation: &'a str,
    on: &'a str,
}

fn out(base: &Base<'_>, records: &[crate::records::Record], losses: &mut Losses) -> Vec<String> {
    let mut cells: BTreeMap<&str, String> = BTreeMap::new();
    let all = |kind: &'static str| records.iter().filter(move |r| r.kind == kind).map(|r| &r.fields);
    let text = |f: &Fields, name: &str| f.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let texts = |f: &Fields, name: &str| -> Vec<String> {
        let list = f.get(name).and_then(|v| v.as_array()).cloned().unwrap_or_default();
        list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    };
    for field in WITHHELD {
        cells.insert(field, "withheld".to_owned());
        losses.add(field, "withheld: it names or finds a person");
    }
    cells.insert("prs_Gender", gender(base.sex).to_owned());
    cells.insert("prs_Citizenship", base.nationality.to_owned());
    let mut forms = vec![base.form.to_owned()];
    forms.extend(all("episode").map(|e| text(e, "form")));
    let mut types: Vec<&str> = Vec::new();
    for f in &forms {
        let (code, whole) = exploitation(f);
        if !whole {
            losses.add("vic_TypeOfExploitation", &format!("{f} has no code and became Other"));
        }
        if !code.is_empty() && !types.contains(&code) {
            types.push(code);
        }
    }
    cells.insert("vic_TypeOfExploitation", types.join(";"));
    let mut sectors: Vec<String> =
        all("episode").map(|e| text(e, "sector")).filter(|s| !s.is_empty() && s != "UNKNOWN").collect();
    if base.sector != "UNKNOWN" {
        sectors.insert(0, base.sector.to_owned());
    }
    sectors.dedup();
    if sectors.len() > 1 {
        losses.add("vic_ForcedLabourIndustry", "one value only; the first sector was kept");
    }
    cells.insert("vic_ForcedLabourIndustry", sectors.first().cloned().unwrap_or_default());
    cells.insert(
        "vic_TypeOfSexExploitation",
        all("episode").flat_map(|e| texts(e, "sex_types")).collect::<Vec<_>>().join(";"),
    );
    let codes = crate::codes::code_list("control").map_or(&[][..], |l| l.codes);
    let mut controls = Vec::new();
    for c in all("means").flat_map(|m| texts(m, "controls")) {
        if codes[..CONTROLS.min(codes.len())].contains(&c.as_str()) {
            controls.push(c);
        } else {
            losses.add(
                "vic_MethodsOfControl",
                &format!("{c} has no choice in the standard's list and became Other"),
            );
            controls.push("Other".to_owned());
        }
    }
    controls.dedup();
    cells.insert("vic_MethodsOfControl", controls.join(";"));
    cells.insert(
        "vic_MethodOfRecruitment",
        all("journey").map(|j| text(j, "method")).filter(|m| !m.is_empty()).collect::<Vec<_>>().join(";"),
    );
    let place = |event: &'static str| {
        all("journey").find(|j| text(j, "event") == event).map(|j| text(j, "region")).unwrap_or_default()
    };
    cells.insert("vic_LocationOfRecruitment", place("Recruitment"));
    cells.insert("vic_LocationOfExploitation", place("Exploitation"));
    // The last decision counts.
    match all("status").next_back() {
        Some(s) => {
            let (code, whole) = status(&text(s, "status"));
            if !whole {
                losses.add("vic_TraffickingStatus", &format!("{} became {code}", text(s, "status")));
            }
            cells.insert("vic_TraffickingStatus", code.to_owned());
            cells.insert("vic_TraffickingStatusDecisionMakingOrg", text(s, "deciding_organisation"));
        }
        None => losses.add("vic_TraffickingStatus", "nobody has decided; left empty"),
    }
    if let Some(case) = all("case").next_back() {
        cells.insert("cas_Status", text(case, "status"));
        cells.insert(
            "cas_ReasonForCaseClosure",
            if text(case, "reason").is_empty() { String::new() } else { "withheld".into() },
        );
    }
    cells.insert("cas_ReferringOrganisation", base.organisation.to_owned());
    cells.insert("cas_IncomingReferralDate", base.on.to_owned());
    let out: Vec<&Fields> = all("referral").collect();
    let each = |name: &str| out.iter().map(|f| text(f, name)).collect::<Vec<_>>().join(";");
    cells.insert("cas_ReferredOrganisation", each("to"));
    cells.insert("cas_ReasonForOutgoingReferral", each("reason"));
    cells.insert("cas_OutgoingReferralDate", each("sent_on"));
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
    if let Some(c) = all("consent").next_back() {
        let whole = parts.iter().all(|p| text(c, p) == "yes") && text(c, "withdrawn_on").is_empty();
        cells.insert("con_Consent", if whole { "1" } else { "0" }.to_owned());
    }
    CORE.iter().map(|f| cells.get(f).cloned().unwrap_or_default()).collect()
}

/// Rows of the standard as notifications of one organisation; what the register has no place for is told. Names of fields may be
/// written as the standard's own form writes them. Rows are known again by `key`, a column of the organisation's own.
///
/// # Errors
/// If a column that is needed is missing.
pub fn read(
    header: &[String],
    rows: impl Iterator<Item = (u64, Vec<String>)>,
    organisation: &str,
    key: &str,
    lane: Lane,
) -> Result<(Vec<Notification>, Vec<Loss>), RegisterError> {
    let fold = |s: &str| s.trim().rsplit('/').next().unwrap_or_default().replace('_', "").to_lowercase();
    let own = header.iter().position(|h| h.trim() == key);
    let own = own.ok_or_else(|| {
        RegisterError::invalid("key", "a column with the organisation's own key for the case")
    })?;
    let at = |name: &str| header.iter().position(|h| fold(h) == fold(name));
    let date = at("cas_IncomingReferralDate")
        .ok_or_else(|| RegisterError::invalid("cas_IncomingReferralDate", "a column of that name"))?;
    let mut losses = Losses::default();
    let mut all = Vec::new();
    for (line, cells) in rows {
        let cell =
            |c: Option<usize>| c.and_then(|c| cells.get(c)).map(|s| s.trim().to_owned()).unwrap_or_default();
        let of = |name: &str| Some(cell(at(name))).filter(|v| v != "withheld").unwrap_or_default();
        let sex = match of("prs_Gender").as_str() {
            "Feminine" | "TransgenderFeminine" => "F",
            "Masculine" | "TransgenderMasculine" => "M",
            "NonConforming" => "X",
            _ => "UNKNOWN",
        };
        if of("prs_Gender").starts_with("Transgender") {
            losses.add("prs_Gender", "the register has no code for transgender");
        }
        let countries = of("prs_Citizenship");
        let mut countries = countries.split([';', ' ']).filter(|c| !c.is_empty());
        let nationality = countries.next().unwrap_or_default().to_owned();
        if countries.next().is_some() {
            losses.add("prs_Citizenship", "a notification has one nationality; the first was kept");
        }
        let types = of("vic_TypeOfExploitation");
        let mut types = types.split([';', ' ']).filter(|c| !c.is_empty());
        let first = types.next().map_or(Some("UNKNOWN"), form);
        if types.next().is_some() {
            losses.add("vic_TypeOfExploitation", "a notification has one form; the first was kept");
        }
        let identity: Vec<(&'static str, String)> = [
            ("given_name", of("prs_FirstName")),
            ("family_name", of("prs_SecondName")),
            ("birth_date", of("prs_Birthdate")),
            ("email", of("prs_Email")),
            ("phone", of("prs_MobilePhone")),
            ("place", of("prs_MailingCity")),
        ]
        .into_iter()
        .filter(|f| !f.1.is_empty())
        .collect();
        let identity = if lane == Lane::Help {
            identity
        } else {
            identity.iter().for_each(|(field, _)| {
                losses.add(field, "left out: the statistics lane holds no direct identifiers");
            });
            Vec::new()
        };
        let birth_year = of("prs_Birthdate").get(..4).and_then(|y| y.parse().ok());
        let sector = of("vic_ForcedLabourIndustry");
        for name in header.iter().enumerate().filter(|(c, _)| *c != own).map(|(_, h)| h) {
            let known = [
                "prs_Gender",
                "prs_Citizenship",
                "vic_TypeOfExploitation",
                "prs_FirstName",
                "prs_SecondName",
                "prs_Birthdate",
                "prs_Email",
                "prs_MobilePhone",
                "prs_MailingCity",
                "vic_ForcedLabourIndustry",
                "cas_IncomingReferralDate",
            ];
            if !known.iter().any(|k| fold(k) == fold(name)) && !of(name).is_empty() {
                losses.add(name, "a notification has no place for it");
            }
        }
        all.push(Notification {
            line,
            organisation: organisation.to_owned(),
            local_key: cell(Some(own)),
            happened_on: cell(Some(date)).chars().take(10).collect(),
            lane,
            sex: sex.into(),
            birth_year,
            minor: "not_asked".into(),
            nationality,
            // What is no code is told by line and field when it is taken.
            form: first.unwrap_or("no code").into(),
            sector: if sector.is_empty() { "UNKNOWN".into() } else { sector },
            identity,
            ..Notification::default()
        });
    }
    Ok((all, losses.all()))
}
