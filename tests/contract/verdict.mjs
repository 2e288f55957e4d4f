// What a document is by graphql-js, and what a server says of it.

import { Kind, parse, specifiedRules, validate } from 'graphql';
import { post } from './door.mjs';
import { missingRules } from './missing-rules.mjs';
import { variablesFor } from './variables.mjs';

/** A rule of graphql-js alone: with us it is a limit, with the code of limits. */
const LIMIT = 'MaxIntrospectionDepthRule';

/** The codes that say: this document is not one to execute. */
const REFUSED = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

const RULES = specifiedRules.concat(missingRules);
const WITHOUT_LIMIT = RULES.filter((rule) => rule.name !== LIMIT);

/** Whether the document can be parsed, is valid, offends the limit only; and why not. */
export function verdictOf(schema, text) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    return { parsed: false, valid: false, why: error.message };
  }
  const errors = validate(schema, document, RULES);
  const onlyLimit = errors.length > 0 && validate(schema, document, WITHOUT_LIMIT).length === 0;
  const why = errors.map((error) => error.message).join(' ');
  return { parsed: true, valid: errors.length === 0, onlyLimit, document, why };
}

/** Asks the server; answers what contradicts the verdict. With `limits`, a limit may be met instead of any verdict. */
export async function problemsOf(server, schema, text, wanted, limits = false) {
  const answer = await post(server, requestFor(schema, text, wanted));
  if (answer.problem) return [answer.problem];
  const errors = answer.body.errors || [];
  const codes = errors.map((error) => error.extensions && error.extensions.code);
  const limited = codes.includes('LIMIT_EXCEEDED');
  const refused = codes.some((code) => REFUSED.includes(code)) || limited;
  const problems = [];
  if (codes.some((code) => !code)) problems.push('an error has no code');
  if (codes.includes('INTERNAL') || answer.status >= 500) problems.push('a fault');
  if (refused && (answer.status !== 400 || 'data' in answer.body)) problems.push('refused without status 400 or with data');
  if (limited && !wanted.onlyLimit && !limits) problems.push('a limit was met');
  if (!limited && refused && wanted.valid) problems.push('graphql-js takes it, the server refuses it');
  if (!refused && !wanted.valid) problems.push(`the server takes it, graphql-js refuses it (${wanted.why})`);
  if (!limited && refused && wanted.parsed === codes.includes('GRAPHQL_PARSE_FAILED')) {
    problems.push(`graphql-js ${wanted.parsed ? 'can parse it' : `cannot parse it (${wanted.why})`}`);
  }
  const said = errors.map((error, at) => `${codes[at]}: ${error.message}`).join(' ');
  const asked = JSON.stringify(text.trim().replace(/\s+/g, ' '));
  return problems.map((problem) => `${problem}; the server: ${answer.status} ${said}\n          ${asked}`);
}

/** The document with what it needs to be executed: its first operation, and variables that fit. */
function requestFor(schema, text, { document, valid }) {
  const request = { query: text };
  if (!document) return request;
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operations.length > 1 && operations[0].name) request.operationName = operations[0].name.value;
  if (valid && operations.length > 0) request.variables = variablesFor(schema, operations[0]);
  return request;
}

/** Runs the work over all items, a few at once, and answers the results in the items' order. */
export async function eachOf(items, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at], at);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return results;
}
