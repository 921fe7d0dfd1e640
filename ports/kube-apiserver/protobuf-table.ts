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

/** What comes before everything. */
export const MAGIC = Buffer.from('k8s\0')
