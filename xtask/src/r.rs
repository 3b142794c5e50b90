//! The package for R: checked with the library that the tests have built already, or packed with every crate that it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use toml::{Table, Value};

use crate::rd;

/// What Debian calls what the check needs.
const PACKAGES: [&str; 5] =
    ["r-base-core", "r-cran-generics", "r-cran-ggplot2", "r-cran-knitr", "r-cran-markdown"];

/// The one note that may be: with all its debugging aids the library is large, and what users compile is not.
const SIZE: &str = "checking installed package size";

/// Installs R from Debian's packages where it is not there.
pub(crate) fn install() -> anyhow::Result<()> {
    let known = "for (p in c('generics', 'ggplot2', 'knitr', 'markdown')) library(p, character.only = TRUE)";
    let there =
        Command::new("Rscript").args(["-e", known]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if there.is_ok_and(|s| s.success()) {
        return Ok(());
    }
    debian(&PACKAGES)
}

/// Installs packages for R from Debian.
pub(crate) fn debian(packages: &[&str]) -> anyhow::Result<()> {
    run(Command::new("apt-get").args(["update", "--quiet"]).stdout(Stdio::null()))?;
    let install = ["install", "--quiet", "--yes", "--no-install-recommends"];
    let mut command = Command::new("apt-get");
    command.args(install).args(packages).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    run(&mut command).context("R and its packages cannot be installed (it needs to be root)")
}

/// Builds and checks the package with a library that is there, and compares its numbers with the program and the package for Python.
pub(crate) fn check() -> anyhow::Result<()> {
    let root = std::env::current_dir().context("no directory")?;
    rd::check(&root)?;
    let place = root.join("target/r");
    let package = fresh(&place)?;
    copy(&root.join("bindings/r"), &package, &|path| path.ends_with("src/rust"))?;
    let library = root.join("target/debug/libijsberg_r.a");
    let tarball = pack(&place, &library)?;
    let mut command = Command::new("R");
    command
        .args(["CMD", "check", "--no-manual", &tarball])
        .current_dir(&place)
        .env("IJSBERG_LIBRARY", &library)
        .env("IJSBERG_PROGRAM", root.join("target/debug/ijsberg"))
        .env("IJSBERG_PYTHON", root.join("target/python/bin/python"))
        .env("IJSBERG_TABLES", root.join("data"))
        .env("LC_ALL", "C.UTF-8");
    judged(&mut command)
}

/// Packs the package with its crates, so that it compiles without a network; returns where it is.
pub(crate) fn source() -> anyhow::Result<()> {
    install()?;
    let root = std::env::current_dir().context("no directory")?;
    let place = root.join("target/r-source");
    let package = fresh(&place)?;
    copy(&root.join("bindings/r"), &package, &|path| path.ends_with("src/rust/target"))?;
    let rust = package.join("src/rust");
    crates(&root, &rust)?;
    eprintln!("$ cargo vendor");
    let vendored = Command::new(env!("CARGO"))
        .args(["vendor", "--quiet", "vendor"])
        .current_dir(&rust)
        .stdout(Stdio::null())
        .status()
        .context("cannot run cargo vendor")?;
    ensure!(vendored.success(), "cargo vendor failed");
    run(Command::new("tar").args(["-cJf", "vendor.tar.xz", "vendor"]).current_dir(&rust))?;
    fs::remove_dir_all(rust.join("vendor")).context("cannot remove the crates that were packed")?;
    let mut build = Command::new("R");
    build.args(["CMD", "build", "ijsberg"]).current_dir(&place);
    run(&mut build)?;
    let (name, to) = (tarball(&place)?, root.join("dist"));
    fs::create_dir_all(&to).context("cannot make dist")?;
    fs::copy(place.join(&name), to.join(&name)).with_context(|| format!("cannot write dist/{name}"))?;
    eprintln!("dist/{name}; R CMD INSTALL compiles it without a network");
    Ok(())
}

/// Runs the check; anything that it says against the package is an error, but for its size.
fn judged(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("$ R CMD check");
    let output = command.output().context("cannot run R CMD check")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let verdict = |line: &&str| ["ERROR", "WARNING", "NOTE"].iter().any(|v| line.trim_end().ends_with(v));
    let against: Vec<&str> =
        said.lines().filter(|l| l.starts_with('*') && !l.contains(SIZE)).filter(verdict).collect();
    if !output.status.success() || !against.is_empty() {
        eprintln!("{said}{}", String::from_utf8_lossy(&output.stderr));
        bail!("R CMD check: {}", against.join("; "));
    }
    eprintln!("R CMD check: {} steps without a word against the package", said.matches(" ... OK").count());
    Ok(())
}

/// An empty place with an empty package in it.
pub(crate) fn fresh(place: &Path) -> anyhow::Result<PathBuf> {
    let _ = fs::remove_dir_all(place);
    let package = place.join("ijsberg");
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;
    Ok(package)
}

/// Copies what is in a folder, without what is made there.
pub(crate) fn copy(from: &Path, to: &Path, left_out: &dyn Fn(&Path) -> bool) -> anyhow::Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let (from, to) = (entry.context("cannot read a folder")?.path(), to);
        let name = from.file_name().context("no name")?;
        let made = ["Makevars", "vendor", "vendor.tar.xz", ".gitignore"].iter().any(|n| name == *n)
            || from.extension().is_some_and(|e| e == "o" || e == "so");
        if made || left_out(&from) {
            continue;
        }
        let to = to.join(name);
        if from.is_dir() {
            fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
            copy(&from, &to, left_out)?;
        } else {
            fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        }
    }
    Ok(())
}

