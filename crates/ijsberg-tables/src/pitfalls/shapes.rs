//! Names, shapes and spellings that were misread or refused.

use super::{HISTORIES, asked, counts, persons, text};
use crate::{Choices, Doubt, Note, Overlaps, ReadError, read};

/// Combinations of three lists named in one column, in the order of the histories.
fn named(names: [&str; 3], join: &dyn Fn(&[&str]) -> String) -> String {
    let mut out = "lijsten;aantal\n".to_owned();
    for (history, n) in HISTORIES {
        let on: Vec<&str> =
            history.split(',').zip(names).filter(|(mark, _)| *mark == "1").map(|(_, name)| name).collect();
        out += &format!("\"{}\";{n}\n", join(&on).replace('"', "\"\""));
    }
    out
}

#[track_caller]
fn are_the_lists(file: &str, names: [&str; 3]) {
    let read = text(file).unwrap_or_else(|e| panic!("{e} in\n{file}"));
    assert_eq!(read.layout.lists, names, "{file}");
    let masks: Vec<u32> = vec![1, 2, 4, 3, 5, 6, 7];
    let right: Vec<(u32, u64)> = masks.into_iter().zip(HISTORIES.map(|h| h.1)).collect();
    assert_eq!(read.rows, right, "{file}");
}

#[test]
fn a_name_with_a_word_such_as_and_stays_one_name() {
    for (name, joins) in [
        ("Zorg en welzijn", &[", ", "; ", " + ", " | ", " en ", " & "][..]),
        ("Health and care", &[", ", "; ", "+", " and ", " AND "]),
        ("Opvang & zorg", &[", ", " + ", "+", " & "]),
    ] {
        for join in joins {
            for place in 0..3 {
                let mut names = ["Politie", "COA", "KMar"];
                names[place] = name;
                are_the_lists(&named(names, &|on| on.join(join)), names);
            }
        }
    }
    let names = ["Koninklijke Marechaussee", "Opvang & zorg", "Politie"];
    are_the_lists(&named(names, &|on| on.join(" + ")), names);
}

#[test]
fn names_that_are_lists_of_their_own_are_parted() {
    let file = "lijsten;aantal\nPolitie;69\nCOA;55\nZorg;63\n\"Politie en COA\";21\n\"Politie, Zorg\";17\n\"COA, Zorg\";18\n\"Politie en COA, Zorg\";28\n";
    are_the_lists(file, ["Politie", "COA", "Zorg"]);
}

#[test]
fn combinations_in_the_notations_of_programs_are_combinations() {
    let names = ["Politie", "Opvang", "Zorg"];
    let set = |open: &'static str, quote: &'static str, close: &'static str| {
        move |on: &[&str]| {
            let on: Vec<String> = on.iter().map(|n| format!("{quote}{n}{quote}")).collect();
            format!("{open}{}{close}", on.join(", "))
        }
    };
    for file in [
        named(names, &set("{", "", "}")),
        named(names, &set("[", "'", "]")),
        named(names, &set("[", "\"", "]")),
        named(names, &|on| on.join("·")),
        named(names, &|on| on.join(" · ")),
        named(names, &|on| on.join(" AND ")),
        named(names, &|on| on.join("\n")),
        named(names, &|on| on.join(":")),
        named(names, &|on| on.join(" ∧ ")),
    ] {
        are_the_lists(&file, names);
    }
    for word in ["alle drie", "all three", "Allemaal"] {
        let file = named(names, &|on| if on.len() == 3 { word.to_owned() } else { on.join(" + ") });
        let refused = ReadError::AllLists { line: 8, column: "lijsten".into(), value: word.into() };
        assert_eq!(text(&file), Err(refused));
    }
}

