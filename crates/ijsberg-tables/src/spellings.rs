//! The same table in many spellings gives the same table, or is refused.

use ijsberg_mse::histories::Histories;
use proptest::prelude::*;

use crate::{Choices, Contents, Doubt, Note, Overlaps, ReadError, Table, Thousands, open, read};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/tables/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn file(name: &str) -> Result<Table, ReadError> {
    read(&bytes(name), &Choices::default())
}

fn text(text: &str) -> Result<Table, ReadError> {
    read(text.as_bytes(), &Choices::default())
}

fn doubt(result: Result<Table, ReadError>) -> Doubt {
    match result {
        Err(ReadError::Uncertain(u)) => u.doubt,
        other => panic!("{other:?}"),
    }
}

/// Whatever is doubted, both readings can be chosen, and what is chosen is no longer doubted.
fn settled(bytes: &[u8], choices: &Choices) -> [Result<Table, ReadError>; 2] {
    let Err(ReadError::Uncertain(u)) = read(bytes, choices) else { panic!("certain") };
    u.readings.clone().map(|reading| {
        assert!(!reading.flags.is_empty(), "{u:?}");
        read(bytes, &reading.choices)
    })
}

#[test]
fn every_spelling_of_a_table_is_that_table() {
    let base = file("00_base.csv").unwrap().histories;
    for name in [
        "01_semicolon_decimalcomma.csv",
        "02_bom.csv",
        "05_yesno.csv",
        "07_truefalse.csv",
        "09_x_blank.csv",
        "13_trailing_blank.csv",
        "15_total_row.csv",
        "16_aantal.csv",
        "17_Freq.csv",
        "18_N.csv",
        "19c_ndisn.csv",
        "21_zero_row0.csv",
        "22_zero_rowNA.csv",
        "23_zero_row_blank.csv",
        "24c_wide_counts.csv",
        "37_float1.csv",
        "44_quotes.csv",
        "45_tab.tsv",
        "47_spaces.csv",
        "48_rowname_write_csv.csv",
        "49_comment.csv",
        "50_sep_line.csv",
        "51_strata.csv",
    ] {
        let table = file(name).unwrap_or_else(|e| panic!("{name}: {e}"));
        if name == "51_strata.csv" {
            assert_eq!(table.layout.covariates, ["regio"]);
        } else {
            assert_eq!(table.histories, base, "{name}");
            assert!(table.covariates.is_empty(), "{name}");
        }
    }
    for name in ["04_latin1.csv", "20_names.csv", "24b_history_string.csv"] {
        assert_eq!(file(name).unwrap().histories.cells(), base.cells(), "{name}");
    }
    let latin = file("04_latin1.csv").unwrap();
    assert_eq!(latin.histories.lists()[1], "Jeugdzorg één");
    assert!(latin.layout.notes.contains(&Note::Encoding { name: "Windows-1252" }));
}

#[test]
fn a_number_with_two_meanings_is_asked() {
    let name = "11_thousands_dot.csv";
    assert!(matches!(doubt(file(name)), Doubt::Thousands { .. }));
    let [thousands, decimals] = settled(&bytes(name), &Choices::default());
    assert_eq!(thousands.unwrap().histories.n(), 27_100);
    assert!(matches!(decimals, Err(ReadError::Count { line: 2, .. })));
}

#[test]
fn a_dutch_count_is_a_count() {
    let table = file("71_ned_aantal.csv").unwrap();
    assert_eq!((table.layout.count.as_deref(), table.histories.n()), (Some("aantal"), 8234));
}

#[test]
fn a_list_in_another_spelling_is_a_list() {
    let alone = text("K,A,B,count\nja,0,0,9\nnee,1,0,8\nja,0,1,7\nnee,1,1,2\n").unwrap();
    assert_eq!((alone.layout.lists.len(), alone.histories.n()), (3, 26));
    // Without a person who is on that list alone it may be something known of persons.
    assert_eq!(doubt(file("one_bool.csv")), Doubt::ListOrCovariate { columns: vec!["P".into()] });
    let [list, covariate] = settled(&bytes("one_bool.csv"), &Choices::default());
    assert_eq!(list.unwrap().histories, file("ok.csv").unwrap().histories);
    assert_eq!(covariate.unwrap().layout.covariates, ["P"]);
    let text_of = |p: [&str; 2], q: &str| {
        format!("{q},A,B,count\n{},1,0,9\n{},1,0,8\n{},0,1,7\n{},1,1,2\n", p[0], p[1], p[0], p[1])
    };
    for words in [["ja", "nee"], ["True", "False"], ["yes", "no"]] {
        assert_eq!(doubt(text(&text_of(words, "K"))), Doubt::ListOrCovariate { columns: vec!["K".into()] });
    }
    assert_eq!(text(&text_of(["1.0", "0.0"], "K")).unwrap().layout.lists.len(), 3);
    for name in ["female", "Minderjarig", "is_minor", "vrouw"] {
        assert!(matches!(doubt(text(&text_of(["1", "0"], name))), Doubt::ListOrCovariate { .. }), "{name}");
    }
}

