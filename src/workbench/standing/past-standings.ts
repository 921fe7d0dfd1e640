/** What somebody has submitted to one ranked exercise so far, kept in this browser: pure data and the rules upon it. */
import type { Standing } from '#grader/verdict/standing.ts'
import type { Verdict } from '#grader/verdict/verdict.ts'

export interface PastStanding {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly digest: string
  readonly status: Verdict['status']
  readonly rank: Standing['rank']
  /** Of the first reference's value. */
  readonly share: number
  readonly reference: string
  readonly source: string
}

const KEPT_MAX = 10
/** All that one exercise may keep, in characters: a browser gives a page some five millions. */
const CHARACTERS_MAX = 200_000

/** Newest first; what is graded once more is kept once. */
export function withStanding(past: readonly PastStanding[], now: PastStanding): readonly PastStanding[] {
  const kept = [now, ...past.filter(({ digest, source }) => digest !== now.digest || source !== now.source)]
  let characters = 0
  return kept.slice(0, KEPT_MAX).filter(({ source }, index) => {
    characters += source.length
    return index === 0 || characters <= CHARACTERS_MAX
  })
}

/** Reads what is kept; anything unsound is left out. */
export function readPast(text: string | null): readonly PastStanding[] {
  try {
    const value = JSON.parse(text ?? '[]') as readonly PastStanding[]
    return Array.isArray(value) ? value.filter(isSound) : []
  } catch {
    return []
  }
}

function isSound(one: Partial<PastStanding> | null): boolean {
  const { at, digest, status, rank, share, reference, source } = one ?? {}
  const texts = [digest, status, reference, source].every((text) => typeof text === 'string')
  const numbers = [at, share, rank?.best, rank?.worst, rank?.of].every((number) => Number.isFinite(number))
  return texts && numbers
}
