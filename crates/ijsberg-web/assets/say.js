// An assessment in words, as the program says it (crate ijsberg-report, `assessment`). `text` are its messages with the names of
// their parts in braces, in the language of the page.
import { NO, OPEN, RANKS, YES } from "/assets/weigh.js";

const fill = (pattern, parts) => pattern.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

// What is said of one language: messages, names of questions and indicators, numbers.
export const speaker = ({ rules, text, lang }) => {
  const say = (key, parts = {}) => {
    if (!(key in text)) throw new Error(`no message ${key}`);
    return fill(text[key], parts);
  };
  const words = (of) => of[lang];
  const sources = (of) => of.map((s) => typeof s === "string" ? s : words(s)).join("; ");
  const places = [
    rules.questions.question, rules.operational.indicator, rules.operational.dimension, rules.laws.flatMap((l) => l.group),
    rules.questions.indication.map((i) => ({ id: i.all.join(" + "), text: i.text })), rules.eleven.indicator,
  ];
  const name = (id) => {
    const of = places.map((p) => p.find((x) => x.id === id)).find(Boolean);
    return of ? words(of.fact ?? of.text) : id === "minor" ? say("assess-no-minor") : id;
  };
  // What speaks for something: a dimension that is positive, some means, or an answer.
  const reason = (id) => id === "means" ? say("assess-a-means")
    : rules.operational.dimension.some((d) => d.id === id) ? say("assess-dimension", { what: name(id) }) : name(id);
  const asked = (id) => words(rules.questions.question.find((q) => q.id === id).text);
  const point = (digits) => lang === "nl" ? digits.replace(".", ",") : digits;
  const whole = (x) => x.toFixed(0).replace(/\B(?=(\d{3})+$)/g, lang === "nl" ? "." : ",");
  const plain = (x) => point(String(Number(x.toFixed(2))));
  const numbers = {
    months: ["fact-months", plain], hours_a_week: ["fact-hours", plain], pay_an_hour: ["fact-pay", (x) => point(x.toFixed(2))],
    share_handed_over: ["fact-share", (x) => point((100 * x).toFixed(x < 0.1 ? 1 : 0)) + "%"], debt: ["fact-debt", whole],
  };
  const fact = ([id, x]) => say(numbers[id][0], { x: numbers[id][1](x) });
  return { say, words, sources, name, reason, asked, fact };
};

const TRUTHS = { [YES]: "truth-yes", [OPEN]: "truth-open", [NO]: "truth-no" };
const STATES = { [YES]: "state-positive", [OPEN]: "state-undetermined", [NO]: "state-excluded" };
const ELEMENTS = { [YES]: "element-supported", [OPEN]: "element-open", [NO]: "element-not-supported" };

const BASES = { text: "basis-text", case_law: "basis-case-law", to_be_verified: "basis-to-be-verified" };

const STATE_MARKS = { [YES]: "yes", [OPEN]: "open", [NO]: "no" };

// Reasons, and numbers to call, on the first screen.
const FIRST = 3;

// What fits on the first screen: the wording, why, what to do and not, whom to call.
const first = ({ say, words, name }, { contacts, questions }, a) => {
  const said = (w) => say("wording-" + w), notes = [];
  if (a.presumedChild) notes.push(say("assess-presumed-child"));
  if (!a.presumedChild && a.wordingIfMinor && a.wordingIfMinor !== a.wording) notes.push(say("assess-if-minor", { what: said(a.wordingIfMinor) }));
  notes.push(say("assess-no-finding"));
  for (const [first, second] of a.conflicts) notes.push(say("assess-conflict", { first: name(first), second: name(second) }));
  const why = a.because.map((id) => ["yes", name(id)]);
  const open = a.threshold.open.length;
  if (!why.length) why.push(["open", open ? say("assess-not-yet", { n: open }) : say("assess-not-yet-all")]);
  const next = a.next.find((id) => !questions.question.find((q) => q.id === id).opens);
  if (next && why.length < FIRST) why.push(["open", say("assess-why-open", { what: name(next) })]);
  const rights = a.wording === "exploitation-without-means" ? "pay" : a.childLabour ? "child-labour" : RANKS[a.wording] >= 2 ? "rights" : "again";
  // Answered as an adult, and there are reasons to think of a child: nobody knows the age then.
  const disputed = a.conflicts.some(([before]) => before === "minor");
  const now = [...((a.minor !== "yes" && a.wordingIfMinor) || disputed ? ["age"] : []), "private", rights, "note"];
  const danger = contacts.emergency, head = a.call.slice(0, FIRST);
  const calls = head.includes(danger) ? head : [...head.slice(0, FIRST - 1), danger];
  return [
    { kind: "say", wording: said(a.wording), notes }, { kind: "why", lines: why },
    { kind: "do", now: now.map((k) => say("assess-do-" + k)), not: ["confront", "promise", "press"].map((k) => say("assess-dont-" + k)) },
    { kind: "call", title: say(RANKS[a.wording] >= 2 ? "assess-call" : "assess-call-worried"), calls: calls.map((id) => contacts.contact.find((c) => c.id === id)).map((c) => ({
      name: words(c.name), what: words(c.what), reach: reach(c), link: c.phone ? "tel:" + c.phone.replace(/[^0-9+]/g, "") : c.web,
      hours: c.short && !c.to_be_checked.includes("hours") ? words(c.short) : "",
      check: c.to_be_checked.includes("phone") ? say("assess-call-check") : "" })) },
  ];
};

