"use strict";

const MAIN = `query Inbox($id: ID!) {
  application(id: $id) {
    stage
    candidate { displayName email }
    position { title department { name nameZh } }
    reminders {
      kind
      message
      english: message(locale: EN)
      occurredAt
      relation
      noShow { position { title } reason state }
    }
  }
}`;
const LINK = `mutation Link($input: CreateLinkInput!) {
  createLink(input: $input) { ... on Link { url } ... on Refused { message(locale: EN) } }
}`;
const THREE = ["recruiter@marketing.demo", "recruiter@technology.demo", "recruiter@subsidiary.demo"];
const byId = (id) => document.getElementById(id);
let demo = null;

function element(tag, text, className, lang) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  if (lang) made.lang = lang;
  return made;
}

function trouble(text) {
  const place = byId("trouble");
  place.textContent = text;
  place.hidden = !text;
}

// Tokens last an hour; a page left open asks for new ones.
async function loadDemo() {
  const response = await fetch("/demo.json", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error((await response.json()).errors[0].message);
  demo = await response.json();
}

async function send(externalId, query, variables, again = true) {
  const viewer = demo.viewers.find((item) => item.externalId === externalId);
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${viewer.token}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  const ended = (answer.errors || []).some((error) => error.extensions?.code === "UNAUTHENTICATED");
  if (ended && again) {
    await loadDemo();
    return send(externalId, query, variables, false);
  }
  return answer;
}

function card(viewer, answer) {
  const made = element("article", undefined, "card");
  const title = element("h3", `${viewer.who} `);
  title.append(element("span", viewer.whoZh, "", "zh"));
  made.append(title, element("p", viewer.externalId, "who"));
  const application = answer.data?.application;
  if (answer.errors) {
    made.append(said("noshow", answer.errors[0].message));
  } else if (!application) {
    made.append(said("", "没有这条投递。", "There is no such application for this viewer."));
  } else if (!application.reminders.length) {
    made.append(said("", "没有提醒。", "No reminders."));
  } else {
    for (const reminder of application.reminders) {
      made.append(said(reminder.noShow ? "noshow" : "", reminder.message, reminder.english));
    }
  }
  const details = element("details");
  details.append(element("summary", "JSON"), element("pre", JSON.stringify(answer, null, 2)));
  made.append(details);
  return made;
}

function said(kind, zh, en) {
  const made = element("div", undefined, `said ${kind}`.trim());
  made.append(element("p", zh, "", "zh"));
  if (en) made.append(element("p", en));
  return made;
}

async function askThree() {
  trouble("");
  const answers = await Promise.all(THREE.map((name) => send(name, MAIN, { id: demo.main.application })));
  const viewers = THREE.map((name) => demo.viewers.find((item) => item.externalId === name));
  byId("cards").replaceChildren(...answers.map((answer, index) => card(viewers[index], answer)));
}

async function openHers() {
  trouble("");
  const answer = await send("recruiter@technology.demo", LINK, { input: { application: demo.main.application } });
  const link = answer.data?.createLink;
  if (!link?.url) throw new Error(link?.message || answer.errors[0].message);
  window.location.assign(link.url);
}

async function runOwn() {
  trouble("");
  const text = byId("variables").value.trim();
  let variables;
  try {
    variables = text ? JSON.parse(text) : undefined;
  } catch (error) {
    trouble(`The variables are not JSON: ${error.message}`);
    return;
  }
  const started = performance.now();
  const answer = await send(byId("viewer").value, byId("query").value, variables);
  byId("took").textContent = `${Math.round(performance.now() - started)} ms`;
  byId("answer").textContent = JSON.stringify(answer, null, 2);
}

function showMain() {
  byId("query").value = MAIN;
  byId("variables").value = JSON.stringify({ id: demo.main.application });
}

function guarded(work) {
  return () => work().catch((error) => trouble(`That did not work: ${error.message}`));
}

async function start() {
  await loadDemo();
  for (const viewer of demo.viewers) {
    const option = element("option", `${viewer.externalId} – ${viewer.who}`);
    option.value = viewer.externalId;
    option.selected = viewer.externalId === "recruiter@technology.demo";
    byId("viewer").append(option);
  }
  showMain();
  byId("ask").addEventListener("click", guarded(askThree));
  byId("herself").addEventListener("click", guarded(openHers));
  byId("run").addEventListener("click", guarded(runOwn));
  byId("main").addEventListener("click", showMain);
  byId("query").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) guarded(runOwn)();
  });
  await askThree();
}

guarded(start)();
