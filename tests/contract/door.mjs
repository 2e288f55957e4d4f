// Asks a running server, as plainly as HTTP allows.

const PATIENCE_MS = 20_000;
const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** A POST; answers {status, body} or {problem}. */
export function post(server, request, accept = GRAPHQL_RESPONSE) {
  return ask(`${server}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(request),
  }, accept);
}

/** A GET with the members of the request as parameters. */
export function get(server, request, accept = GRAPHQL_RESPONSE) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(request)) {
    parameters.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return ask(`${server}/graphql?${parameters}`, { headers: { accept } }, accept);
}

async function ask(url, options, accept) {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await response.text();
    const type = response.headers.get('content-type') || '';
    if (!type.startsWith(accept)) return { problem: `status ${response.status}, media type '${type}', wanted ${accept}` };
    return { status: response.status, body: JSON.parse(text), text };
  } catch (error) {
    return { problem: `no answer: ${error.message}` };
  }
}
