//! A register in PostgreSQL on another machine: over TLS, to the server that was asked for, and in no other way.

use std::time::{Duration, Instant};

use ijsberg_postgres::Postgres;
use ijsberg_store::Driver;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

use crate::custody::{Place, a_copy_counts_when_it_was_restored, database, out};

/// The name in the certificate. It is found nowhere, so the number stands beside it.
const NAME: &str = "register.ijsberg.test";

/// A certificate authority.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut of = CertificateParams::new(Vec::new()).unwrap();
        of.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = of.self_signed(&key).unwrap().pem();
        Self(Issuer::new(of, key), pem)
    }

    /// A certificate for a name, good until a year, and its key.
    fn vouches(&self, name: &str, until: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut of = CertificateParams::new(vec![name.to_owned()]).unwrap();
        of.not_before = date_time_ymd(2000, 1, 1);
        of.not_after = date_time_ymd(until, 1, 1);
        (of.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }
}

/// The test server, whose settings are put back at the end.
struct Server {
    url: String,
    admin: Postgres,
}

impl Server {
    fn new() -> Self {
        let url = std::env::var("IJSBERG_TEST_POSTGRES").expect("IJSBERG_TEST_POSTGRES is set");
        let admin = Postgres::open(&format!("{url}/postgres")).unwrap();
        Self { url, admin }
    }

    /// Does it, and waits until who comes from now on meets it.
    fn settings(&mut self, sql: &[&str]) {
        let loaded = "SELECT pg_conf_load_time()::text";
        let before = self.admin.query(loaded, &[]).unwrap();
        for statement in sql {
            self.admin.batch(statement).unwrap();
        }
        self.admin.batch("SELECT pg_reload_conf()").unwrap();
        let began = Instant::now();
        loop {
            let mut new = Postgres::open(&format!("{}/postgres", self.url)).unwrap();
            if new.query(loaded, &[]).unwrap() != before {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "the server does not read its settings");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Turns TLS on with a certificate. The server writes the files itself, so that they are its own.
    fn shows(&mut self, (certificate, key): &(String, String)) {
        for (name, content) in [("test.crt", certificate), ("test.key", key)] {
            let lines: Vec<String> = content.lines().map(|l| format!("('{l}')")).collect();
            let program = format!("umask 077; cat > {name}");
            let sql = format!("COPY (VALUES {}) TO PROGRAM '{program}'", lines.join(", "));
            self.admin.batch(&sql).unwrap();
        }
        self.settings(&[
            "ALTER SYSTEM SET ssl_cert_file = 'test.crt'",
            "ALTER SYSTEM SET ssl_key_file = 'test.key'",
            "ALTER SYSTEM SET ssl = on",
        ]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for setting in ["ssl", "ssl_cert_file", "ssl_key_file"] {
            // Nothing can be done here if the server is gone.
            let _ = self.admin.batch(&format!("ALTER SYSTEM RESET {setting}"));
        }
        let _ = self.admin.batch("SELECT pg_reload_conf()");
    }
}

/// The URL of a database as one on another machine of this name, and more settings.
fn under(name: &str, url: &str, settings: &str) -> String {
    let (user, at) = url.split_once('@').expect("the URL of the test server has a user");
    let (number, rest) = at.split_once(':').expect("and a port");
    format!("{user}@{name}:{rest}?hostaddr={number}&{settings}")
}

/// Neither making, nor copying, nor putting back gets there, and each says why in the reader's language.
fn refused(place: &Place, url: &str, english: &str, dutch: &str) {
    for (language, expected) in [("en", english), ("nl", dutch)] {
        for arguments in [&["init"][..], &["restore", "copy"]] {
            let o = place.run_at("never", Some(url), &[arguments, &["--lang", language]].concat());
            let said = out(&o);
            assert!(!o.status.success() && said.contains(expected), "{arguments:?} {url}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
        for arguments in [&["status"][..], &["backup", "--out", "never"], &["audit", "verify"]] {
            let o = place.run_at("register", Some(url), &[arguments, &["--lang", language]].concat());
            assert!(!o.status.success() && out(&o).contains(expected), "{arguments:?} {url}: {}", out(&o));
        }
    }
    assert!(!place.path("never").exists());
}

/// One test, since a server shows one certificate at a time.
#[test]
fn another_machine_is_reached_over_tls_and_proves_who_it_is() {
    let (right, wrong) = (Authority::new(), Authority::new());
    let mut server = Server::new();
    let url = database();
    let files = tempfile::tempdir().unwrap();
    let ca = |name: &str, pem: &str| {
        let path = files.path().join(name);
        std::fs::write(&path, pem).unwrap();
        format!("sslrootcert={}", path.display())
    };
    let (ca_right, ca_wrong) = (ca("right.pem", &right.1), ca("wrong.pem", &wrong.1));
    let good = under(NAME, &url, &ca_right);

    server.shows(&right.vouches(NAME, 2100));
    let place = Place::new(Some(good.clone()));
    place.reads_the_name("register", Some(&good));
    let mut open = Postgres::open(&good).unwrap();
    let how = open.query("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).unwrap();
    assert_eq!(how[0].get::<String>(0).unwrap(), "true");
    drop(open);
    a_copy_counts_when_it_was_restored(&place, Some(&under(NAME, &database(), &ca_right)));

    refused(&place, &under(NAME, &url, &ca_wrong), "vouches for its certificate", "niemand die u vertrouwt");
    refused(&place, &under("other.ijsberg.test", &url, &ca_right), "for another name", "op een andere naam");
    let weak = under(NAME, &url, &format!("{ca_right}&sslmode=prefer"));
    refused(&place, &weak, "sslmode=verify-full", "kunnen anderen meelezen");
    let none = under(NAME, &url, &ca("none.pem", "no certificate"));
    refused(&place, &none, "no certificate of an authority", "geen leesbaar certificaat");
    let elsewhere = under("localhost", &url, &ca_right).replace("hostaddr=127.0.0.1", "hostaddr=192.0.2.7");
    refused(&place, &elsewhere, "192.0.2.7 is another machine", "192.0.2.7 is een andere machine");
    // Whom the machine trusts counts where nobody else is named.
    for (trusted, works) in [("right.pem", true), ("wrong.pem", false)] {
        let url = under(NAME, &url, "sslmode=verify-full");
        let mut command = place.command("register", Some(&url), &["status", "--password-file", "password"]);
        let o = command.env("SSL_CERT_FILE", files.path().join(trusted)).output().unwrap();
        assert_eq!(o.status.success(), works, "{}", out(&o));
    }

    server.shows(&right.vouches(NAME, 2020));
    refused(&place, &good, "is not valid now", "is nu niet geldig");
    server.shows(&wrong.vouches(NAME, 2100));
    refused(&place, &good, "vouches for its certificate", "niemand die u vertrouwt");
    server.settings(&["ALTER SYSTEM SET ssl = off"]);
    refused(&place, &good, "it has no TLS", "die heeft geen TLS");
    server.shows(&right.vouches(NAME, 2100));
    place.reads_the_name("register", Some(&good));
}
