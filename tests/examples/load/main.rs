//! Many people at once: how long pages take, and how much memory the server keeps.
//!
//! `cargo run --release -p ijsberg-stories --example load -- --users 100 --seconds 300`
//!
//! It makes a register of synthetic people, serves it, and ends with an error where a request failed or the slowest hundredth took
//! longer than `--p99` milliseconds. Each user opens a page about once a second, as people do: the work list, cases, the form of a
//! notification, the questions; a tenth of them send notifications. With `--beside` a file of 500 rows is imported every ten seconds and
//! the lists are linked over and over; with `--linkages` they are linked and stay as they are, so that memory can be compared. With
//! `--postgres`, below `cargo xtask postgres`, the register is a database.

mod beside;
mod client;
mod place;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::client::Client;
use crate::place::Place;

/// The options of the command line.
#[derive(Debug)]
struct LoadOptions {
    users: usize,
    seconds: u64,
    /// Milliseconds that the slowest hundredth may take.
    p99: f64,
    postgres: bool,
    beside: bool,
    linkages: bool,
}

impl LoadOptions {
    fn read() -> Self {
        let mut asked =
            Self { users: 100, seconds: 300, p99: 0.0, postgres: false, beside: false, linkages: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut number = || words.next().and_then(|n| n.parse::<u32>().ok()).expect("a number after it");
            match word.as_str() {
                "--users" => asked.users = number() as usize,
                "--seconds" => asked.seconds = u64::from(number()),
                "--p99" => asked.p99 = f64::from(number()),
                "--postgres" => asked.postgres = true,
                "--beside" => (asked.beside, asked.linkages) = (true, true),
                "--linkages" => asked.linkages = true,
                other => {
                    panic!("{other}: --users N --seconds N --p99 MILLISECONDS --postgres --beside --linkages")
                }
            }
        }
        if asked.p99 == 0.0 {
            asked.p99 = if asked.linkages { 250.0 } else { 100.0 };
        }
        asked
    }
}

/// How long a request took, in milliseconds, of which kind it was, and whether it was answered as it should be.
type Answer = (f64, &'static str, bool);

/// What is asked next by a user: kind, method, path, form.
fn next(user: usize, turn: usize, cases: &[String]) -> (&'static str, &'static str, String, String) {
    let case = cases.get(turn % cases.len().max(1));
    match turn % 10 {
        0 | 1 => ("work list", "GET", "/register".to_owned(), String::new()),
        2 => ("questions", "GET", "/assess/all".to_owned(), String::new()),
        3 => ("form", "GET", "/notify".to_owned(), String::new()),
        4 if user.is_multiple_of(10) => {
            let form = format!(
                "lane=help&organisation=police&local_key=load-{user}-{turn}&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A"
            );
            ("notify", "POST", "/notify".to_owned(), form)
        }
        5 => ("assess", "POST", "/assess".to_owned(), "q.high_debt=yes&go=result".to_owned()),
        6 => ("home", "GET", "/".to_owned(), String::new()),
        _ => match case {
            Some(case) => ("case", "GET", case.clone(), String::new()),
            None => ("work list", "GET", "/register".to_owned(), String::new()),
        },
    }
}

/// One user until the end.
async fn work(user: usize, mut client: Client, until: Instant, answers: Arc<Mutex<Vec<Answer>>>) {
    tokio::time::sleep(Duration::from_millis(10 * user as u64)).await;
    client.connect_anew().await.expect("the server answers");
    let mut cases: Vec<String> = Vec::new();
    let mut turn = user;
    while Instant::now() < until {
        turn += 1;
        let (kind, method, path, form) = next(user, turn, &cases);
        let asked = Instant::now();
        let answer = client.ask(method, &path, &form).await;
        let took = asked.elapsed().as_secs_f64() * 1000.0;
        let well = matches!(answer, Ok((200 | 303, _)));
        if !well {
            let said = answer.as_ref().map_or_else(ToString::to_string, |a| a.0.to_string());
            eprintln!("{method} {kind}: {said}");
        }
        answers.lock().await.push((took, kind, well));
        if let Ok((200, body)) = answer
            && path == "/register"
        {
            let links = body.split("href=\"/person/").skip(1);
            cases = links.filter_map(|p| p.get(..32)).map(|p| format!("/person/{p}")).collect();
        }
        tokio::time::sleep(Duration::from_millis(700 + 61 * (turn as u64 % 11))).await;
    }
}

/// A line of the table, of times in order.
fn line(kind: &str, times: &[f64], failed: usize) {
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!(
        "{kind:<12} {:>7} {failed:>6} {:>9.1} {:>9.1} {:>9.1} {:>9.1}",
        times.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}

fn main() {
    let asked = LoadOptions::read();
    // A connection to PostgreSQL is opened outside of the threads that the users come by.
    let place = Place::make(asked.postgres);
    tokio::runtime::Runtime::new().expect("threads").block_on(load(&asked, &place));
}

async fn load(asked: &LoadOptions, place: &Place) {
    let mut clients = Vec::new();
    for _ in 0..asked.users {
        // Passwords are slow to try by design, so people come in one after another.
        clients.push(Client::logged_in(place).await);
    }
    let (until, before) = (Instant::now() + Duration::from_secs(asked.seconds), place.memory());
    let answers: Arc<Mutex<Vec<Answer>>> = Arc::default();
    let over = Arc::new(AtomicBool::new(false));
    let mut beside = Vec::new();
    if asked.beside {
        let importer = Client::logged_in(place).await;
        beside.push(tokio::spawn(beside::imports(importer, Arc::clone(&over))));
    }
    if asked.linkages {
        let linker = Client::logged_in(place).await;
        beside.push(tokio::spawn(beside::linkages(linker, Arc::clone(&over))));
    }
    let users = clients.into_iter().enumerate();
    let all: Vec<_> =
        users.map(|(user, client)| tokio::spawn(work(user, client, until, Arc::clone(&answers)))).collect();
    tokio::time::sleep(Duration::from_secs(asked.seconds / 2)).await;
    let middle = place.memory();
    for task in all {
        task.await.expect("a user");
    }
    let after = place.memory();
    over.store(true, Ordering::Relaxed);
    for task in beside {
        println!("{}", task.await.expect("what goes on beside"));
    }
    let mut answers = answers.lock().await.clone();
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let storage = if asked.postgres { "PostgreSQL" } else { "SQLite" };
    println!("{storage}, {} users, {} s; times in ms", asked.users, asked.seconds);
    println!(
        "{:<12} {:>7} {:>6} {:>9} {:>9} {:>9} {:>9}",
        "", "number", "failed", "p50", "p95", "p99", "longest"
    );
    let mut kinds: Vec<&str> = answers.iter().map(|a| a.1).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let of = |kind: Option<&str>| {
        let own = answers.iter().filter(|a| kind.is_none_or(|k| k == a.1));
        (own.clone().map(|a| a.0).collect::<Vec<f64>>(), own.filter(|a| !a.2).count())
    };
    for kind in kinds {
        let (times, failed) = of(Some(kind));
        line(kind, &times, failed);
    }
    let (times, failed) = of(None);
    line("all", &times, failed);
    println!("memory of the server: {before} KiB at the start, {middle} half way, {after} at the end");
    let p99 = times[((times.len() as f64 * 0.99) as usize).min(times.len() - 1)];
    assert!(
        failed == 0 && p99 <= asked.p99,
        "{failed} failed, p99 {p99:.1} ms and at most {} asked for",
        asked.p99
    );
}
