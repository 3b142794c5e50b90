//! Where forms lead: to pages with addresses, so that reloading one sends nothing again and going back to it works. Forms that are
//! answered with a page themselves stand here with the reason.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use ijsberg_web::{Method, entries};

use crate::common::{PASSWORD, Site, body};

/// Forms that are answered with what was asked for, and why no address can have it.
const ANSWERED: [(&str, &str); 16] = [
    ("/assess", "answers are kept nowhere: a step without scripts answers those before it"),
    ("/assess/live", "a piece of a page, for its script"),
    ("/notify/alike", "what is entered of a person stands in no address"),
    ("/account", "a token, recovery codes and the secret of a second factor are shown once"),
    ("/import/faults", "a file"),
    ("/find", "what is looked for stands in no address; one person has a page"),
    ("/person/{person}/identity", "every look at who somebody is is written down"),
    ("/person/{person}/glass", "every look at who somebody is is written down"),
    ("/person/{person}/restricted", "every look at somebody whose data are only stored is written down"),
    ("/identity", "every look at who somebody is is written down"),
    ("/users", "a password for one time is shown once"),
    ("/export/histories", "a file"),
    ("/export/cases", "a file"),
    ("/api/v1/assess", "programs read the answer"),
    ("/api/v1/estimates", "programs read the answer"),
    ("/api/v1/notifications", "programs read the answer"),
];

/// Forms that come to something with more than there is here: lists that overlap, reports, deliveries. The tests of the whole program and
/// those of deliveries send them.
const ELSEWHERE: [&str; 8] = [
    "/linkage/keep",
    "/linkage/estimate",
    "/publish",
    "/publish/cancel",
    "/publish/release",
    "/deliveries",
    "/deliveries/cancel",
    "/deliveries/deliver",
];

/// A form with a file.
pub(crate) fn with_file(path: &str, cookie: &str, fields: &[(&str, &str)], file: &str) -> Request<Body> {
    let mut form = String::new();
    for (name, value) in fields {
        let _ = write!(form, "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let named = "content-disposition: form-data; name=\"file\"; filename=\"t.csv\"";
    let _ = write!(form, "--x\r\n{named}\r\n\r\n{file}\r\n--x--\r\n");
    Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(form))
        .unwrap()
}

/// Sends forms, and knows which were sent.
struct FormSender<'a> {
    site: &'a Site,
    cookie: String,
    sent: BTreeSet<&'static str>,
}

impl FormSender<'_> {
    /// Where a form leads.
    async fn leads(&mut self, route: &'static str, path: &str, form: &str) -> String {
        let answer = self.site.post(path, &self.cookie, form).await;
        self.led(route, answer).await
    }

    async fn leads_with(&mut self, route: &'static str, fields: &[(&str, &str)], file: &str) -> String {
        let answer = self.site.ask(with_file(route, &self.cookie, fields, file)).await;
        self.led(route, answer).await
    }

    async fn led(&mut self, route: &'static str, answer: Response) -> String {
        let status = answer.status();
        let to = answer.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned());
        let page = body(answer).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{route}: {page}");
        self.sent.insert(route);
        to.unwrap()
    }

    /// The page that answers a form that is allowed to be answered so.
    async fn answered(&self, path: &str, form: &str) -> String {
        let answer = self.site.post(path, &self.cookie, form).await;
        let status = answer.status();
        let page = body(answer).await;
        assert!(status.is_success(), "{path}: {status} {page}");
        page
    }

    async fn page(&self, path: &str) -> String {
        body(self.site.get(path, &self.cookie).await).await
    }

    /// The rest of an address on a page, after a piece of it.
    async fn named(&self, page: &str, before: &str) -> String {
        let page = self.page(page).await;
        let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("{before}: {page}"));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// The studio.
async fn estimates(s: &mut FormSender<'_>) {
    let quick = [("table", "new-orleans-2016"), ("methods", "chao"), ("replicates", "0")];
    let run = s.leads_with("/estimate", &quick, "").await;
    s.leads("/estimate/{id}/name", &format!("{run}/name"), "name=mine").await;
    s.leads("/estimate/{id}/keep", &format!("{run}/keep"), "").await;
    s.leads("/estimate/{id}/cancel", &format!("{run}/cancel"), "").await;
    let plan = s.leads_with("/design", &[("table", "netherlands-2010-2015")], "").await;
    s.leads("/design/{id}/cancel", &format!("{plan}/cancel"), "").await;
    for (form, cancel, table) in [
        ("/nowcast", "/nowcast/{id}/cancel", "netherlands-synthetic"),
        ("/open", "/open/{id}/cancel", "open-synthetic"),
        ("/delays", "/delays/{id}/cancel", "delays-synthetic"),
    ] {
        let run = s.leads_with(form, &[("table", table)], "").await;
        s.leads(cancel, &format!("{run}/cancel"), "").await;
    }
}

