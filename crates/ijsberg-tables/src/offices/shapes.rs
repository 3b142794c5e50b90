//! Tables in other shapes, and columns that follow from others.

use super::{COUNTS, asked, is_the_table, plain_counts, refused, table, text};
use crate::{Choices, Doubt, Note, Overlaps, ReadError, read};

#[test]
fn histories_in_one_column_are_histories() {
    for (on, off, between) in [
        ("1", "0", " "),
        ("1", "0", "-"),
        ("1", "0", ""),
        ("1", "0", "."),
        ("1", "0", "/"),
        ("J", "N", ""),
        ("Y", "N", "-"),
        ("+", "-", ""),
        ("x", ".", ""),
        ("T", "F", " "),
    ] {
        for name in ["history", "PQE", "patroon", "P-Q-E"] {
            let mut file = format!("{name};aantal\n");
            for (k, n) in COUNTS.iter().enumerate() {
                let marks: Vec<&str> = (0..3).map(|j| if (k + 1) >> j & 1 == 1 { on } else { off }).collect();
                file += &format!("{};{n}\n", marks.join(between));
            }
            is_the_table(&file);
        }
    }
}

#[test]
fn combinations_named_in_words_are_histories() {
    let names = |combine: &dyn Fn(&[&str]) -> String| {
        let mut file = "lijsten;aantal\n".to_owned();
        for (k, n) in COUNTS.iter().enumerate() {
            let on: Vec<&str> = ["P", "Q", "E"]
                .into_iter()
                .enumerate()
                .filter(|(j, _)| (k + 1) >> j & 1 == 1)
                .map(|x| x.1)
                .collect();
            file += &format!("{};{n}\n", combine(&on));
        }
        file
    };
    let only = |word: &'static str, mark: &'static str| {
        names(&move |on: &[&str]| if on.len() == 1 { format!("{word} {}", on[0]) } else { on.join(mark) })
    };
    for file in [
        only("alleen", "+"),
        only("only", " ∩ "),
        only("alleen", " en "),
        names(&|on| if on.len() == 1 { format!("{} only", on[0]) } else { on.join(" & ") }),
        names(&|on| on.join("+")),
        names(&|on| on.join("∩")),
        names(&|on| on.join(", ")),
        names(&|on| on.concat()),
        names(&|on| if on.len() == 3 { "P, Q en E".to_owned() } else { on.join(" en ") }),
        names(&|on| on.join("+")) + "geen;NA\n",
    ] {
        is_the_table(&file);
    }
    // Numbers that may hold the persons on more lists are asked about.
    let nested = "lijsten;aantal\nP;135\nQ;122\nE;126\nP+Q;49\nP+E;45\nQ+E;46\nP+Q+E;28\n";
    assert_eq!(asked(nested), Doubt::Overlaps);
    let choices = Choices { overlaps: Some(Overlaps::Nested), ..Choices::default() };
    assert_eq!(read(nested.as_bytes(), &choices).unwrap().histories.n(), 271);
    // Who is not on a list is said in no way that is read.
    assert!(matches!(
        refused("lijsten;aantal\nP zonder Q;135\nQ zonder P;122\nP en Q;20\n"),
        ReadError::NoLists { .. }
    ));
    // Regions are no combinations.
    assert!(matches!(
        refused("regio;aantal\nNoord-Holland;135\nZuid-Holland;122\nUtrecht;20\n"),
        ReadError::NoLists { .. }
    ));
    // What is doubted of lists that stood in one column can be settled as well.
    let mut doubted = "lijsten;geslacht;aantal\n".to_owned();
    for (sex, add) in [("m", 0), ("v", 3)] {
        for (k, on) in ["P", "Q", "P+Q", "P+female", "Q+female", "P+Q+female"].iter().enumerate() {
            doubted += &format!("{on};{sex};{}\n", COUNTS[k] + add);
        }
    }
    assert_eq!(asked(&doubted), Doubt::Overlaps);
    let exactly = Choices { overlaps: Some(Overlaps::Exact), ..Choices::default() };
    let Err(ReadError::Uncertain(u)) = read(doubted.as_bytes(), &exactly) else { panic!("certain") };
    for reading in u.readings {
        assert_eq!(read(doubted.as_bytes(), &reading.choices).unwrap().histories.n(), 504);
    }
    let female = "history,female,n\n100,0,5\n010,1,6\n110,0,4\n001,1,2\n011,0,3\n";
    let with = Choices { covariates: vec!["female".into()], ..Choices::default() };
    for choices in [with, Choices::default()] {
        let table = read(female.as_bytes(), &choices);
        assert!(
            matches!(&table, Ok(t) if t.layout.lists.len() == 3)
                || matches!(table, Err(ReadError::Uncertain(_)))
        );
    }
    let persons = "id;lijsten\n1;P\n2;P+Q\n3;Q\n4;P+E\n5;E\n";
    let read = text(persons).unwrap();
    assert_eq!((read.layout.lists, read.histories.n()), (vec!["P".into(), "Q".into(), "E".into()], 5));
}

