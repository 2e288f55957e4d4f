// What a front end with Relay asks. The compiler reads the texts; a program imports what it makes of them.

import { graphql } from 'relay-runtime';

export const shelf = () => graphql`
  fragment shelf_column on Column
  @refetchable(queryName: "shelfPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 5 }, after: { type: "String" }) {
    name
    placements(first: $first, after: $after) @connection(key: "shelf_placements") {
      edges {
        node {
          id
          title
          content {
            __typename
            id
            ... on Policy {
              validity
            }
          }
        }
      }
    }
  }
`;

export const shelfQuery = () => graphql`
  query shelfQuery($site: String!, $path: String!) {
    column(by: { at: { site: $site, path: $path } }) {
      id
      ...shelf_column
    }
  }
`;

export const contentQuery = () => graphql`
  query shelfContentQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Content {
        title
        tags {
          name
        }
      }
      ... on Policy {
        documentNumber {
          text
        }
      }
    }
  }
`;
