// Values for the variables of an operation, so that a valid document can be executed.

import {
  isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField, typeFromAST,
} from 'graphql';

const SCALARS = {
  Int: 1, Float: 1.5, String: 'x', ID: 'x', Boolean: true,
  Date: '2026-01-01', DateTime: '2026-01-01T00:00:00Z', URL: 'https://www.example.org/', HTML: '<p>x</p>', JSON: {},
};

/** A value for every variable that must have one. */
export function variablesFor(schema, operation) {
  const variables = {};
  for (const definition of operation.variableDefinitions || []) {
    const type = typeFromAST(schema, definition.type);
    if (isNonNullType(type) && !definition.defaultValue) variables[definition.variable.name.value] = valueOf(type);
  }
  return variables;
}

function valueOf(type) {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return [valueOf(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0].name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const given = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return Object.fromEntries(given.map((field) => [field.name, valueOf(field.type)]));
  }
  return SCALARS[type.name];
}
