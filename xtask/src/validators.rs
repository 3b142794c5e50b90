//! Checkers that not every machine has: the tests use them where they are, and what goes unchecked without them is said.

use std::path::Path;
use std::process::{Command, Stdio};

/// The checker of pages "vnu", from npm: 31 MB without dependencies. Java runs it.
const VNU: &str = "vnu-jar@26.9.27";

/// Where it is installed, and what `tests/it/vnu.rs` runs.
const VNU_PLACE: &str = "target/vnu";
const VNU_JAR: &str = "node_modules/vnu-jar/build/dist/vnu.jar";

/// Whether a program is there and runs.
fn runs(program: &str, version: &str) -> bool {
    let quiet = Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|s| s.success())
}

/// Installs what is small. Where it cannot be had the tests go on without it, and [`say`] says so.
pub(crate) fn install() {
    let place = Path::new(VNU_PLACE);
    let marker = place.join("packages");
    let is_there = || std::fs::read_to_string(&marker).is_ok_and(|known| known == VNU);
    if is_there() || !runs("java", "-version") || !runs("npm", "--version") {
        return;
    }
    let arguments = ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"];
    eprintln!("$ npm {} {VNU_PLACE} {VNU}", arguments.join(" "));
    let status = Command::new("npm").args(arguments).args([VNU_PLACE, VNU]).stdout(Stdio::null()).status();
    if status.is_ok_and(|s| s.success()) {
        // Without it everything is installed again the next time, and nothing else depends on it.
        let _ = std::fs::write(&marker, VNU);
    }
}

/// What goes unchecked, by what there is.
fn unchecked([java, vnu, office]: [bool; 3]) -> Vec<&'static str> {
    let mut all = Vec::new();
    if !java {
        all.push("pages by vnu: there is no Java");
    } else if !vnu {
        all.push("pages by vnu: npm is not there or could not install it");
    }
    if !office {
        all.push("open documents by LibreOffice, which is not there (see CONTRIBUTING.md); odfpy reads them");
    }
    all
}

/// Says what goes unchecked.
pub(crate) fn say() {
    let vnu = Path::new(VNU_PLACE).join(VNU_JAR).exists();
    for what in unchecked([runs("java", "-version"), vnu, runs("soffice", "--version")]) {
        println!("Not checked: {what}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_checker_is_said() {
        assert!(unchecked([true; 3]).is_empty());
        let all = unchecked([false; 3]);
        let [pages, documents] = &all[..] else { panic!("{all:?}") };
        assert!(pages.starts_with("pages by vnu") && documents.starts_with("open documents"));
        // Java alone checks nothing.
        assert_eq!(unchecked([true, false, true]).len(), 1);
    }
}