#[test]
fn a_trait_of_persons_among_lists_is_asked_and_either_answer_is_taken() {
    let name = "38_persons_binary_cov.csv";
    assert_eq!(doubt(file(name)), Doubt::ListOrCovariate { columns: vec!["female".into()] });
    let [list, covariate] = settled(&bytes(name), &Choices::default());
    assert_eq!(list.unwrap().layout.lists, ["P", "Q", "E", "female"]);
    let covariate = covariate.unwrap();
    assert_eq!(covariate.layout.lists, ["P", "Q", "E"]);
    assert_eq!(covariate.layout.covariates, ["female", "year", "age"]);
    assert_eq!(covariate.layout.ignored, ["id"]);
}

#[test]
fn tables_of_persons_and_of_strata_are_read_as_before() {
    for (name, covariates, n) in
        [("39_persons_age_only.csv", vec!["age"], 271), ("41_persons_year.csv", vec!["jaar"], 271)]
    {
        let table = file(name).unwrap();
        assert_eq!(
            (table.layout.covariates.clone(), table.histories.n()),
            (covariates.iter().map(|c| (*c).to_owned()).collect(), n),
            "{name}"
        );
    }
    let strata = file("72_strata_count.csv").unwrap();
    assert_eq!(strata.layout.covariates, ["jaar", "regio", "geslacht", "leeftijd"]);
    assert_eq!(file("covlist.csv").unwrap().layout.lists, ["O", "P", "R", "Z"]);
    assert_eq!(file("80_nested_strata.csv").unwrap().layout.covariates, ["region"]);
    assert_eq!(file("35_dup_rows.csv").unwrap().layout.notes, [Note::Repeated { rows: 7 }]);
    assert!(matches!(file("617_lists.csv"), Err(ReadError::TooManyLists { found: 17 })));
    assert_eq!(file("overflow.csv"), Err(ReadError::TooManyPersons));
    for name in [
        "25_two.csv",
        "27_single_person.csv",
        "28_three_persons.csv",
        "29_subset.csv",
        "32_identical_lists.csv",
        "612_lists.csv",
        "616_lists.csv",
        "68_lists.csv",
        "xi3.csv",
        "xi4.csv",
    ] {
        assert!(file(name).unwrap().covariates.is_empty(), "{name}");
    }
    assert!(matches!(file("36_negative.csv"), Err(ReadError::Count { line: 8, .. })));
}

#[test]
fn a_list_called_n_is_a_list() {
    let (n, ngo) = (file("listN.csv").unwrap(), file("listNGO.csv").unwrap());
    assert_eq!(n.histories.cells(), ngo.histories.cells());
    assert_eq!((n.layout.lists.len(), n.layout.count), (4, None));
    let small = "A,B,C,N\n1,0,0,1\n0,1,0,1\n0,0,1,0\n1,1,0,1\n";
    assert_eq!(doubt(text(small)), Doubt::CountOrList { column: "N".into() });
}

#[test]
fn numbers_beside_unique_histories_are_never_a_covariate() {
    let table = "A,B,C,slachtoffers_2023\n1,0,0,9\n0,1,0,8\n0,0,1,7\n1,1,0,12\n";
    assert!(matches!(doubt(text(table)), Doubt::CountOrCovariate { .. }));
    let [count, persons] = settled(table.as_bytes(), &Choices::default());
    assert_eq!((count.unwrap().histories.n(), persons.unwrap().histories.n()), (36, 4));
    let two = "A,B,n,count\n1,0,9,3\n0,1,8,4\n1,1,7,5\n";
    assert!(matches!(doubt(text(two)), Doubt::TwoCounts { .. }));
}

#[test]
fn errors_name_the_line_of_the_file() {
    for end in ["\n", "\r\n", "\r"] {
        let table = ["Export 2024", "", "A,B,count", "1,0,4", "", "0,1,many"].join(end);
        assert!(matches!(text(&table), Err(ReadError::Count { line: 6, .. })), "{end:?}");
        let table =
            ["sep=,", "A,B,count", "1,0,4", "0,2,7", "1,1,3", "0,1,3", "1,0,5", "0,1,9", "1,0,5"].join(end);
        assert!(matches!(text(&table), Err(ReadError::NotBinary { line: 4, .. })), "{end:?}");
    }
}

