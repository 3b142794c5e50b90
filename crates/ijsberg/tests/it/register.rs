//! The register as its users run it.

use std::path::Path;
use std::process::Command;

use crate::place::{Place, out};

const FILE: &str = "organisation,case,date,sex,minor,nationality,form,first name,surname\n\
    shelter,1,2016-05-31,F,no,RO,LABOUR,Kanarie,Kanariescu\n\
    police,9,2016-06,F,no,RO,LABOUR,Kanarie,Kanarieskoe\n";

#[test]
fn notifications_come_in_are_linked_and_leave_as_histories() {
    let place = Place::furnished();
    let file = place.write("file.csv", FILE);
    assert!(place.works(&["import", &file, "--lane", "help", "--dry-run"]).contains("would be new: 2"));
    assert!(
        place
            .works(&["import", &file, "--lane", "help"])
            .contains("new: 2; already registered, or repeating a row of the file: 0")
    );
    assert!(
        place
            .works(&["import", &file, "--lane", "help", "--lang", "nl"])
            .contains("nieuw: 0; al geregistreerd of een herhaling van een rij in het bestand: 2")
    );
    place.fails(&["import", &file], "the statistics track holds no direct identifiers");
    let wrong = place.write("wrong.csv", &FILE.replace(",RO,", ",Kanarie,"));
    place.fails(&["import", &wrong, "--lane", "help"], "line 2, nationality: expected a country");
    // The message lists every row that does not fit, by the line and in the language of the user, without a value.
    let slips = "organisation,case,date,sex,birth_year,minor\n\
        police,21,2016-05-31,F,1990.0,no\n\
        police,22,2016-05-31,F,Kanarie,no\n\
        police,23,2016-05-31,F,2017,unknown\n\
        police,24,2016-05-31,F,1990,yes\n\
        police,21,2016-05-31,M,1990,no\n";
    let slips = place.write("slips.csv", slips);
    place.fails(
        &["import", &slips],
        "Rows that are not valid: 3\nline 3, birth_year: expected a year, or nothing",
    );
    place.fails(&["import", &slips, "--dry-run"], "line 4, birth_year: expected no later than happened_on");
    place.fails(
        &["import", &slips],
        "line 6, local_key: expected a unique key: line 2 has the same one, with another value for: Sex",
    );
    let dutch = ["import", slips.as_str(), "--lang", "nl"];
    place.fails(&dutch, "Regels die niet geldig zijn: 3\nregel 3, birth_year: verwacht een jaar, of niets");
    place.fails(&dutch, "regel 6, local_key: verwacht een uniek kenmerk: regel 2 heeft hetzelfde");
    place.works(&["lists", "--out", "lists"]);
    let lists = std::fs::read_to_string(place.path("lists/Z.csv")).unwrap();
    assert!(lists.contains("Kanarie,Kanariescu"));
    let ids: Vec<String> = ["Z", "P"]
        .iter()
        .map(|l| std::fs::read_to_string(place.path(&format!("lists/{l}.csv"))).unwrap())
        .map(|l| l.lines().nth(1).unwrap().split(',').next().unwrap().to_owned())
        .collect();
    let linked =
        place.write("linked.csv", "file,line,list,person,probability\nZ,2,Z,1,0.900\nP,2,P,1,0.900\n");
    assert!(
        place
            .works(&["link", "take", &linked, "--lists", "lists"])
            .contains("new 1, kept from the earlier linkage 0, undone 0")
    );
    assert!(
        place
            .works(&["link", "take", &linked, "--lists", "lists"])
            .contains("new 0, kept from the earlier linkage 1, undone 0")
    );
    place.works(&["histories", "--from", "2016", "--to", "2016", "--out", "h.csv"]);
    let histories = std::fs::read_to_string(place.path("h.csv")).unwrap();
    let (roles, table) = histories.split_once('\n').unwrap();
    assert_eq!(roles, "# ijsberg-table v1; lists=P,Z; covariates=year,sex,age,nationality,form");
    assert_eq!(table, "P,Z,year,sex,age,nationality,form\n1,1,2016,F,adult,other,LABOUR\n");
    let decisions = place.works(&["link", "show"]);
    assert!(ids.iter().all(|id| decisions.contains(id.as_str())));
    place.works(&["link", "undo", decisions.split(' ').next().unwrap()]);
    place.works(&["link", "decide", &ids[0], &ids[1], "different"]);
    place.fails(
        &["link", "take", &place.write("other.csv", "file,line,person\nZ,99,1\n"), "--lists", "lists"],
        "has no line 99",
    );
    let said = place.works(&["export", "htcds", "--out", "out/htcds.csv"]);
    assert!(said.contains("2 rows"), "{said}");
    let htcds = std::fs::read_to_string(place.path("out/htcds.csv")).unwrap();
    assert!(htcds.starts_with("prs_Salutation,prs_FirstName") && !htcds.contains("Kanarie"));
    let losses = std::fs::read_to_string(place.path("out/htcds.losses.csv")).unwrap();
    assert!(losses.contains("prs_FirstName,withheld: it names or finds a person,2"), "{losses}");
    place.works(&["export", "ctdc", "--out", "out/ctdc.csv"]);
    let ctdc = std::fs::read_to_string(place.path("out/ctdc.csv")).unwrap();
    let row = ctdc.lines().find(|l| l.starts_with("2016,register,Female,-99,Adult,Adult,RO,")).unwrap();
    assert!(row.contains(",1,0,0,0,0,0,0,0,isForcedLabour,") && row.ends_with(",-99,NL,-99,-99,1"), "{ctdc}");
    assert_eq!(row.split(',').count(), ctdc.lines().next().unwrap().split(',').count());
    // Several citizenships, in whatever order they are given.
    place.works(&["correct", &ids[0], "--version", "1", "nationality=NL,MA"]);
    let person = place.works(&["find", "shelter", "1"]);
    let shown = place.works(&["show", person.trim()]);
    assert!(shown.contains("\"nationality\": \"MA;NL\""), "{shown}");
    place.fails(&["correct", &ids[0], "--version", "2", "nationality=NL,XX"], "XX for a stateless person");
}

