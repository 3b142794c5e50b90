//! Every use case of the register, whose business it is, and how it is tried on the data of an organisation.

use std::collections::BTreeMap;
use std::fmt::Debug;

use ijsberg_register::alike::PersonDetails;
use ijsberg_register::cases::Filter;
use ijsberg_register::corrections::Correction;
use ijsberg_register::lanes::Lane;
use ijsberg_register::links::Link;
use ijsberg_register::merge::Fields;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Grant, Operation as O, Role};
use ijsberg_register::records::Ground;
use ijsberg_register::register::Id;
use ijsberg_register::restricting::{Cause, Use};
use ijsberg_register::review::PairFilter;
use ijsberg_register::vault::Identity;
use ijsberg_register::{Register, RegisterError};
use serde_json::{Value, json};

use crate::common::{CHEAP, PASSWORD, fields, notification};

/// What there is of an organisation. Its name is in everything that is called anything.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) organisation: &'static str,
    pub(crate) person: Id,
    /// Another one, whom nobody listed for erasure.
    pub(crate) unlisted: Id,
    /// One whose data are only stored, with a record and a decision.
    pub(crate) aside: Id,
    pub(crate) registrations: Vec<Id>,
    pub(crate) record: Id,
    pub(crate) suspect: Id,
    pub(crate) event: Id,
    pub(crate) decision: Id,
    pub(crate) user: String,
    /// By what something of theirs is known: their name, and every pseudonym as it is written.
    pub(crate) marks: Vec<String>,
}

/// Whose business a use case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UseCaseScope {
    /// That of the organisation whose data it is tried on.
    Own,
    /// That of both organisations.
    Both,
    /// Whatever is within reach; of it comes back this.
    Reach(Shows),
    /// That of all organisations together.
    All,
    /// Beyond one's own, with a reason.
    Beyond,
}

/// What comes back of the data of an organisation within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// Names and pseudonyms.
    Names,
    /// A count: so many of each organisation.
    Number(i64),
    /// Nothing that is of an organisation; what it does is seen in the tables.
    Nothing,
}

type Try = fn(&mut Register, &Data, &Data) -> Result<String, RegisterError>;

/// The method, its operation, whose business it is, and a try on the data of an organisation, with another's beside.
pub(crate) type UseCase = (&'static str, O, UseCaseScope, Try);

fn text<T: Debug>(result: Result<T, RegisterError>) -> Result<String, RegisterError> {
    result.map(|x| format!("{x:?}"))
}

fn ground(organisation: &str) -> Ground<'_> {
    Ground { organisation, purpose: "help", basis: "consent" }
}

fn add(r: &mut Register, d: &Data, kind: &str, v: &Value) -> Result<String, RegisterError> {
    text(r.add_record(kind, Some(&d.person), &ground(d.organisation), &fields(v)))
}

fn status(r: &mut Register, d: &Data) -> Result<String, RegisterError> {
    let user = r.session().unwrap().user.clone();
    let status = json!({"status": "PRESUMED", "deciding_organisation": "NGO", "reasons": "r", "decided_on": "2016", "decided_by": user});
    add(r, d, "status", &status)
}

pub(crate) fn disclosure(organisation: &str) -> Value {
    json!({"recipient": organisation, "purpose": "residence", "basis": "b", "reason": organisation, "content": "c", "decided_on": "2016"})
}

fn grant(role: Role, organisation: &str) -> Grant {
    Grant { role, organisation: organisation.to_owned() }
}

fn link(a: Id, b: Id) -> Link {
    Link { a, b, decision: "same", probability: 0.9, method: "new".into() }
}

fn other_form(d: &Data, at: usize) -> Correction {
    Correction { registration: d.registrations[at], base: 1, value: "SEX_OTHER".to_owned() }
}

/// The person whom every notification of these tests is about.
fn somebody() -> PersonDetails {
    let n = notification("", "");
    let name = ["given_name", "family_name"].map(|f| (f.to_owned(), "x".to_owned()));
    PersonDetails {
        sex: n.sex,
        birth_year: n.birth_year,
        nationality: n.nationality,
        form: n.form,
        identity: name.into(),
    }
}

fn new_case(organisation: &str) -> Notification {
    notification(organisation, "a new case")
}

fn with_records(organisation: &str) -> Notification {
    let mut with = Notification { lane: Lane::Help, ..new_case(organisation) };
    with.records = vec![("means", fields(&json!({"controls": ["Other"]})))];
    with
}

