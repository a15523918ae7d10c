// break.mjs - which of the defects of defects.mjs is on: BREAK=name, or the
// first argument.

import { defects } from "./defects.mjs";

const defect = process.env.BREAK || process.argv[2] || "";
if (defect !== "" && !defects.has(defect)) {
  console.error(`there is no defect ${defect}`);
  process.exit(2);
}
export const broken = (name) => defect === name;
