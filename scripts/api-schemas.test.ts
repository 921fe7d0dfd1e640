import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { schemaFile, schemaText } from './api-schemas.ts'

it('the types of the API are what the package says; if not: npm run api-schemas', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText())
})
