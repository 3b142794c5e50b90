//! Do intervals cover the truth when only codes were linked? `codes_coverage SEEDS [PERSONS]`: synthetic lists at three levels of dirt
//! become codes by the schema that is proposed for them; independence of the lists (as they were made), averaged over draws
//! with links put back as the model says, and without.

#[path = "common/answers.rs"]
mod answers;

use ijsberg_linkage::codes::encode::Encoder;
use ijsberg_linkage::codes::file::CodeFile;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::codes::score::CodeLists;
use ijsberg_linkage::evaluate::{Quality, quality};
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::histories::{histories, restored_between};
use ijsberg_linkage::link::link_codes;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::record::Record;
use ijsberg_linkage::schema::Schema;

use answers::{Answer, answer, print_head, print_scores};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let seeds = arguments.first().copied().unwrap_or(100);
    let persons = arguments.get(1).map_or(Design::default().persons, |p| *p as usize);
    print_head();
    for damage in [0.5, 1.0, 1.5] {
        let (mut put_back, mut bare, mut links) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 1..=seeds {
            let (a, b, q) = once(&Design { damage, persons, ..Design::default() }, seed)?;
            put_back.push(a);
            bare.push(b);
            links.push(q);
        }
        print_scores(&damage.to_string(), "put-back", persons, &put_back);
        print_scores(&damage.to_string(), "as-recognised", persons, &bare);
        let mean = |of: &dyn Fn(&Quality) -> f64| links.iter().map(of).sum::<f64>() / links.len() as f64;
        println!(
            "# dirt {damage}: precision {:.3}, recall {:.3}, F1 {:.3}",
            mean(&|q| q.precision),
            mean(&|q| q.recall),
            mean(&|q| q.f1)
        );
    }
    Ok(())
}

fn cells(r: &Record) -> Vec<String> {
    let part = |x: Option<u8>| x.map_or_else(String::new, |x| format!("-{x:02}"));
    let one = |t: Option<&String>| t.cloned().unwrap_or_default();
    let birth =
        r.birth.map_or_else(String::new, |b| format!("{:04}{}{}", b.year, part(b.month), part(b.day)));
    vec![one(r.given.first()), one(r.family.first()), birth, one(r.sex.as_ref()), one(r.nationality.as_ref())]
}

fn once(design: &Design, seed: u64) -> anyhow::Result<(Answer, Answer, Quality)> {
    let s = generate(design, seed);
    let header: Vec<String> = ["given", "family", "birth", "sex", "nationality"].map(str::to_owned).to_vec();
    let schema = CodeSchema::propose(&Schema::propose(&header), &header, b"salt");
    let encoder = Encoder::new(&schema, b"a secret only for this measurement")?;
    let names: Vec<String> = design.lists.iter().map(|l| l.0.clone()).collect();
    let mut truth = Vec::new();
    let files = names.iter().enumerate().map(|(list, name)| {
        let own = s.records.iter().enumerate().filter(|(_, r)| r.list == list);
        let rows: Vec<(u64, Vec<String>)> = own.map(|(i, r)| (i as u64, cells(r))).collect();
        truth.extend(rows.iter().map(|(i, _)| s.truth[*i as usize]));
        let codes = encoder.encode(&rows, seed)?;
        let rows = rows.iter().map(|r| r.0).zip(codes).collect();
        Ok(CodeFile::new(name, &schema, &encoder, rows))
    });
    let lists = CodeLists::new(&files.collect::<anyhow::Result<Vec<_>>>()?)?;
    let sampling = Sampling { draws: 10, thin: 10, seed, ..Sampling::default() };
    let linked = link_codes(&lists, &sampling, &|| ());
    let draws = || linked.draws.all().enumerate();
    let back =
        |(k, g): (usize, &Vec<u32>)| restored_between(g, &lists.lists, &linked.between, seed, k as u64);
    let put_back = answer(&names, draws().map(back).collect())?;
    let bare = answer(&names, draws().map(|(_, g)| histories(g, &lists.lists)).collect())?;
    Ok((put_back, bare, quality(&linked.groups, &truth)))
}
