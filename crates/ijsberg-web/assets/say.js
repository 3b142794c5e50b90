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
  const places = [
    rules.questions.question, rules.operational.indicator, rules.operational.dimension, rules.laws.flatMap((l) => l.group),
    rules.questions.indication.map((i) => ({ id: i.all.join(" + "), text: i.text })), rules.eleven.indicator,
  ];
  const name = (id) => {
    const of = places.map((p) => p.find((x) => x.id === id)).find(Boolean);
    return of ? words(of.text) : id === "minor" ? say("assess-no-minor") : id;
  };
  const point = (digits) => lang === "nl" ? digits.replace(".", ",") : digits;
  const whole = (x) => x.toFixed(0).replace(/\B(?=(\d{3})+$)/g, lang === "nl" ? "." : ",");
  const plain = (x) => point(String(Number(x.toFixed(2))));
  const numbers = {
    months: ["fact-months", plain], hours_a_week: ["fact-hours", plain], pay_an_hour: ["fact-pay", (x) => point(x.toFixed(2))],
    share_handed_over: ["fact-share", (x) => point((100 * x).toFixed(x < 0.1 ? 1 : 0)) + "%"], debt: ["fact-debt", whole],
  };
  const fact = ([id, x]) => say(numbers[id][0], { x: numbers[id][1](x) });
  return { say, words, name, fact };
};

const TRUTHS = { [YES]: "truth-yes", [OPEN]: "truth-open", [NO]: "truth-no" };
const STATES = { [YES]: "state-positive", [OPEN]: "state-undetermined", [NO]: "state-excluded" };
const ELEMENTS = { [YES]: "element-supported", [OPEN]: "element-open", [NO]: "element-not-supported" };

const BASES = { text: "basis-text", case_law: "basis-case-law", to_be_verified: "basis-to-be-verified" };

// Sections of a heading and lines of a depth and words, or rows of an element, its state and its reasons. What fits on a screen
// comes first; `fold` says that the rest is shown when somebody asks for it. `facts` are numbers by name.
export const sections = (speaker, rules, a, facts) => {
  const { say, words, name, fact } = speaker, names = (ids) => ids.map(name).join("; ");
  const out = [];
  const heading = (title, fold = false) => out.push({ title, fold, lines: [] });
  const line = (depth, words, state = "") => out.at(-1).lines.push({ depth, words, state });
  const said = (w) => say("wording-" + w);
  heading(say("assess-wording", { what: said(a.wording) }));
  if (a.presumedChild) line(0, say("assess-presumed-child"));
  if (a.wordingIfMinor && a.wordingIfMinor !== a.wording) line(0, say("assess-if-minor", { what: said(a.wordingIfMinor) }));
  line(0, say("assess-no-finding"));
  for (const [first, second] of a.conflicts) line(0, say("assess-conflict", { first: name(first), second: name(second) }));
  heading(say("assess-why"));
  if (!a.because.length) line(0, say("assess-not-yet", { n: a.threshold.open.length }));
  a.because.forEach((id) => line(1, name(id)));
  heading(say("assess-do"));
  if (a.wordingIfMinor) line(1, say("assess-do-age"));
  line(1, say("assess-do-private"));
  line(1, say(RANKS[a.wording] >= 2 ? "assess-do-rights" : "assess-do-again"));
  line(1, say("assess-do-note"));
  heading(say("assess-dont"));
  for (const what of ["confront", "promise", "press"]) line(1, say("assess-dont-" + what));
  heading(say("assess-call"));
  line(1, say("assess-call-comensha"));
  line(1, say("assess-call-112"));

  if (!a.law) {
    heading(say("assess-law", { pack: say("assess-none") }));
    line(0, a.gap ? words(a.gap) : say("assess-no-law"));
  } else law(speaker, rules, a, heading, line, (row) => out.at(-1).lines.push(row));
  if (a.next.length) {
    heading(say("assess-next"), true);
    a.next.forEach((id) => line(1, name(id)));
  }
  heading(say("assess-help"), true);
  a.help.forEach((h) => line(1, words(h.text)));

  const note = ({ verified, note }) => verified || !note || line(0, say("assess-unverified", { what: words(note) }));
  for (const s of a.ilo) {
    heading(say("assess-ilo", { set: say("set-" + s.set.replaceAll("_", "-")) }), true);
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

  heading(say("assess-rest"), true);
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

// The elements, each with its reasons, and the items of the article.
const law = ({ say, words, name }, rules, a, heading, line, row) => {
  const { pack, elements, items } = a.law, names = (ids) => ids.map(name).join("; ");
  heading(say("assess-law", { pack: words(pack.title) }));
  if (!a.day) line(0, say("assess-no-day"));
  for (const e of elements.filter((e) => e.supports.length + e.points.length + e.contradicts.length)) {
    const of = pack.element.find((x) => x.id === e.id), basis = say(BASES[of.basis]);
    const reasons = ["supports", "points", "contradicts"].filter((w) => e[w].length).map((w) => say("assess-" + w, { what: names(e[w]) }));
    reasons.push(of.sources.length ? say("assess-basis", { basis, sources: of.sources.join("; ") }) : basis);
    row({ title: words(of.text), state: say(ELEMENTS[e.supported]), supported: e.supported, reasons });
  }
  heading(say("assess-items"), true);
  for (const i of items.filter((i) => i.complete !== NO)) {
    const of = pack.item.find((x) => x.number === i.number);
    const missing = i.missing.map((m) => m === "minor" ? say("assess-no-minor") : name(m)).join(", ");
    const end = missing ? `; ${say("assess-item-missing", { what: missing })}` : "";
    line(1, `${say("assess-item", { n: i.number, what: words(of.text) })}: ${say(TRUTHS[i.complete])}${end}`);
    if (of.implied) {
      const basis = `${say(BASES[of.implied.basis])}: ${of.implied.sources.join("; ")}`;
      line(2, say("assess-implied", { what: of.implied.any.map(name).join(", "), basis }));
    }
  }
};
