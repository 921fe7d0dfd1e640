/**
 * The Common Expression Language, as Kubernetes uses it: from text to a program that can be run again and again.
 *
 * What the real one does: cel-go parses, checks, plans and runs; libraries of Kubernetes' own add functions and types.
 * What we model: the same language and libraries, types and their messages, and the cost of a run, by rules that depend on nothing
 * but the expression and its values. The packages that npm has were tried and left: see "Decided on the way" in ARCHITECTURE.md.
 * What we leave out: messages of protobuf; time zones by name; what `parser.ts`, `time.ts` and `../validation/re2/syntax.ts` say of
 * themselves.
 * Where to read upstream: google/cel-spec `doc/langdef.md`, google/cel-go; apiserver `pkg/cel/{environment,library}`.
 */
import type { Checked, Variables } from './checker.ts'
import { check } from './checker.ts'
import { literalIssues, searchProblem } from './literals.ts'
import { parse } from './parser.ts'
import type { Issue } from './syntax.ts'
import { showIssues } from './syntax.ts'
import type { Type } from './types.ts'

/** What has become of an expression. The text of an error says at which step: `compilation failed: …`. */
export type Compiled = Program | { readonly error: string }

export interface Program {
  readonly source: string
  readonly checked: Checked
  readonly type: Type
}

const known = new WeakMap<Variables, Map<string, Compiled>>()
const KNOWN_MAX = 1_000

/** @returns what is wrong, in upstream's form, where it does not compile */
export function compile(source: string, variables: Variables): Compiled {
  let bySource = known.get(variables)
  if (bySource === undefined) known.set(variables, (bySource = new Map()))
  let made = bySource.get(source)
  if (made === undefined) {
    made = make(source, variables)
    if (bySource.size >= KNOWN_MAX) bySource.clear()
    bySource.set(source, made)
  }
  return made
}

function make(source: string, variables: Variables): Compiled {
  const parsed = parse(source)
  const failed = (issues: readonly Issue[]) => ({ error: `compilation failed: ${showIssues(source, issues)}` })
  if ('issues' in parsed) return failed(parsed.issues)
  const checked = check(parsed.node, variables)
  if ('issues' in checked) return failed(checked.issues)
  const literals = literalIssues(checked)
  if (literals.length > 0) return failed(literals)
  const wrong = searchProblem(checked)
  if (wrong !== undefined) return { error: `program instantiation failed: ${wrong}` }
  return { source, checked, type: checked.types.get(parsed.node)! }
}
