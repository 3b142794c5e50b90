//! The modules of a crate from their sources: what each imports, and where a path leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::house::without_tests;

/// The names on the way to a module from the root of its crate, or to something from where it is named.
pub(crate) type Names = Vec<String>;

/// What `use` brings in.
pub(crate) struct Import {
    pub(crate) path: Names,
    /// Its name here; none for all that is there.
    pub(crate) name: Option<String>,
    /// Whether it is given on.
    pub(crate) public: bool,
}

/// A source, as far as it matters here.
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) imports: Vec<Import>,
    /// Names of what it defines.
    items: BTreeSet<String>,
    /// Paths in its code.
    pub(crate) paths: Vec<Names>,
    /// What it calls by a name alone.
    pub(crate) calls: BTreeSet<String>,
}

pub(crate) type Modules = BTreeMap<Names, Module>;

/// A module, or something that one defines.
pub(crate) type Place = (Names, Option<String>);

/// How long the word is that a source begins with.
fn word(source: &str) -> usize {
    source.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(source.len())
}

/// How long a comment, a text, a character or a lifetime is that a source begins with; none where it begins with something else.
fn silent(source: &str) -> Option<usize> {
    let past =
        |from: usize, end: &str| source[from..].find(end).map_or(source.len(), |n| from + n + end.len());
    for (begins, ends) in [("//", "\n"), ("/*", "*/")] {
        if source.starts_with(begins) {
            return Some(past(2, ends));
        }
    }
    if let Some(raw) = source.strip_prefix("br").or_else(|| source.strip_prefix('r')) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let from = source.len() - raw.len() + hashes + 1;
            return Some(past(from, &format!("\"{}", "#".repeat(hashes))));
        }
    }
    if source.starts_with('"') {
        // The first one opens it.
        let mut escaped = true;
        let ends = |byte: u8| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        };
        return Some(source.bytes().position(ends).map_or(source.len(), |n| n + 1));
    }
    let character = source.strip_prefix('\'')?;
    match character.chars().next()? {
        '\\' => Some(past(3, "'")),
        c if character[c.len_utf8()..].starts_with('\'') => Some(c.len_utf8() + 2),
        _ => Some(1 + word(character)),
    }
}

/// The words and the signs of a source.
fn tokens(source: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), source.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = silent(rest).unwrap_or_else(|| {
            let length = if rest.starts_with("::") { 2 } else { word(rest).max(first.len_utf8()) };
            found.push(&rest[..length]);
            length
        });
        rest = rest[length..].trim_start();
    }
    found
}

/// The texts of a source, as they are written in it.
pub(crate) fn texts(source: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), source);
    while let Some(first) = rest.chars().next() {
        let length = match silent(rest) {
            Some(length) if rest.starts_with(['/', '\'']) => length,
            Some(length) => {
                found.push(&rest[..length]);
                length
            }
            None => word(rest).max(first.len_utf8()),
        };
        rest = &rest[length..];
    }
    found
}

/// Tokens without those of what is there in tests only.
fn of_the_program<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let tests: [&[&str]; 2] =
        [&["#", "[", "cfg", "(", "test", ")"], &["#", "[", "cfg", "(", "all", "(", "test"]];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if !tests.iter().any(|begins| tokens[at..].starts_with(begins)) {
            kept.push(tokens[at]);
            at += 1;
            continue;
        }
        let mut depth = 0;
        let ends = |token: &&str| {
            match *token {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            depth <= 0 && matches!(*token, "}" | ";")
        };
        at += tokens[at..].iter().position(ends).map_or(tokens.len(), |n| n + 1);
    }
    kept
}

/// What a tree of `use` brings in, below the path before it.
fn import(tokens: &[&str], above: &[String], public: bool, found: &mut Vec<Import>) {
    let mut path = above.to_vec();
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "::" => {}
            "self" if !path.is_empty() => {}
            "{" => {
                let mut depth = 0;
                let parts = tokens[at + 1..tokens.len() - 1].split(|token| {
                    depth += i32::from(*token == "{") - i32::from(*token == "}");
                    depth == 0 && *token == ","
                });
                // Nothing is after the last comma.
                parts.filter(|part| !part.is_empty()).for_each(|part| import(part, &path, public, found));
                return;
            }
            "*" => return found.push(Import { path, name: None, public }),
            "as" => {
                let name = tokens.get(at + 1).map(|name| (*name).to_owned());
                return found.push(Import { path, name, public });
            }
            name => path.push(name.to_owned()),
        }
    }
    let name = path.last().cloned();
    found.push(Import { path, name, public });
}

