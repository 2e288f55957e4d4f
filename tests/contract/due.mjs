// The list of contract parts not yet built, and the contract without them.

import { buildASTSchema, isEnumType, isInputObjectType, parse, specifiedScalarTypes } from 'graphql';

const PART = /^(\w+)(?:\.(\w+)(?:\((\w+)\))?)?$/;
const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** The parts of the list file: text, line, type, member, argument. */
export function readParts(text) {
  const parts = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') return;
    const match = PART.exec(entry);
    parts.push({
      text: entry,
      line: index + 1,
      type: match ? match[1] : null,
      member: match ? match[2] : undefined,
      argument: match ? match[3] : undefined,
    });
  });
  return parts;
}

/** Every listed part must be in the contract, be listed once, and not be served. */
export function checkNotYetBuilt(report, parts, contract, served) {
  const seen = new Set();
  for (const part of parts) {
    const where = `not-yet-built line ${part.line}: ${part.text}`;
    if (part.type === null) report.check([`${where} is not Type, Type.field, Type.field(argument) or Enum.VALUE`]);
    else if (seen.has(part.text)) report.check([`${where} is listed twice`]);
    else if (!has(contract, part)) report.check([`${where} is not in the contract`]);
    else if (has(served, part)) report.check([`${where} is served: take it off the list`]);
    else report.check([]);
    seen.add(part.text);
  }
}

function has(schema, part) {
  const type = schema.getType(part.type);
  if (!type) return false;
  if (!part.member) return true;
  if (isEnumType(type)) return !part.argument && Boolean(type.getValue(part.member));
  const field = type.getFields && type.getFields()[part.member];
  if (!field) return false;
  if (!part.argument) return true;
  return !isInputObjectType(type) && field.args.some((argument) => argument.name === part.argument);
}

/**
 * The contract that is due: without the listed parts, without what needs a listed type, and without what
 * is then out of reach. A type that the served schema has stays, so that it cannot drift unseen.
 */
export function dueContract(sdl, parts, served) {
  const definitions = new Map(parse(sdl, { noLocation: true }).definitions.map((d) => [d.name.value, d]));
  for (const part of parts) if (part.type !== null) remove(definitions, part);
  removeDangling(definitions);
  keepReachable(definitions, served);
  return buildASTSchema({ kind: 'Document', definitions: Array.from(definitions.values()) });
}

function remove(definitions, part) {
  const definition = definitions.get(part.type);
  if (!definition) return;
  if (!part.member) {
    definitions.delete(part.type);
    return;
  }
  const named = (node) => node.name.value === part.member;
  const next = Object.assign({}, definition);
  if (part.argument && next.fields) {
    next.fields = next.fields.map((field) =>
      named(field) && field.arguments
        ? Object.assign({}, field, { arguments: field.arguments.filter((a) => a.name.value !== part.argument) })
        : field,
    );
  } else {
    if (next.fields) next.fields = next.fields.filter((field) => !named(field));
    if (next.values) next.values = next.values.filter((value) => !named(value));
  }
  definitions.set(part.type, next);
}

/** Takes out what names a type that is gone, and types that this leaves empty, until nothing changes. */
function removeDangling(definitions) {
  const scalars = new Set(specifiedScalarTypes.map((type) => type.name));
  const known = (node) => scalars.has(namedType(node)) || definitions.has(namedType(node));
  let before;
  do {
    before = definitions.size;
    for (const [name, definition] of Array.from(definitions)) {
      const next = Object.assign({}, definition);
      if (next.interfaces) next.interfaces = next.interfaces.filter(known);
      if (next.types) next.types = next.types.filter(known);
      if (next.fields) {
        next.fields = next.fields
          .filter((field) => known(field.type))
          .map((field) =>
            field.arguments
              ? Object.assign({}, field, { arguments: field.arguments.filter((a) => known(a.type)) })
              : field,
          );
      }
      const members = next.fields || next.types || next.values;
      if (members && members.length === 0) definitions.delete(name);
      else definitions.set(name, next);
    }
  } while (definitions.size !== before);
}

function keepReachable(definitions, served) {
  const implementors = new Map();
  for (const [name, definition] of definitions) {
    for (const face of definition.interfaces || []) {
      const list = implementors.get(face.name.value) || [];
      implementors.set(face.name.value, list.concat(name));
    }
  }
  const reached = new Set();
  const waiting = ROOTS.concat(Array.from(definitions.keys()).filter((name) => served.getType(name)));
  while (waiting.length > 0) {
    const name = waiting.pop();
    const definition = definitions.get(name);
    if (!definition || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...(implementors.get(name) || []));
    waiting.push(...(definition.interfaces || []).concat(definition.types || []).map(namedType));
    for (const field of definition.fields || []) {
      waiting.push(namedType(field.type), ...(field.arguments || []).map((a) => namedType(a.type)));
    }
  }
  for (const name of Array.from(definitions.keys())) if (!reached.has(name)) definitions.delete(name);
}

function namedType(node) {
  return node.kind === 'NamedType' ? node.name.value : namedType(node.type);
}
