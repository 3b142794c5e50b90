//! Compressed answers: what is long and the same for everybody, and nothing of the register, nor anything that repeats what it was
//! asked.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::common::{Site, body};

impl Site {
    /// How an answer is encoded for a browser that takes compressed ones, and how long it is.
    async fn squeezed(&self, path: &str, cookie: &str) -> (Option<String>, usize) {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT_ENCODING, "gzip, deflate, br");
        let answer = self.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let coded = answer.headers().get(header::CONTENT_ENCODING).map(|v| v.to_str().unwrap().to_owned());
        (coded, axum::body::to_bytes(answer.into_body(), 1 << 24).await.unwrap().len())
    }
}

#[tokio::test]
async fn what_is_the_same_for_everybody_is_compressed() {
    let site = Site::new();
    for path in ["/assets/app.css", "/assets/app.js", "/assess", "/assess/all", "/assess/instruments.json"] {
        let plain = body(site.get(path, "").await).await;
        let (coded, bytes) = site.squeezed(path, "").await;
        assert_eq!(coded.as_deref(), Some("gzip"), "{path}");
        assert!(2 * bytes < plain.len(), "{path}: {bytes} of {}", plain.len());
    }
    assert_eq!(site.squeezed("/assets/public-sans.woff2", "").await.0, None);
}

#[tokio::test]
async fn what_tells_of_somebody_or_repeats_what_was_asked_comes_as_it_is() {
    let site = Site::new();
    let keeper = site.log_in("keeper").await;
    let person = format!("/person/{}", site.person);
    let pair = format!("/review/{}/{}", site.registrations[0], site.registrations[1]);
    for path in [
        "/register",
        "/notify",
        "/review",
        "/users",
        "/audit",
        "/account",
        "/retention",
        person.as_str(),
        pair.as_str(),
        "/import",
        "/estimate?with=guess",
        "/assess?step=2",
        "/assess/all?secret=guess",
    ] {
        assert_eq!(site.squeezed(path, &keeper).await.0, None, "{path}");
    }
}
