// Makes the pictures of the book from the demo as it runs, in a real browser:
// NODE_PATH=target/tools/node_modules node docs/pictures/make.cjs [path of runward]
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const program = process.argv[2] ?? path.join(__dirname, "../../target/release/runward");
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

// Starts the demo and waits for the link that it prints.
async function demo() {
  const child = spawn(program, ["demo"], { stdio: ["ignore", "pipe", "inherit"] });
  const link = await new Promise((found, failed) => {
    let said = "";
    child.stdout.on("data", (piece) => {
      said += piece;
      const there = said.match(/http:\S+\/login\?code=[0-9a-f]+/);
      if (there) found(there[0]);
    });
    child.on("exit", () => failed(new Error(`the demo ended: ${said}`)));
  });
  return { child, link };
}

async function picture(page, name, colorScheme, size, place) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(size);
  await page.evaluate((place) => {
    const shown = place && document.querySelector(place).closest(".noted");
    scrollTo(0, shown ? shown.getBoundingClientRect().top + scrollY - innerHeight / 2 : 0);
  }, place);
  await page.screenshot({ path: path.join(__dirname, `${name}.png`) });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) throw new Error(`${name} is ${over} pixels too wide`);
}

(async () => {
  const { child, link } = await demo();
  const browser = await chromium.launch({ executablePath: browsers.find(existsSync), args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage({ deviceScaleFactor: 1 });
    const wide = { width: 1200, height: 800 };
    await page.setViewportSize(wide);
    await page.goto(link);
    await page.fill("#name", "you");
    await page.click("button");
    await page.waitForSelector(".incident.open, .incident.acknowledged");
    await picture(page, "watch", "light", wide);
    await page.click(".incident a");
    await page.waitForSelector("#diagnosis .output");
    await page.waitForSelector('.step.is-verifying, .outcome.verified');
    await picture(page, "incident", "light", wide);
    await picture(page, "incident-dark", "dark", wide);
    await page.waitForSelector(".stage.resolved");
    await picture(page, "incident-narrow", "light", { width: 360, height: 740 });
    await page.setViewportSize(wide);
    await page.goto(new URL("/runbook", link).href);
    const place = ".block .finding";
    await picture(page, "runbook", "light", { width: 1440, height: 900 }, place);
    await picture(page, "runbook-dark", "dark", { width: 1440, height: 900 }, place);
    await picture(page, "runbook-narrow", "light", { width: 360, height: 740 }, place);
  } finally {
    await browser.close();
    child.kill("SIGTERM");
  }
})();
