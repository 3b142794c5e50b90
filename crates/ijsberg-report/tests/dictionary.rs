//! The data dictionary in the book is what the code says.

use std::fmt::Write;

use ijsberg_register::codes::LISTS;
use ijsberg_register::entities::{Holds, KINDS};
use ijsberg_register::policy::{Extent, MATRIX};
use ijsberg_register::vault;
use ijsberg_report::text::{Language, Text};

fn holds(of: Holds) -> String {
    match of {
        Holds::Text => "text".to_owned(),
        Holds::Day => "day, month or year".to_owned(),
        Holds::Number => "number, not negative".to_owned(),
        Holds::Flag => "yes or no".to_owned(),
        Holds::Code(list) => format!("one of [{list}](#{list})"),
        Holds::Codes(list) => format!("any of [{list}](#{list})"),
        Holds::Countries => "countries, ISO 3166-1 alpha-2".to_owned(),
        Holds::Ids => "names of records".to_owned(),
    }
}

fn dictionary() -> String {
    let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
    let both = |key: &str| format!("{} | {}", en.say(key), nl.say(key));
    let mut out = String::from(
        "# What the register holds\n\n\
         Made from the code; a test keeps it true. Records are sealed whole, each with the system and version of its codes.\n\n\
         ## Who somebody is\n\nIn the vault, each field under a key of that person.\n\n| field | English | Dutch |\n|---|---|---|\n",
    );
    for field in vault::FIELDS {
        let _ = writeln!(out, "| `{field}` | {} |", both(&format!("field-{field}")));
    }
    out.push_str("\n## Records of a case\n");
    for kind in KINDS {
        let never = if kind.immutable { ", never changed once written" } else { "" };
        let _ = write!(
            out,
            "\n### `{}`: {} / {}\n\nKept as {}{never}.\n\n| field | English | Dutch | holds | needed |\n|---|---|---|---|---|\n",
            kind.name,
            en.say(&format!("kind-{}", kind.name)),
            nl.say(&format!("kind-{}", kind.name)),
            kind.class.name()
        );
        for (field, of) in kind.fields {
            let needed = if kind.required.contains(field) { "yes" } else { "" };
            let _ = writeln!(
                out,
                "| `{field}` | {} | {} | {needed} |",
                both(&format!("field-{field}")),
                holds(*of)
            );
        }
    }
    out.push_str("\n## Code lists\n");
    for list in LISTS {
        let _ = write!(
            out,
            "\n### {}\n\n{}, {}\n\n| code | English | Dutch |\n|---|---|---|\n",
            list.name, list.system, list.version
        );
        for code in list.codes {
            let _ = writeln!(out, "| `{code}` | {} |", both(&format!("code-{}-{code}", list.name)));
        }
    }
    out.push_str("\n## Who may do what\n\n| operation | English | Dutch | roles |\n|---|---|---|---|\n");
    for (operation, roles) in MATRIX {
        let roles: Vec<String> =
            roles.iter().map(|r| en.say(&format!("code-role_of_user-{}", r.name()))).collect();
        let name = operation.name();
        let _ = writeln!(
            out,
            "| `{name}` | {} | {}{} |",
            both(&format!("code-operation-{name}")),
            roles.join(", "),
            match operation.extent() {
                Extent::Own => "",
                Extent::Everywhere => "; for all organisations only",
                Extent::Beyond => "; beyond their own organisation too, with a reason and notice",
            }
        );
    }
    out
}

#[test]
fn the_dictionary_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/book/src/dictionary.md");
    let made = dictionary();
    if std::env::var_os("IJSBERG_WRITE").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert_eq!(kept, made, "run this test with IJSBERG_WRITE=1 to write it again");
}
