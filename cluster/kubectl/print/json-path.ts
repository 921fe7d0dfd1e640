/**
 * kubectl's JSONPath templates: `{.items[*].metadata.name}`, text around them, `{range …}{end}`, quoted text.
 *
 * What we leave out: what the paths themselves leave out (slices, unions, `..`).
 * Where to read upstream: client-go `util/jsonpath`.
 */
import { valuesAt } from '#cluster/api/json-path.ts'
import { formatJson } from './json.ts'
import { CommandError } from '../command-error.ts'

type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'path'; readonly path: string }
  | { readonly is: 'range'; readonly path: string; readonly parts: readonly Part[] }

/** Fills a template in. Throws a CommandError for one that cannot be read. */
export function fillTemplate(template: string, value: unknown): string {
  const { parts } = parse(tokens(template), 0, template)
  return fill(parts, value, value)
}

function fill(parts: readonly Part[], value: unknown, root: unknown): string {
  return parts
    .map((part) => {
      if (part.is === 'text') return part.text
      const from = part.path.startsWith('$') ? root : value
      const found = valuesAt(from, part.path.replace(/^[$@]/, ''))
      return part.is === 'path'
        ? found.map(textOf).join(' ')
        : found.map((item) => fill(part.parts, item, root)).join('')
    })
    .join('')
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : formatJson(value)
}

/** Text and `{…}`, in turn; a brace within quotes ends nothing. */
const tokens = (template: string): readonly string[] => template.match(/\{(?:"(?:\\.|[^"\\])*"|'[^']*'|[^{}"'])*\}|[^{]+|\{/g) ?? [] // prettier-ignore

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

const unquote = (text: string): string =>
  text.slice(1, -1).replaceAll(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char)

function parse(all: readonly string[], from: number, template: string): { parts: Part[]; next: number } {
  const parts: Part[] = []
  for (let i = from; i < all.length; i++) {
    const token = all[i]!
    if (!token.startsWith('{')) {
      parts.push({ is: 'text', text: token })
      continue
    }
    if (!token.endsWith('}')) throw unreadable(template, 'unclosed action')
    const inner = token.slice(1, -1).trim()
    if (inner === 'end') {
      if (from === 0) throw unreadable(template, 'not in range')
      return { parts, next: i }
    }
    if (inner.startsWith('range ')) {
      const body = parse(all, i + 1, template)
      if (body.next >= all.length) throw unreadable(template, 'unclosed range')
      parts.push({ is: 'range', path: pathOf(inner.slice(6).trim(), template), parts: body.parts })
      i = body.next
    } else if (/^["']/.test(inner)) parts.push({ is: 'text', text: unquote(inner) })
    else parts.push({ is: 'path', path: pathOf(inner, template) })
  }
  return { parts, next: all.length }
}

function pathOf(text: string, template: string): string {
  if (/^[$@]?(?:[.[]|$)/.test(text)) return text
  throw unreadable(template, `unrecognized identifier ${text}`)
}

const unreadable = (template: string, why: string): CommandError =>
  new CommandError(`error: error parsing jsonpath ${template}, ${why}`)

/** A path as flags take it: `.metadata.name`, `metadata.name` and `{.metadata.name}` mean the same. */
export function relaxedPath(text: string): string {
  const inner = /^\{(.*)\}$/.exec(text)?.[1] ?? text
  return inner.startsWith('.') || inner.startsWith('[') ? inner : `.${inner}`
}
