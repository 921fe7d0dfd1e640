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
  return folded(document.toString({ lineWidth: 0, indentSeq: false, singleQuote: true }))
}

/** A line goes on below at the first blank after so many characters. */
const WIDTH = 80
const SCALAR = /^((?: |- )*)((?:[^\s'"#|>][^:#]*|'[^']*'|"[^"]*"):(?= ))?/
const LITERAL = /^((?: |- )*)(?:\S.*: |)[|>][-+\d]*$/

/** As Go's library breaks what is long; other libraries break before the margin. */
function folded(text: string): string {
  if (!text.split('\n').some((line) => line.length > WIDTH)) return text
  /** Lines further in than this belong to a block, and stay as they are. */
  let block: number | undefined
  return text
    .split('\n')
    .map((line) => {
      const [head = '', marks = '', key] = SCALAR.exec(line) ?? []
      const column = line.length - line.trimStart().length
      if (block !== undefined && (line.trim() === '' || column > block)) return line
      block = LITERAL.test(line) ? (key === undefined ? marks.lastIndexOf('-') : marks.length) : undefined
      if (block !== undefined || line.length <= WIDTH) return line
      return broken(line, head.length, ' '.repeat((key === undefined ? marks.lastIndexOf('-') : marks.length) + 2))
    })
    .join('\n')
}

function broken(line: string, from: number, indent: string): string {
  const lines: string[] = []
  let rest = line
  let start = from + 1
  for (;;) {
    let at = Math.max(start, WIDTH + 1)
    while (at < rest.length && (rest[at] !== ' ' || rest[at - 1] === ' ' || rest[at + 1] === ' ')) at++
    if (at >= rest.length - 1) return [...lines, rest].join('\n')
    lines.push(rest.slice(0, at))
    rest = indent + rest.slice(at + 1)
    start = indent.length + 1
  }
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
