//! Tables that may be published.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::with_key;

fn ijsberg(dir: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).current_dir(dir).args(arguments).output().unwrap()
}

fn out(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

const DUTCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-2010-2015.csv");

const BRITISH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/united-kingdom-2013-five-lists.csv");

/// Rows of a table, without the line on its columns and the header.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|l| !l.starts_with('#')).skip(1)
}

fn counts(table: &str) -> Vec<u64> {
    rows(table).map(|l| l.rsplit(',').next().unwrap().parse().unwrap()).collect()
}

/// Of whatever key is made.
#[test]
fn the_same_table_gets_the_same_noise_and_small_counts_never_appear() {
    let dir = tempfile::tempdir().unwrap();
    let protect = |key: &str, to: &str| {
        let o = ijsberg(dir.path(), &["protect", DUTCH, "--key-file", key, "--out", to]);
        assert!(o.status.success(), "{}", out(&o));
        (out(&o), std::fs::read_to_string(dir.path().join(to).join("protected.csv")).unwrap())
    };
    let (said, first) = protect("key", "a");
    assert!(said.contains("A key was made"), "{said}");
    let (said, again) = protect("key", "b");
    assert!(!said.contains("A key was made"));
    assert_eq!(first, again);
    assert_ne!(first, protect("other", "c").1);
    let exact = std::fs::read_to_string(DUTCH).unwrap();
    assert!(counts(&exact).iter().any(|c| *c < 3) && counts(&first).iter().all(|c| *c > 2));
    let rounded = std::fs::read_to_string(dir.path().join("a/rounded.csv")).unwrap();
    assert!(counts(&rounded).iter().all(|c| c.is_multiple_of(5)));
}

#[test]
fn a_protected_table_is_close_and_its_remaining_risks_are_printed() {
    let dir = with_key();
    let o = ijsberg(dir.path(), &["protect", DUTCH, "--key-file", "key", "--out", "a"]);
    assert!(o.status.success() && out(&o).contains("I·O"), "{}", out(&o));
    let sum = |path: &std::path::Path| counts(&std::fs::read_to_string(path).unwrap()).iter().sum::<u64>();
    let off = sum(&dir.path().join("a/protected.csv")).abs_diff(sum(DUTCH.as_ref()));
    assert!(off < 40, "{off}");
}

/// What is estimated from a protected table lies around what the exact one gives: here with a standard deviation of 3 to 4%.
#[test]
fn noise_moves_an_estimate_little_and_no_way_in_particular() {
    let dir = tempfile::tempdir().unwrap();
    let independence = |table: &str| -> f64 {
        let how = ["--methods", "loglinear.independence", "--replicates", "0", "--json"];
        let o = ijsberg(dir.path(), &[&["estimate", table], &how[..]].concat());
        let json: serde_json::Value =
            serde_json::from_slice(&o.stdout).unwrap_or_else(|_| panic!("{}", out(&o)));
        json["estimates"][0]["n_hat"].as_f64().unwrap()
    };
    let exact = independence(BRITISH);
    let of = |k: u32| {
        let key = format!("key{k}");
        std::fs::write(dir.path().join(&key), format!("{k:064x}")).unwrap();
        let o = ijsberg(dir.path(), &["protect", BRITISH, "--key-file", &key, "--out", &k.to_string()]);
        assert!(o.status.success(), "{}", out(&o));
        independence(&format!("{k}/protected.csv")) / exact
    };
    let ratios: Vec<f64> = (0..20).map(of).collect();
    let mean = ratios.iter().sum::<f64>() / 20.0;
    assert!(ratios.iter().all(|r| (0.88..1.12).contains(r)) && (0.97..1.03).contains(&mean), "{ratios:?}");
}