/// `R CMD build` with a library that is there; the name of what it makes.
fn pack(place: &Path, library: &Path) -> anyhow::Result<String> {
    ensure!(library.is_file(), "there is no {}: build the workspace first", library.display());
    let mut build = Command::new("R");
    build
        .args(["CMD", "build", "ijsberg"])
        .current_dir(place)
        .env("IJSBERG_LIBRARY", library)
        .stdout(Stdio::null());
    run(&mut build)?;
    tarball(place)
}

fn tarball(place: &Path) -> anyhow::Result<String> {
    let names =
        fs::read_dir(place).context("no folder")?.filter_map(|e| e.ok()?.file_name().into_string().ok());
    names.filter(|n| n.ends_with(".tar.gz")).last().context("R CMD build made no package")
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("$ {command:?}");
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// Makes the crate of the package a workspace of its own, of the crates of this one that it needs.
fn crates(root: &Path, rust: &Path) -> anyhow::Result<()> {
    let read = |path: PathBuf| -> anyhow::Result<Table> {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        text.parse().with_context(|| path.display().to_string())
    };
    let all = read(root.join("Cargo.toml"))?;
    let mut own = read(rust.join("Cargo.toml"))?;
    let mut names = Vec::new();
    needed(&root.join("crates"), &own, &mut names, &read)?;
    for name in &names {
        let (from, to) = (root.join("crates").join(name), rust.join("crates").join(name));
        fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
        copy(&from, &to, &|p| ["tests", "benches", "examples", "target"].iter().any(|d| p == from.join(d)))?;
        let mut manifest = read(to.join("Cargo.toml"))?;
        reduced(&mut manifest);
        write(&to.join("Cargo.toml"), &manifest)?;
    }
    let workspace = all.get("workspace").and_then(Value::as_table).context("no workspace")?;
    let mut workspace: Table = workspace
        .iter()
        .filter(|(k, _)| !["exclude", "default-members"].contains(&k.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    workspace
        .insert("members".to_owned(), names.iter().map(|n| format!("crates/{n}")).collect::<Vec<_>>().into());
    if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
        dependencies.retain(|name, _| !name.starts_with("ijsberg") || names.iter().any(|n| n == name));
    }
    own.insert("workspace".to_owned(), Value::Table(workspace));
    // What users run is compiled as what is shipped, but for the time that linking whole programs takes.
    let release: Table = [("debug", Value::Boolean(false)), ("codegen-units", Value::Integer(4))]
        .into_iter()
        .map(|(k, v)| (k.to_owned(), v))
        .collect();
    own.insert(
        "profile".to_owned(),
        Value::Table([("release".to_owned(), Value::Table(release))].into_iter().collect()),
    );
    write(&rust.join("Cargo.toml"), &own)?;
    // The versions are those of this tree; what is not needed is taken out by cargo itself.
    fs::copy(root.join("Cargo.lock"), rust.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    Ok(())
}

fn write(path: &Path, table: &Table) -> anyhow::Result<()> {
    let text = toml::to_string(table).context("a manifest cannot be written")?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Takes out of a manifest what is not compiled here, so that it need not be packed: tests, and crates that are not asked for.
fn reduced(manifest: &mut Table) {
    ["dev-dependencies", "bench", "test", "example"].iter().for_each(|part| drop(manifest.remove(*part)));
    let mut gone = Vec::new();
    if let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") {
        gone.extend(dependencies.iter().filter(|d| is_optional(d.1)).map(|(name, _)| format!("dep:{name}")));
        dependencies.retain(|_, d| !is_optional(d));
    }
    for (_, of) in manifest.get_mut("features").and_then(Value::as_table_mut).into_iter().flatten() {
        if let Value::Array(of) = of {
            of.retain(|f| !gone.iter().any(|g| f.as_str() == Some(g)));
        }
    }
}

fn is_optional(dependency: &Value) -> bool {
    dependency.get("optional").and_then(Value::as_bool) == Some(true)
}

/// The crates of this workspace that a manifest needs, with those that they need.
fn needed(
    crates: &Path,
    manifest: &Table,
    names: &mut Vec<String>,
    read: &dyn Fn(PathBuf) -> anyhow::Result<Table>,
) -> anyhow::Result<()> {
    let Some(dependencies) = manifest.get("dependencies").and_then(Value::as_table) else { return Ok(()) };
    for (name, _) in dependencies.iter().filter(|(n, d)| n.starts_with("ijsberg") && !is_optional(d)) {
        if !names.contains(name) {
            names.push(name.clone());
            needed(crates, &read(crates.join(name).join("Cargo.toml"))?, names, read)?;
        }
    }
    Ok(())
}
