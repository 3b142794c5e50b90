//! Somebody with a browser: one connection, a cookie.

use std::fmt::Write as _;
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::place::Place;

pub(crate) struct Client {
    address: String,
    stream: BufReader<TcpStream>,
    cookie: String,
}

impl Client {
    pub(crate) async fn logged_in(place: &Place) -> Self {
        let stream = TcpStream::connect(&place.address).await.expect("the server answers");
        stream.set_nodelay(true).expect("a socket");
        let mut client =
            Self { address: place.address.clone(), stream: BufReader::new(stream), cookie: String::new() };
        for _ in 0..60 {
            let form = format!("user=keeper&password={}", place.password);
            client.ask("POST", "/login", &form).await.expect("an answer");
            if !client.cookie.is_empty() {
                return client;
            }
            // The limit on logging in from one address.
            tokio::time::sleep(Duration::from_millis(1100)).await;
        }
        panic!("nobody can log in");
    }

    /// Connects anew, as a browser does where the server closed a connection that nobody used: logging in a hundred people takes minutes.
    pub(crate) async fn connect_anew(&mut self) -> Result<()> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        self.stream = BufReader::new(stream);
        Ok(())
    }

    /// Sends a form, or nothing; status and body.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, form: &str) -> Result<(u16, String)> {
        self.send(method, path, "application/x-www-form-urlencoded", form).await
    }

    /// Sends a file with fields.
    pub(crate) async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: &str,
    ) -> Result<(u16, String)> {
        let mut body = String::new();
        for (name, value) in fields {
            // Writing to memory cannot fail.
            let _ =
                write!(body, "--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        let _ = write!(
            body,
            "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{file}\r\n--part--\r\n"
        );
        self.send("POST", path, "multipart/form-data; boundary=part", &body).await
    }

    async fn send(&mut self, method: &str, path: &str, kind: &str, body: &str) -> Result<(u16, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the server hung up"));
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let lower = line.to_lowercase();
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest.get(..3).and_then(|s| s.parse().ok()).unwrap_or(0);
            } else if let Some(n) = lower.strip_prefix("content-length: ") {
                length = n.parse().unwrap_or(0);
            } else if lower.starts_with("set-cookie: ijsberg=") {
                line["set-cookie: ".len()..]
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .clone_into(&mut self.cookie);
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
