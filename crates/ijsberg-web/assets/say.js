// An assessment in words, as the program says it (crate ijsberg-report, `assessment`). `text` are its messages with the names of
// their parts in braces, in the language of the page.
import { NO, OPEN, YES } from "/assets/weigh.js";

const fill = (pattern, parts) => pattern.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

// What is said of one language: messages, names of questions and indicators, numbers.
export const speaker = ({ rules, text, lang }) => {
  const say = (key, parts = {}) => {
    if (!(key in text)) throw new Error(`no message ${key}`);
    return fill(text[key], parts);
  };
  const words = (of) => of[lang];
  const places = [
    rules.questions.question, rules.operational.indicator, rules.laws.flatMap((l) => l.group),
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

// Sections of a heading and lines of a depth and words: what it is not comes first. `facts` are numbers by name.
export const sections = (speaker, rules, a, facts) => {
  const { say, words, name, fact } = speaker, names = (ids) => ids.map(name).join("; ");
  const out = [];
  const heading = (title) => out.push({ title, lines: [] });
  const line = (depth, words, state = "") => out.at(-1).lines.push({ depth, words, state });
  heading(say("assess-title"));
  line(0, say("assess-no-finding"));
  line(0, say("assess-wording", { what: say("wording-" + a.wording) }));
  if (a.wordingWithoutStatus !== a.wording) {
    line(0, say("assess-without-status", { what: say("wording-" + a.wordingWithoutStatus) }));
  }
  for (const [first, second] of a.conflicts) line(0, say("assess-conflict", { first: name(first), second: name(second) }));

  heading(say("assess-threshold"));
  if (a.threshold.indication) {
    line(0, say("assess-yes-by"));
    a.threshold.by.forEach((id) => line(1, name(id)));
  } else line(0, say("assess-not-yet", { n: a.threshold.open.length }));

  const note = ({ verified, note }) => verified || !note || line(0, say("assess-unverified", { what: words(note) }));
  for (const s of a.ilo) {
    heading(say("assess-ilo", { set: say("set-" + s.set.replaceAll("_", "-")) }));
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
  const clues = a.forcedLabour.map((c) => words(c.text)).join("; ") || say("assess-none");
  line(0, say("assess-forced-labour", { what: clues }));

  if (!a.law) line(0, say("assess-no-law"));
  else {
    const { pack, elements, items } = a.law;
    heading(say("assess-law", { pack: words(pack.title) }));
    if (!a.day) line(0, say("assess-no-day"));
    note(pack);
    for (const e of elements.filter((e) => e.supports.length + e.points.length + e.contradicts.length)) {
      line(1, `${words(pack.element.find((x) => x.id === e.id).text)}: ${say(ELEMENTS[e.supported])}`);
      for (const what of ["supports", "points", "contradicts"]) {
        if (e[what].length) line(2, say("assess-" + what, { what: names(e[what]) }));
      }
    }
    for (const i of items.filter((i) => i.complete !== NO)) {
      const title = words(pack.item.find((x) => x.number === i.number).text);
      const missing = i.missing.map((m) => m === "minor" ? say("assess-no-minor") : name(m)).join(", ");
      const end = missing ? `; ${say("assess-item-missing", { what: missing })}` : "";
      line(1, `${say("assess-item", { n: i.number, what: title })}: ${say(TRUTHS[i.complete])}${end}`);
    }
  }
  if (facts.length) line(1, say("assess-facts", { what: facts.map(fact).join("; ") }));
  if (a.next.length) {
    heading(say("assess-next"));
    a.next.forEach((id) => line(1, name(id)));
  }
  heading(say("assess-help"));
  a.help.forEach((h) => line(1, words(h.text)));
  const stamp = (s) => `${s.id} ${s.version} (${s.sha256.slice(0, 8)})`;
  line(0, say("assess-rests-on", { what: [...rules.stamps, ...(a.law ? [a.law.pack] : [])].map(stamp).join(", ") }));
  return out;
};
