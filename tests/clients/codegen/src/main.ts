// A front end in strict TypeScript: it pages, reads one content, tells types apart, and runs published operations.

import assert from 'node:assert/strict';
import { execute } from './execute.js';
import { graphql } from './gql/gql.js';
import { PolicyLibraryDocument, SiteHomeDocument } from './gql/graphql.js';

const POLICIES = graphql(/* GraphQL */ `
  query Policies($after: String) {
    contents(filter: { kinds: [POLICY] }, first: 5, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        title
      }
    }
  }
`);

const CONTENT = graphql(/* GraphQL */ `
  query OneContent($id: ID!) {
    content(by: { id: $id }) {
      __typename
      id
      title
      ... on Policy {
        validity
        documentNumber {
          text
        }
      }
      ... on ServiceGuide {
        onlineUrl
      }
    }
  }
`);

const RESOLVED = graphql(/* GraphQL */ `
  query Resolved($site: SiteLocator!, $path: String!) {
    resolve(site: $site, path: $path) {
      __typename
      ... on Page {
        column {
          name
        }
      }
      ... on Redirect {
        to
      }
    }
  }
`);

const server = process.argv[2];
assert(server, 'usage: node main.js SERVER-URL');

const first = (await execute(server, POLICIES, {})).contents;
assert.equal(first.nodes.length, 5);
assert.equal(first.pageInfo.hasNextPage, true);
const second = (await execute(server, POLICIES, { after: first.pageInfo.endCursor ?? null })).contents;
assert.equal(second.nodes.length, 5);
assert.equal(second.totalCount, first.totalCount);
const ids = new Set([...first.nodes, ...second.nodes].map((node) => node.id));
assert.equal(ids.size, 10);

const one = first.nodes[0];
assert(one);
const { content } = await execute(server, CONTENT, { id: one.id });
// The compiler knows `validity` only inside this condition.
assert(content?.__typename === 'Policy');
assert.equal(content.title, one.title);
assert.match(content.validity, /^[A-Z_]+$/);

const { resolve } = await execute(server, RESOLVED, { site: { code: 'zjj' }, path: '/policies' });
assert(resolve?.__typename === 'Page');
assert.equal(resolve.column?.name, '政策文件');

const home = await execute(server, SiteHomeDocument, { host: 'www.yunze.example', columns: ['/news'], panels: ['nav'] });
assert(home.site && home.site.columnsAt[0]);
const effective = { kinds: ['POLICY' as const], validity: ['EFFECTIVE' as const] };
const library = await execute(server, PolicyLibraryDocument, { filter: effective, offset: 0 });
assert(library.contents.nodes.every((node) => 'validity' in node && node.validity === 'EFFECTIVE'));

console.log('codegen: typed operations read and page');
