//! A visitor with a browser: what one does on pages, and what must hold on each of them.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fantoccini::Locator;
use serde_json::json;

use crate::browser::Browser;
use crate::program::root;
use crate::server::Server;

/// How long a page may take on a machine that does other things too.
pub(crate) const LONGEST: Duration = Duration::from_mins(4);

/// What a phone shows of a page, and a desk.
pub(crate) const PHONE: (u32, u32) = (390, 844);
pub(crate) const DESK: (u32, u32) = (1280, 900);

/// What a page says; in one go, since a page may leave between finding its part and reading it.
const TEXT: &str = "return (document.querySelector('main')?.innerText ?? '')";

/// The checker of the pages' accessibility, which the test command installs.
pub(crate) fn axe() -> String {
    let packages = root().join("target/python/lib");
    let python = std::fs::read_dir(&packages).expect("run `cargo xtask test` once").next().unwrap().unwrap();
    let file = python.path().join("site-packages/axe_playwright_python/axe.min.js");
    std::fs::read_to_string(file).expect("run `cargo xtask test` once")
}

/// Rules of accessibility that the page in a browser breaks, and where; small ones left out.
pub(crate) async fn barriers(browser: &Browser, axe: &str) -> serde_json::Value {
    browser.client.execute(axe, Vec::new()).await.unwrap();
    let broken = r"
        const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then((r) => done(r.violations
            .filter((v) => v.impact !== 'minor')
            .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)));";
    browser.client.execute_async(broken, Vec::new()).await.unwrap()
}

/// Keeps a picture of the page where somebody asks for pictures to look at.
pub(crate) async fn keep(browser: &Browser, name: &str) {
    let Some(dir) = std::env::var_os("IJSBERG_SCREENSHOTS") else { return };
    std::fs::create_dir_all(&dir).unwrap();
    let picture = browser.client.screenshot().await.unwrap();
    std::fs::write(PathBuf::from(dir).join(format!("{name}.png")), picture).unwrap();
}

/// A visitor with a browser.
pub(crate) struct Visitor<'a> {
    pub(crate) browser: Browser,
    pub(crate) server: &'a Server,
    axe: String,
    looked_at: u32,
    /// Pages that were checked in the dark colours.
    by_night: HashSet<String>,
    /// Pages whose accessibility was checked as a phone shows them.
    on_a_phone: HashSet<String>,
    scripts: bool,
}

impl<'a> Visitor<'a> {
    pub(crate) async fn new(server: &'a Server, scripts: bool) -> Self {
        let browser = if scripts { Browser::start().await } else { Browser::without_scripts().await };
        let (by_night, on_a_phone) = (HashSet::new(), HashSet::new());
        Self { browser, server, axe: axe(), looked_at: 0, by_night, on_a_phone, scripts }
    }

    pub(crate) async fn go(&mut self, path: &str) {
        self.open(path).await;
        self.look().await;
    }

    /// Goes to a page and does not look closely.
    pub(crate) async fn open(&self, path: &str) {
        self.browser.client.goto(&format!("{}{path}", self.server.address)).await.unwrap();
    }

    /// What holds on every page: nothing sticks out on a phone, nothing is written to the console, no rule of accessibility is
    /// broken.
    pub(crate) async fn look(&mut self) {
        let url = self.browser.client.current_url().await.unwrap();
        self.looked_at += 1;
        for size in [PHONE, DESK] {
            self.browser.phone(size).await;
            let width = size.0;
            let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let wider = self.browser.ask(wider).await.as_i64().unwrap();
            assert!(wider <= 0, "{url} at {width}: {wider} pixels too wide");
            self.picture(width).await;
            // Once for each kind of page: the check takes half a second.
            if size == PHONE && self.scripts && self.on_a_phone.insert(self.name().await) {
                assert_eq!(barriers(&self.browser, &self.axe).await, json!([]), "{url} on a phone");
            }
        }
        if !self.scripts {
            return;
        }
        assert_eq!(barriers(&self.browser, &self.axe).await, json!([]), "{url}");
        if self.by_night.insert(self.name().await) {
            self.look_by_night(url.as_str()).await;
        }
    }