#[test]
fn a_table_that_discloses_too_much_is_not_written() {
    let dir = with_key();
    std::fs::write(dir.path().join("small.csv"), "A,B,count\n1,0,40\n0,1,30\n1,1,4\n").unwrap();
    let o = ijsberg(dir.path(), &["protect", "small.csv", "--key-file", "key", "--out", "a", "--lang", "nl"]);
    assert!(!o.status.success() && out(&o).contains("minder dan 10 personen"), "{}", out(&o));
    assert!(!dir.path().join("a").exists());
    let draws = "# ijsberg-table v1; lists=A,B; count=count; draw=draw\ndraw,A,B,count\n1,1,0,40\n1,1,1,30\n2,1,0,41\n2,1,1,29\n";
    std::fs::write(dir.path().join("draws.csv"), draws).unwrap();
    let o = ijsberg(dir.path(), &["protect", "draws.csv", "--key-file", "key", "--out", "a"]);
    assert!(out(&o).contains("contains draws of a linkage"), "{}", out(&o));
    // Any other file is no key: a table, a short one, a line of words.
    std::fs::write(dir.path().join("short"), "abc").unwrap();
    std::fs::write(
        dir.path().join("words"),
        "a passphrase is no key, however long it is, nor is it of this program",
    )
    .unwrap();
    for no_key in ["short", "words", "small.csv"] {
        let of = ["protect", DUTCH, "--key-file", no_key, "--out", "a"];
        let o = ijsberg(dir.path(), &of);
        assert!(!o.status.success() && out(&o).contains("is not a key of ijsberg"), "{}", out(&o));
        let o = ijsberg(dir.path(), &[&of[..], &["--epsilon", "1", "--lang", "nl"]].concat());
        assert!(!o.status.success() && out(&o).contains("is geen sleutel van ijsberg"), "{}", out(&o));
        assert!(!dir.path().join("a").exists());
    }
    // What is an own key stays one when an editor ends its line.
    let key = std::fs::read_to_string(dir.path().join("key")).unwrap();
    std::fs::write(dir.path().join("edited"), key + "\n").unwrap();
    let o = ijsberg(dir.path(), &["protect", DUTCH, "--key-file", "edited", "--out", "edited-out"]);
    assert!(o.status.success(), "{}", out(&o));
    let o = ijsberg(dir.path(), &["protect", DUTCH, "--key-file", "key", "--out", "a", "--variance", "0.5"]);
    assert!(out(&o).contains("a variance of 0.5 is not possible"), "{}", out(&o));
    // What is left out is named.
    let with = "A,B,sex,count\n1,0,f,400\n0,1,m,300\n1,1,f,90\n";
    std::fs::write(dir.path().join("with.csv"), with).unwrap();
    let o = ijsberg(dir.path(), &["protect", "with.csv", "--key-file", "key", "--out", "b"]);
    assert!(o.status.success() && out(&o).contains("for lists alone are protected: sex"), "{}", out(&o));
}

