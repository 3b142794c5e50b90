//! Tables as offices send them, each with what is right: the same table, a question, or a refusal that says why.

#![allow(clippy::format_push_string, clippy::format_collect, reason = "tables of tests")]

mod shapes;

use crate::{Blanks, Choices, Contents, Doubt, Note, ReadError, Table, open, read};

/// Persons on each combination of the lists P, Q and E, the first in the lowest bit.
const COUNTS: [u64; 7] = [69, 55, 21, 63, 17, 18, 28];

fn text(text: &str) -> Result<Table, ReadError> {
    read(text.as_bytes(), &Choices::default())
}

/// The table with other words and counts; the header is `P,Q,E` and a name.
fn table(words: [&str; 2], count: &str, counts: [&str; 7]) -> String {
    let mut out = format!("P,Q,E,{count}\n");
    for (k, n) in counts.iter().enumerate() {
        let mark = |j: usize| words[(k + 1) >> j & 1];
        out += &format!("{},{},{},{n}\n", mark(0), mark(1), mark(2));
    }
    out
}

fn plain_counts() -> [&'static str; 7] {
    ["69", "55", "21", "63", "17", "18", "28"]
}

#[track_caller]
fn is_the_table(file: &str) {
    let read = text(file).unwrap_or_else(|e| panic!("{e} in\n{file}"));
    assert_eq!(read.histories.t(), 3, "{file}\n{:?}", read.layout);
    assert_eq!(read.histories.n(), 271, "{file}\n{:?}", read.layout);
    let mut found: Vec<u64> = read.histories.cells().iter().map(|c| c.1).collect();
    let mut right = COUNTS.to_vec();
    found.sort_unstable();
    right.sort_unstable();
    assert_eq!(found, right, "{file}");
    assert!(read.covariates.is_empty(), "{file}\n{:?}", read.layout);
}

#[track_caller]
fn asked(file: &str) -> Doubt {
    match text(file) {
        Err(ReadError::Uncertain(u)) => {
            // Whatever is doubted, each reading can be chosen and is no longer doubted in the same way.
            for r in &u.readings {
                assert!(!r.flags.is_empty(), "{file}");
                if let Err(ReadError::Uncertain(again)) = read(file.as_bytes(), &r.choices) {
                    assert_ne!(again.doubt, u.doubt, "{file}");
                }
            }
            u.doubt
        }
        other => panic!("{other:?} of\n{file}"),
    }
}

#[track_caller]
fn refused(file: &str) -> ReadError {
    match text(file) {
        Err(ReadError::Uncertain(u)) => panic!("{u:?} of\n{file}"),
        Err(error) => error,
        Ok(table) => panic!("{:?} of\n{file}", table.layout),
    }
}

#[test]
fn lists_in_the_words_of_offices_are_lists() {
    for words in [
        ["-", "1"],
        [".", "1"],
        ["", "1"],
        ["0", "X"],
        ["0", "x"],
        ["✗", "✓"],
        ["✘", "✔"],
        ["-", "✓"],
        ["", "✓"],
        ["non", "oui"],
        ["Non ", "OUI"],
        ["no", "si"],
        ["no", "sí"],
        ["nein", "ja"],
        ["Nee", "Ja"],
        ["nee ", " JA"],
        ["", "Ja"],
        ["", "yes"],
        ["N", "J"],
        ["n", "J"],
        ["N", "Y"],
        ["F", "T"],
        ["FAUX", "VRAI"],
        ["FALSCH", "WAHR"],
        ["ONWAAR", "WAAR"],
        ["0,0", "1,0"],
        ["0.00", "1.00"],
        ["-", "+"],
        ["", "•"],
        ["afwezig", "aanwezig"],
        ["out", "in"],
        ["uit", "in"],
        ["niet gezien", "Gezien"],
        ["not registered", "registered"],
        ["", "*"],
        ["'0", "'1"],
        ["=\"0\"", "=\"1\""],
        ["\u{a0}0", "1\u{200b}"],
    ] {
        let quoted = words.map(|w| if w.contains(',') { format!("\"{w}\"") } else { w.to_owned() });
        is_the_table(&table([&quoted[0], &quoted[1]], "count", plain_counts()));
    }
}

