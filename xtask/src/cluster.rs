//! `cargo xtask cluster`: linkage and simulation studies in parts on Spark and on Dask, tested with both.

use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// Spark and the Java that it runs on take 0.7 GB, so they are not among what every run of the tests installs.
const PACKAGES: [&str; 6] = [
    "dask==2026.8.0",
    "distributed==2026.8.0",
    "psutil==7.2.2",
    "pyarrow==26.0.1",
    "pyspark==4.3.0",
    "pytest==9.2.0",
];

/// Runs the tests of `crates/ijsberg/examples/cluster`; `cargo xtask test` leaves out those of Spark.
pub(crate) fn cluster() -> anyhow::Result<()> {
    java()?;
    crate::environment("target/cluster", &PACKAGES, &[])?;
    crate::built()?;
    let mut command = Command::new("target/cluster/bin/python");
    command.args(["-m", "pytest", "--quiet", "bindings/python/tests/test_cluster.py"]);
    run(command.env("IJSBERG_CLUSTER", "all"))
}

/// Installs Java from Debian's packages where it is not there.
fn java() -> anyhow::Result<()> {
    let there = Command::new("java").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if there.is_ok_and(|s| s.success()) {
        return Ok(());
    }
    run(Command::new("apt-get").args(["update", "--quiet"]).stdout(Stdio::null()))?;
    let install = ["install", "--quiet", "--yes", "--no-install-recommends", "default-jre-headless"];
    let mut command = Command::new("apt-get");
    command.args(install).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    run(&mut command).context("Java cannot be installed (it needs to be root)")
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("$ {command:?}");
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
