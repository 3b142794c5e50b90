// Weighs signals where there is no connection: the program's rules on the program's instruments (crate ijsberg-signals, whose names
// and order this keeps). A test compares the two on hundreds of cases. It knows no page and keeps nothing.

// Kleene's three-valued logic: what is open may turn out either way.
export const NO = 0, OPEN = 1, YES = 2;
const any = (of) => Math.max(NO, ...of);
const every = (of) => Math.min(YES, ...of);

const WAYS = 5, MOST = 5;
const WEIGHTS = ["S", "M", "W"];
const find = (list, id) => list.find((x) => x.id === id);

// How a question is answered, and what is known of it: a follow-up that was not answered is a no where the question before it was;
// a yes to a follow-up answers the question before it where nobody said no, save that on the age. `age` takes the person for a
// child or for an adult.
const reader = (questions, answers, age) => {
  const given = (id) => id === "minor" && age ? age : answers[id] ?? "not_asked";
  const known = new Map(), implied = new Set();
  // What must be answered first stands first.
  for (const { id, only_if: before } of [...questions].reverse()) {
    const is = answers[id];
    if (before && before !== "minor" && (is === "yes" || (is !== "no" && implied.has(id)))) implied.add(before);
  }
  for (const { id, only_if: before } of questions) {
    const is = given(id), yes = is === "yes" || (is !== "no" && implied.has(id));
    known.set(id, yes ? YES : is === "no" || (before && known.get(before) === NO) ? NO : OPEN);
  }
  return { given, truth: (id) => known.get(id) ?? OPEN };
};

// Layer A: answers that are an indication by themselves, or together.
const alone = ({ question, indication }, { truth }) => {
  const published = question.filter((q) => q.of), excluded = published.every((q) => truth(q.id) === NO);
  // A follow-up says as much as the question before it.
  const after = (id) => question.some((q) => q.only_if === id && truth(q.id) === YES);
  const one = question.filter((q) => (q.indication || q.of) && (truth(q.id) === YES || (q.of && after(q.id)))).map((q) => q.id);
  const some = indication.filter((i) => i.all.every((id) => truth(id) === YES) && !(i.unless_excluded && excluded));
  return [...one, ...some.map((i) => i.all.join(" + "))];
};

// Published signals and means that nobody answered. Below a question that is answered yes the conversation goes on.
const unanswered = ({ question }, { truth }) => question
  .filter((q) => q.of && truth(q.id) === OPEN && !(q.only_if && truth(q.only_if) === YES)).map((q) => q.id);

const INDICATING = ["means", "exploitation", "organs", "available", "proceeds"];
// What says nothing without the rest of an element that it helps to support.
const NEUTRAL = ["form_labour", "form_sexual", "sex_abroad", "someone_profits"];

// What is an indication: answers, or what supports an element.
const indications = (questions, read, law) => {
  const by = alone(questions, read);
  for (const id of law.elements.filter((e) => e.supported === YES && INDICATING.includes(e.group)).flatMap((e) => e.supports)) {
    const q = find(questions.question, id);
    if (q && !(q.only_if && by.includes(q.only_if)) && !by.includes(id) && !NEUTRAL.includes(id)) by.push(id);
  }
  return by;
};

// Layer B: a dimension is positive by what weighs in it, not by a score (ILO and European Commission 2009, p. 3).
const positive = ([strong, medium, weak]) =>
  strong >= 2 || (strong === 1 && medium + weak >= 1) || medium >= 3 || (medium === 2 && weak >= 1);

const subsets = (of, size) => size === 0 ? [[]]
  : of.flatMap((first, at) => subsets(of.slice(at + 1), size - 1).map((rest) => [first, ...rest]));

// What is worked out once: for rules, the indicators of a dimension that weigh in a set, each with its weight and its question.
const remembered = (of) => {
  const kept = new WeakMap();
  return (on, ...by) => {
    if (!kept.has(on)) kept.set(on, new Map());
    const known = kept.get(on), key = by.join(" ");
    if (!known.has(key)) known.set(key, of(on, ...by));
    return known.get(key);
  };
};
const weighing = remembered((rules, set, id) => rules.operational.indicator
  .map((i) => ({ i, slot: WEIGHTS.indexOf(i[set] ?? "-"), asked: "ilo." + i.id }))
  .filter(({ i, slot }) => slot >= 0 && i.id.split(".")[0] === id));

