//! `cargo xtask rd`: the manual pages of the package for R, and the list of what it offers, written again from the comments above its
//! functions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::r;

/// Nothing is compiled: the functions are read, as far as their pages say how they are called.
const WRITE: &str = "roxygen2::roxygenise(commandArgs(TRUE)[1], roclets = c('rd', 'namespace'), \
                     load_code = roxygen2::load_source, clean = TRUE)";

/// Writes the pages again; installs what does it from Debian's packages where it is not there.
pub(crate) fn write() -> anyhow::Result<()> {
    r::install()?;
    if version().is_none() {
        r::debian(&["r-cran-roxygen2"])?;
    }
    written(Path::new("bindings/r"))
}

/// Whether the pages are those of the comments, where the roxygen2 that wrote them is there: another one writes other pages.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let package = root.join("bindings/r");
    let description = fs::read_to_string(package.join("DESCRIPTION")).context("no DESCRIPTION")?;
    let asked = noted(&description).context("DESCRIPTION says no version of roxygen2")?;
    if version().as_deref() != Some(asked) {
        eprintln!(
            "manual pages of the package for R are not compared: no roxygen2 {asked}, which `cargo xtask rd` \
             installs"
        );
        return Ok(());
    }
    let fresh = r::fresh(&root.join("target/r-pages"))?;
    r::copy(&package, &fresh, &|path| path.ends_with("src/rust"))?;
    written(&fresh)?;
    let (here, written) = (pages(&package)?, pages(&fresh)?);
    let wrong = others(&here, &written);
    ensure!(
        wrong.is_empty(),
        "not as the comments of the package for R say: {}; `cargo xtask rd` writes them again",
        wrong.join(", ")
    );
    Ok(())
}

/// The version of roxygen2 that is there.
fn version() -> Option<String> {
    let said = "cat(format(packageVersion('roxygen2')))";
    let output =
        Command::new("Rscript").args(["--vanilla", "-e", said]).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The version of roxygen2 by which a package says that its pages were written.
fn noted(description: &str) -> Option<&str> {
    description.lines().find_map(|line| line.strip_prefix("RoxygenNote:")).map(str::trim)
}

/// Writes the pages of a package.
fn written(package: &Path) -> anyhow::Result<()> {
    eprintln!("$ roxygen2::roxygenise {}", package.display());
    let mut command = Command::new("Rscript");
    command.args(["--vanilla", "-e", WRITE]).arg(package).env("LC_ALL", "C.UTF-8");
    let output = command.output().context("cannot run Rscript")?;
    ensure!(output.status.success(), "roxygen2: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The pages of a package and what it offers, by the names of the files.
fn pages(package: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let pages = fs::read_dir(package.join("man")).context("no manual pages")?;
    let pages = pages.map(|page| page.map(|page| page.path())).collect::<Result<Vec<_>, _>>()?;
    for file in pages.into_iter().chain([package.join("NAMESPACE")]) {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        found.insert(name, text);
    }
    Ok(found)
}

/// The files that are not the same in both, or are in one of them only.
fn others<'a>(ours: &'a BTreeMap<String, String>, made: &'a BTreeMap<String, String>) -> Vec<&'a str> {
    let differs = |name: &&String| ours.get(*name) != made.get(*name);
    let missing = made.keys().filter(|name| !ours.contains_key(*name));
    ours.keys().filter(differs).chain(missing).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_page_that_is_old_missing_or_of_nothing_is_named() {
        let ours = files(&[("NAMESPACE", "export(a)"), ("a.Rd", "one"), ("gone.Rd", "old")]);
        let made = files(&[("NAMESPACE", "export(a)"), ("a.Rd", "two"), ("new.Rd", "new")]);
        assert_eq!(others(&ours, &made), ["a.Rd", "gone.Rd", "new.Rd"]);
        assert!(others(&ours, &ours).is_empty());
    }

    #[test]
    fn the_package_says_what_wrote_its_pages_and_each_names_its_source() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/r");
        let description = fs::read_to_string(package.join("DESCRIPTION")).unwrap();
        assert!(noted(&description).is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit())));
        assert_eq!(noted("Package: ijsberg\n"), None);
        for (name, text) in pages(&package).unwrap() {
            let begins = "% Please edit documentation in ";
            let sources = text.lines().find_map(|line| line.strip_prefix(begins));
            assert_eq!(sources.is_none(), name == "NAMESPACE", "{name}");
            let sources = sources.into_iter().flat_map(|sources| sources.trim_end_matches(',').split(", "));
            sources.for_each(|file| assert!(package.join(file).is_file(), "{name}: {file}"));
        }
    }
}
