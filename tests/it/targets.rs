//! What the fuzz targets try, without a fuzzer: every file of their corpora and some hundreds of changes to them, the same each time, within
//! limits on memory and time.

#[path = "../../fuzz/targets/import.rs"]
mod import;
#[path = "../../fuzz/targets/linkage.rs"]
mod linkage;
#[path = "../../fuzz/targets/requests.rs"]
mod requests;
#[path = "../../fuzz/targets/signals.rs"]
mod signals;
#[path = "../../fuzz/targets/sinks.rs"]
pub(crate) mod sinks;
#[path = "../../fuzz/targets/table.rs"]
mod table;

use std::path::Path;
use std::process::{Command, Stdio};

/// Its name, what it tries, the folder of its corpus (none where the texts that do harm are enough), and how many changes are tried.
type Target = (&'static str, fn(&[u8]), &'static str, usize);

const TARGETS: [Target; 6] = [
    ("table", table::run, "read_table", 3000),
    ("linkage", linkage::run, "linkage_files", 1000),
    ("signals", signals::run, "signals", 1000),
    ("import", import::run, "register_import", 200),
    ("requests", requests::run, "requests", 300),
    ("sinks", sinks::run, "", 1000),
];

/// Names the target for the process with limits.
const NAME: &str = "IJSBERG_FUZZ_TARGET";

/// KiB of addresses and seconds of work that a target gets.
const LIMITS: (u64, u64) = (4 << 20, 300);

/// Numbers that look like chance and are the same each time (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) as usize % n.max(1)
    }
}

/// A file changed in a few places: bytes set, taken out, put in, repeated, or taken from another file; texts that do harm put in.
fn changed(seeds: &[Vec<u8>], nasty: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let to = (at + chance.below(16)).min(bytes.len());
        match chance.below(6) {
            0 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            1 => drop(bytes.drain(at..to)),
            2 => bytes.insert(at, b"\0\xff\",;\t\n=-9{}[]<&"[chance.below(16)]),
            3 => drop(bytes.splice(at..to, nasty[chance.below(nasty.len())].iter().copied())),
            4 => {
                let again = bytes[at..to].repeat(1 + chance.below(8));
                drop(bytes.splice(at..at, again));
            }
            _ => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes.truncate(64 << 10);
    bytes
}

/// The files of a folder of the corpora.
fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().filter(|f| f.is_file()).map(|f| std::fs::read(f).unwrap()).collect()
}

#[test]
#[ignore = "for the processes of the test below"]
fn one_target() {
    let name = std::env::var(NAME).unwrap();
    let (_, run, folder, changes) = TARGETS.into_iter().find(|t| t.0 == name).unwrap();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !ijsberg_tables::is_decoding() {
            report(panic);
        }
    }));
    let nasty: Vec<Vec<u8>> = sinks::never::nasty().into_iter().map(|(_, bytes)| bytes).collect();
    let seeds = if folder.is_empty() { nasty.clone() } else { corpus(folder) };
    assert!(seeds.len() > 3, "{folder}");
    seeds.iter().for_each(|bytes| run(bytes));
    let mut chance = Chance(1);
    for number in 0..changes {
        let bytes = changed(&seeds, &nasty, &mut chance);
        let tried = std::panic::catch_unwind(|| run(&bytes));
        assert!(tried.is_ok(), "change {number}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
#[ignore = "for the test below"]
fn asks_for_more_than_a_target_gets() {
    let much = vec![1_u8; (LIMITS.0 as usize) << 10];
    assert_eq!(much.iter().map(|b| usize::from(*b)).sum::<usize>(), much.len());
}

/// The cap is one: what asks for more is ended, and that is seen.
#[cfg(target_os = "linux")]
#[test]
fn a_target_that_asks_for_too_much_is_ended() {
    let ended =
        limited("targets::asks_for_more_than_a_target_gets").spawn().unwrap().wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && said.contains("memory allocation"), "{}: {said}", ended.status);
}

/// A test of this program as a process with limits.
#[cfg(target_os = "linux")]
fn limited(test: &str) -> Command {
    let (memory, seconds) = LIMITS;
    let limits = format!("ulimit -c 0 && ulimit -v {memory} && ulimit -t {seconds} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &limits])
        // This program, also where another has been put in its place since it began.
        .arg(format!("/proc/{}/exe", std::process::id()))
        .args([test, "--exact", "--ignored", "--test-threads", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[cfg(target_os = "linux")]
#[test]
fn no_bytes_break_a_target_within_its_limits() {
    let begun: Vec<_> = TARGETS
        .iter()
        .map(|target| (target.0, limited("targets::one_target").env(NAME, target.0).spawn().unwrap()))
        .collect();
    for (name, child) in begun {
        let ended = child.wait_with_output().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(ended.status.success() && said.contains("1 passed"), "{name}: {}\n{said}", ended.status);
    }
}
