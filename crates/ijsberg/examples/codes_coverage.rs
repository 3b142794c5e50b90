//! Do intervals cover the truth when only codes were linked? `codes_coverage SEEDS [PERSONS]`: synthetic lists at three levels of dirt
//! become codes by the schema that is proposed for them; independence of the lists (as they were made), averaged over draws
//! with links put back as the model says, and without.

use ijsberg_linkage::codes::encode::Encoder;
use ijsberg_linkage::codes::file::CodeFile;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::codes::score::CodeLists;
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::histories::{histories, restored_between};
use ijsberg_linkage::link::link_codes;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::record::Record;
use ijsberg_linkage::schema::Schema;
use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::linkage::average;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::methods::{Settings, Silent, run};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let seeds = arguments.first().copied().unwrap_or(100);
    let persons = arguments.get(1).map_or(Design::default().persons, |p| *p as usize);
    println!("dirt,method,seeds,bias,rmse,coverage,width");
    for damage in [0.5, 1.0, 1.5] {
        let mut all: [Vec<Answer>; 2] = Default::default();
        for seed in 1..=seeds {
            let design = Design { damage, persons, ..Design::default() };
            once(&design, seed)?.into_iter().zip(&mut all).for_each(|(answer, all)| all.push(answer));
        }
        for (name, all) in ["put-back", "as-recognised"].iter().zip(&all) {
            let (n, truth) = (all.len() as f64, persons as f64);
            let errors: Vec<f64> = all.iter().map(|e| e.0 / truth - 1.0).collect();
            let bias = errors.iter().sum::<f64>() / n;
            let rmse = (errors.iter().map(|e| e * e).sum::<f64>() / n).sqrt();
            let covered = all.iter().filter(|e| e.1 <= truth && truth <= e.2).count() as f64 / n;
            let width = all.iter().map(|e| (e.2 - e.1) / truth).sum::<f64>() / n;
            println!("{damage},{name},{seeds},{bias:.4},{rmse:.4},{covered:.3},{width:.4}");
        }
    }
    Ok(())
}

type Answer = (f64, f64, f64);
/// From the number of a draw and its groups to histories.
type Tabulate<'a> = dyn Fn(usize, &[u32]) -> Vec<(u32, u64)> + 'a;

fn cells(r: &Record) -> Vec<String> {
    let part = |x: Option<u8>| x.map_or_else(String::new, |x| format!("-{x:02}"));
    let one = |t: Option<&String>| t.cloned().unwrap_or_default();
    let birth =
        r.birth.map_or_else(String::new, |b| format!("{:04}{}{}", b.year, part(b.month), part(b.day)));
    vec![one(r.given.first()), one(r.family.first()), birth, one(r.sex.as_ref()), one(r.nationality.as_ref())]
}

fn once(design: &Design, seed: u64) -> anyhow::Result<[Answer; 2]> {
    let s = generate(design, seed);
    let header: Vec<String> = ["given", "family", "birth", "sex", "nationality"].map(str::to_owned).to_vec();
    let schema = CodeSchema::propose(&Schema::propose(&header), &header, b"salt");
    let encoder = Encoder::new(&schema, b"a secret only for this measurement")?;
    let names: Vec<String> = design.lists.iter().map(|l| l.0.clone()).collect();
    let files = names.iter().enumerate().map(|(list, name)| {
        let own = s.records.iter().enumerate().filter(|(_, r)| r.list == list);
        let rows: Vec<(u64, Vec<String>)> = own.map(|(i, r)| (i as u64, cells(r))).collect();
        let codes = encoder.encode(&rows, seed)?;
        let rows = rows.iter().map(|r| r.0).zip(codes).collect();
        Ok(CodeFile::new(name, &schema, &encoder, rows))
    });
    let lists = CodeLists::new(&files.collect::<anyhow::Result<Vec<_>>>()?)?;
    let sampling = Sampling { draws: 10, thin: 10, seed, ..Sampling::default() };
    let linked = link_codes(&lists, &sampling, &|| ());
    let estimate = |cells: Vec<(u32, u64)>| -> anyhow::Result<Vec<Estimate>> {
        let h = Histories::new(names.clone(), cells)?;
        let settings = Settings { methods: vec!["mt".to_owned()], ..Settings::default() };
        Ok(run(&Engine::new(&h), &[], &settings, &Silent))
    };
    let put_back = |k: usize, g: &[u32]| restored_between(g, &lists.lists, &linked.between, seed, k as u64);
    let over = |table: &Tabulate<'_>| -> anyhow::Result<Answer> {
        let draws = linked.draws.all().enumerate().map(|(k, g)| estimate(table(k, g)));
        let averaged = average(&draws.collect::<anyhow::Result<Vec<_>>>()?, 0.95).0;
        Ok(averaged.first().map_or((f64::NAN, f64::NAN, f64::NAN), |e| {
            let i = e.interval;
            (e.n_hat.unwrap_or(f64::NAN), i.map_or(f64::NAN, |i| i.lower), i.map_or(f64::NAN, |i| i.upper))
        }))
    };
    Ok([over(&put_back)?, over(&|_, g| histories(g, &lists.lists))?])
}
