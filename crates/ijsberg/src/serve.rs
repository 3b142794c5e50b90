//! `ijsberg serve`: the application in a browser.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use ijsberg_apart::{Kind, Reader};
use ijsberg_report::text::Text;
use ijsberg_web::{App, Config, Listen, Probabilities, Publisher, RegisterPool, ServeError, serve};

use crate::checkpoints::{CheckpointSender, Places};
use crate::output::print;
use crate::register::{Opener, Place};
use crate::wrong::in_words;

/// Connections to the register: reading need not wait for a password that is being checked.
const PLACES: usize = 4;

/// When a reviewer of pairs sees the result of the linkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProbabilityTiming {
    /// Only after their own decision.
    After,
    /// From the start.
    Always,
}

impl From<ProbabilityTiming> for Probabilities {
    fn from(seen: ProbabilityTiming) -> Self {
        match seen {
            ProbabilityTiming::After => Self::After,
            ProbabilityTiming::Always => Self::Always,
        }
    }
}

/// Serve the application. Example: ijsberg serve, or ijsberg serve --register --at register
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Arguments {
    /// Address and port. Any address other than this machine needs a certificate.
    #[arg(long, default_value = "127.0.0.1:8217")]
    listen: SocketAddr,
    /// Certificate chain in PEM, for TLS.
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key in PEM.
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A name under which the server is reached; may be given several times. Requires TLS, or --behind-tls-proxy.
    #[arg(long = "host")]
    hosts: Vec<String>,
    /// A proxy on this machine serves over TLS and passes requests on: cookies are sent over TLS only, and addresses are those
    /// the proxy reports.
    #[arg(long, conflicts_with = "tls_cert")]
    behind_tls_proxy: bool,
    /// Let anyone who reaches the server estimate from their own tables, even if there is a register or another host name.
    #[arg(long)]
    open_studio: bool,
    /// Serve counts for monitoring at this address of this machine, such as 127.0.0.1:9217.
    #[arg(long)]
    metrics: Option<SocketAddr>,
    /// What is written to standard error: a line of JSON for each request, text, or nothing [default: text on a terminal, else JSON].
    #[arg(long, value_enum)]
    log: Option<crate::log::Form>,
    /// Serve the register at --at as well. With --vault the identity vault is opened too.
    #[arg(long)]
    register: bool,
    /// Open the identity vault, so that those who may can view identities.
    #[arg(long, requires = "register")]
    vault: bool,
    /// The register contains synthetic people, and every page says so.
    #[arg(long, requires = "register")]
    synthetic: bool,
    /// When reviewers of pairs see the probability from the linkage and the decisions of others.
    #[arg(long, value_enum, default_value_t = ProbabilityTiming::After, requires = "register")]
    probabilities: ProbabilityTiming,
    /// Directory of the yearly reports, to preview and release them in the browser.
    #[arg(long, requires = "key_file", requires = "register")]
    reports: Option<PathBuf>,
    /// The key of the noise of published counts.
    #[arg(long, requires = "reports")]
    key_file: Option<PathBuf>,
    /// A file, such as one on another machine, to which checkpoints of the audit log are added at the start, at intervals and at the end.
    /// A register that is older than one of the checkpoints is not served.
    #[arg(long, requires = "register")]
    checkpoints: Option<PathBuf>,
    /// The socket of the system log, which also gets the checkpoints and forwards them to another machine.
    #[arg(long, requires = "register", num_args = 0..=1, require_equals = true, default_missing_value = "/dev/log")]
    checkpoint_syslog: Option<PathBuf>,
    /// Minutes between checkpoints.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    checkpoint_every: u32,
    /// Forms and calls that one address may send in a second.
    #[arg(long, default_value_t = Config::default().a_second)]
    rate: u32,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.place.lang().into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    crate::log::begin(arguments.log);
    let opener = arguments
        .register
        .then(|| arguments.place.opener(text, arguments.vault, arguments.synthetic))
        .transpose()?;
    // Earlier checkpoints are compared before the first request is served; the last one is sent after the last request.
    let _keeping = opener.clone().map(|open| keeping(text, arguments, open)).transpose()?;
    let pool = opener.map(pool_from).transpose()?;
    let listen = Listen {
        address: arguments.listen,
        tls: arguments.tls_cert.clone().zip(arguments.tls_key.clone()),
        metrics: arguments.metrics,
    };
    // Reachable only by the user of this machine.
    let alone = !arguments.register && listen.address.ip().is_loopback() && arguments.hosts.is_empty();
    let mut config = Config {
        secure: listen.tls.is_some() || arguments.behind_tls_proxy,
        behind_proxy: arguments.behind_tls_proxy,
        open_studio: arguments.open_studio || alone,
        synthetic: arguments.synthetic,
        a_second: arguments.rate,
        probabilities: arguments.probabilities.into(),
        language: text.language(),
        reader: Some(Reader::of_this_program(Kind::Sent)?),
        ..Config::default()
    };
    config.hosts.extend(arguments.hosts.iter().cloned());
    let publisher = arguments.reports.as_deref().zip(arguments.key_file.as_deref());
    let publisher = publisher.map(|(out, key)| crate::report::publisher(text, key, out)).transpose()?;
    up(text, config, pool, publisher, &listen)
}

