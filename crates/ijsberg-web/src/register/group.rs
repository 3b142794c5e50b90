//! The picture of what was decided about the registrations around a pair.

use ijsberg_register::group::{Group, MOST_MEMBERS, MemberDecision};
use ijsberg_register::links::LINKAGE;
use ijsberg_register::registrations::Registration;
use ijsberg_report::charts::{self, Decision, Edge, Node};
use ijsberg_report::html::figure;

use crate::shell::Shell;

/// A group as the page shows it.
pub(crate) struct GroupPicture {
    /// The drawing, made here from codes.
    pub(crate) figure: String,
    /// How many registrations the person would have; nothing where the two are joined already.
    pub(crate) would: Option<String>,
    /// Each registration beside its letter: the list, and when it happened.
    pub(crate) members: Vec<(String, String)>,
    /// That there are more than are shown.
    pub(crate) more: Option<String>,
}

/// A letter for each member: A and B are the two that are compared.
fn letter(at: usize) -> String {
    char::from(b'A' + (at % 26) as u8).to_string()
}

fn edge(link: &MemberDecision) -> Edge {
    let decision = match link.decision.as_str() {
        "same" => Decision::Same,
        "different" => Decision::Different,
        _ => Decision::Undecided,
    };
    let probability = (link.method == LINKAGE).then_some(link.probability);
    Edge { a: link.a, b: link.b, decision, probability }
}

/// The picture; nothing where no decision but the one on the pair itself says anything.
pub(crate) fn pictured(s: &Shell<'_>, group: &Group) -> Option<GroupPicture> {
    if group.members.len() < 3 {
        return None;
    }
    let member =
        |(at, r): (usize, &Registration)| (letter(at), format!("{}, {}", r.list, s.text.day(&r.happened_on)));
    let node = |(at, r): (usize, &Registration)| Node {
        letter: letter(at),
        label: r.list.clone(),
        compared: at < 2,
    };
    let nodes: Vec<Node> = group.members.iter().enumerate().map(node).collect();
    let edges: Vec<Edge> = group.links.iter().map(edge).collect();
    let mut drawn = String::new();
    figure(&mut drawn, &s.t("web-group"), charts::group(s.text, &nodes, &edges).as_ref());
    let joined = edges.iter().any(|e| (e.a, e.b, e.decision) == (0, 1, Decision::Same));
    Some(GroupPicture {
        figure: drawn,
        would: (!joined).then(|| {
            let key = if group.more { "web-group-would-more" } else { "web-group-would" };
            s.f(key, "n", group.members.len())
        }),
        members: group.members.iter().enumerate().map(member).collect(),
        more: group.more.then(|| s.f("web-group-more", "n", MOST_MEMBERS)),
    })
}
