//! What the program writes down of what it is sent: no name in a log, no statement on a page, nothing that moves a terminal, and no
//! half a report.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use crate::program::{ijsberg, root};
use crate::server::Server;
use crate::siege::curl;
use crate::targets::sinks::never::{log as never_in_a_log, nasty_texts};

const CANARY: &str = "Kanarievogel";

/// Everything that is sent holds a name that stands nowhere else. What is written down has it nowhere, and has a number for each
/// request that is also on the page.
#[test]
fn a_planted_name_is_in_no_line_of_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let demo = dir.path().join("demo").display().to_string();
    assert!(ijsberg().args(["register", "demo", "--out", &demo]).status().unwrap().success());
    let (at, passphrase) = (format!("{demo}/register"), format!("{demo}/passphrase"));
    // To a file: a pipe that nobody reads is full after some hundred lines, and the server would wait.
    let log = dir.path().join("log");
    let mut child = ijsberg()
        .args(["serve", "--register", "--vault", "--log", "json", "--listen", "127.0.0.1:0", "--at", &at])
        .args(["--passphrase-file", &passphrase])
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut lines, &mut said).unwrap();
    let address =
        said.split(' ').find(|w| w.starts_with("http://")).unwrap().trim_end_matches('/').to_owned();
    let jar = dir.path().join("jar").display().to_string();
    let password = std::fs::read_to_string(format!("{demo}/password")).unwrap();
    let password = format!("password={}", password.trim());
    let table = dir.path().join(format!("{CANARY}.csv"));
    std::fs::write(&table, format!("{CANARY},B,count\n1,0,{CANARY}\n1,1,2\n")).unwrap();
    let file = format!("file=@{}", table.display());
    let url = |path: &str| format!("{address}{path}");
    let kept = ["--cookie", jar.as_str(), "--cookie-jar", jar.as_str()];
    let ask = |more: &[&str]| curl(&[&kept, more].concat());
    assert_eq!(
        ask(&["--data-urlencode", "user=keeper", "--data-urlencode", &password, &url("/login")]).0,
        "303"
    );
    ask(&["--data", &format!("user={CANARY}&password={CANARY}&code={CANARY}"), &url("/login")]);
    ask(&[&url(&format!("/register?before={CANARY}"))]);
    ask(&[&url(&format!("/person/{CANARY}"))]);
    ask(&[&url(&format!("/{CANARY}"))]);
    ask(&["--header", &format!("Authorization: Bearer {CANARY}"), &url("/api/v1/histories")]);
    ask(&[
        "--header",
        &format!("User-Agent: {CANARY}"),
        "--header",
        &format!("X-Forwarded-For: {CANARY}"),
        &url("/"),
    ]);
    ask(&["--form", &file, &url("/estimate")]);
    ask(&["--form", &file, "--form", &format!("organisation={CANARY}"), &url("/import")]);
    ask(&[
        "--data",
        &format!("organisation={CANARY}&local_key={CANARY}&identity.given_name={CANARY}"),
        &url("/notify"),
    ]);
    ask(&[
        "--data",
        &format!("go=add&id={CANARY}&name={CANARY}&kind={CANARY}&list={CANARY}"),
        &url("/organisations"),
    ]);
    // So do texts that would forge a line, or colour the terminal on which somebody reads it.
    let texts = nasty_texts().into_iter().filter(|(_, t)| t.len() < 1000 && !t.contains('\0'));
    for (i, (_, text)) in texts.enumerate() {
        let field = |name: &str| format!("{name}={text}");
        // Checking a password takes long on purpose.
        if i % 20 == 0 {
            ask(&[
                "--data-urlencode",
                &field("user"),
                "--data-urlencode",
                &field("password"),
                &url("/login"),
            ]);
        }
        ask(&["--get", "--data-urlencode", &field("q"), &url("/register")]);
        let plain: String = text.chars().filter(|c| !c.is_control()).collect();
        ask(&["--header", &format!("User-Agent: {plain}"), &url("/about")]);
    }
    let (_, page) = ask(&["--include", &url("/health")]);
    let id = page.lines().find_map(|l| l.strip_prefix("x-request-id: ")).unwrap().trim().to_owned();
    std::thread::sleep(Duration::from_millis(500));
    child.kill().unwrap();
    child.wait().unwrap();
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(!log.to_lowercase().contains(&CANARY.to_lowercase()), "{log}");
    never_in_a_log(&log);
    let events: Vec<serde_json::Value> =
        log.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect();
    assert!(events.len() >= 12, "{log}");
    assert!(events.iter().all(|e| e["span"]["id"].as_str().is_some_and(|id| id.len() == 16)), "{log}");
    assert!(
        events.iter().any(|e| e["span"]["id"] == id.as_str() && e["span"]["route"] == "/health"),
        "{log}"
    );
    assert!(events.iter().any(|e| e["span"]["route"] == "/person/{person}"), "{log}");
}