/// A source taken apart.
pub(crate) fn parse(source: &str) -> Module {
    let tokens = of_the_program(&tokens(source));
    let token = |at: usize| tokens.get(at).copied().unwrap_or_default();
    let is_word = |token: &str| token.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mut module = Module::default();
    let (mut at, mut depth) = (0, 0_usize);
    while at < tokens.len() {
        let (before, next) = (token(at.wrapping_sub(1)), token(at + 1));
        match token(at) {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "use" if next != "<" => {
                let end = (at..tokens.len()).find(|n| token(*n) == ";").unwrap_or(tokens.len());
                import(&tokens[at + 1..end], &[], matches!(before, "pub" | ")"), &mut module.imports);
                at = end;
            }
            "const" | "enum" | "fn" | "static" | "struct" | "trait" | "type" | "union" if depth == 0 => {
                module.items.insert(next.to_owned());
            }
            name if is_word(name) && before != "::" => {
                let mut path = vec![name.to_owned()];
                while token(at + 1) == "::" && is_word(token(at + 2)) {
                    path.push(token(at + 2).to_owned());
                    at += 2;
                }
                if path.len() > 1 {
                    module.paths.push(path);
                } else if next == "(" && !matches!(before, "fn" | ".") {
                    module.calls.insert(name.to_owned());
                }
            }
            _ => {}
        }
        at += 1;
    }
    module
}

/// The modules below a folder of sources, without those of tests.
pub(crate) fn modules(folder: &Path) -> Modules {
    let module = |(path, source): (PathBuf, String)| {
        let path = path.strip_prefix(folder).unwrap().with_extension("");
        let mut names: Names = path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|last| ["lib", "main", "mod"].contains(&last.as_str())) {
            names.pop();
        }
        (names, parse(&source))
    };
    without_tests(folder).into_iter().map(module).collect()
}

/// Where a path leads to from a module; nowhere where it leaves the crate.
pub(crate) fn lead(all: &Modules, from: &[String], path: &[String], steps: usize) -> Option<Place> {
    let first = path.first()?.as_str();
    let outwards = path.iter().take_while(|name| *name == "super").count();
    let kept = if first == "crate" { 0 } else { from.len().checked_sub(outwards)? };
    let mut at = from[..kept].to_vec();
    let begins = if matches!(first, "crate" | "self") { 1 } else { outwards };
    for (n, name) in path.iter().enumerate().skip(begins) {
        match find(all, &at, name, steps) {
            Some((within, None)) => at = within,
            None if n == 0 => return None,
            None => return Some((at, Some(name.clone()))),
            found => return found,
        }
    }
    Some((at, None))
}

/// What a name stands for in a module.
fn find(all: &Modules, at: &[String], name: &str, steps: usize) -> Option<Place> {
    let mut within = at.to_vec();
    within.push(name.to_owned());
    if all.contains_key(&within) {
        return Some((within, None));
    }
    // Names that are given on in a round lead nowhere.
    let module = all.get(at).filter(|_| steps < 9)?;
    if module.items.contains(name) {
        return Some((at.to_vec(), Some(name.to_owned())));
    }
    if let Some(import) = module.imports.iter().find(|i| i.name.as_deref() == Some(name)) {
        return if import.path == [name] { None } else { lead(all, at, &import.path, steps + 1) };
    }
    module.imports.iter().filter(|i| i.name.is_none()).find_map(|import| {
        let (of, item) = lead(all, at, &import.path, steps + 1)?;
        if item.is_some() || of == at { None } else { find(all, &of, name, steps + 1) }
    })
}

#[test]
fn what_is_no_code_names_nothing() {
    let source = r##"
        // use crate::a;
        /* crate::b::c */
        const T: &str = "crate::d \" crate::e";
        const R: &str = r#"crate::f " crate::g"#;
        fn f<'a>(of: &'a str) { let c = ['"', '\'', '\\', 'é', '\u{e9}']; crate::h::i(c, of); }
        #[cfg(test)]
        #[allow(unused, reason = "tests")]
        mod tests { use crate::j; fn k() { crate::l::m(); } }
        #[cfg(test)]
        use crate::n::o;
    "##;
    let module = parse(source);
    assert_eq!(module.paths, [["crate", "h", "i"]]);
    assert!(module.imports.is_empty());
    assert_eq!(module.items, BTreeSet::from(["R", "T", "f"].map(str::to_owned)));
}

#[test]
fn a_tree_of_imports_is_taken_apart() {
    let module = parse("pub(crate) use a::{self, b::{c, d as e}, f::*,};\nuse super::g;\n");
    let said = |i: &Import| format!("{} {:?} {}", i.path.join("::"), i.name.as_deref(), i.public);
    let said: Vec<String> = module.imports.iter().map(said).collect();
    let given_on = ["a Some(\"a\")", "a::b::c Some(\"c\")", "a::b::d Some(\"e\")", "a::f None"];
    assert_eq!(said[..4], given_on.map(|s| format!("{s} true")));
    assert_eq!(said[4..], ["super::g Some(\"g\") false"]);
}
