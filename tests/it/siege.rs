//! A server that many want to stop: half sentences, too many at once, wrong names.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::ijsberg;
use crate::server::Server;

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

pub(crate) fn curl(arguments: &[&str]) -> (String, String) {
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
    // Each sends 31 MB but for its last byte.
    let sending: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = connect(&server);
            let head = "POST /estimate HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n\
                        Content-Length: 32000000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            let rest = vec![b'1'; 31_900_000];
            // A refused request is not read to the end.
            stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
            let _ = stream.write_all(&rest);
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
    assert!((3..8).contains(&refused), "{refused}");
    assert_eq!(curl(&[&format!("{}/", server.address)]).0, "200");
}

/// Who says that much will come and sends little of it holds no room: others send their files meanwhile.
#[test]
fn a_promise_of_a_large_file_holds_no_room() {
    let server = Server::open();
    let promised: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = connect(&server);
            let head = "POST /assess HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                        Content-Length: 33554432\r\n\r\na=b";
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("table.csv");
    std::fs::write(&table, "no table, only words\n".repeat(10_000)).unwrap();
    let file = format!("file=@{}", table.display());
    let said = curl(&["--form", &file, &format!("{}/estimate", server.address)]).0;
    assert_ne!(said, "503");
    drop(promised);
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
    // The studio and the counts are not open to everyone who finds the name.
    let (code, page) = curl(&["--include", "--header", host, &format!("{}/estimate", server.address)]);
    assert!(code == "303" && page.contains("location: /login"), "{page}");
    assert_eq!(curl(&["--header", host, &format!("{}/metrics", server.address)]).0, "404");
    // A page that came without TLS sends nothing, though it carries the right name.
    for (origin, code) in [("http", "403"), ("https", "401")] {
        let origin = format!("Origin: {origin}://centre.example");
        let sent = ["--header", host, "--header", &origin, "--data", "user=x&password=y", &login];
        assert_eq!(curl(&sent).0, code, "{origin}");
    }
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
    let (code, page) = curl(&["--header", "Host: elsewhere.example", &format!("http://{free}/metrics")]);
    assert!(code == "421" && !page.contains("ijsberg_"), "{page}");
    assert_eq!(curl(&[&format!("{}/metrics", server.address)]).0, "404");
}
