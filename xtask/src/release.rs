//! `cargo xtask release`: all files of a release, in `dist`, with a list of what is in it.

mod archive;
mod debian;
mod formula;
mod needs;
mod papers;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use archive::{File, read};
use papers::ReleaseBuild;

use crate::{resolved, wheel};

/// Where the files of a release can be had, for what fetches them from there.
const ADDRESS: &str = "IJSBERG_RELEASE_ADDRESS";

/// The file with the key that signs the description of a release.
const KEY: &str = "IJSBERG_SIGNING_KEY";

/// Makes all files of a release: the program with what belongs to it, archives, the package for Debian, the source with a formula
/// for Homebrew, the package for Python where what makes it is there, checksums, and a description that is signed where there is a key.
pub(crate) fn release() -> anyhow::Result<()> {
    let root = std::env::current_dir().context("no directory")?;
    let made = made()?;
    let dist = root.join("dist");
    std::fs::create_dir_all(dist.join("completions")).context("cannot make dist")?;
    without_others(&dist, &made.version)?;
    build(&root, &dist, &made.target)?;
    archives(&root, &dist, &made)?;
    source(&dist, &made)?;
    for_python(&root, &dist)?;
    let sums = papers::sums(&dist)?;
    if let Ok(text) = std::fs::read_to_string(dist.join("ijsberg.rb")) {
        formula::is_of_release(&text, &sums)?;
    }
    write(&dist, "SHA256SUMS", papers::list(&sums))?;
    let changelog = std::fs::read_to_string("CHANGELOG.md").context("CHANGELOG.md")?;
    write(&dist, "RELEASE.md", papers::description(&made, &sums, &changelog)?)?;
    if !papers::sign(&dist.join("RELEASE.md"), std::env::var_os(KEY).as_deref())? {
        eprintln!("RELEASE.md is not signed: {KEY} names no key");
    }
    println!("{}", dist.display());
    Ok(())
}

/// Builds the program so that the same source and compiler give the same bytes wherever the source lies, and so that it needs no
/// library of the machine it runs on; writes man pages, completions, unit and container file, licences, and a list of materials
/// beside it.
fn build(root: &Path, dist: &Path, target: &str) -> anyhow::Result<()> {
    // Named, so that the flags are not those of what runs while building.
    run(Command::new("cargo")
        .args(["build", "--profile", "dist", "--locked", "-p", "ijsberg", "--target", target])
        // With a C library in it, the program looks names of hosts up in files and by DNS as any other does.
        .env("RUSTFLAGS", format!("-C target-feature=+crt-static {}", remapped(root)?))
        // OpenSSL compiles in the directories from which it would load modules: below the tree, unless make gets other ones. These do not
        // exist, and nothing may be put there.
        .env("GNUMAKEFLAGS", "ENGINESDIR=/nonexistent MODULESDIR=/nonexistent")
        .env("SOURCE_DATE_EPOCH", "0"))?;
    let program = root.join("target").join(target).join("dist/ijsberg");
    std::fs::copy(&program, dist.join("ijsberg")).context("no program")?;
    // In English, whatever this machine speaks.
    let english = || {
        let mut command = Command::new(&program);
        command.env("LC_ALL", "C.UTF-8");
        command
    };
    // A page of a command that is no more would stay.
    let _ = std::fs::remove_dir_all(dist.join("man"));
    run(english().arg("man").arg("--out").arg(dist.join("man")))?;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = english().args(["completions", shell]).output().context("completions")?;
        std::fs::write(dist.join("completions").join(shell), output.stdout)?;
    }
    for file in ["packaging/ijsberg.service", "packaging/Containerfile", "LICENSE-MIT", "LICENSE-APACHE"] {
        let name = Path::new(file).file_name().context("a name")?;
        std::fs::copy(file, dist.join(name)).with_context(|| file.to_owned())?;
    }
    #[expect(clippy::disallowed_methods, reason = "names of crates, which hold nothing that is not seen")]
    let materials = serde_json::to_string_pretty(&materials(target)?)? + "\n";
    write(dist, "ijsberg.cdx.json", materials)
}

