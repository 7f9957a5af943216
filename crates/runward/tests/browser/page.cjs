// A person at the page, in a real browser, with the keyboard: signs in, sees a service die, acknowledges,
// carries out the procedure and sees the end, without a reload. Says on standard output what should happen
// next outside of the browser; fails with what it saw instead.
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const { LINK, CHROMIUM, SERVICE, PROCEDURE } = process.env;
const trouble = [];

function check(holds, words) {
  if (!holds) trouble.push(words);
}

// Every rule for text that can be read and things that can be reached, as axe knows them.
async function checkAccess(page, where) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => axe.run(document));
    for (const { id, nodes } of violations) {
      const what = nodes.slice(0, 3).map((n) => `${n.html} (${n.any[0]?.message ?? ""})`).join(" | ");
      check(false, `${where}, ${colorScheme}: ${id}: ${what}`);
    }
  }
}

async function checkWidth(page, where) {
  await page.setViewportSize({ width: 360, height: 740 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(over <= 0, `${where}: ${over} pixels too wide at 360`);
  await page.setViewportSize({ width: 1200, height: 800 });
}

// Reaches something by Tab alone and presses Enter.
async function press(page, selector) {
  await page.waitForSelector(selector);
  for (let at = 0; at < 200; at += 1) {
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) {
      await page.keyboard.press("Enter");
      return;
    }
    await page.keyboard.press("Tab");
  }
  check(false, `${selector} cannot be reached by Tab`);
  await page.click(selector);
}

const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");

// The runbook itself: findings beside their lines, or below them where there is no room, all of it by keyboard.
async function runbook(page) {
  await page.goto(new URL("/runbook", LINK).href);
  check((await page.textContent(".procedure .last")).includes("fixed it"), "the runbook tells how the procedure went");
  check((await page.textContent(".doc")).includes("destructive"), "the runbook tells what a step does in words");
  await press(page, ".counts a");
  const first = await focused(page);
  check(/^f\d+$/.test(first), `a count leads to a finding, not to "${first}"`);
  await page.keyboard.press("n");
  const second = await focused(page);
  check(second === `f${Number(first.slice(1)) + 1}`, `n leads from ${first} to ${second}`);
  await page.keyboard.press("p");
  check(await focused(page) === first, "p leads back");
  await press(page, ".contents a[href='#h-bookings-are-slow']");
  check(new URL(page.url()).hash === "#h-bookings-are-slow", "the contents lead to a heading");
  const beside = await page.evaluate(() => {
    const [finding, block] = [".noted .finding", ".noted > :first-child"].map((s) => document.querySelector(s).getBoundingClientRect());
    return finding.left >= block.right && Math.abs(finding.top - block.top) < 40;
  });
  check(beside, "findings stand beside their lines");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.reload();
  const below = await page.evaluate(() => {
    const [finding, block] = [".noted .finding", ".noted > :first-child"].map((s) => document.querySelector(s).getBoundingClientRect());
    return finding.top >= block.bottom - 1 && !document.getElementById("contents").open;
  });
  check(below, "on a narrow screen findings stand below their lines, and the contents are closed");
  await checkAccess(page, "the runbook, narrow");
  await page.setViewportSize({ width: 1200, height: 800 });

  const plain = await page.context().browser().newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const without = await plain.newPage();
  await without.goto(new URL(`/runbook#${first}`, LINK).href);
  check(await without.isVisible(`#${first} .rule`), "without a script findings are there all the same");
  await without.click(`#${first} .way[data-way="next"]`);
  check(new URL(without.url()).hash === `#${second}`, "without a script one finding leads to the next");
  await plain.close();
}

// Gives oneself a password and somebody else a way in, who comes in without a script.
async function accounts(page) {
  const password = "a long walk home";
  await press(page, '.top a[href="/account"]');
  await page.waitForSelector('input[name="new"]');
  await page.fill('input[name="new"]', password);
  await page.fill('input[name="again"]', password);
  await press(page, 'form[action="/account/password"] button');
  await page.waitForSelector('input[name="old"]');
  await page.fill('form[action="/account/tokens"] input[name="name"]', "phone");
  await press(page, 'form[action="/account/tokens"] button');
  check(/^rw_[0-9a-f]{64}$/.test(await page.textContent("#made code")), "a token is shown once");
  await checkAccess(page, "the account");
  await checkWidth(page, "the account");
  await press(page, '.top a[href="/users"]');
  await page.fill('form[action="/users"] input[name="name"]', "jon");
  await press(page, 'form[action="/users"] button');
  await page.waitForSelector("#made");
  const link = await page.textContent("#made code");
  await checkAccess(page, "the users");
  await checkWidth(page, "the users");

  const other = await page.context().browser().newContext({ javaScriptEnabled: false });
  const without = await other.newPage();
  await without.goto(link);
  check((await without.textContent("main")).includes("as jon"), "the link says whom it signs in");
  await without.click("button");
  await without.goto(new URL("/procedures/" + PROCEDURE, LINK).href);
  check(await without.locator("main form[method=post]:visible").count() === 0, "who may only look is shown no buttons");
  check((await without.goto(new URL("/users", LINK).href)).status() === 403, "the users are for admins");
  await other.clearCookies();
  await without.goto(new URL("/incidents", LINK).href);
  await without.fill("#name", "mara");
  await without.fill("#password", password);
  await without.click("button");
  check(new URL(without.url()).pathname === "/incidents", "signed in, one is where one wanted to be");
  await other.close();

  const stranger = await page.context().browser().newContext();
  const door = await stranger.newPage();
  await door.goto(new URL("/login", LINK).href);
  await checkAccess(door, "the door");
  await checkWidth(door, "the door");
  await stranger.close();
}

async function live(page) {
  const browser = page.context();
  await page.goto(LINK);
  await page.fill("#name", "mara");
  await page.keyboard.press("Enter");
  await page.waitForSelector('.link[data-state="live"]');
  await page.waitForFunction(() => document.querySelectorAll(".services .card").length >= 3);
  await page.waitForFunction(() => !document.querySelector(".services .card.critical, .services .card.unknown"));
  await checkAccess(page, "all well");
  await checkWidth(page, "all well");

  // A mark that a reload would wipe out.
  await page.evaluate(() => { window.mark = "same page"; });
  console.log("kill");
  await page.waitForSelector(".incident.open a");
  check(await page.evaluate(() => window.mark) === "same page", "the page was loaded anew to show the incident");
  check((await page.textContent(".incident.open")).includes(SERVICE), "the incident names the service");
  await checkAccess(page, "an incident is open");
  await press(page, ".incident.open a");

  await page.waitForSelector("#timeline");
  await page.waitForSelector("#diagnosis .output");
  check((await page.textContent("#diagnosis")).includes("listening on port"), "the diagnosis shows the log");
  await page.evaluate(() => { window.mark = "same page"; });
  await press(page, "#acknowledge");
  await page.waitForSelector(".stage.acknowledged");
  await checkAccess(page, "the incident");
  await checkWidth(page, "the incident");
  await press(page, ".run-form button");
  await page.waitForSelector('[id^="approve-"]');
  await checkAccess(page, "a step asks");
  await press(page, '[id^="approve-"]');
  await page.waitForSelector(".outcome.verified");
  await page.waitForSelector(".stage.resolved");
  check(await page.evaluate(() => window.mark) === "same page", "the page was loaded anew while the run went on");
  check((await page.textContent("#timeline")).includes("mara"), "the timeline says who acted");
  await checkWidth(page, "after the run");
  await runbook(page);
  await accounts(page);
  for (const path of ["/", "/incidents", "/runbook", "/procedures", `/procedures/${PROCEDURE}`, "/runs/2"]) {
    await page.goto(new URL(path, LINK).href);
    await checkWidth(page, path);
    await checkAccess(page, path);
  }
  await browser.clearCookies();
  const answer = await page.goto(new URL("/incidents/1", LINK).href);
  check(answer.status() === 401, `signed out, the incident answers ${answer.status()}`);
  const again = await page.goto(LINK);
  check((await page.textContent("body")).includes("does not work any more"), `the link works once (${again.status()})`);
}

(async () => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  page.setDefaultTimeout(30000);
  page.on("console", (m) => {
    // What a browser says by itself of an answer that is meant to be a refusal.
    if (m.type() === "error" && !m.text().includes("401")) trouble.push(`console: ${m.text()}`);
  });
  page.on("pageerror", (e) => trouble.push(`script: ${e}`));
  try {
    await live(page);
  } catch (e) {
    trouble.push(`${e}\n${await page.textContent("main").catch(() => "")}`);
  }
  await browser.close();
  trouble.forEach((words) => console.log(`wrong: ${words}`));
  console.log("done");
})();
