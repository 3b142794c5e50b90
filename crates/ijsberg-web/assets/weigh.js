// Weighs signals where there is no connection: the program's rules on the program's instruments (crate ijsberg-signals, whose names
// and order this keeps). A test compares the two on hundreds of cases. It knows no page and keeps nothing.

// Kleene's three-valued logic: what is open may turn out either way.
export const NO = 0, OPEN = 1, YES = 2;
const any = (of) => Math.max(NO, ...of);
const every = (of) => Math.min(YES, ...of);

const WAYS = 5, MOST = 5;
const WEIGHTS = ["S", "M", "W"];
const find = (list, id) => list.find((x) => x.id === id);

// How a question is answered, and what is known of it: a follow-up that was not answered is a no where the question before it was.
const reader = (questions, answers) => {
  const given = (id) => answers[id] ?? "not_asked";
  const truth = (id) => {
    if (given(id) === "yes") return YES;
    if (given(id) === "no") return NO;
    const before = find(questions, id)?.only_if;
    return before && truth(before) === NO ? NO : OPEN;
  };
  return { given, truth };
};

// Layer A: is there even a slight indication?
const threshold = ({ question, indication }, { truth }) => {
  const after = (id) => question.filter((q) => q.only_if === id).map((q) => [q.id]);
  const alone = question.filter((q) => q.indication).map((q) => ({ id: q.id, ways: [[q.id], ...after(q.id)] }));
  const together = indication.map((i) => ({ id: i.all.join(" + "), ways: [i.all] }));
  const by = [], open = [];
  for (const { id, ways } of [...alone, ...together]) {
    if (any(ways.map((way) => every(way.map(truth)))) === YES) by.push(id);
    else if (find(question, id) && truth(id) === OPEN) open.push(id);
  }
  return { indication: by.length > 0, by, open };
};

// Layer B: a dimension is positive by what weighs in it, not by a score (ILO and European Commission 2009, p. 3).
const positive = ([strong, medium, weak]) =>
  strong >= 2 || (strong === 1 && medium + weak >= 1) || medium >= 3 || (medium === 2 && weak >= 1);

const subsets = (of, size) => size === 0 ? [[]]
  : of.flatMap((first, at) => subsets(of.slice(at + 1), size - 1).map((rest) => [first, ...rest]));

const dimension = (rules, { given, truth }, set, id) => {
  const counts = [0, 0, 0], most = [0, 0, 0], supports = [], contradicts = [], open = [];
  const slot = (i) => WEIGHTS.indexOf(i[set] ?? "-");
  const known = (i) => {
    const own = given("ilo." + i.id);
    if (own === "yes") return YES;
    if (i.asks.length === 0) return own === "no" ? NO : OPEN;
    return any(i.asks.map(truth));
  };
  for (const i of rules.operational.indicator.filter((i) => i.id.split(".")[0] === id && slot(i) >= 0)) {
    const is = known(i);
    if (is === NO) { contradicts.push(i.id); continue; }
    most[slot(i)]++;
    if (is === YES) { counts[slot(i)]++; supports.push(i.id); } else open.push(i);
  }
  const state = positive(counts) ? YES : positive(most) ? OPEN : NO;
  let ways = [];
  if (state === OPEN) {
    const enough = (way) => positive(counts.map((n, k) => n + way.filter((i) => slot(i) === k).length));
    // Three of medium weight are the most that the rule asks for.
    for (let size = 1; size <= 3 && ways.length === 0; size++) ways = subsets(open, size).filter(enough);
    const hurt = (i) => Math.min(4, ...i.asks.map((q) => find(rules.questions.question, q)?.harm ?? 4));
    const harm = (way) => way.reduce((sum, i) => sum + hurt(i), 0);
    const heaviest = (way) => Math.min(...way.map(slot));
    ways.sort((a, b) => harm(a) - harm(b) || heaviest(a) - heaviest(b));
  }
  const missing = ways.slice(0, WAYS).map((way) => way.map((i) => i.id));
  return { id, state, supports, contradicts, open: open.map((i) => i.id), missing, ways: ways.length };
};