#[test]
fn sums_are_checked() {
    let wrong = "A,B,count\n1,0,4\n0,1,5\n1,1,6\nTotaal,,14\n";
    assert_eq!(text(wrong), Err(ReadError::Total { line: 5, said: "14".into(), sum: 15 }));
    let strata = "A,B,regio,count\n1,0,N,4\n0,1,N,5\n1,1,N,6\n1,0,Z,1\n0,1,Z,1\n1,1,Z,1\n1,0,Totaal,5\n0,1,Totaal,6\n1,1,Totaal,7\n";
    assert_eq!(text(strata).unwrap().histories.n(), 18);
    assert_eq!(text("A,B,count\n1,0,4\n0,1,5\n1,1,6\n,,15\n").unwrap().histories.n(), 15);
}

#[test]
fn hidden_counts_are_ranges_and_never_numbers() {
    let name = "42_cell_suppressed.csv";
    assert_eq!(file(name), Err(ReadError::Hidden { line: 6, value: "<5".into() }));
    let Contents::Hidden(table) = open(&bytes(name), &Choices::default()).unwrap() else { panic!() };
    let hidden = &table.hidden()[0];
    assert_eq!((hidden.history, hidden.low, hidden.high), (5, 0, 4));
    assert_eq!(table.complete(&[3]).unwrap().histories.n(), 257);
    let marked = "A,B,count\n1,0,40\n0,1,*\n1,1,6\n";
    assert!(matches!(text(marked), Err(ReadError::Marked { line: 3, .. })));
    let bound = Choices { hidden: Some((1, 9)), ..Choices::default() };
    assert!(matches!(open(marked.as_bytes(), &bound), Ok(Contents::Hidden(_))));
}

#[test]
fn nested_overlaps_are_asked() {
    let table = "P,Q,E,PQ,PE,QE,PQE\n135,122,126,49,45,46,28\n";
    assert_eq!(doubt(text(table)), Doubt::Overlaps);
    let nested = Choices { overlaps: Some(Overlaps::Nested), ..Choices::default() };
    let exact = read(table.as_bytes(), &nested).unwrap().histories;
    assert_eq!(exact.cells(), file("00_base.csv").unwrap().histories.cells());
}

#[test]
fn formats_of_other_programs_are_read() {
    let base = file("00_base.csv").unwrap().histories;
    let conting = "y,P,Q,E\nNA,un,un,un\n69,obs,un,un\n55,un,obs,un\n63,un,un,obs\n21,obs,obs,un\n17,obs,un,obs\n18,un,obs,obs\n28,obs,obs,obs\n";
    assert_eq!(text(conting).unwrap().histories, base);
    let spaces = "\"P\" \"Q\" \"E\" \"Freq\"\n\"1\" 1 0 0 69\n\"2\" 0 1 0 55\n\"3\" 0 0 1 63\n\"4\" 1 1 0 21\n\"5\" 1 0 1 17\n\"6\" 0 1 1 18\n\"7\" 1 1 1 28\n";
    assert_eq!(text(spaces).unwrap().histories, base);
    let rcapture = "1,0,0,69\n0,1,0,55\n0,0,1,63\n";
    assert!(matches!(text(rcapture), Err(ReadError::NoHeader { line: 1 })));
    let dashes = "P-Q-E;aantal\n1-0-0;69\n0-1-0;55\n0-0-1;63\n1-1-0;21\n1-0-1;17\n0-1-1;18\n1-1-1;28\n";
    assert_eq!(text(dashes).unwrap().histories, base);
    let lost = "history,freq\n100,69\n10,55\n1,63\n110,21\n101,17\n11,18\n111,28\n";
    assert_eq!(text(lost).unwrap().histories.cells(), base.cells());
}

#[test]
fn a_mark_of_the_file_itself_decides() {
    let roles = crate::written::Roles::of_histories(&["N".into(), "count".into()], "female");
    let table = format!("{}\nN,count,female\n1,0,4\n0,1,5\n1,1,1\n", roles.line());
    let read = text(&table).unwrap();
    assert_eq!((read.layout.lists.clone(), read.histories.n()), (vec!["N".into(), "count".into()], 10));
}

