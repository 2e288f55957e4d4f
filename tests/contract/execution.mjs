// Holds the server's answers against those of graphql-js: which fields are there, under which names, in which order.
//
// node execution.mjs SERVER-URL SERVED.graphql
//
// graphql-js executes each request of execution-cases.mjs over data that the server answers to a plain request. Each is
// asked by POST and by GET; the answers must be equal to the letter. Where graphql-js answers no data, the server must
// answer 400, errors with codes, and no data. The answer to introspection is held against the schema's file.

import { readFileSync } from 'node:fs';
import { buildSchema, execute, parse, validate } from 'graphql';
import { get, post } from './door.mjs';
import { CASES, PLAIN } from './execution-cases.mjs';
import { checkIntrospection } from './introspection.mjs';
import { Report } from './report.mjs';

async function main([server, servedFile]) {
  if (!servedFile) {
    console.error('usage: node execution.mjs SERVER-URL SERVED.graphql');
    return 2;
  }
  const report = new Report();
  const sdl = readFileSync(servedFile, 'utf8');
  const schema = buildSchema(sdl);
  await checkIntrospection(report, server, sdl);
  const plain = await post(server, { query: PLAIN });
  const whole = plain.status === 200 && !plain.body.errors && plain.body.data.contents.nodes.length === 3;
  report.check(whole ? [] : [`execution: the plain request: ${plain.problem || plain.text.slice(0, 500)}`]);
  if (whole) for (const request of CASES) report.check(await problemsOf(server, schema, plain.body.data, request));
  return report.close();
}

async function problemsOf(server, schema, rootValue, { name, query, variables, operationName }) {
  const document = parse(query);
  const faults = validate(schema, document);
  if (faults.length > 0) return [`execution: ${name}: not a valid document: ${faults[0].message}`];
  const wanted = execute({ schema, document, rootValue, variableValues: variables, operationName });
  const request = { query };
  if (variables) request.variables = variables;
  if (operationName) request.operationName = operationName;
  const problems = [];
  for (const [method, ask] of Object.entries({ POST: post, GET: get })) {
    const problem = difference(wanted, await ask(server, request));
    if (problem) problems.push(`execution: ${name}, ${method}: ${problem}\n          ${JSON.stringify(request)}`);
  }
  return problems;
}

function difference(wanted, got) {
  if (got.problem) return got.problem;
  const errors = got.body.errors || [];
  if (errors.some((error) => !error.extensions || !error.extensions.code)) return `an error without a code: ${got.text}`;
  const refused = errors.length > 0 && got.status === 400 && !('data' in got.body);
  if (wanted.data === undefined || wanted.data === null) {
    const reason = wanted.errors[0].message;
    return refused ? null : `graphql-js refuses (${reason}); the server: ${got.status} ${got.text.slice(0, 300)}`;
  }
  // What graphql-js notices at a field, the server may refuse before it begins.
  if (wanted.errors && refused) return null;
  const [due, served] = [JSON.stringify(wanted.data), JSON.stringify(got.body.data)];
  if (due === served && got.status === 200 && errors.length > 0 === Boolean(wanted.errors)) return null;
  return `graphql-js: ${due.slice(0, 300)}; the server: ${got.status} ${got.text.slice(0, 300)}`;
}

process.exitCode = await main(process.argv.slice(2));
