// The audit of graphql-http (GraphQL over HTTP by the book) against a running server.
//
// node audit.mjs SERVER-URL NOT-MET.txt
//
// Every MUST and SHOULD must hold; every MAY must hold or be listed with its reason. What it fails on besides:
// a listed one that holds, that the audit does not know, that is no MAY, or that gives no reason.

import { readFileSync } from 'node:fs';
import { auditServer } from 'graphql-http';
import { Report } from './report.mjs';

const PATIENCE_MS = 20_000;
/** An audit that asks fewer things than this has not run. */
const AUDITS = 50;

async function main([server, listFile]) {
  if (!listFile) {
    console.error('usage: node audit.mjs SERVER-URL NOT-MET.txt');
    return 2;
  }
  const report = new Report();
  const listed = readList(readFileSync(listFile, 'utf8'));
  const fetchFn = (url, options) => fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
  const results = await auditServer({ url: `${server}/graphql`, fetchFn });
  report.check(results.length >= AUDITS ? [] : [`audit: only ${results.length} results`]);
  for (const result of results) report.check(await problemsOf(result, listed));
  const known = new Set(results.map((result) => result.id));
  for (const [id, entry] of listed) {
    const problems = [];
    if (!known.has(id)) problems.push(`not met, line ${entry.line}: the audit has no ${id}`);
    if (entry.reason === '') problems.push(`not met, line ${entry.line}: ${id} gives no reason`);
    report.check(problems);
  }
  const level = (word) => results.filter((result) => result.name.startsWith(word)).length;
  const levels = ['MUST', 'SHOULD', 'MAY'].map((word) => `${level(word)} ${word}`);
  console.log(`${levels.join(', ')}; listed as not met: ${listed.size}`);
  return report.close();
}

/** The lines `ID REASON` of the list. */
function readList(text) {
  const entries = new Map();
  text.split(/\r?\n/).forEach((line, index) => {
    const match = /^([0-9A-Z]{4})\b(.*)$/.exec(line.trim());
    if (match) entries.set(match[1], { line: index + 1, reason: match[2].trim() });
    else if (line.trim() !== '' && !line.startsWith('#')) throw new Error(`${line}: neither ID REASON nor a comment`);
  });
  return entries;
}

async function problemsOf({ id, name, status, reason, response }, listed) {
  if (status === 'ok') {
    const entry = listed.get(id);
    return entry ? [`not met, line ${entry.line}: ${id} holds: take it off the list`] : [];
  }
  if (listed.has(id) && name.startsWith('MAY')) return [];
  const got = response.bodyUsed ? '' : ` ${(await response.text()).slice(0, 300)}`;
  return [`${id} ${name}: ${reason}; the server: ${response.status}${got}`];
}

process.exitCode = await main(process.argv.slice(2));
