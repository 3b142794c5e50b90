//! Many people at once: how long pages take, and how much memory the server keeps.
//!
//! `cargo run --release -p ijsberg-stories --example load -- ADDRESS PASSWORD_FILE USERS SECONDS SERVER_PID`
//!
//! Each user logs in, and then opens a page about once a second, as people do: the work list, cases, the form of a notification, the
//! review, the questions. A tenth of them send notifications.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

struct Client {
    address: String,
    stream: BufReader<TcpStream>,
    cookie: String,
}

impl Client {
    async fn new(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server answers");
        stream.set_nodelay(true).expect("a socket");
        Self { address: address.to_owned(), stream: BufReader::new(stream), cookie: String::new() }
    }

    /// Status and body.
    async fn ask(&mut self, method: &str, path: &str, form: &str) -> (u16, String) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            self.address,
            self.cookie,
            form.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).await.expect("sent");
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("a line");
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let lower = line.to_lowercase();
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some(n) = lower.strip_prefix("content-length: ") {
                length = n.parse().expect("a length");
            } else if lower.starts_with("set-cookie: ") {
                let cookie = line["set-cookie: ".len()..].split(';').next().unwrap_or_default();
                if cookie.starts_with("ijsberg=") {
                    cookie.clone_into(&mut self.cookie);
                }
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}

/// Kilobytes that a process holds.
fn memory(pid: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:"));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, password, users, seconds, pid] = arguments.as_slice() else {
        panic!("ADDRESS PASSWORD_FILE USERS SECONDS SERVER_PID")
    };
    let (users, seconds): (usize, u64) = (users.parse().expect("users"), seconds.parse().expect("seconds"));
    let password = std::fs::read_to_string(password).expect("a password");
    let times: Arc<Mutex<Vec<(u128, &'static str)>>> = Arc::default();
    let mut clients = Vec::new();
    for _ in 0..users {
        // Passwords are slow to try by design, so people come in one after another.
        let mut client = Client::new(address).await;
        for _ in 0..20 {
            client.ask("POST", "/login", &format!("user=keeper&password={}", password.trim())).await;
            if !client.cookie.is_empty() {
                break;
            }
            // The limit on logging in from one address.
            tokio::time::sleep(Duration::from_millis(1100)).await;
        }
        assert!(!client.cookie.is_empty(), "logged in");
        clients.push(client);
    }
    let begun = Instant::now();
    let before = memory(pid);
    let mut all = Vec::new();
    for (u, mut client) in clients.into_iter().enumerate() {
        let times = Arc::clone(&times);
        all.push(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(10 * u as u64)).await;
            let mut cases: Vec<String> = Vec::new();
            let mut turn = u;
            while begun.elapsed() < Duration::from_secs(seconds) {
                turn += 1;
                let case = cases.get(turn % cases.len().max(1)).cloned();
                let (kind, method, path, form) = match turn % 10 {
                    0 | 1 => ("list", "GET", "/register".to_owned(), String::new()),
                    2 => ("questions", "GET", "/assess/all".to_owned(), String::new()),
                    3 => ("form", "GET", "/notify".to_owned(), String::new()),
                    4 if u.is_multiple_of(10) => {
                        let form = format!(
                            "lane=help&organisation=police&local_key=load-{u}-{turn}&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A"
                        );
                        ("notify", "POST", "/notify".to_owned(), form)
                    }
                    5 => ("questions", "POST", "/assess".to_owned(), "q.high_debt=yes&go=result".to_owned()),
                    6 => ("home", "GET", "/".to_owned(), String::new()),
                    _ => match case {
                        Some(case) => ("case", "GET", case, String::new()),
                        None => ("list", "GET", "/register".to_owned(), String::new()),
                    },
                };
                let asked = Instant::now();
                let (status, body) = client.ask(method, &path, &form).await;
                times.lock().await.push((asked.elapsed().as_micros(), kind));
                assert!(status == 200 || status == 303, "{method} {path}: {status}");
                if path == "/register" {
                    cases = body.split("href=\"/person/").skip(1).map(|p| format!("/person/{}", &p[..32])).collect();
                }
                tokio::time::sleep(Duration::from_millis(700 + 61 * (turn as u64 % 11))).await;
            }
        }));
    }
    let half = tokio::time::sleep(Duration::from_secs(seconds / 2));
    half.await;
    let middle = memory(pid);
    for task in all {
        task.await.expect("no error");
    }
    let mut times = times.lock().await.clone();
    times.sort_unstable();
    let at =
        |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)].0 as f64 / 1000.0;
    println!(
        "{} requests by {users} users in {seconds} s, no error: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        times.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    println!("memory: {} KiB before, {} KiB half way, {} KiB at the end", before, middle, memory(pid));
}
