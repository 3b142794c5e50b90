// Every page works without this file. It adds live reasons, progress, dropping files, pictures as PNG, keys for the review, and
// drafts that are encrypted on the device.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

all(".script").forEach((e) => e.classList.remove("hidden"));

// What this tab keeps of an assessment, until it is closed; and a draft, under a passphrase.
const ANSWERS = "ijsberg-answers", DRAFT = "ijsberg-draft";

// Leaving in a hurry: three times Escape, or the button. First nothing is left here, then the page is blank, then it is another one
// that takes its place in the history; without a connection it stays blank.
let left = false, escapes = [];
const leave = async () => {
  left = true;
  document.title = "…";
  document.body.replaceChildren();
  try {
    sessionStorage.clear();
    localStorage.clear();
    for (const name of await caches.keys()) await caches.delete(name);
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  } catch { /* What a browser does not have needs no clearing. */ }
  try {
    await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(3000) });
    location.replace("/exit");
  } catch { location.replace("about:blank"); }
};
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || one("dialog[open]")) return;
  escapes = [...escapes.filter((t) => e.timeStamp - t < 2000), e.timeStamp];
  if (escapes.length >= 3) leave();
});
all("a.leave").forEach((a) => a.addEventListener("click", (e) => { e.preventDefault(); leave(); }));
// What is kept elsewhere from here on, and what is over, is not kept in the tab.
all("form[action='/logout'], form[action$='/assessment']")
  .forEach((f) => f.addEventListener("submit", () => sessionStorage.removeItem(ANSWERS)));
// A form that was begun and not sent is asked about; one that came back is begun already.
all("form[data-unsaved]").forEach((f) => {
  let begun = f.dataset.unsaved === "begun";
  f.addEventListener("input", () => { begun = true; });
  f.addEventListener("submit", () => { begun = false; });
  addEventListener("beforeunload", (e) => { if (begun && !left) e.preventDefault(); });
});

