// Breaks documents of the corpus at random, by a seed, and compares the server's verdict on each with graphql-js.
//
// node mutants.mjs SERVER-URL SERVED.graphql [NUMBER] [SEED]
//
// Tokens are left out, repeated, exchanged, replaced and put in, so that what nobody thought of is asked, too.
// The same number, seed and corpus make the same documents. A limit may be met instead of any verdict.

import { readFileSync } from 'node:fs';
import { buildSchema, Lexer, Source, TokenKind } from 'graphql';
import { readCorpus, readDepartures } from './documents.mjs';
import { Report } from './report.mjs';
import { eachOf, problemsOf, verdictOf } from './verdict.mjs';

/** Of each kind of problem, so many are printed. */
const SHOWN = 3;

async function main([server, servedFile, number = '3000', seed = '1']) {
  if (!servedFile) {
    console.error('usage: node mutants.mjs SERVER-URL SERVED.graphql [NUMBER] [SEED]');
    return 2;
  }
  const schema = buildSchema(readFileSync(servedFile, 'utf8'));
  const report = new Report();
  const texts = mutants(Number(number), Number(seed));
  const wanted = texts.map((text) => verdictOf(schema, text));
  const problems = await eachOf(texts, (text, at) => problemsOf(server, schema, text, wanted[at], true));
  const kinds = new Map();
  for (const found of problems) {
    if (found.length === 0) report.check([]);
    for (const problem of found) {
      const kind = problem.split('; the server:')[0].replace(/"[^"]*"/g, '""');
      kinds.set(kind, (kinds.get(kind) || 0) + 1);
      if (kinds.get(kind) <= SHOWN) report.check([problem]);
    }
  }
  for (const [kind, times] of kinds) console.log(`${times} times: ${kind}`);
  console.log(`${texts.length} mutants: ${wanted.filter(({ valid }) => valid).length} valid`);
  return report.close();
}

function mutants(number, seed) {
  const random = generator(seed);
  const departures = new Set(readDepartures().map(({ name }) => name));
  const fit = readCorpus().filter(({ rule, name }) => !departures.has(`${rule}: ${name}`));
  const documents = fit.map(({ text }) => tokensOf(text)).filter((tokens) => tokens.length > 3);
  const words = Array.from(new Set(documents.flat()));
  return Array.from({ length: number }, () => {
    const tokens = documents[random(documents.length)].slice();
    for (let left = 1 + random(2); left > 0; left -= 1) mutate(tokens, words, random);
    return tokens.join(' ');
  });
}

function mutate(tokens, words, random) {
  const at = random(tokens.length);
  const other = random(tokens.length);
  const word = words[random(words.length)];
  switch (random(12)) {
    case 0: tokens.splice(at, 1); break;
    case 1: tokens.splice(at, 0, word); break;
    case 2: tokens[at] = word; break;
    case 3: [tokens[at], tokens[other]] = [tokens[other], tokens[at]]; break;
    case 4: tokens.splice(at, 0, ...tokens.slice(at, at + 1 + random(6))); break;
    default: {
      // One of its own kind, mostly: what can still be parsed is what rules of validation see.
      const alike = words.filter((candidate) => kindOf(candidate) === kindOf(tokens[at]));
      tokens[at] = alike[random(alike.length)];
    }
  }
}

/** Names, texts and numbers stand for each other; of the rest, each for itself. */
function kindOf(token) {
  if (/^[A-Za-z_]/.test(token)) return 'name';
  return /^["\d-]/.test(token) ? 'value' : token;
}

/** The tokens of a document; none of one that has others. */
function tokensOf(text) {
  const lexer = new Lexer(new Source(text));
  const tokens = [];
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      tokens.push(text.slice(token.start, token.end));
    }
  } catch {
    return [];
  }
  return tokens;
}

/** Numbers from nought to below the given one, the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

process.exitCode = await main(process.argv.slice(2));
