//! Assessment as its users run it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn assess(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .arg("assess")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn out(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

const CASE: &str = "key = \"A-17\"\nfacts_on = \"2016-05-31\"\n[facts]\nhours_a_week = 72\n[answers]\nminor = \"no\"\n\
    papers_taken_here = \"yes\"\nno_own_papers = \"yes\"\nexcessive_hours = \"yes\"\nlow_pay = \"yes\"\n";

/// A page without the ends of its lines.
fn flowing(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_case_is_assessed_in_both_languages_and_as_json() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("case.toml");
    std::fs::write(&path, CASE).unwrap();
    let path = path.to_str().unwrap();
    let page = flowing(&out(&assess(&[path])));
    for part in ["is not a finding", "D4 Exploitation: positive", "72 hours a week", "What to ask next"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("No date of the events"));
    assert!(out(&assess(&[path, "--save", "x"])).contains("cannot be used with"));
    let page = flowing(&out(&assess(&[path, "--lang", "nl"])));
    assert!(page.contains("is geen vaststelling") && page.contains("72 uur per week"), "{page}");
    let json: serde_json::Value = serde_json::from_slice(&assess(&[path, "--json"]).stdout).unwrap();
    assert_eq!(json["is_a_finding_of_fact_or_law"], false);
    assert_eq!(json["law"]["pack"]["id"], "nl-273f-2013");
    assert_eq!(json["rules"][0]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn submissions_of_the_form_are_assessed_and_mistakes_name_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let form = dir.path().join("form.xlsx");
    assert!(assess(&["form", "--out", form.to_str().unwrap()]).status.success());
    let read = out(&assess(&["read-form", form.to_str().unwrap()]));
    assert!(read.starts_with("key\nfacts_on\nminor\nmaybe_minor\n"), "{read}");
    // The form is an instrument again, and as good as the one it came from.
    let rules = dir.path().join("rules");
    assert!(assess(&["rules", "--out", rules.to_str().unwrap()]).status.success());
    let questions = rules.join("questions.toml");
    let read = assess(&["read-form", form.to_str().unwrap(), "--questions", questions.to_str().unwrap()]);
    assert!(read.status.success(), "{}", out(&read));
    let listed = assess(&["rules", "--rules", rules.to_str().unwrap()]);
    assert!(listed.status.success() && out(&listed).contains("family_violence_here"), "{}", out(&listed));
    let csv = dir.path().join("filled.csv");
    std::fs::write(&csv, "key,block_signals/high_debt,low_pay,_uuid\nA,yes,no,1\nB,no,,2\n").unwrap();
    let json: serde_json::Value =
        serde_json::from_slice(&assess(&[csv.to_str().unwrap(), "--json"]).stdout).unwrap();
    assert_eq!((&json[0]["wording"], &json[1]["case"]["key"]), (&"indication".into(), &"B".into()));
    let fails = |name: &str, content: &str, expected: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let o = assess(&[path.to_str().unwrap()]);
        assert!(!o.status.success() && out(&o).contains(expected), "{}", out(&o));
        assert!(!out(&o).contains("Fatima"), "{}", out(&o));
    };
    fails("a.csv", "key,high_debt\nA,yes\nB,Fatima\n", "line 3, column high_debt");
    fails("a.toml", "key = \"A\"\n[answers]\nhigh_debt = \"Fatima\"\n", "line 3");
    fails("b.toml", "[answers]\ndebts = \"yes\"\n", "no question is called debts");
    fails("c.toml", "[facts]\nhours_a_week = 900\n[answers]\n", "hours_a_week is out of range");
    fails("a.json", "{\"answers\": 1}", "is no case");
    // A day to come is refused at every edge, with the field and in the reader's language.
    let later = "facts_on (date of the events): 2999-05-01 is in the future";
    fails("d.toml", "facts_on = \"2999-05-01\"\n[answers]\n", later);
    fails("d.json", "{\"facts_on\": \"2999-05-01\", \"answers\": {}}", later);
    let column = "line 2, column facts_on: 2999-05-01 is in the future";
    fails("d.csv", "key,facts_on,high_debt\nA,2999-05-01,yes\n", column);
    assert!(out(&assess(&["--facts-on", "2999-05-01"])).contains(later));
    let path = dir.path().join("d.toml");
    let o = assess(&[path.to_str().unwrap(), "--lang", "nl"]);
    assert!(
        out(&o).contains("facts_on (datum van de gebeurtenissen): 2999-05-01 ligt in de toekomst"),
        "{}",
        out(&o)
    );
    assert!(out(&assess(&[])).contains("need a terminal"));
}

#[test]
fn changed_instruments_are_used_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let rules = dir.path().to_str().unwrap();
    assert!(assess(&["rules", "--out", rules]).status.success());
    assert!(out(&assess(&["rules", "--rules", rules])).contains("nl-273f-2005"));
    let path = dir.path().join("questions.toml");
    let changed = std::fs::read_to_string(&path).unwrap().replacen("harm = 1", "harm = 9", 1);
    std::fs::write(&path, changed).unwrap();
    let o = assess(&["rules", "--rules", rules]);
    assert!(!o.status.success() && out(&o).contains("minor: harm is 9; expected 1, 2 or 3"), "{}", out(&o));
}

/// On a terminal: two answers, back, one changed, saved under a passphrase, and gone on with.
#[test]
fn questions_are_asked_with_arrow_keys_and_answers_are_saved_encrypted() {
    let dir = tempfile::tempdir().unwrap();
    let saved = dir.path().join("case.ijs");
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "a long passphrase\n").unwrap();
    let run = |keys: &[&str]| {
        let command = format!(
            "{} assess --key A-17 --facts-on 2010-06-01 --save {} --passphrase-file {}",
            env!("CARGO_BIN_EXE_ijsberg"),
            saved.display(),
            secret.display()
        );
        let mut child = Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for key in keys {
            std::thread::sleep(std::time::Duration::from_millis(700));
            stdin.write_all(key.as_bytes()).unwrap();
            stdin.flush().unwrap();
        }
        out(&child.wait_with_output().unwrap())
    };
    let (up, down) = ("\x1b[A", "\x1b[B");
    // Answers start at "not asked", the fourth of seven: down twice is back's neighbour, saving is last.
    let page = run(&[up, up, "\r", down, down, "\r", up, "\r", down, down, down, "\r"]);
    assert!(page.contains("Saved, encrypted"), "{page}");
    let sealed = std::fs::read(&saved).unwrap();
    assert!(!sealed.windows(5).any(|w| w == b"minor"));
    let plain = ijsberg_crypto::open("a long passphrase", &sealed, b"case").unwrap();
    let case: serde_json::Value = serde_json::from_slice(&plain).unwrap();
    assert_eq!(case["answers"]["minor"], "yes", "{case}");
    assert_eq!((&case["key"], &case["facts_on"]), (&"A-17".into(), &"2010-06-01".into()));
    // It goes on where it stopped.
    let page = run(&[down, down, down, "\r"]);
    assert!(page.contains("(2 of "), "{page}");
}
