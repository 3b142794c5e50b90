//! Setting up two-factor login: the address for the app as a QR code, and recovery codes, each on a page that is shown once.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

use super::{FormData, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// Light modules around a code, as its standard asks for.
const QUIET: usize = 4;

#[derive(Template)]
#[template(path = "factor.html")]
struct Factor<'a> {
    s: Shell<'a>,
    url: String,
    /// The secret of it, in groups of four.
    secret: String,
    picture: Picture,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct Codes<'a> {
    s: Shell<'a>,
    codes: Vec<Zeroizing<String>>,
    /// What was done, above them.
    done: String,
}

impl Codes<'_> {
    /// The codes as a file that the browser makes: nothing of it is kept here.
    fn file(&self) -> String {
        let head = self.s.f("web-recovery-file", "user", self.s.user.as_deref().unwrap_or_default());
        let codes: String = self.codes.iter().fold(String::new(), |all, code| all + code + "\n");
        let mut out = "data:text/plain;charset=utf-8,".to_owned();
        for byte in format!("{head}\n\n{codes}").bytes() {
            // Writing to memory cannot fail.
            let _ = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => write!(out, "{}", char::from(byte)),
                _ => write!(out, "%{byte:02X}"),
            };
        }
        out
    }
}

/// A QR code as a drawing: modules on a side, the quiet ones too, and the outline of the dark ones.
pub(crate) struct Picture {
    side: usize,
    path: String,
}

impl Picture {
    fn encode(text: &str) -> Result<Self, WebError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(crate::log::internal)?;
        let (width, colours) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in colours.chunks(width).enumerate() {
            let mut x = 0;
            while x < width {
                let dark = row[x..].iter().take_while(|c| **c == Color::Dark).count();
                if dark > 0 {
                    // Writing to memory cannot fail.
                    let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET, y + QUIET);
                }
                x += dark.max(1);
            }
        }
        Ok(Self { side: width + 2 * QUIET, path })
    }
}

/// The secret of an address, in groups to type.
fn grouped(url: &str) -> String {
    let secret = url.split("secret=").nth(1).and_then(|s| s.split('&').next()).unwrap_or_default();
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// Makes a second factor, confirms it, or makes recovery codes anew.
pub(crate) async fn change(app: &Arc<App>, visitor: &Visitor, sent: &FormData) -> Result<Response, WebError> {
    let password = Zeroizing::new(sent.get("password").cloned().unwrap_or_default());
    let code = field_value(sent, "code").to_owned();
    match field_value(sent, "go") {
        "factor" => {
            let made = move |r: &mut ijsberg_register::Register| r.new_second_factor(&password, Some(&code));
            let url = RegisterPool::run(app, visitor.by(), made).await?;
            let (secret, picture) = (grouped(&url), Picture::encode(&url)?);
            page(&Factor { s: Shell::new(app, visitor, "web-two-steps-setting"), url, secret, picture })
        }
        "confirm" => {
            let codes = RegisterPool::run(app, visitor.by(), move |r| r.confirm_second_factor(&code)).await?;
            let s = Shell::new(app, visitor, "web-recovery");
            page(&Codes { done: s.t("web-two-steps-done"), s, codes })
        }
        _ => {
            let made = move |r: &mut ijsberg_register::Register| r.new_recovery_codes(&password, Some(&code));
            let codes = RegisterPool::run(app, visitor.by(), made).await?;
            let s = Shell::new(app, visitor, "web-recovery");
            page(&Codes { done: s.t("web-recovery-made"), s, codes })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Picture, grouped};

    /// Draws the outline again, as a browser does.
    fn drawn(picture: &Picture) -> Vec<Vec<bool>> {
        let mut dark = vec![vec![false; picture.side]; picture.side];
        for run in picture.path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let width: usize = rest.split('v').next().unwrap().parse().unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            dark[y][x..x + width].fill(true);
        }
        dark
    }

    #[test]
    fn the_drawing_is_read_back_as_the_address() {
        let url = "otpauth://totp/ijsberg:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=ijsberg";
        let picture = Picture::encode(url).unwrap();
        let dark = drawn(&picture);
        assert!(dark[..4].iter().flatten().all(|d| !d) && dark.iter().all(|row| row[..4].iter().all(|d| !d)));
        let scale = 4;
        let side = picture.side * scale;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if dark[y / scale][x / scale] { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        assert_eq!(grids[0].decode().unwrap().1, url);
        assert_eq!(grouped(url), "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP");
    }
}
