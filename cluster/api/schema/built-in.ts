/** The types of all built-in kinds. Nothing imports this but what wants them: they weigh more than a lesson's simulation needs. */
import types from './types.json' with { type: 'json' }
import type { Schemas } from './schema.ts'
import { readSchemas } from './schema.ts'

export const builtInSchemas: Schemas = readSchemas(types)
