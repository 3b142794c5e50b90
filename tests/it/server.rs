//! `ijsberg serve` on a register of synthetic people.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock};

use crate::program::ijsberg;

/// One demonstration is made for all tests; each has a copy of its own.
fn demonstration() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let demo = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demonstration");
        // One that an earlier run left may be of another program.
        let _ = std::fs::remove_dir_all(&demo);
        let made = ijsberg().args(["register", "demo", "--out"]).arg(&demo).status().unwrap();
        assert!(made.success());
        demo
    })
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A server; it ends with the value. What it logs lies in `log` of its directory, and is shown where a test fails.
pub(crate) struct Server {
    /// None where the test itself serves.
    child: Mutex<Option<Child>>,
    pub(crate) address: String,
    pub(crate) password: String,
    pub(crate) dir: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("{}", lines[lines.len().saturating_sub(20)..].join("\n"));
        }
    }
}

impl Server {
    /// With more arguments for `serve`; `{}` in them is the directory.
    pub(crate) fn start(more: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let demo = dir.path().join("demo");
        copy(demonstration(), &demo);
        let at = |name: &str| demo.join(name).display().to_string();
        // The noise of what is published is the same whenever this runs.
        std::fs::write(demo.join("key"), "9d66f1dcfcd7141f887cfc66c050ed4c538306abdbb32495fbfdb7ae1c0006d1")
            .unwrap();
        let (register, passphrase, password) = (at("register"), at("passphrase"), at("password"));
        let opened = [
            "--at",
            register.as_str(),
            "--passphrase-file",
            passphrase.as_str(),
            "--password-file",
            password.as_str(),
        ];
        let more: Vec<String> = more.iter().map(|m| m.replace("{}", &demo.display().to_string())).collect();
        let password = std::fs::read_to_string(&password).unwrap();
        let mut command = ijsberg();
        command
            .args(["serve", "--register", "--vault", "--synthetic", "--rate", "10000"])
            .args(opened)
            .args(more);
        Self::serve(command, password, dir)
    }

    /// Without a register: signals and estimates.
    pub(crate) fn open() -> Self {
        let mut command = ijsberg();
        command.args(["serve", "--rate", "10000"]);
        Self::serve(command, String::new(), tempfile::tempdir().unwrap())
    }

    /// An application that a test makes and serves itself, as long as it runs.
    pub(crate) async fn serve_app(app: axum::Router, password: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let dir = tempfile::tempdir().unwrap();
        Self { child: Mutex::new(None), address, password: password.to_owned(), dir }
    }

    fn serve(mut command: Command, password: String, dir: tempfile::TempDir) -> Self {
        let log = std::fs::File::create(dir.path().join("log")).unwrap();
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.next().unwrap().unwrap();
        let address =
            said.split(' ').find(|w| w.starts_with("http://")).unwrap().trim_end_matches('/').to_owned();
        Self { child: Mutex::new(Some(child)), address, password, dir }
    }

    /// Ends it.
    pub(crate) fn stop(&self) {
        if let Some(child) = self.child.lock().unwrap().as_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn signal(child: &Child, name: &str) {
        let kill =
            Command::new("sh").args(["-c", "kill -$1 $0", &child.id().to_string(), name]).status().unwrap();
        assert!(kill.success());
    }

    /// From now on it takes what is sent and answers nothing.
    pub(crate) fn fall_silent(&self) {
        Self::signal(self.child.lock().unwrap().as_ref().unwrap(), "STOP");
    }

    /// Asks it to end, as whatever runs services does; how it ended.
    pub(crate) fn end(&self) -> ExitStatus {
        let mut child = self.child.lock().unwrap();
        let child = child.as_mut().unwrap();
        Self::signal(child, "TERM");
        child.wait().unwrap()
    }

    /// Links the lists of the register and takes over the result.
    pub(crate) fn link(&self) {
        let demo = self.dir.path().join("demo");
        let at = |name: &str| demo.join(name).display().to_string();
        let run = |words: &[&str]| assert!(ijsberg().args(words).status().unwrap().success(), "{words:?}");
        let lists = ["I", "K", "O", "P", "R", "Z"].map(|l| at(&format!("lists/{l}.csv")));
        let linked = at("linked");
        let mut link: Vec<&str> = vec!["link"];
        link.extend(lists.iter().map(String::as_str));
        link.extend(["--out", &linked]);
        run(&link);
        let (register, passphrase, password) = (at("register"), at("passphrase"), at("password"));
        let opened = [
            "--at",
            register.as_str(),
            "--passphrase-file",
            passphrase.as_str(),
            "--password-file",
            password.as_str(),
        ];
        let take = ["register", "link", "take", &at("linked/linked.csv"), "--lists", &at("lists")];
        run(&[take.as_slice(), &opened].concat());
    }

    /// Asks with curl, as a script would: the cookies of `keeper` are kept.
    fn curl(&self, path: &str, fields: &[&str]) -> String {
        let jar = self.dir.path().join("cookies");
        let mut command = Command::new("curl");
        command.args(["--silent", "--fail", "--cookie"]).arg(&jar).arg("--cookie-jar").arg(&jar);
        for field in fields {
            command.args(["--data-urlencode", field]);
        }
        let output = command.arg(format!("{}{path}", self.address)).output().expect("curl must be installed");
        assert!(output.status.success(), "{path}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A token of `keeper` for some operations.
    pub(crate) fn token(&self, operations: &str) -> String {
        self.curl("/login", &["user=keeper", &format!("password={}", self.password)]);
        let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30)).to_string();
        let until = format!("expires_on={}", &until[..10]);
        let operations: Vec<String> = operations.split(' ').map(|o| format!("operation={o}")).collect();
        let mut fields = vec!["go=token", "label=test", until.as_str()];
        fields.extend(operations.iter().map(String::as_str));
        let page = self.curl("/account", &fields);
        let token = page.split("ijsberg_").nth(1).expect("a token");
        format!("ijsberg_{}", &token[..64])
    }
}
