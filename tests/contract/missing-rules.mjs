// Rules of the specification (September 2025) that graphql-js 16 lacks or applies in part, for its verdict to be whole.

import { getNullableType, GraphQLError, isInputObjectType, isNullableType, typeFromAST } from 'graphql';

/** All Variable Usages Are Allowed: the key of a OneOf input takes no nullable variable. */
function OneOfVariablesRule(context) {
  return {
    OperationDefinition: {
      leave(operation) {
        for (const { node, parentType } of context.getRecursiveVariableUsages(operation)) {
          // graphql-js (16.15, 17.1) overlooks the rule where the input itself must not be null.
          const input = parentType && getNullableType(parentType);
          if (!isInputObjectType(input) || !input.isOneOf) continue;
          const name = node.name.value;
          const definition = (operation.variableDefinitions || []).find((each) => each.variable.name.value === name);
          const type = definition && typeFromAST(context.getSchema(), definition.type);
          if (type && isNullableType(type)) {
            context.reportError(new GraphQLError(`$${name} must not be nullable for ${input}.`));
          }
        }
      },
    },
  };
}

/** Operation Type Existence; graphql-js has it from 17 on. */
function KnownOperationTypesRule(context) {
  return {
    OperationDefinition(node) {
      if (!context.getSchema().getRootType(node.operation)) {
        context.reportError(new GraphQLError(`The schema has no ${node.operation}.`));
      }
    },
  };
}

export const missingRules = [OneOfVariablesRule, KnownOperationTypesRule];
