//! Servers that answer as the documentation of ODK Central, KoboToolbox, DHIS2 and Primero shows, on this machine. The people in them are
//! synthetic, and each has a name that stands nowhere else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A name that must be in nothing that is written down.
pub(crate) const CANARY: &str = "Kanarievogel";

/// A request that was received.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecordedRequest {
    /// Method and target.
    pub(crate) line: String,
    pub(crate) authorization: String,
    pub(crate) body: String,
}

/// What is answered.
pub(crate) enum Reply {
    /// A page.
    Page(Value),
    /// A token, as Primero issues it.
    Token(&'static str),
    /// A status with further headers.
    Status(u16, &'static str),
    /// Part of a page, and then nothing more.
    Cut,
    /// Nothing, while the connection stays open.
    Never,
}

/// A server that records requests, until the test ends.
pub(crate) struct RecordingServer {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl RecordingServer {
    /// Answers each question, by how many came before it.
    pub(crate) fn new(answer: impl Fn(usize, &RecordedRequest) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(ask) = read(&stream) else { continue };
                let before = kept.lock().unwrap().len();
                kept.lock().unwrap().push(ask.clone());
                match answer(before, &ask) {
                    Reply::Never => open.push(stream),
                    reply => write(&stream, &reply),
                }
            }
        });
        Self { url, asked }
    }