/// A pool for the register at a place; the passphrase is asked for once.
pub(crate) fn register_pool(
    text: &Text,
    place: &Place,
    vault: bool,
    synthetic: bool,
) -> anyhow::Result<RegisterPool> {
    pool_from(place.opener(text, vault, synthetic)?)
}

fn pool_from(open: Opener) -> anyhow::Result<RegisterPool> {
    Ok(RegisterPool::new(Box::new(move || open()), PLACES)?)
}

/// Sends checkpoints if a place for them is configured.
fn keeping(text: &Text, arguments: &Arguments, open: Opener) -> anyhow::Result<Option<CheckpointSender>> {
    let places = Places { file: arguments.checkpoints.clone(), syslog: arguments.checkpoint_syslog.clone() };
    if places.are_none() {
        return Ok(None);
    }
    let every = Duration::from_secs(60 * u64::from(arguments.checkpoint_every));
    CheckpointSender::begin(text, Box::new(move || open()), places, every).map(Some)
}

/// Serves until Ctrl-C or a signal from the service manager.
pub(crate) fn up(
    text: &Text,
    config: Config,
    pool: Option<RegisterPool>,
    publisher: Option<Publisher>,
    listen: &Listen,
) -> anyhow::Result<()> {
    // A proxy has an address of its own.
    let scheme = if listen.tls.is_some() { "https" } else { "http" };
    let began = |address: SocketAddr| {
        let parts = [("address", format!("{scheme}://{address}/"))];
        // The reader may have closed the stream; the pages are served in any case.
        let _ = print(&(text.fill("serve-began", &parts) + "\n"));
    };
    ijsberg_apart::lock_in_memory();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")?;
    let app = App::new(config, pool, publisher);
    let served = runtime.block_on(async { serve(app, listen, began, told_to_end()).await });
    match served {
        Ok(()) => Ok(()),
        Err(error) => bail!(why(text, &error)),
    }
}

/// Why it does not listen, in the reader's language.
fn why(text: &Text, error: &ServeError) -> String {
    let (key, parts) = match error {
        ServeError::Unencrypted(at) => ("serve-unencrypted", vec![("at", at.to_string())]),
        ServeError::Name(host) => ("serve-name", vec![("host", host.clone())]),
        ServeError::Metrics(at) => ("serve-metrics", vec![("at", at.to_string())]),
        ServeError::Certificate(e) => ("serve-certificate", vec![("why", e.to_string())]),
        ServeError::Listen(at, e) => (
            "serve-listen",
            vec![("at", at.to_string()), ("why", ijsberg_report::errors::register::io_error(text, e))],
        ),
    };
    text.fill(key, &parts)
}

/// Ends when the program receives the signal to end. It listens from now on, not only once it is awaited.
fn told_to_end() -> impl Future<Output = ()> + Send {
    // Sent by systemd and containers; the first process of a container ignores it without a handler.
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    #[cfg(unix)]
    let terminated = async move {
        match &mut terminate {
            Some(signal) => signal.recv().await,
            None => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    async {
        tokio::select! {
            Ok(()) = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
            // Without a signal it is ended from outside.
            () = std::future::pending() => {}
        }
    }
}