const NAMES: UseCaseScope = UseCaseScope::Reach(Shows::Names);
const NOTHING: UseCaseScope = UseCaseScope::Reach(Shows::Nothing);
use UseCaseScope::{All, Beyond, Both, Own};

/// Every use case. One that is left out here fails a test.
pub(crate) const USE_CASES: &[UseCase] = &[
    // Users, as far as one's own role goes.
    ("add_user", O::ManageUsers, NOTHING, |r, _, _| text(r.add_user("somebody", PASSWORD, CHEAP))),
    ("add_user_of", O::ManageUsers, Own, |r, d, _| {
        text(r.add_user_of("somebody", PASSWORD, d.organisation, CHEAP))
    }),
    ("add_user_of", O::ManageUsers, All, |r, _, _| text(r.add_user_of("somebody", PASSWORD, "*", CHEAP))),
    ("set_grant", O::ManageUsers, Own, |r, d, _| {
        text(r.set_grant(&d.user, &grant(Role::Auditor, d.organisation), true))
    }),
    ("set_grant", O::ManageUsers, Own, |r, d, _| {
        text(r.set_grant(&d.user, &grant(Role::CaseWorker, d.organisation), false))
    }),
    ("set_grant", O::ManageUsers, All, |r, d, _| {
        text(r.set_grant(&d.user, &grant(Role::VaultKeeper, "*"), true))
    }),
    ("set_grant", O::ManageUsers, All, |r, _, _| {
        let user = r.session().unwrap().user.clone();
        text(r.set_grant(&user, &grant(Role::VaultKeeper, "*"), true))
    }),
    ("set_grant", O::ManageUsers, All, |r, d, _| {
        text(r.set_grant("keeper", &grant(Role::VaultKeeper, d.organisation), true))
    }),
    ("set_grant", O::ManageUsers, Both, |r, d, other| {
        text(r.set_grant(&d.user, &grant(Role::Auditor, other.organisation), true))
    }),
    ("set_disabled", O::ManageUsers, Own, |r, d, _| text(r.set_disabled(&d.user, true))),
    ("set_disabled", O::ManageUsers, All, |r, _, _| text(r.set_disabled("second-keeper", true))),
    ("invite", O::ManageUsers, Own, |r, d, _| text(r.invite("somebody", d.organisation, CHEAP).map(|_| ()))),
    ("invite", O::ManageUsers, All, |r, _, _| text(r.invite("somebody", "*", CHEAP).map(|_| ()))),
    ("reset_password", O::ManageUsers, Own, |r, d, _| text(r.reset_password(&d.user, CHEAP).map(|_| ()))),
    ("reset_password", O::ManageUsers, All, |r, _, _| {
        text(r.reset_password("second-keeper", CHEAP).map(|_| ()))
    }),
    ("reset_second_factor", O::ManageUsers, Own, |r, d, _| text(r.reset_second_factor(&d.user))),
    ("reset_second_factor", O::ManageUsers, All, |r, _, _| text(r.reset_second_factor("second-keeper"))),
    ("end_sessions_of", O::ManageUsers, Own, |r, d, _| text(r.end_sessions_of(&d.user))),
    ("end_sessions_of", O::ManageUsers, All, |r, _, _| text(r.end_sessions_of("second-keeper"))),
    ("users", O::ManageUsers, NAMES, |r, _, _| text(r.users())),
    // What is of all organisations together.
    ("add_organisation", O::ManageOrganisations, All, |r, _, _| {
        text(r.add_organisation("new", "new", "NP", "N", true))
    }),
    ("open_lane", O::OpenLane, All, |r, _, _| {
        text(r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "2026-01-01"))
    }),
    ("backing_up", O::Backup, All, |r, _, _| text(r.backing_up())),
    ("rotate_work", O::RotateKeys, All, |r, _, _| text(r.rotate_work())),
    ("retire_work", O::RotateKeys, All, |r, _, _| text(r.retire_work())),
    ("retire_vault", O::RotateKeys, All, |r, _, _| text(r.retire_vault())),
    ("change_passphrases", O::RotateKeys, All, |r, _, _| {
        text(r.change_passphrases(Some("another passphrase"), Some("another passphrase"), CHEAP))
    }),
    ("new_recovery", O::RotateKeys, All, |r, _, _| {
        text(r.new_recovery("another passphrase", "another passphrase", CHEAP))
    }),
    ("anchored", O::RotateKeys, All, |r, _, _| text(r.anchored())),
    ("rotate_vault", O::RotateKeys, All, |r, _, _| text(r.rotate_vault())),
    // Registrations.
    ("notify", O::Notify, Own, |r, d, _| text(r.notify(&[new_case(d.organisation)]))),
    ("notify", O::Notify, Both, |r, d, other| {
        text(r.notify(&[new_case(d.organisation), new_case(other.organisation)]))
    }),
    ("notify", O::WriteRecord, Own, |r, d, _| text(r.notify(&[with_records(d.organisation)]))),
    ("notify", O::Notify, NOTHING, |r, _, _| text(r.notify(&[]))),
    ("notify_dry", O::Notify, Own, |r, d, _| text(r.notify_dry(&[new_case(d.organisation)]))),
    ("notify_dry", O::Notify, Both, |r, d, other| {
        text(r.notify_dry(&[new_case(d.organisation), new_case(other.organisation)]))
    }),
    ("notify_dry", O::WriteRecord, Own, |r, d, _| text(r.notify_dry(&[with_records(d.organisation)]))),
    ("notify_dry", O::Notify, NOTHING, |r, _, _| text(r.notify_dry(&[]))),
    ("correct", O::Correct, Own, |r, d, _| {
        let changes = BTreeMap::from([("sex".to_owned(), "M".to_owned())]);
        text(r.correct(&d.registrations[0], 1, &changes))
    }),
    ("correct_many", O::Correct, Own, |r, d, _| text(r.correct_many("form", &[other_form(d, 1)]))),
    ("correct_many", O::Correct, Both, |r, d, other| {
        text(r.correct_many("form", &[other_form(d, 1), other_form(other, 1)]))
    }),
    ("registrations", O::ReadRegistration, Own, |r, d, _| text(r.registrations(&d.person))),
    ("find", O::ReadRegistration, Own, |r, d, _| text(r.find(d.organisation, "1"))),
    ("cases", O::ReadRegistration, NAMES, |r, _, _| text(r.cases(&Filter::default()).map(|c| c.rows))),
    ("alike", O::ReadRegistration, NAMES, |r, _, _| {
        let same = |_: &Identity, _: &Identity| Some(true);
        let mut all = Vec::new();
        for nationality in ["RO", "BG"] {
            let of = PersonDetails { nationality: nationality.into(), ..somebody() };
            all.extend(r.alike(&of, &same)?.rows);
        }
        text(Ok(all))
    }),
    // Only who may read identities too finds somebody by name.
    ("named", O::ReadRegistration, NOTHING, |r, _, _| text(r.named("Ana", &|_, _| true))),
    ("tasks_of", O::ReadRegistration, Own, |r, d, _| text(r.tasks_of(&d.person))),
    ("search", O::ReadRegistration, NAMES, |r, _, _| text(r.search("", "1"))),
    // Records.
    ("record", O::ReadRecord, Own, |r, d, _| text(r.record("case", &d.record))),
    ("record", O::ReadSuspect, Own, |r, d, _| text(r.record("suspect", &d.suspect))),
    ("records_of", O::ReadRecord, Own, |r, d, _| text(r.records_of(&d.person))),
    ("suspects_of", O::ReadSuspect, Own, |r, d, _| text(r.suspects_of(&d.person))),
    ("access_packet", O::ReadRecord, Own, |r, d, _| text(r.access_packet(&d.person, true))),
    ("add_record", O::WriteRecord, Own, |r, d, _| {
        add(r, d, "case", &json!({"status": "Active", "opened_on": "2016"}))
    }),
    ("add_record", O::WriteRecord, Both, |r, d, other| {
        let case = fields(&json!({"status": "Active", "opened_on": "2016"}));
        text(r.add_record("case", Some(&d.person), &ground(other.organisation), &case))
    }),
    ("add_record", O::WriteSuspect, Own, |r, d, _| {
        text(r.add_record("suspect", None, &ground(d.organisation), &fields(&json!({"roles": ["Other"]}))))
    }),
    ("add_record", O::DecideStatus, Own, |r, d, _| status(r, d)),
    ("add_record", O::Disclose, Own, |r, d, _| add(r, d, "disclosure", &disclosure("aurora"))),
    ("change_record", O::WriteRecord, Own, |r, d, _| {
        let now: Fields = fields(&json!({"status": "Active", "opened_on": "2017"}));
        text(r.change_record("case", &d.record, 1, &now))
    }),
    ("disclosed", O::ReadDisclosed, Own, |r, d, _| text(r.disclosed(d.organisation))),
    // The vault.
    ("identity", O::ReadIdentity, Own, |r, d, _| text(r.identity(&d.person))),
    ("set_identity", O::WriteIdentity, Own, |r, d, _| {
        text(r.set_identity(&d.person, &Identity::from([("phone".to_owned(), "06".to_owned())])))
    }),
    ("break_glass", O::BreakGlass, Beyond, |r, d, _| {
        text(r.break_glass(&d.person, "somebody is in danger", 5, "keeper"))
    }),
    ("broken_glass", O::ReviewBreakGlass, NAMES, |r, _, _| text(r.broken_glass())),
    ("review_broken_glass", O::ReviewBreakGlass, Own, |r, d, _| text(r.review_broken_glass(&d.event))),
    // Links.
    ("link", O::Link, Own, |r, d, _| text(r.link(&[link(d.registrations[0], d.registrations[2])]))),
    ("link", O::Link, Both, |r, d, other| text(r.link(&[link(d.registrations[0], other.registrations[0])]))),
    ("link", O::Link, NOTHING, |r, _, _| text(r.link(&[]))),
    ("relink", O::Link, NOTHING, |r, _, _| text(r.relink("linkage", &[]))),
    ("relink", O::Link, Own, |r, d, _| {
        text(r.relink("linkage", &[link(d.registrations[0], d.registrations[2])]))
    }),
    ("relink", O::Link, Both, |r, d, other| {
        text(r.relink("linkage", &[link(d.registrations[0], other.registrations[0])]))
    }),
    ("undo_link", O::Link, Own, |r, d, _| text(r.undo_link(&d.decision))),
    ("decide", O::Link, Own, |r, d, _| text(r.decide(&d.registrations[0], &d.registrations[1], "same"))),
    ("decide", O::Link, Both, |r, d, other| {
        text(r.decide(&d.registrations[0], &other.registrations[0], "same"))
    }),
    ("side_by_side", O::Link, Own, |r, d, _| text(r.side_by_side(&d.registrations[0], &d.registrations[1]))),
    ("side_by_side", O::Link, Both, |r, d, other| {
        text(r.side_by_side(&d.registrations[0], &other.registrations[0]))
    }),
    ("to_review", O::Link, NAMES, |r, _, _| {
        text(r.to_review(&PairFilter::below(0.95), 100).map(|found| found.pairs))
    }),
    ("judged", O::Link, NAMES, |r, _, _| {
        let hex = |id: &Id| ijsberg_crypto::hex(id);
        text(r.judged().map(|all| all.iter().map(|(a, b, _)| (hex(a), hex(b))).collect::<Vec<_>>()))
    }),
    ("decisions", O::Link, NAMES, |r, _, _| {
        let hex = |id: &Id| ijsberg_crypto::hex(id);
        text(
            r.decisions()
                .map(|all| all.iter().map(|d| [hex(&d.0), hex(&d.1), hex(&d.2)]).collect::<Vec<_>>()),
        )
    }),
    ("duplicates", O::Link, NAMES, |r, _, _| {
        let all = r.duplicates();
        text(all.map(|all| {
            all.iter().flat_map(|g| g.1.iter().map(|id| ijsberg_crypto::hex(id))).collect::<Vec<_>>()
        }))
    }),
    // What leaves the register.
    ("named_lists", O::ExportLists, NAMES, |r, _, _| text(r.named_lists(true))),
    ("histories", O::ExportHistories, NAMES, |r, _, _| text(r.histories(2016, 2016))),
    ("histories_by_year", O::ExportHistories, NOTHING, |r, _, _| text(r.histories_by_year(2016, 2016))),
    ("histories_for_report", O::Publish, All, |r, _, _| text(r.histories_for_report(2016, 2016, &[]))),
    ("histories_for_delivery", O::Publish, All, |r, _, _| text(r.histories_for_delivery(2016, 2016, &[]))),
    ("registered_years", O::Publish, All, |r, _, _| text(r.registered_years())),
    ("proceedings_for_report", O::Publish, All, |r, _, _| text(r.proceedings_for_report(2016))),
    ("lags", O::Publish, All, |r, _, _| text(r.lags())),
    ("released", O::Publish, All, |r, _, _| text(r.released("report"))),
    ("export_htcds", O::ExportCases, NAMES, |r, _, _| text(r.export_htcds())),
    ("export_ctdc", O::ExportCases, NAMES, |r, _, _| text(r.export_ctdc("s", "NL"))),
    // Retention.
    ("set_retention", O::SetRetention, All, |r, _, _| text(r.set_retention("help", 600))),
    ("retention_periods", O::Retain, NOTHING, |r, _, _| text(r.retention_periods())),
    ("hold", O::Retain, Own, |r, d, _| text(r.hold(&d.person, "court", "2030-01-01".parse().unwrap()))),
    ("due_for_erasing", O::Retain, UseCaseScope::Reach(Shows::Number(3)), |r, _, _| {
        text(r.due_for_erasing())
    }),
    ("list_for_erasing", O::Retain, UseCaseScope::Reach(Shows::Number(1)), |r, _, _| {
        text(r.list_for_erasing(7).map(|listed| listed.0))
    }),
    ("listed_for_erasing", O::Retain, NAMES, |r, _, _| text(r.listed_for_erasing())),
    ("list_person_for_erasing", O::Retain, Own, |r, d, _| text(r.list_person_for_erasing(&d.unlisted, 7))),
    ("take_person_off", O::Retain, Own, |r, d, _| text(r.take_person_off(&d.person))),
    ("erase_listed", O::Retain, UseCaseScope::Reach(Shows::Number(2)), |r, _, _| {
        text(r.erase_listed().map(|done| done.persons))
    }),
    // Restriction.
    ("restrict", O::Retain, Own, |r, d, _| text(r.restrict(&d.unlisted, Cause::Claims))),
    ("lift_restriction", O::Retain, Own, |r, d, _| text(r.lift_restriction(&d.aside))),
    ("restricted", O::Retain, NAMES, |r, _, _| text(r.restricted())),
    ("open_restricted", O::ReadRecord, Own, |r, d, _| text(r.open_restricted(&d.aside, Use::Consent))),
    // The log.
    ("audit_entries", O::ReadAudit, NAMES, |r, _, _| text(r.audit_entries(1, 10_000))),
    ("dossier", O::ReadAudit, All, |r, _, _| text(r.dossier())),
    ("audit_entries_before", O::ReadAudit, NAMES, |r, _, _| text(r.audit_entries_before(None, 10_000))),
];

