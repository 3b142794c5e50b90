//! Codes: the same bits as clkhash makes, and lists in codes linked.

use ijsberg_linkage::codes::encode::{EncodeError, Encoder};
use ijsberg_linkage::codes::file::{CodeFile, CodeFileError, base64_of};
use ijsberg_linkage::codes::free::two_lists;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::codes::score::{CodeLists, CodeModel};
use ijsberg_linkage::evaluate::quality;
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::link::link_codes;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::record::Record;

/// Vectors made by the package itself: `tests/clkhash/make.py`.
#[test]
fn the_same_bits_as_clkhash() {
    for vectors in [
        include_str!("clkhash/blake.json"),
        include_str!("clkhash/folded.json"),
        include_str!("clkhash/double.json"),
        include_str!("clkhash/tiny.json"),
    ] {
        let all: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let schema = CodeSchema::parse(all["schema"].to_string()).unwrap();
        let encoder = Encoder::new(&schema, all["secret"].as_str().unwrap().as_bytes()).unwrap();
        let rows: Vec<Vec<String>> = serde_json::from_value(all["rows"].clone()).unwrap();
        let rows: Vec<(u64, Vec<String>)> = (2..).zip(rows).collect();
        let codes = encoder.encode(&rows, 0).unwrap();
        let expected: Vec<String> = serde_json::from_value(all["codes"].clone()).unwrap();
        assert_eq!(expected.len(), 6);
        for (code, expected) in codes.iter().zip(&expected) {
            assert_eq!(&base64_of(&code[0], schema.config.l), expected);
        }
    }
}

const SCHEMA: &str = r#"{
  "version": 3,
  "clkConfig": {"l": 1024, "kdf": {"type": "HKDF", "hash": "SHA256", "salt": "c2FsdA==", "keySize": 64}},
  "features": [
    {"identifier": "given", "format": {"type": "string"}, "hashing": {"comparison": {"type": "ngram", "n": 2}, "strategy": {"bitsPerFeature": 160}}},
    {"identifier": "family", "format": {"type": "string"}, "hashing": {"comparison": {"type": "ngram", "n": 2}, "strategy": {"bitsPerFeature": 160}}},
    {"identifier": "birth", "format": {"type": "string"}, "hashing": {"comparison": {"type": "ngram", "n": 1, "positional": true}, "strategy": {"bitsPerToken": 30}}},
    {"identifier": "nationality", "format": {"type": "string"}, "hashing": {"comparison": {"type": "exact"}, "strategy": {"bitsPerToken": 60}}},
    {"identifier": "sex", "format": {"type": "string"}, "hashing": {"comparison": {"type": "exact"}, "strategy": {"bitsPerToken": 60}}}
  ],
  "ijsberg": {
    "groups": {"year": ["birth:year"], "day": ["birth:day"], "name": ["given", "family"], "origin": ["nationality", "sex"]},
    "fold": ["given", "family"],
    "dates": ["birth"]
  }
}"#;
const SECRET: &[u8] = b"a secret only for these tests";

fn cells(r: &Record) -> Vec<String> {
    let part = |x: Option<u8>| x.map_or_else(String::new, |x| format!("-{x:02}"));
    let birth = r.birth.map(|b| format!("{:04}{}{}", b.year, part(b.month), part(b.day)));
    vec![
        r.given.first().cloned().unwrap_or_default(),
        r.family.first().cloned().unwrap_or_default(),
        birth.unwrap_or_default(),
        r.nationality.clone().unwrap_or_default(),
        r.sex.clone().unwrap_or_default(),
    ]
}

