//! A PostgreSQL server for tests: installed from Debian's packages where that can be done, started on a free port, stopped at the
//! end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

/// What the tests look at to find it.
pub(crate) const VARIABLE: &str = "IJSBERG_TEST_POSTGRES";

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its URL without a database.
    pub(crate) url: String,
    programs: PathBuf,
    dir: tempfile::TempDir,
}

impl Server {
    /// Starts one.
    pub(crate) fn start() -> anyhow::Result<Self> {
        if programs().is_none() {
            install()?;
        }
        let missing = "PostgreSQL is installed and its programs are not found under /usr/lib/postgresql";
        let programs = programs().context(missing)?;
        let dir = tempfile::tempdir()?;
        if is_root()? {
            // The server refuses to run as root.
            run(Command::new("chown").arg("postgres").arg(dir.path()))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = dir.path().join("data");
        let server = Self { url: format!("postgresql://ijsberg@127.0.0.1:{port}"), programs, dir };
        let data = data.to_str().context("the directory for temporary files is not Unicode")?;
        run(server.command("initdb")?.args([
            "-D",
            data,
            "-U",
            "ijsberg",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]))?;
        // Nothing here outlives the tests: what is written need not reach the disk.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c full_page_writes=off"
        );
        let log = format!("{data}/log");
        run(server.command("pg_ctl")?.args(["-D", data, "-l", &log, "-w", "-o", &options, "start"]))?;
        eprintln!("PostgreSQL runs on port {port}");
        Ok(server)
    }

    fn command(&self, program: &str) -> anyhow::Result<Command> {
        let path = self.programs.join(program);
        let mut command = if is_root()? {
            let mut as_user = Command::new("runuser");
            as_user.args(["-u", "postgres", "--"]).arg(path);
            as_user
        } else {
            Command::new(path)
        };
        command.current_dir(self.dir.path());
        Ok(command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.dir.path().join("data");
        if let Ok(mut command) = self.command("pg_ctl") {
            // Nothing can be done here if it does not stop.
            let _ = run(command.arg("-D").arg(data).args(["-m", "immediate", "stop"]));
        }
    }
}

/// The newest version.
fn programs() -> Option<PathBuf> {
    let entries = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = entries.filter_map(|e| Some(e.ok()?.path().join("bin")));
    bins.filter(|b| b.join("initdb").exists()).max()
}

fn install() -> anyhow::Result<()> {
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("install PostgreSQL: the register is tested on a real server");
    }
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    let arguments = ["install", "--quiet", "--yes", "--no-install-recommends", "postgresql"];
    run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> anyhow::Result<bool> {
    let out = Command::new("id").arg("-u").output().context("cannot run id")?;
    Ok(out.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}");
    // A server that goes on would keep pipes open.
    let status = command.stdout(Stdio::null()).status().with_context(|| format!("cannot run {shown}"))?;
    ensure!(status.success(), "{shown} failed");
    Ok(())
}