// What the answers say, while they are given; without a connection the page weighs them itself.
const questions = one("form[data-live]");
const element = (name, words = "", of = {}) => Object.assign(document.createElement(name), { textContent: words }, of);
// Answers are whole: what is given replaces all that is there, on this step or another.
const isAnswer = (name) => name && !["step", "go", "lang"].includes(name);
const refill = (given) => {
  const shown = new Set();
  fieldsets().filter((f) => given.has(nameOf(f))).forEach((f) => show(f, true));
  for (const input of [...questions.elements]) {
    if (!isAnswer(input.name)) continue;
    if (input.type === "hidden") { input.remove(); continue; }
    shown.add(input.name);
    const value = given.get(input.name);
    if (input.type === "radio") input.checked = input.value === (value ?? "not_asked");
    else input.value = value ?? "";
  }
  for (const [name, value] of given) {
    if (isAnswer(name) && !shown.has(name)) questions.append(element("input", "", { type: "hidden", name, value }));
  }
};
const fieldsets = () => all("fieldset.ask", questions);
const nameOf = (fieldset) => one("input", fieldset).name;
const show = (fieldset, on) => { fieldset.hidden = !on; fieldset.disabled = !on; };
const answersNow = () => new Map([...new FormData(questions)].filter(([name]) => isAnswer(name)));
const remember = () => sessionStorage.setItem(ANSWERS, JSON.stringify([...answersNow()]));
if (questions) {
  // Asked for at once: when the connection is gone it is too late. What did not come is asked for again when it is needed.
  const json = async (path) => (await fetch(path)).json();
  let kept;
  const instruments = () => kept ??= Promise
    .all([import("/assets/weigh.js"), import("/assets/say.js"), json("/assess/instruments.json")])
    .catch((e) => { kept = undefined; throw e; });
  instruments().catch(() => {});
  let asked = 0, sure = false;
  const weigh = async () => {
    const [{ assess, facts }, { speaker, sections, render }, { rules, text, lang }] = await instruments();
    const given = new Map(new FormData(questions)), { known, wrong, future } = facts(given);
    const answers = [...given].filter(([name, value]) => name.startsWith("q.") && value !== "not_asked");
    const a = assess(rules, Object.fromEntries(answers.map(([name, value]) => [name.slice(2), value])), given.get("facts_on"));
    const speak = speaker({ rules, text, lang });
    return { a, ...speak, wrong, future, page: () => render(speak, sections(speak, rules, a, known)), answered: answers.length };
  };
  const list = (title, kind, items) => {
    if (!items.length) return [];
    const of = element(kind);
    of.append(...items.map((words) => element("li", words)));
    return title ? [element("h3", title), of] : [of];
  };
  const alone = async () => {
    const { a, say, name, asked, answered } = await weigh(), proposed = element("p");
    proposed.append(element("strong", say("assess-wording", { what: say("wording-" + a.wording) })));
    const clash = ([first, second]) => say("assess-conflict", { first: name(first), second: name(second) });
    one("#live").replaceChildren(
      element("p", say("web-alone"), { className: "hint" }), proposed,
      element("p", say("web-answered", { n: answered }), { className: "hint" }),
      ...list("", "ul", a.conflicts.map(clash)),
      ...list(say("web-because"), "ul", a.because.map(name)),
      ...list(say("assess-next"), "ol", a.next.map(asked)),
    );
  };
  // Whether there was an answer; one that takes this long is none.
  const ask = async () => {
    const turn = ++asked;
    try {
      const body = new URLSearchParams(new FormData(questions));
      const answer = await fetch("/assess/live", { method: "POST", body, signal: AbortSignal.timeout(8000) });
      const html = await answer.text();
      if (answer.ok && turn === asked) one("#live").innerHTML = html;
      return true;
    } catch {
      if (turn === asked) await alone().catch(lost);
      return false;
    }
  };
  // Nothing to weigh by: said, and the answers stay in the page.
  const lost = () => one("#live").replaceChildren(element("p", one("#alone").dataset.lost, { role: "alert" }));
  const result = async () => {
    const { say, page, wrong, future } = await weigh(), shown = one("#alone [data-shown]"), field = questions.elements[wrong[0]];
    if (field) {
      field.setCustomValidity(say(wrong[0] === future ? "web-fact-future" : "web-fact-wrong", { field: field.labels[0].textContent }));
      field.reportValidity();
      return;
    }
    shown.replaceChildren(element("p", say("web-alone"), { className: "hint" }), page());
    turn(true);
  };
  // Between the questions and the result.
  const turn = (over) => {
    all("#main > *").forEach((e) => { e.hidden = over === (e.id !== "alone"); });
    one(over ? "#alone" : "button[value=result]").focus();
    scrollTo(0, 0);
  };
  one("#alone button[data-back]").addEventListener("click", () => turn(false));
  // Without a connection there is no next step, so all questions come at once.
  const together = async () => {
    const given = new Map(new FormData(questions));
    const page = new DOMParser().parseFromString(await (await fetch("/assess/all")).text(), "text/html");
    questions.replaceChildren(...one("form[data-live]", page).childNodes);
    refill(given);
    scrollTo(0, 0);
  };
  // Statements come as the answers ask for them, a few at a time: those worth asking. What was shown stays, save what a no closed.
  // Without the instruments all of the step is shown.
  const passed = new Set();
  const reveal = async () => {
    if (!one("input[name=step]", questions)) return;
    const now = fieldsets();
    try {
      const [{ worthAsking, ON_A_PAGE }, , { rules }] = await instruments();
      const given = answersNow(), answer = (id) => given.get("q." + id) ?? "not_asked";
      const closed = (f) => {
        const { id, only_if: before } = rules.questions.question.find((q) => "q." + q.id === nameOf(f));
        return before && answer(before) === "no" && answer(id) === "not_asked";
      };
      now.filter((f) => !f.hidden && closed(f)).forEach((f) => show(f, false));
      const known = Object.fromEntries([...given].filter(([n, v]) => n.startsWith("q.") && v !== "not_asked").map(([n, v]) => [n.slice(2), v]));
      const worth = worthAsking(rules, known, given.get("facts_on"), given.has("deep")).map((q) => now.find((f) => nameOf(f) === "q." + q.id));
      const wanted = worth.filter(Boolean), open = wanted.filter((f) => !f.hidden && !passed.has(nameOf(f))).length;
      wanted.filter((f) => f.hidden && !given.has(nameOf(f))).slice(0, Math.max(0, ON_A_PAGE - open)).forEach((f) => show(f, true));
    } catch { now.forEach((f) => show(f, true)); }
    remember();
  };
  questions.addEventListener("change", (e) => { e.target.setCustomValidity?.(""); remember(); reveal(); ask(); });
  // Each step has an address, and the answers are in the tab: going back, reloading and another language lose none.
  const before = sessionStorage.getItem(ANSWERS);
  if (before && "fresh" in questions.dataset) {
    // What was answered before this file was there counts too.
    const early = [...answersNow()].filter(([, value]) => value && value !== "not_asked");
    const given = new Map([...JSON.parse(before), ...early]);
    if (one("input[name=step]", questions)) fieldsets().forEach((f) => show(f, false));
    // What was left open on an earlier page stands there, and is not waited for.
    given.forEach((answer, name) => { if (answer === "not_asked") passed.add(name); });
    refill(given);
    ask();
  } else remember();
  reveal();
  one("[data-anew]", questions).addEventListener("click", (e) => {
    if (!confirm(e.target.dataset.anew)) return;
    sessionStorage.removeItem(ANSWERS);
    location.assign("/assess");
  });
  const stepOf = (page) => one("form[data-live] input[name=step]", page)?.value;
  const address = (step) => step === undefined ? "/assess/all" : `/assess?step=${Number(step) + 1}`;
  const follow = async (button) => {
    const body = new URLSearchParams(new FormData(questions, button));
    const answer = await fetch("/assess", { method: "POST", body, signal: AbortSignal.timeout(8000) });
    const step = answer.ok && stepOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (!step) return false;
    location.assign(address(step));
    return true;
  };
  const speak = async (lang) => {
    const body = new URLSearchParams({ lang, back: "/health" });
    const answer = await fetch("/language", { method: "POST", body, signal: AbortSignal.timeout(8000) });
    if (answer.ok) location.assign(address(stepOf(document)));
    return answer.ok;
  };
  // Sent into the void the answers would be lost, so somebody must be there first.
  questions.addEventListener("submit", async (e) => {
    if (sure) return;
    e.preventDefault();
    const button = e.submitter;
    remember();
    if (!await ask()) return (button?.value === "result" ? result() : together()).catch(lost);
    if (button?.name === "lang" && await speak(button.value).catch(() => false)) return;
    if (["next", "back"].includes(button?.value) && await follow(button).catch(() => false)) return;
    sure = true;
    questions.requestSubmit(button);
    sure = false;
  });
}

