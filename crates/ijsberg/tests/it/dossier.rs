//! The assurance dossier as those who answer for a register get it.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::place::{Place, out};

fn dossier(place: &Place, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .arg("dossier")
        .args(arguments)
        .args(["--at", "register", "--passphrase-file", "secret", "--password-file", "password"])
        .current_dir(place.path(""))
        .env_remove("IJSBERG_PASSPHRASE")
        .env_remove("IJSBERG_PASSWORD")
        .env_remove("IJSBERG_REGISTER_URL")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn works(place: &Place, arguments: &[&str]) -> String {
    let o = dossier(place, arguments);
    assert!(o.status.success(), "{arguments:?}: {}", out(&o));
    out(&o)
}

/// A register with a person who has a name, a period, and a user whose name is in no dossier.
fn furnished() -> Place {
    let place = Place::furnished();
    let file = "organisation,case,date,sex,minor,nationality,form,first name,surname\n\
                shelter,1,2016-05-31,F,no,RO,LABOUR,Kanarie,Kanariescu\n";
    let file = place.write("file.csv", file);
    place.works(&["import", &file, "--lane", "help"]);
    place.works(&["retention", "set", "help", "24"]);
    place.works(&["user", "add", "kanarievogel", "--new-password-file", "password"]);
    place.works(&["user", "grant", "kanarievogel", "registrar", "--organisation", "police"]);
    place
}

#[test]
fn a_dossier_says_how_a_register_runs_and_names_nobody() {
    let place = furnished();
    let english = works(&place, &[]);
    for said in [
        "## 1. Record of processing activities (article 30(1) GDPR)",
        "| support | consent | 1 January 2026 |",
        "| presumed victims in the register | 1 |",
        "| police | registrar | 1 |",
        "| support | 24 months |",
        "| research | not set: nothing is erased for this purpose |",
        "Open accounts: 2, of which with two-factor login: 0; closed accounts: 0.",
        "No backup was ever made",
        "entries in an intact chain",
        "No checkpoints kept elsewhere were compared",
        "## 2. Annex for the impact assessment (article 35(7) GDPR)",
        "## 3. Controls and their tests",
        "`policy::every_operation_by_every_role_is_as_written`",
        "## 4. Versions and hashes",
        "## 5. Limits",
    ] {
        assert!(english.contains(said), "{said} in\n{english}");
    }
    let dutch = works(&place, &["--lang", "nl"]);
    for said in ["## 1. Register van verwerkingsactiviteiten", "| hulpverlening | 24 maanden |", "Restrisico"]
    {
        assert!(dutch.contains(said), "{said} in\n{dutch}");
    }
    for name in ["Kanarie", "kanarievogel"] {
        assert!(!english.contains(name) && !dutch.contains(name), "{name} in\n{english}\n{dutch}");
    }
    assert!(!english.contains("dossier-") && !dutch.contains("dossier-"), "a key without words");
    // That it was made is in the log.
    assert!(place.works(&["audit", "show"]).contains("\"subject\":\"dossier\""));
}

#[test]
fn a_dossier_is_written_to_a_folder_with_its_json() {
    let place = furnished();
    place.works(&["audit", "checkpoint", "--to", "checkpoints"]);
    place.works(&["backup", "--out", "copy"]);
    works(&place, &["--out", "made", "--json", "--checkpoints", "checkpoints"]);
    let page = std::fs::read_to_string(place.path("made/dossier.md")).unwrap();
    assert!(page.contains("Days between the start of the last backup and this dossier: 0."), "{page}");
    assert!(page.contains("Checkpoints kept elsewhere that agree with the log: 1"), "{page}");
    let json = std::fs::read_to_string(place.path("made/dossier.json")).unwrap();
    let made: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(made["storage"], "file");
    assert_eq!(made["running"]["people"]["registered"], 1);
    assert_eq!(made["running"]["accounts"]["open"], 2);
    assert_eq!(made["compared"]["checkpoints"], 1);
    assert_eq!(made["days_since_backup"], 0);
    assert_eq!(made["versions"]["program_sha256"].as_str().unwrap().len(), 64);
    assert!(made["threats"].as_array().unwrap().iter().all(|t| !t["controls"][0]["tests"][0].is_null()));
    assert!(!json.contains("Kanarie") && !json.contains("kanarievogel"), "{json}");
    let printed: Value = serde_json::from_str(&works(&place, &["--json"])).unwrap();
    assert_eq!(printed["running"]["organisations"].as_array().unwrap().len(), 2);
}

#[test]
fn a_person_gets_what_is_registered_about_them_in_words() {
    let place = furnished();
    let person = place.works(&["find", "shelter", "1"]);
    let person = person.trim();
    let case = serde_json::json!({
        "status": "Active", "opened_on": "2016-06", "owner": "kanarievogel", "reason": "Kanarietje"
    });
    let case = place.write("case.json", &case.to_string());
    let ground = ["--person", person, "--organisation", "shelter", "--basis", "consent"];
    place.works(&[&["record", "add", "case", case.as_str()], &ground[..]].concat());
    let said = place.works(&["rights", "access", person, "--out", "packet"]);
    assert!(said.contains("1 free texts, and 1 fields"), "{said}");
    let page = std::fs::read_to_string(place.path("packet/packet.txt")).unwrap();
    for said in [
        "Given name: Kanarie\n",
        "Sex: female",
        "Nationality: Romania",
        "For support: 24 months",
        "Left out: ",
    ] {
        assert!(page.contains(said), "{said} in\n{page}");
    }
    assert!(!page.contains("kanarievogel") && !page.contains("Kanarietje"), "{page}");
    place.fails(&["rights", "access", person, "--out", "packet"], "packet");
    place.works(&["rights", "access", person, "--out", "whole", "--texts", "--lang", "nl"]);
    let page = std::fs::read_to_string(place.path("whole/packet.txt")).unwrap();
    assert!(page.contains("Meldingen over u") && page.contains("Kanarietje"), "{page}");
    assert!(!std::fs::read_to_string(place.path("whole/packet.json")).unwrap().contains("kanarievogel"));
}

#[test]
fn restricted_data_are_in_no_count_until_it_is_lifted() {
    let place = furnished();
    let person = place.works(&["find", "shelter", "1"]);
    let person = person.trim();
    place.fails(&["rights", "restrict", person, "--reason", "because"], "--reason");
    assert!(place.works(&["rights", "restricted"]).contains("No one's data"));
    let said = place.works(&["rights", "restrict", person, "--reason", "objection"]);
    assert!(said.contains("article 19"), "{said}");
    assert!(place.works(&["rights", "restricted"]).contains(person));
    place.fails(&["find", "shelter", "1"], "no such");
    place.fails(&["identity", "show", person], "restricted");
    let made: Value = serde_json::from_str(&works(&place, &["--json"])).unwrap();
    assert_eq!(made["running"]["people"]["restricted"], 1);
    assert_eq!(made["running"]["people"]["named"], 0);
    let opened = place.works(&["rights", "open", person, "--reason", "consent"]);
    assert!(opened.contains("Kanarie") && opened.contains("\"objection\""), "{opened}");
    place.works(&["rights", "lift", person]);
    assert!(place.works(&["identity", "show", person]).contains("Kanarie"));
}

#[test]
fn only_an_auditor_of_all_organisations_makes_a_dossier() {
    let place = furnished();
    let o = dossier(&place, &["--user", "kanarievogel"]);
    assert!(!o.status.success() && out(&o).contains("may not do this"), "{}", out(&o));
    place.works(&["user", "grant", "kanarievogel", "auditor", "--organisation", "police"]);
    let o = dossier(&place, &["--user", "kanarievogel"]);
    assert!(!o.status.success() && !out(&o).contains("article 30"), "{}", out(&o));
    place.works(&["user", "grant", "kanarievogel", "auditor"]);
    assert!(works(&place, &["--user", "kanarievogel"]).contains("article 30"));
}
