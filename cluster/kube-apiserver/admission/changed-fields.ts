/** Which fields of an object a plugin has changed, for the trace: `spec.tolerations`, no deeper. */
import { isEqual } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const differing = (before: Fields, after: Fields): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !isEqual(before[field], after[field]))

export function changedFields(before: KubernetesObject, after: KubernetesObject): readonly string[] {
  const [from, to] = [before, after] as unknown as [Fields, Fields]
  return differing(from, to).flatMap((field) => {
    const [old, now] = [from[field], to[field]]
    return isRecord(old) && isRecord(now) ? differing(old, now).map((one) => `${field}.${one}`) : [field]
  })
}
