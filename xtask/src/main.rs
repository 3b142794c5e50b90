//! Developer commands: `cargo xtask test` runs every check that a change must pass.

mod cluster;
mod measures;
mod pages;
mod postgres;
mod r;
mod rd;
mod registry;
mod release;
mod resolved;
mod summary;
mod synthetic;
mod validators;
mod wheel;

use std::process::{Command, ExitCode};

use anyhow::{Context, bail, ensure};

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let result = match task.as_str() {
        "test" => test(),
        "licences" => licences(),
        "synthetic" => synthetic(),
        "postgres" => with_postgres(),
        "release" => release::release(),
        "r" => r::source(),
        "rd" => rd::write(),
        "crates" => registry::crates(),
        "cluster" => cluster::cluster(),
        "pictures" => pictures(),
        "docs" => measures::docs(),
        "mutants" => measures::mutants(),
        "coverage" => measures::coverage(),
        _ => Err(anyhow::anyhow!(
            "usage: cargo xtask test | licences | synthetic | pictures | postgres COMMAND ... | release | r | rd \
             | crates [COMMIT] | cluster [takes [PERSONS ...]] | docs | mutants CRATE | coverage CRATE"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the synthetic Dutch table again.
fn synthetic() -> anyhow::Result<()> {
    std::fs::write("data/netherlands-synthetic.csv", synthetic::table()?).context("cannot write the table")
}

/// Draws the pictures of the README and the book again, with the program that they show.
fn pictures() -> anyhow::Result<()> {
    for (table, drawn) in [
        ("netherlands-2010-2015", &["iceberg.svg", "multiverse.svg"][..]),
        ("netherlands-synthetic", &["trend.svg"]),
    ] {
        let dir = tempfile::tempdir().context("no directory")?;
        let out = dir.path().join(table);
        let (table, to) = (format!("data/{table}.csv"), out.display().to_string());
        cargo(&["run", "--release", "--locked", "--quiet", "--", "estimate", &table, "--out", &to])?;
        for name in drawn {
            std::fs::copy(out.join(name), std::path::Path::new("docs").join(name)).context(*name)?;
        }
    }
    browser()?;
    pages::pictures()
}

/// Runs a command beside a PostgreSQL server for tests.
fn with_postgres() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let Some((program, rest)) = arguments.split_first() else { bail!("which command?") };
    let server = postgres::Server::start()?;
    let mut command = Command::new(program);
    let status = without_us(command.args(rest)).env(postgres::VARIABLE, server.url.as_str()).status();
    ensure!(status.with_context(|| format!("cannot run {program}"))?.success(), "{program} failed");
    Ok(())
}

/// Builds with the driver of clippy as the compiler of this workspace's crates, and lints as errors: what is built is linted as it is
/// built. Linting apart would check some seven hundred crates that are then compiled all over again.
const LINTED: [(&str, &str); 2] = [
    ("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"),
    ("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__"),
];

/// Format, licences, lints, then all tests; the test runner's own summary comes last.
fn test() -> anyhow::Result<()> {
    // What is fetched waits for the network and what is built for the processor: neither for the other.
    let fetched = std::thread::spawn(|| {
        validators::install();
        browser().and_then(|()| python()).and_then(|()| r::install())
    });
    cargo(&["fmt", "--all", "--check"])?;
    licences()?;
    cargo(&["clippy", "--package", "xtask", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"])?;
    cargo(&["test", "--package", "xtask", "--locked", "--quiet"])?;
    built()?;
    // The interpreters of Python and R use one processor; this has the other.
    let rebuilt = std::thread::spawn(field);
    fetched.join().map_err(|_| anyhow::anyhow!("what the tests need could not be installed"))??;
    validators::say();
    package()?;
    r::check()?;
    rebuilt.join().map_err(|_| anyhow::anyhow!("published results could not be compared"))??;
    let server = postgres::Server::start()?;
    all_tests(&server.url)
}

/// Runs the tests of the whole workspace; where the time went and what failed is said again at the end.
fn all_tests(database: &str) -> anyhow::Result<()> {
    let arguments = ["test", "--workspace", "--exclude", "xtask", "--locked", "--no-fail-fast"];
    // Both in one, so that each result stands below the program it is of.
    let (output, writer) = std::io::pipe().context("no pipe")?;
    let mut command = cargo_command(&arguments, &[(postgres::VARIABLE, database), LINTED[0], LINTED[1]]);
    command.stdout(writer.try_clone().context("no pipe")?).stderr(writer);
    let mut child = command.spawn().context("cannot run cargo")?;
    // The command holds the ends that are written to: the pipe ends when cargo does.
    drop(command);
    let mut summary = summary::Summary::default();
    summary.listen(output);
    let status = child.wait().context("cannot wait for cargo")?;
    validators::say();
    summary.print();
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}

/// The pages are tested in a real browser: install it from Debian's packages where that can be done.
fn browser() -> anyhow::Result<()> {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if runs("chromium") && runs("chromedriver") && runs("curl") {
        return Ok(());
    }
    ensure!(runs("apt-get"), "install chromium and chromedriver: the pages are tested in a real browser");
    for arguments in [
        &["update", "--quiet"][..],
        &[
            "install",
            "--quiet",
            "--yes",
            "--no-install-recommends",
            "chromium",
            "chromium-driver",
            "curl",
            "fonts-dejavu-core",
        ],
    ] {
        eprintln!("$ apt-get {}", arguments.join(" "));
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(std::process::Stdio::null())
            .status()
            .context("cannot run apt-get")?;
        ensure!(status.success(), "apt-get {} failed (it needs to be root)", arguments.join(" "));
    }
    Ok(())
}

/// What is compared with programs in Python is compared with the programs themselves, from PyPI, in a place of their own.
fn python() -> anyhow::Result<()> {
    const PACKAGES: [&str; 22] = [
        "duckdb==2.0.1",
        "schemathesis==4.32.5",
        "maturin==1.16.0",
        "pytest==9.2.0",
        "pandas==3.1.1",
        "polars==2.1.0",
        "pyarrow==26.0.1",
        "pyxform==4.5.0",
        "dask==2026.8.0",
        "distributed==2026.8.0",
        "auditwheel==6.8.2",
        "mypy==2.4.1",
        "nbclient==0.11.0",
        "ipykernel==7.4.0",
        "pysdmx[xml]==1.14.0",
        "sdmx1==2.28.0",
        "csvw==4.1.1",
        "frictionless==5.21.0",
        "rdflib==7.6.0",
        "bagit==1.9.0",
        "rocrate==0.16.0",
        "odfpy==1.4.1",
    ];
    // The checker of pages alone; what it would drive a browser with is here already.
    const BARE: &str = "axe-playwright-python==0.1.8";
    environment("target/python", &PACKAGES, &[BARE])
}

/// Python with packages in a place of their own, some of them without what they ask for; a second call finds them there.
fn environment(place: &str, packages: &[&str], bare: &[&str]) -> anyhow::Result<()> {
    let run = |program: &str, arguments: &[&str]| -> anyhow::Result<()> {
        eprintln!("$ {program} {}", arguments.join(" "));
        let status = Command::new(program)
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .status()
            .with_context(|| format!("cannot run {program}"))?;
        ensure!(status.success(), "{program} {} failed", arguments.join(" "));
        Ok(())
    };
    let marker = std::path::Path::new(place).join("packages");
    let wanted = [packages, bare].concat().join(" ");
    if std::fs::read_to_string(&marker).is_ok_and(|known| known == wanted) {
        return Ok(());
    }
    let made = || run("python3", &["-m", "venv", place]);
    if made().is_err() {
        run("apt-get", &["install", "--quiet", "--yes", "--no-install-recommends", "python3-venv"])?;
        made()?;
    }
    let pip = format!("{place}/bin/pip");
    run(&pip, &[&["install", "--quiet"][..], packages].concat())?;
    if !bare.is_empty() {
        run(&pip, &[&["install", "--quiet", "--no-deps"][..], bare].concat())?;
    }
    std::fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))
}

/// Everything that is tested, in one build: another choice of packages has other features, and would build everything a second time.
fn built() -> anyhow::Result<()> {
    let all = ["--lib", "--tests", "--examples", "--benches"];
    let workspace = ["build", "--quiet", "--locked", "--workspace", "--exclude", "xtask"];
    cargo_with(&[&workspace[..], &all].concat(), &LINTED)
}

/// Published results are worked out again by the example that was just built: none may be further from ours than recorded.
fn field() -> anyhow::Result<()> {
    const PROGRAM: &str = "target/debug/examples/field";
    eprintln!("$ {PROGRAM} --check");
    let mut command = Command::new(PROGRAM);
    let status = command.arg("--check").stdout(std::process::Stdio::null()).status();
    ensure!(status.with_context(|| format!("cannot run {PROGRAM}"))?.success(), "{PROGRAM} --check failed");
    Ok(())
}

/// The package for Python, built and installed from this tree and tested as its users have it.
fn package() -> anyhow::Result<()> {
    let root = std::env::current_dir().context("no directory")?;
    let python = root.join("target/python/bin");
    let run = |program: &str, arguments: &[&str]| -> anyhow::Result<()> {
        eprintln!("$ {program} {}", arguments.join(" "));
        let mut command = Command::new(python.join(program));
        let status = without_us(command.args(arguments))
            .current_dir("bindings/python")
            .env("VIRTUAL_ENV", root.join("target/python"))
            .envs(LINTED)
            .status()
            .with_context(|| format!("cannot run {program}"))?;
        ensure!(status.success(), "{program} {} failed", arguments.join(" "));
        Ok(())
    };
    let wheels = root.join("target/wheels");
    // Only the wheel of this tree is there to be installed.
    let _ = std::fs::remove_dir_all(&wheels);
    let (to, target) = (wheels.display().to_string(), root.join("target").display().to_string());
    run(
        "maturin",
        &["build", "--quiet", "--locked", "--profile", "dev", "--out", &to, "--target-dir", &target],
    )?;
    let wheel = std::fs::read_dir(&wheels).context("no wheel")?.next().context("no wheel")??.path();
    wheel::check(&python.join("python"), &wheel)?;
    run("pip", &["install", "--quiet", "--force-reinstall", "--no-deps", &wheel.display().to_string()])?;
    run("python", &["-m", "pytest", "--quiet", "tests"])
}

/// Without what cargo says of this program to it: crates that ask for it would be built again.
fn without_us(command: &mut Command) -> &mut Command {
    let of_us = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars().filter(|v| of_us(&v.0)) {
        command.env_remove(name);
    }
    command
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    cargo_with(arguments, &[])
}

fn cargo_with(arguments: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<()> {
    let status = cargo_command(arguments, variables).status().context("cannot run cargo")?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}

fn cargo_command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    eprintln!("$ cargo {}", arguments.join(" "));
    let mut command = Command::new(env!("CARGO"));
    // The program speaks the language of the machine; its tests read English.
    without_us(command.args(arguments)).env("LC_ALL", "C.UTF-8").envs(variables.iter().copied());
    command
}

/// Every dependency must have a licence that `deny.toml` allows and come from the registry.
fn licences() -> anyhow::Result<()> {
    let policy = std::fs::read_to_string("deny.toml").context("cannot read deny.toml")?;
    let policy: toml::Table = policy.parse().context("deny.toml")?;
    let words = |v: Option<&toml::Value>| -> Vec<String> {
        let list = v.and_then(toml::Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(|s| s.as_str().map(String::from)).collect()
    };
    let licences = policy.get("licenses").context("deny.toml has no [licenses]")?;
    let allowed = words(licences.get("allow"));
    let exceptions = licences.get("exceptions").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let metadata = resolved::metadata(&[])?;
    let packages = resolved::packages(&metadata)?;
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        let exception =
            exceptions.iter().find(|e| e.get("crate").and_then(toml::Value::as_str) == Some(name));
        let more = words(exception.and_then(|e| e.get("allow")));
        if !permitted(licence, &[&allowed[..], &more].concat()) {
            wrong.push(format!("{name}: {licence:?}"));
        }
        if package["source"].as_str().is_some_and(|s| !s.starts_with("registry+")) {
            wrong.push(format!("{name}: not from the registry"));
        }
    }
    if !wrong.is_empty() {
        bail!("licences that deny.toml does not allow:\n  {}", wrong.join("\n  "));
    }
    eprintln!("licences of {} packages are allowed", packages.len());
    Ok(())
}

/// Whether an SPDX expression can be satisfied: some alternative of which every part is allowed.
fn permitted(expression: &str, allowed: &[String]) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // `A AND (B OR C)` reads as `A AND B` or `C` here, which is stricter than needed only where C is not allowed.
    plain
        .split(" OR ")
        .any(|alternative| alternative.split(" AND ").all(|part| allowed.iter().any(|a| a == part.trim())))
}
