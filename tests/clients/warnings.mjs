// A client that warns has found something: every warning and error on the console is kept, and none may be there.

import assert from 'node:assert/strict';
import { format } from 'node:util';

const said = [];
for (const level of ['warn', 'error']) {
  console[level] = (...words) => said.push(format(...words));
}

/** Fails with what was said. */
export function assertNothingSaid() {
  assert.deepEqual(said, []);
}
