//! The house in order: files of one idea and functions that can be read as one, or a reason why not.
//!
//! A file of more than 400 lines says why in its head, on a line that begins with `//! One file: `. A function of more than 80 lines
//! says why directly above it, on a line that begins with `// One function: `; those of tests need no reason.

use std::path::{Path, PathBuf};

use crate::program::root;
use crate::threats::sources;

/// Lines of a file that gives no reason.
const FILE: usize = 400;

/// Lines of a function that gives no reason.
const FUNCTION: usize = 80;

/// What begins a line with a reason for a long file, and one for a long function.
const REASONS: [&str; 2] = ["//! One file: ", "// One function: "];

/// Whether one of some lines is a reason of more than a word or two.
fn gives<'a>(mut lines: impl Iterator<Item = &'a str>, begins: &str) -> bool {
    lines.any(|l| l.trim().strip_prefix(begins).is_some_and(|why| why.len() > 10))
}

/// The name of the function whose head begins on a line.
fn named(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    if let Some(after) = rest.strip_prefix("pub(") {
        rest = after.split_once(") ")?.1;
    }
    for word in ["pub ", "default ", "const ", "async ", "unsafe ", "extern \"C\" "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// The line after the end of what begins on a line and is laid out as rustfmt does it; none where it has no body.
fn end(lines: &[&str], at: usize) -> Option<usize> {
    let head = lines[at..].iter().position(|l| l.ends_with(['{', ';', '}']))?;
    if !lines[at + head].ends_with('{') {
        return None;
    }
    let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
    let closes = |l: &str| l.strip_prefix(indent).is_some_and(|l| l.starts_with('}'));
    Some(at + head + 2 + lines[at + head + 1..].iter().position(|l| closes(l))?)
}

/// What is too long in a source and gives no reason.
fn untidy(source: &str, is_test: bool) -> Vec<String> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    let head = lines.iter().copied().take_while(|l| l.starts_with("//"));
    if lines.len() > FILE && !gives(head, REASONS[0]) {
        found.push(format!("{} lines", lines.len()));
    }
    let mut at = 0;
    while at < lines.len() && !is_test {
        if lines[at] == "#[cfg(test)]" && lines.get(at + 1).is_some_and(|l| l.starts_with("mod ")) {
            at = end(&lines, at + 1).unwrap_or(at + 2);
            continue;
        }
        if let Some((name, end)) = named(lines[at]).zip(end(&lines, at)) {
            let above = lines[..at].iter().rev().map(|l| l.trim());
            let above = above.take_while(|l| l.starts_with("//") || l.starts_with("#["));
            if end - at > FUNCTION && !gives(above, REASONS[1]) {
                found.push(format!("{} lines in the function {name}", end - at));
            }
        }
        at += 1;
    }
    found
}

/// Whether a file is of tests: in a folder of them, or a module of them.
fn is_test(path: &Path) -> bool {
    let names = path.iter().map(|n| n.to_string_lossy());
    names.into_iter().any(|n| ["tests", "benches", "tests.rs"].contains(&n.as_ref()))
}

/// The modules of tests that a source declares and other files hold, as their paths without extension.
fn modules_of_tests(path: &Path, source: &str) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap().to_string_lossy();
    let beside = ["lib", "main", "mod"].contains(&stem.as_ref());
    let folder = if beside { path.parent().unwrap().to_owned() } else { path.with_extension("") };
    let lines: Vec<&str> = source.lines().collect();
    let of_tests = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
    let names = of_tests.filter_map(|pair| pair[1].strip_prefix("mod ")?.strip_suffix(';'));
    names.map(|name| folder.join(name)).collect()
}

/// A source without the modules of tests in it.
fn own(source: &str) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        if lines[at] == "#[cfg(test)]" && lines.get(at + 1).is_some_and(|l| l.starts_with("mod ")) {
            at = end(&lines, at + 1).unwrap_or(at + 2);
            continue;
        }
        kept.push(lines[at]);
        at += 1;
    }
    kept.join("\n")
}