/// Files of codes of synthetic lists, and the truth in their order.
fn encoded(schema: &CodeSchema, persons: usize, seed: u64) -> (Vec<CodeFile>, Vec<u32>) {
    let made = generate(&Design { persons, ..Design::default() }, seed);
    let encoder = Encoder::new(schema, SECRET).unwrap();
    let lists = made.records.iter().map(|r| r.list).max().unwrap() + 1;
    let mut truth = Vec::new();
    let files = (0..lists)
        .map(|list| {
            let own: Vec<usize> = (0..made.records.len()).filter(|i| made.records[*i].list == list).collect();
            truth.extend(own.iter().map(|i| made.truth[*i]));
            let rows: Vec<(u64, Vec<String>)> =
                own.iter().map(|i| (*i as u64, cells(&made.records[*i]))).collect();
            let codes = encoder.encode(&rows, seed ^ list as u64).unwrap();
            let rows = rows.iter().map(|r| r.0).zip(codes).collect();
            CodeFile::new(&format!("list-{list}"), schema, &encoder, rows)
        })
        .collect();
    (files, truth)
}

#[test]
fn lists_in_codes_are_linked_without_a_threshold() {
    let schema = CodeSchema::parse(SCHEMA).unwrap();
    let (files, truth) = encoded(&schema, 1200, 3);
    let written: Vec<CodeFile> =
        files.iter().map(|f| CodeFile::read(f.write().as_bytes(), "").unwrap()).collect();
    assert_eq!(written, files);
    let lists = CodeLists::new(&written).unwrap();
    let linked = link_codes(&lists, &Sampling { draws: 20, ..Sampling::default() }, &|| ());
    let q = quality(&linked.groups, &truth);
    assert!(q.f1 > 0.9, "{q:?}");
}

#[test]
fn noise_costs_little_and_one_code_of_everything_still_links() {
    let noisy = CodeSchema::parse(SCHEMA.replace("\"fold\"", "\"flip\": 0.05, \"fold\"")).unwrap();
    let (files, truth) = encoded(&noisy, 1200, 3);
    let linked =
        link_codes(&CodeLists::new(&files).unwrap(), &Sampling { draws: 20, ..Sampling::default() }, &|| ());
    let q = quality(&linked.groups, &truth);
    assert!(q.f1 > 0.7, "{q:?}");
    let mut one: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    one["ijsberg"].as_object_mut().unwrap().remove("groups");
    let (files, truth) = encoded(&CodeSchema::parse(one.to_string()).unwrap(), 1200, 3);
    let linked =
        link_codes(&CodeLists::new(&files).unwrap(), &Sampling { draws: 20, ..Sampling::default() }, &|| ());
    let q = quality(&linked.groups, &truth);
    assert!(q.f1 > 0.6, "{q:?}");
}

#[test]
fn other_secrets_schemas_and_damage_are_found_and_no_value_is_shown() {
    let schema = CodeSchema::parse(SCHEMA).unwrap();
    let encoder = Encoder::new(&schema, SECRET).unwrap();
    let row = |birth: &str| (7_u64, ["Secret", "Person", birth, "NL", "F"].map(str::to_owned).to_vec());
    let codes = encoder.encode(&[row("1990")], 0).unwrap();
    let file =
        |e: &Encoder, s: &CodeSchema, name: &str| CodeFile::new(name, s, e, vec![(7, codes[0].clone())]);
    let a = file(&encoder, &schema, "a");
    let other = Encoder::new(&schema, b"another secret of these tests").unwrap();
    let says = |b: CodeFile| CodeFile::comparable(&[a.clone(), b]).unwrap_err().to_string();
    assert!(says(file(&other, &schema, "b")).contains("different secrets"));
    let salted = CodeSchema::parse(SCHEMA.replace("\"fold\"", "\"salt\": \"sex\", \"fold\"")).unwrap();
    let third = Encoder::new(&salted, SECRET).unwrap();
    assert!(says(file(&third, &salted, "c")).contains("different schemas"));
    let text = a.write();
    for needle in ["Secret", "Person", "1990", "a secret only"] {
        assert!(!text.contains(needle) && !format!("{encoder:?}").contains(needle));
    }
    assert!(matches!(CodeFile::read(&text.as_bytes()[..text.len() / 2], ""), Err(CodeFileError::Form(_))));
    let changed = text.replace("\"list\":\"a\"", "\"list\":\"z\"");
    assert_eq!(CodeFile::read(changed.as_bytes(), ""), Err(CodeFileError::Damaged));
    let e = encoder.encode(&[row("31-31-1990")], 0).unwrap_err();
    assert!(
        matches!(&e, EncodeError::Values { lines, .. } if lines == "7") && !e.to_string().contains("31-31")
    );
    assert_eq!(Encoder::new(&schema, b"short").unwrap_err(), EncodeError::Secret);
    assert!(matches!(encoder.encode(&[(3, vec![])], 0), Err(EncodeError::Cells { line: 3, .. })));
    // Salt changes every code; the same value with the same salt keeps its own.
    let (x, y) = (third.encode(&[row("1990")], 0).unwrap(), third.encode(&[row("1990")], 9).unwrap());
    assert!(x == y && x != codes);
}