/// A row for each person and list, whatever an office calls the two columns.
#[test]
fn persons_and_lists_go_by_the_names_that_offices_give_them() {
    for (person, list) in [
        ("pseudoniem", "instantie"),
        ("persoonsnummer", "source"),
        ("dossiernr", "Meldende organisatie"),
        ("Client ID", "agency"),
        ("zaaknr", "bronbestand"),
    ] {
        let rows = "1,A\n1,B\n2,A\n3,B\n3,C\n4,C\n5,A\n5,B\n5,C\n6,A\n";
        let long = read(format!("{person},{list}\n{rows}").as_bytes(), &Choices::default());
        let long = long.unwrap_or_else(|e| panic!("{person}, {list}: {e}"));
        assert_eq!((long.layout.lists.len(), long.histories.n()), (3, 6), "{person}, {list}");
    }
}

#[test]
fn numbers_as_offices_write_them_are_numbers() {
    for counts in [
        ["69*", "55", "21", "63", "17", "18", "28"],
        ["69¹", "55²", "21", "63", "17", "18", "28"],
        ["69 a)", "55", "21 b)", "63", "17", "18", "28"],
        ["'69", "'55", "'21", "'63", "'17", "'18", "'28"],
        ["=\"69\"", "=\"55\"", "=\"21\"", "=\"63\"", "=\"17\"", "=\"18\"", "=\"28\""],
        ["+69", "+55", "21", "63", "17", "18", "28"],
        ["69\u{a0}", "\u{2009}55", "21", "63", "17", "18", "28"],
        ["69.0", "55.0", "21.0", "63.0", "17.0", "18.0", "28.0"],
        ["\"69,0\"", "\"55,0\"", "\"21,0\"", "\"63,0\"", "\"17,0\"", "\"18,0\"", "\"28,0\""],
        ["6.9e1", "55", "21", "63", "17", "18", "28"],
    ] {
        is_the_table(&table(["0", "1"], "count", counts));
    }
    let note = text(&table(["0", "1"], "count", ["69*", "55", "21¹", "63", "17", "18", "28"])).unwrap();
    assert!(note.layout.notes.contains(&Note::Footnotes { column: "count".into(), cells: 2 }));
    let large = "A;B;aantal\n1;0;1.234,0\n0;1;2\u{202f}345\n1;1;1e3\n";
    assert!(matches!(text(large).map(|t| t.histories.n()), Ok(4579) | Err(ReadError::Count { .. })));
    for n in ["1\u{a0}234", "1\u{202f}234", "1\u{2009}234", "1'234", "1’234"] {
        let table = format!("A;B;aantal\n1;0;{n}\n0;1;345\n1;1;12\n");
        assert_eq!(text(&table).unwrap().histories.n(), 1591, "{n}");
    }
    for bad in ["-3", "69.5", "69 (12%)", "4-jan", "2026-04-01", "5+", "veel", "12%"] {
        let e = refused(&table(["0", "1"], "count", [bad, "55", "21", "63", "17", "18", "28"]));
        assert!(matches!(&e, ReadError::Count { line: 2, value, .. } if value == bad), "{e:?}");
    }
}

#[test]
fn small_counts_are_ranges_whatever_hides_them() {
    for hidden in ["<5", "<5*", "< 5", "minder dan 5", "fewer than 5", "≤4", "<=4", "hoogstens 4", "(<5)"] {
        let file = table(["0", "1"], "count", [hidden, "55", "21", "63", "17", "18", "28"]);
        let Ok(Contents::Hidden(t)) = open(file.as_bytes(), &Choices::default()) else { panic!("{hidden}") };
        assert_eq!((t.hidden()[0].low, t.hidden()[0].high), (0, 4), "{hidden}");
    }
    for hidden in ["1-4", "1 t/m 4", "1–4", "[1-4]"] {
        let file = table(["0", "1"], "count", [hidden, "55", "21", "63", "17", "18", "28"]);
        let Ok(Contents::Hidden(t)) = open(file.as_bytes(), &Choices::default()) else { panic!("{hidden}") };
        assert_eq!((t.hidden()[0].low, t.hidden()[0].high), (1, 4), "{hidden}");
    }
    for mark in ["[c]", "(c)", "*", "-", ".", "..", "x", ":", "geheim"] {
        let file = table(["0", "1"], "count", [mark, "55", "21", "63", "17", "18", "28"]);
        assert!(matches!(refused(&file), ReadError::Marked { line: 2, .. }), "{mark}");
        let none = Choices { hidden: Some((0, 0)), ..Choices::default() };
        assert_eq!(read(file.as_bytes(), &none).unwrap().histories.n(), 202, "{mark}");
        let some = Choices { hidden: Some((1, 4)), ..Choices::default() };
        assert!(matches!(open(file.as_bytes(), &some), Ok(Contents::Hidden(_))), "{mark}");
    }
}