// A number, or the address on the web where none is known.
const bare = (address) => address.replace("https://", "");
const reach = (c) => c.phone || bare(c.web);

// All organisations, whom to call first at the head.
const everybody = ({ say, words }, { contacts }, a, line) => {
  for (const c of a.call.map((id) => contacts.contact.find((c) => c.id === id))) {
    line(1, say("assess-contact", { name: words(c.name), phone: reach(c), what: words(c.what) }));
    const languages = c.languages.map((l) => say("speaks-" + l)).join(", ");
    line(2, say("assess-contact-more", { hours: words(c.hours), languages, web: bare(c.web) }));
    const unsure = ["phone", "hours", "languages"].filter((f) => c.to_be_checked.includes(f)).map((f) => say("check-" + f));
    if (unsure.length) line(2, say("assess-contact-check", { what: unsure.join(", ") }));
    line(2, say("assess-contact-source", { day: c.checked_on, source: bare(c.source) }));
  }
};

// The parts of a result: what fits on a screen, then the elements of the law, each with its reasons, then what is shown when somebody
// asks for it. `facts` are numbers by name.
export const sections = (speaker, rules, a, facts) => {
  const { say, words, reason, asked, fact } = speaker, names = (ids) => ids.map(reason).join("; ");
  const out = first(speaker, rules, a), said = (w) => say("wording-" + w);
  const fold = (title) => out.push({ kind: "fold", title });
  const line = (depth, words, state = "") => out.push({ kind: "line", depth, words, state });

  if (!a.law) {
    const why = a.gap ? words(a.gap) : say("assess-no-law");
    out.push({ kind: "elements", title: say("assess-law", { pack: say("assess-none") }), notes: [why] });
  } else law(speaker, a, out, fold, line);
  if (a.next.length) {
    fold(say("assess-next"));
    a.next.forEach((id) => line(1, asked(id)));
  }
  fold(say("assess-help"));
  a.help.forEach((h) => line(1, words(h.text)));
  fold(say("assess-call-all"));
  everybody(speaker, rules, a, line);

  const note = ({ verified, note }) => verified || !note || line(0, say("assess-unverified", { what: words(note) }));
  for (const s of a.ilo) {
    fold(say("assess-ilo", { set: say("set-" + s.set.replaceAll("_", "-")) }));
    if (s.notLoaded) { line(0, words(s.notLoaded)); continue; }
    note(rules.operational);
    for (const d of s.dimensions) {
      const title = words(rules.operational.dimension.find((x) => x.id === d.id).text);
      line(1, `${d.id} ${title}: `, say(STATES[d.state]));
      if (d.supports.length) line(2, say("assess-supports", { what: names(d.supports) }));
      if (d.contradicts.length) line(2, say("assess-contradicts", { what: names(d.contradicts) }));
      // With nothing for it, every way is a way; that tells nobody anything.
      if (d.missing.length && d.supports.length) {
        const more = d.ways > 1 ? ` (${say("assess-ways", { n: d.ways - 1 })})` : "";
        line(2, say("assess-missing", { what: names(d.missing[0]) }) + more);
      }
    }
    line(0, say("assess-trafficking", { what: say(TRUTHS[s.conclusion.trafficking]) }));
    line(0, say("assess-vulnerability", { what: say(TRUTHS[s.conclusion.vulnerability]) }));
    line(0, say("assess-exploited", { what: say(TRUTHS[s.conclusion.exploited]) }));
  }

  fold(say("assess-rest"));
  if (a.wordingWithoutStatus !== a.wording) line(0, say("assess-without-status", { what: said(a.wordingWithoutStatus) }));
  const others = a.threshold.by.filter((id) => !a.because.includes(id));
  if (others.length) line(0, say("assess-other-signs", { what: names(others) }));
  const clues = a.forcedLabour.map((c) => words(c.text)).join("; ") || say("assess-none");
  line(0, say("assess-forced-labour", { what: clues }));
  if (facts.length) line(1, say("assess-facts", { what: facts.map(fact).join("; ") }));
  if (a.law) {
    note(a.law.pack);
    a.law.pack.bills.forEach((b) => line(0, say("assess-bill", { what: words(b) })));
  }
  const stamp = (s) => `${s.id} ${s.version} (${s.sha256.slice(0, 8)})`;
  line(0, say("assess-rests-on", { what: [...rules.stamps, ...(a.law ? [a.law.pack] : [])].map(stamp).join(", ") }));
  return out;
};

