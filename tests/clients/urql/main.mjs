// Reads and pages with urql and Graphcache, which knows the schema and warns of all that it cannot keep apart.
//
// node main.mjs SERVER-URL

import { assertNothingSaid } from '../warnings.mjs';
import assert from 'node:assert/strict';
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { minifyIntrospectionQuery } from '@urql/introspection';
import { getIntrospectionQuery } from 'graphql';

const url = `${process.argv[2]}/graphql`;

async function introspected() {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}

/** Objects without an id are parts of what they hang on. */
function keysOf({ __schema }) {
  const root = __schema.queryType.name;
  const objects = __schema.types.filter(({ kind, name }) => kind === 'OBJECT' && name !== root && !name.startsWith('__'));
  const parts = objects.filter((type) => !type.fields.some((field) => field.name === 'id'));
  return Object.fromEntries(parts.map((type) => [type.name, () => null]));
}

const schema = await introspected();
const client = new Client({
  url,
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      schema: minifyIntrospectionQuery(schema),
      keys: keysOf(schema),
      resolvers: { Column: { placements: relayPagination() }, Query: { contents: relayPagination() } },
    }),
    fetchExchange,
  ],
});

async function ask(query, variables, options) {
  const { data, error } = await client.query(query, variables, options).toPromise();
  assert.equal(error, undefined);
  return data;
}

const PAGE = gql`
  query Page($after: String) {
    column(by: { at: { site: "zjj", path: "/policies" } }) {
      id
      name
      placements(first: 5, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          node {
            id
            title
            content {
              __typename
              id
              ... on Searchable {
                summary
              }
              ... on Policy {
                validity
                documentNumber {
                  text
                }
              }
            }
          }
        }
      }
    }
  }
`;

const CONTENT = gql`
  query OneContent($id: ID!) {
    content(by: { id: $id }) {
      id
      title
      body {
        headings {
          text
        }
      }
      ... on Policy {
        validity
      }
    }
  }
`;

const RESOLVED = gql`
  query Resolved($path: String!) {
    resolve(site: { code: "zjj" }, path: $path) {
      ... on Page {
        breadcrumb {
          name
        }
        column {
          id
          name
        }
      }
      ... on Redirect {
        to
      }
    }
  }
`;

const first = (await ask(PAGE, {})).column.placements;
assert.equal(first.edges.length, 5);
assert.equal(first.pageInfo.hasNextPage, true);
// Graphcache answers both pages as one list.
const both = (await ask(PAGE, { after: first.pageInfo.endCursor })).column.placements;
assert.equal(both.edges.length, 10);
assert.equal(new Set(both.edges.map((edge) => edge.node.id)).size, 10);

const { content: known } = both.edges[6].node;
const { content } = await ask(CONTENT, { id: known.id });
assert.equal(content.validity, known.validity);

const { resolve } = await ask(RESOLVED, { path: '/policies' });
assert.equal(resolve.column.name, '政策文件');

// What was read is read again from the cache alone.
const again = await ask(PAGE, { after: first.pageInfo.endCursor }, { requestPolicy: 'cache-only' });
assert.equal(again.column.placements.edges.length, 10);

assertNothingSaid();
console.log('urql: reads and pages');
