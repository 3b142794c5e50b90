//! What the runner of tests said, kept so that it can be said again at the end: which tests failed and why, and where the time went.

use std::io::{BufRead, BufReader, Read, Write};

/// One program of tests: its name, how many passed, failed and were left out, and the seconds it took.
#[derive(Debug, Default)]
struct Program {
    name: String,
    passed: usize,
    failed: usize,
    ignored: usize,
    seconds: f64,
}

/// All that ran.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    programs: Vec<Program>,
    /// The names of tests that failed, with the program they are in.
    failed: Vec<String>,
    /// What failing tests printed.
    said: Vec<String>,
    within: bool,
}

impl Summary {
    /// Passes on what the runner prints, line by line, and keeps what matters.
    pub(crate) fn listen(&mut self, from: impl Read) {
        let mut out = std::io::stdout().lock();
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            // The reader of the output may have closed it; the tests continue.
            let _ = writeln!(out, "{line}");
            self.line(&line);
        }
    }

    fn line(&mut self, line: &str) {
        let text = line.trim();
        if let Some(result) = text.strip_prefix("test result: ") {
            self.within = false;
            if let Some(program) = self.programs.last_mut() {
                program.ended(result);
            }
        } else if text.starts_with("---- ") && text.ends_with(" stdout ----") {
            self.within = true;
        } else if text == "failures:" {
            self.within = false;
        }
        if self.within {
            self.said.push(line.to_owned());
        }
        if let Some(name) = text.strip_prefix("Running ").or_else(|| text.strip_prefix("Doc-tests ")) {
            self.programs.push(Program { name: name.to_owned(), ..Program::default() });
        }
        if let Some(name) = text.strip_prefix("test ").and_then(|t| t.strip_suffix(" ... FAILED")) {
            let of = self.programs.last().map_or("", |p| p.name.as_str());
            self.failed.push(format!("{name}   ({of})"));
        }
    }

    /// Where the time went, and last what failed.
    pub(crate) fn print(&self) {
        let sum = |of: fn(&Program) -> usize| self.programs.iter().map(of).sum::<usize>();
        let mut slow: Vec<&Program> = self.programs.iter().filter(|p| p.seconds >= 10.0).collect();
        slow.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        println!("\nPrograms of tests that took ten seconds or more:");
        for program in slow {
            println!("{:8.1} s  {}", program.seconds, program.name);
        }
        if !self.failed.is_empty() {
            println!("\nWhat failing tests printed:\n{}", self.said.join("\n"));
            println!("\nFailed:\n  {}", self.failed.join("\n  "));
        }
        println!(
            "\n{} tests passed, {} failed, {} ignored, in {} programs",
            sum(|p| p.passed),
            sum(|p| p.failed),
            sum(|p| p.ignored),
            self.programs.len()
        );
    }
}

impl Program {
    /// `ok. 65 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 344.38s`
    fn ended(&mut self, result: &str) {
        for part in result.split([';', '.']).map(str::trim) {
            let Some((number, what)) = part.split_once(' ') else { continue };
            match (number.parse(), what) {
                (Ok(n), "passed") => self.passed = n,
                (Ok(n), "failed") => self.failed = n,
                (Ok(n), "ignored") => self.ignored = n,
                _ => {}
            }
        }
        let seconds = result.rsplit_once("finished in ").map(|(_, s)| s.trim_end_matches('s'));
        self.seconds = seconds.and_then(|s| s.parse().ok()).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_said_again_at_the_end() {
        let output = "     Running tests/it/main.rs (target/debug/deps/it-1)\n\
            test a::works ... ok\ntest b::fails ... FAILED\n\nfailures:\n\n---- b::fails stdout ----\nleft: 1\nright: 2\n\n\
            failures:\n    b::fails\n\ntest result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; \
            finished in 344.38s\n   Doc-tests ijsberg_mse\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; \
            0 filtered out; finished in 0.00s\n";
        let mut summary = Summary::default();
        output.lines().for_each(|line| summary.line(line));
        assert_eq!(summary.failed, ["b::fails   (tests/it/main.rs (target/debug/deps/it-1))"]);
        assert_eq!(summary.said, ["---- b::fails stdout ----", "left: 1", "right: 2", ""]);
        let [it, docs] = &summary.programs[..] else { panic!("{:?}", summary.programs) };
        assert_eq!((it.passed, it.failed, it.ignored), (1, 1, 2));
        assert!((it.seconds - 344.38).abs() < 1e-9);
        assert_eq!((docs.name.as_str(), docs.passed), ("ijsberg_mse", 3));
    }
}
