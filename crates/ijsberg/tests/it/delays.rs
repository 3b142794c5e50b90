//! Preliminary and final counts, at the command line.

use std::fmt::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::place::Place;

fn delays(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("delays").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// How many of a month are registered after 0, 1 and 2 months.
const SPLIT: [u64; 3] = [30, 15, 5];

/// 30 months from January 2014, as far as they are registered at the end of June 2016: counts that differ a little by month.
fn counts() -> String {
    let mut table = "month,delay,count\n".to_owned();
    for i in 0..30 {
        for (delay, n) in SPLIT.iter().enumerate().filter(|(delay, _)| i + delay < 30) {
            let n = n + (i as u64 * 7 + delay as u64 * 3) % 4;
            let _ = writeln!(table, "{}-{:02},{delay},{n}", 2014 + i / 12, 1 + i % 12);
        }
    }
    table
}

/// The same with a row and two dates for each registration.
fn dates() -> String {
    let mut table = "id,date,entered\n".to_owned();
    for line in counts().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (year, month): (usize, usize) = (cells[0][..4].parse().unwrap(), cells[0][5..].parse().unwrap());
        let at = 12 * year + month - 1 + cells[1].parse::<usize>().unwrap();
        for i in 0..cells[2].parse::<usize>().unwrap() {
            let _ = writeln!(table, "{i},{}-{:02},{}-{:02}-09", cells[0], 1 + i % 28, at / 12, 1 + at % 12);
        }
    }
    table
}

#[test]
fn open_months_are_completed_and_their_error_is_measured() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str, table: String| {
        std::fs::write(dir.path().join(name), table).unwrap();
        dir.path().join(name).to_str().unwrap().to_owned()
    };
    let (counts, dates) = (path("counts.csv", counts()), path("dates.csv", dates()));
    let usual = ["--most", "2", "--replicates", "300"];
    let dutch = said(&delays(&[&[counts.as_str(), "--lang", "nl"], &usual[..]].concat()));
    for part in
        ["2016 (6 maanden)", "juni 2016", "voorlopig", "definitief", "Gemeten fout", "voor intern gebruik"]
    {
        assert!(dutch.contains(part), "{part}: {dutch}");
    }
    assert!(dutch.lines().all(|l| l.chars().count() <= 80), "{dutch}");

    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&said(&delays(&[arguments, &usual[..], &["--json"]].concat()))).unwrap()
    };
    let a = json(&[&counts]);
    let b = json(&[&dates, "--happened", "date", "--registered", "entered"]);
    assert_eq!(a["delays"], b["delays"], "counts and dates are read alike");
    let d = &a["delays"];
    let months = d["months"].as_array().unwrap();
    assert_eq!(
        (months.len(), &months[0]["month"], &months[29]["month"]),
        (30, &"2014-01".into(), &"2016-06".into())
    );
    assert_eq!(months.iter().filter(|m| m["final"] == false).count(), 2);
    let last = &months[29];
    let number = |key: &str| last[key].as_f64().unwrap();
    assert!((48.0..62.0).contains(&number("expected")) && number("registered") < 34.0, "{last}");
    assert!(number("lower") < number("expected") && number("expected") < number("upper"), "{last}");
    let years: Vec<_> = d["years"].as_array().unwrap().iter().map(|y| y["final"].as_bool()).collect();
    assert_eq!(years, [Some(true), Some(true), Some(false)]);
    let measured = &d["measured"];
    let (figures, covered) = (measured["figures"].as_u64().unwrap(), measured["covered"].as_u64().unwrap());
    assert!(figures >= 40 && covered * 10 >= figures * 9, "{measured}");
    assert!(measured["mean_absolute_error"].as_f64() < measured["registered_short"].as_f64(), "{measured}");
    assert!(d["mack"]["total_se"].as_f64().unwrap() > 0.0);
    // A month earlier less is known, and later months are not read.
    let earlier = json(&[&counts, "--until", "2016-05"]);
    let month = &earlier["delays"]["months"][28];
    assert!(month["registered"].as_u64() < months[28]["registered"].as_u64(), "{month}");
    assert!(earlier["delays"]["left_out"]["after"].as_u64().unwrap() > 0);
}

#[test]
fn what_cannot_be_completed_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.csv");
    let short = "month,delay,count\n2016-01,0,5\n2016-02,0,5\n";
    for (table, arguments, english, dutch) in [
        (short, &["--most", "12"][..], "2 months of registrations", "2 maanden met registraties"),
        (short, &["--most", "0"][..], "--most 0: expected", "--most 0: verwacht"),
        (short, &["--level", "2"][..], "--level 2", "--level 2"),
        (short, &["--replicates", "5"][..], "--replicates 5: expected", "--replicates 5: verwacht"),
        (short, &["--until", "May"][..], "--until May: expected a month", "--until May: verwacht een maand"),
        ("a,b\n1,2\n", &[][..], "no column happened", "geen kolom happened"),
        ("month,delay,count\n2016-01,x,5\n", &[][..], "line 2, column delay", "regel 2, kolom delay"),
    ] {
        std::fs::write(&file, table).unwrap();
        for (language, says) in [("en", english), ("nl", dutch)] {
            let usual = [file.to_str().unwrap(), "--lang", language];
            let output = delays(&[&usual[..], arguments].concat());
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{error}");
            assert!(error.contains(says), "{says}: {error}");
        }
    }
}

/// A register keeps both dates; what was imported this month is of a month that is not over.
#[test]
fn a_register_is_read_by_both_of_its_dates() {
    let place = Place::furnished();
    let mut file = "organisation,case,date,sex,minor,nationality,form,sector,region\n".to_owned();
    for i in 0..20 {
        let _ = writeln!(file, "shelter,{i},2016-03-0{},F,no,RO,LABOUR,C,UT", 1 + i % 9);
    }
    std::fs::write(place.path("file.csv"), file).unwrap();
    place.works(&["import", "file.csv", "--lane", "statistics"]);
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .args(["delays", "--from", "register", "--at", "register", "--passphrase-file", "secret"])
            .args(["--password-file", "password", "--lang", "en"])
            .args(more)
            .current_dir(place.path("."))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let open = run(&[]);
    let error = String::from_utf8_lossy(&open.stderr).into_owned();
    assert!(open.status.code() == Some(2) && error.contains("0 months of registrations"), "{error}");
    // All were registered years later, so they are in no figure: 2016 is before the first registration.
    let since = run(&["--since", "2016-01", "--most", "1"]);
    let error = String::from_utf8_lossy(&since.stderr).into_owned();
    assert!(since.status.code() == Some(2) && error.contains("no registrations to count"), "{error}");
}
