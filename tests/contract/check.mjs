// Compares the served GraphQL schema with the agreed contract.
//
// node check.mjs SERVED.graphql CONTRACT.graphql NOT-YET-BUILT.txt [OPERATIONS-FOLDER]
//
// What it fails on: a served schema that is not legal; a contract part that is due and is missing or has
// another type or default; a part listed as not yet built that is served already, or that the contract
// does not know; a served type, field, argument, enum value or input field without a description;
// an operation of the folder that the served schema would refuse.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, validateSchema } from 'graphql';
import { checkAgreement } from './agreement.mjs';
import { checkDescriptions } from './descriptions.mjs';
import { checkNotYetBuilt, dueContract, readParts } from './due.mjs';
import { checkOperations } from './operations.mjs';
import { Report } from './report.mjs';

function main([servedFile, contractFile, listFile, operationsFolder]) {
  if (!listFile) {
    console.error('usage: node check.mjs SERVED.graphql CONTRACT.graphql NOT-YET-BUILT.txt [OPERATIONS-FOLDER]');
    return 2;
  }
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = operationsFolder || join(here, '..', '..', 'clients', 'operations');
  const report = new Report();

  const served = load(report, 'served schema', servedFile);
  const contract = load(report, 'contract', contractFile);
  if (served && contract) {
    const parts = readParts(readFileSync(listFile, 'utf8'));
    checkNotYetBuilt(report, parts, contract, served);
    const due = dueContract(readFileSync(contractFile, 'utf8'), parts, served);
    checkAgreement(report, due, served);
  }
  if (served) {
    checkDescriptions(report, served);
    checkOperations(report, folder, served);
  }
  return report.close();
}

/** The schema of an SDL file, or null with the reasons in the report. */
function load(report, title, file) {
  try {
    const schema = buildSchema(readFileSync(file, 'utf8'));
    const errors = validateSchema(schema).map((error) => `${title}: ${error.message}`);
    report.check(errors);
    return errors.length === 0 ? schema : null;
  } catch (error) {
    report.check([`${title}: ${error.message}`]);
    return null;
  }
}

process.exitCode = main(process.argv.slice(2));
