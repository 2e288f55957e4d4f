// Reads the corpus: documents, each below a line `#~ NAME`, in files that begin with the name of their rule.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** All documents of the corpus: rule, name, text. */
export function readCorpus() {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'corpus');
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql')).sort();
  return files.flatMap((name) => documentsOf(readFileSync(join(folder, name), 'utf8'), name.split('.')[0]));
}

/** The entries of graphql-js-errs.txt: `RULE: NAME`, what is due, and why. */
export function readDepartures() {
  const list = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'graphql-js-errs.txt'), 'utf8');
  const lines = list.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(' | ')).map(([name, due, why]) => ({ name, due, why }));
}

/** `⟦U+FEFF⟧` in a document stands for that character: what editors would swallow is written so. */
function documentsOf(text, rule) {
  const documents = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#~ ')) documents.push({ rule, name: line.slice(3).trim(), lines: [] });
    else if (documents.length > 0) documents[documents.length - 1].lines.push(line);
    else if (line.trim() !== '') throw new Error(`${rule}: '${line}' stands before the first name`);
  }
  return documents.map(({ name, lines }) => ({ rule, name, text: unescape(trimmed(lines).join('\n')) }));
}

/** Without the empty lines that part documents. */
function trimmed(lines) {
  let end = lines.length;
  while (end > 0 && lines[end - 1].trim() === '') end -= 1;
  return lines.slice(0, end);
}

function unescape(text) {
  return text.replace(/⟦U\+([0-9A-F]{4,6})⟧/g, (_, digits) => String.fromCodePoint(parseInt(digits, 16)));
}
