use ijsberg_linkage::codes::encode::EncodeError;
use ijsberg_linkage::codes::fault::{Fault, Place, Problem};
use ijsberg_linkage::codes::file::CodeFileError;
use ijsberg_linkage::codes::schema::CodeSchemaError;
use ijsberg_linkage::codes::value::ValueError;
use ijsberg_linkage::covariates::CovariateError as OfLists;
use ijsberg_linkage::schema::SchemaError;
use ijsberg_linkage::splink::SplinkError;

use super::*;

/// The library's own message and the English resource must not drift apart.
#[test]
fn every_error_is_said_in_both_languages() {
    let s = |x: &str| x.to_owned();
    let all = [
        ReadError::Empty,
        ReadError::NotUtf8 { line: 3, byte: 4 },
        ReadError::Formulas { line: 2, cells: 7 },
        ReadError::BlankCount { column: s("n") },
        ReadError::Malformed { format: "CSV", why: s("x") },
        ReadError::Ragged { line: 2, found: 1, expected: 3 },
        ReadError::Header { column: 2, name: s("A") },
        ReadError::NoSuchColumn { name: s("B"), columns: s("A, C") },
        ReadError::NoLists { columns: s("A, C") },
        ReadError::OneList { name: s("A") },
        ReadError::NoHeader { line: 1 },
        ReadError::Quote { line: 4 },
        ReadError::OtherFormat { what: "JSON" },
        ReadError::NoSuchSheet { name: s("a"), sheets: s("b, c") },
        ReadError::SeveralLists { sheets: s("a, b") },
        ReadError::NamedTwice { name: s("P") },
        ReadError::CrossTable { line: 1 },
        ReadError::ManyCounts { columns: s("2013, 2014") },
        ReadError::OpenEnd { line: 6, column: s("k"), value: s("5+") },
        ReadError::TooLarge { what: "cells", found: 9, most: 8 },
        ReadError::TooLarge { what: "bytes", found: 9, most: 8 },
        ReadError::LongCell { line: 3, column: 2, found: 9, most: 8 },
        ReadError::TooDear,
        ReadError::NoReader { why: s("gone") },
        ReadError::Stopped,
        ReadError::Total { line: 5, said: s("9"), sum: 8 },
        ReadError::TotalRange { line: 5, said: s("9"), low: 5, high: 8 },
        ReadError::Marked { line: 5, column: s("n"), value: s("*") },
        ReadError::Hidden { line: 5, value: s("<5") },
        ReadError::HiddenSheet { name: s("old") },
        ReadError::AbsentHidden,
        ReadError::ManyAbsent { found: 9000, most: 5000 },
        ReadError::NotNested { line: 2 },
        ReadError::NestedGroups { line: 2 },
        ReadError::Draws,
        ReadError::TooManyLists { found: 17 },
        ReadError::NotBinary { line: 2, column: s("A"), value: s("2") },
        ReadError::Count { line: 2, column: s("n"), value: s("-1") },
        ReadError::Unseen { line: 2, count: 9 },
        ReadError::AllLists { line: 8, column: s("lists"), value: s("all three") },
        ReadError::Nobody,
        ReadError::TooManyPersons,
    ];
    let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
    let other: Vec<(String, String)> =
        all.iter().map(|e| (read_error(&en, e), e.to_string())).filter(|(said, own)| said != own).collect();
    assert!(other.is_empty(), "{other:#?}");
    for e in &all {
        let dutch = read_error(&nl, e);
        assert!(dutch != e.to_string() && !dutch.starts_with("read-error"), "{dutch}");
    }
    let formula = s("[AB]");
    for e in [
        ModelError::Syntax { formula: formula.clone() },
        ModelError::Term { formula: formula.clone(), term: s("AB"), lists: s("A, C") },
        ModelError::Saturated { formula },
    ] {
        assert_eq!(model_error(&en, &e), e.to_string());
        let dutch = model_error(&nl, &e);
        assert!(dutch != e.to_string() && !dutch.starts_with("model-error"), "{dutch}");
    }
    let covariate = [
        CovariateError::NoSuchCovariate { name: s("a"), covariates: s("b, c") },
        CovariateError::Inactive { text: s("K:year") },
        CovariateError::None,
        CovariateError::NotNumeric { name: s("a"), value: s("x") },
        StratifiedError::TooManyLists { found: 11 }.into(),
        StratifiedError::NotInactive { list: s("K"), covariate: s("y"), level: s("1"), count: 3 }.into(),
        StratifiedError::Levels { name: s("a"), levels: 1 }.into(),
    ];
    for e in &covariate {
        assert_eq!(covariate_error(&en, e), e.to_string());
        assert_ne!(covariate_error(&nl, e), e.to_string());
    }
    let file = s("f");
    for e in [
        SchemaError::NoSuchColumn { file: file.clone(), column: s("a"), columns: s("b, c") },
        SchemaError::NothingToLinkBy { file: file.clone(), columns: s("b, c") },
        SchemaError::Dates { file: file.clone(), column: s("a"), count: 2, lines: s("3, 4") },
        SchemaError::Sexes { file: file.clone(), column: s("a"), count: 2, lines: s("3, 4") },
        SchemaError::Parts { file: file.clone(), year: s("a"), month: s("b"), day: s("c") },
        SchemaError::Ragged { file: file.clone(), line: 3, found: 5, expected: 4 },
        SchemaError::Twice { file: file.clone(), column: s("a") },
        SchemaError::TooManyComparisons { file: file.clone(), found: 5 },
        SchemaError::Levels { file: file.clone(), column: s("a") },
        SchemaError::OtherComparison { file: file.clone(), number: 2 },
        SchemaError::Lists { found: 1 },
        SchemaError::Name { name: s("count") },
        SchemaError::EmptyList { name: s("a") },
        SchemaError::NoList { file, line: 3 },
    ] {
        assert_eq!(schema_error(&en, &e), e.to_string());
        assert_ne!(schema_error(&nl, &e), e.to_string());
    }
    for e in [
        OfLists::NoColumn { name: s("a"), columns: s("b, c") },
        OfLists::Identifies { name: s("a") },
        OfLists::TooMany { name: s("a"), found: 300, most: 200 },
        OfLists::Taken { name: s("a") },
    ] {
        assert_eq!(covariate_of_lists(&en, &e), e.to_string());
        assert_ne!(covariate_of_lists(&nl, &e), e.to_string());
    }
    let at = || Place::Path("clkConfig");
    let values = Problem::examples().into_iter().map(|problem| CodeSchemaError::Value { at: at(), problem });
    let forms = Fault::examples().into_iter().map(CodeSchemaError::Form);
    let feature = Place::Feature(s("a"));
    let others =
        [CodeSchemaError::Version(2), CodeSchemaError::Value { at: feature, problem: Problem::Bits }];
    for e in values.chain(forms).chain(others) {
        assert_eq!(code_schema_error(&en, &e), e.to_string());
        let dutch = code_schema_error(&nl, &e);
        // Not only the frame: what is wrong is in Dutch too.
        let english = match &e {
            CodeSchemaError::Form(fault) => fault.to_string(),
            CodeSchemaError::Value { problem, .. } => problem.to_string(),
            CodeSchemaError::Version(_) => e.to_string(),
        };
        assert!(!dutch.contains(&english), "{dutch}");
        assert!(!dutch.contains("feature"), "{dutch}");
    }
    let values = |problem| EncodeError::Values { feature: s("f"), problem, count: 2, lines: s("3, 4") };
    for e in [
        EncodeError::Secret,
        EncodeError::Keys,
        EncodeError::Cells { line: 2, found: 3, expected: 4 },
        values(ValueError::Integer),
        values(ValueError::Number),
        values(ValueError::Date(s("%Y"))),
        values(ValueError::Enum),
        values(ValueError::Text),
        values(ValueError::Encoding),
    ] {
        assert_eq!(encode_error(&en, &e), e.to_string());
        assert_ne!(encode_error(&nl, &e), e.to_string());
    }
    for f in Fault::examples() {
        let e = CodeFileError::Form(f.clone());
        assert_eq!(code_file_error(&en, &e), e.to_string());
        assert!(!code_file_error(&nl, &e).contains(&f.to_string()), "{}", code_file_error(&nl, &e));
    }
    for e in [
        CodeFileError::Version(2),
        CodeFileError::Damaged,
        CodeFileError::Code(3),
        CodeFileError::Saturated(97),
        CodeFileError::Different { a: s("a"), b: s("b"), what: "secrets" },
        CodeFileError::Different { a: s("a"), b: s("b"), what: "schemas" },
    ] {
        assert_eq!(code_file_error(&en, &e), e.to_string());
        assert_ne!(code_file_error(&nl, &e), e.to_string());
    }
    for e in [
        SplinkError::NoSettings,
        SplinkError::Comparison { name: "birth", levels: 8 },
        SplinkError::Number(s("given")),
    ] {
        assert_eq!(splink_error(&en, &e), e.to_string());
        assert_ne!(splink_error(&nl, &e), e.to_string());
    }
    for e in [
        PopulationError::Covariate(CovariateError::None),
        PopulationError::Level { line: 2, column: s("a"), value: s("b") },
        PopulationError::Number { line: 2, value: s("x") },
    ] {
        assert_eq!(population_error(&en, &e), e.to_string());
        assert_ne!(population_error(&nl, &e), e.to_string());
    }
}
