// Compares the server's verdict on every document of the corpus with that of graphql-js, rule by rule.
//
// node corpus.mjs SERVER-URL SERVED.graphql
//
// A file of corpus/ belongs to the rule of its name; Syntax.graphql to the parser. What it fails on: a document that
// one side takes and the other refuses, but for those of graphql-js-errs.txt; an answer that is not whole (status,
// code, `data`); a rule with too few documents, without a valid one, or without one that it refuses itself.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, Kind, parse, specifiedRules, validate } from 'graphql';
import { documentsOf } from './documents.mjs';
import { post } from './door.mjs';
import { Report } from './report.mjs';
import { variablesFor } from './variables.mjs';

const DOCUMENTS_IN_ALL = 300;
const DOCUMENTS_OF_A_RULE = 10;
const AT_ONCE = 8;

/** Rules that no document can break while the schema lacks what they are about: each with that root type. */
const NEEDS_ROOT = { SingleFieldSubscriptions: 'getSubscriptionType' };

/** The codes that say: this document is not one to execute. */
const REFUSED = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

/** The rule that graphql-js has and no specification: with us it is a limit, with the code of limits. */
const LIMIT = 'MaxIntrospectionDepth';

async function main([server, servedFile]) {
  if (!servedFile) {
    console.error('usage: node corpus.mjs SERVER-URL SERVED.graphql');
    return 2;
  }
  const schema = buildSchema(readFileSync(servedFile, 'utf8'));
  const report = new Report();
  const here = dirname(fileURLToPath(import.meta.url));
  const documents = read(join(here, 'corpus'));
  for (const document of documents) document.wanted = verdict(schema, document);
  correct(report, documents, readFileSync(join(here, 'graphql-js-errs.txt'), 'utf8'));
  checkSpread(report, schema, documents);

  const waiting = documents.slice();
  const worker = async () => {
    for (let document = waiting.shift(); document; document = waiting.shift()) {
      document.problems = await compare(server, schema, document);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const document of documents) report.check(document.problems);

  const valid = documents.filter((document) => document.wanted.valid).length;
  console.log(`${documents.length} documents: ${valid} valid, ${documents.length - valid} not`);
  return report.close();
}

function read(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .flatMap((name) => documentsOf(readFileSync(join(folder, name), 'utf8'), name.replace('.graphql', '')));
}

/** What graphql-js says: whether it takes the document, why not, and whether the document's own rule refuses it. */
function verdict(schema, { rule, text }) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    return { valid: false, parsed: false, byRule: rule === 'Syntax', why: error.message };
  }
  const errors = validate(schema, document);
  const own = specifiedRules.filter((candidate) => candidate.name === `${rule}Rule`);
  const byRule = own.length > 0 && validate(schema, document, own).length > 0;
  const others = specifiedRules.filter((candidate) => candidate.name !== `${LIMIT}Rule`);
  const onlyLimit = errors.length > 0 && validate(schema, document, others).length === 0;
  return { valid: errors.length === 0, parsed: true, byRule, onlyLimit, document, why: errors.map((e) => e.message).join(' ') };
}

/** Where graphql-js departs from the specification, the specification holds: `refuse` or `take`. */
function correct(report, documents, list) {
  for (const line of list.split('\n').filter((entry) => entry.trim() !== '' && !entry.startsWith('#'))) {
    const [name, due, why] = line.split(' | ');
    const document = documents.find((candidate) => `${candidate.rule}: ${candidate.name}` === name);
    const problems = [];
    if (!why || !['take', 'refuse'].includes(due)) problems.push(`graphql-js-errs: '${name}' needs take or refuse, and a reason`);
    if (!document) problems.push(`graphql-js-errs: the corpus has no '${name}'`);
    else if (document.wanted.valid === (due === 'take')) problems.push(`graphql-js-errs: '${name}': graphql-js does so: take it off the list`);
    else Object.assign(document.wanted, { valid: due === 'take', why });
    report.check(problems);
  }
}

/** Enough documents, of every rule, with both verdicts, and each name once. */
function checkSpread(report, schema, documents) {
  const enough = documents.length >= DOCUMENTS_IN_ALL;
  report.check(enough ? [] : [`corpus: ${documents.length} documents, at least ${DOCUMENTS_IN_ALL}`]);
  const rules = specifiedRules.map((rule) => rule.name.replace(/Rule$/, '')).concat('Syntax');
  for (const rule of rules) {
    const own = documents.filter((document) => document.rule === rule);
    if (NEEDS_ROOT[rule] && !schema[NEEDS_ROOT[rule]]()) continue;
    const problems = [];
    if (own.length < DOCUMENTS_OF_A_RULE) problems.push(`corpus: ${rule} has ${own.length} documents, at least ${DOCUMENTS_OF_A_RULE}`);
    if (!own.some((document) => document.wanted.valid)) problems.push(`corpus: ${rule} has no valid document`);
    if (!own.some((document) => document.wanted.byRule)) problems.push(`corpus: ${rule} has no document that it refuses`);
    const names = own.map((document) => document.name);
    for (const name of new Set(names)) {
      if (names.indexOf(name) !== names.lastIndexOf(name)) problems.push(`corpus: ${rule} has '${name}' twice`);
    }
    report.check(problems);
  }
  for (const rule of new Set(documents.map((document) => document.rule))) {
    report.check(rules.includes(rule) ? [] : [`corpus: graphql-js has no rule ${rule}`]);
  }
}

async function compare(server, schema, document) {
  const { wanted, rule, name, text } = document;
  const where = `${rule}: ${name}`;
  const answer = await post(server, requestFor(schema, document));
  if (answer.problem) return [`${where}: ${answer.problem}`];
  const errors = answer.body.errors || [];
  const codes = errors.map((error) => error.extensions && error.extensions.code);
  const said = errors.map((error) => `${error.extensions && error.extensions.code}: ${error.message}`).join(' ');

  const problems = [];
  if (codes.some((code) => !code)) problems.push('an error has no code');
  const limited = codes.includes('LIMIT_EXCEEDED');
  if (limited && !wanted.onlyLimit) problems.push('a limit was met');
  const refused = codes.some((code) => REFUSED.includes(code)) || (limited && wanted.onlyLimit);
  if (refused && wanted.valid) problems.push('graphql-js takes it, the server refuses it');
  if (!refused && !wanted.valid) problems.push(`the server takes it, graphql-js refuses it (${wanted.why})`);
  if (refused && !wanted.parsed !== codes.includes('GRAPHQL_PARSE_FAILED')) {
    problems.push(`graphql-js ${wanted.parsed ? 'can' : 'cannot'} parse it`);
  }
  if (refused && (answer.status !== 400 || 'data' in answer.body)) problems.push(`refused with status ${answer.status}, data ${'data' in answer.body}`);
  if (codes.includes('INTERNAL') || answer.status >= 500) problems.push(`status ${answer.status}`);
  return problems.map((problem) => `${where}: ${problem}; the server: ${answer.status} ${said}\n          ${JSON.stringify(text.trim().replace(/\s+/g, ' '))}`);
}

/** The document with what it needs to be executed: its first operation, and variables that fit. */
function requestFor(schema, { text, wanted }) {
  const request = { query: text };
  if (!wanted.document) return request;
  const operations = wanted.document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operations.length > 1 && operations[0].name) request.operationName = operations[0].name.value;
  if (wanted.valid && operations.length > 0) request.variables = variablesFor(schema, operations[0]);
  return request;
}

process.exitCode = await main(process.argv.slice(2));
