//! The application with a certificate of its own, as a container runs it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn who_would_rather_speak_http_2_is_answered_too() {
    let dir = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    std::fs::write(at("crt"), made.cert.pem()).unwrap();
    std::fs::write(at("key"), made.signing_key.serialize_pem()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["serve", "--lang", "en", "--listen", "127.0.0.1:0"])
        .args(["--tls-cert", &at("crt"), "--tls-key", &at("key")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split(' ').find_map(|w| w.strip_prefix("https://127.0.0.1:")).unwrap_or_default();
    let port = address.trim().trim_end_matches('/');
    // Offers both, as browsers do.
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--noproxy", "*", "--http2", "--cacert", &at("crt")])
        .args(["--resolve", &format!("localhost:{port}:127.0.0.1")])
        .args(["--output", &at("page"), "--write-out", "%{http_code} %{http_version}"])
        .arg(format!("https://localhost:{port}/health"))
        .output()
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let answered = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(answered, "200 1.1", "{said}{}", String::from_utf8_lossy(&output.stderr));
}
