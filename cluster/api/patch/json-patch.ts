/**
 * JSON patch (RFC 6902): a list of operations, all or nothing.
 *
 * Where to read upstream: github.com/evanphx/json-patch, as the API server uses it.
 */
import { isEqual } from '#cluster/api/meta.ts'

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/** Throws with what is wrong: an unknown operation, a path that leads nowhere, a failed test. */
export function jsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  return operations.reduce(applyOperation, document)
}

function applyOperation(document: unknown, operation: Operation): unknown {
  // No operation at all is one that nobody knows.
  const { op, path, from, value = null } = (operation ?? {}) as Partial<Operation>
  if (path === undefined) throw new Error(`${op} operation failed to decode path: missing operation`)
  const tokens = pointer(path)
  switch (op) {
    case 'add':
      return add(document, tokens, value, path)
    case 'remove':
      return change(document, tokens, path, 'remove')
    case 'replace':
      read(document, tokens, path)
      return change(document, tokens, path, 'replace', value)
    case 'move':
    case 'copy': {
      if (from === undefined) throw new Error(`${op} operation failed to decode from: missing operation`)
      const taken = read(document, pointer(from), from)
      return add(op === 'copy' ? document : change(document, pointer(from), from, 'remove'), tokens, taken, path)
    }
    case 'test':
      if (!isEqual(tested(document, tokens, path), value)) throw new Error(`testing path ${path} value failed`)
      return document
    default:
      throw new Error(`Unexpected kind: unknown operation "${String(op)}"`)
  }
}

/** What stands before the first slash is not looked at, as upstream does not. */
function pointer(path: string): string[] {
  if (path === '') return []
  const [, ...tokens] = path.split('/')
  if (tokens.length === 0) throw missing(path)
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const missing = (path: string): Error => new Error(`doc is missing path: "${path}": missing value`)

function read(document: unknown, tokens: readonly string[], path: string): unknown {
  let value = document
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) throw missing(path)
    value = (value as Record<string, unknown>)[token]
  }
  return value
}

/** Of a place where nothing is, `null` is true; not where there is no such place. */
function tested(document: unknown, tokens: readonly string[], path: string): unknown {
  if (tokens.length === 0) return document
  const parent = read(document, tokens.slice(0, -1), path)
  const last = tokens.at(-1)!
  const isAbsent =
    typeof parent === 'object' && parent !== null && !Array.isArray(parent) && !Object.hasOwn(parent, last)
  return isAbsent ? null : read(document, tokens, path)
}

const add = (document: unknown, tokens: readonly string[], value: unknown, path: string): unknown =>
  change(document, tokens, path, 'add', value)

/** Rebuilds the way down to the place, and leaves everything beside it shared. */
function change(
  document: unknown,
  tokens: readonly string[],
  path: string,
  op: 'add' | 'remove' | 'replace',
  value?: unknown,
): unknown {
  if (tokens.length === 0) {
    // The whole document can be replaced by another, and nothing else be done to it.
    if (op !== 'replace') throw missing(path)
    if (typeof value !== 'object' || value === null) throw new Error('replace operation value must be object or array')
    return value
  }
  if (typeof document !== 'object' || document === null) throw missing(path)
  const [token, ...rest] = tokens as [string, ...string[]]
  if (Array.isArray(document)) return changeList(document, token, rest, path, op, value)
  const record = document as Record<string, unknown>
  if (rest.length > 0 || op === 'remove') if (!Object.hasOwn(record, token)) throw missing(path)
  const copy = { ...record }
  if (rest.length > 0) copy[token] = change(record[token], rest, path, op, value)
  else if (op === 'remove') delete copy[token]
  else Object.defineProperty(copy, token, { value, enumerable: true, writable: true, configurable: true })
  return copy
}

function changeList(
  list: readonly unknown[],
  token: string,
  rest: readonly string[],
  path: string,
  op: 'add' | 'remove' | 'replace',
  value: unknown,
): unknown {
  const isEnd = token === '-' && op === 'add' && rest.length === 0
  const index = isEnd ? list.length : Number(token)
  const limit = op === 'add' && rest.length === 0 ? list.length : list.length - 1
  if (!isEnd && !/^(0|[1-9]\d*)$/.test(token)) throw new Error(`"${token}" in ${path} is no index of a list`)
  if (index > limit) throw new Error(`Unable to access invalid index: ${index}: invalid index referenced`)
  const copy = list.slice()
  if (rest.length > 0) copy[index] = change(list[index], rest, path, op, value)
  else if (op === 'add') copy.splice(index, 0, value)
  else if (op === 'remove') copy.splice(index, 1)
  else copy[index] = value
  return copy
}