/// The sources of a folder without what is of tests.
pub(crate) fn without_tests(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(folder, &mut files);
    files.sort();
    let read = |path: PathBuf| (std::fs::read_to_string(&path).unwrap(), path);
    let read: Vec<(String, PathBuf)> = files.into_iter().map(read).collect();
    let tests: Vec<PathBuf> = read.iter().flat_map(|(source, path)| modules_of_tests(path, source)).collect();
    let below_one = |path: &Path| tests.iter().any(|t| path.with_extension("").starts_with(t));
    let of_tests = |path: &Path| is_test(path.strip_prefix(root()).unwrap()) || below_one(path);
    let kept = read.into_iter().filter(|(_, path)| !of_tests(path));
    kept.map(|(source, path)| (path, own(&source))).collect()
}

#[test]
fn what_is_long_gives_its_reason() {
    let mut files = Vec::new();
    ["bindings", "crates", "fuzz", "tests", "xtask"]
        .iter()
        .for_each(|folder| sources(&root().join(folder), &mut files));
    assert!(files.len() > 400, "{}", files.len());
    let mut found = Vec::new();
    for path in &files {
        let path = path.strip_prefix(root()).unwrap();
        let source = std::fs::read_to_string(root().join(path)).unwrap();
        found.extend(untidy(&source, is_test(path)).into_iter().map(|w| format!("{}: {w}", path.display())));
    }
    assert!(found.is_empty(), "without a reason:\n{}", found.join("\n"));
}

#[test]
fn a_long_file_and_a_long_function_are_found() {
    let long = |head: &str, of: usize| format!("{head}fn f() {{\n{}}}\n", "    g();\n".repeat(of));
    let said = |source: &str| untidy(source, false);
    assert!(said(&long("", FUNCTION - 2)).is_empty());
    assert_eq!(said(&long("pub(crate) async ", FUNCTION - 1)), ["81 lines in the function f"]);
    assert!(untidy(&long("", FUNCTION), true).is_empty());
    assert!(said(&long("// One function: a table, read as one.\n#[inline]\n", FUNCTION)).is_empty());
    assert_eq!(said(&long("// One function: so.\n", FUNCTION)).len(), 1);
    // A reason is of the function below it, and a test needs none.
    let apart = format!("// One function: a table, read as one.\nfn f() {{}}\n{}", long("", FUNCTION));
    assert_eq!(said(&apart).len(), 1);
    let inner = format!("    {}\n", long("", FUNCTION).trim_end().replace('\n', "\n    "));
    assert!(said(&format!("#[cfg(test)]\nmod tests {{\n{inner}}}\n")).is_empty());
    assert_eq!(said(&format!("impl T {{\n{inner}}}\n")).len(), 1);
    // What is only declared has no length.
    assert!(
        said(&format!("trait T {{\n    fn a(\n    ) -> u8;\n{}}}\n", "    // b\n".repeat(90))).is_empty()
    );
    let lines = "// a\n".repeat(FILE + 1);
    assert_eq!(untidy(&lines, true), ["401 lines"]);
    assert!(said(&format!("//! A table.\n//! One file: a table, read as one.\n{lines}")).is_empty());
}

#[test]
fn what_is_of_tests_is_left_out() {
    let (within, beside) = ("mod tests {\n    fn b() {}\n}", "mod hostile;");
    let source = format!("fn a() {{}}\n#[cfg(test)]\n{within}\n#[cfg(test)]\n{beside}\nfn c() {{}}\n");
    assert_eq!(own(&source), "fn a() {}\nfn c() {}");
    assert_eq!(modules_of_tests(Path::new("src/lib.rs"), &source), [Path::new("src/hostile")]);
    assert_eq!(modules_of_tests(Path::new("src/read.rs"), &source), [Path::new("src/read/hostile")]);
}