#[test]
fn a_row_for_each_person_and_list_is_brought_together() {
    let file = "person_id,list,sex,date\n1,P,m,2024-01-01\n1,Q,m,2024-02-01\n2,P,f,2024-01-01\n3,E,m,2024-05-05\n3,P,m,2024-05-06\n4,Q,f,2024-01-01\n";
    let read = text(file).unwrap();
    assert_eq!(
        (read.layout.lists.clone(), read.histories.n()),
        (vec!["E".into(), "P".into(), "Q".into()], 4)
    );
    assert_eq!(read.layout.covariates, ["sex"]);
    assert!(read.layout.notes.contains(&Note::Long { rows: 6, left: vec!["date".into()] }));
    // Each person on one list: by whom they were reported.
    assert!(matches!(refused("id,bron\n1,P\n2,Q\n3,P\n"), ReadError::NoLists { .. }));
    // Without a name for the person nothing shows which rows belong together.
    assert!(matches!(refused("melding,lijst\n1,P\n1,Q\n2,P\n"), ReadError::NoLists { .. }));
}

#[test]
fn cross_tables_and_tables_by_year_are_refused() {
    for file in [
        ",P,Q,E\nP,135,49,45\nQ,49,122,46\nE,45,46,126\n",
        "lijst,P,Q,E\nP,-,49,45\nQ,49,-,46\nE,45,46,-\n",
        "x;A;B\nA;0;1\nB;1;0\n",
    ] {
        assert_eq!(refused(file), ReadError::CrossTable { line: 1 }, "{file}");
    }
    let years = "P,Q,E,2022,2023\n1,0,0,34,35\n0,1,0,20,35\n1,1,0,10,11\n0,0,1,30,33\n1,0,1,9,8\n0,1,1,9,9\n1,1,1,14,14\n";
    assert_eq!(refused(years), ReadError::ManyCounts { columns: "2022, 2023".into() });
    let with_count = years.replace("2022,2023", "count,2023");
    assert!(matches!(refused(&with_count), ReadError::ManyCounts { .. }));
    // Their sum beside them is the count.
    let total = years.lines().enumerate().map(|(i, l)| {
        format!("{l},{}\n", if i == 0 { "totaal".into() } else { COUNTS_BY_ROW[i - 1].to_string() })
    });
    is_the_table(&total.collect::<String>());
}

/// The counts in the order of the rows of the table by year.
const COUNTS_BY_ROW: [u64; 7] = [69, 55, 21, 63, 17, 18, 28];

#[test]
fn a_year_beside_histories_is_a_year() {
    for year in ["2015", "noord"] {
        let file: String = table(["0", "1"], "count", plain_counts())
            .lines()
            .enumerate()
            .map(|(i, l)| format!("{},{l}\n", if i == 0 { "jaar" } else { year }))
            .collect();
        let read = text(&file).unwrap();
        assert_eq!((read.layout.covariates, read.histories.n()), (vec!["jaar".into()], 271));
    }
}