/// Histories by year are a table that `ijsberg open` reads: what it misses here is people who return, and not columns.
#[test]
fn histories_by_year_are_what_open_reads() {
    let place = Place::furnished();
    let mut rows = vec!["organisation,case,date,sex,minor,nationality,form".to_owned()];
    for year in 2016..2019 {
        let cases = [("shelter", 1), ("police", 2), ("police", 3)];
        rows.extend(cases.map(|(by, case)| format!("{by},{year}-{case},{year}-05,F,no,RO,LABOUR")));
    }
    place.works(&["import", &place.write("file.csv", &rows.join("\n"))]);
    let years = ["histories", "--from", "2016", "--to", "2018", "--out", "y.csv", "--years"];
    assert!(place.works(&years).contains("9 people on the lists P, Z"));
    let table = std::fs::read_to_string(place.path("y.csv")).unwrap();
    let expected = "P.2016,Z.2016,P.2017,Z.2017,P.2018,Z.2018,count\n0,0,0,0,1,0,2\n0,0,0,0,0,1,1\n";
    assert!(table.starts_with(expected), "{table}");
    let o = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["open", "--lang", "en"])
        .arg(place.path("y.csv"))
        .output()
        .unwrap();
    assert!(!o.status.success() && out(&o).contains("in more than one year"), "{}", out(&o));
}

