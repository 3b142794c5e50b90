//! What a table shows by its numbers: covariates among lists, sums among levels. What only looks like it is left alone.

use crate::written::Roles;
use crate::{Choices, Contents, Doubt, Note, ReadError, Table, open, read};

fn text(text: &str) -> Result<Table, ReadError> {
    read(text.as_bytes(), &Choices::default())
}

fn doubted(result: Result<Table, ReadError>) -> Vec<String> {
    match result {
        Err(ReadError::Uncertain(u)) => match u.doubt {
            Doubt::ListOrCovariate { columns } => columns,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Three lists, and covariates with 0 and 1 that are known of a part of everybody.
fn with_covariates(names: &[&str], words: [&str; 2]) -> String {
    let mut rows = vec![format!("Politie,COA,Zorg,{},aantal", names.join(","))];
    for history in 1..8_usize {
        for known in 0..1_usize << names.len() {
            let cells = (0..3 + names.len()).map(|j| words[(history | known << 3) >> j & 1]);
            rows.push(format!("{},{}", cells.collect::<Vec<_>>().join(","), 40 - 4 * history - 3 * known));
        }
    }
    rows.join("\n")
}

#[test]
fn a_column_in_which_nobody_is_alone_is_asked_whatever_its_name() {
    for words in [["0", "1"], ["nee", "ja"], ["", "x"]] {
        assert_eq!(doubted(text(&with_covariates(&["AMV"], words))), ["AMV"]);
        let two = with_covariates(&["B9-vergunning", "EU-burger"], words);
        assert_eq!(doubted(text(&two)), ["B9-vergunning", "EU-burger"]);
        let Err(ReadError::Uncertain(u)) = text(&two) else { panic!("certain") };
        let [lists, covariates] = u.readings.map(|r| read(two.as_bytes(), &r.choices).unwrap());
        assert_eq!(lists.layout.lists.len(), 5);
        assert_eq!(covariates.layout.lists, ["Politie", "COA", "Zorg"]);
        assert_eq!(covariates.layout.covariates, ["B9-vergunning", "EU-burger"]);
        assert_eq!(lists.histories.n(), covariates.histories.n());
    }
    // A row for each person.
    let persons: String = with_covariates(&["AMV"], ["0", "1"])
        .lines()
        .skip(1)
        .flat_map(|row| {
            let (history, n) = row.rsplit_once(',').unwrap();
            std::iter::repeat_n(format!("{history}\n"), n.parse().unwrap())
        })
        .collect();
    assert_eq!(doubted(text(&format!("Politie,COA,Zorg,AMV\n{persons}"))), ["AMV"]);
}

#[test]
fn a_list_within_another_and_a_small_list_stay_lists() {
    let nested = "A,B,Cee,count\n1,0,0,90\n0,1,0,80\n1,1,0,40\n1,0,1,30\n1,1,1,9\n";
    assert_eq!(text(nested).unwrap().layout.lists, ["A", "B", "Cee"]);
    let small = "A,B,Cee,count\n1,0,0,90\n0,1,0,80\n1,1,0,40\n1,0,1,9\n0,1,1,8\n1,1,1,2\n";
    assert_eq!(text(small).unwrap().layout.lists, ["A", "B", "Cee"]);
    assert_eq!(doubted(text(&small.replace("0,1,1,8", "0,1,1,9"))), ["Cee"]);
}

#[test]
fn draws_are_draws_by_the_word_of_the_file_alone() {
    let table = "P,Q,draw,count\n1,0,1,30\n0,1,1,40\n1,1,1,20\n1,0,2,31\n0,1,2,41\n1,1,2,19\n";
    let Err(ReadError::Uncertain(u)) = text(table) else { panic!("certain") };
    assert_eq!(u.doubt, Doubt::Draw { column: "draw".into() });
    for reading in u.readings {
        assert_eq!(read(table.as_bytes(), &reading.choices).unwrap().histories.n(), 181);
    }
    let roles = Roles {
        draw: Some("draw".into()),
        ..Roles::of_histories(&["P".to_owned(), "Q".to_owned()], "count")
    };
    let told = format!("{}\n{table}", roles.line());
    let Contents::Draws(draws) = open(told.as_bytes(), &Choices::default()).unwrap() else {
        panic!("one table")
    };
    assert_eq!(draws.tables.iter().map(|t| t.histories.n()).collect::<Vec<_>>(), [90, 91]);
    // Where missed links were put back, and where nobody can tell how many there are, the name of the column says so.
    for (name, of) in
        [("draw", [false, false]), ("resolved_draw", [true, false]), ("codes_draw", [false, true])]
    {
        let roles = Roles { draw: Some(name.into()), ..roles.clone() };
        let told = format!("{}\n{}", roles.line(), table.replace("draw", name));
        let Contents::Draws(draws) = open(told.as_bytes(), &Choices::default()).unwrap() else {
            panic!("{name}")
        };
        assert_eq!([draws.put_back, draws.of_codes], of, "{name}");
    }
}

/// Counts of two groups and of whatever is said to be both.
fn levels(name: &str, values: [&str; 3], last: u64) -> String {
    let mut rows = vec![format!("P,Q,E,{name},count")];
    for (k, value) in values.iter().enumerate() {
        for history in 1..8_u64 {
            let (one, two) = (30 + history, 50 - 3 * history);
            let n = [one, two, one + two + u64::from(history == 7) * last][k];
            rows.push(format!("{},{},{},{value},{n}", history & 1, history >> 1 & 1, history >> 2 & 1));
        }
    }
    rows.join("\n")
}

#[test]
fn a_level_that_is_the_sum_of_the_others_is_a_total() {
    let n: u64 = (1..8).map(|h| 80 - 2 * h).sum();
    for (name, values) in [
        ("regio", ["Noord", "Zuid", "Nederland"]),
        ("regio", ["Noord", "Zuid", "Noord + Zuid"]),
        ("geslacht", ["man", "vrouw", "beide"]),
        ("jaar", ["2022", "2023", "2022-2023"]),
    ] {
        let table = text(&levels(name, values, 0)).unwrap();
        assert_eq!(table.histories.n(), n, "{name}");
        let note = Note::Sum { column: name.into(), level: values[2].into(), line: 16 };
        assert!(table.layout.notes.contains(&note), "{:?}", table.layout.notes);
        assert_eq!(table.covariates[0].values.len(), 14);
        // One more or less, and it is a level as another.
        assert_eq!(text(&levels(name, values, 1)).unwrap().histories.n(), 2 * n + 1, "{name}");
    }
    // Two levels with the same counts: nothing shows which would be the sum.
    let same = "A,B,regio,count\n1,0,N,4\n0,1,N,5\n1,1,N,6\n1,0,Z,4\n0,1,Z,5\n1,1,Z,6\n";
    assert_eq!(text(same).unwrap().histories.n(), 30);
    // A few persons add up by chance: nobody is left out for that.
    let few =
        "A,B,regio,count\n1,0,N,1\n1,0,Z,1\n1,0,W,2\n0,1,N,2\n0,1,Z,1\n0,1,W,3\n1,1,N,1\n1,1,Z,1\n1,1,W,2\n";
    assert_eq!(text(few).unwrap().histories.n(), 14);
}

#[test]
fn a_total_with_a_word_more_is_a_total() {
    for total in ["Totaal 2023", "Totaal generaal", "Algemeen totaal", "Subtotaal Noord"] {
        let table = format!("A,B,count\n1,0,4\n0,1,5\n1,1,6\n{total},,15\n");
        assert_eq!(text(&table).unwrap().histories.n(), 15, "{total}");
        let wrong = table.replace(",15", ",14");
        assert!(matches!(text(&wrong), Err(ReadError::Total { line: 5, .. })), "{total}");
    }
    let parts = "A,B,regio,count\n1,0,N,4\n0,1,N,5\n1,1,N,6\nSubtotaal N,,,15\n1,0,Z,1\n0,1,Z,1\n1,1,Z,1\nSubtotaal Z,,,3\nTotaal,,,18\n";
    assert_eq!(text(parts).unwrap().histories.n(), 18);
}

#[test]
fn roles_survive_a_spreadsheet_that_saves_the_file_again() {
    let rows = ["1;0;30", "0;1;40", "1;1;12"];
    for (first, header, end) in [
        ("# ijsberg-table v1; lists=K,N; count=count", "K;N;count", ""),
        ("# ijsberg-table v1; lists=K,N; count=count;;", "K;N;count", ""),
        ("\"# ijsberg-table v1; lists=K,N; count=count\"", "K;N;count", ""),
        ("\"# ijsberg-table v1; lists=K,N; count=count\";;;;", "K;N;count;;", ";;"),
        ("# ijsberg-table v1; lists=K,N; count=count", "K;N;count;;", ";;"),
    ] {
        for mark in [";", ",", "\t"] {
            let rows: Vec<String> = rows.iter().map(|r| format!("{r}{end}").replace(';', mark)).collect();
            let table = format!("{first}\n{}\n{}\n", header.replace(';', mark), rows.join("\n"));
            let read = text(&table).unwrap_or_else(|e| panic!("{table}: {e}"));
            assert_eq!(read.layout.lists, ["K", "N"], "{table}");
            assert_eq!(read.histories.n(), 82, "{table}");
            assert!(read.layout.notes.contains(&Note::Roles), "{table}");
        }
    }
}
