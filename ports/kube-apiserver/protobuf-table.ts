/** The fields of Kubernetes' types as protobuf numbers them: a table that `scripts/protobuf-fields.mjs` makes. */
import { readFileSync } from 'node:fs'

/** Number, JSON name, type, flags: `r`epeated, `o`mitted when empty, `p`ointer, `i`nline. */
export type Field = readonly [number: number, name: string, type: string, flags: string]

interface TableOfFields {
  /** `apps/v1.Deployment` → type. */
  readonly kinds: Readonly<Record<string, string>>
  readonly types: Readonly<Record<string, readonly Field[]>>
}

let table: TableOfFields | undefined

export function fields(): TableOfFields {
  table ??= JSON.parse(readFileSync(new URL('./protobuf-fields.json', import.meta.url), 'utf8')) as TableOfFields
  return table
}

let groups: ReadonlySet<string> | undefined

/** Whether there are types for what belongs to `apps/v1`: groups that are not built in have none. */
export function isKnownGroup(apiVersion: string): boolean {
  groups ??= new Set(Object.keys(fields().kinds).map((name) => name.slice(0, name.lastIndexOf('.'))))
  return groups.has(apiVersion)
}

/** What comes before everything. */
export const MAGIC = Buffer.from('k8s\0')