#[test]
fn a_total_beside_numbers_in_one_row_is_no_list() {
    let wide = "P;Q;E;P+Q;P+E;Q+E;P+Q+E;Totaal\n";
    let exact = text(&format!("{wide}69;55;63;21;17;18;28;271\n")).unwrap();
    assert_eq!((exact.layout.lists.len(), exact.histories.n()), (3, 271));
    assert!(exact.layout.notes.contains(&Note::Total { line: 2 }));
    assert!(exact.layout.notes.contains(&Note::Wide { exact: true }));
    // It shows which of both readings is right.
    let nested = text(&format!("{wide}135;122;126;49;45;46;28;271\n")).unwrap();
    assert!(nested.layout.notes.contains(&Note::Wide { exact: false }));
    assert_eq!(nested.histories.cells(), exact.histories.cells());
    let wrong = format!("{wide}69;55;63;21;17;18;28;280\n");
    assert_eq!(text(&wrong), Err(ReadError::Total { line: 2, said: "280".into(), sum: 271 }));
    let said = Choices { overlaps: Some(Overlaps::Nested), ..Choices::default() };
    assert!(matches!(
        read(format!("{wide}69;55;63;21;17;18;28;271\n").as_bytes(), &said),
        Err(ReadError::Total { .. })
    ));
    // A list may be called N, with combinations or without.
    for (header, row) in [("A;B;N;AB;AN;BN;ABN", "69;55;63;21;17;18;28"), ("A;B;N;AB", "69;55;63;21")] {
        let lists = Choices { overlaps: Some(Overlaps::Exact), ..Choices::default() };
        let read = read(format!("{header}\n{row}\n").as_bytes(), &lists).unwrap();
        assert_eq!(read.layout.lists, ["A", "B", "N"], "{header}");
    }
    // Without a number the total says nothing.
    let blank = format!("{wide}135;122;126;49;45;46;28;\n");
    assert!(matches!(text(&blank), Err(ReadError::Uncertain(u)) if u.doubt == Doubt::Overlaps));
}

#[test]
fn a_remark_beside_a_few_rows_is_no_list_and_puts_none_in_doubt() {
    for (at, word, name) in [(2, "voorlopig", "Toelichting"), (0, "COA", "bron"), (5, "zie noot 1", "x")] {
        let file =
            counts(&format!("P,Q,E,aantal,{name}"), |i| format!(",{}", if i == at { word } else { "" }));
        let read = text(&file).unwrap();
        assert_eq!((read.layout.lists.len(), read.histories.n()), (3, 271), "{file}");
        assert!(read.covariates.is_empty(), "{file}");
        assert!(read.layout.notes.contains(&Note::Remarks { column: name.into() }), "{file}");
    }
    // Two groups that are named once, on their first rows, are no remarks.
    let groups = counts("P,Q,E,aantal,regio", |i| format!(",{}", ["Noord", "", "", "Zuid", "", "", ""][i]));
    assert!(
        matches!(text(&groups), Err(ReadError::Uncertain(u)) if matches!(u.doubt, Doubt::FillDown { .. }))
    );
    // Of persons it may be known of them; the lists are none the less certain.
    let file =
        persons("P,Q,E,opmerking", |_, h, _| format!("{h},{}", if h == "0,0,1" { "dubbel" } else { "" }));
    let Err(ReadError::Uncertain(u)) = text(&file) else { panic!("certain") };
    assert_eq!(u.doubt, Doubt::ListOrCovariate { columns: vec!["opmerking".into()] });
    assert_eq!(asked(&file).map(|t| t.unwrap().histories.n()), [271, 271]);
}

#[test]
fn a_row_for_each_person_and_list_may_say_whether_the_person_is_on_it() {
    for (yes, no, name) in [("1", "0", "aanwezig"), ("ja", "nee", "op_lijst"), ("TRUE", "FALSE", "present")] {
        let mut all = format!("id;lijst;{name}\n");
        let mut present = all.clone();
        for line in persons("", |k, h, _| format!("{k},{h}")).lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            for (list, on) in ["P", "Q", "E"].iter().zip(&cells[1..]) {
                let mark = if *on == "1" { yes } else { no };
                all += &format!("{};{list};{mark}\n", cells[0]);
                if *on == "1" {
                    present += &format!("{};{list};{mark}\n", cells[0]);
                }
            }
        }
        let one = text(&all).unwrap();
        assert_eq!(
            (one.layout.lists.clone(), one.histories.n()),
            (vec!["E".into(), "P".into(), "Q".into()], 271)
        );
        if yes == "1" {
            assert_eq!(text(&present).unwrap().histories, one.histories);
        }
        // A person who is on none of the lists is not among those from whom is estimated.
        let nobody = format!("{all}999;P;{no}\n999;Q;{no}\n");
        assert!(matches!(text(&nobody), Err(ReadError::Unseen { line: 815, count: 1 })));
    }
}