/// Register, linkage and back, as the demonstration goes.
#[test]
fn a_whole_register_is_linked_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let o = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .current_dir(dir.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(o.status.success(), "{arguments:?}: {}", out(&o));
        out(&o)
    };
    assert!(run(&["register", "demo"]).contains("8,684 notifications of 8,234 synthetic people"));
    let lists = ["I", "K", "O", "P", "R", "Z"].map(|l| format!("demo/lists/{l}.csv"));
    let mut link = vec!["link", "--out", "linked"];
    link.extend(lists.iter().map(String::as_str));
    run(&link);
    let opened =
        ["--at", "demo/register", "--passphrase-file", "demo/passphrase", "--password-file", "demo/password"];
    let take = ["register", "link", "take", "linked/linked.csv", "--lists", "demo/lists"];
    run(&[take.as_slice(), &opened].concat());
    let years = ["register", "histories", "--from", "2010", "--to", "2015", "--out", "h.csv"];
    run(&[years.as_slice(), &opened].concat());
    let table = std::fs::read_to_string(dir.path().join("h.csv")).unwrap();
    let (roles, table) = table.split_once('\n').unwrap();
    assert!(roles.contains("lists=I,K,O,P,R,Z; covariates=year,"), "{roles}");
    assert!(table.starts_with("I,K,O,P,R,Z,year,sex,age,nationality,form\n"));
    // 8,234 in truth. Only what is likelier than not is taken over, so dirt hides more links than it makes.
    let persons = table.lines().count() - 1;
    assert!((8_234..8_330).contains(&persons), "{persons}");
}

#[test]
fn the_standards_rows_come_in_with_what_they_lose() {
    let place = Place::furnished();
    let file = place.write(
        "htcds.csv",
        "case,prs_First_Name,prs_Gender,prs_Citizenship,vic_TypeOfExploitation,vic_Methods_of_Control,cas_IncomingReferralDate\n\
         a,Kanarie,Feminine,NA,ForcedLabour;ForcedBegging,DebtBondage ,2016-05-31\n",
    );
    let arguments = ["import", &file, "--organisation", "shelter", "--htcds-key", "case"];
    let said = place.works(&arguments);
    assert!(
        said.contains("the first was kept")
            && said.contains("the first was kept")
            && said.contains("vic_Methods_of_Control: left out: the statistics track holds no records"),
        "{said}"
    );
    assert!(said.contains("no direct identifiers") && said.contains("new: 1"), "{said}");
    // The same field in two groups is of two persons.
    let two = place.write(
        "two.csv",
        "case,contact-prs_FirstName,victim-prs_FirstName,cas_IncomingReferralDate\nb,Kanarie,Kanariescu,2016-05-31\n",
    );
    place.fails(
        &["import", &two, "--organisation", "shelter", "--htcds-key", "case"],
        "one column, and there are two",
    );
}

#[test]
fn users_roles_and_second_factor_hold_on_the_command_line() {
    let place = Place::furnished();
    place.write("of-stat", "another password");
    place.works(&["user", "add", "stat", "--new-password-file", "of-stat"]);
    place.works(&["user", "grant", "stat", "statistician"]);
    let as_stat = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--user", "stat", "--password-file", "of-stat"]);
        place.run(&all)
    };
    assert!(as_stat(&["histories", "--from", "2016", "--to", "2016", "--out", "h.csv"]).status.success());
    assert!(out(&as_stat(&["lists", "--out", "lists"])).contains("stat may not do this"));
    assert!(out(&as_stat(&["audit", "show"])).contains("needs one of the roles auditor"));
    place.fails(&["status", "--user", "nobody"], "is not correct");
    place.works(&["user", "revoke", "stat", "statistician"]);
    assert!(!as_stat(&["histories", "--from", "2016", "--to", "2016", "--out", "h.csv"]).status.success());
    place.fails(&["user", "grant", "stat", "king"], "no such role");
    // A password for one time, one of one's own, and one that was lost.
    let said = place.works(&["user", "add", "ada", "--organisation", "police"]);
    let once = said.rsplit(' ').next().unwrap().trim();
    place.write("once", once);
    place.write("own", "a password of ada");
    let as_ada = ["--user", "ada", "--password-file"];
    place.works(&[&["user", "password", "--new-password-file", "own"], &as_ada[..], &["once"]].concat());
    place.fails(&[&["status"], &as_ada[..], &["once"]].concat(), "is not correct");
    place.works(&[&["status"], &as_ada[..], &["own"]].concat());
    place.works(&["user", "end-sessions", "ada"]);
    place.works(&["user", "reset-password", "ada"]);
    place.fails(&[&["status"], &as_ada[..], &["own"]].concat(), "is not correct");
    place.fails(&["user", "reset-password", "keeper"], "another administrator");
    place.fails(&["user", "disable", "keeper"], "the last administrator");
    place.fails(&["user", "grant", "ada", "linker", "--organisation", "nowhere"], "no such organisation");
    // A second factor counts once a code of it was seen.
    let said = place.works(&["user", "second-factor"]);
    place.works(&["status"]);
    place.fails(&["user", "second-factor", "--confirm", "12"], "six digits");
    let secret = said.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("x")
        .build()
        .unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    place.works(&["user", "second-factor", "--confirm", &totp.generate(now).to_string()]);
    place.fails(&["status"], "is not correct");
    place.fails(&["init"], "already exists");
}