// The elements in their groups, each with its reasons, and the items of the article.
const law = ({ say, words, sources, name, reason }, a, out, fold, line) => {
  const { pack, elements, items, group } = a.law, names = (ids) => ids.map(reason).join("; ");
  const title = say("assess-law", { pack: words(pack.title) });
  out.push({ kind: "elements", title, notes: a.day ? [] : [say("assess-no-day")] });
  for (const g of pack.group) {
    const of = group(g.id);
    const told = (e) => e.group === g.id && e.supports.length + e.points.length + e.contradicts.length;
    const row = (title, is, reasons) => ({ title, mark: STATE_MARKS[is], state: say(ELEMENTS[is]), reasons });
    const rows = elements.filter(told).map((e) => {
      const of = pack.element.find((x) => x.id === e.id), basis = say(BASES[of.basis]);
      const reasons = ["supports", "points", "contradicts"].filter((w) => e[w].length).map((w) => say("assess-" + w, { what: names(e[w]) }));
      reasons.push(of.sources.length ? say("assess-basis", { basis, sources: sources(of.sources) }) : basis);
      return row(words(of.text), e.supported, reasons);
    });
    out.push({ kind: "group", of: row(words(g.text), of, []), rows });
  }
  fold(say("assess-items"));
  if (items.every((i) => i.complete === NO)) line(1, say("assess-no-items"));
  for (const i of items.filter((i) => i.complete !== NO)) {
    const of = pack.item.find((x) => x.number === i.number);
    // Of groups that do as well as each other one is needed.
    const either = (groups) => groups.map(name).join(` ${say("assess-or")} `);
    const sets = [...of.needs, ...(of.implied ? [of.implied.any] : [])];
    const missing = [
      ...sets.filter((set) => set.every((g) => i.missing.includes(g))).map(either),
      ...i.missing.filter((m) => !sets.flat().includes(m)).map((m) => m === "minor" ? say("assess-no-minor") : name(m)),
    ].join(", ");
    const end = missing ? `; ${say("assess-item-missing", { what: missing })}` : "";
    line(1, `${say("assess-item", { n: i.number, what: words(of.text) })}: ${say(TRUTHS[i.complete])}${end}`);
    if (of.implied) {
      const basis = `${say(BASES[of.implied.basis])}: ${sources(of.implied.sources)}`;
      line(2, say("assess-implied", { what: either(of.implied.any), basis }));
    }
    if (of.not_without_means && a.minor !== "yes") line(2, say("assess-presupposed", { sources: sources(of.not_without_means.sources) }));
  }
};

// The same parts as elements of a page: the markup of the program's own template.
export const render = ({ say }, parts) => {
  const make = (tag, of = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), of);
    made.append(...inside);
    return made;
  };
  const list = (lines) => make("ul", {}, ...lines.map((l) => make("li", {}, l)));
  const head = ({ title, mark, state }) => make("summary", {}, title, make("strong", { className: mark }, state));
  const kinds = {
    say: ({ wording, notes }) => make("section", { className: "say" },
      make("p", {}, say("assess-say")), make("h1", {}, wording), ...notes.map((n) => make("p", {}, n))),
    why: ({ lines }) => make("section", { className: "why" }, make("h2", {}, say("assess-why")),
      make("ul", {}, ...lines.map(([className, words]) => make("li", { className }, words)))),
    do: ({ now, not }) => make("section", { className: "dodont" },
      make("div", {}, make("h2", {}, say("assess-do")), list(now)),
      make("div", { className: "dont" }, make("h2", {}, say("assess-dont")), list(not))),
    call: ({ title, calls }) => make("section", { className: "calls" }, make("h2", {}, title), ...calls.map((c) =>
      make("a", { className: "call", href: c.link }, make("span", {}, c.name, ...(c.hours ? [" ", make("small", { className: "hours" }, c.hours)] : [])), make("b", {}, c.reach), make("small", {}, c.what),
        ...(c.check ? [make("small", { className: "check" }, c.check)] : [])))),
    group: ({ of, rows }) => make("details", { className: "group", open: of.mark === "yes" }, head(of), ...rows.map((row) =>
      make("details", { className: "element" }, head(row), ...row.reasons.map((r) => make("p", {}, r))))),
    line: ({ depth, words, state }) => make("p", { className: "depth" + depth }, words, ...(state ? [make("strong", {}, state)] : [])),
  };
  const whole = make("div", { className: "result" });
  let into = whole;
  for (const part of parts) {
    if (part.kind === "elements") {
      whole.append(make("h2", { className: "elements" }, part.title), ...part.notes.map((n) => make("p", { className: "hint" }, n)));
    } else if (part.kind === "fold") {
      into = make("details", { className: "fold" }, make("summary", {}, part.title));
      whole.append(into);
    } else into.append(kinds[part.kind](part));
  }
  return whole;
};
