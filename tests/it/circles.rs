//! No circles inside a crate: no module imports from one that imports back, directly or through others.
//!
//! At each level the modules that stand beside each other are compared, each with all that is within it. A module and those within it are
//! one idea in parts: what is within may name the types and the constants of what is around it, and only functions called both ways are a
//! circle there. What a module merely gives on counts where it is defined.

use std::collections::{BTreeMap, BTreeSet};

use crate::arrows::crates;
use crate::modules::{Import, Modules, Names, lead, modules, parse};

/// By the module around them: arrows from one module to another, with what is named.
type Arrows = BTreeMap<Names, BTreeMap<(Names, Names), String>>;

/// Arrows that close a circle and are there for a reason: the crate, from, to, and the reason.
fn left() -> Vec<(&'static str, [&'static str; 2], &'static str)> {
    let read = |line: &'static str| {
        let (arrow, why) = line.split_once(": ").unwrap();
        let words: Vec<&str> = arrow.split(' ').collect();
        let [of, from, "->", to] = words[..] else { panic!("{line}") };
        (of, [from, to], why)
    };
    include_str!("circles.txt").lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

/// The arrows between modules.
fn arrows(all: &Modules) -> Arrows {
    let mut arrows = Arrows::new();
    for (from, module) in all {
        let given_on = |i: &Import| i.public && !i.name.as_ref().is_some_and(|n| module.calls.contains(n));
        let imports = module.imports.iter().map(|i| (&i.path, given_on(i)));
        for (path, given_on) in imports.chain(module.paths.iter().map(|path| (path, false))) {
            let Some((to, item)) = lead(all, from, path, 0).filter(|found| found.0 != *from) else {
                continue;
            };
            let same = from.iter().zip(&to).take_while(|pair| pair.0 == pair.1).count();
            let is_function = item.is_some_and(|name| name.starts_with(char::is_lowercase));
            let (inwards, outwards) = (same == from.len(), same == to.len());
            if (inwards || outwards) && !is_function || inwards && given_on {
                continue;
            }
            let end = |names: &Names| names[..names.len().min(same + 1)].to_vec();
            let level = arrows.entry(from[..same].to_vec()).or_default();
            let what = || format!("{} in {}", path.join("::"), from.join("::"));
            level.entry((end(from), end(&to))).or_insert_with(what);
        }
    }
    arrows
}

/// Whether arrows lead from one module to another.
fn reaches(arrows: &BTreeMap<&Names, Vec<&Names>>, from: &Names, to: &Names) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(at) = next.pop() {
        for &on in arrows.get(at).into_iter().flatten() {
            if on == to {
                return true;
            }
            if seen.insert(on) {
                next.push(on);
            }
        }
    }
    false
}

/// The arrows that close a circle of those that are not left: from, to, and what is named.
fn closing(all: &Modules, left: &[[&str; 2]]) -> Vec<([String; 2], String)> {
    let mut found = Vec::new();
    for arrows in arrows(all).into_values() {
        let mut others: BTreeMap<&Names, Vec<&Names>> = BTreeMap::new();
        for (from, to) in arrows.keys() {
            let ends = [from.join("::"), to.join("::")];
            if !left.iter().any(|arrow| *arrow == ends) {
                others.entry(from).or_default().push(to);
            }
        }
        let closes = arrows.iter().filter(|((from, to), _)| reaches(&others, to, from));
        found.extend(closes.map(|((from, to), what)| ([from.join("::"), to.join("::")], what.clone())));
    }
    found
}

#[test]
fn no_module_imports_from_one_that_imports_back() {
    let (all_left, mut wrong, mut needless, mut read) = (left(), Vec::new(), Vec::new(), 0);
    for one in crates() {
        let all = modules(&one.folder.join("src"));
        let left: Vec<[&str; 2]> = all_left.iter().filter(|l| l.0 == one.name).map(|l| l.1).collect();
        let found = closing(&all, &left);
        let new = found.iter().filter(|(ends, _)| !left.iter().any(|arrow| arrow == ends));
        wrong.extend(new.map(|([from, to], what)| format!("{} {from} -> {to}: {what}", one.name)));
        let gone = left.iter().filter(|arrow| !found.iter().any(|(ends, _)| *arrow == ends));
        needless.extend(gone.map(|[from, to]| format!("{} {from} -> {to}", one.name)));
        read += all.len();
    }
    assert!(read > 500, "{read}");
    assert!(wrong.is_empty(), "arrows of circles:\n{}", wrong.join("\n"));
    assert!(
        needless.is_empty(),
        "close no circle any more, to be taken out of the list:\n{}",
        needless.join("\n")
    );
    all_left.iter().for_each(|l| assert!(l.2.len() > 10, "{l:?}"));
}

/// The arrows that close a circle between modules, given by name and source.
fn between(sources: &[(&str, &str)], left: &[[&str; 2]]) -> Vec<String> {
    let names =
        |name: &str| -> Names { name.split("::").filter(|n| !n.is_empty()).map(str::to_owned).collect() };
    let all: Modules = sources.iter().map(|(name, source)| (names(name), parse(source))).collect();
    closing(&all, left).into_iter().map(|([from, to], _)| format!("{from} -> {to}")).collect()
}

#[test]
fn a_circle_is_found() {
    let (root, a) = (("", "mod a;\nmod b;\nmod c;"), ("a", "use crate::b::f;\npub struct T;"));
    let back = ("b", "use super::a::T;\npub fn f() {}");
    assert_eq!(between(&[root, a, back], &[]), ["a -> b", "b -> a"]);
    // One that is left is in no way of the others, and is found as long as it closes the circle.
    assert_eq!(between(&[root, a, back], &[["b", "a"]]), ["b -> a"]);
    assert!(between(&[root, a, ("b", "pub fn f() {}")], &[["b", "a"]]).is_empty());
    // Through others, from below, and by paths in the code.
    let through = [
        root,
        a,
        ("b", "pub fn f() {\n    crate::c::g()\n}"),
        ("c::d", "fn h(_: crate::a::T) {}"),
        ("c", ""),
    ];
    assert_eq!(between(&through, &[]), ["a -> b", "b -> c", "c -> a"]);
    // What is given on is where it is defined.
    let given_on =
        [("", "pub use b::f;"), ("a", "pub fn g() {\n    crate::f()\n}"), ("b", "use crate::a::g;")];
    assert_eq!(between(&given_on, &[]), ["a -> b", "b -> a"]);
}

#[test]
fn what_is_within_may_name_the_types_around_it() {
    let around = |source| ("a", source);
    let calls = around("mod b;\npub struct T;\npub const C: u8 = 1;\npub fn g() {\n    b::f()\n}");
    assert!(between(&[("", ""), calls, ("a::b", "use super::{C, T};\npub fn f() {}")], &[]).is_empty());
    let back = ("a::b", "use super::g;\npub fn f() {}");
    assert_eq!(between(&[("", ""), calls, back], &[]), ["a -> a::b", "a::b -> a"]);
    // What is only given on is not called.
    assert!(between(&[("", ""), around("pub use b::f;\npub fn g() {}"), back], &[]).is_empty());
    assert_eq!(between(&[("", ""), around("pub use b::f;\npub fn g() {\n    f()\n}"), back], &[]).len(), 2);
}