/// A storage failure is reported to the administrator in the log, and to all others as a number.
#[test]
fn a_damaged_register_shows_a_number_and_no_statement() {
    let server = Server::start(&[]);
    let at = server.dir.path().join("demo/register/register.db");
    let size = std::fs::metadata(&at).unwrap().len();
    let file = std::fs::OpenOptions::new().write(true).open(&at).unwrap();
    // All but the first page.
    let mut at_work = &file;
    std::io::Seek::seek(&mut at_work, std::io::SeekFrom::Start(4096)).unwrap();
    at_work.write_all(&vec![0xAA; size as usize - 4096]).unwrap();
    let mut broken = 0;
    for language in ["en", "nl"] {
        let header = format!("Accept-Language: {language}");
        let password = format!("password={}", server.password);
        let (code, page) = curl(&[
            "--include",
            "--header",
            &header,
            "--data",
            "user=keeper",
            "--data-urlencode",
            &password,
            &format!("{}/login", server.address),
        ]);
        for word in ["SELECT", "INSERT", "UPDATE", "app_user", "audit", "malformed", "SQL"] {
            assert!(!page.contains(word), "{word}: {page}");
        }
        if code == "500" {
            broken += 1;
            let id = page.lines().find_map(|l| l.strip_prefix("x-request-id: ")).unwrap().trim().to_owned();
            assert!(page.split("\r\n\r\n").nth(1).unwrap().contains(&id), "{page}");
        }
    }
    assert_eq!(broken, 2);
    assert_eq!(curl(&[&format!("{}/", server.address)]).0, "200");
}

/// Names and contents of files, on a terminal.
#[test]
fn what_a_file_says_does_nothing_to_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}x";
    let name = dir.path().join(format!("{evil}.csv"));
    std::fs::write(&name, format!("A,B,count\n1,0,{evil}\n1,1,2\n0,1,3\n")).unwrap();
    let list = |n: &str, who: &str| {
        let path = dir.path().join(format!("{n}{evil}.csv"));
        std::fs::write(
            &path,
            format!(
                "given_name,surname,date_of_birth\n{who},Jansen{evil},1990-01-02\nPiet,Bakker,1985-03-04\n"
            ),
        )
        .unwrap();
        path.display().to_string()
    };
    let (a, b) = (list("a", &format!("An{evil}na")), list("b", &format!("An{evil}na")));
    let (file, out) = (name.display().to_string(), dir.path().join("out").display().to_string());
    let judged = dir.path().join("judged.csv").display().to_string();
    let commands: [&[&str]; 5] = [
        &["estimate", &file],
        &["estimate", "/nowhere/\u{1b}[2J"],
        &["link", &a, &b, "--out", &out],
        &["link", "review", &a, &b, "--judgements", &judged],
        &["protect", &file, "--key-file", &judged, "--out", &out],
    ];
    for command in commands {
        let output = ijsberg()
            .args(command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        for said in [&output.stdout, &output.stderr] {
            let said = String::from_utf8_lossy(said);
            assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{command:?}: {said:?}");
        }
    }
    assert!(root().exists());
}

/// A report that cannot be made leaves nothing.
#[test]
fn a_report_that_fails_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("table.csv");
    std::fs::write(&table, "A,B,count\n1,0,5\n1,1,x\n0,1,3\n").unwrap();
    std::fs::write(
        dir.path().join("key"),
        "9d66f1dcfcd7141f887cfc66c050ed4c538306abdbb32495fbfdb7ae1c0006d1",
    )
    .unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let status = ijsberg()
        .args([
            "report",
            "--from",
            &at("table.csv"),
            "--key-file",
            &at("key"),
            "--year",
            "2015",
            "--out",
            &at("out"),
        ])
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(!dir.path().join("out").exists());
}
