// Every operation that we publish must be one that the served schema accepts.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse, Source, validate } from 'graphql';

/** One check a file; a folder without any operation fails. */
export function checkOperations(report, folder, served) {
  const files = existsSync(folder) ? graphqlFiles(folder) : [];
  if (files.length === 0) report.check(['operations: the folder holds no .graphql file']);
  for (const file of files) report.check(problemsOf(relative(folder, file), readFileSync(file, 'utf8'), served));
}

function problemsOf(name, text, served) {
  try {
    const document = parse(new Source(text, name));
    const operations = document.definitions.filter((definition) => definition.kind === 'OperationDefinition');
    if (operations.length === 0) return [`operation ${name}: the file holds no operation`];
    return validate(served, document, undefined, { maxErrors: 1000 }).map((error) => describe(name, error));
  } catch (error) {
    return [describe(name, error)];
  }
}

function describe(name, error) {
  const at = error.locations && error.locations[0];
  return `operation ${name}${at ? `:${at.line}:${at.column}` : ''}: ${error.message}`;
}

/** All .graphql files below the folder, in the order of their names. */
function graphqlFiles(folder) {
  const files = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...graphqlFiles(path));
    else if (entry.name.endsWith('.graphql')) files.push(path);
  }
  return files.sort();
}
