// Reads and pages with Relay's runtime and what relay-compiler made of src/shelf.js.
//
// node main.mjs SERVER-URL

import assert from 'node:assert/strict';
import runtime from 'relay-runtime';
import contentQuery from './src/__generated__/shelfContentQuery.graphql.js';
import pageQuery from './src/__generated__/shelfPageQuery.graphql.js';
import shelfQuery from './src/__generated__/shelfQuery.graphql.js';
import shelf from './src/__generated__/shelf_column.graphql.js';

const { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getSingularSelector } = runtime;
const server = process.argv[2];

async function ask(operation, variables) {
  const response = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: operation.text, operationName: operation.name, variables }),
  });
  return response.json();
}

const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
const variables = { site: 'zjj', path: '/policies' };
const { column } = await fetchQuery(environment, shelfQuery, variables).toPromise();
const operation = createOperationDescriptor(shelfQuery, variables);
environment.retain(operation);

/** The fragment as a component would see it. */
function seen() {
  const owner = environment.lookup(operation.fragment).data.column;
  return environment.lookup(getSingularSelector(shelf, owner)).data;
}

assert.equal(seen().name, '政策文件');
assert.equal(seen().placements.edges.length, 5);
const { endCursor, hasNextPage } = seen().placements.pageInfo;
assert.equal(hasNextPage, true);

// The next page joins the first in the store.
const next = { id: column.id, first: 5, after: endCursor };
await fetchQuery(environment, pageQuery, next).toPromise();
const nodes = seen().placements.edges.map((edge) => edge.node);
assert.equal(nodes.length, 10);
assert.equal(new Set(nodes.map((node) => node.id)).size, 10);
assert(nodes.every((node) => node.content.__typename !== 'Policy' || node.content.validity));

const { node } = await fetchQuery(environment, contentQuery, { id: nodes[0].content.id }).toPromise();
assert.equal(node.__typename, 'Policy');
assert(node.title && node.documentNumber.text);

console.log('relay: compiled operations read and page');
