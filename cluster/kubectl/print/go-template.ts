/**
 * Go's templates, as `-o go-template` has them: `{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}`.
 *
 * What we leave out: `define`, `template`, `block`, `break` and `continue`; methods; complex numbers; `%v` of Go's own types.
 * Where to read upstream: Go `text/template`; cli-runtime `pkg/printers/template.go`.
 */
import { isTrue, run, type Scope, shown } from './go-template-values.ts'

type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'action'; readonly pipeline: string }
  | { readonly is: 'block'; readonly word: 'if' | 'range' | 'with'; readonly pipeline: string; readonly then: readonly Part[]; readonly otherwise: readonly Part[] } // prettier-ignore

/** What a template makes of a value. Throws an Error with what is wrong with it. */
export function fillGoTemplate(template: string, data: unknown): string {
  const tokens = tokensOf(template)
  const { parts, next } = parse(tokens, 0, false)
  if (next < tokens.length) throw new Error(`unexpected {{${tokens[next]!.text}}}`)
  return execute(parts, { dot: data, variables: new Map([['$', data]]) })
}

interface Token {
  readonly isAction: boolean
  readonly text: string
}

/** Texts and actions; `{{-` and `-}}` take the white space beside them. */
function tokensOf(template: string): Token[] {
  const tokens: Token[] = []
  let rest = template
  while (rest !== '') {
    const start = rest.indexOf('{{')
    if (start < 0) return [...tokens, { isAction: false, text: rest }]
    let text = rest.slice(0, start)
    const action = /^\{\{(- )?((?:"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|(?! -\}\}|\}\})[^"`'])*?)( -)?\}\}/s.exec(rest.slice(start)) // prettier-ignore
    if (!action) throw new Error('unclosed action')
    const [whole, trimBefore, inner = '', trimAfter] = action
    if (trimBefore) text = text.trimEnd()
    if (text !== '') tokens.push({ isAction: false, text })
    if (!inner.trim().startsWith('/*')) tokens.push({ isAction: true, text: inner.trim() })
    rest = rest.slice(start + whole.length)
    if (trimAfter) rest = rest.trimStart()
  }
  return tokens
}

const BLOCK = /^(if|range|with)\b\s*(.*)$/s

/** Up to the `end` or `else` that belongs to it. */
function parse(tokens: readonly Token[], from: number, isInBlock: boolean): { parts: readonly Part[]; next: number } {
  const parts: Part[] = []
  let i = from
  while (i < tokens.length) {
    const { isAction, text } = tokens[i]!
    if (!isAction) parts.push({ is: 'text', text })
    else if (/^(?:end|else\b.*)$/s.test(text)) return { parts, next: i }
    else {
      const block = BLOCK.exec(text)
      if (block) {
        const parsed = parseBlock(tokens, i, block[1] as 'if', block[2]!)
        parts.push(parsed.part)
        i = parsed.next
      } else parts.push({ is: 'action', pipeline: text })
    }
    i++
  }
  if (isInBlock) throw new Error('unexpected EOF')
  return { parts, next: i }
}

/** @returns the place of the `end` too. `else if` is a block within `else`, which ends with it. */
function parseBlock(
  tokens: readonly Token[],
  at: number,
  word: 'if' | 'range' | 'with',
  pipeline: string,
): { part: Part; next: number } {
  // prettier-ignore
  const body = parse(tokens, at + 1, true)
  const end = tokens[body.next]!.text
  const block = { is: 'block', word, pipeline, then: body.parts } as const
  if (end === 'end') return { part: { ...block, otherwise: [] }, next: body.next }
  const more = /^else\s+(if|with)\b\s*(.*)$/s.exec(end)
  if (more) {
    const inner = parseBlock(tokens, body.next, more[1] as 'if', more[2]!)
    return { part: { ...block, otherwise: [inner.part] }, next: inner.next }
  }
  const otherwise = parse(tokens, body.next + 1, true)
  return { part: { ...block, otherwise: otherwise.parts }, next: otherwise.next }
}

function execute(parts: readonly Part[], scope: Scope): string {
  let output = ''
  for (const part of parts) {
    if (part.is === 'text') output += part.text
    else if (part.is === 'action') {
      const { value, isAssigned } = run(part.pipeline, scope)
      if (!isAssigned) output += shown(value)
    } else output += executeBlock(part, scope)
  }
  return output
}

const DECLARED = /^\s*(\$\w*)\s*(?:,\s*(\$\w+)\s*)?:=\s*(.*)$/s

/** Each has variables of its own, and hands on what is set of those outside. */
function executeBlock(block: Extract<Part, { is: 'block' }>, outer: Scope): string {
  const scope: Scope = { dot: outer.dot, variables: new Map(outer.variables) }
  if (block.word !== 'range') {
    const { value } = run(block.pipeline, scope)
    if (!isTrue(value)) return execute(block.otherwise, scope)
    return execute(block.then, block.word === 'with' ? { ...scope, dot: value } : scope)
  }
  const declared = DECLARED.exec(block.pipeline)
  const { value } = run(declared ? declared[3]! : block.pipeline, scope)
  const rows = entriesOf(value)
  if (rows.length === 0) return execute(block.otherwise, scope)
  return rows
    .map(([key, dot]) => {
      const [one, two] = [declared?.[1], declared?.[2]]
      if (one && two) scope.variables.set(one, key)
      if (two ?? one) scope.variables.set((two ?? one)!, dot)
      return execute(block.then, { ...scope, dot })
    })
    .join('')
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return value.map((one, i) => [i, one])
  if (value === null || value === undefined) return []
  if (typeof value === 'number') return Array.from({ length: value }, (_, i) => [i, i])
  if (typeof value !== 'object') throw new Error(`range can't iterate over ${shown(value)}`)
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}
