//! Lists as offices keep them: the same persons in many spellings are the same persons, and columns that are not read are reported.

#![allow(clippy::format_push_string, clippy::format_collect, reason = "tables of tests")]

use std::collections::{BTreeMap, BTreeSet};

use crate::ijsberg_with;

struct Person {
    given: String,
    particle: &'static str,
    family: String,
    day: (u16, usize, u16),
    man: bool,
}

fn persons() -> Vec<Person> {
    let given = ["Anna", "Bram", "Chloé", "Dirk", "Emma", "Frits", "Greet", "Hugo", "Iris", "Joost", "Karin"];
    let family = [
        "Jansen", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Peters", "Hendriks",
        "Dekker", "Brouwer", "Dijkstra",
    ];
    let of = |i: usize| Person {
        given: given[i % 11].to_owned(),
        particle: ["", "van", "de", ""][i % 4],
        family: family[i % 13].to_owned(),
        day: (1 + (i as u16 * 7) % 28, 1 + i % 12, 1960 + (i as u16 * 5) % 45),
        man: i % 2 == 1,
    };
    (0..60).map(of).collect()
}

impl Person {
    fn family(&self) -> String {
        format!("{} {}", self.particle, self.family).trim().to_owned()
    }

    /// As a spreadsheet stores the day: days since the end of 1899.
    fn serial(&self) -> i64 {
        let (d, m, y) = self.day;
        let day = jiff::civil::date(y as i16, m as i8, d as i8);
        i64::from(day.since(jiff::civil::date(1899, 12, 30)).unwrap().get_days())
    }

    fn spelled(&self, how: usize) -> String {
        let (d, m, y) = self.day;
        let dutch = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];
        let french = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        let (given, family) = (&self.given, self.family());
        match how {
            0 => format!("{given},{family},{y}-{m:02}-{d:02},{}", if self.man { "m" } else { "f" }),
            1 => format!(
                "\"{}, {given}{}\";{d:02}-{m:02}-{y};{}",
                self.family,
                if self.particle.is_empty() { String::new() } else { format!(" {}", self.particle) },
                if self.man { "M" } else { "V" }
            ),
            2 => format!(
                "{given} {family}\t{d} {} {:02}\t{}",
                dutch[m - 1],
                y % 100,
                if self.man { "man" } else { "vrouw" }
            ),
            3 => format!(
                "{given},{},{},{y},{m},{d},{}",
                self.particle,
                self.family,
                if self.man { 1 } else { 2 }
            ),
            4 => format!("{given};{family};{};{}", self.serial(), if self.man { "homme" } else { "femme" }),
            _ => format!(
                "{given};{family};{d} {} {y};{}",
                french[m - 1],
                if self.man { "dhr" } else { "mevr" }
            ),
        }
    }
}

const HEADS: [(&str, &str); 6] = [
    ("first,last,dob,sex", "\n"),
    ("Naam;Geboortedatum;Geslacht", "\r\n"),
    ("Volledige naam\tGeb.datum\tm/v", "\n"),
    ("Voornaam,Tussenvoegsel,Achternaam,Geboortejaar,Geboortemaand,Geboortedag,Geslacht", "\r\n"),
    ("prénom;nom de famille;né le;sexe", "\r"),
    ("Voornamen;Achternaam;geboren;gesl.", "\n"),
];

fn out(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn six_lists_in_six_spellings_hold_the_same_persons() {
    let dir = tempfile::tempdir().unwrap();
    let all = persons();
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut files = Vec::new();
    for (how, (head, end)) in HEADS.iter().enumerate() {
        let mut rows = vec![(*head).to_owned()];
        rows.extend(all.iter().map(|p| p.spelled(how)));
        let file = dir.path().join(format!("{}.csv", names[how]));
        std::fs::write(&file, rows.join(end)).unwrap();
        files.push(file.to_str().unwrap().to_owned());
    }
    let folder = dir.path().join("out");
    let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    arguments.extend(["--out", folder.to_str().unwrap(), "--draws", "4"]);
    let linked = ijsberg_with("link", &arguments);
    assert!(linked.status.success(), "{}", out(&linked));
    assert!(!out(&linked).contains("Not recognised"), "{}", out(&linked));
    // Line 2 is the first person on every list, whatever ends the lines.
    let mut of_line = BTreeMap::<u64, BTreeSet<String>>::new();
    let table = std::fs::read_to_string(folder.join("linked.csv")).unwrap();
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        of_line.entry(cells[1].parse().unwrap()).or_default().insert(cells[4].to_owned());
    }
    assert_eq!((of_line.len(), of_line.keys().min(), of_line.keys().max()), (60, Some(&2), Some(&61)));
    let whole = of_line.values().filter(|persons| persons.len() == 1).count();
    assert!(whole >= 58, "{whole} of 60 persons are one on all six lists");
}

