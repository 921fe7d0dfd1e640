/**
 * What a worker is told and what it answers: one JSON text per line, over its standard input and output.
 *
 * Whatever comes from a worker is taken for a claim of somebody unknown: it is measured before it is parsed, and believed
 * only if it is a verdict on what was asked, in the shape that a verdict has, with the digest that its content gives.
 */
import type { Exercise } from '../verdict/exercise.ts'
import { digestOf } from '../verdict/digest.ts'
import { engineId } from '../verdict/engine-id.ts'
import type { Score, Status, Verdict } from '../verdict/verdict.ts'

/** How submissions are graded; the same for all of a batch. */
export interface Settings {
  readonly mode: Verdict['mode']
  /** The first seed, and how many. */
  readonly seed: number
  readonly seeds: number
  /** Instead of the exercise's own. */
  readonly credit?: Score['credit']
  readonly checksTypes: boolean
}

/** What a worker is begun with. Plain data: it reads no more of the exercise's folder than the checks. */
export interface Brief {
  readonly type: 'brief'
  readonly facts: Omit<Exercise, 'checks'>
  readonly folder: { readonly path: string; readonly name: string }
  readonly settings: Settings
}

/** One submission. `refusal`: it cannot be compiled at all, for this reason. */
export interface Order {
  readonly type: 'grade'
  /** Chance, new for each order: an answer that does not repeat it is an answer to something else. */
  readonly nonce: string
  readonly source: string
  readonly refusal?: string
}

export type Answer =
  | { readonly type: 'ready'; readonly checks: readonly string[] }
  | { readonly type: 'verdict'; readonly nonce: string; readonly verdict: Verdict }
  | { readonly type: 'broke'; readonly nonce: string; readonly words: string }

/** Characters of one answer. A verdict with all the console that is kept, and every story, has under a tenth of it. */
export const ANSWER_MAX = 16_000_000

const STATUSES: readonly string[] = ['pass', 'fail', 'error', 'inconclusive', 'internal'] satisfies Status[]
const REQUIRED = {
  schema: 'number',
  engine: 'string',
  exercise: 'string',
  exerciseVersion: 'string',
  mode: 'string',
  status: 'string',
  diagnostics: 'array',
  checks: 'array',
  feedback: 'array',
  console: 'array',
  consoleTruncated: 'boolean',
  fuel: 'number',
  digest: 'string',
} as const
const OPTIONAL = { message: 'string', said: 'object', score: 'object' } as const

/** What a verdict must be about to be believed. */
export interface Expected {
  readonly exercise: string
  readonly exerciseVersion: string
  readonly mode: Verdict['mode']
  /** Names of the checks, in their order. */
  readonly checks: readonly string[]
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)

const isRecord = (value: unknown): value is Record<string, unknown> => kindOf(value) === 'object'

/** Why this is not a verdict on what was asked; undefined when it is one. */
export function complaintAbout(value: unknown, expected: Expected): string | undefined {
  if (!isRecord(value)) return 'the verdict is no object'
  const kinds: Record<string, string> = { ...REQUIRED, ...OPTIONAL }
  const odd = Object.keys(value).find((key) => !Object.hasOwn(kinds, key) || kindOf(value[key]) !== kinds[key])
  if (odd !== undefined) return `the verdict has an unexpected "${odd.slice(0, 40)}"`
  const missing = Object.keys(REQUIRED).find((key) => !Object.hasOwn(value, key))
  if (missing !== undefined) return `the verdict has no "${missing}"`
  const verdict = value as unknown as Verdict
  const { exercise, exerciseVersion, mode } = expected
  if (verdict.schema !== 2 || verdict.engine !== engineId) return 'the verdict is another engine’s'
  if (verdict.exercise !== exercise || verdict.exerciseVersion !== exerciseVersion)
    return 'the verdict is on another exercise'
  if (verdict.mode !== mode) return 'the verdict is of another mode'
  return complaintAboutChecks(verdict, expected) ?? complaintAboutDigest(verdict)
}

function complaintAboutChecks({ checks, status }: Verdict, expected: Expected): string | undefined {
  if (!STATUSES.includes(status)) return 'the verdict has an unknown status'
  const isBroken = status === 'internal' && checks.length === 0
  const isComplete =
    checks.length === expected.checks.length && checks.every((check, i) => check?.name === expected.checks[i])
  if (!isBroken && !isComplete) return 'the verdict is on other checks'
  const known = [...STATUSES, 'skipped']
  if (checks.some((check) => !known.includes(check.status))) return 'a check has an unknown status'
  const passes = (check: Verdict['checks'][number]): boolean =>
    check.status === 'pass' ||
    (check.advisory === true && check.status !== 'internal') ||
    (expected.mode === 'run' && check.kind !== 'example' && check.status === 'skipped')
  if (status === 'pass' && !checks.every(passes)) return 'the verdict passes, and a check in it does not'
  return undefined
}

function complaintAboutDigest({ digest, ...rest }: Verdict): string | undefined {
  try {
    return digestOf(rest) === digest ? undefined : 'the digest is not the one of this verdict'
  } catch {
    return 'the verdict has no digest: it is not in the shape of one'
  }
}

/** The answer in a line, or why it is none. Its verdict, if it has one, is still to be judged by `complaintAbout`. */
export function readAnswer(line: string): Answer | { readonly type: 'garbage'; readonly why: string } {
  const garbage = (why: string) => ({ type: 'garbage', why }) as const
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return garbage('it wrote something that is not JSON')
  }
  if (!isRecord(value)) return garbage('it wrote something that is no answer')
  const { type, nonce, words, checks } = value
  if (type === 'ready' && Array.isArray(checks) && checks.every((name) => typeof name === 'string'))
    return { type, checks: checks as string[] }
  if (type === 'broke' && typeof nonce === 'string' && typeof words === 'string')
    return { type, nonce, words: words.slice(0, 2000) }
  if (type === 'verdict' && typeof nonce === 'string') return { type, nonce, verdict: value['verdict'] as Verdict }
  return garbage('it wrote something that is no answer')
}
