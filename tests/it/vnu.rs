//! Pages as vnu finds them, the checker of HTML, CSS and SVG: what a report publishes (`open_data`), the page without a server, and the
//! application's. `cargo xtask test` installs it where Java and npm are, and says what goes unchecked where they are not.

use std::path::Path;
use std::process::Command;

use crate::program::{ijsberg, root};
use crate::server::Server;

/// Pages for everybody, by their addresses.
const PAGES: [&str; 12] = [
    "",
    "help",
    "facts",
    "style",
    "assess",
    "assess/all",
    "estimate",
    "estimate/runs",
    "design",
    "nowcast",
    "open",
    "delays",
];

/// The faults of all pages and pictures in a folder, a line each; none where there is no checker, which is said.
fn faults(folder: &Path) -> Option<String> {
    let jar = root().join("target/vnu/node_modules/vnu-jar/build/dist/vnu.jar");
    if !jar.exists() {
        println!("Not checked by vnu: {}", folder.display());
        return None;
    }
    let options = ["--errors-only", "--also-check-svg", "--skip-non-html"];
    let mut command = Command::new("java");
    command.args(["-Xmx512m", "-jar"]).arg(jar).args(options).arg(folder);
    let output = command.output().expect("Java, which was there when vnu was installed");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { String::new() } else { format!("not valid:\n{said}") })
}

/// Fails with the faults of the pages and the pictures in a folder.
pub(crate) fn valid(folder: &Path) {
    let found = faults(folder).unwrap_or_default();
    assert!(found.is_empty(), "{found}");
}

#[test]
fn pages_of_the_application_and_the_page_without_a_server_are_valid() {
    let (server, dir) = (Server::open(), tempfile::tempdir().unwrap());
    for language in ["en", "nl"] {
        for (number, page) in PAGES.iter().enumerate() {
            let status = Command::new("curl")
                .args(["--silent", "--fail", "--header", &format!("Accept-Language: {language}"), "--output"])
                .arg(dir.path().join(format!("{language}-{number}.html")))
                .arg(format!("{}/{page}", server.address))
                .status();
            assert!(status.unwrap().success(), "{page}");
        }
    }
    assert!(ijsberg().args(["page", "--out"]).arg(dir.path().join("page.html")).status().unwrap().success());
    valid(dir.path());
    // The checker sees what is wrong.
    let wrong = dir.path().join("wrong");
    std::fs::create_dir(&wrong).unwrap();
    std::fs::write(wrong.join("a.html"), "<!doctype html><html lang=en><title>a</title><p><b></p>").unwrap();
    assert!(faults(&wrong).is_none_or(|said| said.contains("a.html")));
}
