// Live pages: the server says what changed, the parts of the page that show it are fetched and put in place.
// Without this script every page and button still works, with a reload.

const link = document.getElementById("link");
const notice = document.getElementById("notice");

function linkState(state, words) {
  link.dataset.state = state;
  link.textContent = words;
}

function complain(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

// Fetches this page anew and replaces the parts for which `wanted` holds and whose content differs.
let refreshing = null;
let again = null;
async function refresh(wanted) {
  // A page that shows nothing live, such as a whole runbook, is not fetched again and again.
  if (!document.querySelector("[data-live]")) return;
  if (refreshing) {
    const before = again;
    again = (part) => wanted(part) || (before !== null && before(part));
    return;
  }
  refreshing = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.status === 401) {
      complain("You are signed out. Load this page again to sign in.");
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && wanted(part)) replace(part, fresh);
    }
    // Parts that were not there before, such as the diagnosis.
    const known = new Set([...document.querySelectorAll("[data-live]")].map((part) => part.id));
    const isNew = [...page.querySelectorAll("[data-live]")].some((part) => !known.has(part.id));
    if (isNew) replace(document.getElementById("main"), page.getElementById("main"));
    document.title = page.title;
  } catch {
    linkState("lost", "no connection");
  } finally {
    refreshing = null;
    if (again) {
      const next = again;
      again = null;
      refresh(next);
    }
  }
}

// Puts new content in place without taking focus, typed text or opened details away from anybody.
function replace(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const focused = document.activeElement;
  const typing = part.contains(focused) && focused.matches("input, textarea") && focused.value !== "";
  if (typing) return;
  const focusId = part.contains(focused) ? focused.id : "";
  const open = [...part.querySelectorAll("details")].map((d) => d.open);
  part.innerHTML = fresh.innerHTML;
  part.dataset.live = fresh.dataset.live ?? part.dataset.live ?? "";
  part.className = fresh.className;
  part.querySelectorAll("details").forEach((d, at) => { if (open[at]) d.open = true; });
  if (focusId) (document.getElementById(focusId) ?? part.querySelector("button"))?.focus();
  follow();
}

// What a command prints is shown while it prints. The text comes with names of looks, never as HTML.
const followed = new Map();
function follow() {
  const wanted = new Set();
  for (const part of document.querySelectorAll("[data-follow]")) {
    const address = part.dataset.follow;
    wanted.add(address);
    const known = followed.get(address);
    // The page was fetched anew around it: what was printed before stays.
    if (known && known.part !== part) {
      part.replaceWith(known.part);
      known.part.scrollTop = known.part.scrollHeight;
    }
    if (!known) followed.set(address, tail(part, address));
  }
  for (const [address, { source }] of followed) {
    if (wanted.has(address)) continue;
    source.close();
    followed.delete(address);
  }
}

const MOST_SHOWN = 200000;
function tail(part, address) {
  const source = new EventSource(address);
  const show = (text, look) => {
    const atEnd = part.scrollTop + part.clientHeight >= part.scrollHeight - 4;
    const span = document.createElement("span");
    span.textContent = text;
    if (/^[a-z -]+$/.test(look ?? "")) span.className = look.split(" ").map((name) => `ansi-${name}`).join(" ");
    part.append(span);
    while (part.textContent.length > MOST_SHOWN && part.childNodes.length > 1) part.firstChild.remove();
    if (atEnd) part.scrollTop = part.scrollHeight;
  };
  source.addEventListener("output", (event) => JSON.parse(event.data).forEach((span) => show(span.text, span.as)));
  source.addEventListener("left-out", (event) => show(`\n… ${event.data} bytes left out …\n`, "faint"));
  source.addEventListener("over", () => source.close());
  return { part, source };
}

function concerns(topics) {
  if (topics.includes("everything")) return () => true;
  return (part) => (part.dataset.live ?? "").split(" ").some((topic) => topics.includes(topic));
}

function listen() {
  const source = new EventSource("/api/v1/live");
  let lost = false;
  source.addEventListener("hello", () => {
    linkState("live", "live");
    if (lost) refresh(() => true);
    lost = false;
  });
  source.addEventListener("change", (event) => refresh(concerns(event.data.split(" "))));
  source.addEventListener("error", () => {
    lost = true;
    linkState("lost", "reconnecting");
  });
}

// Buttons act without leaving the page, but for those of accounts, whose answer is a page of its own; what went wrong is said at the top.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || form.classList.contains("own")) return;
  event.preventDefault();
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => { button.disabled = true; });
  complain("");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      complain([said.error, said.help].filter(Boolean).join(". "));
    } else if (said.location && new URL(said.location, location.href).pathname !== location.pathname) {
      location.assign(said.location);
      return;
    } else {
      if ("clear" in form.dataset) form.reset();
      await refresh(() => true);
    }
  } catch {
    complain("The server does not answer.");
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
});

// In a runbook, n and p lead from the finding that has the focus to the next and to the previous one.
document.addEventListener("keydown", (event) => {
  const way = { n: "next", p: "previous" }[event.key];
  if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
  event.target.closest(".finding")?.querySelector(`[data-way="${way}"]`)?.click();
});
// At a run, letters lead to what it waits for; only Enter does it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select")) return;
  const wanted = {
    r: ".actions input:not([type=hidden]):not([name=break_glass]), .actions button",
    s: '.actions button[id^="skip-"]',
    e: 'button[id^="abort-"]',
  }[event.key];
  const found = wanted && document.querySelector(wanted);
  if (!found) return;
  event.preventDefault();
  found.focus();
  found.scrollIntoView({ block: "nearest" });
});
// What a link leads to is shown also where it was folded up.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target && target.parentElement.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView();
  target.focus();
}
addEventListener("hashchange", unfold);
unfold();
follow();
document.querySelector(".keys")?.removeAttribute("hidden");

// On a narrow screen the contents would hide the runbook.
const contents = document.getElementById("contents");
if (contents && matchMedia("(max-width: 59.99rem)").matches) contents.open = false;

listen();
// What checks saw last is not announced look by look: show it now and then.
setInterval(() => { if (!document.hidden) refresh((part) => (part.dataset.live ?? "").includes("services")); }, 10000);
