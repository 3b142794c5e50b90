//! `cargo xtask cluster`: linkage and simulation studies in parts on Spark and on Dask, tested with both. `cargo xtask cluster takes
//! [PERSONS ...]` measures what linking takes there.

use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// The oldest Java that Spark runs on.
const OLDEST: u32 = 17;

/// Where a measurement works.
const WORK: &str = "target/cluster-takes";

/// Spark and the Java that it runs on take 0.7 GB, so they are not among what every run of the tests installs.
const PACKAGES: [&str; 6] = [
    "dask==2026.8.0",
    "distributed==2026.8.0",
    "psutil==7.2.2",
    "pyarrow==26.0.1",
    "pyspark==4.3.0",
    "pytest==9.2.0",
];

/// Runs the tests of `crates/ijsberg/examples/cluster`, of which `cargo xtask test` leaves out those of Spark; or measures, for the
/// numbers of people that are named.
pub(crate) fn cluster() -> anyhow::Result<()> {
    let asked: Vec<String> = std::env::args().skip(2).collect();
    ensure!(
        asked.first().is_none_or(|what| what == "takes"),
        "usage: cargo xtask cluster [takes [PERSONS ...]]"
    );
    java()?;
    crate::environment("target/cluster", &PACKAGES, &[])?;
    crate::built()?;
    let mut command = Command::new("target/cluster/bin/python");
    let Some((_, persons)) = asked.split_first() else {
        command.args(["-m", "pytest", "--quiet", "bindings/python/tests/test_cluster.py"]);
        return run(command.env("IJSBERG_CLUSTER", "all"));
    };
    // The lists and plans of an earlier measurement are large, and would pass for those of this one.
    let _ = std::fs::remove_dir_all(WORK);
    run(command.arg("crates/ijsberg/examples/cluster/takes.py").arg(WORK).args(persons))
}

/// The first number of the version of Java that is there; 8 and older begin with 1.
fn version(said: &str) -> Option<u32> {
    said.split('"').nth(1)?.split(['.', '-', '+']).next()?.parse().ok()
}

/// Whether the Java that is there is one that Spark runs on.
fn is_there() -> bool {
    let output = Command::new("java").arg("-version").output();
    let said =
        output.ok().filter(|o| o.status.success()).map(|o| String::from_utf8_lossy(&o.stderr).into_owned());
    said.and_then(|said| version(&said)).is_some_and(|number| number >= OLDEST)
}

/// Installs Java from Debian's packages where none is there that will do.
fn java() -> anyhow::Result<()> {
    if is_there() {
        return Ok(());
    }
    run(Command::new("apt-get").args(["update", "--quiet"]).stdout(Stdio::null()))?;
    let install = ["install", "--quiet", "--yes", "--no-install-recommends", "default-jre-headless"];
    let mut command = Command::new("apt-get");
    command.args(install).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
    run(&mut command).context("Java cannot be installed (it needs to be root)")?;
    ensure!(is_there(), "the `java` of this machine is older than {OLDEST}, which Spark needs");
    Ok(())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("$ {command:?}");
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_java_is_read_as_it_says_it() {
        let said = |first: &str| version(&format!("{first}\nOpenJDK Runtime Environment (build 1)\n"));
        assert_eq!(said("openjdk version \"17.0.16\" 2025-07-15"), Some(17));
        assert_eq!(said("openjdk version \"21\" 2023-09-19 LTS"), Some(21));
        assert_eq!(said("openjdk version \"25-ea\" 2025-09-16"), Some(25));
        assert_eq!(said("java version \"1.8.0_391\""), Some(1));
        assert_eq!(said("no Java"), None);
    }
}
