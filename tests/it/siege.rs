//! A server that many want to stop: half sentences, too many at once, wrong names; and what it writes down meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{ijsberg, root};
use crate::server::Server;
use crate::targets::sinks::never::{log as never_in_a_log, nasty_texts};

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream
}

/// What comes back until the end; an error of the connection is an end too.
fn all(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

fn curl(arguments: &[&str]) -> (String, String) {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "60", "--write-out", "%{stderr}%{http_code}"])
        .args(arguments)
        .output()
        .expect("curl must be installed");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stderr), text(&output.stdout))
}

#[test]
fn who_says_half_a_sentence_is_not_waited_for() {
    let server = Server::open();
    let began = Instant::now();
    let mut halves: Vec<TcpStream> = ["GET / HTTP/1.1\r\nHost: local", "", "POST /estimate HTTP/1.1\r\n"]
        .iter()
        .map(|said| {
            let mut stream = connect(&server);
            stream.write_all(said.as_bytes()).unwrap();
            stream
        })
        .collect();
    // One that has been answered and says nothing more.
    let mut idle = connect(&server);
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    // One that promises more than it sends.
    let mut body = connect(&server);
    let head = "POST /language HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nlang";
    body.write_all(head.as_bytes()).unwrap();
    for half in &mut halves {
        all(half);
    }
    assert!(all(&mut idle).contains("200 OK"));
    let answer = all(&mut body);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5"),
        "{answer}"
    );
    assert!(began.elapsed() < Duration::from_secs(58), "{:?}", began.elapsed());
}

#[test]
fn one_address_cannot_take_all_connections() {
    let server = Server::open();
    let many: Vec<TcpStream> = (0..300).map(|_| connect(&server)).collect();
    std::thread::sleep(Duration::from_secs(1));
    let open = many.iter().filter(|stream| {
        stream.set_nonblocking(true).unwrap();
        // A connection that was ended gives an end or an error; one that is open has nothing to say yet.
        matches!(stream.peek(&mut [0; 1]), Err(e) if e.kind() == std::io::ErrorKind::WouldBlock)
    });
    let open = open.count();
    assert!((1..=200).contains(&open), "{open}");
    drop(many);
    let began = Instant::now();
    while curl(&[&format!("{}/health", server.address)]).0 != "200" {
        assert!(began.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn many_large_files_at_once_are_told_to_come_back_and_nothing_stops() {
    let server = Server::open();
    // Each says that it sends 31 MB, and sends little of it.
    let sending: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = connect(&server);
            let head = "POST /estimate HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n\
                        Content-Length: 32000000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    let mut refused = 0;
    for mut stream in sending {
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut said = [0; 64];
        if let Ok(n) = stream.read(&mut said)
            && String::from_utf8_lossy(&said[..n]).contains("503")
        {
            refused += 1;
        }
    }
    assert!((4..8).contains(&refused), "{refused}");
    assert_eq!(curl(&[&format!("{}/", server.address)]).0, "200");
}

#[test]
fn checking_many_passwords_keeps_nobody_else_waiting() {
    let server = Server::start(&[]);
    let guesses: Vec<_> = (0..12)
        .map(|i| {
            let (at, user) = (format!("{}/login", server.address), format!("user=nobody{i}"));
            std::thread::spawn(move || curl(&["--data", &user, "--data", "password=wrong", &at]).0)
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    for path in ["/", "/health", "/login"] {
        assert_eq!(curl(&[&format!("{}{path}", server.address)]).0, "200", "{path}");
    }
    let waited = began.elapsed();
    let answers: Vec<String> = guesses.into_iter().map(|g| g.join().unwrap()).collect();
    assert!(answers.iter().all(|a| a == "401" || a == "429"), "{answers:?}");
    assert!(waited < Duration::from_secs(10), "{waited:?}");
}

/// What a server that is not begun says, in Dutch.
fn refused(arguments: &[&str]) -> String {
    let output = ijsberg()
        .args(["serve", "--lang", "nl", "--listen", "127.0.0.1:0"])
        .args(arguments)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn another_name_asks_for_tls_and_counts_for_this_machine() {
    assert!(refused(&["--host", "centre.example"]).contains("--behind-tls-proxy"));
    assert!(refused(&["--metrics", "0.0.0.0:0"]).contains("deze machine"));
    let output = ijsberg().args(["serve", "--lang", "nl", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("--tls-cert"));
}

#[test]
fn behind_a_proxy_cookies_are_for_tls_alone_and_the_studio_asks_who_it_is() {
    let server = Server::start(&["--behind-tls-proxy", "--host", "centre.example"]);
    let host = "Host: centre.example";
    let (code, page) = curl(&["--include", "--header", host, &format!("{}/", server.address)]);
    assert_eq!(code, "200");
    assert!(page.contains("strict-transport-security: max-age="), "{page}");
    let (password, login) = (format!("password={}", server.password), format!("{}/login", server.address));
    let (_, page) = curl(&[
        "--include",
        "--header",
        host,
        "--data",
        "user=keeper",
        "--data-urlencode",
        &password,
        &login,
    ]);
    let cookie = page
        .lines()
        .find(|l| l.starts_with("set-cookie: __Host-ijsberg="))
        .unwrap_or_else(|| panic!("{page}"));
    assert!(
        cookie.contains("Secure") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    // The studio and the counts are not for whoever finds the name.
    let (code, page) = curl(&["--include", "--header", host, &format!("{}/estimate", server.address)]);
    assert!(code == "303" && page.contains("location: /login"), "{page}");
    assert_eq!(curl(&["--header", host, &format!("{}/metrics", server.address)]).0, "404");
    // Addresses are those that the proxy saw: guesses of one do not lock out another.
    let guess = {
        let login = login.clone();
        move |from: &str| {
            let from = format!("X-Forwarded-For: 203.0.113.9, {from}");
            curl(&["--header", host, "--header", &from, "--data", "user=x&password=y", &login]).0
        }
    };
    let many: Vec<_> = (0..45)
        .map(|_| {
            let guess = guess.clone();
            std::thread::spawn(move || guess("198.51.100.1"))
        })
        .collect();
    let many: Vec<String> = many.into_iter().map(|one| one.join().unwrap()).collect();
    assert!(many.iter().any(|code| code == "429"), "{many:?}");
    assert_eq!(guess("198.51.100.2"), "401");
}

#[test]
fn counts_have_an_address_of_their_own() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = Server::start(&["--metrics", &free]);
    let (code, page) = curl(&[&format!("http://{free}/metrics")]);
    assert!(code == "200" && page.contains("ijsberg_responses_total"), "{page}");
    assert_eq!(curl(&[&format!("http://{free}/")]).0, "404");
    assert_eq!(curl(&[&format!("{}/metrics", server.address)]).0, "404");
}

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

/// Storage that fails says so to whoever runs it, and a number to everybody else.
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

/// Names of files and what stands in them, on a terminal.
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
