//! `cargo xtask release`: everything that is given out, in `dist`, with a list of what is in it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// Builds the program so that the same source and compiler give the same bytes wherever the source lies, and so that it needs no
/// library of the machine it runs on; writes man pages, completions, unit and container file, licences, and a list of materials
/// beside it.
pub(crate) fn release() -> anyhow::Result<()> {
    let root = std::env::current_dir().context("no directory")?;
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|h| format!("{h}/.cargo")))?;
    // With a C library in it, the program looks names of hosts up in files and by DNS as any other does.
    let flags = format!(
        "-C target-feature=+crt-static --remap-path-prefix={}=/src --remap-path-prefix={home}=/cargo",
        root.display()
    );
    // Named, so that the flags are not those of what runs while building.
    let target = host()?;
    run(Command::new("cargo")
        .args(["build", "--profile", "dist", "--locked", "-p", "ijsberg", "--target", &target])
        .env("RUSTFLAGS", flags)
        // OpenSSL keeps the directories it would load more of itself from: below the tree, unless make is told otherwise. There are
        // none, and nothing may lie there.
        .env("GNUMAKEFLAGS", "ENGINESDIR=/nonexistent MODULESDIR=/nonexistent")
        .env("SOURCE_DATE_EPOCH", "0"))?;
    let dist = root.join("dist");
    std::fs::create_dir_all(dist.join("completions")).context("cannot make dist")?;
    let program = root.join("target").join(target).join("dist/ijsberg");
    std::fs::copy(&program, dist.join("ijsberg")).context("no program")?;
    // In English, whatever this machine speaks.
    let english = || {
        let mut command = Command::new(&program);
        command.env("LC_ALL", "C.UTF-8");
        command
    };
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
    let materials = serde_json::to_string_pretty(&materials()?)? + "\n";
    std::fs::write(dist.join("ijsberg.cdx.json"), materials)?;
    println!("{}", dist.display());
    Ok(())
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

/// What the program is made of, in `CycloneDX` 1.6: every package that is built into it, by the lockfile.
fn materials() -> anyhow::Result<Value> {
    let output = Command::new("cargo").args(["metadata", "--format-version", "1", "--locked"]).output()?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let nodes = metadata["resolve"]["nodes"].as_array().context("nodes")?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let root = packages.iter().find(|p| p["name"] == "ijsberg").context("the program")?;
    // From the program down, without what only tests need.
    let (mut seen, mut next) =
        (std::collections::BTreeSet::new(), vec![root["id"].as_str().unwrap_or_default()]);
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(node) = nodes.iter().find(|n| n["id"] == id) else { continue };
        let normal =
            |d: &&Value| d["dep_kinds"].as_array().is_some_and(|k| k.iter().any(|k| k["kind"] != "dev"));
        let below = node["deps"].as_array().into_iter().flatten().filter(normal);
        next.extend(below.filter_map(|d| d["pkg"].as_str()));
    }
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
    let listed = packages
        .iter()
        .filter(|p| p["id"] != root["id"] && p["id"].as_str().is_some_and(|id| seen.contains(id)));
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
