// break.mjs - which of the defects and choices of defects.mjs are on: BREAK=name,
// or the first argument; several with commas between.

import { choices, defects } from "./defects.mjs";

const on = new Set((process.env.BREAK || process.argv[2] || "").split(",").filter((name) => name !== ""));
for (const name of on) {
  if (defects.has(name) || choices.has(name)) continue;
  console.error(`there is no defect ${name}`);
  process.exit(2);
}
export const broken = (name) => on.has(name);
export const chosen = broken;
