/* Events and snapshots for the tests: every field has a plain default. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Loads a script of the product. */
export function script(name) { return require("../../assets/" + name); }

export const NOON = Date.UTC(2026, 10, 14, 12, 0) / 1000;
export const HOUR = 3600;

let next = 0;

export function event(patch = {}) {
  next += 1;
  return { id: "e" + next, no: 1000 + next, v: 1, src: "s", org: "ville", cat: "chantier", sev: 1, st: "", info: "real",
    ti: "Chantier", pl: null, ef: null, ds: ["13201"], pe: [[NOON - HOUR, NOON + HOUR]], ll: [5.38, 43.3], g: null, rt: null,
    pr: "exact", up: NOON, at: NOON, new: NOON - 86400, au: "public", err: false, fx: null, tb: 1, ms: null, em: null, ...patch };
}

export function snapshot(events, patch = {}) {
  const dict = { cat: [], org: [], src: [], ds: [] };
  const at = (kind, value) => {
    if (!dict[kind].includes(value)) { dict[kind].push(value); }
    return dict[kind].indexOf(value);
  };
  const columns = {};
  for (const key of Object.keys(event())) { columns[key] = []; }
  for (const row of events) {
    for (const [key, value] of Object.entries(row)) {
      if (key === "ds") { columns.ds.push(value.map((code) => at("ds", code))); }
      else if (["cat", "org", "src"].includes(key)) { columns[key].push(at(key, value)); }
      else { columns[key].push(value); }
    }
  }
  columns.no = columns.no.map((number, i) => number - (i ? columns.no[i - 1] : 0));
  return { seq: 10, time: NOON, from: NOON - 86400, to: NOON + 7 * 86400, dict, events: columns, roads: [], sources: [], ...patch };
}
