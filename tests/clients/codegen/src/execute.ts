// Sends a typed operation; the types of variables and data are those of the operation.

import type { TypedDocumentString } from './gql/graphql.js';

type Answer<Data> = { data?: Data; errors?: { message: string }[] };

export async function execute<Data, Variables>(
  server: string,
  operation: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: operation.toString(), variables }),
  });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors !== undefined || answer.data === undefined) {
    throw new Error(`${response.status} ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}
