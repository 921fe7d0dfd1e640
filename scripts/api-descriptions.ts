/**
 * Writes what the API's fields are for into the file that is named: for the command's package, which works without the package that
 * says it, and for the playground.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { readSchemas } from '#cluster/api/schema/schema.ts'
import { allDescriptions, descriptions } from '../ports/kube-apiserver/descriptions.ts'

const [, , file] = process.argv
if (file === undefined) throw new Error('name the file: node scripts/api-descriptions.ts FILE')
const described = allDescriptions(readSchemas(builtInSchemas.data, descriptions()))
if (Object.keys(described).length === 0) throw new Error('@kubernetes/client-node says nothing: run npm ci')
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, JSON.stringify(described))
