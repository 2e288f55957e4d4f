// Lints the served schema with graphql-eslint: nothing may be found but what lint-rules.mjs names as agreed.
//
// node lint.mjs SERVED.graphql
//
// It lints broken.graphql, too, in which every rule named below must find something: a lint that finds nothing
// there would find nothing anywhere. The linter remembers the first schema that it sees, so each file has its process.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { AGREED, rulesFor } from './lint-rules.mjs';
import { Report } from './report.mjs';

const MUST_SEE = [
  'naming-convention', 'require-description', 'input-name', 'strict-id-in-types', 'no-unreachable-types',
  'require-deprecation-reason', 'relay-arguments', 'relay-connection-types', 'relay-edge-types', 'relay-page-info',
];
const HERE = fileURLToPath(import.meta.url);

async function main([servedFile, mode]) {
  if (!servedFile) {
    console.error('usage: node lint.mjs SERVED.graphql');
    return 2;
  }
  if (mode === '--print') {
    process.stdout.write(JSON.stringify(await lint(resolve(servedFile))));
    return 0;
  }
  const report = new Report();
  const seen = new Set(findings(join(dirname(HERE), 'broken.graphql')).map((finding) => finding.ruleId));
  for (const rule of MUST_SEE) {
    report.check(seen.has(`@graphql-eslint/${rule}`) ? [] : [`lint: ${rule} finds nothing in broken.graphql`]);
  }
  const open = new Set(AGREED);
  const lines = readFileSync(resolve(servedFile), 'utf8').split('\n');
  for (const { ruleId, line, column, message } of findings(resolve(servedFile))) {
    const type = typeAt(lines, line);
    const agreed = AGREED.find((entry) => `@graphql-eslint/${entry.rule}` === ruleId
      && (entry.message ?? message) === message && (entry.type ?? type) === type
      && (!entry.field || message.startsWith(`Field \`${entry.field}\``)));
    open.delete(agreed);
    report.check(agreed ? [] : [`lint: ${line}:${column} ${ruleId}: ${message}`]);
  }
  for (const entry of open) {
    report.check([`lint: ${JSON.stringify(entry)} is agreed and not found: take it off`]);
  }
  return report.close();
}

/** The type in whose definition a line of the schema stands. */
function typeAt(lines, line) {
  for (let at = line - 1; at >= 0; at -= 1) {
    const found = /^(?:type|interface|input|enum|union|scalar) (\w+)/.exec(lines[at]);
    if (found) return found[1];
  }
  return null;
}

function findings(file) {
  return JSON.parse(execFileSync(process.execPath, [HERE, file, '--print'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
}

async function lint(file) {
  const text = readFileSync(file, 'utf8');
  const eslint = new ESLint({ cwd: dirname(file), overrideConfigFile: true, overrideConfig: rulesFor(file, text) });
  const [result] = await eslint.lintText(text, { filePath: file });
  if (!result) throw new Error(`${file} was not linted`);
  return result.messages;
}

process.exitCode = await main(process.argv.slice(2));