#[test]
fn columns_that_follow_from_the_count_are_left_out() {
    let shares: Vec<String> = COUNTS.iter().map(|n| format!("{:.1}%", *n as f64 / 2.71)).collect();
    let mut lines = table(["0", "1"], "count", plain_counts()).lines().map(String::from).collect::<Vec<_>>();
    for (i, line) in lines.iter_mut().enumerate() {
        *line += &if i == 0 { ",percentage".to_owned() } else { format!(",{}", shares[i - 1]) };
    }
    is_the_table(&lines.join("\n"));
    // Percentages alone are no counts.
    let alone = table(["0", "1"], "percentage", ["25.5%", "20.3%", "7.7%", "23.2%", "6.3%", "6.6%", "10.3%"]);
    let Err(ReadError::Uncertain(u)) = text(&alone) else { panic!("certain") };
    assert!(matches!(read(alone.as_bytes(), &u.readings[0].choices), Err(ReadError::Count { .. })));
    // A name for each row says nothing of groups.
    let named: String = table(["0", "1"], "count", plain_counts())
        .lines()
        .enumerate()
        .map(|(i, l)| {
            format!(
                "{},{l}\n",
                ["omschrijving", "alleen P", "alleen Q", "P en Q", "alleen E", "P en E", "Q en E", "alle"][i]
            )
        })
        .collect();
    assert!(matches!(text(&named), Ok(_) | Err(ReadError::Total { .. })));
    // How many lists a person is on is not how many persons there are.
    let lists = "P,Q,E,totaal\n1,0,0,1\n1,1,0,2\n0,1,1,2\n1,1,1,3\n0,0,1,1\n";
    assert!(matches!(asked(lists), Doubt::CountOrCovariate { .. }));
}

#[test]
fn columns_that_follow_from_the_histories_are_left_out() {
    let mut file = "jaar;P;Q;E;lijsten;omschrijving;aantal\n".to_owned();
    let names = ["P", "Q", "P en Q", "E", "P en E", "Q en E", "P, Q en E"];
    for (year, add) in [("2022", 0), ("2023", 1)] {
        for k in 1..8_usize {
            let on = (k & 1) + (k >> 1 & 1) + (k >> 2 & 1);
            file += &format!(
                "{year};{};{};{};{on};{};{}\n",
                k & 1,
                k >> 1 & 1,
                k >> 2 & 1,
                names[k - 1],
                COUNTS[k - 1] + add
            );
        }
    }
    let read = text(&file).unwrap();
    assert_eq!((read.layout.covariates.clone(), read.histories.n()), (vec!["jaar".into()], 549));
    let left = |c: &str| read.layout.notes.contains(&Note::Derived { column: c.into() });
    assert!(left("lijsten") && left("omschrijving"), "{:?}", read.layout);
    // As SPSS shows frequencies.
    let (mut running, mut shown) = (0, "P,Q,E,Frequency,Percent,Cumulative Percent\n".to_owned());
    for k in 1..8_usize {
        running += COUNTS[k - 1];
        let percent = |n: u64| n as f64 / 2.71;
        shown += &format!(
            "{},{},{},{},{:.1},{:.1}\n",
            k & 1,
            k >> 1 & 1,
            k >> 2 & 1,
            COUNTS[k - 1],
            percent(COUNTS[k - 1]),
            percent(running)
        );
    }
    is_the_table(&shown);
}

#[test]
fn a_mark_of_its_own_beside_blanks_is_asked_unless_somebody_is_nowhere_else() {
    let own: String = table(["", "x"], "count", plain_counts())
        .lines()
        .map(|l| {
            let cells: Vec<&str> = l.split(',').collect();
            let mark =
                |j: usize, name: &str| if cells[j] == "x" { name.to_owned() } else { cells[j].to_owned() };
            format!("{},{},{},{}\n", mark(0, "P"), mark(1, "q"), mark(2, "E"), cells[3])
        })
        .collect();
    is_the_table(&own);
    let other = own.replace("P,Q,E,count", "politie,opvang,zorg,count").replace("\nP,", "\ngemeld,");
    assert!(matches!(asked(&other), Doubt::ListOrCovariate { .. }));
    let remark =
        "P,Q,E,opmerking,count\n1,0,0,,9\n0,1,0,,8\n0,0,1,,4\n1,1,0,dubbel,7\n1,0,1,,3\n1,0,1,dubbel,2\n";
    assert_eq!(asked(remark), Doubt::ListOrCovariate { columns: vec!["opmerking".into()] });
}

#[test]
fn tables_in_markdown_are_tables() {
    let rows: String = table(["0", "1"], "count", plain_counts())
        .lines()
        .enumerate()
        .map(|(i, l)| {
            format!("| {} |\n{}", l.replace(',', " | "), if i == 0 { "|---|:--:|---|---:|\n" } else { "" })
        })
        .collect();
    is_the_table(&rows);
}