#[test]
fn names_of_counts_with_units_are_names_of_counts() {
    for name in [
        "count (n)",
        "Aantal (n)",
        "aantal personen 2023",
        "Aantal slachtoffers",
        "# persons",
        "no. of victims",
        "Number of people",
        "N",
        "n",
        "n (personen)",
        "Freq.",
        "Anzahl",
        "nombre de personnes",
        "Totaal",
        "Aantal unieke personen",
        "persons (N)",
    ] {
        is_the_table(&table(["0", "1"], name, plain_counts()));
    }
    // What it counts is not said.
    for name in ["aantal kinderen", "waarde", "cijfer", "2023"] {
        assert!(
            matches!(asked(&table(["0", "1"], name, plain_counts())), Doubt::CountOrCovariate { .. }),
            "{name}"
        );
    }
}

#[test]
fn totals_by_any_word_are_totals() {
    for word in
        ["Totaal", "Samen", "Alles bij elkaar", "Gesamt", "Σ", "Landelijk", "Sub-totaal", "TOTAL", "Tot."]
    {
        is_the_table(&format!("{}{word},,,271\n", table(["0", "1"], "count", plain_counts())));
        is_the_table(&format!("{}{word},,,271\n", table(["", "x"], "count", plain_counts())));
    }
    for word in ["Samen", "Landelijk"] {
        let wrong = format!("{}{word},,,270\n", table(["0", "1"], "count", plain_counts()));
        assert!(text(&wrong).is_err(), "{word}");
    }
    let labelled: String = table(["0", "1"], "count", plain_counts())
        .lines()
        .enumerate()
        .map(|(i, l)| format!("{},{l}\n", if i == 0 { String::new() } else { format!("rij {i}") }))
        .collect();
    is_the_table(&(labelled + "Totaal,135,122,126,271\n"));
}

#[test]
fn groups_named_once_are_asked() {
    let mut file = "regio,P,Q,E,count\n".to_owned();
    for region in ["Noord", "Zuid"] {
        for k in 1..8_usize {
            let name = if k == 1 { region } else { "" };
            file += &format!("{name},{},{},{},{}\n", k & 1, k >> 1 & 1, k >> 2 & 1, COUNTS[k - 1]);
        }
    }
    assert_eq!(asked(&file), Doubt::FillDown { column: "regio".into() });
    let with =
        |blanks| read(file.as_bytes(), &Choices { blanks: Some(blanks), ..Choices::default() }).unwrap();
    let levels = |t: &Table| t.covariates[0].values.iter().flatten().count();
    assert_eq!((levels(&with(Blanks::Above)), levels(&with(Blanks::Missing))), (14, 2));
    assert!(with(Blanks::Above).layout.notes.contains(&Note::Filled { column: "regio".into(), cells: 12 }));
    // Values that are missing here and there are missing.
    let missing = "sex,P,Q,count\nm,1,0,5\n,0,1,4\nf,1,1,3\nm,0,1,2\nf,1,0,7\nm,1,1,1\n";
    assert_eq!(text(missing).unwrap().covariates[0].values.iter().flatten().count(), 5);
}

