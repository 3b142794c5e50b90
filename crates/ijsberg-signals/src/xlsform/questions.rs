//! A form as an instrument: its questions that are answered yes or no.

use super::{Finding, Form, Kind};
use crate::answer::Answer;
use crate::fault::Unread;
use crate::rules::{Block, Question, Questions, Words};

/// Questions that are new get this: the middle, until somebody says how much asking may hurt.
const HARM: u8 = 2;

impl Form {
    /// The questions of a form, to be looked at before they are used: fields of one choice among answers become questions, in
    /// the blocks that they stand in. What the form cannot say (how much asking may hurt, what is an indication) is taken from
    /// the question of the same name in `base`, if there is one. What could not be taken over is named.
    pub fn questions(&self, base: &Questions) -> (Questions, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut made = Questions { blocks: Vec::new(), questions: Vec::new(), ..base.clone() };
        if let Some(id) = self.settings.get("form_id").filter(|s| !s.is_empty()) {
            id.clone_into(&mut made.id);
        }
        if let Some(version) = self.settings.get("version").filter(|s| !s.is_empty()) {
            version.clone_into(&mut made.version);
        }
        for f in &self.fields {
            let mut find = |what: Unread| {
                findings.push(Finding { cell: format!("survey: {}", f.name), what });
            };
            let Kind::One(list, _) = &f.kind else {
                if !["key", "facts_on"].contains(&f.name.as_str()) {
                    find(Unread::NotOneAnswer {});
                }
                continue;
            };
            let mut choices = self.choices.iter().filter(|c| c.list == *list);
            if !choices.all(|c| Answer::parse(&c.name).is_some()) {
                find(Unread::OtherChoices {});
                continue;
            }
            let known = base.get(&f.name);
            let label = |code: &str| {
                let of = f.labels.iter().find(|(l, _)| l.to_lowercase().contains(code)).map(|l| l.1);
                of.or_else(|| f.labels.get("")).cloned()
            };
            let (Some(en), Some(nl)) = (label("(en)"), label("(nl)")) else {
                find(Unread::NoWords {});
                continue;
            };
            let group = f.within.last().map_or("form", String::as_str);
            let block = group.strip_prefix("block_").unwrap_or(group).to_owned();
            if !made.blocks.iter().any(|b| b.id == block) {
                let text = base.blocks.iter().find(|b| b.id == block).map(|b| b.text.clone());
                let text = text.unwrap_or_else(|| Words { en: block.clone(), nl: block.clone() });
                made.blocks.push(Block { id: block.clone(), text });
            }
            let relevant = f.columns.get("relevant").map(String::as_str).unwrap_or_default();
            let parent =
                relevant.strip_prefix("${").and_then(|r| r.strip_suffix("} = 'yes'")).map(str::to_owned);
            let parent = parent.filter(|p| !p.contains('$'));
            let in_vain = relevant.strip_prefix("${").and_then(|r| r.split_once("} = 'unknown' or ${"));
            let in_vain =
                in_vain.filter(|(p, rest)| *rest == format!("{p}}} = 'refused'")).map(|i| i.0.to_owned());
            if parent.is_none() && in_vain.is_none() && !relevant.is_empty() {
                find(Unread::Condition {});
            }
            made.questions.push(Question {
                id: f.name.clone(),
                block,
                harm: known.map_or(HARM, |k| k.harm),
                indication: known.is_some_and(|k| k.indication),
                of: known.and_then(|k| k.of),
                opens: known.is_some_and(|k| k.opens),
                status: known.is_some_and(|k| k.status),
                ties: known.is_some_and(|k| k.ties),
                only_if: parent,
                if_open: in_vain,
                fact: known.filter(|k| k.text.en == en && k.text.nl == nl).and_then(|k| k.fact.clone()),
                text: Words { en, nl },
            });
        }
        made.indications.retain(|i| i.all.iter().all(|q| made.questions.iter().any(|m| m.id == *q)));
        (made, findings)
    }
}
