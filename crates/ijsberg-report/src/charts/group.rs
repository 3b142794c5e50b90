use std::f64::consts::TAU;

use crate::charts::{Chart, Room, Svg, ink};
use crate::text::Text;

/// A registration in the picture of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The text in its circle: a letter or two.
    pub letter: String,
    /// The text below it, such as the list.
    pub label: String,
    /// One of the two that are compared.
    pub compared: bool,
}

/// What was decided about two registrations of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// One person.
    Same,
    /// Two people.
    Different,
    /// Left undecided.
    Undecided,
}

/// A decision in force between two nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The place of one.
    pub a: usize,
    /// The place of the other.
    pub b: usize,
    /// What was decided.
    pub decision: Decision,
    /// The probability that linkage gave; nothing where a person decided.
    pub probability: Option<f64>,
}

/// Registrations on a circle and the decisions between them: a thick line where a person decided that two are one, a thin one with its
/// probability where linkage did, and a broken one where they are not, or it was left undecided.
pub fn group(text: &Text, nodes: &[Node], edges: &[Edge]) -> Option<Chart> {
    if nodes.len() < 2 {
        return None;
    }
    Chart::drawn(|room| Some(draw(text, nodes, edges, room)))
}

/// A decision as a short label for its line, and in words.
fn labels(text: &Text, edge: &Edge) -> (String, String) {
    let words = |key: &str| text.say(&format!("code-decision-{key}"));
    match (edge.decision, edge.probability) {
        (Decision::Same, Some(p)) => (text.percent(p), format!("{} ({})", words("same"), text.percent(p))),
        (Decision::Same, None) => (String::new(), words("same")),
        (Decision::Different, _) => ("≠".to_owned(), words("different")),
        (Decision::Undecided, _) => ("?".to_owned(), words("undecided")),
    }
}

fn draw(text: &Text, nodes: &[Node], edges: &[Edge], room: Room) -> Svg {
    let (width, height) = (room.width(), room.pick(320.0, 300.0));
    let of = |e: &Edge| format!("{}, {}: {}", nodes[e.a].letter, nodes[e.b].letter, labels(text, e).1);
    let names = nodes.iter().map(|n| format!("{} {}", n.letter, n.label));
    let description: Vec<String> = names.chain(edges.iter().map(of)).collect();
    let mut svg = Svg::new(width, height, &text.say("chart-group"), &description.join("; "));
    let radius = 0.5 * width.min(height) - 48.0;
    // The two that are compared lie side by side at the top.
    let turn = |i: usize| TAU * (i as f64 - 0.5) / nodes.len() as f64 - 0.25 * TAU;
    let wide = room.pick(1.8, 1.2) * radius;
    let place = |i: usize| (0.5 * width + wide * turn(i).cos(), 0.5 * height + radius * turn(i).sin());
    for edge in edges {
        let (from, to) = (place(edge.a), place(edge.b));
        match (edge.decision, edge.probability) {
            (Decision::Same, None) => svg.line(from, to, ink::DATA, 4.0),
            (Decision::Same, Some(_)) => svg.line(from, to, ink::MID, 1.5),
            (Decision::Different, _) => svg.dashed(from, to, ink::EMPH, 2.0),
            (Decision::Undecided, _) => svg.dashed(from, to, ink::MUTE, 2.0),
        }
        let (x, y) = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        svg.text(x, y - 5.0, 12.0, "middle", ink::TEXT, &labels(text, edge).0);
    }
    for (i, node) in nodes.iter().enumerate() {
        let (x, y) = place(i);
        svg.dot(x, y, 16.0, if node.compared { ink::EMPH } else { ink::DATA });
        svg.dot(x, y, 13.0, ink::ROW);
        svg.bold(x, y + 4.5, 13.0, "middle", ink::TEXT, &node.letter);
        // Outside, where no line goes.
        let (right, down) = (turn(i).cos(), turn(i).sin());
        let anchor = if right > 0.3 {
            "start"
        } else if right < -0.3 {
            "end"
        } else {
            "middle"
        };
        svg.text(x + 22.0 * right, y + 28.0 * down + 4.0, 12.0, anchor, ink::TEXT, &node.label);
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn a_group_is_described_in_words_as_it_is_drawn() {
        let node = |letter: &str, compared| Node { letter: letter.into(), label: "P".into(), compared };
        let nodes = [node("A", true), node("B", true), node("C", false)];
        let edge = |a, b, decision, probability| Edge { a, b, decision, probability };
        let edges = [
            edge(0, 2, Decision::Same, Some(0.97)),
            edge(1, 2, Decision::Different, None),
            edge(0, 1, Decision::Undecided, None),
        ];
        let chart = group(&Text::new(Language::English), &nodes, &edges).unwrap();
        assert!(chart.description.contains("A, C: ") && chart.description.contains("(97"), "{chart:?}");
        assert_eq!(chart.wide.matches("<circle").count(), 6);
        assert_eq!(chart.wide.matches("stroke-dasharray").count(), 2);
        assert!(group(&Text::new(Language::English), &nodes[..1], &[]).is_none());
    }
}
