/**
 * The API's types, read from the models of @kubernetes/client-node: what their fields are called, of which type they are, and
 * which must be there. The package has them from the OpenAPI document of Kubernetes itself.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface Field {
  /** As in JSON. */
  readonly name: string
  /** As the package writes it: `Array<V1Container>`, `{ [key: string]: string; }`, `IntOrString` … */
  readonly type: string
  readonly format: string
  readonly required: boolean
}

/** `V1PodSpec` → its fields. */
export type Models = ReadonlyMap<string, readonly Field[]>

const require = createRequire(import.meta.url)
const FOLDER = join(dirname(require.resolve('@kubernetes/client-node')), 'gen/models')
const FIELD = /"name": "[^"]*",\s+"baseName": "([^"]+)",\s+"type": "([^"]+)",\s+"format": "([^"]*)"/g
const REQUIRED = /^ {4}'([^']+)': /gm

/** Kubernetes' version whose types these are: `1.36`. */
export function version(): string {
  const text = readFileSync(join(FOLDER, 'V1Pod.js'), 'utf8')
  return /spec version: release-([\d.]+)/.exec(text)![1]!
}

export function readModels(): Models {
  const models = new Map<string, readonly Field[]>()
  for (const file of readdirSync(FOLDER).sort()) {
    const name = /^(\w+)\.js$/.exec(file)?.[1]
    if (name === undefined || /V\d+(?:alpha|beta)/.test(name)) continue
    const declared = readFileSync(join(FOLDER, `${name}.d.ts`), 'utf8')
    const required = new Set([...declared.matchAll(REQUIRED)].map((match) => match[1]!.replace(/^_/, '')))
    const text = readFileSync(join(FOLDER, file), 'utf8')
    const fields = [...text.matchAll(FIELD)].map(([, field, type, format]) => ({
      name: field!,
      type: type!,
      format: format!,
      required: required.has(field!),
    }))
    if (fields.length > 0) models.set(name, fields)
  }
  return models
}
