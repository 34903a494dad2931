// Validates files against SARIF's schema: node validate.js MODULES FILE...
// One line a file: `ok FILE`, or `not ok FILE: WHERE WHY`.
"use strict";

const fs = require("fs");
const path = require("path");

const [modules, ...files] = process.argv.slice(2);
const load = (name) => require(path.join(path.resolve(modules), name));

const Ajv = load("ajv-draft-04").default;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
load("ajv-formats").default(ajv);
const schema = path.join(modules, "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const validate = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));

for (const file of files) {
	const good = validate(JSON.parse(fs.readFileSync(file, "utf8")));
	const why = (validate.errors || []).map((error) => `${error.instancePath} ${error.message}`);
	console.log(good ? `ok ${file}` : `not ok ${file}: ${why.join("; ")}`);
}
