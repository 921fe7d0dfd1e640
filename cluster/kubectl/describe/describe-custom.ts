/**
 * An object of which nothing more is known than its fields, for `kubectl describe`: each by its name in words.
 *
 * Where to read upstream: kubectl `pkg/describe/describe.go` (genericDescriber, printUnstructuredContent, smartLabelFor).
 */
import type { KubernetesEvent, KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { annotationLines, eventLines, pairs } from './lines.ts'

/** Told above the fields, or told to nobody. */
const SKIPPED = new Set(['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations']) // prettier-ignore

const ACRONYMS = new Set(['API', 'URL', 'UID', 'OSB', 'GUID'])

export function describeCustom(object: KubernetesObject, events: readonly KubernetesEvent[], now: Micros): string[] {
  const { name, namespace = '', labels, annotations } = object.metadata
  return [
    `Name:\t${name}`,
    `Namespace:\t${namespace}`,
    ...pairs('Labels:', labels),
    ...annotationLines(annotations),
    ...fieldLines(object as unknown as Record<string, unknown>, '', ''),
    ...eventLines(events, now),
  ]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function fieldLines(content: Record<string, unknown>, indent: string, path: string): string[] {
  return Object.keys(content)
    .sort()
    .flatMap((field) => {
      const [value, at] = [content[field], `${path}.${field}`]
      if (SKIPPED.has(at)) return []
      const label = labelFor(field)
      if (isRecord(value)) return [`${indent}${label}:`, ...fieldLines(value, `${indent}  `, at)]
      if (!Array.isArray(value)) return [`${indent}${label}:\t${textOf(value)}`]
      const items = value.flatMap((item) =>
        isRecord(item) ? fieldLines(item, `${indent}  `, at) : [`${indent}  ${textOf(item)}`],
      )
      return [`${indent}${label}:`, ...items]
    })
}

/** As Go prints it. */
const textOf = (value: unknown): string =>
  value === null || value === undefined ? '<nil>' : Array.isArray(value) ? `[${value.map(textOf).join(' ')}]` : String(value) // prettier-ignore

/** `cronSpec` is Cron Spec, `apiVersion` API Version; a name with other characters than letters and dashes stays as it is. */
function labelFor(field: string): string {
  if (!/^[\p{L}-]+$/u.test(field)) return field
  return field
    .split(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=-)|(?=-)/)
    .map((part) => (ACRONYMS.has(part.toUpperCase()) ? part.toUpperCase() : part[0]!.toUpperCase() + part.slice(1)))
    .join(' ')
}
