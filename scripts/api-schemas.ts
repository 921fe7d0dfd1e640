/** Writes the API's types into `cluster/api/schema/types.json`. */
import { writeFileSync } from 'node:fs'
import { readModels, version } from './api-schemas/models.ts'
import { typesOf } from './api-schemas/write-schema.ts'

export const schemaFile = new URL('../cluster/api/schema/types.json', import.meta.url)

export const schemaText = (): string =>
  `${JSON.stringify({ version: version(), types: typesOf(readModels()) }, null, 2)}\n`

if (process.argv[1] === import.meta.filename) writeFileSync(schemaFile, schemaText())
