//! Rate limits of requests, by address.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::http::Method;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Rate limits of requests, by address.
#[derive(Debug)]
pub(crate) struct Limits {
    logins: DefaultKeyedRateLimiter<IpAddr>,
    sent: DefaultKeyedRateLimiter<IpAddr>,
    interface: DefaultKeyedRateLimiter<IpAddr>,
}

fn quota(a_second: u32, at_once: u32) -> Quota {
    let number = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(number(a_second)).allow_burst(number(at_once))
}

impl Limits {
    pub(crate) fn new(a_second: u32) -> Self {
        Self {
            // Guessing passwords has a pause of its own for each user; this is for guessing at many.
            logins: RateLimiter::keyed(quota(1, 30)),
            sent: RateLimiter::keyed(quota(a_second, 4 * a_second)),
            interface: RateLimiter::keyed(quota(a_second, 4 * a_second)),
        }
    }

    /// Forgets addresses that have not come for a while.
    pub(crate) fn tidy(&self) {
        for limiter in [&self.logins, &self.sent, &self.interface] {
            limiter.retain_recent();
        }
    }

    /// Whether one more may come from there.
    pub(crate) fn allows(&self, method: &Method, path: &str, from: IpAddr) -> bool {
        let limiter = match path {
            "/login" if method == Method::POST => &self.logins,
            p if p.starts_with("/api/") => &self.interface,
            _ if method == Method::POST => &self.sent,
            _ => return true,
        };
        limiter.check_key(&from).is_ok()
    }
}
