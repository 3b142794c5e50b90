//! Learns and judges: intervals of the model space on worlds of known size.
use std::io::Write;

use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::simulate::worlds::{self, WORLDS};
use ijsberg_mse::space::{Kin, Space, Weighing};
use rayon::prelude::*;

fn main() {
    let mut args = std::env::args().skip(1);
    let draws: u64 = args.next().and_then(|a| a.parse().ok()).unwrap_or(50);
    let only = args.next();
    let schemes: Vec<(String, Weighing)> = [(0.6, 0.3), (1.0, 0.3), (0.3, 0.3)]
        .iter()
        .flat_map(|(schwarz, extended)| {
            [0.0, 1.0, 2.0].map(|differing| {
                (format!("s{schwarz} e{extended} d{differing}"), Weighing { schwarz: *schwarz, extended: *extended, differing })
            })
        })
        .collect();
    let out = std::sync::Mutex::new(std::io::BufWriter::new(std::fs::File::create("/tmp/calibrate.csv").unwrap()));
    writeln!(out.lock().unwrap(), "world,draw,t,n,truth,overlap,scheme,q025,q05,q5,q95,q975,top,wlog,whet,wboth,wlat,p,df,chao05,lowmed,highmed").unwrap();
    for (i, world) in WORLDS.iter().enumerate() {
        if only.as_ref().is_some_and(|o| !o.split(',').any(|o| world.id == o)) { continue }
        let start = std::time::Instant::now();
        let rows: Vec<Vec<(f64, f64, f64, f64)>> = (0..draws)
            .into_par_iter()
            .filter_map(|d| {
                let drawn = worlds::draw(world, i as u64, d)?;
                let engine = Engine::new(&drawn.histories);
                let mut space = Space::explore(&engine, Weighing::default());
                let f = drawn.histories.frequencies();
                let truth = drawn.truth as f64;
                Some(schemes.iter().map(|(name, w)| {
                    space.weigh(*w);
                    let fit = space.fit_test(&engine, 99, d);
                    let chao = ijsberg_mse::bounds::chao_corrected(&drawn.histories, 0.9);
                    let heavy: Vec<f64> = space.members.iter().filter(|m| m.weight > 0.02).map(|m| m.n_hat).collect();
                    let (lo, hi) = (heavy.iter().copied().fold(f64::INFINITY, f64::min), heavy.iter().copied().fold(0.0, f64::max));
                    let q = [0.025, 0.05, 0.5, 0.95, 0.975].map(|p| space.quantile(p));
                    writeln!(out.lock().unwrap(), "{},{d},{},{},{},{},{name},{},{},{},{},{},{:?},{:.3},{:.3},{:.3},{:.3},{:.4},{},{},{},{}", world.id, drawn.histories.t(), drawn.histories.n(), drawn.truth, f[1..].iter().sum::<u64>(), q[0],q[1],q[2],q[3],q[4], space.members.first().map(|m| m.kin), space.weight(Kin::LogLinear), space.weight(Kin::Heterogeneity), space.weight(Kin::Both), space.weight(Kin::LatentClasses), fit.as_ref().map_or(1.0, |f| f.p_value), fit.as_ref().map_or(0, |f| f.degrees_of_freedom), chao.lower, lo, hi).unwrap();
                    (q[0], q[2], q[4], truth)
                }).collect())
            })
            .collect();
        print!("{:14} {:4.1}s/{}", world.id, start.elapsed().as_secs_f64(), rows.len());
        for s in 0..schemes.len() {
            let c = rows.iter().filter(|r| r[s].0 <= r[s].3 && r[s].2 >= r[s].3).count() as f64 / rows.len() as f64;
            let mut w: Vec<f64> = rows.iter().map(|r| (r[s].2 / r[s].0).ln()).collect();
            w.sort_by(f64::total_cmp);
            print!(" {:.2}/{:.1}", c, w[w.len() / 2]);
        }
        println!();
    }
    println!("{}", schemes.iter().map(|s| s.0.as_str()).collect::<Vec<_>>().join(" | "));
}