#[test]
fn headers_of_two_rows_are_one() {
    let body: String =
        table(["0", "1"], "count", plain_counts()).lines().skip(1).map(|l| format!("{l}\n")).collect();
    for head in [
        "Lijsten,,,Aantal\nP,Q,E,n\n",
        "Lijst,Lijst,Lijst,Aantal\nP,Q,E,\n",
        "Registraties,,,\nP,Q,E,aantal\n",
    ] {
        is_the_table(&format!("{head}{body}"));
    }
    let groups = "regio,Lijsten,,,Aantal\n,P,Q,E,\nN,1,0,0,4\nN,0,1,0,5\nZ,1,1,0,6\nZ,0,0,1,3\n";
    let read = text(groups).unwrap();
    assert_eq!(
        (read.layout.lists, read.layout.covariates),
        (vec!["P".into(), "Q".into(), "E".into()], vec!["regio".into()])
    );
    assert_eq!(read.histories.n(), 18);
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_no_end_of_the_table() {
    let file = "P,Q,E,regio,count\n1,0,0,\"Noord,69\n0,1,0,Zuid,55\n1,1,0,Zuid,21\n";
    assert_eq!(refused(file), ReadError::Quote { line: 2 });
    let last = "P,Q,count,regio\n1,0,69,Noord\n0,1,55,\"Zuid\n1,1,21,Zuid\n1,0,3,Zuid\n";
    assert_eq!(refused(last), ReadError::Quote { line: 3 });
    // Closed by that of a later row, it would hold whole rows.
    let later = "P,Q,count,regio\n1,0,69,Noord\n0,1,55,\"Zuid\n1,1,21,\"Zuid\"\n1,0,3,Zuid\n";
    assert!(matches!(refused(later), ReadError::Quote { line: 3 }));
    let fine = "P,Q,count,regio\n1,0,69,\"Noord\nen zo\"\n0,1,55,\"Zuid \"\"A\"\"\"\n1,1,21,Zuid\n";
    assert_eq!(text(fine).unwrap().histories.n(), 145);
}

#[test]
fn files_of_other_programs_are_named() {
    for (file, what) in [
        ("[{\"P\":1,\"Q\":0,\"count\":69}]", "JSON"),
        ("{\"data\":[[1,0,69]]}", "JSON"),
        ("<html><table><tr><td>P</td></tr></table></html>", "HTML"),
        ("\n <TABLE border=1>", "HTML"),
        ("<?xml version=\"1.0\"?><Workbook/>", "XML"),
        ("%PDF-1.7 ...", "PDF"),
        ("{\\rtf1\\ansi P Q", "RTF"),
    ] {
        assert_eq!(refused(file), ReadError::OtherFormat { what }, "{file}");
    }
}

#[test]
fn a_column_that_is_named_twice_is_refused() {
    let file = table(["0", "1"], "count", plain_counts());
    let names = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let twice = |choices: Choices| read(file.as_bytes(), &choices).unwrap_err();
    let lists = Choices { lists: names(&["P", "P", "Q"]), ..Choices::default() };
    assert_eq!(twice(lists), ReadError::NamedTwice { name: "P".into() });
    let both = Choices { lists: names(&["P", "Q", "E"]), covariates: names(&["Q"]), ..Choices::default() };
    assert_eq!(twice(both), ReadError::NamedTwice { name: "Q".into() });
    let count =
        Choices { lists: names(&["P", "Q", "count"]), count: Some("count".into()), ..Choices::default() };
    assert_eq!(twice(count), ReadError::NamedTwice { name: "count".into() });
}

#[test]
fn a_list_that_is_partly_spelled_otherwise_is_no_covariate() {
    for (on, off, other) in
        [("1", "0", "2"), ("ja", "nee", "onbekend"), ("J", "N", "?"), ("x", "", "deels"), ("1", "0", "")]
    {
        let mut file = "P,Q,E\n".to_owned();
        for i in 0..40_usize {
            let mark = |b: bool| if b { on } else { off };
            let e = if i % 4 == 0 { other } else { mark(i % 3 == 0) };
            file += &format!("{},{},{e}\n", mark(i % 2 == 0), mark(i % 5 != 0));
        }
        assert!(
            matches!(refused(&file), ReadError::NotBinary { column, .. } if column == "E"),
            "{on} {off} {other}"
        );
    }
    // What its name says is known of persons is a covariate.
    let minor = "P,Q,minor\n1,0,yes\n0,1,no\n1,1,unknown\n1,0,yes\n";
    assert!(matches!(text(minor), Ok(_) | Err(ReadError::NotBinary { .. })));
    // A list on which everybody is, or nobody.
    let constant = "P,Q,E,count\nJ,J,N,5\nN,J,N,6\nJ,J,N,7\n";
    let read = text(constant).unwrap();
    assert_eq!((read.layout.lists, read.layout.dropped), (vec!["P".into(), "Q".into()], vec!["E".into()]));
}

#[test]
fn a_covariate_of_one_letter_beside_lists_of_one_letter_is_asked() {
    let mut file = "A,B,C,M,n\n".to_owned();
    for h in 1..8_usize {
        for m in 0..2_usize {
            file += &format!("{},{},{},{m},{}\n", h & 1, h >> 1 & 1, h >> 2 & 1, 40 - 4 * h - 3 * m);
        }
    }
    assert_eq!(asked(&file), Doubt::ListOrCovariate { columns: vec!["M".into()] });
}

#[test]
fn encodings_and_ends_of_lines_change_nothing() {
    let plain = table(["0", "1"], "count", plain_counts());
    for end in ["\n", "\r\n", "\r"] {
        let file = plain.replace('\n', end);
        is_the_table(&file);
        is_the_table(&format!("# opmerking{end}# nog een{end}{file}"));
        is_the_table(&file.replacen(end, &format!("{end}{end}"), 3));
        is_the_table(&file.replace(',', " "));
        is_the_table(&file.replace(end, &format!(",,{end}")));
        let wide = [0xFEFF].into_iter().chain(file.encode_utf16());
        let big: Vec<u8> = wide.flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&big, &Choices::default()).unwrap().histories.n(), 271);
    }
}

