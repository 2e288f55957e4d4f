// Reads and pages with Apollo Client: a normalising cache that knows the possible types, and relayStylePagination.
//
// node main.mjs SERVER-URL

import { assertNothingSaid } from '../warnings.mjs';
import assert from 'node:assert/strict';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { filter, firstValueFrom } from 'rxjs';

const uri = `${process.argv[2]}/graphql`;

/** Which types an interface or a union stands for, as the cache must know it. */
async function possibleTypes() {
  const query = '{ __schema { types { kind name possibleTypes { name } } } }';
  const response = await fetch(uri, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = await response.json();
  const abstract = data.__schema.types.filter((type) => type.possibleTypes);
  return Object.fromEntries(abstract.map((type) => [type.name, type.possibleTypes.map((possible) => possible.name)]));
}

const PAGE = gql`
  query Page($after: String) {
    contents(filter: { kinds: [POLICY] }, first: 5, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        cursor
        node {
          id
          ...Hit
        }
      }
    }
  }
  fragment Hit on Searchable {
    title
    ... on Policy {
      validity
    }
  }
`;

const RESOLVED = gql`
  query Resolved($path: String!) {
    resolve(site: { code: "zjj" }, path: $path) {
      ... on Page {
        column {
          id
          name
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
        characters
      }
      ... on Policy {
        validity
      }
    }
  }
`;

const client = new ApolloClient({
  link: new HttpLink({ uri }),
  cache: new InMemoryCache({
    possibleTypes: await possibleTypes(),
    typePolicies: { Query: { fields: { contents: relayStylePagination(['filter', 'orderBy']) } } },
  }),
});

const list = client.watchQuery({ query: PAGE });
const subscription = list.subscribe(() => {});
const first = (await firstValueFrom(list.pipe(filter((result) => result.dataState === 'complete')))).data.contents;
assert.equal(first.edges.length, 5);
assert.equal(first.pageInfo.hasNextPage, true);
await list.fetchMore({ variables: { after: first.pageInfo.endCursor } });

const { contents } = client.readQuery({ query: PAGE });
assert.equal(contents.edges.length, 10);
assert.equal(new Set(contents.edges.map((edge) => edge.node.id)).size, 10);
// A fragment on an interface is read from the cache only by one that knows the possible types.
assert(contents.edges.every((edge) => edge.node.title && edge.node.validity));

const { id, title } = contents.edges[7].node;
const { content } = (await client.query({ query: CONTENT, variables: { id } })).data;
assert.equal(content.title, title);
assert(content.validity && content.body.characters > 0);

const { resolve } = (await client.query({ query: RESOLVED, variables: { path: '/policies' } })).data;
assert.equal(resolve.column.name, '政策文件');

subscription.unsubscribe();
client.stop();
assertNothingSaid();
console.log('apollo: reads and pages');