/// How a table is spelled.
#[derive(Debug, Clone)]
struct Spelling {
    encoding: usize,
    delimiter: char,
    end: &'static str,
    words: (&'static str, &'static str),
    number: usize,
    count: &'static str,
    reversed: bool,
    extra: usize,
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let words = prop::sample::select(vec![
        ("1", "0"),
        ("1.0", "0.0"),
        ("TRUE", "FALSE"),
        ("WAAR", "ONWAAR"),
        ("ja", "nee"),
        ("yes", "no"),
        ("x", ""),
        ("T", "F"),
        ("obs", "un"),
        ("J", "N"),
        ("1", "-"),
        ("X", "0"),
        ("Oui ", "NON"),
        ("VRAI", "FAUX"),
        ("wahr", "falsch"),
        ("Ja", ""),
    ]);
    let count = prop::sample::select(vec![
        "count",
        "Freq",
        "aantal",
        "n",
        "N",
        "frequentie",
        "y",
        "totaal",
        "personen",
        "Aantal (n)",
        "Aantal slachtoffers 2023",
        "# persons",
    ]);
    (
        0..5_usize,
        prop::sample::select(vec![',', ';', '\t', '|']),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        words,
        0..8_usize,
        count,
        any::<bool>(),
        0..7_usize,
    )
        .prop_map(|(encoding, delimiter, end, words, number, count, reversed, extra)| Spelling {
            encoding,
            delimiter,
            end,
            words,
            number,
            count,
            reversed,
            extra,
        })
}

fn grouped(n: u64, mark: &str) -> String {
    if n < 1000 { n.to_string() } else { format!("{}{mark}{:03}", n / 1000, n % 1000) }
}

impl Spelling {
    fn write(&self, counts: &[u64]) -> Vec<u8> {
        let quote = |cell: String| if cell.contains(self.delimiter) { format!("\"{cell}\"") } else { cell };
        let number = |n: u64| {
            quote(match self.number {
                0 => n.to_string(),
                1 => format!("{n},0"),
                2 => format!("{n}.00"),
                3 => grouped(n, "."),
                4 => format!("{n}*"),
                5 => format!("+{n} a)"),
                6 => grouped(n, "\u{a0}"),
                _ => grouped(n, " "),
            })
        };
        let join = |cells: Vec<String>| cells.join(&self.delimiter.to_string());
        let mut rows: Vec<String> = (1..8_usize)
            .filter(|m| counts[m - 1] > 0)
            .map(|m| {
                let mark = |j: usize| if m >> j & 1 == 1 { self.words.0 } else { self.words.1 };
                join((0..3).map(|j| mark(j).to_owned()).chain([number(counts[m - 1])]).collect())
            })
            .collect();
        if self.reversed {
            rows.reverse();
        }
        let mut header = join(["Één", "B", "C", self.count].map(String::from).to_vec());
        let empty = self.delimiter.to_string().repeat(2);
        match self.extra {
            1 => header = format!("# a comment{}{header}", self.end),
            2 => header = format!("Slachtoffers 2024{}{}{header}", self.end, self.end),
            3 => rows.push(format!("Totaal{empty}{}{}", self.delimiter, number(counts.iter().sum()))),
            4 => rows.push(format!("{empty}{}", self.delimiter)),
            5 => header = format!("sep={}{}{header}", self.delimiter, self.end),
            6 => {
                header = format!("\"\"{}{header}", self.delimiter);
                rows = rows
                    .iter()
                    .enumerate()
                    .map(|(i, r)| format!("\"{}\"{}{r}", i + 1, self.delimiter))
                    .collect();
            }
            _ => {}
        }
        rows.insert(0, header);
        let text = rows.join(self.end) + self.end;
        match self.encoding {
            1 => [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(),
            2 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            3 => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
            4 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
            _ => text.into_bytes(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn any_spelling_gives_the_same_table_or_is_refused(counts in prop::collection::vec(1_u64..4000, 7), how in spelling()) {
        let names = ["Één", "B", "C"].map(String::from).to_vec();
        let right = Histories::new(names, (1..8_u32).zip(counts.iter().copied())).unwrap();
        let bytes = how.write(&counts);
        match read(&bytes, &Choices::default()) {
            Ok(table) => prop_assert_eq!(table.histories, right),
            Err(ReadError::Uncertain(u)) => {
                let thousands = matches!(u.doubt, Doubt::Thousands { .. });
                prop_assert!(thousands && how.number == 3, "{:?}", u);
                let said = Choices { thousands: Some(Thousands::Point), ..Choices::default() };
                prop_assert_eq!(read(&bytes, &said).unwrap().histories, right);
            }
            Err(e) => prop_assert!(false, "{} in {}", e, String::from_utf8_lossy(&bytes)),
        }
    }
}
