// Validates a file against a schema (draft-07): node validate.js MODULES SCHEMA FILE
// `ok FILE`, or `not ok FILE: WHERE WHY`.
"use strict";

const fs = require("fs");
const path = require("path");

const [modules, schema, file] = process.argv.slice(2);
const Ajv = require(path.join(path.resolve(modules), "ajv")).default;
const read = (name) => JSON.parse(fs.readFileSync(name, "utf8"));

const validate = new Ajv({ strict: false, allErrors: true }).compile(read(schema));
const good = validate(read(file));
const why = (validate.errors || []).map((error) => `${error.instancePath} ${error.message}`);
console.log(good ? `ok ${file}` : `not ok ${file}: ${why.join("; ")}`);
