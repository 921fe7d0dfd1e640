/**
 * The patch of `kubectl apply`: what the file says now, against what is there, and without what the file said last time and
 * no longer says. Fields that somebody else has set are left alone.
 *
 * What we leave out: a change of nothing but the order of a list is none.
 * Where to read upstream: apimachinery `pkg/util/strategicpatch/patch.go` (CreateThreeWayMergePatch).
 */
import { mergeKeyOf } from '#cluster/api/merge-keys.ts'
import { isEqual } from '#cluster/api/meta.ts'

type Json = Record<string, unknown>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A patch that takes `current` to where `modified` is, removing what `original` had and `modified` has not. Undefined when
 * there is nothing to do.
 *
 * @param type strategic: lists with a merge key merge item by item; merge (of custom resources): every list is replaced whole
 * @param parent the field that the object is in, or in a list of
 */
export function threeWayPatch(
  original: unknown,
  modified: unknown,
  current: unknown,
  type: 'merge' | 'strategic' = 'strategic',
  parent = '',
): Json | undefined {
  const before = isRecord(original) ? original : {}
  const wanted = isRecord(modified) ? modified : {}
  const there = isRecord(current) ? current : {}
  const patch: Json = {}
  for (const field of Object.keys(wanted)) {
    const change = fieldPatch(field, parent, type, before[field], wanted[field], there[field])
    if (change === undefined) continue
    patch[field] = change
    const key = type === 'strategic' ? mergeKeyOf(field, parent) : undefined
    // Else the server puts what is new before what is there.
    if (key !== undefined && Array.isArray(wanted[field]) && Array.isArray(there[field]))
      patch[`$setElementOrder/${field}`] = (wanted[field] as Json[]).map((item) => ({ [key]: item[key] }))
  }
  for (const field of Object.keys(before)) {
    if (!Object.hasOwn(wanted, field) && Object.hasOwn(there, field)) patch[field] = null
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function fieldPatch(
  field: string,
  parent: string,
  type: 'merge' | 'strategic',
  before: unknown,
  wanted: unknown,
  there: unknown,
): unknown {
  if (wanted === null || wanted === undefined) return there === undefined ? undefined : null
  if (isRecord(wanted)) return isRecord(there) ? threeWayPatch(before, wanted, there, type, field) : wanted
  if (!Array.isArray(wanted)) return isEqual(wanted, there) ? undefined : wanted
  const key = type === 'strategic' ? mergeKeyOf(field, parent) : undefined
  if (key === undefined || !Array.isArray(there)) return isEqual(wanted, there) ? undefined : wanted
  return listPatch(field, key, Array.isArray(before) ? before : [], wanted, there)
}

function listPatch(
  field: string,
  key: string,
  before: readonly unknown[],
  wanted: readonly unknown[],
  there: readonly unknown[],
): unknown {
  const find = (list: readonly unknown[], value: unknown) => list.find((item) => isRecord(item) && item[key] === value)
  const patch: Json[] = []
  for (const item of wanted as Json[]) {
    const present = find(there, item[key])
    const change =
      present === undefined ? item : threeWayPatch(find(before, item[key]), item, present, 'strategic', field)
    if (change !== undefined) patch.push({ ...change, [key]: item[key] })
  }
  for (const item of before as Json[]) {
    const goes = find(wanted, item[key]) === undefined && find(there, item[key]) !== undefined
    if (goes) patch.push({ $patch: 'delete', [key]: item[key] })
  }
  return patch.length === 0 ? undefined : patch
}
