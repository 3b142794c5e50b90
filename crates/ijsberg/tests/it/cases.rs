//! Lists that went wrong once, as they came in, each with the right answer. They are those of the fuzzing corpus.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::{ijsberg_with, json};

fn corpus(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/linkage_files").join(file)
}

/// The rows of a list, without its header; no cell of these holds a separator.
fn cells(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
}

/// Lists in a folder of their own.
struct Lists(tempfile::TempDir);

impl Lists {
    /// Those of a case, by the names that they have there.
    fn copy_case(case: &str, lists: &[&str]) -> Self {
        let all = Self(tempfile::tempdir().unwrap());
        for list in lists {
            std::fs::copy(corpus(&format!("{case}-{list}.csv")), all.path(&format!("{list}.csv"))).unwrap();
        }
        all
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn link(&self, files: &[&str], more: &[&str]) -> Output {
        let (files, out) = (files.iter().map(|f| self.path(f)).collect::<Vec<_>>(), self.path("out"));
        let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        arguments.extend(["--out", &out, "--lang", "en"]);
        arguments.extend(more);
        ijsberg_with("link", &arguments)
    }

    /// Links them; the least and the most people in 95 of 100 draws, and the number in the middle.
    fn people(&self, files: &[&str], more: &[&str]) -> [f64; 3] {
        let linked = self.link(files, more);
        assert!(linked.status.success(), "{}", out(&linked));
        let found: Value = serde_json::from_str(&self.text("out/link.json")).unwrap();
        let mut persons: Vec<f64> =
            found["persons"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        persons.sort_by(f64::total_cmp);
        [0.025, 0.5, 0.975].map(|share| persons[(share * persons.len() as f64) as usize])
    }

    /// The person of a record, by its list and line.
    fn person(&self, list: &str, line: u64) -> String {
        let line = line.to_string();
        let rows = cells(&self.text("out/linked.csv"));
        rows.iter().find(|r| r[0] == list && r[1] == line).unwrap()[4].clone()
    }

    /// How likely pairs of lines of the lists `a` and `b` are to be one person.
    fn chances(&self, pairs: &[(u64, u64)]) -> Vec<f64> {
        let rows = cells(&self.text("out/pairs.csv"));
        let of = |(a, b): &(u64, u64)| {
            let (a, b) = (a.to_string(), b.to_string());
            let row = rows.iter().find(|r| r[0] == "a" && r[1] == a && r[3] == "b" && r[4] == b);
            row.map_or(0.0, |r| r[7].parse().unwrap())
        };
        pairs.iter().map(of).collect()
    }

    /// Judgements of such pairs, all of them alike.
    fn judged(&self, name: &str, pairs: &[(u64, u64)], same: bool) {
        let mut all = "file_a,line_a,file_b,line_b,same\n".to_owned();
        pairs.iter().for_each(|(a, b)| {
            let _ = writeln!(all, "a,{a},b,{b},{same}");
        });
        self.write(name, &all);
    }
}

/// A command of linking in which somebody answers.
fn answered(arguments: &[&str], answers: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .arg("link")
        .args(arguments)
        .args(["--lang", "en"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    out(&child.wait_with_output().unwrap())
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Two hundred people on each of two lists, a hundred of them on both; one writes years with two digits, day first.
#[test]
fn years_of_two_digits_and_date_cells_of_a_workbook_are_dates() {
    let all = Lists::copy_case("date_2y", &["a", "b"]);
    let [low, middle, high] = all.people(&["a.csv", "b.csv"], &[]);
    assert!((low, middle) == (300.0, 300.0) && high <= 301.0, "{low} {middle} {high}");
    let histories = all.text("out/histories.csv");
    // The same list as a spreadsheet keeps it: a title, a blank row, and numbers that are shown as dates.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let shown = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_string(0, 0, "Register slachtoffers 2025").unwrap();
    let head = ["Voornaam", "Achternaam", "Geboortedatum", "Geslacht", "Nationaliteit", "Woonplaats"];
    for (c, name) in (0_u16..).zip(head) {
        sheet.write_string(2, c, name).unwrap();
    }
    for (r, row) in (3_u32..).zip(cells(&all.text("a.csv"))) {
        for (c, cell) in (0_u16..).zip(&row) {
            if c == 2 {
                let day: jiff::civil::Date = cell.parse().unwrap();
                let serial = day.since(jiff::civil::date(1899, 12, 30)).unwrap().get_days();
                sheet.write_number_with_format(r, c, f64::from(serial), &shown).unwrap();
            } else {
                sheet.write_string(r, c, cell).unwrap();
            }
        }
    }
    book.save(all.path("a.xlsx")).unwrap();
    assert_eq!(all.people(&["a.xlsx", "b.csv"], &[]), [low, middle, high]);
    assert_eq!(all.text("out/histories.csv"), histories);
    // The first record stands on the fourth row, and the line of each record is the row of the sheet.
    let lines: Vec<u64> = cells(&all.text("out/linked.csv"))
        .iter()
        .filter(|r| r[0] == "a")
        .map(|r| r[1].parse().unwrap())
        .collect();
    assert_eq!((lines.first(), lines.last(), lines.len()), (Some(&4), Some(&203), 200));
}

#[test]
fn a_date_in_three_columns_is_read_and_one_that_may_be_another_is_asked() {
    let all = Lists::copy_case("date_2y", &["a", "b"]);
    let expected = all.people(&["a.csv", "b.csv"], &[]);
    let own = cells(&all.text("a.csv"));
    let three = |head: &str, later: u16| {
        let mut text = format!("Voornaam;Achternaam;{head};Geslacht;Nationaliteit;Plaats\n");
        for row in &own {
            let date: Vec<u16> = row[2].split('-').map(|p| p.parse().unwrap()).collect();
            let [y, m, d] = [date[0] + later, date[1], date[2]];
            let _ = writeln!(text, "{};{};{d};{m};{y};{};{};{}", row[0], row[1], row[3], row[4], row[5]);
        }
        text
    };
    for head in ["dag;maand;jaar", "Day;Month;Year", "geboortedag;geboortemaand;geboortejaar"] {
        all.write("a.csv", &three(head, 0));
        assert_eq!(all.people(&["a.csv", "b.csv"], &[]), expected, "{head}");
        let proposed = out(&ijsberg_with("link", &["init", &all.path("a.csv"), "--lang", "en"]));
        let year = head.split(';').next_back().unwrap();
        assert!(proposed.contains(&format!("birth = \"{year}\"")), "{proposed}");
    }
    // Twenty years later they may be notifications: the message gives both readings, with what to write for each.
    let later = three("dag;maand;jaar", 20);
    all.write("a.csv", &later);
    for (language, births, others) in
        [("en", "As the date of birth", "notification"), ("nl", "Als geboortedatum", "melding")]
    {
        let refused = ijsberg_with("link", &[&all.path("a.csv"), &all.path("b.csv"), "--lang", language]);
        let said = out(&refused);
        assert!(!refused.status.success() && said.contains(births) && said.contains(others), "{said}");
        assert!(said.contains("birth_day = \"dag\"") && !said.contains("Kamp"), "{said}");
    }
    let proposed = ijsberg_with("link", &["init", &all.path("a.csv"), "--lang", "en"]);
    let schema = String::from_utf8(proposed.stdout.clone()).unwrap();
    assert!(!schema.contains("jaar") && out(&proposed).contains("birth = \"jaar\""), "{schema}");
    // Who says that they are the date of birth is heard, and who says that they are not too.
    let path = all.path("schema.toml");
    let births = "birth = \"jaar\"\nbirth_month = \"maand\"\nbirth_day = \"dag\"\n";
    all.write("c.csv", &later);
    for (written, told) in [(births, true), ("", false)] {
        all.write("schema.toml", &format!("{written}{schema}"));
        let linked = all.link(&["a.csv", "c.csv"], &["--schema", &path]);
        assert!(linked.status.success(), "{}", out(&linked));
        assert_eq!(out(&linked).contains("month of birth"), told, "{}", out(&linked));
    }
}

#[test]
fn headers_of_offices_are_known_for_each_list_apart() {
    let all = Lists::copy_case("heads", &["a", "b", "c"]);
    let [low, middle, high] = all.people(&["a.csv", "b.csv", "c.csv"], &[]);
    assert!((low, middle) == (400.0, 400.0) && high <= 402.0, "{low} {middle} {high}");
    let files = ["a.csv", "b.csv", "c.csv"].map(|f| all.path(f));
    let proposed = ijsberg_with("link", &["init", &files[0], &files[1], &files[2]]);
    let schema = String::from_utf8(proposed.stdout).unwrap();
    for part in
        ["[file.a]", "[file.b]", "[file.c]", "Roepnaam", "Geb. datum", "M/V", "Country of citizenship"]
    {
        assert!(schema.contains(part), "{part}: {schema}");
    }
}

#[test]
fn words_before_a_family_name_keep_nobody_apart() {
    let all = Lists::copy_case("tussen", &["a", "b"]);
    assert_eq!(all.people(&["a.csv", "b.csv"], &[]), [123.0; 3]);
    // `de Vries`, `van den Berg` and `van 't Hof` on one, `Vries, de`, `Berg` and `Hof` on the other.
    for line in [62, 63, 64] {
        assert_eq!(all.person("a", line), all.person("b", line), "{line}");
    }
}

/// Sixteen pairs that agree in all but the given name were judged to be two people, and sixty others one. There are 632 people on the
/// lists, and 200 on both.
#[test]
fn what_people_judged_holds_in_every_draw_and_the_number_of_people_covers_the_truth() {
    let all = Lists::copy_case("prop", &["a", "b"]);
    let files = ["a.csv", "b.csv"];
    let plain = all.people(&files, &[]);
    let apart: Vec<(u64, u64)> = (2..18).map(|line| (line, line)).collect();
    let together: Vec<(u64, u64)> = (18..78).map(|line| (line + 200, line)).collect();
    // Before anybody reviewed them, they are uncertain: none is one person for certain.
    let doubt = all.chances(&apart);
    assert!(plain[1] < 632.0 && doubt.iter().all(|p| (0.2..0.99).contains(p)), "{plain:?} {doubt:?}");
    // Lines were counted from the header's once, so that the judgements of then name a line on which nobody stands.
    let then = std::fs::read_to_string(corpus("prop-j1.csv")).unwrap();
    all.write("then.csv", &then);
    let refused = all.link(&files, &["--judgements", &all.path("then.csv")]);
    assert!(!refused.status.success() && out(&refused).contains("a, line 1,"), "{}", out(&refused));
    let mut now = then.lines().next().unwrap().to_owned() + "\n";
    for row in cells(&then) {
        let line = |cell: &String| cell.parse::<u64>().unwrap() + 1;
        let _ = writeln!(now, "a,{},b,{},{}", line(&row[1]), line(&row[3]), row[4]);
    }
    all.write("judged.csv", &now);
    let judged = all.path("judged.csv");
    let [low, middle, high] = all.people(&files, &["--judgements", &judged]);
    assert!(low <= 632.0 && 632.0 <= high && high - low < 8.0, "{low} {middle} {high}");
    assert_eq!(all.chances(&apart), [0.0; 16]);
    assert_eq!(all.chances(&together), [1.0; 60]);
    assert!(apart.iter().all(|(a, b)| all.person("a", *a) != all.person("b", *b)));
    assert!(together.iter().all(|(a, b)| all.person("a", *a) == all.person("b", *b)));
    // What an estimate from the true histories says, 416 times 416 over 200, lies in the interval, not far from its middle.
    let histories = all.path("out/histories.csv");
    let a = json(&[&histories, "--methods", "mt", "--json"]);
    let number = |name: &str| a["estimates"][0][name].as_f64().unwrap();
    let truth = 416.0 * 416.0 / 200.0;
    assert!(number("lower") < truth && truth < number("upper"), "{a}");
    assert!((number("n_hat") / truth - 1.0).abs() < 0.03, "{a}");
}

/// Forty pairs of relatives, one on each list: a father and his son, born on the same day of the year, and twins. They are 230 people.
#[test]
fn relatives_are_in_doubt_and_judging_some_of_them_covers_the_truth() {
    let fathers: Vec<(u64, u64)> = (2..42).map(|line| (line, line)).collect();
    let twins: Vec<(u64, u64)> = (2..42).map(|line| (2 * line - 1, line)).collect();
    for (case, pairs) in [("fatherson", fathers), ("twins", twins)] {
        let all = Lists::copy_case(case, &["a", "b"]);
        let files = ["a.csv", "b.csv"];
        all.people(&files, &[]);
        let doubt = all.chances(&pairs);
        assert!(doubt.iter().all(|p| (0.01..0.99).contains(p)), "{case} {doubt:?}");
        all.judged("judged.csv", &pairs[..25], false);
        let [low, middle, high] = all.people(&files, &["--judgements", &all.path("judged.csv")]);
        assert!(low <= 230.0 && 230.0 <= high && high - low < 12.0, "{case} {low} {middle} {high}");
    }
}

#[test]
fn judgements_and_samples_of_other_lists_are_refused() {
    let all = Lists::copy_case("prop", &["a", "b"]);
    let files = ["a.csv", "b.csv"];
    let (a, b, judged, sample) =
        (all.path("a.csv"), all.path("b.csv"), all.path("judged.csv"), all.path("sample.json"));
    let reviewed = answered(&["review", &a, &b, "--judgements", &judged, "--count", "12"], &"n\n".repeat(12));
    assert!(reviewed.contains("12 judgements"), "{reviewed}");
    assert!(all.link(&files, &[]).status.success());
    let linked = all.path("out/linked.csv");
    let resolve = ["resolve", &a, &b, "--linked", &linked, "--resolved", &sample, "--count", "3"];
    let resolved = answered(&resolve, &"\n".repeat(30));
    assert!(resolved.contains("3 groups resolved"), "{resolved}");
    let used = |more: &[&str]| out(&all.link(&files, more));
    let said = used(&["--judgements", &judged, "--resolved", &sample]);
    assert!(said.contains("Judgements used: 12; not used because") && said.contains("record: 0"), "{said}");
    // Somebody else stands on a line now: what was judged of it is not used, and that is counted.
    let rows = cells(&all.text("judged.csv"));
    let (file, line) = (format!("{}.csv", rows[0][0]), rows[0][1].parse::<usize>().unwrap());
    let about = rows
        .iter()
        .filter(|r| {
            (&r[0], &r[1]) == (&rows[0][0], &rows[0][1]) || (&r[2], &r[3]) == (&rows[0][0], &rows[0][1])
        })
        .count();
    let before = all.text(&file);
    let changed: Vec<String> = (1..)
        .zip(before.lines())
        .map(|(n, l)| if n == line { format!("Quirinus{l}") } else { l.to_owned() })
        .collect();
    all.write(&file, &changed.join("\r\n"));
    let said = used(&["--judgements", &judged]);
    assert!(said.contains(&format!("now holds another record: {about};")), "{said}");
    // With one other record the numbers of the sample are of other people.
    let refused = used(&["--resolved", &sample]);
    assert!(refused.contains("a sample of people on other lists"), "{refused}");
    // The lists by one another's names are other lists.
    std::fs::copy(corpus("prop-a.csv"), &b).unwrap();
    std::fs::copy(corpus("prop-b.csv"), &a).unwrap();
    let refused = all.link(&files, &["--judgements", &judged]);
    assert!(!refused.status.success() && out(&refused).contains("about other records"), "{}", out(&refused));
}
