//! Files that ask for more than a machine has, sent to a server that has a register, and to one that is open.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{ijsberg, root};
use crate::server::Server;

/// Two cells at the two ends of a sheet.
fn sparse() -> std::path::PathBuf {
    root().join("tests/files/sparse.xlsx")
}

/// Sends a file to be estimated from and waits for the page that says what came of it.
fn estimated(server: &Server, file: &std::path::Path, language: &str) -> String {
    let curl = |more: &[&str]| {
        let header = format!("Accept-Language: {language}");
        let output =
            Command::new("curl").args(["--silent", "--header", &header]).args(more).output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let form = format!("file=@{}", file.display());
    let sent = curl(&["--include", "--form", &form, &format!("{}/estimate", server.address)]);
    let job = sent.lines().find_map(|l| l.strip_prefix("location: ")).unwrap_or_else(|| panic!("{sent}"));
    let began = Instant::now();
    loop {
        let page = curl(&[&format!("{}{}", server.address, job.trim())]);
        if !page.contains("data-progress") && !page.contains("<progress") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_mins(5), "still reading");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_small_file_that_asks_for_everything_is_refused_in_words_and_the_server_goes_on() {
    let server = Server::open();
    let dir = tempfile::tempdir().unwrap();
    let wide = dir.path().join("wide.csv");
    let row = vec!["a"; 1_000_000].join(",");
    std::fs::write(&wide, format!("{row}\n")).unwrap();
    for (language, said) in [("en", "columns, but at most"), ("nl", "kolommen gevonden")] {
        for file in [sparse(), wide.clone()] {
            let page = estimated(&server, &file, language);
            assert!(page.contains(said), "{page}");
        }
    }
    let table = estimated(&server, &root().join("data/netherlands-2010-2015.csv"), "en");
    assert!(table.contains("<h2"), "{table}");
}

#[test]
fn the_command_line_refuses_it_in_words_wherever_it_reads_a_table() {
    let dir = tempfile::tempdir().unwrap();
    let demo = dir.path().join("demo").display().to_string();
    assert!(ijsberg().args(["register", "demo", "--out", &demo]).status().unwrap().success());
    let (at, passphrase) = (format!("{demo}/register"), format!("{demo}/passphrase"));
    let file = sparse().display().to_string();
    let out = dir.path().join("out").display().to_string();
    std::fs::write(
        dir.path().join("key"),
        "9d66f1dcfcd7141f887cfc66c050ed4c538306abdbb32495fbfdb7ae1c0006d1",
    )
    .unwrap();
    let key = dir.path().join("key").display().to_string();
    let commands: [&[&str]; 7] = [
        &["estimate", &file],
        &["link", &file, &file, "--out", &out],
        &["assess", &file],
        &["assess", "read-form", &file],
        &["protect", &file, "--key-file", &key, "--out", &out],
        &["report", "--from", &file, "--key-file", &key, "--year", "2015", "--out", &out],
        &["register", "import", &file, "--at", &at, "--passphrase-file", &passphrase],
    ];
    for command in commands {
        let output = ijsberg().args(command).args(["--lang", "nl"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
        assert!(said.contains("worden er hoogstens") || said.contains("gelezen"), "{command:?}: {said}");
    }
}

/// What the process that takes files apart may do, as the system sees it.
#[cfg(target_os = "linux")]
#[test]
fn the_process_that_reads_has_little_memory_no_keys_and_opens_nothing() {
    let mut child = ijsberg()
        .args(["read-apart", "sent"])
        .env_clear()
        .env("IJSBERG_PASSPHRASE", "only to see that it is not needed")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let limit = |name: &str| {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap_or_default();
        limits
            .lines()
            .find(|l| l.starts_with(name))
            .map(|l| l[26..].split_whitespace().next().unwrap().to_owned())
    };
    let began = Instant::now();
    while limit("Max open files").as_deref() != Some("3") && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    for (name, most) in [
        ("Max open files", "3"),
        ("Max address space", "2147483648"),
        ("Max cpu time", "30"),
        ("Max core file size", "0"),
        ("Max file size", "0"),
        ("Max processes", "0"),
    ] {
        assert_eq!(limit(name).as_deref(), Some(most), "{name}");
    }
    child.stdin.take().unwrap().write_all(b"A,B,count\n1,0,5\n1,1,2\n0,1,3\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"ijscell"));
    let refused = ijsberg().args(["read-apart", "anything"]).status().unwrap();
    assert_eq!(refused.code(), Some(2));
}

/// A program as a user without rights, also where the tests are run by one who may do everything.
#[cfg(target_os = "linux")]
fn as_somebody(program: &std::path::Path) -> Command {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata("/proc/self/status").unwrap().uid() != 0 {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(program);
    command
}

/// A server with keys leaves no core file, and no process of its user looks into it.
#[cfg(target_os = "linux")]
#[test]
fn a_process_with_keys_keeps_its_memory_to_itself() {
    let dir = tempfile::tempdir().unwrap();
    let demo = dir.path().join("demo").display().to_string();
    let program = std::path::PathBuf::from(ijsberg().get_program());
    assert!(ijsberg().args(["register", "demo", "--out", &demo]).status().unwrap().success());
    // The user who runs it must reach it.
    let own = dir.path().join("ijsberg");
    std::fs::copy(&program, &own).unwrap();
    let changed =
        Command::new("chown").args(["-R", "65534:65534"]).arg(dir.path()).stderr(Stdio::null()).status();
    assert!(changed.is_ok());
    let (at, passphrase) = (format!("{demo}/register"), format!("{demo}/passphrase"));
    let mut server = as_somebody(&own)
        .args(["serve", "--register", "--vault", "--listen", "127.0.0.1:0", "--at", &at])
        .args(["--passphrase-file", &passphrase])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(server.stdout.take().unwrap()), &mut said)
        .unwrap();
    assert!(said.contains("http://"), "{said}");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
    assert_eq!(core[26..].split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);
    // Another process of the same user, which may look into any other of its own.
    let looks_into = |id: u32| {
        let file = format!("/proc/{id}/environ");
        let cat = as_somebody(std::path::Path::new("cat")).arg(file).stderr(Stdio::null()).output().unwrap();
        cat.status.success()
    };
    let mut other = as_somebody(std::path::Path::new("sleep")).arg("60").spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let (into_the_other, into_the_server) = (looks_into(other.id()), looks_into(server.id()));
    for child in [&mut other, &mut server] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(into_the_other, "nothing could be seen of any process");
    assert!(!into_the_server, "the memory of a process with keys can be looked into");
}
