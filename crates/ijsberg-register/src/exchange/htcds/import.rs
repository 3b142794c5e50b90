//! Rows of the standard as notifications.

use crate::citizenships::known;
use crate::days::PartialDay;
use crate::error::RegisterError;
use crate::exchange::notifications::day;
use crate::exchange::{Loss, Losses};
use crate::expected::{Lack, Wanted};
use crate::lanes::Lane;
use crate::merge::Fields;
use crate::notify::Notification;

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

/// Fields that go into the notification itself.
const IN_NOTIFICATION: [&str; 11] = [
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

/// Fields that go into records of the case.
const IN_RECORDS: [&str; 10] = [
    "vic_MethodsOfControl",
    "vic_TypeOfSexExploitation",
    "vic_MethodOfRecruitment",
    "vic_LocationOfRecruitment",
    "vic_LocationOfExploitation",
    "cas_Status",
    "cas_ReasonForCaseClosure",
    "cas_ReferredOrganisation",
    "cas_ReasonForOutgoingReferral",
    "cas_OutgoingReferralDate",
];

/// Parts of a value; forms part them by spaces, templates by `;`.
fn several(value: &str) -> Vec<String> {
    value.split([';', ' ']).filter(|c| !c.is_empty()).map(str::to_owned).collect()
}

/// What a row tells beyond the notification, as records of the case.
fn case_records(
    of: &impl Fn(&str) -> String,
    on: &str,
    types: &[String],
    losses: &mut Losses,
) -> Vec<(&'static str, Fields)> {
    let mut records = Vec::new();
    let mut add = |kind: &'static str, value: serde_json::Value| {
        if let serde_json::Value::Object(fields) = value {
            records.push((kind, fields));
        }
    };
    let known = |list: &str, field: &str, losses: &mut Losses| -> Vec<String> {
        let (fit, other): (Vec<String>, Vec<String>) =
            several(&of(field)).into_iter().partition(|c| crate::codes::has(list, c));
        // A text that is no code may be anything, so it is counted and not repeated.
        other.iter().for_each(|_| losses.add(field, Lack::NoCodeOfStandard));
        fit
    };
    let controls = known("control", "vic_MethodsOfControl", losses);
    if !controls.is_empty() {
        add("means", serde_json::json!({ "controls": controls }));
    }
    let sex_types = known("sex_type", "vic_TypeOfSexExploitation", losses);
    for (number, kind) in types.iter().enumerate() {
        let Some(code) = form(kind) else {
            if number > 0 {
                losses.add("vic_TypeOfExploitation", Lack::NoCodeOfStandard);
            }
            continue;
        };
        let sexual = code == "SEX_OTHER" && !sex_types.is_empty();
        if number > 0 || sexual {
            let mut episode = serde_json::json!({ "form": code });
            if sexual {
                episode["sex_types"] = sex_types.clone().into();
            }
            add("episode", episode);
        }
    }
    let place = |field: &str| of(field);
    let mut methods = known("recruitment", "vic_MethodOfRecruitment", losses).into_iter();
    let (first, region) = (methods.next(), place("vic_LocationOfRecruitment"));
    if first.is_some() || !region.is_empty() {
        let mut journey = serde_json::json!({ "event": "Recruitment", "region": region });
        if let Some(method) = first {
            journey["method"] = method.into();
        }
        add("journey", journey);
    }
    methods.for_each(|m| add("journey", serde_json::json!({ "event": "Recruitment", "method": m })));
    if !place("vic_LocationOfExploitation").is_empty() {
        add(
            "journey",
            serde_json::json!({ "event": "Exploitation", "region": place("vic_LocationOfExploitation") }),
        );
    }
    let status = of("cas_Status");
    if crate::codes::has("case_status", &status) {
        add(
            "case",
            serde_json::json!({ "status": status, "opened_on": on, "reason": of("cas_ReasonForCaseClosure") }),
        );
    } else if !status.is_empty() {
        losses.add("cas_Status", Lack::NoCodeOfStandard);
    }
    referrals(of).into_iter().for_each(|referral| add("referral", referral));
    records
}

/// The organisations to which the person was referred, each with its reason and day if stated.
fn referrals(of: &impl Fn(&str) -> String) -> Vec<serde_json::Value> {
    let mut all = Vec::new();
    let (reasons, days) = (of("cas_ReasonForOutgoingReferral"), of("cas_OutgoingReferralDate"));
    let (mut reasons, mut days) = (reasons.split(';'), days.split(';'));
    for to in of("cas_ReferredOrganisation").split(';').map(str::trim).filter(|t| !t.is_empty()) {
        let mut referral = serde_json::json!({ "to": to, "state": "sent" });
        let (reason, day) =
            (reasons.next().unwrap_or_default().trim(), days.next().unwrap_or_default().trim());
        if crate::codes::has("referral_reason", reason) {
            referral["reason"] = reason.into();
        }
        // An invalid day is reported by line and field on import.
        if !day.is_empty() {
            referral["sent_on"] = day.into();
        }
        all.push(referral);
    }
    all
}

/// What the standard's gender is in the register.
fn sex(gender: &str, losses: &mut Losses) -> &'static str {
    if gender.starts_with("Transgender") {
        losses.add("prs_Gender", Lack::Transgender);
    }
    match gender {
        "Feminine" | "TransgenderFeminine" => "F",
        "Masculine" | "TransgenderMasculine" => "M",
        "NonConforming" => "X",
        _ => "UNKNOWN",
    }
}

