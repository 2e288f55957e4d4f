// Compares the server's verdict on every document of the corpus with that of graphql-js, rule by rule.
//
// node corpus.mjs SERVER-URL SERVED.graphql
//
// What it fails on: a document that one side takes and the other refuses, but for those of graphql-js-errs.txt; an
// answer that is not whole (status, code, `data`); a rule with too few documents, without a valid one, or without one
// that it refuses itself. Syntax counts as a rule, the parser's.

import { readFileSync } from 'node:fs';
import { buildSchema, specifiedRules, validate } from 'graphql';
import { readCorpus, readDepartures } from './documents.mjs';
import { Report } from './report.mjs';
import { eachOf, problemsOf, verdictOf } from './verdict.mjs';

const DOCUMENTS_IN_ALL = 300;
const DOCUMENTS_OF_A_RULE = 10;

/** Rules that no document can break while the schema lacks what they are about: each with that root type. */
const NEEDS_ROOT = { SingleFieldSubscriptions: 'getSubscriptionType' };

async function main([server, servedFile]) {
  if (!servedFile) {
    console.error('usage: node corpus.mjs SERVER-URL SERVED.graphql');
    return 2;
  }
  const schema = buildSchema(readFileSync(servedFile, 'utf8'));
  const report = new Report();
  const documents = readCorpus();
  for (const document of documents) document.wanted = verdictOf(schema, document.text);
  checkSpread(report, schema, documents);
  correct(report, documents);

  const problems = await eachOf(documents, ({ text, wanted }) => problemsOf(server, schema, text, wanted));
  documents.forEach(({ rule, name }, at) => report.check(problems[at].map((problem) => `${rule}: ${name}: ${problem}`)));
  const valid = documents.filter((document) => document.wanted.valid).length;
  console.log(`${documents.length} documents: ${valid} valid, ${documents.length - valid} not`);
  return report.close();
}

/** Where graphql-js departs from the specification, the specification holds: `refuse` or `take`. */
function correct(report, documents) {
  for (const { name, due, why } of readDepartures()) {
    const document = documents.find((candidate) => `${candidate.rule}: ${candidate.name}` === name);
    const problems = [];
    if (!why || !['take', 'refuse'].includes(due)) problems.push('needs take or refuse, and a reason');
    if (!document) problems.push('is not in the corpus');
    else if (document.wanted.valid === (due === 'take')) problems.push('is what graphql-js says, too: take it off the list');
    else Object.assign(document.wanted, { valid: due === 'take', why });
    report.check(problems.map((problem) => `graphql-js-errs: '${name}' ${problem}`));
  }
}

/** Enough documents, of every rule, with both verdicts, and each name once. */
function checkSpread(report, schema, documents) {
  const enough = documents.length >= DOCUMENTS_IN_ALL;
  report.check(enough ? [] : [`corpus: ${documents.length} documents, at least ${DOCUMENTS_IN_ALL}`]);
  const rules = new Map(specifiedRules.map((rule) => [rule.name.replace(/Rule$/, ''), rule]));
  for (const name of Array.from(rules.keys()).concat('Syntax')) {
    if (NEEDS_ROOT[name] && !schema[NEEDS_ROOT[name]]()) continue;
    const own = documents.filter((document) => document.rule === name);
    report.check(problemsOfRule(schema, name, rules.get(name), own));
  }
  for (const name of new Set(documents.map((document) => document.rule))) {
    report.check(rules.has(name) || name === 'Syntax' ? [] : [`corpus: graphql-js has no rule ${name}`]);
  }
}

function problemsOfRule(schema, name, rule, own) {
  const problems = [];
  if (own.length < DOCUMENTS_OF_A_RULE) problems.push(`${own.length} documents, at least ${DOCUMENTS_OF_A_RULE}`);
  if (!own.some(({ wanted }) => wanted.valid)) problems.push('no valid document');
  const refuses = ({ parsed, document }) => (rule ? parsed && validate(schema, document, [rule]).length > 0 : !parsed);
  if (!own.some(({ wanted }) => refuses(wanted))) problems.push('no document that it refuses');
  const names = own.map((document) => document.name);
  for (const each of new Set(names)) {
    if (names.indexOf(each) !== names.lastIndexOf(each)) problems.push(`'${each}' twice`);
  }
  return problems.map((problem) => `corpus: ${name} has ${problem}`);
}

process.exitCode = await main(process.argv.slice(2));