/// Notifications, one by one and in a file.
async fn notifications(s: &mut FormSender<'_>) {
    let rest = "happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A";
    let one = format!("lane=help&organisation=shelter&local_key=1&{rest}");
    s.leads("/notify", "/notify", &one).await;
    s.answered("/notify/alike", &one).await;
    let file = "case,date\nx9,2016\nx8,2016\n";
    let fields = [("organisation", "police"), ("lane", "help")];
    let page = s.leads_with("/import", &fields, file).await;
    let id = page.strip_prefix("/import/").unwrap().to_owned();
    for _ in 0..2 {
        assert!(s.page(&page).await.contains("/import/take"));
    }
    let columns = format!("upload={id}&column.0=&column.1=happened_on");
    assert_eq!(s.leads("/import/columns", "/import/columns", &columns).await, page);
    assert!(!s.page(&page).await.contains("/import/take"));
    let columns = format!("upload={id}&column.0=local_key&column.1=happened_on");
    s.leads("/import/columns", "/import/columns", &columns).await;
    s.answered("/import/faults", &format!("upload={id}")).await;
    // Taken once, however often it is sent and looked at.
    for _ in 0..2 {
        assert_eq!(s.leads("/import/take", "/import/take", &format!("upload={id}")).await, page);
        for _ in 0..2 {
            let done = s.page(&page).await;
            assert!(done.contains("new: 2;") && !done.contains("/import/take"), "{done}");
        }
    }
}

/// A person and what is known of them.
async fn persons(s: &mut FormSender<'_>) {
    let site = s.site;
    let [first, second] = &site.registrations;
    let person = format!("/person/{}", site.person);
    let correction = format!("{person}/correct/{first}");
    s.leads("/person/{person}/correct/{registration}", &correction, "version=1&sex=M").await;
    s.leads("/register/correct", "/register/correct", &format!("to=form%3DSEX_OTHER&case={second}:1")).await;
    s.leads("/register/undo", "/register/undo", "").await;
    s.leads("/register/views", "/register/views", "name=mine&list=%2Fregister").await;
    s.leads("/person/{person}/identity/write", &format!("{person}/identity/write"), "given_name=Anna").await;
    let record = "types=Legal&organisation=police&purpose=help&basis=consent";
    s.leads("/person/{person}/record/{kind}", &format!("{person}/record/support"), record).await;
    let change = format!("/record/support/{}", site.record);
    s.leads("/record/{kind}/{record}", &change, "version=1&types=Legal&objectives=a+plan").await;
    let assessment = "q.minor=no&organisation=police&basis=consent";
    s.leads("/person/{person}/assessment", &format!("{person}/assessment"), assessment).await;
    assert!(s.answered(&format!("{person}/identity"), "").await.contains("Anna"));
    s.answered("/identity", &format!("person={}", site.person)).await;
    s.answered("/find", "organisation=&local_key=1").await;
    s.leads("/find", "/find", "organisation=police&local_key=1").await;
    // Emergency access by one, seen by another.
    let worker = site.log_in("case_worker").await;
    let reason = "reason=It+cannot+wait+until+tomorrow&minutes=5&notified=keeper";
    assert_eq!(site.post(&format!("{person}/glass"), &worker, reason).await.status(), StatusCode::OK);
    let event = s.named("/register", "action=\"/register/seen/").await;
    s.leads("/register/seen/{event}", &format!("/register/seen/{event}"), "").await;
    let event = s.named("/glass", "action=\"/glass/").await;
    s.leads("/glass/{event}", &format!("/glass/{event}"), "").await;
    // Two registrations are of two people, or not.
    let pair = format!("/review/{first}/{second}");
    s.leads("/review/{a}/{b}", &pair, "decision=different").await;
    let decision = s.named(&pair, "action=\"/undo/").await;
    s.leads("/undo/{decision}", &format!("/undo/{decision}"), "").await;
    s.leads("/linkage", "/linkage", "").await;
    s.leads("/linkage/cancel", "/linkage/cancel", "").await;
}

