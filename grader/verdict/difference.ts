/** Where two JSON values differ, path by path: what a person would point at. */
import { canonicalJson } from './canonical.ts'
import type { Difference } from './verdict.ts'

/** So many places are told; who has more to mend will see the rest next time. */
export const DIFFERENCES_MAX = 12

/** In the order of the expected value's own keys; lists item by item. */
export function differences(expected: unknown, actual: unknown, max = DIFFERENCES_MAX): Difference[] {
  const found: Difference[] = []
  compare('', expected, actual)
  return found

  function compare(path: string, a: unknown, b: unknown): void {
    if (found.length >= max || canonicalJson(a) === canonicalJson(b)) return
    if (Array.isArray(a) && Array.isArray(b)) return compareLists(path, a, b)
    if (!isRecord(a) || !isRecord(b)) return note(path, a, b)
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      compare(joined(path, key), own(a, key), own(b, key))
  }

  function compareLists(path: string, a: readonly unknown[], b: readonly unknown[]): void {
    for (let i = 0; i < Math.max(a.length, b.length); i++) compare(`${path}[${i}]`, a[i], b[i])
  }

  function note(path: string, a: unknown, b: unknown): void {
    found.push({ path, ...(a !== undefined && { expected: a }), ...(b !== undefined && { actual: b }) })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** `spec.replicas`, or `labels["app/name"]` where a dot would mislead. */
function joined(path: string, key: string): string {
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
