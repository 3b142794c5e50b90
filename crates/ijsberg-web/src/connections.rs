//! Connections: how many there may be, in all and from one address, and how long one may take nothing of what is sent to it.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Connections in all. Each takes a file of the system, of which a service has a thousand as a rule.
const MOST: usize = 512;

/// Connections from one address, behind which a whole office may sit.
const MOST_EACH: usize = 200;

/// How long a visitor may take nothing of an answer.
const STALLED: Duration = Duration::from_secs(30);

/// Lets in connections as long as there is room.
#[derive(Debug, Clone)]
pub(crate) struct Doorkeeper {
    there: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most_each: usize,
}

impl Doorkeeper {
    /// Behind a proxy all come from one address, and the proxy counts.
    pub(crate) fn new(behind_proxy: bool) -> Self {
        Self { there: Arc::default(), most_each: if behind_proxy { MOST } else { MOST_EACH } }
    }

    fn admit(&self, from: IpAddr) -> io::Result<Place> {
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = there.values().sum();
        if all >= MOST || there.get(&from).is_some_and(|own| *own >= self.most_each) {
            return Err(io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections"));
        }
        *there.entry(from).or_default() += 1;
        Ok(Place { there: Arc::clone(&self.there), from })
    }
}

/// A connection that is counted; it is counted no more when it ends.
#[derive(Debug)]
struct Place {
    there: Arc<Mutex<HashMap<IpAddr, usize>>>,
    from: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut there = self.there.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = there.get_mut(&self.from) {
            *own -= 1;
            if *own == 0 {
                there.remove(&self.from);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Doorkeeper {
    type Stream = AdmittedConnection;
    type Service = S;
    type Future = Ready<io::Result<(AdmittedConnection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let admitted = stream.peer_addr().and_then(|from| self.admit(from.ip()));
        ready(admitted.map(|place| (AdmittedConnection { stream, _place: place, stalled: None }, service)))
    }
}

/// A connection that was let in.
#[derive(Debug)]
pub(crate) struct AdmittedConnection {
    stream: TcpStream,
    _place: Place,
    /// Since when the client has accepted no data.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl AdmittedConnection {
    /// The result of a write; an error where no data could be written for too long.
    fn in_time<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.stalled = None;
            return done;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALLED)));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for AdmittedConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl AsyncWrite for AdmittedConnection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, from);
        self.in_time(cx, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, from);
        self.in_time(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        self.in_time(cx, done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.in_time(cx, done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_by_address_and_together_and_no_longer_when_they_end() {
        let door = Doorkeeper::new(false);
        let from = |n: u16| IpAddr::from([10, 0, (n >> 8) as u8, n as u8]);
        let own: Vec<Place> = (0..MOST_EACH).map(|_| door.admit(from(1)).unwrap()).collect();
        assert!(door.admit(from(1)).is_err());
        drop(door.admit(from(2)).unwrap());
        drop(own);
        let all: Vec<Place> = (0..MOST as u16).map(|n| door.admit(from(n)).unwrap()).collect();
        assert!(door.admit(from(1000)).is_err());
        drop(all);
        assert!(door.there.lock().unwrap().is_empty());
        let proxy = Doorkeeper::new(true);
        let many: Vec<Place> = (0..MOST).map(|_| proxy.admit(from(1)).unwrap()).collect();
        assert!(proxy.admit(from(1)).is_err() && many.len() == MOST);
    }
}