// A run: how far it is.
const run = one("[data-progress]");
if (run) {
  const bar = one("progress", run), words = one("output", run);
  const look = async () => {
    try {
      const state = await (await fetch(run.dataset.progress)).json();
      if (state.over) { location.reload(); return; }
      if (state.of > 0) { bar.max = state.of; bar.value = state.done; } else { bar.removeAttribute("value"); }
      words.textContent = state.of > 0 ? `${state.stage} ${state.done} / ${state.of}` : state.stage;
    } catch { /* Asked again. */ }
    setTimeout(look, 700);
  };
  look();
}

// A table dropped on the page.
const drop = one(".drop");
if (drop) {
  const input = one("input[type=file]", drop);
  const over = (on) => (e) => { e.preventDefault(); drop.classList.toggle("over", on); };
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (e) => { over(false)(e); input.files = e.dataTransfer.files; });
}

// Runs of this tab are listed, and offered to compare with, until the tab is closed or its user logs out.
const RUNS = "ijsberg-runs";
const runsOfTab = () => {
  try { return JSON.parse(sessionStorage.getItem(RUNS) ?? "[]"); } catch { return []; /* Without them the address is typed. */ }
};
all("ul[data-runs]").forEach((list) => {
  for (const { id, name } of runsOfTab().reverse()) {
    const item = element("li");
    item.append(element("a", name, { href: `/estimate/${id}` }));
    list.append(item);
  }
  one("[data-none]").hidden = list.children.length > 0;
});
all("input[data-run]").forEach((input) => {
  const runs = runsOfTab().filter((run) => run.id !== input.dataset.run);
  const known = [...input.list.options].map((option) => option.value);
  const options = runs.map((run) => new Option(run.name, `/estimate/${run.id}`));
  input.list.append(...options.filter((option) => !known.includes(option.value)));
  runs.push({ id: input.dataset.run, name: input.dataset.name });
  try { sessionStorage.setItem(RUNS, JSON.stringify(runs.slice(-10))); } catch { /* As above. */ }
});
all("form[action='/logout']").forEach((f) => f.addEventListener("submit", () => sessionStorage.removeItem(RUNS)));

