import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { test } from "node:test";

const ROOT = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const sprite = read("assets/icons.svg");
const names = new Set([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1]));

test("every category and family has its pictogram", () => {
  const taxonomy = JSON.parse(read("events/taxonomy.json"));
  const wanted = [...taxonomy.categories, ...taxonomy.families].map((one) => one.icon);
  assert.deepEqual(wanted.filter((icon) => !names.has(icon)), []);
});

test("every pictogram that a script names exists", () => {
  const missing = [];
  for (const file of readdirSync(new URL("assets/", ROOT)).filter((name) => /^ob-.*\.js$/.test(name))) {
    for (const [, icon] of read("assets/" + file).matchAll(/dom\.icon\("([a-z]+)"/g)) {
      if (!names.has(icon)) { missing.push(file + ": " + icon); }
    }
  }
  assert.deepEqual(missing, []);
});

test("paths hold commands with the numbers they take, and nothing else", () => {
  const counts = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 };
  const wrong = [];
  for (const [, path] of sprite.matchAll(/ d="([^"]*)"/g)) {
    if (/[^MmLlHhVvCcSsQqTtAaZz0-9., -]/.test(path)) { wrong.push(path.slice(0, 60)); }
    for (const [, command, rest] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
      const numbers = rest.match(/-?(\d+\.?\d*|\.\d+)/g) || [], takes = counts[command.toUpperCase()];
      if (takes === 0 ? numbers.length : !numbers.length || numbers.length % takes) { wrong.push(command + rest); }
    }
  }
  assert.deepEqual(wrong, []);
});

test("the sprite stays within its budget", () => {
  assert.ok(gzipSync(sprite).length <= 25000);
  assert.ok(statSync(new URL("assets/icons.svg", ROOT)).size < 50000);
});