/// All histories with noise, an estimate that knows it, and synthetic microdata.
#[test]
fn a_table_can_be_differentially_private() {
    let dir = with_key();
    let synthetic = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-synthetic.csv");
    let private = |to: &str, more: &[&str]| {
        let of = ["protect", synthetic, "--key-file", "key", "--out", to, "--epsilon", "1"];
        let what = ["--lists", "I,K,O,P,R,Z", "--ignore", "year,sex,age,nationality,form,source"];
        let o = ijsberg(dir.path(), &[&of[..], &what, more].concat());
        assert!(o.status.success(), "{}", out(&o));
        (out(&o), std::fs::read_to_string(dir.path().join(to).join("private.csv")).unwrap())
    };
    let (said, table) = private("a", &[]);
    assert!(said.contains("epsilon is 1") && said.contains("people ("), "{said}");
    let counts: Vec<i64> = rows(&table).map(|l| l.rsplit(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(counts.len(), 63);
    assert!(counts.iter().any(|c| *c < 0) && counts.iter().sum::<i64>().abs_diff(8234) < 100);
    assert_eq!(private("b", &[]).1, table);
    let json = std::fs::read_to_string(dir.path().join("a/private.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let of = |name: &str| json[name].as_f64().unwrap();
    assert!(of("lower") < of("n_hat") && of("n_hat") < of("upper") && of("seen") > 8000.0, "{json}");
    // Nine on both lists or ten, or nobody: a person more or less does not decide whether there is a table, nor what is in it.
    let small = |rows: &str, to: &str, more: &[&str]| {
        std::fs::write(dir.path().join("small.csv"), format!("A,B,count\n{rows}")).unwrap();
        let of = ["protect", "small.csv", "--key-file", "key", "--out", to, "--epsilon", "0.5"];
        let o = ijsberg(dir.path(), &[&of[..], &["--lists", "A,B", "--count", "count"], more].concat());
        assert!(o.status.success(), "{}", out(&o));
        (out(&o), std::fs::read_to_string(dir.path().join(to).join("private.csv")).unwrap())
    };
    let nine = small("1,0,50\n0,1,60\n1,1,9\n", "c9", &[]).1;
    let others = [("1,0,50\n0,1,60\n1,1,10\n", "c10"), ("", "c0")];
    for (rows_of, to) in others {
        let (said, again) = small(rows_of, to, &[]);
        assert!(again == nine && said.contains("the figures of the earlier release “small.csv”"), "{said}");
    }
    let nobody = small("", "nobody", &["--release", "of nobody"]).1;
    assert_eq!(rows(&nobody).count(), rows(&nine).count());
    small("1,0,50\n0,1,60\n1,1,9\n", "once more", &[]);
    // The total privacy loss is kept beside the key, whatever key that is, and is refused beyond the budget.
    let again = |k: usize| {
        let key = format!("key of run {k}");
        std::fs::write(dir.path().join(&key), format!("{k:064x}")).unwrap();
        let of = ["protect", "small.csv", "--key-file", &key, "--out", "e", "--epsilon", "1", "--lang", "nl"];
        let o = ijsberg(dir.path(), &[&of[..], &["--lists", "A,B", "--count", "count"]].concat());
        assert!(o.status.success() || out(&o).contains("is toegestaan (--budget)"), "{}", out(&o));
        o.status.success()
    };
    assert_eq!((0..40).filter(|k| again(*k)).count(), 2);
    std::fs::remove_file(dir.path().join("epsilon.json")).unwrap();
    let o =
        ijsberg(dir.path(), &["protect", "small.csv", "--key-file", "key", "--out", "f", "--epsilon", "0"]);
    assert!(out(&o).contains("0.001 to 20"), "{}", out(&o));
    // Covariates of few levels.
    let rows = (0..600).map(|i| format!("{},{},{}\n", 1, i % 3 / 2, if i % 4 == 0 { "M" } else { "F" }));
    let more = (0..300).map(|i| format!("0,1,{}\n", if i % 2 == 0 { "M" } else { "F" }));
    let two = rows.chain(more).fold("A,B,sex\n".to_owned(), |all, row| all + &row);
    std::fs::write(dir.path().join("two.csv"), two).unwrap();
    std::fs::write(dir.path().join("levels.csv"), "column,level\nsex,F\nsex,M\n").unwrap();
    let declared = ["--lists", "A,B", "--levels", "levels.csv"];
    let of = ["protect", "two.csv", "--key-file", "key", "--out", "d", "--epsilon", "2", "--microdata"];
    let o = ijsberg(dir.path(), &[&of[..], &declared].concat());
    assert!(o.status.success() && out(&o).contains("Synthetic microdata: "), "{}", out(&o));
    let made = std::fs::read_to_string(dir.path().join("d/synthetic-microdata.csv")).unwrap();
    let (roles, rows) = made.split_once('\n').unwrap();
    assert_eq!(roles, "# ijsberg-table v1; lists=A,B; covariates=sex");
    assert!(
        rows.starts_with("A,B,sex\n") && rows.lines().count().abs_diff(901) < 120,
        "{}",
        rows.lines().count()
    );
    // Microdata of many alike beside the synthetic ones; the utility of both is printed, and reveals nothing more.
    let both = ["--epsilon", "1.5", "--microdata", "--k-anonymous", "--lang", "nl"];
    let o = ijsberg(
        dir.path(),
        &[&["protect", "two.csv", "--key-file", "key", "--out", "k"][..], &both, &declared].concat(),
    );
    let said = out(&o);
    assert!(o.status.success() && said.contains("komt 11 keer of vaker voor"), "{said}");
    assert!(
        said.contains("Synthetische microdata, naast") && said.contains("naast dezelfde aantallen"),
        "{said}"
    );
    let many = std::fs::read_to_string(dir.path().join("k/microdata-k11.csv")).unwrap();
    assert!(many.starts_with("sex,count\n") && counts_of(&many).iter().all(|c| *c >= 11), "{many}");
    assert!(counts_of(&many).iter().sum::<u64>().abs_diff(900) < 40, "{many}");
    let json = std::fs::read_to_string(dir.path().join("k/private.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    for of in ["synthetic", "k_anonymous"] {
        let off = json["utility"][of]["off_by_one_covariate"].as_f64().unwrap();
        assert!((0.0..0.2).contains(&off), "{json}");
    }
    assert!((json["epsilon_of_this_table"].as_f64().unwrap() - 0.5).abs() < 1e-12);
}

/// With differential privacy nothing is inferred from the values of a table.
#[test]
fn what_was_not_declared_is_asked_for() {
    let dir = with_key();
    std::fs::write(dir.path().join("t.csv"), "A,B,sex,count\n1,0,F,50\n0,1,M,60\n1,1,F,30\n").unwrap();
    std::fs::write(dir.path().join("other.csv"), "column,level\nage,minor\n").unwrap();
    let refused = |more: &[&str], why: &str| {
        let of = ["protect", "t.csv", "--key-file", "key", "--out", "a", "--epsilon", "1"];
        let o = ijsberg(dir.path(), &[&of, more].concat());
        assert!(!o.status.success() && out(&o).contains(why), "{more:?}: {}", out(&o));
        assert!(!dir.path().join("a").exists() && !dir.path().join("epsilon.json").exists());
    };
    refused(&[], "--lists A,B");
    refused(&["--lists", "A,B"], "column “sex”");
    refused(&["--lists", "A,B", "--ignore", "sex", "--lang", "nl"], "wat kolom “count” is");
    refused(&["--lists", "A,B", "--count", "count", "--levels", "other.csv"], "no column “age”");
    refused(
        &["--lists", "A,sex", "--count", "count", "--ignore", "B"],
        "line 2, column sex: expected 0 or 1",
    );
    refused(&["--lists", "A,B", "--microdata"], "--levels");
    // What the program's own tables say of lists and counts follows from who is in them.
    let own = "# ijsberg-table v1; lists=A,B; covariates=sex; count=count\nA,B,sex,count\n1,0,F,5\n0,1,M,6\n";
    std::fs::write(dir.path().join("t.csv"), own).unwrap();
    refused(&[], "name all lists, at least two, such as --lists A,B, and include lists without people");
    refused(&["--lang", "nl"], "noem alle lijsten");
    refused(&["--lists", "A,B"], "column “count”");
    refused(&["--lists", "A,B", "--lang", "nl"], "wat kolom “count” is");
    let of = ["protect", "t.csv", "--key-file", "key", "--out", "a", "--epsilon", "1"];
    let o = ijsberg(dir.path(), &[&of[..], &["--lists", "A,B", "--count", "count"]].concat());
    assert!(o.status.success(), "{}", out(&o));
}

/// A register writes only lists with a registration. The first person on one adds its column, and nothing to what is published.
#[test]
fn the_first_person_on_a_list_changes_neither_columns_nor_rows() {
    let dir = with_key();
    let protect = |lists: &str, rows_of: &str, of: &str| {
        let table = format!("# ijsberg-table v1; lists={lists}; covariates=sex\n{lists},sex\n{rows_of}");
        std::fs::write(dir.path().join("t.csv"), table).unwrap();
        let how = ["protect", "t.csv", "--key-file", "key", "--epsilon", "1", "--lists", "FAIRWORK,KMAR,NP"];
        let o = ijsberg(dir.path(), &[&how[..], &["--out", of, "--release", of]].concat());
        assert!(o.status.success(), "{}", out(&o));
        let table = std::fs::read_to_string(dir.path().join(of).join("private.csv")).unwrap();
        table.lines().map(|l| l.rsplit_once(',').map_or(l, |l| l.0).to_owned()).collect::<Vec<String>>()
    };
    let without = protect("KMAR,NP", "1,0,F\n0,1,M\n1,1,F\n", "without");
    let with = protect("FAIRWORK,KMAR,NP", "0,1,0,F\n0,0,1,M\n0,1,1,F\n1,0,0,M\n", "with");
    assert_eq!(without, with);
    assert!(without.len() == 9 && without[1] == "FAIRWORK,KMAR,NP", "{without:?}");
    // A list that is not declared is asked for, and not added.
    let of = ["protect", "t.csv", "--key-file", "key", "--epsilon", "1", "--out", "a", "--lists", "KMAR,NP"];
    let o = ijsberg(dir.path(), &of);
    assert!(!o.status.success() && out(&o).contains("column “FAIRWORK”"), "{}", out(&o));
}

/// One of two releases at a time waits for what the other spends.
#[test]
fn a_release_waits_for_the_record_of_epsilon() {
    let dir = with_key();
    std::fs::write(dir.path().join("t.csv"), "A,B,count\n1,0,50\n0,1,60\n1,1,30\n").unwrap();
    let lock = std::fs::File::create(dir.path().join("epsilon.lock")).unwrap();
    lock.lock().unwrap();
    let mut second = Command::new(env!("CARGO_BIN_EXE_ijsberg"));
    second.current_dir(dir.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    second.args(["protect", "t.csv", "--key-file", "key", "--out", "a", "--epsilon", "1"]);
    let mut second = second.args(["--lists", "A,B", "--count", "count"]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let waits = second.try_wait().unwrap().is_none();
    let spent = r#"{"spent":[{"release":"of another","thousandths":4000}]}"#;
    std::fs::write(dir.path().join("epsilon.json"), spent).unwrap();
    drop(lock);
    let o = second.wait_with_output().unwrap();
    assert!(waits && !o.status.success(), "{}", out(&o));
    assert!(out(&o).contains("This release would bring the total epsilon to"), "{}", out(&o));
    assert_eq!(std::fs::read_to_string(dir.path().join("epsilon.json")).unwrap(), spent);
}

#[test]
fn counts_that_nobody_can_have_cost_no_epsilon() {
    let dir = with_key();
    std::fs::write(dir.path().join("levels.csv"), "column,level\nsex,F\nsex,M\n").unwrap();
    let refused = |count: &str, lang: &str, why: &str| {
        std::fs::write(dir.path().join("t.csv"), format!("A,B,sex,count\n1,1,F,{count}\n")).unwrap();
        let of = ["protect", "t.csv", "--key-file", "key", "--out", "a", "--epsilon", "1", "--microdata"];
        let what = ["--lists", "A,B", "--count", "count", "--levels", "levels.csv", "--lang", lang];
        let o = ijsberg(dir.path(), &[&of[..], &what].concat());
        assert!(!o.status.success() && out(&o).contains(why), "{count}: {}", out(&o));
        assert!(!dir.path().join("a").exists() && !dir.path().join("epsilon.json").exists());
    };
    refused("9007199254740992", "en", "the counts add up to more than 2^53");
    refused("9007199254740992", "nl", "de aantallen tellen op tot meer dan 2^53");
    refused("6000000", "en", "more than 5,000,000 rows");
    refused("6000000", "nl", "meer dan 5.000.000 rijen");
}

/// What decides is what is published, which may be a table that was published before.
#[test]
fn a_table_is_repeated_though_few_are_left_on_two_lists() {
    let dir = with_key();
    let protect = |both: u64, to: &str| {
        let table = format!("A,B,count\n1,0,400\n0,1,300\n1,1,{both}\n");
        std::fs::write(dir.path().join("t.csv"), table).unwrap();
        let o = ijsberg(dir.path(), &["protect", "t.csv", "--key-file", "key", "--out", to]);
        assert!(o.status.success(), "{both}: {}", out(&o));
        (out(&o), std::fs::read_to_string(dir.path().join(to).join("protected.csv")).unwrap())
    };
    let first = protect(15, "first").1;
    let (said, again) = protect(8, "again");
    assert!(again == first && said.contains("7 people were added or removed"), "{said}");
}

/// Counts of a file without a line on its columns.
fn counts_of(table: &str) -> Vec<u64> {
    table.lines().skip(1).map(|l| l.rsplit(',').next().unwrap().parse().unwrap()).collect()
}
