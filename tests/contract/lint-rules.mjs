// What graphql-eslint looks for in the served schema: its recommended rules, Relay's, and ours for names and words.
// Where the agreed design contradicts a rule, its options or the list below say so, with the reason beside it.

import graphql from '@graphql-eslint/eslint-plugin';
import { buildSchema, isObjectType } from 'graphql';

/** Findings that the design agrees to, by their words or by where they are; one that is not found must leave the list. */
export const AGREED = [
  // The national register's name of the code (网站标识码, SiteIDCode).
  { rule: 'no-typename-prefix', message: 'Field "siteIdCode" starts with the name of the parent type "Site"' },
  // A sitemap is a word of its own (sitemaps.org).
  { rule: 'no-typename-prefix', message: 'Field "sitemapUrl" starts with the name of the parent type "Site"' },
  // A field of the interface Content (公开属性), which this kind of content has like all others.
  { rule: 'no-typename-prefix', message: 'Field "disclosure" starts with the name of the parent type "Disclosure"' },
  // Who takes a column's contents, and all that a desk lists, is read forwards only (contract.graphql).
  { rule: 'relay-arguments', type: 'Column', field: 'outgoing' },
  { rule: 'relay-arguments', type: 'Desk' },
  { rule: 'relay-arguments', type: 'DeskContent' },
  { rule: 'relay-arguments', type: 'WordList' },
  { rule: 'relay-arguments', type: 'Webhook' },
  { rule: 'relay-arguments', type: 'Mirror' },
  { rule: 'relay-arguments', type: 'Retag' },
  { rule: 'relay-arguments', type: 'TagAudit' },
  // The change feed is followed, and an entry of it is read on, forwards only (contract.graphql).
  { rule: 'relay-arguments', type: 'Query', field: 'changes' },
  { rule: 'relay-arguments', type: 'Change', field: 'effects' },
  // What a search finds is read forwards only, by a cursor or an offset (contract.graphql).
  { rule: 'relay-arguments', type: 'Query', field: 'search' },
  // A line of the audit or of the exchange log, a redirect, a word, what a change of tags passed over and what was drawn are
  // values of their lists, without identifiers.
  { rule: 'relay-edge-types', type: 'AuditEdge' },
  { rule: 'relay-edge-types', type: 'ExchangeEdge' },
  { rule: 'relay-edge-types', type: 'SiteRedirectEdge' },
  { rule: 'relay-edge-types', type: 'WordEdge' },
  { rule: 'relay-edge-types', type: 'RetagSkipEdge' },
  { rule: 'relay-edge-types', type: 'TagAuditItemEdge' },
];

/** The directives that the language itself describes; a server prints them as it likes. */
const OF_THE_LANGUAGE = '/^(skip|include|deprecated|specifiedBy|oneOf)$/';

/** The configuration for a schema in a file. */
export function rulesFor(schemaFile, sdl) {
  return {
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: schemaFile } } },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      ...ours(sdl),
    },
  };
}

function ours(sdl) {
  return {
    // Not only types and root fields: everything says what it is.
    '@graphql-eslint/require-description': [
      'error',
      {
        types: true,
        rootField: true,
        DirectiveDefinition: true,
        FieldDefinition: true,
        InputValueDefinition: true,
        EnumValueDefinition: true,
        ignoredSelectors: [`DirectiveDefinition[name.value=${OF_THE_LANGUAGE}] InputValueDefinition`],
      },
    ],
    // One argument `input` of the type `<Mutation>Input`.
    '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
    // Only nodes have ids: what is no node (a crumb, a heading, a page of a list) is a value, found through its owner.
    '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: valuesOf(sdl) } }],
    // Plain lists are bounded by an argument or by the deed that fills them, and connections have `nodes` beside edges.
    '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, listTypeCanWrapOnlyEdgeType: false }],
  };
}

/** The object types that are no nodes. */
function valuesOf(sdl) {
  return Object.values(buildSchema(sdl, { assumeValid: true }).getTypeMap())
    .filter((type) => isObjectType(type) && !type.getInterfaces().some((face) => face.name === 'Node'))
    .map((type) => type.name);
}
