/**
 * A bundle: one JSON file with a submission, its verdict, and all that somebody else needs to come to the same verdict.
 *
 * A verdict is a claim. Whoever doubts it (a learner, an examiner, we ourselves, should a worker have been broken out of)
 * grades the bundle again, on another machine, and compares the digests.
 */
import { canonicalJson } from '../verdict/canonical.ts'
import { digestOf } from '../verdict/digest.ts'
import { sha256 } from '../verdict/sha256.ts'
import type { Verdict } from '../verdict/verdict.ts'
import type { Entry } from './ledger.ts'
import type { Settings } from './messages.ts'

export interface Bundle {
  readonly format: 'clusterwright bundle'
  readonly schema: 1
  readonly engine: string
  readonly exercise: string
  readonly exerciseVersion: string
  readonly settings: Settings
  readonly file: string
  readonly source: string
  /** Why it could not be compiled at all, where that is so. */
  readonly refusal?: string
  readonly verdict: Verdict
  /** SHA-256 over the canonical form of all the rest: it shows damage, not malice. */
  readonly sha256: string
}

export function bundleOf({ file, settings, verdict }: Entry, source: string): Bundle {
  const { engine, exercise, exerciseVersion } = verdict
  const refusal = source === '' && verdict.diagnostics[0]?.code === 90012 ? verdict.diagnostics[0].message : undefined
  const rest = {
    ...({ format: 'clusterwright bundle', schema: 1 } as const),
    ...{ engine, exercise, exerciseVersion, settings, file, source },
    ...(refusal !== undefined && { refusal }),
    verdict,
  }
  return { ...rest, sha256: sha256(canonicalJson(rest)) }
}

/** Reads one. Throws, in words for people, when it is none. */
export function readBundle(text: string): Bundle {
  let value: Partial<Bundle> | null
  try {
    value = JSON.parse(text) as Partial<Bundle> | null
  } catch (error) {
    throw new Error(`it is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (value?.format !== 'clusterwright bundle')
    throw new Error('it is no bundle: one has "format": "clusterwright bundle"')
  if (value.schema !== 1) throw new Error(`it has schema ${value.schema}, and this version reads schema 1`)
  const { sha256: sum, ...rest } = value
  if (sha256(canonicalJson(rest)) !== sum) throw new Error('it was changed after it was made: its sha256 is another')
  const { digest, ...verdict } = value.verdict!
  if (digestOf(verdict) !== digest) throw new Error('its verdict was changed after it was made: its digest is another')
  return value as Bundle
}

/** The first place where two verdicts differ in what the digest is taken over. */
export function firstDifference(a: Verdict, b: Verdict): string | undefined {
  const counted = ({
    fuel: _f,
    console: _c,
    consoleTruncated: _t,
    engine: _e,
    feedback: _b,
    score: _s,
    digest: _d,
    ...rest
  }: Verdict) => ({
    ...rest,
    checks: rest.checks.map(({ fuel: _fuel, ...check }) => check),
  })
  return differenceAt(counted(a), counted(b), 'verdict')
}

function differenceAt(a: unknown, b: unknown, path: string): string | undefined {
  if (canonicalJson(a) === canonicalJson(b)) return undefined
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const step = Array.isArray(a) ? `[${key}]` : `.${key}`
      const found = differenceAt(
        (a as Record<string, unknown>)[key],
        (b as Record<string, unknown>)[key],
        `${path}${step}`,
      )
      if (found !== undefined) return found
    }
  }
  return `${path}: ${shown(a)} in the bundle, ${shown(b)} now`
}

function shown(value: unknown): string {
  const text = canonicalJson(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