/// The flag without which a program holds the names of folders of the machine it was built on.
fn remapped(root: &Path) -> anyhow::Result<String> {
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|h| format!("{h}/.cargo")))?;
    Ok(format!("--remap-path-prefix={}=/src --remap-path-prefix={home}=/cargo", root.display()))
}

/// The program with what belongs to it in one archive, and the package for Debian where the program is for Linux.
fn archives(root: &Path, dist: &Path, made: &ReleaseBuild) -> anyhow::Result<()> {
    let folder = format!("ijsberg-{}-{}", made.version, made.target);
    let mut files = vec![File::program(format!("{folder}/ijsberg"), read(&dist.join("ijsberg"))?)];
    for name in ["ijsberg.service", "ijsberg.cdx.json", "LICENSE-MIT", "LICENSE-APACHE"] {
        files.push(File::plain(format!("{folder}/{name}"), read(&dist.join(name))?));
    }
    for below in ["completions", "man"] {
        for entry in std::fs::read_dir(dist.join(below)).context(below)? {
            let path = entry.context(below)?.path();
            let name = path.file_name().and_then(|n| n.to_str()).context("a file without a name")?;
            files.push(File::plain(format!("{folder}/{below}/{name}"), read(&path)?));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    write(dist, &format!("{folder}.tar.gz"), archive::gzip(&archive::tar(&files)?)?)?;
    if let Some(architecture) = needs::architecture(&made.target) {
        let depends = needs::packages(&dist.join("ijsberg"))?;
        let files = debian::files(dist, root)?;
        let package = debian::package(&made.version, architecture, &depends, &files)?;
        write(dist, &debian::name(&made.version, architecture), package)?;
    }
    Ok(())
}

/// The source as it was committed, and the formula that builds it. Without a commit, or with changes, what is built is not what would be
/// packed.
fn source(dist: &Path, made: &ReleaseBuild) -> anyhow::Result<()> {
    let name = format!("ijsberg-{}-src.tar.gz", made.version);
    if made.commit.is_none() || !made.clean {
        for stale in [name.as_str(), "ijsberg.rb"] {
            let _ = std::fs::remove_file(dist.join(stale));
        }
        eprintln!("without the source and the formula: the tree is not that of a commit");
        return Ok(());
    }
    let prefix = format!("--prefix=ijsberg-{}/", made.version);
    let output = Command::new("git").args(["archive", "--format=tar", &prefix, "HEAD"]).output()?;
    ensure!(output.status.success(), "git archive failed");
    let packed = archive::gzip(&output.stdout)?;
    let address = std::env::var(ADDRESS).unwrap_or_else(|_| {
        eprintln!("the formula says example.org: {ADDRESS} names no address");
        "https://example.org/ijsberg".to_owned()
    });
    let template = std::fs::read_to_string("packaging/ijsberg.rb").context("packaging/ijsberg.rb")?;
    write(dist, "ijsberg.rb", formula::filled(&template, &made.version, &address, &packed)?)?;
    write(dist, &name, packed)
}

/// The package for Python, where the tests have installed what makes it.
fn for_python(root: &Path, dist: &Path) -> anyhow::Result<()> {
    let maturin = root.join("target/python/bin/maturin");
    if !maturin.is_file() {
        eprintln!("without the package for Python: `cargo xtask test` installs what makes it");
        return Ok(());
    }
    let mut command = Command::new(maturin);
    command.args(["build", "--quiet", "--locked", "--profile", "dist", "--out"]).arg(dist);
    command.arg("--target-dir").arg(root.join("target")).current_dir(root.join("bindings/python"));
    command.env("VIRTUAL_ENV", root.join("target/python")).env("RUSTFLAGS", remapped(root)?);
    // A wheel is a ZIP archive, which knows no earlier day.
    run(command.env("SOURCE_DATE_EPOCH", archive::DAY.to_string()))?;
    for entry in std::fs::read_dir(dist).context("there is no dist")? {
        let path = entry.context("cannot read dist")?.path();
        if path.extension().is_some_and(|e| e == "whl") {
            wheel::check(&root.join("target/python/bin/python"), &path)?;
        }
    }
    Ok(())
}

/// Takes archives and packages of other versions out: they would be in the list of checksums.
fn without_others(dist: &Path, version: &str) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dist).context("there is no dist")? {
        let path = entry.context("cannot read dist")?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let packed = ["gz", "deb", "whl"].iter().any(|e| path.extension().is_some_and(|x| x == *e));
        if packed && name.starts_with("ijsberg") && !name.contains(version) {
            std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// What this release is made from.
fn made() -> anyhow::Result<ReleaseBuild> {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok().filter(|o| o.status.success())?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
    };
    Ok(ReleaseBuild {
        // All packages of the tree have one version.
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: said("git", &["rev-parse", "HEAD"]),
        clean: said("git", &["status", "--porcelain"]).is_some_and(|s| s.is_empty()),
        compiler: said("rustc", &["--version"]).context("rustc tells no version")?,
        target: host()?,
    })
}

fn write(dist: &Path, name: &str, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    std::fs::write(dist.join(name), bytes).with_context(|| format!("cannot write dist/{name}"))
}

/// What the compiler builds for by itself.
fn host() -> anyhow::Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("rustc")?;
    let said = String::from_utf8(output.stdout)?;
    Ok(said.lines().find_map(|l| l.strip_prefix("host: ")).context("rustc tells no host")?.to_owned())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    ensure!(command.status().with_context(|| format!("{command:?}"))?.success(), "{command:?} failed");
    Ok(())
}

/// What the program is made of, in `CycloneDX` 1.6: every package that is built into it on a target, by the lockfile.
fn materials(target: &str) -> anyhow::Result<Value> {
    let metadata = resolved::metadata(&["--filter-platform", target])?;
    let root = resolved::package(&metadata, "ijsberg")?;
    let of = |p: &Value| {
        let (name, version) =
            (p["name"].as_str().unwrap_or_default(), p["version"].as_str().unwrap_or_default());
        json!({
            "type": "library",
            "bom-ref": format!("pkg:cargo/{name}@{version}"),
            "name": name,
            "version": version,
            "purl": format!("pkg:cargo/{name}@{version}"),
            "licenses": [{ "expression": p["license"].as_str().unwrap_or("NOASSERTION").replace('/', " OR ") }],
        })
    };
    let below = resolved::below(&metadata, root)?;
    let listed = below.into_iter().filter(|p| p["id"] != root["id"]);
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": {
            "type": "application", "name": "ijsberg", "version": root["version"], "bom-ref": "ijsberg",
        } },
        "components": listed.map(of).collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_of_materials_is_that_of_the_program_on_its_target() {
        let said = materials("x86_64-unknown-linux-gnu").unwrap();
        let components = said["components"].as_array().unwrap();
        let names: Vec<&str> = components.iter().filter_map(|c| c["name"].as_str()).collect();
        // What is compiled from C comes with what builds it.
        for name in ["ijsberg-mse", "rusqlite", "openssl-src", "ring"] {
            assert!(names.contains(&name), "{name}");
        }
        // Tests need a browser, and Windows another system.
        for name in ["ijsberg", "xtask", "fantoccini", "proptest", "windows-sys"] {
            assert!(!names.contains(&name), "{name}");
        }
        let once: BTreeSet<&str> = components.iter().filter_map(|c| c["bom-ref"].as_str()).collect();
        assert_eq!(once.len(), components.len());
        assert!(components.iter().all(|c| c["licenses"][0]["expression"] != "NOASSERTION"));
    }
}
