//! Rows of sums beside counts that are hidden, for parts of the table, and without a word.

use super::{HISTORIES, text};
use crate::{Choices, Contents, Note, ReadError, open};

/// The table with some of its counts written as something else, and rows below it.
fn with(hidden: &[(usize, &str)], below: &str) -> String {
    let cell = |i: usize, n: u64| hidden.iter().find(|h| h.0 == i).map_or(n.to_string(), |h| h.1.to_owned());
    let rows = HISTORIES.iter().enumerate().map(|(i, (h, n))| format!("{h},{}\n", cell(i, *n)));
    format!("P,Q,E,aantal\n{}{below}", rows.collect::<String>())
}

fn contents(file: &str, hidden: Option<(u64, u64)>) -> Result<Contents, ReadError> {
    open(file.as_bytes(), &Choices { hidden, ..Choices::default() })
}

#[test]
fn a_total_beside_hidden_counts_is_compared_with_what_they_can_be() {
    for said in ["250", "253", "259", "271", "9999", "10"] {
        let file = with(&[(4, "<5")], &format!("Totaal,,,{said}\n"));
        let wrong = ReadError::TotalRange { line: 9, said: said.into(), low: 254, high: 258 };
        assert_eq!(contents(&file, None).unwrap_err(), wrong);
    }
    let marked = with(&[(4, "*")], "Totaal,,,9999\n");
    assert!(matches!(contents(&marked, None), Err(ReadError::Marked { line: 6, .. })));
    let wrong = ReadError::TotalRange { line: 9, said: "9999".into(), low: 255, high: 258 };
    assert_eq!(contents(&marked, Some((1, 4))).unwrap_err(), wrong);
    // Of two hidden counts the total shows only what they are together.
    let two = with(&[(4, "<20"), (5, "<20")], "Totaal,,,271\n");
    let Ok(Contents::Hidden(table)) = contents(&two, None) else { panic!("exact") };
    assert_eq!(table.hidden().len(), 2);
    let notes = table.complete(&[17, 18]).unwrap().layout.notes;
    assert!(notes.contains(&Note::TotalInRange { line: 9, low: 236, high: 274 }), "{notes:?}");
    assert!(!notes.contains(&Note::Total { line: 9 }), "{notes:?}");
}

#[test]
fn a_hidden_count_that_follows_from_a_total_is_that_count() {
    let one = text(&with(&[(4, "<20")], "Totaal,,,271\n")).unwrap();
    assert_eq!(one.histories.n(), 271);
    assert!(one.rows.contains(&(0b101, 17)), "{:?}", one.rows);
    let notes = &one.layout.notes;
    assert!(notes.contains(&Note::FromTotal { line: 6, count: 17, total: 9 }), "{notes:?}");
    assert!(!notes.iter().any(|n| matches!(n, Note::Hidden { .. })), "{notes:?}");
    // Once a group shows one, the whole shows the other.
    let groups = "regio,P,Q,aantal\nN,1,0,40\nN,0,1,30\nN,1,1,<9\nTotaal N,,,75\nZ,1,0,30\nZ,0,1,20\nZ,1,1,<9\nTotaal,,,133\n";
    assert_eq!(text(groups).unwrap().rows.iter().map(|r| r.1).collect::<Vec<_>>(), [40, 30, 5, 30, 20, 8]);
}

#[test]
fn a_wrong_sum_of_a_part_is_named_and_not_the_right_one() {
    let group = |name: &str| HISTORIES.iter().map(|(h, n)| format!("{name},{h},{n}\n")).collect::<String>();
    let table = |north: &str, south: &str, all: &str| {
        let (n, z) = (group("Noord"), group("Zuid"));
        format!(
            "regio,P,Q,E,aantal\n{n}Totaal Noord,,,,{north}\n{z}Totaal Zuid,,,,{south}\nTotaal,,,,{all}\n"
        )
    };
    assert_eq!(text(&table("271", "271", "542")).unwrap().histories.n(), 542);
    for (file, line, said, sum) in [
        (table("271", "280", "542"), 17, "280", 271),
        (table("280", "271", "542"), 9, "280", 271),
        (table("271", "271", "551"), 18, "551", 542),
    ] {
        assert_eq!(text(&file), Err(ReadError::Total { line, said: said.into(), sum }));
    }
    // Sums below the whole table add up to all, or are of the level that they name.
    let below = |north: &str| {
        let (n, z) = (group("Noord"), group("Zuid"));
        format!("regio,P,Q,E,aantal\n{n}{z}Totaal Noord,,,,{north}\nTotaal Zuid,,,,271\n")
    };
    assert_eq!(text(&below("271")).unwrap().histories.n(), 542);
    assert_eq!(text(&below("272")), Err(ReadError::Total { line: 16, said: "272".into(), sum: 271 }));
    let hidden = table("271", "400", "542").replace("Zuid,1,1,1,28", "Zuid,1,1,1,<5");
    let wrong = ReadError::TotalRange { line: 17, said: "400".into(), low: 243, high: 247 };
    assert_eq!(text(&hidden), Err(wrong));
}

#[test]
fn a_total_that_says_nothing_is_left_out_and_not_called_checked() {
    for said in ["", "*", "<300", "?", "NA"] {
        let read = text(&with(&[], &format!("Totaal,,,{said}\n"))).unwrap();
        assert_eq!(read.histories.n(), 271, "{said}");
        assert_eq!(read.layout.notes, [Note::TotalNotChecked { line: 9 }], "{said}");
    }
    let less = with(&[], "Totaal,,,<200\n");
    assert_eq!(text(&less), Err(ReadError::Total { line: 9, said: "<200".into(), sum: 271 }));
    let persons = "P,Q\n1,0\n0,1\n1,1\nTotaal,3\n";
    assert_eq!(text(persons).unwrap().layout.notes, [Note::TotalNotChecked { line: 5 }]);
}

#[test]
fn sums_without_a_word_are_sums() {
    for below in ["135,122,126,271\n", "4,4,4,271\n"] {
        let read = text(&with(&[], below)).unwrap();
        assert_eq!((read.histories.n(), &read.layout.notes[..]), (271, &[Note::Total { line: 9 }][..]));
    }
    assert!(matches!(text(&with(&[], "135,122,127,271\n")), Err(ReadError::NotBinary { line: 9, .. })));
    // Groups that begin or end with their sum.
    let rows = |name: &str, plus: u64| {
        HISTORIES[..4].iter().map(|(h, n)| format!("{name},{h},{}\n", n + plus)).collect::<String>()
    };
    let (north, south) = (rows("Noord", 0), rows("Zuid", 1));
    let first = format!("regio,P,Q,E,n\nNoord,,,,208\n{north}Zuid,,,,212\n{south}");
    let last = format!("regio,P,Q,E,n\n{north}Noord,,,,208\n{south}Zuid,,,,212\n");
    for file in [first, last] {
        assert_eq!(text(&file).unwrap().histories.n(), 420, "{file}");
        // A cell that is blank by mistake is still one.
        assert!(matches!(text(&file.replace("Zuid,1,0,0", "Zuid,,0,0")), Err(ReadError::NotBinary { .. })));
    }
}