// What is folded away is unfolded for who goes to a part of it.
const unfold = (to) => document.getElementById(to.slice(1))?.closest("details")?.setAttribute("open", "");
all("a[href^='#method-']").forEach((a) => a.addEventListener("click", () => unfold(a.hash)));
if (location.hash.startsWith("#method-")) unfold(location.hash);

// A head of such a table sorts its rows, up and then down. In a column of numbers what is none comes last, either way.
all("table.sortable").forEach((table) => {
  const heads = all("thead th", table), body = table.tBodies[0];
  heads.forEach((head, at) => {
    const button = element("button", "", { type: "button", className: "link" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const rows = [...body.rows].map((row) => {
        const { dataset: { value }, textContent } = row.cells[at];
        return { row, words: textContent.trim(), number: value === undefined ? NaN : Number(value) };
      });
      const isNumbers = rows.some((r) => !isNaN(r.number));
      rows.sort((a, b) => {
        if (!isNumbers) return sign * a.words.localeCompare(b.words, document.documentElement.lang, { numeric: true });
        if (isNaN(a.number) || isNaN(b.number)) return isNaN(a.number) - isNaN(b.number);
        return sign * (a.number - b.number);
      });
      body.append(...rows.map((r) => r.row));
    });
  });
});

// The marks of a picture are one stop of the tab key, and arrows go from one to the next. What a mark says is shown below the picture,
// since browsers show a title to pointers alone.
all("figure svg").forEach((picture) => {
  const marks = all("g.datum", picture);
  if (!marks.length) return;
  const said = element("p", "", { className: "said" });
  said.setAttribute("aria-hidden", "true");
  picture.after(said);
  const reach = (mark) => marks.forEach((m) => m.setAttribute("tabindex", m === mark ? "0" : "-1"));
  const say = (e) => {
    const mark = e.target.closest("[data-of]");
    if (mark) said.textContent = one("title", mark).textContent;
  };
  reach(marks[0]);
  picture.addEventListener("pointerover", say);
  // Not on the picture itself, which would become a stop of its own.
  picture.parentElement.addEventListener("focusin", (e) => {
    if (!marks.includes(e.target)) return;
    reach(e.target);
    say(e);
  });
  picture.addEventListener("keydown", (e) => {
    const at = marks.indexOf(e.target), last = marks.length - 1;
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[e.key];
    if (at < 0 || to === undefined) return;
    e.preventDefault();
    marks[Math.min(Math.max(to, 0), last)].focus();
  });
});

// What is of the same method, or of the same lists, is shown wherever it is, as the pointer or the focus comes to one of them.
if (one("[data-of]")) {
  let now;
  const link = (e) => {
    const of = e.target.closest?.("[data-of]")?.dataset.of;
    if (of === now) return;
    now = of;
    all("[data-of]").forEach((other) => other.classList.toggle("linked", other.dataset.of === of));
  };
  ["focusin", "pointerover"].forEach((kind) => document.addEventListener(kind, link));
}

// A picture of a chart.
all("button[data-png]").forEach((button) => button.addEventListener("click", async () => {
  const svg = await (await fetch(button.dataset.png)).text();
  const picture = new Image();
  await new Promise((done, failed) => {
    picture.onload = done;
    picture.onerror = failed;
    picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  });
  const box = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement.viewBox.baseVal;
  const canvas = document.createElement("canvas");
  canvas.width = 2 * (box.width || picture.width);
  canvas.height = 2 * (box.height || picture.height);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const link = document.createElement("a");
  link.href = canvas.toDataURL("image/png");
  link.download = button.dataset.name + ".png";
  link.click();
}));

