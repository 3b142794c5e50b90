//! SQL stands in the store alone: the domain asks it questions by functions with types, and puts no statement together.

use std::path::Path;

use crate::arrows::crates;
use crate::house::without_tests;
use crate::modules::texts;
use crate::program::root;

/// Modules with text of SQL, each with all that is within it, and why.
const WITH_SQL: [(&str, &str); 5] = [
    ("crates/ijsberg-store/src", "the statements of the register, one text for both back ends"),
    ("crates/ijsberg-sqlite/src", "what SQLite alone needs to run them"),
    ("crates/ijsberg-postgres/src", "what PostgreSQL alone needs to run them"),
    ("crates/ijsberg-register/src/guarded", "the guard has the keys: it repeats and rewrites statements"),
    ("crates/ijsberg-linkage/src/sql", "the model of agreement, written for DuckDB and Spark"),
];

/// Words that a statement has, or a part of one.
const WORDS: [&str; 5] = [" SELECT ", " INSERT INTO ", " DELETE FROM ", " ORDER BY ", " GROUP BY "];

/// Words that make one together.
const TOGETHER: [[&str; 2]; 2] = [[" UPDATE ", " SET "], [" FROM ", " WHERE "]];

/// Whether a text has the place of a value, such as `$1`.
fn has_a_place(text: &str) -> bool {
    text.split('$').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a text is SQL.
fn is_sql(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || "\"()".contains(c)).filter(|word| !word.is_empty());
    let text = format!(" {} ", words.collect::<Vec<_>>().join(" "));
    WORDS.iter().any(|word| text.contains(word))
        || TOGETHER.iter().any(|all| all.iter().all(|word| text.contains(word)))
        || has_a_place(&text)
}

/// The texts of SQL in a source.
fn sql_of(source: &str) -> Vec<&str> {
    texts(source).into_iter().filter(|text| is_sql(text)).collect()
}

#[test]
fn sql_stands_in_the_store_alone() {
    let (mut wrong, mut read, mut with_sql) = (Vec::new(), 0, [0; WITH_SQL.len()]);
    for one in crates() {
        for (path, source) in without_tests(&one.folder.join("src")) {
            read += 1;
            let found = sql_of(&source);
            let path = path.strip_prefix(root()).unwrap();
            let within = |(module, _): &(&str, &str)| path.with_extension("").starts_with(Path::new(module));
            match WITH_SQL.iter().position(within) {
                Some(at) => with_sql[at] += found.len(),
                None => wrong.extend(found.iter().map(|text| format!("{}: {text}", path.display()))),
            }
        }
    }
    assert!(read > 500, "{read}");
    assert!(wrong.is_empty(), "SQL outside of the store:\n{}", wrong.join("\n"));
    for ((module, why), texts) in WITH_SQL.iter().zip(with_sql) {
        assert!(texts > 0 && why.len() > 10, "{module} has no SQL any more, to be taken out of the list");
    }
}

#[test]
fn a_statement_and_a_part_of_one_are_found() {
    for sql in [
        r#"let a = "SELECT name FROM app_user";"#,
        r##"let a = format!(r#"EXISTS (SELECT 1 FROM x)"#);"##,
        "f(\"INSERT INTO a (b) VALUES (1)\")",
        "f(\"UPDATE a \\\n   SET b = 1\")",
        "f(\"DELETE FROM a\")",
        "f(\"FROM a \\\n   WHERE b IS NULL\")",
        "f(\"AND person = $2\")",
        "f(\"ORDER BY seq DESC\")",
    ] {
        assert_eq!(sql_of(sql).len(), 1, "{sql}");
    }
    for other in [
        "// SELECT name FROM app_user",
        "/// As `DELETE FROM a WHERE b = $1`.\nfn f() {}",
        "f(\"Select one from where it is\")",
        "f(\"UPDATE\", \" SET \")",
        "f(\"${name} = 'yes'\", '\"', \"$\")",
        "f(\"SELECTED \", 'a')",
    ] {
        assert!(sql_of(other).is_empty(), "{other}");
    }
}
