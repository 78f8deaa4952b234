import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { Follow } = createRequire(import.meta.url)("../../assets/ob-73-follow.js");

const passage = (...p) => ({ p, pass: true });
const pairs = (list) => list.map((one) => [...one.p, one.pass !== false]);

function follow(answers) {
  const asked = [];
  let learnt = 0;
  const one = new Follow((from, to) => {
    asked.push([from, to]);
    return Promise.resolve(answers(from, to));
  }, () => { learnt += 1; });
  return { one, asked, learnt: () => learnt };
}

test("a way takes the course that was answered, asked for once", async () => {
  const { one, asked, learnt } = follow(() => ({ course: [[1, 1]], straight: false, told: "" }));
  const list = [passage(0, 0), passage(2, 2)];
  assert.deepEqual(pairs(one.weave(list)), [[0, 0, true], [2, 2, true]]);
  one.weave(list);
  await Promise.resolve();
  assert.equal(learnt(), 1);
  assert.deepEqual(pairs(one.weave(list)), [[0, 0, true], [1, 1, false], [2, 2, true]]);
  assert.equal(asked.length, 1);
});

test("a passage that moves or changes place loses its course and no other one does", async () => {
  const { one, asked } = follow((from, to) => ({ course: [[from[0] + 0.5, to[1]]], straight: false, told: "" }));
  const list = [passage(0, 0), passage(2, 2), passage(4, 4)];
  one.weave(list);
  await Promise.resolve();
  const woven = one.weave(list);
  assert.equal(woven.length, 5);
  const moved = woven.map((point) => (point.p[0] === 4 ? passage(9, 9) : point));
  assert.deepEqual(pairs(one.weave(moved)), [[0, 0, true], [0.5, 2, false], [2, 2, true], [9, 9, true]]);
  await Promise.resolve();
  assert.equal(asked.length, 3);
});

test("where no axis leads the line is straight and that is said with the numbers of its passages", async () => {
  const { one } = follow((from) => ({ course: [], straight: from[0] === 2, told: "no road" }));
  const list = [passage(0, 0), passage(2, 2), passage(4, 4)];
  one.weave(list);
  await Promise.resolve();
  assert.deepEqual(one.straight(list), [{ from: 2, to: 3, told: "no road" }]);
});

test("the course of a kept way stays as it was drawn", () => {
  const { one, asked } = follow(() => ({ course: [], straight: true, told: "" }));
  const kept = [passage(0, 0), { p: [1, 5], pass: false }, passage(2, 2)];
  one.learn(kept);
  assert.deepEqual(pairs(one.weave(kept)), [[0, 0, true], [1, 5, false], [2, 2, true]]);
  assert.equal(asked.length, 0);
});

test("a failed answer is asked again the next time", async () => {
  const { one, asked } = follow(() => null);
  const list = [passage(0, 0), passage(2, 2)];
  one.weave(list);
  await Promise.resolve();
  one.weave(list);
  assert.equal(asked.length, 2);
});