// Keys for the review: J the same, K different, L undecided; U goes back to the pair before, and undoes what was decided on this one.
if (one("form[data-keys]")) {
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    const control = all("#main [data-key]").find((c) => c.dataset.key === e.key.toLowerCase());
    if (control) { e.preventDefault(); control.click(); }
  });
}

// Who may be registered already, while somebody is entered. Before there is enough to go by nobody is asked for.
const alike = one("#alike");
if (alike) {
  const form = alike.closest("form"), watched = /^(sex|birth_year|nationality|form|identity\.(given_name|family_name|birth_date))$/;
  let waits, asked = "";
  form.addEventListener("change", (e) => {
    if (!watched.test(e.target.name)) return;
    clearTimeout(waits);
    waits = setTimeout(async () => {
      const entered = [...new FormData(form)].filter(([name, value]) => watched.test(name) && value.trim());
      const has = (...names) => names.every((name) => entered.some((field) => field[0] === name));
      const enough = has("birth_year") || has("identity.birth_date") || has("identity.given_name", "identity.family_name", "nationality");
      const body = new URLSearchParams(entered);
      if (!enough) {
        asked = "";
        alike.replaceChildren();
      }
      if (!enough || body.toString() === asked) return;
      asked = body.toString();
      const lost = () => { asked = ""; alike.replaceChildren(); };
      try {
        const answer = await fetch(alike.dataset.alike, { method: "POST", body, signal: AbortSignal.timeout(8000) });
        const html = await answer.text();
        if (asked !== body.toString()) return;
        if (answer.ok) alike.innerHTML = html;
        else lost();
      } catch { lost(); }
    }, 400);
  });
}

// One box ticks all others of a name; without scripts it is not there.
all("input[data-all]").forEach((box) => {
  box.closest("[hidden]").hidden = false;
  box.addEventListener("change", () => all(`input[name="${box.dataset.all}"]`).forEach((b) => { b.checked = box.checked; }));
});

all("button[data-print]").forEach((b) => b.addEventListener("click", () => print()));
all("button[data-confirm]").forEach((b) => b.addEventListener("click", (e) => {
  if (!confirm(b.dataset.confirm)) e.preventDefault();
}));

// Drafts: sealed under a key from a passphrase that stays in one's head. PBKDF2 with SHA-256 and AES-GCM are what browsers have.
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const keyOf = async (passphrase, salt) => {
  const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 600000 };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};
const draft = one("#draft");
if (draft && questions && window.crypto?.subtle) {
  const dialog = one("dialog", draft), form = one("form", dialog), said = one("output", draft);
  const there = () => all("[data-draft=open], [data-draft=forget]", draft)
    .forEach((b) => { b.hidden = !localStorage.getItem(DRAFT); });
  let open = false;
  const begin = (opening) => { open = opening; form.reset(); one("p", dialog).hidden = opening; dialog.showModal(); };
  one("[data-draft=save]", draft).addEventListener("click", () => begin(false));
  one("[data-draft=open]", draft).addEventListener("click", () => begin(true));
  one("[data-draft=forget]", draft).addEventListener("click", () => { localStorage.removeItem(DRAFT); there(); });
  one("[data-draft=cancel]", dialog).addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const passphrase = form.elements.passphrase.value;
    if (!open && passphrase.length < 12) { said.textContent = draft.dataset.short; dialog.close(); return; }
    dialog.close();
    if (open) {
      try {
        const kept = JSON.parse(localStorage.getItem(DRAFT));
        const key = await keyOf(passphrase, bytes(kept.salt));
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(kept.iv) }, key, bytes(kept.data));
        const answers = new Map(JSON.parse(new TextDecoder().decode(plain)));
        refill(answers);
        questions.dispatchEvent(new Event("change"));
        said.textContent = draft.dataset.opened;
      } catch { said.textContent = draft.dataset.wrong; }
    } else {
      const salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify([...answersNow()]));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(passphrase, salt), plain);
      localStorage.setItem(DRAFT, JSON.stringify({ salt: text(salt), iv: text(iv), data: text(data) }));
      said.textContent = draft.dataset.saved;
    }
    there();
  });
  there();
}

// The questions without a connection.
if (questions && "serviceWorker" in navigator) navigator.serviceWorker.register("/offline.js");