/// The citizenships of a row; what is no code of a country is counted where others are.
fn citizenships(written: &str, losses: &mut Losses) -> String {
    let (codes, others) = known(written);
    (0..others).for_each(|_| losses.add("prs_Citizenship", Lack::NoCodeOfStandard));
    codes
}

/// The identity of a person, on the support track only.
fn identity(of: &impl Fn(&str) -> String, lane: Lane, losses: &mut Losses) -> Vec<(&'static str, String)> {
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
    if lane == Lane::Help {
        return identity;
    }
    identity.iter().for_each(|(field, _)| losses.add(field, Lack::NoIdentifiers));
    Vec::new()
}

/// Fields of a row for which the register has no place. `fold` makes names of fields alike.
fn left_out(
    names: &[&String],
    of: &impl Fn(&str) -> String,
    fold: impl Fn(&str) -> String,
    lane: Lane,
    losses: &mut Losses,
) {
    for name in names {
        let known = |k: &&str| fold(k) == fold(name);
        if IN_NOTIFICATION.iter().any(&known) || of(name).is_empty() {
            continue;
        }
        if lane == Lane::Statistics && IN_RECORDS.iter().any(&known) {
            losses.add(name, Lack::NoRecords);
        } else if !IN_RECORDS.iter().any(&known) {
            let decided = known(&"vic_TraffickingStatus") || known(&"vic_TraffickingStatusDecisionMakingOrg");
            losses.add(name, if decided { Lack::PersonDecides } else { Lack::NoPlace });
        }
    }
}

/// Rows of the standard as notifications of one organisation; reports the fields for which the register has no place. Names of fields may
/// be written as in the standard's own form. Rows are recognised by `key`, a column of the organisation's own.
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
    // A group stands before a name with `/` (KoBo) or `-` (ODK Central); no name of the standard has either.
    let fold =
        |s: &str| s.trim().rsplit(['/', '-']).next().unwrap_or_default().replace('_', "").to_lowercase();
    let own = header.iter().position(|h| h.trim() == key);
    let own = own.ok_or_else(|| RegisterError::invalid("key", Wanted::KeyColumn))?;
    let at = |name: &str| header.iter().position(|h| fold(h) == fold(name));
    // Two groups may each have a field for a name: nothing shows whose name it is.
    let columns = |name: &&&str| header.iter().filter(|h| fold(h) == fold(name)).count();
    if let Some(name) = IN_NOTIFICATION.iter().chain(&IN_RECORDS).find(|name| columns(name) > 1) {
        return Err(RegisterError::invalid(name, Wanted::OneColumn));
    }
    let date = at("cas_IncomingReferralDate")
        .ok_or_else(|| RegisterError::invalid("cas_IncomingReferralDate", Wanted::Column))?;
    let others: Vec<&String> = header.iter().enumerate().filter(|(c, _)| *c != own).map(|(_, h)| h).collect();
    let mut losses = Losses::default();
    let mut all = Vec::new();
    for (line, cells) in rows {
        let cell =
            |c: Option<usize>| c.and_then(|c| cells.get(c)).map(|s| s.trim().to_owned()).unwrap_or_default();
        let of = |name: &str| Some(cell(at(name))).filter(|v| v != "withheld").unwrap_or_default();
        let sex = sex(&of("prs_Gender"), &mut losses);
        let types = several(&of("vic_TypeOfExploitation"));
        let first = types.first().map_or(Some("UNKNOWN"), |t| form(t));
        let prostitution = several(&of("vic_TypeOfSexExploitation")).iter().any(|t| t == "Prostitution");
        let first = first.map(|f| if f == "SEX_OTHER" && prostitution { "SEX_PROSTITUTION" } else { f });
        if lane == Lane::Statistics && types.len() > 1 {
            losses.add("vic_TypeOfExploitation", Lack::OneForm);
        }
        let identity = identity(&of, lane, &mut losses);
        let birth_date = of("prs_Birthdate");
        let birth_year = PartialDay::parse(&birth_date).map(|d| i64::from(d.first().year()));
        let unread = !birth_date.is_empty() && birth_year.is_none() && lane == Lane::Statistics;
        let unread = if unread { vec![("birth_date", Wanted::PartialDay.into())] } else { Vec::new() };
        let industries = several(&of("vic_ForcedLabourIndustry"));
        if industries.len() > 1 {
            losses.add("vic_ForcedLabourIndustry", Lack::OneSector);
        }
        let sector = industries.first().map(|s| crate::codes::isic_section(s).to_owned()).unwrap_or_default();
        let on = day(&cell(Some(date)));
        let records =
            if lane == Lane::Help { case_records(&of, &on, &types, &mut losses) } else { Vec::new() };
        left_out(&others, &of, fold, lane, &mut losses);
        all.push(Notification {
            line,
            organisation: organisation.to_owned(),
            local_key: cell(Some(own)),
            happened_on: on,
            records,
            lane,
            sex: sex.into(),
            birth_year,
            minor: "not_asked".into(),
            nationality: citizenships(&of("prs_Citizenship"), &mut losses),
            // An invalid code is reported by line and field on import.
            form: first.unwrap_or("no code").into(),
            sector: if sector.is_empty() { "UNKNOWN".into() } else { sector },
            identity,
            unread,
            ..Notification::default()
        });
    }
    Ok((all, losses.all()))
}