// The state of a dimension by a set, whether or not that set is the one to show; `each` gets the indicators and what is known.
const weigh = (rules, { given, truth }, set, id, each = () => {}) => {
  const counts = [0, 0, 0], most = [0, 0, 0];
  for (const { i, slot, asked } of weighing(rules, set, id)) {
    const own = given(asked);
    let is = own === "yes" ? YES : i.asks.length === 0 && own !== "no" ? OPEN : NO;
    for (const q of i.asks) if (is !== YES) is = Math.max(is, truth(q));
    if (is === YES) counts[slot]++;
    if (is !== NO) most[slot]++;
    each(i, is);
  }
  return { counts, state: positive(counts) ? YES : positive(most) ? OPEN : NO };
};

const dimension = (rules, read, set, id) => {
  const supports = [], contradicts = [], open = [], into = { [YES]: (i) => supports.push(i.id), [NO]: (i) => contradicts.push(i.id), [OPEN]: (i) => open.push(i) };
  const slot = (i) => WEIGHTS.indexOf(i[set] ?? "-");
  const { counts, state } = weigh(rules, read, set, id, (i, is) => into[is](i));
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

// For an adult, or for a child: what the set for adults shows of an adult it shows of a child too, so that of a child never less
// is said.
const states = new WeakMap();
const byAge = (rules, read, child, id) => {
  if (!states.has(read)) states.set(read, {});
  return (states.get(read)[id + child] ??= ofDimension(rules, read, child, id));
};
const ofDimension = (rules, read, child, id) => {
  const of = (child ? ["child_labour", "adult_labour"] : ["adult_labour"]).map((set) => weigh(rules, read, set, id));
  return { state: any(of.map((w) => w.state)), some: of.some((w) => w.counts.some((n) => n > 0)) };
};

// The sets of weights that apply, by age and form.
const sets = (rules, { truth }) => {
  const others = rules.questions.question.filter((q) => q.id.startsWith("form_") && q.id !== "form_sexual");
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

// Layer C: the elements of the law in force on the day of the facts, for a child or for an adult; only their states where the rest is
// not looked at.
const lawful = (rules, law, read, child, only) => {
  // A question, a dimension or a group.
  const tokens = new Map();
  const token = (t) => { if (!tokens.has(t)) tokens.set(t, weighed(t)); return tokens.get(t); };
  const weighed = (t) => find(rules.operational.dimension, t) ? byAge(rules, read, child, t).state
    : find(law.group, t) ? any(law.element.filter((e) => e.group === t).map(truth)) : read.truth(t);
  const some = (of) => any(of.map(token));
  const takesAway = (u) => u.no.every((q) => token(q) === NO) && u.save.every((q) => token(q) !== YES);
  // What supports it by a yes, and would say nothing while it is open.
  const yeses = (e) => {
    const yes = (q) => token(q) === YES, together = e.when_all.length > 0 && e.when_all.every((of) => of.some(yes));
    return [...e.when_yes, ...(together ? e.when_all.flat() : [])].filter(yes);
  };
  const truth = (e) => {
    const own = child ? e.criteria_minor : [], all = (of) => of.length ? every(of.map(some)) : NO;
    const is = e.unless.some(takesAway) ? NO : any([some(e.by), yeses(e).length ? YES : NO, all(e.criteria), child ? some(e.by_minor) : NO, all(own)]);
    // Who is bound by a debt is not known to be free of pressure, whatever was said of the debt.
    return is === NO && e.group === "means" && some(e.points) === YES ? OPEN : is;
  };
  const once = (of) => [...new Set(of)];
  const elements = law.element.map((e) => {
    if (only) return { id: e.id, group: e.group, supported: truth(e), basis: e.basis, together: yeses(e) };
    const supported = truth(e), minor = child ? e.by_minor : [];
    // Where one criterion of a kind is excluded, the others of that kind say nothing.
    const kinds = [e.criteria, child ? e.criteria_minor : []].filter((of) => of.length > 0).map((of) => [of, every(of.map(some))]);
    const both = kinds.filter((k) => k[1] !== NO).flatMap((k) => k[0]), criteria = both.flat();
    let direct = [...e.by, ...minor, ...yeses(e)], loose = e.points.filter((p) => !direct.includes(p));
    if (supported === YES && kinds.some((k) => k[1] === YES)) direct = [...direct, ...criteria];
    else loose = [...loose, ...criteria];
    const such = (of, is) => once(of.filter((t) => token(t) === is));
    const supports = such(direct, YES), open = such(direct, OPEN);
    if (supported === OPEN) {
      const more = both.filter((c) => c.every((t) => token(t) !== YES)).flat();
      open.push(...such(more.filter((t) => find(rules.questions.question, t)), OPEN).filter((t) => !direct.includes(t)));
    }
    const points = such(loose, YES).filter((p) => !supports.includes(p));
    return {
      id: e.id, group: e.group, supported, basis: e.basis, supports,
      points,
      // What takes away what nothing points to is not worth a line.
      contradicts: such([...e.by, ...minor, ...e.points, ...e.unless.filter((u) => points.length && takesAway(u)).flatMap((u) => u.no)], NO), open,
    };
  });
  return finish(law, elements, child ? YES : NO);
};

const BASES = ["text", "case_law", "to_be_verified"];

const finish = (law, elements, minor) => {
  const group = (id) => any(elements.filter((e) => e.group === id).map((e) => e.supported));
  const items = law.item.map((item) => {
    const needs = [...item.needs, ...(item.implied ? [item.implied.any] : [])];
    const needed = (groups) => any(groups.map(group)), age = item.minor ? minor : YES;
    // Of an adult, nothing is there where every means is excluded; with the age open it stays open.
    const without = item.not_without_means && group("means") === NO ? minor : YES;
    const missing = needs.filter((n) => needed(n) !== YES).flat()
      .concat(age === YES ? [] : ["minor"], without === YES ? [] : ["means"]);
    const surest = (groups) => {
      const of = elements.filter((e) => groups.includes(e.group) && e.supported === YES).map((e) => BASES.indexOf(e.basis));
      return of.length ? Math.min(...of) : 0;
    };
    const basis = BASES[Math.max(...needs.map(surest), item.implied ? BASES.indexOf(item.implied.basis) : 0)];
    return { number: item.number, complete: every([...needs.map(needed), age, without]), missing, basis };
  });
  return { pack: law, elements, items, group };
};

// What holds whatever the age is.
const either = (law, adult, child) => finish(law, adult.elements.map((a, at) => {
  const c = child.elements[at];
  if (a.supported === c.supported) return a;
  return { ...a, supported: OPEN, supports: [], points: [...a.points, ...c.supports.filter((q) => !a.points.includes(q))] };
}), OPEN);

// The pack of the day, or the one whose elements come nearest, and whether it is that of the day.
const packOf = (laws, day) => {
  if (!day) return { pack: laws.at(-1), loaded: true };
  const of = laws.find((l) => l.valid_from <= day && (!l.valid_until || day <= l.valid_until));
  return of ? { pack: of, loaded: true } : { pack: laws.find((l) => l.valid_from > day) ?? laws.at(-1), loaded: false };
};

// From evidence to a wording (`judge.rs` tries the whole of it).
export const RANKS = {
  "insufficient-information": 0, "none-yet": 1, "indication": 2, "exploitation-without-means": 2, "presumed-victim": 3,
  "strongly-supported": 4,
};

const judge = (e) => {
  const beside = e.child ? e.sureMeans > 0 || e.held || e.forced : e.forced || (e.sureMeans > 1 && e.held);
  if (e.settled && beside) return "strongly-supported";
  const whatFor = e.exploitation || e.conditions;
  if (e.complete || (e.exploitation && e.child) || (whatFor && (e.means === YES || e.coerced)) || (e.conditions && e.deceived)
    || (e.coerced && e.conditionsPossible && (e.someCondition || e.form))
    || (e.deceived && e.conditionsPossible && e.someCondition && e.form)) return "presumed-victim";
  if (!e.child && e.conditions && e.means === NO && !e.pressed) return "exploitation-without-means";
  if (e.indication || e.means === YES || whatFor || e.deceived || e.coerced || e.otherDimension) return "indication";
  return e.asked ? "none-yet" : "insufficient-information";
};

// How many means there are that rest on the text or case law: elements, and of one element answers to what is asked apart.
const opening = (questions, id) => {
  const before = find(questions, id)?.only_if;
  return before ? opening(questions, before) : id;
};
const means = (questions, pack, law, read, spent) => new Set(law.elements.flatMap((e, at) => {
  if (e.group !== "means" || e.supported !== YES || e.basis === "to_be_verified") return [];
  const { by, when_yes: more, when_all: [first = []] } = pack.element[at];
  const yes = [...by, ...more, ...first.filter((q) => e.together.includes(q))].filter((q) => read.truth(q) === YES);
  const apart = yes.filter((q) => !spent.includes(q));
  return yes.length ? apart.map((q) => e.id + " " + opening(questions, q)) : [e.id];
})).size;

const evidence = (rules, answers, pack, loaded, child) => {
  const questions = rules.questions.question, read = reader(questions, answers, child ? "yes" : "no");
  const law = lawful(rules, pack, read, child, "states"), is = (g) => law.group(g) === YES;
  const state = (d) => byAge(rules, read, child, d).state, positive = (d) => state(d) === YES;
  const open = !["yes", "no"].includes(answers.minor);
  // Work by itself is neutral: who is beaten at home may have a job that has nothing to do with it.
  const tied = questions.some((q) => q.ties && read.truth(q.id) === YES);
  const pressed = positive("D3") || positive("D6");
  const complete = loaded ? law.items.filter((i) => i.complete === YES) : [];
  const gain = pack.element.filter((e) => e.group === "profit").flatMap((e) => e.by);
  const concluded = (e) => e.gain || !e.by.length && [...e.criteria, ...e.criteria_minor].flat().some((q) => gain.includes(q));
  // Of a child, a restriction from which exploitation was concluded does not corroborate it as a means.
  const concludedBy = pack.element.filter((e, at) => ["exploitation", "organs"].includes(e.group) && law.elements[at].supported === YES);
  const spent = child && concludedBy.every(concluded) ? concludedBy.flatMap((e) => [...e.criteria, ...e.criteria_minor].flat()) : [];
  const beside = is("profit") && law.elements.some((e, at) =>
    ["exploitation", "organs"].includes(e.group) && e.supported === YES && !concluded(pack.element[at]));
  return {
    child, indication: alone(rules.questions, read).length > 0,
    asked: 2 * unanswered(rules.questions, read).length <= questions.filter((q) => q.of).length,
    means: law.group("means"), sureMeans: means(questions, pack, law, read, spent), exploitation: is("exploitation") || is("organs"),
    conditions: positive("D4"), conditionsPossible: state("D4") !== NO,
    someCondition: byAge(rules, read, child, "D4").some,
    form: questions.some((q) => q.id.startsWith("form_") && (tied || q.id !== "form_labour") && read.truth(q.id) === YES),
    deceived: positive("D1"), coerced: positive("D2") || positive("D5"),
    pressed, otherDimension: pressed
      || (open && rules.operational.dimension.some((d) => weigh(rules, read, "child_labour", d.id).state === YES)),
    complete: complete.length > 0, settled: complete.some((i) => i.basis !== "to_be_verified"),
    forced: positive("D4") && positive("D5"),
    held: beside || (!child && is("profit")) || is("proceeds") || positive("D5"),
  };
};

// The wording for an adult and for a child. Of a child never less is said than of an adult.
const both = (rules, answers, day) => {
  const { pack, loaded } = packOf(rules.laws, day);
  const adult = judge(evidence(rules, answers, pack, loaded, false)), own = judge(evidence(rules, answers, pack, loaded, true));
  const asAdult = adult === "exploitation-without-means" ? "indication" : adult;
  const child = RANKS[asAdult] > RANKS[own] ? asAdult : own;
  if (answers.minor === "yes") return { adult: child, child };
  // Who may be a child that is presumed to be a victim is one of whom something is said now.
  const says = answers.minor !== "no" && RANKS[child] >= 3 && RANKS[adult] < 3;
  return { adult: says ? "indication" : adult, child };
};

const layers = (rules, answers, day) => {
  const questions = rules.questions, read = reader(questions.question, answers), minor = read.truth("minor");
  const { pack, loaded } = packOf(rules.laws, day);
  const as = (age) => reader(questions.question, answers, age);
  const result = (child) => lawful(rules, pack, as(child ? "yes" : "no"), child);
  const elements = minor === YES ? result(true) : minor === NO ? result(false) : either(pack, result(false), result(true));
  const ilo = weighted(rules, read, elements.group("act"));
  const presumed = minor === OPEN && ["maybe_minor", "no_education"].some((q) => read.truth(q) === YES);
  // Nobody knows the age, so that is no reason.
  const asChild = () => [...new Set(indications(questions, as("yes"), result(true)).map((id) => id.replace("minor + ", "")))];
  let by = presumed ? asChild() : indications(questions, read, elements);
  const pair = both(rules, answers, day);
  if (!by.length && minor === OPEN && RANKS[pair.child] >= 3) by = asChild();
  if (!by.length) {
    const sets = ["adult_labour", ...(minor === NO ? [] : ["child_labour"])];
    by = rules.operational.dimension.map((d) => d.id).filter((d) => sets.some((s) => weigh(rules, read, s, d).state === YES)).sort();
  }
  const heavy = ["hazardous_work", "excessive_hours"].some((q) => read.truth(q) === YES);
  return {
    heavyWork: heavy || weigh(rules, read, "child_labour", "D4").state === YES,
    read, law: loaded ? elements : undefined, elements, ilo, minor, presumed, pair,
    gap: loaded ? undefined : rules.gaps.find((g) => day <= g.valid_until && (!g.valid_from || g.valid_from <= day))?.text,
    threshold: { indication: by.length > 0, by, open: unanswered(questions, read) },
  };
};

const stateOf = (set, id) => find(set.dimensions, id)?.state ?? OPEN;
const exploited = ({ ilo }) => any(ilo.map((s) => stateOf(s, "D4")));

// What holds at every age that the person may have. The presumption of a child protects and proves nothing.
const wording = ({ minor, presumed, pair: { adult, child } }) => {
  if (minor === YES) return child;
  // A child needs no means.
  if (presumed && minor === OPEN && adult === "exploitation-without-means" && RANKS[child] <= RANKS[adult]) return "indication";
  if (minor === NO || !presumed || RANKS[child] <= RANKS[adult]) return adult;
  return child === "strongly-supported" && adult !== "strongly-supported" ? "presumed-victim" : child;
};

// The answers that count most, at most three.
const because = (rules, of) => {
  const found = [], add = (id) => { if (!found.includes(id)) found.push(id); };
  for (const g of ["exploitation", "organs", "paid_sex", "means", "proceeds", "available"]) {
    const of_ = of.elements.elements.filter((e) => e.group === g && e.supported === YES).flatMap((e) => e.supports);
    const id = of_.find((q) => find(rules.questions.question, q));
    if (id) add(id);
  }
  if (exploited(of) === YES) {
    const asks = rules.operational.indicator.filter((i) => i.id.startsWith("D4.")).flatMap((i) => i.asks);
    asks.filter((q) => of.read.truth(q) === YES).slice(0, 3).forEach(add);
  }
  // Of a dimension of many small signs, the answers.
  const indicators = rules.operational.indicator;
  for (const id of of.threshold.by) {
    const signs = indicators.filter((i) => i.id.split(".")[0] === id);
    const asked = signs.flatMap((i) => i.asks).filter((q) => of.read.truth(q) === YES);
    const own = signs.filter((i) => of.read.given("ilo." + i.id) === "yes").map((i) => i.id);
    [...asked, ...own, ...(asked.length + own.length ? [] : [id])].forEach(add);
  }
  // What is said together with something else need not be said alone.
  const together = found.filter((id) => id.includes(" + ")).flatMap((id) => id.split(" + "));
  return found.filter((id) => !together.includes(id)).slice(0, 3);
};

// Open questions on a page.
export const ON_A_PAGE = 3;

// Questions that may be asked now and that may still change what is to be done: alone, or else two of them. `deep` goes on until
// nothing can make the wording stronger.
export const worthAsking = (rules, answers, day, deep = false) => {
  const questions = rules.questions.question, read = reader(questions, answers);
  const askable = questions.filter((q) => read.given(q.id) === "not_asked" && read.truth(q.id) === OPEN
    && (!q.only_if || read.truth(q.only_if) === YES) && (!q.if_open || ["unknown", "refused"].includes(read.given(q.if_open))));
  const below = (id) => questions.filter((q) => q.only_if === id).flatMap((q) => [q, ...below(q.id)]);
  const said = (of) => { const { adult, child } = both(rules, of, day); return [adult, child].map((w) => Math.min(RANKS[w], deep ? Infinity : RANKS["presumed-victim"])); };
  const now = said(answers);
  const best = (of) => {
    const with_ = { ...answers };
    for (const q of of) {
      with_[q.id] = "yes";
      below(q.id).forEach((b) => { if ((with_[b.id] ?? "not_asked") === "not_asked") with_[b.id] = "yes"; });
    }
    return said(with_);
  };
  const more = (then) => then[0] > now[0] || (then[0] === now[0] && then[1] > now[1]);
  // The age decides which rules apply, and whether there is a child to protect.
  const age = (q) => q.id === "minor" || q.if_open === "minor";
  // What is asked after one and the same answer belongs together: the smallest way may need three of them.
  const together = (q) => askable.filter((o) => q.only_if && o.only_if === q.only_if);
  const gain = new Map(askable.map((q) => [q, best([q])]));
  let worth = askable.filter((q) => age(q) || more(gain.get(q)) || more(best(together(q))));
  if (worth.every(age) && more(best(askable))) {
    // More answers never say less: where all of some others say no more, none of them does.
    const beside = (q, others) => others.length > 0 && more(best([q, ...others])) && (others.length === 1
      || beside(q, others.slice(0, others.length >> 1)) || beside(q, others.slice(others.length >> 1)));
    worth = askable.filter((q) => age(q) || beside(q, askable.filter((other) => other !== q)));
  }
  // Block by block, in a block those first that may say most.
  const place = (q) => rules.questions.block.findIndex((b) => b.id === q.block), sum = (q) => gain.get(q)[0] + gain.get(q)[1];
  return worth.sort((a, b) => place(a) - place(b) || sum(b) - sum(a));
};

// Whom to call, by what is known of the case.
const call = ({ situation, route }, of, said) => {
  const is = ({ id, by }) => (id === "no_means" && said === "exploitation-without-means") || (id === "child" && of.presumed)
    || !(id === "child" && of.read.given("minor") === "no") && by.some((q) => of.read.truth(q) === YES);
  const holds = (id) => is(find(situation, id));
  return [...new Set(route.filter((r) => r.when.every(holds)).flatMap((r) => r.call))];
};

// The whole assessment. `answers` are words by question, `day` is that of the facts or nothing.
export const assess = (rules, answers, day) => {
  const of = layers(rules, answers, day), questions = rules.questions.question;
  // Only a yes about papers is taken back: without a no, something would be less excluded than it is, and more be said.
  const about = (id) => find(questions, id)?.status;
  const asks = (id) => rules.operational.indicator.find((i) => "ilo." + i.id === id)?.asks ?? [];
  const status = (id) => about(id) || (asks(id).length > 0 && asks(id).every(about));
  const without = Object.fromEntries(Object.entries(answers).filter(([id, a]) => a !== "yes" || !status(id)));
  const before = (q) => q.only_if ?? q.if_open;
  const odd = (q) => before(q) && of.read.given(q.id) === "yes" && of.read.given(before(q)) === "no";
  const said = wording(of);
  const holds = { always: true, indication: RANKS[said] >= 2, exploitation: exploited(of) === YES };
  const enough = worthAsking(rules, answers, day), next = enough.length ? enough : worthAsking(rules, answers, day, true);
  return {
    day, conflicts: questions.filter(odd).map((q) => [before(q), q.id]),
    threshold: of.threshold, ilo: of.ilo, law: of.law, gap: of.gap,
    forcedLabour: rules.eleven.indicator.filter((c) => any(c.asks.map(of.read.truth)) === YES),
    wording: said, wordingIfMinor: of.minor === OPEN ? of.pair.child : undefined, presumedChild: of.presumed,
    childLabour: (of.minor === YES || of.presumed) && of.heavyWork && said === "indication",
    because: because(rules, of), wordingWithoutStatus: wording(layers(rules, without, day)),
    next: next.slice(0, MOST).map((q) => q.id), help: rules.helps.help.filter((h) => holds[h.when]),
    call: call(rules.contacts, of, said), minor: of.read.given("minor"),
  };
};

// Facts that courts weigh, by the name of the field: its unit, and the most that it can be. There is no threshold for any.
const FACTS = { months: [1], hours_a_week: [1, 168], pay_an_hour: [1], share_handed_over: [100, 1], debt: [1] };

// What was filled in of the facts, and the fields that hold something else; `future` is the one of a day that is still to come.
export const facts = (given, now = new Date()) => {
  const known = [], wrong = [];
  for (const [name, [unit, most = Infinity]] of Object.entries(FACTS)) {
    const written = (given.get(name) ?? "").trim().replaceAll(",", ".");
    if (written === "") continue;
    const x = Number(written) / unit;
    if (x >= 0 && x <= most && Number.isFinite(x)) known.push([name, x]); else wrong.push(name);
  }
  if (!/^(\d{4}-\d{2}-\d{2})?$/.test(given.get("facts_on") ?? "")) wrong.push("facts_on");
  // The day in the Netherlands at most, as the program has it.
  const today = new Date(now.getTime() + 2 * 3600e3).toISOString().slice(0, 10);
  const future = !wrong.includes("facts_on") && (given.get("facts_on") ?? "") > today ? "facts_on" : undefined;
  if (future) wrong.push(future);
  return { known, wrong, future };
};