/// Those who look after the register.
async fn administration(s: &mut FormSender<'_>) {
    let verified = s.leads("/audit", "/audit", "").await;
    for _ in 0..2 {
        assert!(s.page(&verified).await.contains("The log is intact"));
    }
    s.leads("/organisations", "/organisations", "go=add&id=o1&name=One&kind=NP&list=O").await;
    s.leads("/retention", "/retention", "go=period&purpose=help&months=60").await;
    assert!(s.answered("/users", "go=add&user=ada&organisation=police").await.contains("class=\"code\""));
    s.leads("/users", "/users", "go=give&user=ada&role=linker&organisation=police").await;
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30)).to_string();
    let token = format!("go=token&label=test&operation=notify&expires_on={}", &until[..10]);
    assert!(s.answered("/account", &token).await.contains("ijsberg_"));
    s.answered("/export/histories", "from=2016&to=2016").await;
    s.answered("/export/cases", "standard=htcds&go=file").await;
}

#[tokio::test]
async fn every_form_leads_to_a_page_with_an_address_or_says_why_not() {
    let site = Site::new();
    let cookie = site.log_in("keeper").await;
    let mut s = FormSender { site: &site, cookie, sent: BTreeSet::new() };
    s.leads("/language", "/language", "lang=en&back=%2F").await;
    s.answered("/assess", "step=0&go=next&q.minor=no").await;
    s.answered("/assess/live", "q.minor=no").await;
    for path in ELSEWHERE {
        let status = site.post(path, &s.cookie, "").await.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
    estimates(&mut s).await;
    notifications(&mut s).await;
    persons(&mut s).await;
    administration(&mut s).await;
    let login = format!("user=linker&password={}", PASSWORD.replace(' ', "+"));
    let came = site.post("/login", "", &login).await;
    s.led("/login", came).await;
    s.leads("/logout", "/logout", "").await;
    let posts = entries().into_iter().filter(|e| e.method == Method::Post).map(|e| e.path);
    let mut posts: BTreeSet<&str> = posts.collect();
    for (path, why) in ANSWERED {
        assert!(posts.remove(path), "{path} is no form: {why}");
    }
    for path in ELSEWHERE {
        assert!(posts.remove(path), "{path} is no form");
    }
    posts.retain(|path| !s.sent.contains(path));
    assert!(posts.is_empty(), "neither sent here nor named: {posts:?}");
}

/// An address that only takes forms can be refused too, and whoever changes the language there must come to a page.
#[tokio::test]
async fn another_language_leads_from_every_refused_form_to_an_address_that_can_be_looked_at() {
    let site = Site::new();
    let mut looked = 0;
    for entry in entries().into_iter().filter(|e| e.method == Method::Post) {
        let path = entry.path.replace(['{', '}'], "0");
        let page = body(site.post(&path, "", "").await).await;
        let Some(rest) = page.split("name=\"back\" value=\"").nth(1) else { continue };
        let back = rest.split('"').next().unwrap();
        let status = site.get(back, "").await.status();
        assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{path} leads to {back}");
        looked += 1;
    }
    assert!(looked > 20, "{looked}");
}

#[tokio::test]
async fn a_file_is_shown_to_who_sent_it_and_to_nobody_else() {
    let site = Site::new();
    let (own, other) = (site.log_in("registrar").await, site.log_in("case_worker").await);
    let file = "case,date,first name\nCanary,2016,Canary\nx,2061,Canary\n";
    let fields = [("organisation", "police"), ("lane", "help")];
    let answer = site.ask(with_file("/import", &own, &fields, file)).await;
    let at = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let id = at.strip_prefix("/import/").unwrap();
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{at}");
    let page = body(site.get(&at, &own).await).await;
    assert!(page.contains("column-2") && page.contains("/import/faults"), "{page}");
    let foreign = site.get(&at, &other).await;
    assert_eq!(foreign.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(foreign).await;
    assert!(page.contains("The preview has expired") && !page.contains("column-2"), "{page}");
    for path in ["/import/columns", "/import/faults", "/import/take"] {
        let refused = site.post(path, &other, &format!("upload={id}")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    assert_eq!(site.get(&at, "").await.headers()[header::LOCATION], "/login");
    // Rows that do not fit are not taken, and the page says why.
    let page = site.through("/import/take", &own, &format!("upload={id}")).await;
    assert!(page.contains("/import/faults") && !page.contains("note good"), "{page}");
}
