use super::newton::{Counts, Fit, Newton};
use crate::histories::{Histories, Mask};

type Set = u64;
pub(crate) struct Lattice { t: usize, up: Vec<Set>, down: Vec<Set>, order: Vec<Mask>, base: Set }
impl Lattice {
    pub(crate) fn new(t: usize) -> Self {
        let size = 1usize << t;
        let up = (0..size).map(|a| (0..size).filter(|b| a & b == a).fold(0, |s, b| s | 1u64 << b)).collect();
        let down = (0..size).map(|a| (0..size).filter(|b| a & b == *b).fold(0, |s, b| s | 1u64 << b)).collect();
        let mut order: Vec<Mask> = (0..size as Mask).filter(|a| a.count_ones() >= 2).collect();
        order.sort_by_key(|a| (a.count_ones(), *a));
        let base = (0..size).filter(|a| a.count_ones() < 2).fold(0, |s, b| s | 1u64 << b);
        Self { t, up, down, order, base }
    }
    fn terms(&self, s: Set, out: &mut Vec<Mask>) { out.clear(); let mut s = s; while s != 0 { out.push(s.trailing_zeros()); s &= s - 1; } }
}
struct Walk<'a> { l: &'a Lattice, c: &'a Counts, newton: Newton, terms: Vec<Mask>, fits: usize, steps: usize, irregular: usize, pen: f64, best: f64, delta: f64, found: Vec<(f64, Set, f64)>, nodes: usize, pool: Vec<Fit> }
impl Walk<'_> {
    fn all(&mut self, set: Set, from: usize, fit: &Fit) {
        for i in from..self.l.order.len() {
            let a = self.l.order[i];
            if a.count_ones() as usize == self.l.t { continue; }
            let need = self.l.down[a as usize] & !(1 << a);
            if set & need != need { continue; }
            let child = set | 1 << a;
            let mut terms = std::mem::take(&mut self.terms);
            self.l.terms(child, &mut terms);
            let mut f = self.pool.pop().unwrap_or_else(|| fit.clone());
            f.alpha.clone_from(&fit.alpha);
            self.newton.refit(self.c, &terms, true, &mut f);
            self.terms = terms;
            self.fits += 1; self.steps += f.steps; self.irregular += usize::from(!f.regular);
            let ic = f.deviance + self.pen * f64::from(child.count_ones());
            if ic < self.best { self.best = ic; self.found = vec![(ic, child, f.dark_figure())]; }
            self.all(child, i + 1, &f);
            self.pool.push(f);
        }
    }
    fn dev(&mut self, set: Set) -> (f64, f64, bool) {
        let mut terms = std::mem::take(&mut self.terms);
        self.l.terms(set, &mut terms);
        let f = self.newton.fit(self.c, &terms, None);
        self.terms = terms; self.fits += 1; self.steps += f.steps;
        (f.deviance, f.dark_figure(), f.regular)
    }
    fn bb(&mut self, low: Set, upp: Set, dev: f64, prio: &[Mask], dark: f64) {
        self.nodes += 1;
        let lb = dev + self.pen * f64::from(low.count_ones());
        if lb > self.best + self.delta { return; }
        // candidate: the upper model itself
        if low == upp { self.found.push((lb, upp, dark)); if lb < self.best { self.best = lb; } return; }
        // choose
        let a = *prio.iter().find(|a| (upp & !low) >> **a & 1 == 1).unwrap();
        let l2 = low | self.l.down[a as usize];
        self.bb(l2, upp, dev, prio, dark);
        let u2 = upp & !self.l.up[a as usize];
        let (d2, k2, _) = self.dev(u2);
        self.bb(low, u2, d2, prio, k2);
    }
}
pub fn proto(h: &Histories) {
    let c = Counts::new(h.dense());
    let l = Lattice::new(h.t());
    let full: Set = if h.t() == 6 { !0 } else { (1u64 << (1 << h.t())) - 1 };
    let mut terms = Vec::new(); l.terms(l.base, &mut terms);
    let root = Newton::default().fit(&c, &terms, None);
    let walk = |pen| Walk { l: &l, c: &c, newton: Newton::default(), terms: vec![], fits: 0, steps: 0, irregular: 0, pen, best: f64::INFINITY, delta: 0.0, found: vec![], nodes: 0, pool: vec![] };
    println!("indep {} dev {}", c.n() + root.dark_figure(), root.deviance);
    let now = std::time::Instant::now();
    if h.t() <= 5 {
        let mut w = walk(c.n().ln());
        w.all(l.base, 0, &root);
        println!("all: {} fits {} steps irregular {} {:?} best {:?}", w.fits, w.steps, w.irregular, now.elapsed(), w.found.iter().map(|f| c.n() + f.2).collect::<Vec<_>>());
    } else {
        // sample: one pair set
        let mut w = walk(c.n().ln());
        let pairs = (0..64u32).filter(|a| a.count_ones()==2).filter(|a| ![3, 12, 48].contains(a)).fold(l.base, |s, a| s | 1 << a);
        l.terms(pairs, &mut terms);
        let f = Newton::default().fit(&c, &terms, None);
        let i3 = l.order.iter().position(|a| a.count_ones()==3).unwrap();
        w.all(pairs, i3, &f);
        println!("sample: {} fits {} steps irregular {} {:?} per fit {:?}", w.fits, w.steps, w.irregular, now.elapsed(), now.elapsed() / w.fits as u32);
    }
    let top = full & !(1u64 << ((1 << h.t()) - 1));
    for (name, pen, deltas) in [("bic", c.n().ln(), [0.0, 6.0, 10.0]), ("aic", 2.0, [0.0, 2.0, 4.0])] {
        for delta in deltas {
            let now = std::time::Instant::now();
            let mut w = walk(pen);
            let mut imp: Vec<(f64, Mask)> = l.order.iter().filter(|a| top >> **a & 1 == 1).map(|a| { let d = w.dev(top & !l.up[*a as usize]).0; (d, *a) }).collect();
            imp.sort_by(|a, b| b.0.total_cmp(&a.0));
            let prio: Vec<Mask> = imp.iter().map(|x| x.1).collect();
            // greedy incumbent by forward and backward moves
            let mut cur = l.base; let mut curic = w.dev(cur).0 + pen * f64::from(cur.count_ones());
            loop {
                let mut best = (curic, cur);
                for a in &l.order { let a = *a; if top >> a & 1 == 0 { continue; }
                    let cand = if cur >> a & 1 == 1 { cur & !l.up[a as usize] } else { cur | l.down[a as usize] };
                    let ic = w.dev(cand).0 + pen * f64::from(cand.count_ones());
                    if ic < best.0 - 1e-9 { best = (ic, cand); } }
                if best.1 == cur { break; } (curic, cur) = best;
            }
            w.best = curic + 1e-6; w.delta = delta;
            let pre = w.fits;
            let d = w.dev(top);
            w.bb(l.base, top, d.0, &prio, d.1);
            w.found.sort_by(|a, b| a.0.total_cmp(&b.0));
            let b = w.found[0];
            w.found.retain(|f| f.0 <= b.0 + delta + 1e-9);
            println!("{name} d{delta}: greedy {curic:.3} best {:.3} N {:.1} models {} nodes {} fits {}+{pre} steps {} {:?}", b.0, c.n() + b.2, w.found.len(), w.nodes, w.fits - pre, w.steps, now.elapsed());
        }
    }
}