// The sets of weights that apply, by age and form.
const sets = (rules, { truth }) => {
  const others = rules.questions.question.filter((q) => q.block === "forms" && q.id !== "form_sexual");
  const sexual = truth("form_sexual") === YES, minor = truth("minor");
  const labour = !sexual || any(others.map((q) => truth(q.id))) === YES;
  return rules.operational.set.filter((s) =>
    (s.means ? minor !== YES : minor !== NO) && (s.id.endsWith("sexual") ? sexual : labour));
};

const weighted = (rules, read, act) => sets(rules, read).map((s) => {
  if (!s.loaded) return { set: s.id, notLoaded: s.why ?? { en: "", nl: "" }, dimensions: [] };
  const dimensions = rules.operational.dimension.map((d) => dimension(rules, read, s.id, d.id));
  const [d1, d2, d3, d4, d5, d6] = dimensions.map((d) => d.state);
  const child = every([act, d4]);
  const conclusion = {
    trafficking: s.means ? every([any([d1, d2]), d4, d5]) : child,
    vulnerability: s.means ? every([any([d1, d2, d3]), d4, any([d5, d6])]) : child,
    exploited: d4,
  };
  return { set: s.id, dimensions, conclusion };
});

// Layer C: the elements of the law in force on the day of the facts.
const lawful = (law, { truth }) => {
  const such = (of, is) => of.filter((q) => truth(q) === is);
  const elements = law.element.map((e) => ({
    id: e.id, group: e.group,
    supported: any(e.by.map(truth)),
    supports: such(e.by, YES), points: such(e.points, YES),
    contradicts: [...such(e.by, NO), ...such(e.points, NO)], open: such(e.by, OPEN),
  }));
  const group = (id) => any(elements.filter((e) => e.group === id).map((e) => e.supported));
  const items = law.item.map((item) => {
    const needed = (groups) => any(groups.map(group)), age = item.minor ? truth("minor") : YES;
    const missing = item.needs.filter((n) => needed(n) !== YES).flat().concat(age === YES ? [] : ["minor"]);
    return { number: item.number, complete: every([...item.needs.map(needed), age]), missing };
  });
  return { pack: law, elements, items, group };
};

const inForce = (laws, day) => day
  ? laws.find((l) => l.valid_from <= day && (!l.valid_until || day <= l.valid_until)) : laws.at(-1);

const layers = (rules, answers, day) => {
  const read = reader(rules.questions.question, answers);
  const pack = inForce(rules.laws, day), law = pack && lawful(pack, read);
  return {
    read, law, threshold: threshold(rules.questions, read), minor: read.truth("minor"),
    ilo: weighted(rules, read, law ? law.group("act") : OPEN),
  };
};

const stateOf = (set, id) => find(set.dimensions, id)?.state ?? OPEN;
const exploited = ({ ilo }) => any(ilo.map((s) => stateOf(s, "D4")));

// Stands between the threshold of protection, which is low, and that of a court, which asks for every element.
const wording = (of) => {
  const { law, ilo, minor } = of;
  const complete = any((law?.items ?? []).map((i) => i.complete)), means = law?.group("means");
  const trafficking = any(ilo.filter((s) => s.conclusion).map((s) => s.conclusion.trafficking));
  const there = (id) => ilo.some((s) => stateOf(s, id) === YES);
  if (trafficking === YES && complete === YES) return "strongly-supported";
  if (there("D4") && means === NO && minor !== YES && complete !== YES) return "exploitation-without-means";
  if (!of.threshold.indication) return of.threshold.open.length > 7 ? "insufficient-information" : "none-yet";
  const byIlo = ["D1", "D2", "D5"].some(there) && exploited(of) !== NO;
  // Where next to everything is open nothing is excluded, so something must be supported too.
  const supported = means === YES
    || (minor === YES && ["act", "exploitation", "paid_sex", "organs"].some((g) => law?.group(g) === YES));
  return byIlo || complete === YES || (supported && complete === OPEN) ? "presumed-victim" : "indication";
};

