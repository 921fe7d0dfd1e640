/**
 * Manifests: objects as people write and read them.
 *
 * What we leave out: YAML 1.1's `yes`, `no` and octal numbers, which kubectl's parser still knows.
 * Where to read upstream: apimachinery `pkg/util/yaml/decoder.go`; sigs.k8s.io/yaml.
 */
import { parse, parseAllDocuments, stringify } from 'yaml'
import type { KubernetesObject } from './types.ts'

/** Every object of a file of one or more documents, a List taken apart. Throws with the line where it is no YAML. */
export function parseManifests(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text)
  const objects: KubernetesObject[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const [failure] = document.errors
    if (failure) throw new Error(`error converting YAML to JSON: yaml: ${failure.message.split('\n')[0]}`)
    const value = document.toJS() as KubernetesObject | { kind: 'List'; items: KubernetesObject[] } | null
    if (value === null || value === undefined) continue
    if (value.kind === 'List' && 'items' in value) objects.push(...value.items)
    else objects.push(value as KubernetesObject)
  }
  return objects
}

/** One document, whatever it is. Throws where it is no YAML. */
export const parseYaml = (text: string): unknown => parse(text)

/** With keys in alphabetical order, as every Kubernetes tool prints them. */
export function formatYaml(value: unknown): string {
  // By the older rules for what must be quoted: times, `on`, `yes` and the like.
  return stringify(sortKeys(value), { lineWidth: 0, indentSeq: false, version: '1.1' })
}

export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const record = value as Record<string, unknown>
  const sorted: Record<string, unknown> = {}
  for (const key of Object.keys(record).sort()) if (record[key] !== undefined) sorted[key] = sortKeys(record[key])
  return sorted
}
