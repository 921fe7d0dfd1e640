/**
 * YAML as a genuine server reads it: the first document, of a key that is there twice the last value; and what is wrong with a
 * text that is none, in the words of Go's reader. Clients show them.
 *
 * What we leave out: some words for rare faults; where a block ends too early, whether a key or another entry was expected.
 * Where to read upstream: sigs.k8s.io/yaml (`goyaml.v2/{decode,scannerc,parserc}.go`).
 */
import { parseAllDocuments, type YAMLParseError } from 'yaml'

/** Whether Go's scanner finds it, or its parser: they count lines differently. */
type Finder = 'scanner' | 'parser'
type Fault = readonly [said: RegExp, text: string, by: Finder, more?: number]

/** By what our reader says. */
const FAULTS: readonly Fault[] = [
  [/^Nested mappings|Block collection cannot start/, 'mapping values are not allowed in this context', 'scanner'],
  [/^Tabs are not allowed|cannot start with reserved/, 'found character that cannot start any token', 'scanner'],
  [/^Missing closing/, 'found unexpected end of stream', 'scanner'],
  [/^Invalid escape sequence/, 'found unknown escape character', 'scanner'],
  [/^Block scalar header/, 'did not find expected comment or line break', 'scanner'],
  [/^Unexpected block-seq-ind/, 'block sequence entries are not allowed in this context', 'scanner'],
  [/^Missing directives-end/, 'found unknown directive name', 'scanner'],
  // It is missed once the next line begins.
  [/^Implicit map keys need/, "could not find expected ':'", 'scanner', 1],
  [/^Implicit keys need|^All mapping items|^Sequence item without/, 'did not find expected key', 'parser'],
  [/^Unexpected scalar at node end/, "did not find expected '-' indicator", 'parser'],
  [/^Unexpected flow-/, 'did not find expected node content', 'parser'],
  [/^Flow sequence/, "did not find expected ',' or ']'", 'parser'],
  [/^Flow map/, "did not find expected ',' or '}'", 'parser'],
]

/** @throws an Error whose message says what is wrong, as Go does */
export function readYaml(text: string): unknown {
  const [first] = parseAllDocuments(text, { uniqueKeys: false })
  const document = first && 'errors' in first ? first : undefined
  if (!document) return null
  const [error] = document.errors
  if (error) throw new Error(`yaml: ${problemOf(text, error)}`)
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch (unresolved) {
    const name = /^Unresolved alias.*: (.*)$/.exec((unresolved as Error).message)?.[1]
    if (name === undefined) throw unresolved
    throw new Error(`yaml: unknown anchor '${name}' referenced`, { cause: unresolved })
  }
}

function problemOf(text: string, { message, pos: [at] }: YAMLParseError): string {
  const [said = ''] = message.split('\n')
  const [, words, by, more = 0] = FAULTS.find(([form]) => form.test(said)) ?? [undefined, said, 'parser' as const]
  // A second colon is found where it stands, and not where its key begins.
  const colon = words.startsWith('mapping values') ? /:(?=\s|$)/.exec(text.slice(at)) : null
  const found = colon ? at + colon.index : at
  const isOpen = words.startsWith("did not find expected ',' or") && /[[{,]\s*$/.test(text.slice(0, found))
  const isAtEnd = found >= text.length && by === 'parser' && !text.endsWith('\n')
  const line = text.slice(0, found).split('\n').length - 1 + more + (isAtEnd ? 1 : 0)
  const shown = by === 'scanner' && line > 0 ? line + 1 : line
  return `${shown > 0 ? `line ${shown}: ` : ''}${isOpen ? 'did not find expected node content' : words}`
}
