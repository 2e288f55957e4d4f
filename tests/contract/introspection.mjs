// What the server says of its schema when it is introspected, against the schema that it serves as a file.

import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { post } from './door.mjs';

/** The fullest question that tools ask. */
const OPTIONS = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};

/** One check: both texts, sorted, are the same. */
export async function checkIntrospection(report, server, sdl) {
  const answer = await post(server, { query: getIntrospectionQuery(OPTIONS) });
  if (answer.problem || answer.body.errors) {
    report.check([`introspection: ${answer.problem || answer.text.slice(0, 500)}`]);
    return;
  }
  // The executor answers one and the same text for every schema; a file has none.
  answer.body.data.__schema.description = null;
  const told = lines(buildClientSchema(answer.body.data));
  const served = lines(buildSchema(sdl));
  const problems = told.filter((line) => !served.includes(line)).map((line) => `introspection: only told: ${line}`);
  problems.push(...served.filter((line) => !told.includes(line)).map((line) => `introspection: only in the file: ${line}`));
  const same = told.join('\n') === served.join('\n');
  if (problems.length === 0 && !same) problems.push('introspection: another order than the file');
  report.check(problems.slice(0, 20));
}

function lines(schema) {
  return printSchema(lexicographicSortSchema(schema)).split('\n');
}