#[test]
fn signs_of_offices_for_yes_and_no_are_read() {
    for (yes, no) in [("01", "00"), ("☑", "☐"), ("☒", "☐"), ("√", ""), ("√", "-"), ("☑", "")] {
        let rows: String = HISTORIES
            .iter()
            .map(|(h, n)| {
                format!("{};{n}\n", h.replace(',', ";").replace('1', "y").replace('0', no).replace('y', yes))
            })
            .collect();
        let read = text(&format!("P;Q;E;aantal\n{rows}")).unwrap_or_else(|e| panic!("{e}: {yes}"));
        assert_eq!((read.layout.lists.len(), read.histories.n()), (3, 271), "{yes}");
    }
    // Beside lists it is a year.
    let year = persons("P,Q,E,jaar", |k, h, _| format!("{h},0{}", k % 2));
    assert_eq!(text(&year).unwrap().layout.covariates, ["jaar"]);
    let history = persons("history,jaar", |k, h, _| format!("{},0{}", h.replace(',', ""), k % 2));
    assert_eq!(text(&history).unwrap().layout.covariates, ["jaar"]);
    // A region or a month of one code is no list.
    let coded = counts("P,Q,E,aantal,maand", |_| ",01".into());
    assert_eq!(text(&coded).unwrap().layout.lists, ["P", "Q", "E"]);
}

#[test]
fn headers_of_two_rows_and_of_years_are_headers() {
    let plain = counts("Politie,Opvang,Zorg,n", |_| String::new());
    let rows = plain.split_once('\n').unwrap().1;
    for above in ["Lijsten,,,Aantal", "Bron,,,Aantal personen", ",,,n", "Export 2024,,,\nLijsten,,,Aantal"] {
        let read = text(&format!("{above}\nPolitie,Opvang,Zorg,\n{rows}")).unwrap();
        assert_eq!((read.layout.lists.len(), read.histories.n()), (3, 271), "{above}");
        assert!(read.layout.count.is_some(), "{above}");
    }
    let titled = counts(",P,Q,E,n", |_| String::new()).replace("\n1,", "\nr,1,").replace("\n0,", "\nr,0,");
    let mut row = 0;
    let titled: String = titled
        .split_inclusive("\nr,")
        .map(|l| {
            row += 1;
            l.replace("\nr,", &format!("\n{row},"))
        })
        .collect();
    let read = text(&format!("Tabel 1,,,,\n{titled}")).unwrap();
    assert_eq!((read.layout.lists.len(), read.layout.count.as_deref()), (3, Some("n")));
    for name in ["n", "aantal"] {
        let read = text(&format!("2021,2022,2023,{name}\n{rows}")).unwrap();
        assert_eq!(
            (&read.layout.lists[..], read.histories.n()),
            (&["2021", "2022", "2023"].map(String::from)[..], 271)
        );
    }
    assert!(matches!(text("2021,2022,2023,12\n1,0,0,5\n0,1,0,7\n"), Err(ReadError::NoHeader { line: 1 })));
}

#[test]
fn ends_and_numbers_of_other_programs_are_read() {
    let table = counts("P;Q;E;aantal", |_| String::new()).replace(',', ";");
    for file in [
        format!("{table}\u{1a}"),
        format!("{table}\0\0\0"),
        format!("{table}\u{1a}\0"),
        table.replace(";28\n", ";2,8E+01\n"),
        table.replace(";28\n", ";2.8e1\n"),
        format!("{table}0;0;0;#N/A\n"),
        format!("{table}0;0;0;#N/B\n"),
    ] {
        assert_eq!(text(&file).unwrap().histories.n(), 271, "{file}");
    }
    assert!(matches!(text(&table.replace(";28\n", ";2,85E+01\n")), Err(ReadError::Count { line: 8, .. })));
    assert!(matches!(text(&table.replace("1;1;1;28", "1;1;\0;28")), Err(ReadError::Malformed { .. })));
    assert!(matches!(text(&table.replace("1;1;1;28", "1;1;1;#N/A")), Err(ReadError::Count { line: 8, .. })));
    let none = table.replace('1', "wel eens");
    let Err(ReadError::NoLists { columns }) = text(&none) else { panic!("{:?}", text(&none)) };
    assert_eq!(columns, "P (\"wel eens\"), Q (\"wel eens\"), E (\"wel eens\"), aantal");
}