#[test]
fn lines_are_those_of_an_editor_also_below_a_cell_of_several_lines() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let all = persons();
    let mut text = "dossiernummer,Voornaam,Achternaam,Geboortedatum,toelichting\r\n".to_owned();
    let mut lines = Vec::new();
    for (i, p) in all.iter().enumerate() {
        lines.push(text.matches('\n').count() as u64 + 1);
        let (d, m, y) = p.day;
        let note = if i % 3 == 0 { "\"twee\r\nregels\"" } else { "een" };
        text += &format!("D{i},{},{},{d}-{m}-{y},{note}\r\n", p.given, p.family());
    }
    std::fs::write(path("a.csv"), &text).unwrap();
    std::fs::write(path("b.csv"), text.replace('D', "E")).unwrap();
    let linked =
        ijsberg_with("link", &[&path("a.csv"), &path("b.csv"), "--out", &path("out"), "--draws", "2"]);
    assert!(linked.status.success(), "{}", out(&linked));
    assert!(out(&linked).contains("Not recognised in a, and not used: toelichting"), "{}", out(&linked));
    let table = std::fs::read_to_string(path("out/linked.csv")).unwrap();
    for (i, line) in lines.iter().enumerate() {
        assert!(table.contains(&format!("a,{line},a,D{i},")), "{i} {line} in {table}");
    }
    // An error names that line too.
    let wrong = text.replace(&format!("D40,{}", all[40].given), &format!("D40,{},x,y,z", all[40].given));
    std::fs::write(path("b.csv"), wrong).unwrap();
    let refused = out(&ijsberg_with("link", &[&path("a.csv"), &path("b.csv")]));
    assert!(refused.contains(&format!("b, line {}: found", lines[40])), "{refused}");
}

#[test]
fn what_is_not_recognised_is_said_and_what_to_write() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("odd.csv"), "kol1,kol2,kol3\n1,2,3\n4,5,6\n").unwrap();
    for (language, nothing) in [("en", "Nothing is recognised in odd"), ("nl", "In odd is niets herkend")] {
        let proposed = out(&ijsberg_with("link", &["init", &path("odd.csv"), "--lang", language]));
        assert!(proposed.contains(nothing) && proposed.contains("kol1, kol2, kol3"), "{proposed}");
        assert!(proposed.contains("given = ["), "{proposed}");
        let refused = ijsberg_with("link", &[&path("odd.csv"), &path("odd.csv"), "--lang", language]);
        assert!(!refused.status.success());
    }
    std::fs::write(path("some.csv"), "first,last,gebdt\nAn,Bos,1990\nBo,Vos,1991\n").unwrap();
    let proposed = out(&ijsberg_with("link", &["init", &path("some.csv")]));
    assert!(proposed.contains("Not recognised in some, and not used: gebdt"), "{proposed}");
    // A sex in a coding that the other list does not have would part all pairs.
    let row = |sex: &str, i: usize| format!("An{i},Bos,19{}-01-02,{sex}\n", 60 + i);
    let list = |sexes: [&str; 2]| {
        "first,last,dob,sex\n".to_owned() + &(0..30).map(|i| row(sexes[i % 2], i)).collect::<String>()
    };
    std::fs::write(path("a.csv"), list(["m", "v"])).unwrap();
    std::fs::write(path("b.csv"), list(["0", "1"])).unwrap();
    let refused = out(&ijsberg_with("link", &[&path("a.csv"), &path("b.csv"), "--lang", "nl"]));
    assert!(
        refused.contains("b, kolom \"sex\": 30 waarde(n) zijn geen bekend geslacht, op regel(s) 2, 3"),
        "{refused}"
    );
    std::fs::write(path("b.csv"), list(["1", "2"])).unwrap();
    assert!(ijsberg_with("link", &[&path("a.csv"), &path("b.csv")]).status.success());
}

#[test]
fn phones_and_comparisons_of_the_schema_are_used_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for file in ["a", "b"] {
        let row =
            |i: usize| format!("Naam{i},Fam{},1980,06-12{:06},rode jas {i}\n", i % 5, i * 7919 % 999_983);
        let rows: String = (0..40).map(row).collect();
        std::fs::write(
            path(&format!("{file}.csv")),
            format!("Voornaam,Achternaam,Geboortejaar,Telefoon,Kenmerken\n{rows}"),
        )
        .unwrap();
    }
    let (a, b, schema) = (path("a.csv"), path("b.csv"), path("schema.toml"));
    let proposed = ijsberg_with("link", &["init", &a]);
    let text = String::from_utf8(proposed.stdout).unwrap();
    assert!(text.contains("contact = [\"Telefoon\"]"), "{text}");
    let own = |levels: &str| {
        format!("{text}\n[[compare]]\ncolumn = \"Kenmerken\"\nas = \"words\"\nlevels = {levels}\n")
    };
    std::fs::write(&schema, own("[0.8, 0.4]")).unwrap();
    let page = out(&ijsberg_with("link", &[&a, &b, "--schema", &schema, "--lang", "nl"]));
    assert!(
        page.contains("telefoon of e-mail") && page.contains("vergeleken zoals het schema zegt"),
        "{page}"
    );
    std::fs::write(&schema, own("[0.4, 0.8]")).unwrap();
    let refused = ijsberg_with("link", &[&a, &b, "--schema", &schema, "--lang", "nl"]);
    assert!(
        !refused.status.success() && out(&refused).contains("te beginnen met de beste"),
        "{}",
        out(&refused)
    );
    // The SQL has no such fields, and does not leave them out in silence.
    let plan = path("plan");
    assert!(ijsberg_with("link", &["plan", &a, &b, "--out", &plan]).status.success());
    let sql = ijsberg_with("link", &["sql", &a, &b, "--plan", &plan, "--out", &path("sql")]);
    assert!(!sql.status.success() && out(&sql).contains("would be left out"), "{}", out(&sql));
    // A model that does not fit is refused.
    let json = std::fs::read_to_string(path("plan/plan.json")).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
    value["model"]["m"].as_array_mut().unwrap().pop();
    std::fs::write(path("plan/plan.json"), value.to_string()).unwrap();
    let score = ijsberg_with("link", &["score", &a, &b, "--plan", &plan, "--shard", "1/8"]);
    assert!(!score.status.success() && out(&score).contains("does not fit these lists"), "{}", out(&score));
}