// Which question to ask next: one that may decide something, the least harmful first.
const next = (rules, { read, ilo, law, threshold }) => {
  const questions = rules.questions.question, worth = new Map();
  const add = (id, weight) => {
    let q = find(questions, id);
    // The question itself, or the one that must be answered before it.
    while (q?.only_if && read.truth(q.only_if) === OPEN) q = find(questions, q.only_if);
    if (!q || ["refused", "yes", "no"].includes(read.given(q.id)) || read.truth(q.id) !== OPEN) return;
    worth.set(q, Math.max(weight, worth.get(q) ?? 0));
  };
  if (!threshold.indication) questions.filter((q) => q.indication).forEach((q) => add(q.id, 3));
  for (const set of ilo) {
    for (const d of set.dimensions.filter((d) => d.state === OPEN)) {
      // Abuse of vulnerability reinforces; what decides comes first.
      const decides = !["D3", "D6"].includes(d.id);
      for (const i of d.open.map((id) => find(rules.operational.indicator, id))) {
        i.asks.forEach((q) => add(q, decides ? 3 - WEIGHTS.indexOf(i[set.set]) : 1));
      }
    }
  }
  // One element of a group is enough.
  (law?.elements ?? []).filter((e) => law.group(e.group) === OPEN).forEach((e) => e.open.forEach((q) => add(q, 2)));
  if (ilo.length > 1 || law?.items.some((i) => i.missing.join() === "minor")) add("minor", 3);
  const asked = (q) => Number(read.given(q.id) === "unknown");
  return [...worth.keys()]
    .sort((a, b) => asked(a) - asked(b) || a.harm - b.harm || worth.get(b) - worth.get(a)
      || questions.indexOf(a) - questions.indexOf(b))
    .slice(0, MOST).map((q) => q.id);
};

// The whole assessment. `answers` are words by question, `day` is that of the facts or nothing.
export const assess = (rules, answers, day) => {
  const of = layers(rules, answers, day), questions = rules.questions.question;
  const status = (id) => find(questions, id)?.status;
  const without = Object.fromEntries(Object.entries(answers).filter(([id]) => !status(id)));
  const odd = (q) => q.only_if && of.read.given(q.id) === "yes" && of.read.given(q.only_if) === "no";
  const holds = { always: true, indication: of.threshold.indication, exploitation: exploited(of) === YES };
  return {
    day, conflicts: questions.filter(odd).map((q) => [q.only_if, q.id]),
    threshold: of.threshold, ilo: of.ilo, law: of.law,
    forcedLabour: rules.eleven.indicator.filter((c) => any(c.asks.map(of.read.truth)) === YES),
    wording: wording(of), wordingWithoutStatus: wording(layers(rules, without, day)),
    next: next(rules, of), help: rules.helps.help.filter((h) => holds[h.when]),
  };
};

// Facts that courts weigh, by the name of the field: its unit, and the most that it can be. There is no threshold for any.
const FACTS = { months: [1], hours_a_week: [1, 168], pay_an_hour: [1], share_handed_over: [100, 1], debt: [1] };

// What was filled in of the facts, and the fields that hold something else.
export const facts = (given) => {
  const known = [], wrong = [];
  for (const [name, [unit, most = Infinity]] of Object.entries(FACTS)) {
    const written = (given.get(name) ?? "").trim().replaceAll(",", ".");
    if (written === "") continue;
    const x = Number(written) / unit;
    if (x >= 0 && x <= most && Number.isFinite(x)) known.push([name, x]); else wrong.push(name);
  }
  if (!/^(\d{4}-\d{2}-\d{2})?$/.test(given.get("facts_on") ?? "")) wrong.push("facts_on");
  return { known, wrong };
};
