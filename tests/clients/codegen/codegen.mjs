// Generates typed operations with the client preset: from ours in clients/operations and those of src/.
//
// node codegen.mjs SERVED.graphql OPERATIONS-FOLDER

import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';

const [schema, operations] = process.argv.slice(2);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await generate(
  {
    schema,
    documents: [`${operations}/*.graphql`, here('src/*.ts')],
    errorsOnly: true,
    silent: true,
    emitLegacyCommonJSImports: false,
    generates: {
      [here('src/gql/')]: {
        preset: 'client',
        presetConfig: { fragmentMasking: false },
        config: {
          documentMode: 'string',
          strictScalars: true,
          useTypeImports: true,
          enumsAsTypes: true,
          scalars: { Date: 'string', DateTime: 'string', URL: 'string', HTML: 'string', JSON: 'unknown', Upload: 'File' },
        },
      },
    },
  },
  true,
);