    /// In dark colours all can be read too.
    async fn look_by_night(&self, url: &str) {
        self.browser.ask("document.documentElement.dataset.theme = 'dark'; return 1").await;
        let contrast = r"
            const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: ['color-contrast'], resultTypes: ['violations'] }).then((r) => done(r.violations
                .flatMap((v) => v.nodes.map((n) => `${n.target.join(' ')}: ${n.any[0]?.message}`))));";
        let unread: serde_json::Value =
            self.browser.client.execute_async(contrast, Vec::new()).await.unwrap();
        assert_eq!(unread, json!([]), "{url} by night");
        if std::env::var_os("IJSBERG_SCREENSHOTS").is_some() {
            keep(&self.browser, &format!("{}-{:02}-night", self.name().await, self.looked_at)).await;
        }
        self.browser.ask("delete document.documentElement.dataset.theme; return 1").await;
    }

    /// The address of the page as a name, without what differs from one case to the next.
    async fn name(&self) -> String {
        let path =
            "return location.pathname.replace(/[0-9a-f]{32}/g, '').replace(/[^a-z]+/g, '-').slice(0, 40)";
        self.browser.ask(path).await.as_str().unwrap().to_owned()
    }

    async fn picture(&self, width: u32) {
        let kind = if self.scripts { "" } else { "-plain" };
        let name = format!("{}{kind}-{:02}-{width}", self.name().await, self.looked_at);
        keep(&self.browser, &name).await;
    }

    async fn text(&self) -> String {
        self.browser.ask(TEXT).await.as_str().unwrap().to_owned()
    }

    /// Waits until a script gives this.
    pub(crate) async fn comes_to(&self, script: &str, expected: impl Into<serde_json::Value>) {
        let expected = expected.into();
        let until = Instant::now() + LONGEST;
        loop {
            // A page that leaves meanwhile gives nothing.
            let is = self.browser.client.execute(script, Vec::new()).await;
            if is.as_ref().is_ok_and(|is| *is == expected) {
                return;
            }
            let said = format!("{script}: {is:?}, not {expected}");
            assert!(Instant::now() < until, "{said}, on a page that says:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page says something.
    pub(crate) async fn says(&self, what: &str) {
        let what = serde_json::to_string(what).unwrap();
        self.comes_to(&format!("{TEXT}.includes({what})"), true).await;
    }

    /// Waits until something is on the page.
    pub(crate) async fn has(&self, css: &str) {
        let found = self.browser.client.wait().at_most(LONGEST).for_element(Locator::Css(css)).await;
        if let Err(e) = found {
            panic!("{css}: {e}\n{}", self.text().await);
        }
    }

    /// Clicks on something once it is there. A page that is left meanwhile takes it away, and the next one has it again.
    pub(crate) async fn click(&mut self, css: &str) {
        let until = Instant::now() + LONGEST;
        loop {
            self.has(css).await;
            let clicked = match self.browser.client.find(Locator::Css(css)).await {
                Ok(found) => found.click().await,
                Err(e) => Err(e),
            };
            match clicked {
                Ok(()) => return,
                Err(e) if e.is_stale_element_reference() || e.is_no_such_element() => {}
                Err(e) => panic!("{css}: {e}\n{}", self.text().await),
            }
            assert!(Instant::now() < until, "{css} does not stay on the page");
        }
    }

    pub(crate) async fn fill(&self, css: &str, value: &str) {
        self.has(css).await;
        let field = self.browser.client.find(Locator::Css(css)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    pub(crate) async fn choose(&self, css: &str, value: &str) {
        self.has(css).await;
        let field = self.browser.client.find(Locator::Css(css)).await.unwrap();
        field.select_by_value(value).await.unwrap();
    }

    pub(crate) async fn log_in(&mut self, user: &str) {
        let password = self.server.password.clone();
        self.log_in_with(user, &password).await;
    }

    pub(crate) async fn log_in_with(&mut self, user: &str, password: &str) {
        self.go("/login").await;
        self.fill("#user", user).await;
        self.fill("#password", password).await;
        self.click("main form button").await;
        self.browser
            .client
            .wait()
            .at_most(LONGEST)
            .for_url(&format!("{}/register", self.server.address).parse().unwrap())
            .await
            .unwrap();
        self.look().await;
    }

    pub(crate) async fn language(&mut self, code: &str) {
        self.go("/").await;
        if self.browser.client.find(Locator::Css(&format!("html[lang={code}]"))).await.is_err() {
            self.click("button[name=lang]").await;
        }
        self.has(&format!("html[lang={code}]")).await;
        self.look().await;
    }

    /// As a tab that was just opened, of an assessment that was not begun.
    pub(crate) async fn anew(&self) {
        self.browser.ask("sessionStorage.clear(); return true").await;
    }

    /// Waits until an estimate is done.
    pub(crate) async fn estimated(&mut self) {
        self.has(".analysis").await;
        self.look().await;
    }

    pub(crate) async fn close(self) {
        self.browser.client.clone().close().await.unwrap();
    }
}
