//! A headless Chromium behind `chromedriver`, one for each test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

/// A running browser; it ends with the value.
pub(crate) struct Browser {
    driver: Child,
    pub(crate) client: Client,
    profile: tempfile::TempDir,
}

/// Starts the driver of browsers, and says on which port it listens. Now and then another program takes the port that it chose, and it
/// ends.
fn driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver (Debian packages chromium and chromium-driver) must be installed");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| {
        let line = line.unwrap();
        let port = line.split("started successfully on port ").nth(1)?;
        port.trim_end_matches('.').trim().parse().ok()
    });
    let Some(port) = port else {
        driver.wait().unwrap();
        return None;
    };
    // The driver must always find a reader for what it prints.
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

impl Browser {
    /// Starts a browser. `cargo xtask test` installs it where Debian's packages are at hand.
    pub(crate) async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// Starts a browser that runs no script of a page.
    pub(crate) async fn without_scripts() -> Self {
        Self::with(json!({"profile.managed_default_content_settings.javascript": 2})).await
    }

    /// Where it puts what is downloaded.
    pub(crate) fn downloads(&self) -> std::path::PathBuf {
        self.profile.path().join("downloads")
    }

    async fn with(mut preferences: serde_json::Value) -> Self {
        let (driver, port) = (0..5).find_map(|_| driver()).expect("chromedriver tells its port");
        let profile = tempfile::tempdir().unwrap();
        preferences["download.default_directory"] = json!(profile.path().join("downloads"));
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments, "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL"},
            // What looks a long page through takes its time on a machine that does other things too.
            "timeouts": {"script": 300_000},
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self { driver, client, profile }
    }

    /// Shows the page as a phone of this size does.
    pub(crate) async fn phone(&self, (width, height): (u32, u32)) {
        // The window is taller than what it shows of a page by what stands around it.
        self.client.set_window_size(width, height).await.unwrap();
        let around = self.ask("return window.outerHeight - window.innerHeight").await.as_u64().unwrap();
        self.client.set_window_size(width, height + around as u32).await.unwrap();
    }

    /// Runs a script in each page to come, before anything in the page runs.
    pub(crate) async fn before_all_else(&self, script: &str) {
        self.client.issue_cmd(EarlyScript(script.to_owned())).await.unwrap();
    }

    /// Runs a script in the page and gives what it returns.
    pub(crate) async fn ask(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }
}

/// A script for each page to come, as the driver of Chromium takes it.
#[derive(Debug)]
struct EarlyScript(String);

impl WebDriverCompatibleCommand for EarlyScript {
    fn endpoint(&self, driver: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        driver.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        let command = json!({"cmd": "Page.addScriptToEvaluateOnNewDocument", "params": {"source": self.0}});
        (axum::http::Method::POST, Some(command.to_string()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
