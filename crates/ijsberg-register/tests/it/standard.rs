//! What goes out in the case data standard and comes back, on both back ends.

use ijsberg_register::exchange::htcds;
use ijsberg_register::lanes::Lane;
use ijsberg_register::merge::Fields;
use ijsberg_register::policy::Role;
use serde_json::json;

use crate::common::{Backend, GROUND, PASSWORD, Place, fields, helped, log_in, on_both, person_of};

on_both!(the_standard_goes_out_and_comes_back);

fn the_standard_goes_out_and_comes_back(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut rows = vec![helped("shelter", "1", "Ana"), helped("shelter", "2", "Bo")];
    rows[0].nationality = "MA;NL".into();
    rows[1].form = "CRIMINAL_ACTIVITY".into();
    let ids: Vec<_> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let person = person_of(&mut r, &ids[0]);
    for (kind, record) in [
        ("means", json!({"controls": ["DebtBondage", "RestrictsMovement"]})),
        ("episode", json!({"form": "BEGGING"})),
        ("episode", json!({"form": "SEX_OTHER", "sex_types": ["Pornography"]})),
        ("journey", json!({"event": "Recruitment", "method": "AtWork", "region": "RO-B"})),
        ("journey", json!({"event": "Exploitation", "region": "NL-ZH"})),
        ("case", json!({"status": "Active", "opened_on": "2016-05-31"})),
        ("referral", json!({"to": "clinic", "state": "accepted", "reason": "Other", "sent_on": "2016-06"})),
        ("consent", json!({"purpose": "help", "asked_on": "2016", "interview": "yes"})),
        (
            "status",
            json!({"status": "PLAUSIBLE", "deciding_organisation": "NGO", "reasons": "r", "decided_on": "2016", "decided_by": "keeper"}),
        ),
    ] {
        r.add_record(kind, Some(&person), &GROUND, &fields(&record)).unwrap();
    }
    let ((header, out), losses) = r.export_htcds().unwrap();
    assert_eq!(header.len(), 38);
    let cell = |rows: &[Vec<String>], row: usize, name: &str| {
        rows[row][header.iter().position(|h| h == name).unwrap()].clone()
    };
    let whole = [
        "prs_Gender",
        "prs_Citizenship",
        "vic_TypeOfExploitation",
        "vic_TypeOfSexExploitation",
        "vic_ForcedLabourIndustry",
        "vic_MethodOfRecruitment",
        "vic_LocationOfRecruitment",
        "vic_LocationOfExploitation",
        "cas_Status",
        "cas_ReferredOrganisation",
        "cas_ReasonForOutgoingReferral",
        "cas_OutgoingReferralDate",
        "cas_IncomingReferralDate",
    ];
    let before: Vec<String> = whole.iter().map(|n| cell(&out, 0, n)).collect();
    assert_eq!(before[1], "MA;NL");
    assert_eq!(before[2], "ForcedLabour;ForcedBegging;SexualExploitation");
    assert_eq!(cell(&out, 0, "vic_MethodsOfControl"), "DebtBondage;Other");
    assert_eq!(cell(&out, 0, "vic_TraffickingStatus"), "PossibleVictimOfTrafficking");
    assert_eq!(
        (cell(&out, 0, "con_Consent"), cell(&out, 0, "prs_FirstName")),
        ("0".to_owned(), "withheld".to_owned())
    );
    assert!(!format!("{out:?}").contains("Ana"));
    for lost in [
        "the register does not hold it",
        "RestrictsMovement has no choice",
        "CRIMINAL_ACTIVITY has no code",
        "PLAUSIBLE became",
        "nobody has decided",
    ] {
        assert!(losses.iter().any(|l| l.what.to_string().contains(lost)), "{lost}: {losses:?}");
    }
    // Into the list of another organisation, and out again.
    // As ODK Central heads the columns of a form with groups.
    let mut named: Vec<String> = header.iter().map(|h| format!("group_person-{h}")).collect();
    named.push("case".into());
    let arriving =
        out.iter().enumerate().map(|(i, row)| (i as u64 + 2, [row.clone(), vec![i.to_string()]].concat()));
    let (rows, lost) = htcds::read(&named, arriving, "police", "case", Lane::Help).unwrap();
    assert!(lost.iter().any(|l| l.what.to_string().contains("a person decides on the status")), "{lost:?}");
    assert!(rows.iter().all(|n| n.identity.is_empty()));
    let done = r.notify(&rows).unwrap();
    assert_eq!((done.new, done.errors.len()), (2, 0), "{done:?}");
    assert_eq!(r.notify(&rows).unwrap().already, 2);
    let ((_, again), _) = r.export_htcds().unwrap();
    let at = header.iter().position(|h| h == "cas_ReferringOrganisation").unwrap();
    let back: Vec<Vec<String>> = again.into_iter().filter(|row| row[at] == "police").collect();
    let row = back
        .iter()
        .position(|row| row[header.iter().position(|h| h == "cas_Status").unwrap()] == "Active")
        .unwrap();
    let after: Vec<String> = whole.iter().map(|n| cell(&back, row, n)).collect();
    assert_eq!(before, after);
    // Records ask for more than a notification, and the statistics track has none.
    log_in(&mut r, "reg", Role::Registrar, "border");
    let mut mine = rows[..1].to_vec();
    mine[0].organisation = "border".into();
    assert!(r.notify(&mine).is_err());
    r.login("keeper", PASSWORD, None).unwrap();
    mine[0].lane = Lane::Statistics;
    assert!(r.notify(&mine).unwrap().errors[0].expected.to_string().contains("no records of cases"));
    mine[0].lane = Lane::Help;
    mine[0].records = vec![("status", Fields::new())];
    assert_eq!(r.notify(&mine).unwrap().errors[0].field, "records");
}

/// A text that is no code of a country is left out and counted; a row without any code is reported on import.
#[test]
fn citizenships_that_fit_are_kept_and_others_counted() {
    let header = ["case", "prs_Citizenship", "cas_IncomingReferralDate"].map(str::to_owned);
    let cells = ["NL;QQ;MA", "RO Kanarie", "QQ", "", "withheld"];
    let row = |(i, cell): (usize, &str)| {
        (i as u64 + 2, vec![i.to_string(), cell.to_owned(), "2016-05-31".to_owned()])
    };
    let rows = cells.into_iter().enumerate().map(row);
    let (rows, lost) = htcds::read(&header, rows, "police", "case", Lane::Help).unwrap();
    let kept: Vec<&str> = rows.iter().map(|n| n.nationality.as_str()).collect();
    assert_eq!(kept, ["MA;NL", "RO", "QQ", "", ""]);
    let of: Vec<_> = lost.iter().filter(|l| l.field == "prs_Citizenship").collect();
    assert_eq!(of.len(), 1, "{lost:?}");
    assert_eq!(of[0].rows, 2);
    assert!(of[0].what.to_string().contains("no code of the standard"), "{lost:?}");
}