#[test]
fn records_identities_and_retention_work_from_files() {
    let place = Place::furnished();
    place.works(&["import", &place.write("file.csv", FILE), "--lane", "help"]);
    place.works(&["lists", "--out", "lists"]);
    // The pseudonym of a person is not that of a registration; the audit log names both.
    let log = place.works(&["audit", "show"]);
    assert!(log.lines().count() > 5 && !log.contains("Kanarie"));
    place.fails(&["show", "00"], "32 hexadecimal digits");
    place.fails(&["identity", "show", &"0".repeat(32)], "has been erased");
    let kinds = place.works(&["record", "kinds"]);
    assert!(kinds.contains("suspect      criminal"), "{kinds}");
    let bad = place.write("bad.json", "{\"x\": Kanarie}");
    place.fails(
        &["record", "add", "signal", &bad, "--organisation", "shelter", "--basis", "consent"],
        "line 1",
    );
    let signal = place.write(
        "signal.json",
        "{\"received_on\": \"2026-11-24\", \"channel\": \"phone\", \"narrative\": \"Kanarie\"}",
    );
    let name =
        place.works(&["record", "add", "signal", &signal, "--organisation", "shelter", "--basis", "consent"]);
    let shown = place.works(&["record", "show", "signal", name.trim()]);
    assert!(shown.contains("\"version\": 1") && shown.contains("\"class\": \"special\""), "{shown}");
    let changed = place.write(
        "changed.json",
        "{\"received_on\": \"2026-11-24\", \"channel\": \"phone\", \"triage\": \"reviewed\"}",
    );
    assert!(
        place
            .works(&["record", "change", "signal", name.trim(), &changed, "--version", "1"])
            .contains("Version 2")
    );
    let person = place.works(&["find", "shelter", "1"]);
    let person = person.trim();
    place.fails(&["find", "shelter", "none"], "there is no such case");
    let shown: serde_json::Value = serde_json::from_str(&place.works(&["show", person])).unwrap();
    let registration = shown["registrations"][0]["id"].as_str().unwrap();
    assert_eq!(shown["registrations"][0]["list"], "Z");
    assert!(
        place
            .works(&["correct", registration, "--version", "1", "sex=M", "birth_year=1990"])
            .contains("Version 2")
    );
    place.fails(&["correct", registration, "--version", "1", "sex=F"], "look at version 2");
    assert!(place.works(&["show", person]).contains("\"sex\": \"M\""));
    assert!(place.works(&["identity", "show", person]).contains("Kanarie"));
    for (indicator, answer) in [("no_own_papers", "yes"), ("papers_taken_here", "yes"), ("minor", "no")] {
        let text =
            format!("{{\"indicator\": \"{indicator}\", \"answer\": \"{answer}\", \"source\": \"worker\"}}");
        let file = place.write("observation.json", &text);
        let arguments = [
            "record",
            "add",
            "observation",
            &file,
            "--person",
            person,
            "--organisation",
            "shelter",
            "--basis",
            "consent",
        ];
        place.works(&arguments);
    }
    let assessed = place.works(&[
        "assess",
        person,
        "--facts-on",
        "2016-05-31",
        "--organisation",
        "shelter",
        "--basis",
        "consent",
    ]);
    assert!(assessed.contains("is not a finding") && assessed.contains("Kept as assessment"), "{assessed}");
    assert!(place.works(&["show", person, "--records"]).contains("nl-273f-2013"));
    place.works(&["retention", "set", "help", "12"]);
    // A period counts from the day of receipt at the earliest, which is today, however long ago it happened.
    assert!(place.works(&["retention", "due"]).contains("0 people"));
    assert!(place.works(&["retention", "list"]).contains("0 listed for erasure"));
    assert!(place.works(&["retention", "listed"]).contains("Nothing is listed for erasure"));
    // Who asked for it is listed too, and nobody erases alone.
    let day = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let day = day.checked_add(jiff::Span::new().days(7)).unwrap().to_string();
    assert!(place.works(&["retention", "list", person]).contains(&day));
    let listed = place.works(&["retention", "listed", "--lang", "nl"]);
    assert!(listed.contains(person) && listed.contains("voorgedragen door keeper"), "{listed}");
    place.fails(&["retention", "erase"], "a second records manager");
    place.fails(&["retention", "list", person, "--days", "6"], "7 to 366 days");
    place.works(&["user", "add", "second", "--new-password-file", "password"]);
    place.works(&["user", "grant", "second", "records-manager"]);
    place.fails(&["retention", "erase", "--user", "second"], &format!("cannot be erased before {day}"));
    place.works(&["retention", "keep", person, "--user", "second"]);
    assert!(place.works(&["retention", "erase"]).contains("People erased: 0; single records erased: 0"));
    place.works(&["histories", "--from", "2016", "--to", "2016", "--out", "h.csv"]);
    assert_eq!(std::fs::read_to_string(place.path("h.csv")).unwrap().lines().count(), 4);
    place.works(&["keys", "rotate"]);
    place.works(&["status"]);
}

