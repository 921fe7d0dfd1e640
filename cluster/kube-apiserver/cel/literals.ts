/**
 * Arguments that are written out and can be told wrong at once: durations, points in time, patterns.
 *
 * Where to read upstream: cel-go `cel/validator.go` (formatValidator); apiserver `pkg/cel/environment/base.go` (ASTValidators).
 */
import { searches } from '../validation/pattern.ts'
import type { Checked } from './checker.ts'
import type { Issue, Literal, Node } from './syntax.ts'
import { parseDuration, parseTimestamp } from './time.ts'
import { CelError, fail } from './values.ts'

/** What is wrong with a pattern; undefined: nothing. */
function patternProblem(pattern: string): string | undefined {
  try {
    searches(pattern, fail)
    return undefined
  } catch (error) {
    if (error instanceof CelError) return error.message
    throw error
  }
}

const textOf = (node: Node | undefined): string | undefined => node?.is === 'literal' && typeof node.value === 'string' ? node.value : undefined // prettier-ignore

const IS_RIGHT: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
  matches: (text) => patternProblem(text) === undefined,
}

/** What the checker complains of beside types. Of a call, the first argument is looked at that stands in the brackets. */
export function literalIssues({ overloads }: Checked): Issue[] {
  const issues: Issue[] = []
  for (const node of overloads.keys()) {
    if (node.is !== 'call' || !Object.hasOwn(IS_RIGHT, node.name)) continue
    const text = textOf(node.args[0])
    if (text === undefined || IS_RIGHT[node.name]!(text)) continue
    issues.push({ at: (node.args[0] as Literal).at, message: `invalid ${node.name} argument` })
  }
  return issues
}

const SEARCHES: ReadonlySet<string> = new Set(['matches', 'find', 'findAll'])

/** Patterns that are written out are made ready at once, and must be patterns. */
export function searchProblem({ overloads }: Checked): string | undefined {
  for (const node of overloads.keys()) {
    if (node.is !== 'call' || !SEARCHES.has(node.name)) continue
    const pattern = textOf(node.args[node.target ? 0 : 1])
    const problem = pattern === undefined ? undefined : patternProblem(pattern)
    if (problem !== undefined) return problem
  }
  return undefined
}
