// Every part of the served schema says what it is.

import { isEnumType, isIntrospectionType, isSpecifiedDirective, isSpecifiedScalarType } from 'graphql';

/** One check a type or directive, with all that belongs to it. */
export function checkDescriptions(report, served) {
  for (const type of Object.values(served.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    const bare = missing(type.name, type);
    if (isEnumType(type)) {
      for (const value of type.getValues()) bare.push(...missing(`${type.name}.${value.name}`, value));
    } else if (type.getFields) {
      for (const field of Object.values(type.getFields())) {
        const path = `${type.name}.${field.name}`;
        bare.push(...missing(path, field));
        for (const argument of field.args || []) bare.push(...missing(`${path}(${argument.name})`, argument));
      }
    }
    report.check(bare);
  }
  for (const directive of served.getDirectives()) {
    if (isSpecifiedDirective(directive)) continue;
    const bare = missing(`@${directive.name}`, directive);
    for (const argument of directive.args) bare.push(...missing(`@${directive.name}(${argument.name})`, argument));
    report.check(bare);
  }
}

function missing(path, part) {
  return part.description && part.description.trim() !== '' ? [] : [`no description: ${path}`];
}
