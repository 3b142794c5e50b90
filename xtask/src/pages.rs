//! Pictures of the application for the book, taken in a browser while it runs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};

/// The program, built for release by the pictures that are drawn before.
const PROGRAM: &str = "target/release/ijsberg";

/// Where they go.
const FOLDER: &str = "docs/book/src/pictures";

/// Pages that nobody logs in for, by the names of their pictures, with a window in which what matters fits.
const PAGES: [(&str, &str, &str); 2] =
    [("assess", "assess", "1280,900"), ("estimate", "estimate", "1280,900")];

/// A picture takes no more room in the book than this.
const LARGEST: u64 = 150 * 1024;

/// The application without a register; it ends with the value.
struct Application {
    child: Child,
    address: String,
}

impl Application {
    fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--lang", "en"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run {PROGRAM}"))?;
        let said = child.stdout.take().context("it says nothing")?;
        let mut here = Self { child, address: String::new() };
        // It says where it listens, and then nothing more.
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).context("it says nothing")?;
        let address = line.split_whitespace().find(|word| word.starts_with("http://"));
        address.context("it does not say where it listens")?.clone_into(&mut here.address);
        Ok(here)
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        // Nothing can be done here if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes them again.
pub(crate) fn pictures() -> anyhow::Result<()> {
    std::fs::create_dir_all(FOLDER).context(FOLDER)?;
    let application = Application::start()?;
    let profile = tempfile::tempdir().context("no directory")?;
    for (name, page, window) in PAGES {
        let file = Path::new(FOLDER).join(format!("{name}.png"));
        take(&format!("{}{page}", application.address), window, &file, profile.path())?;
        let bytes = std::fs::metadata(&file).with_context(|| file.display().to_string())?.len();
        ensure!(bytes <= LARGEST, "{} has {bytes} bytes, more than {LARGEST}", file.display());
    }
    Ok(())
}

fn take(url: &str, window: &str, file: &Path, profile: &Path) -> anyhow::Result<()> {
    eprintln!("$ chromium --screenshot={} {url}", file.display());
    let status = Command::new("chromium")
        // As root, which containers are, it runs without its sandbox only; it opens our own pages and no others.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--window-size={window}"))
        .arg(format!("--screenshot={}", file.display()))
        .arg(url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("cannot run chromium")?;
    ensure!(status.success(), "no picture of {url}");
    Ok(())
}
