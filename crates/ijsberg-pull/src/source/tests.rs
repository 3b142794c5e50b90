//! Pages as the documentation of each system shows them; the people in them are synthetic.

use serde_json::json;

use super::*;

fn page(source: &Source, query: &str, body: &Value) -> Result<Page, PullError> {
    source.page(query, body.to_string().as_bytes())
}

fn ids(page: &Page) -> Vec<&str> {
    page.records.iter().map(|r| r.id.as_deref().unwrap_or("")).collect()
}

#[test]
fn odk_central_leads_on_with_a_cursor_and_never_elsewhere() {
    let odk = Source::Odk { project: 7, form: "simple form".to_owned() };
    assert_eq!(odk.path(), "/v1/projects/7/forms/simple%20form.svc/Submissions");
    let mut body = json!({
        "@odata.context": "https://your.odk.server/v1/projects/7/forms/simple.svc/$metadata#Submissions",
        "@odata.count": 3,
        "@odata.nextLink": "http://elsewhere.example/v1/x.svc/Submissions?%24top=1&%24skiptoken=01eyJ9#x",
        "value": [{
            "__id": "uuid:85cb9aff-005e-4edd-9739-dc9c1a829c44",
            "__system": {"submissionDate": "2017-09-20T17:10:43.255Z", "deviceId": null},
            "age": 25, "meta": {"instanceID": "uuid:85cb9aff-005e-4edd-9739-dc9c1a829c44"}, "name": "Bob"
        }]
    });
    let read = page(&odk, &odk.first(1), &body).unwrap();
    assert_eq!(read.next.as_deref(), Some("%24top=1&%24skiptoken=01eyJ9"));
    assert_eq!((read.total, ids(&read)), (Some(3), vec!["uuid:85cb9aff-005e-4edd-9739-dc9c1a829c44"]));
    assert_eq!(read.records[0].fields["__system/submissionDate"], "2017-09-20T17:10:43.255Z");
    body["@odata.nextLink"] = json!("https://your.odk.server/v1");
    assert!(matches!(page(&odk, "", &body), Err(PullError::Answer)));
    body["value"] = json!([]);
    assert!(page(&odk, "", &body).unwrap().next.is_none());
    assert!(matches!(odk.page("", b"{\"value\": ["), Err(PullError::Answer)));
}

#[test]
fn kobotoolbox_leads_on_with_a_link() {
    let kobo = Source::Kobo { asset: "aGAcvhamUDuDTtbkyeikbD".to_owned() };
    let mut body = json!({
        "count": 2, "previous": null,
        "next": "https://kf.kobotoolbox.org/api/v2/assets/aGAcvhamUDuDTtbkyeikbD/data/?format=json&limit=1&start=1",
        "results": [{"_id": 4503, "_uuid": "2e59", "group/sex": "F", "_geolocation": [null, null]}]
    });
    let read = page(&kobo, &kobo.first(1), &body).unwrap();
    assert_eq!(read.next.as_deref(), Some("format=json&limit=1&start=1"));
    assert_eq!((ids(&read), read.total), (vec!["4503"], Some(2)));
    assert!(!read.records[0].fields.contains_key("_geolocation"));
    body["next"] = json!(null);
    assert!(page(&kobo, "", &body).unwrap().next.is_none());
}

#[test]
fn dhis2_leads_on_by_number_and_names_its_attributes() {
    let dhis2 = Source::Dhis2 { program: "IpHINAT79UW".to_owned(), unit: "DiszpKrYNg8".to_owned() };
    let first = dhis2.first(1);
    assert!(first.starts_with("program=IpHINAT79UW&orgUnits=DiszpKrYNg8&orgUnitMode=DESCENDANTS"), "{first}");
    assert!(first.contains("attributes%5Battribute") && first.ends_with("&pageSize=1&page=1"), "{first}");
    let body = json!({
        "pager": {"page": 1, "pageSize": 1},
        "trackedEntities": [{
            "trackedEntity": "F8yKM85NbxW", "orgUnit": "DiszpKrYNg8",
            "attributes": [
                {"attribute": "TfdH5KvFmMy", "displayName": "First Name", "value": "Sarah"},
                {"attribute": "B6TnnFMgmCk", "displayName": "Age (years)", "value": "30"}
            ],
            "enrollments": [{"enrollment": "x", "enrolledAt": "2019-08-21T13:25:38.022"}]
        }]
    });
    let read = page(&dhis2, &first, &body).unwrap();
    assert!(read.next.as_deref().is_some_and(|n| n.ends_with("&pageSize=1&page=2")), "{:?}", read.next);
    assert_eq!(read.records[0].fields["attributes/TfdH5KvFmMy"], "Sarah");
    assert_eq!(read.records[0].fields["enrollments/1/enrolledAt"], "2019-08-21T13:25:38.022");
    assert_eq!(read.labels["attributes/B6TnnFMgmCk"], "Age (years)");
    let last = json!({"pager": {"page": 1, "pageSize": 50}, "instances": [{"trackedEntity": "a"}]});
    assert!(page(&dhis2, &first, &last).unwrap().next.is_none());
}

#[test]
fn primero_leads_on_by_number_up_to_its_total() {
    let body = json!({
        "data": [{"id": "b3222e84-a5d7-4692-a643-1ab3d41f17d6", "sex": "female", "name": "Edwine Edgemont"}, {"sex": "male"}],
        "metadata": {"total": 3, "per": 2, "page": 1}
    });
    let read = page(&Source::Primero, &Source::Primero.first(2), &body).unwrap();
    assert_eq!(read.next.as_deref(), Some("per=2&page=2"));
    assert_eq!(ids(&read), ["b3222e84-a5d7-4692-a643-1ab3d41f17d6", ""]);
    assert!(page(&Source::Primero, "per=2&page=2", &body).unwrap().next.is_none());
    assert!(matches!(page(&Source::Primero, "", &json!({"errors": []})), Err(PullError::Answer)));
}