#[test]
fn copies_open_and_the_audit_log_is_compared_with_a_checkpoint() {
    let place = Place::furnished();
    place.works(&["import", &place.write("file.csv", FILE), "--lane", "help"]);
    let held = place.works(&["audit", "verify"]);
    let words: Vec<&str> = held.split_whitespace().collect();
    let entries = words[words.iter().position(|w| *w == "entries,").unwrap() - 1];
    let hash = words.iter().find(|w| w.len() >= 64).unwrap().trim_end_matches('.');
    place.works(&["audit", "verify", "--entries", entries, "--hash", hash]);
    place.fails(&["audit", "verify", "--entries", entries, "--hash", "00"], "removed or replaced");
    let said = place.works(&["backup", "--out", "copy"]);
    assert!(said.contains("opened there"), "{said}");
    place.fails(&["backup", "--out", "copy"], "already exists");
    place.fails(&["restore", "copy"], "already exists");
    let o = place.run_at("again", &["restore", "copy"]);
    assert!(o.status.success(), "{}", out(&o));
    let o = place.run_at("again", &["status"]);
    assert!(out(&o).contains("2 registration"), "{}", out(&o));
    // Nothing readable in any file.
    for dir in ["register", "copy", "again"] {
        nothing_readable(&place.path(dir));
    }
    // One changed byte and it does not open.
    let path = place.path("again/register.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(!place.run_at("again", &["audit", "verify"]).status.success());
    // Keys without the file are no empty register.
    std::fs::rename(place.path("register/register.db"), place.path("elsewhere")).unwrap();
    place.fails(&["status"], "is missing although the keys are present");
    assert!(!place.path("register/register.db").exists());
    std::fs::rename(place.path("elsewhere"), place.path("register/register.db")).unwrap();
    std::fs::write(place.path("secret"), "another passphrase").unwrap();
    place.fails(&["status"], "cannot open");
}

fn nothing_readable(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"Kanarie" || w == b"shelter"), "{}", path.display());
    }
}
