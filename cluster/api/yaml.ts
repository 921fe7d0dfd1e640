/**
 * Manifests: objects as people write and read them.
 *
 * What we leave out: YAML 1.1's `yes`, `no` and octal numbers, which kubectl's parser still knows.
 * Where to read upstream: apimachinery `pkg/util/yaml/decoder.go`; sigs.k8s.io/yaml.
 */
import { Document, parse as parseDocument, parseAllDocuments, visit } from 'yaml'
import { deepFreeze } from './meta.ts'
import type { KubernetesObject } from './types.ts'

/** Texts that are remembered with what they hold; beyond it all are forgotten. */
const REMEMBERED_MAX = 16
// A command of kubectl reads its file anew at each answer, and a world that is sought runs it once more.
const remembered = new Map<string, readonly KubernetesObject[]>()

/** Every object of a file of one or more documents, a List taken apart. Throws with the line where it is no YAML. */
export function parseManifests(text: string): readonly KubernetesObject[] {
  let objects = remembered.get(text)
  if (objects === undefined) {
    objects = deepFreeze(parse(text))
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    remembered.set(text, objects)
  }
  return objects
}

function parse(text: string): KubernetesObject[] {
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
export const parseYaml = (text: string): unknown => parseDocument(text)

/**
 * With keys in alphabetical order, as every Kubernetes tool prints them. Double quotes are for what would be no string
 * without them, single ones for what would not be read at all.
 */
export function formatYaml(value: unknown): string {
  // By the older rules for what must be quoted: times, `on`, `yes` and the like.
  const document = new Document(sortKeys(value), { version: '1.1' })
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && isOtherwise(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0, indentSeq: false, singleQuote: true })
}

const SHORT_MAX = 40

function isOtherwise(text: string): boolean {
  if (text.length > SHORT_MAX || !/^[-+.~\w:]*$/.test(text)) return false
  try {
    return typeof parseDocument(text, { version: '1.1' }) !== 'string'
  } catch {
    return false
  }
}

export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const record = value as Record<string, unknown>
  const sorted: Record<string, unknown> = {}
  for (const key of Object.keys(record).sort()) if (record[key] !== undefined) sorted[key] = sortKeys(record[key])
  return sorted
}