#[test]
fn rows_of_zeros_say_nothing() {
    for zero in ["0", "NA", "", "?", "onbekend", "-", "n.v.t."] {
        is_the_table(&format!("{}0,0,0,{zero}\n", table(["0", "1"], "count", plain_counts())));
    }
    let told = format!("{}0,0,0,1234\n", table(["0", "1"], "count", plain_counts()));
    assert_eq!(refused(&told), ReadError::Unseen { line: 9, count: 1234 });
}

#[test]
fn invisible_characters_are_left_out_of_names_and_levels_and_reported() {
    let table = "Po\u{202e}litie,Zorg,sector,count\n1,0,h\u{202e}o\u{200b}reca,40\n0,1,horeca,30\n1,1,hor\u{1b}eca,20\n1,1,bouw,7\n";
    let table = read(table.as_bytes(), &Choices::default()).unwrap();
    assert_eq!(table.layout.lists, ["Politie", "Zorg"]);
    let sectors: Vec<&str> = table.covariates[0].values.iter().flatten().map(String::as_str).collect();
    assert_eq!(sectors, ["horeca", "horeca", "horeca", "bouw"]);
    assert!(table.layout.notes.contains(&Note::Unseen { cells: 3 }), "{:?}", table.layout.notes);
    // A name that is copied out of the file names the same column.
    let named = Choices { lists: vec!["Po\u{202e}litie".into(), "Zorg".into()], ..Choices::default() };
    let copied = "Po\u{202e}litie,Zorg,count\n1,0,40\n0,1,30\n1,1,20\n";
    assert_eq!(read(copied.as_bytes(), &named).unwrap().layout.lists, ["Politie", "Zorg"]);
    // Letters that are joined on purpose stay.
    let joined = "A,B,naam,count\n1,0,می\u{200c}خواهم,40\n0,1,x,30\n1,1,x,20\n";
    let kept = read(joined.as_bytes(), &Choices::default()).unwrap();
    assert_eq!(kept.covariates[0].values[0].as_deref(), Some("می\u{200c}خواهم"));
    assert!(!kept.layout.notes.iter().any(|n| matches!(n, Note::Unseen { .. })));
}
