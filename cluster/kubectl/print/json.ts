/** JSON as Go writes it: keys in order, and what HTML would mistake by its number. */
import { sortKeys } from '#cluster/api/yaml.ts'

const MISTAKEN = /[<>&\u2028\u2029]/g

export const formatJson = (value: unknown, indent?: number): string =>
  JSON.stringify(sortKeys(value), null, indent).replace(
    MISTAKEN,
    (char) => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  )