    /// Everything that was asked so far.
    pub(crate) fn asked(&self) -> Vec<RecordedRequest> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<RecordedRequest> {
    let mut lines = BufReader::new(stream);
    let mut ask = RecordedRequest::default();
    let mut length = 0;
    lines.read_line(&mut ask.line).ok()?;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "authorization" => value.clone_into(&mut ask.authorization),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    ask.body = String::from_utf8(body).ok()?;
    Some(ask)
}

fn write(mut stream: &TcpStream, reply: &Reply) {
    let text = match reply {
        Reply::Page(page) => {
            let body = page.to_string();
            format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        }
        Reply::Token(token) => {
            format!("HTTP/1.1 200 OK\r\nauthorization: Bearer {token}\r\ncontent-length: 2\r\n\r\n{{}}")
        }
        Reply::Status(status, headers) => {
            let body = format!("{{\"message\": \"{CANARY}\"}}");
            format!("HTTP/1.1 {status} No\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
        }
        Reply::Cut => "HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n{\"value\": [".to_owned(),
        Reply::Never => return,
    };
    // The client may have closed the connection.
    let _ = stream.write_all(text.as_bytes());
}

/// Which system answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Odk,
    Kobo,
    Dhis2,
    Primero,
}

pub(crate) const SYSTEMS: [System; 4] = [System::Odk, System::Kobo, System::Dhis2, System::Primero];

impl System {
    /// What is typed in to pull from it.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Odk => &["odk", "--project", "7", "--form", "simple"],
            Self::Kobo => &["kobo", "--asset", "aGAcvhamUDuDTtbkyeikbD"],
            Self::Dhis2 => &["dhis2", "--program", "IpHINAT79UW", "--unit", "DiszpKrYNg8"],
            Self::Primero => &["primero"],
        }
    }

    /// Where its records are.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Odk => "GET /v1/projects/7/forms/simple.svc/Submissions?",
            Self::Kobo => "GET /api/v2/assets/aGAcvhamUDuDTtbkyeikbD/data/?",
            Self::Dhis2 => "GET /api/tracker/trackedEntities?",
            Self::Primero => "GET /api/v2/cases?",
        }
    }

    /// The token in the file, and what the server is shown.
    pub(crate) fn token(self) -> (&'static str, &'static str) {
        match self {
            Self::Odk => ("tokenofodk", "Bearer tokenofodk"),
            Self::Kobo => ("tokenofkobo", "Token tokenofkobo"),
            Self::Dhis2 => ("d2pat_tokenofdhis2", "ApiToken d2pat_tokenofdhis2"),
            Self::Primero => ("ann:passwordofann", "Bearer header.payload.secret"),
        }
    }

    /// A mapping in which the name has no column.
    pub(crate) fn mapping(self) -> &'static str {
        match self {
            Self::Odk => {
                "[columns]\n\"__id\" = \"case\"\n\"__system/submissionDate\" = \"date\"\n\"person/sex\" = \"sex\"\n"
            }
            Self::Kobo => {
                "[columns]\n\"_id\" = \"case\"\n\"_submission_time\" = \"date\"\n\"person/sex\" = \"sex\"\n"
            }
            Self::Dhis2 => {
                "[columns]\n\"trackedEntity\" = \"case\"\n\"enrollments/1/enrolledAt\" = \"date\"\n\
                 \"attributes/cejWyOfXge6\" = \"sex\"\n"
            }
            Self::Primero => {
                "[columns]\n\"id\" = \"case\"\n\"registration_date\" = \"date\"\n\"sex\" = \"sex\"\n"
            }
        }
    }

    /// What the record with this number is known by.
    pub(crate) fn id(self, n: usize) -> String {
        match self {
            Self::Odk => format!("uuid:85cb9aff-005e-4edd-9739-{n:012}"),
            Self::Kobo => format!("{}", 4500 + n),
            Self::Dhis2 => format!("F8yKM85N{n:03}"),
            Self::Primero => format!("b3222e84-a5d7-4692-a643-{n:012}"),
        }
    }

    fn record(self, n: usize) -> Value {
        let (id, day) = (self.id(n), format!("2016-05-{:02}", 1 + n));
        let name = format!("{CANARY} {n}");
        match self {
            Self::Odk => json!({
                "__id": id,
                "__system": {"submissionDate": format!("{day}T17:10:43.255Z"), "submitterId": "5", "deviceId": null},
                "person": {"sex": "F", "name": name}, "meta": {"instanceID": id}
            }),
            Self::Kobo => json!({
                "_id": 4500 + n, "_uuid": format!("2e599f6f-{n}"), "_submission_time": format!("{day}T07:06:11"),
                "person/sex": "F", "person/name": name, "_attachments": [], "_geolocation": [null, null]
            }),
            Self::Dhis2 => json!({
                "trackedEntity": id, "trackedEntityType": "nEenWmSyUEp", "orgUnit": "DiszpKrYNg8",
                "attributes": [
                    {"attribute": "cejWyOfXge6", "displayName": "Gender", "value": "F"},
                    {"attribute": "TfdH5KvFmMy", "displayName": "First Name", "value": name}
                ],
                "enrollments": [{"enrollment": format!("e{n}"), "enrolledAt": format!("{day}T00:00:00.000")}]
            }),
            Self::Primero => json!({
                "id": id, "sex": "F", "name": name, "registration_date": day, "case_id_display": format!("f15a1{n}")
            }),
        }
    }

    /// The page that was asked for, of so many records.
    pub(crate) fn page(self, line: &str, of: usize) -> Value {
        let number = |names: &[&str]| {
            let query = line.split_once('?').map_or("", |(_, query)| query);
            let parts = query.split(['&', ' ']).filter_map(|part| part.split_once('='));
            parts.filter(|(name, _)| names.contains(name)).find_map(|(_, n)| n.parse::<usize>().ok())
        };
        let per = number(&["$top", "%24top", "limit", "pageSize", "per"]).unwrap();
        let paged = number(&["page"]).map(|page| (page - 1) * per);
        let begin = paged.or_else(|| number(&["%24skiptoken", "start"])).unwrap_or(0);
        let end = (begin + per).min(of);
        let all: Vec<Value> = (begin..end).map(|n| self.record(n)).collect();
        let more = end < of;
        match self {
            Self::Odk => {
                let mut page = json!({
                    "@odata.context": "https://your.odk.server/v1/projects/7/forms/simple.svc/$metadata#Submissions",
                    "@odata.count": of, "value": all
                });
                if more {
                    // The name that a server has for itself may be another than the one that was asked for.
                    page["@odata.nextLink"] = json!(format!(
                        "https://your.odk.server/v1/projects/7/forms/simple.svc/Submissions?%24top={per}&%24count=true&%24expand=*&%24skiptoken={end}"
                    ));
                }
                page
            }
            Self::Kobo => {
                let next = format!(
                    "https://kf.kobotoolbox.org/api/v2/assets/aGAcvhamUDuDTtbkyeikbD/data/?format=json&limit={per}&start={end}"
                );
                json!({"count": of, "next": more.then_some(next), "previous": null, "results": all})
            }
            Self::Dhis2 => {
                json!({"pager": {"page": begin / per + 1, "pageSize": per}, "trackedEntities": all})
            }
            Self::Primero => {
                json!({"data": all, "metadata": {"total": of, "per": per, "page": begin / per + 1}})
            }
        }
    }

    /// What the server answers when nothing is wrong.
    pub(crate) fn answer(self, ask: &RecordedRequest, of: usize) -> Reply {
        if ask.line.starts_with("POST /api/v2/tokens ") {
            let sent: Value = serde_json::from_str(&ask.body).unwrap();
            assert_eq!(sent, json!({"user": {"user_name": "ann", "password": "passwordofann"}}));
            return Reply::Token("header.payload.secret");
        }
        if ask.authorization != self.token().1 {
            return Reply::Status(401, "");
        }
        Reply::Page(self.page(&ask.line, of))
    }
}