/// Methods that ask no policy, and why not.
pub(crate) const OF_NOBODYS_BUSINESS: &[(&str, &str)] = &[
    ("open", "opens with the keys; nobody is logged in"),
    ("open_with", "opens with the keys; nobody is logged in"),
    ("open_copy", "opens with the keys; nobody is logged in"),
    ("open_canaries", "tells whether the keys fit"),
    ("open_everything", "tells whether everything opens, and nothing that it says"),
    ("recover_administrator", "asks for the recovery key"),
    ("first_user", "works only where there is nobody"),
    ("login", "finds out who it is"),
    ("logout", "forgets who it was"),
    ("resume", "goes on for who logged in"),
    ("resume_token", "goes on for whose token it is"),
    ("session", "tells who is logged in to whoever calls"),
    ("at_console", "says that the keys are in hand"),
    ("begin_session", "finds out who it is"),
    ("resume_session", "goes on for whose session it is"),
    ("leave", "ends the session whose secret one has"),
    ("notices", "emergencies of which the user was notified"),
    ("acknowledge", "emergencies of which the user was notified"),
    ("sessions", "one's own account"),
    ("end_session", "one's own account"),
    ("open_sessions", "tells how many there are"),
    ("saved_views", "one's own account"),
    ("save_view", "one's own account"),
    ("remove_view", "one's own account"),
    ("own_account", "one's own account"),
    ("change_password", "one's own account"),
    ("new_second_factor", "one's own account"),
    ("confirm_second_factor", "one's own account"),
    ("recovery", "one's own account"),
    ("recovery_seen", "one's own account"),
    ("new_recovery_codes", "one's own account"),
    ("first_password_is_for_one_time", "one's own account"),
    ("nobody_exists", "whether anybody in the register exists"),
    ("issue_token", "one's own account"),
    ("tokens", "one's own account"),
    ("revoke_token", "one's own account"),
    ("organisations", "names of organisations, which are no persons, for who is logged in"),
    ("glance", "offers what is nobody's business, and that is listed here too"),
    ("lanes", "lawful bases, for who is logged in"),
    ("waiting", "counts of what waits within one's own reach"),
    ("verify_storage", "reads no row"),
    ("verify_audit", "tells whether the log holds, and no entry"),
    ("checkpoint_at", "tells a hash"),
    ("signed_checkpoint", "tells a hash"),
    ("agrees_with", "tells whether the log holds what it held, and no entry"),
    ("counts", "counts of whole tables, to compare a copy"),
    ("driver", "the storage, for tests and measurements"),
];