#[test]
fn a_file_of_clkhash_is_read() {
    let f = CodeFile::read(br#"{"clks": ["/wAB", "AAAA"]}"#, "x").unwrap();
    assert_eq!((f.l, f.rows.len(), f.list.as_str(), f.mark), (24, 2, "x", None));
    assert_eq!(f.rows[0].1[0][0], 0x0080_00ff);
    assert_eq!(CodeFile::read(br#"{"clks": ["/wAB", "AA=="]}"#, "x"), Err(CodeFileError::Code(2)));
}

/// Codes with nearly every bit set are refused; with many set all are alike, and still there is an end to the work.
#[test]
fn codes_that_are_all_alike_are_refused_or_bounded() {
    let file = |list: &str, rows: usize, gaps: usize| {
        let mut f = CodeFile::read(br#"{"clks": ["/////////////////////w=="]}"#, list).unwrap();
        let row = |i: usize| {
            let mut code = f.rows[0].1.clone();
            let at = |k: usize| (i * 31 + k * k * 7 + k * (i / 3)) % 128;
            (0..gaps).map(at).for_each(|bit| code[0][bit / 64] &= !(1 << (bit % 64)));
            (i as u64 + 1, code)
        };
        let all = (0..rows).map(row).collect();
        f.rows = all;
        f
    };
    let full = CodeLists::new(&[file("a", 50, 2), file("b", 50, 2)]).unwrap_err();
    assert!(matches!(full, CodeFileError::Saturated(95..)), "{full}");
    // One such list among others is found too.
    let one = CodeLists::new(&[file("a", 50, 70), file("b", 50, 2), file("c", 50, 70)]).unwrap_err();
    assert!(matches!(one, CodeFileError::Saturated(95..)), "{one}");
    let alike = CodeLists::new(&[file("a", 1500, 20), file("b", 1500, 20)]).unwrap();
    let sampling = Sampling { chains: 1, burn_in: 5, draws: 5, ..Sampling::default() };
    let linked = link_codes(&alike, &sampling, &|| ());
    assert!(linked.edges.len() <= 200 * 3000, "{}", linked.edges.len());
}

/// Two independent lists of a population of known size, with nobody linked.
#[test]
fn the_size_comes_out_with_nobody_linked() {
    let schema = CodeSchema::parse(SCHEMA).unwrap();
    let (files, truth) = encoded(&schema, 3000, 11);
    let lists = CodeLists::new(&files).unwrap();
    let counts = lists.tally();
    let pairs: u64 = counts.values().flatten().map(|c| c.1).sum();
    assert_eq!(pairs as usize, truth.len() * (truth.len() - 1) / 2);
    let all = two_lists(&counts, &lists.sizes(), &CodeModel::learn(&counts, &lists.sizes(), 4));
    assert_eq!(all.len(), 15);
    let covered =
        all.iter().filter(|t| t.size.is_some_and(|[_, low, high]| (low..=high).contains(&3000.0))).count();
    assert!(covered >= 12, "{all:?}");
    for two in all {
        let of = |list: usize| -> Vec<u32> {
            truth.iter().zip(&lists.lists).filter(|(_, l)| **l == list).map(|(t, _)| *t).collect()
        };
        let [a, b] = two.lists.map(of);
        let both = a.iter().map(|x| b.iter().filter(|y| x == *y).count()).sum::<usize>() as f64;
        assert!((two.both - both).abs() < 0.1 * both + 6.0, "{both} {two:?}");
    }
}
