/**
 * Strategic merge patch: like a merge patch, but lists whose items have a key are merged item by item.
 *
 * What we model: the merge keys of the lists in use, `$patch: delete|replace`, `$deleteFromPrimitiveList/…`,
 * `$setElementOrder/…` and `$retainKeys`.
 * Where to read upstream: apimachinery `pkg/util/strategicpatch/patch.go`; `patchMergeKey` tags in `types.go`.
 */
import { mergeKeyOf } from '#cluster/api/merge-keys.ts'
import { define } from './define.ts'

type Json = Record<string, unknown>

/** Lists of plain values that grow instead of being replaced. */
const MERGED_PRIMITIVES: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs'])

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A directive that does not say what it should: the client's fault. Whatever else is wrong is an error without a name. */
export class PatchFormatError extends Error {}

/** A decoded value as Go prints it: `map[spec:map[replicas:x]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([key, inner]) => `${key}:${goText(inner)}`).join(' ')}]`
}

const goTypeOf = (value: unknown): string =>
  typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : 'map[string]interface {}' // prettier-ignore

/**
 * Throws where the patch is none: an unknown directive, an item without its key.
 *
 * @param parent the field that the object is in, or in a list of
 */
export function strategicMergePatch(target: unknown, patch: unknown, parent = ''): unknown {
  if (!isRecord(patch)) return patch
  const directive = patch['$patch']
  if (directive === 'replace') return withoutDirectives(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined) throw new Error(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`)
  const result: Json = isRecord(target) ? { ...target } : {}
  retainKeys(result, patch)
  for (const field of Object.keys(patch))
    if (field.startsWith('$deleteFromPrimitiveList/')) deletePrimitives(result, patch, field)
  for (const field of Object.keys(patch)) {
    if (field.startsWith('$')) continue
    const value = patch[field]
    if (value === null) delete result[field]
    else {
      const old = Object.hasOwn(result, field) ? result[field] : undefined
      define(
        result,
        field,
        Array.isArray(value) ? mergeList(field, parent, old, value) : strategicMergePatch(old, value, field),
      )
    }
  }
  for (const field of Object.keys(patch))
    if (field.startsWith('$setElementOrder/')) reorder(result, patch, field, parent, beforeOf(target, field))
  return result
}

const beforeOf = (target: unknown, directive: string): unknown =>
  isRecord(target) ? target[directive.slice(directive.indexOf('/') + 1)] : undefined

function retainKeys(result: Json, patch: Json): void {
  const keys = patch['$retainKeys']
  if (keys === undefined) return
  if (!Array.isArray(keys)) throw new PatchFormatError('invalid patch format of retainKeys')
  // What the patch sets, it must also want to keep.
  for (const field of Object.keys(patch))
    if (!field.startsWith('$') && patch[field] !== null && !keys.includes(field))
      throw new PatchFormatError('invalid patch format of retainKeys')
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key]
}

function deletePrimitives(result: Json, patch: Json, directive: string): void {
  const field = directive.slice(directive.indexOf('/') + 1)
  const gone = patch[directive]
  if (!Array.isArray(gone)) throw new PatchFormatError('invalid patch format of primitive list')
  if (Array.isArray(result[field]))
    result[field] = (result[field] as unknown[]).filter((value) => !gone.includes(value))
}

function mergeList(field: string, parent: string, target: unknown, patch: readonly unknown[]): unknown {
  const old = Array.isArray(target) ? (target as readonly unknown[]) : []
  if (MERGED_PRIMITIVES.has(field)) return inPatchOrder([...new Set([...old, ...patch])], old, patch, (value) => value)
  const key = mergeKeyOf(field, parent)
  if (key === undefined || !patch.every(isRecord)) return patch.map(withoutDirectives)
  const items = patch as readonly Json[]
  if (items.some((item) => item['$patch'] === 'replace')) {
    return items.filter((item) => item['$patch'] !== 'replace').map(withoutDirectives)
  }
  const result = [...old] as Json[]
  for (const item of items) {
    if (item['$patch'] === 'merge') throw new Error('merging lists cannot yet be specified in the patch')
    if (item[key] === undefined) {
      if (target !== undefined) throw new Error(`map: ${goText(item)} does not contain declared merge key: ${key}`)
      // Where no list was, the patch has nothing to be merged with: whoever reads the object says what its items lack.
      result.push(withoutDirectives(item))
      continue
    }
    const index = result.findIndex((other) => other[key] === item[key])
    if (item['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1)
    } else if (index >= 0) result[index] = strategicMergePatch(result[index], item, field) as Json
    else result.push(strategicMergePatch({}, item, field) as Json)
  }
  return inPatchOrder(result, old as readonly Json[], items, (item) => item[key])
}

/**
 * Items that the patch names come in its order, the others in theirs. Which of two comes first is known of those that were both
 * there; what is new comes before the others, as early as the patch has it.
 */
function inPatchOrder<T>(list: readonly T[], old: readonly T[], patch: readonly T[], idOf: (item: T) => unknown): T[] {
  const places = (of: readonly T[]): ReadonlyMap<unknown, number> => new Map(of.map((item, index) => [idOf(item), index])) // prettier-ignore
  const [wanted, was] = [places(patch), places(old)]
  const named = list.filter((item) => wanted.has(idOf(item))).sort((a, b) => wanted.get(idOf(a))! - wanted.get(idOf(b))!) // prettier-ignore
  const others = list.filter((item) => !wanted.has(idOf(item)))
  const result: T[] = []
  while (named.length > 0 && others.length > 0) {
    const [before, after] = [was.get(idOf(others[0]!)), was.get(idOf(named[0]!))]
    const isFirst = before !== undefined && after !== undefined && before < after
    result.push((isFirst ? others : named).shift()!)
  }
  return [...result, ...named, ...others]
}

function withoutDirectives<T>(value: T): T {
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$'))) as T
}

/** The items named come in that order, the others where they were. @param before the list as it was */
function reorder(result: Json, patch: Json, directive: string, parent: string, before: unknown): void {
  const field = directive.slice(directive.indexOf('/') + 1)
  const list = result[field]
  const order = patch[directive]
  if (!Array.isArray(order)) throw new Error(`expected a []interface {}, but received a ${goTypeOf(order)}`)
  if (!Array.isArray(list)) return
  const key = mergeKeyOf(field, parent)
  const idOf = (item: unknown): unknown => (key !== undefined && isRecord(item) ? item[key] : item)
  result[field] = inPatchOrder(list, Array.isArray(before) ? before : [], order, idOf)
}
