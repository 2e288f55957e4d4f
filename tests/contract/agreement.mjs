// The served schema against the contract that is due: names, types, nullability, defaults.

import { astFromValue, findBreakingChanges, isInputObjectType, isInterfaceType, isObjectType, print } from 'graphql';

/** One check a type of the contract. */
export function checkAgreement(report, contract, served) {
  const names = Object.keys(contract.getTypeMap()).filter((name) => !name.startsWith('__'));
  const problems = new Map(names.map((name) => [name, []]));
  const rest = [];
  const loosened = new Set();
  for (const change of findBreakingChanges(contract, served)) {
    const text = `contract: ${change.description} (${change.type})`;
    const about = change.description.split(/[^\w]+/).find((word) => problems.has(word));
    if (change.type === 'FIELD_CHANGED_KIND') loosened.add(change.description.split(' ')[0]);
    (about ? problems.get(about) : rest).push(text);
  }
  for (const name of names) {
    const type = contract.getType(name);
    const other = served.getType(name);
    if (other && type.constructor === other.constructor) {
      problems.get(name).push(...differences(type, other, loosened));
    }
    report.check(problems.get(name));
  }
  report.check(rest);
}

/** What findBreakingChanges lets pass and clients still see: stricter answers, other defaults, @oneOf. */
function differences(type, other, loosened) {
  const found = [];
  if (isInputObjectType(type)) {
    if (type.isOneOf !== other.isOneOf) {
      found.push(`contract: ${type.name} @oneOf: ${type.isOneOf}, served ${other.isOneOf}`);
    }
    for (const [field, same] of shared(type, other)) found.push(...defaults(`${type.name}.${field.name}`, field, same));
  } else if (isObjectType(type) || isInterfaceType(type)) {
    for (const [field, same] of shared(type, other)) {
      const path = `${type.name}.${field.name}`;
      if (String(field.type) !== String(same.type) && !loosened.has(path)) {
        found.push(`contract: ${path}: ${field.type}, served ${same.type}`);
      }
      for (const argument of field.args) {
        const match = same.args.find((candidate) => candidate.name === argument.name);
        if (match) found.push(...defaults(`${path}(${argument.name})`, argument, match));
      }
    }
  }
  return found;
}

function shared(type, other) {
  const fields = other.getFields();
  return Object.values(type.getFields())
    .filter((field) => fields[field.name])
    .map((field) => [field, fields[field.name]]);
}

/** A default of the contract must be served; a default where the contract has none is free. */
function defaults(path, wanted, got) {
  if (wanted.defaultValue === undefined) return [];
  const [due, served] = [literal(wanted), literal(got)];
  return due === served ? [] : [`contract: ${path} has the default ${due}, served ${served}`];
}

function literal(input) {
  return input.defaultValue === undefined ? 'none' : print(astFromValue(input.defaultValue, input.type));
}
