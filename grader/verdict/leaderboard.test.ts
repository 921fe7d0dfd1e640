import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { leaderboardLines } from '../reporters/leaderboard-lines.ts'
import { leaderboardOf } from './leaderboard.ts'
import { standingOf } from './standing.ts'
import type { Verdict } from './verdict.ts'

const CASES = 20
/** A submission whose bill is this share of the reference's, give or take. */
const graded = (name: string, share: number, { sway = 0.02, status = 'pass' as Verdict['status'] } = {}) => {
  const reference = Array.from({ length: CASES }, (_, index) => 10 + index)
  const mine = reference.map((value, index) => value * (share + sway * (index / CASES - 0.5)))
  const standing = standingOf({
    seeds: reference.map((_, index) => index),
    drawnFrom: 'submission',
    measures: [{ name: 'bill', title: 'the bill', better: 'less', digits: 2 }],
    entrants: [
      { name: 'submission', title: 'this submission', values: { bill: mine } },
      { name: 'LeastAllocated', title: 'LeastAllocated', values: { bill: reference } },
    ],
  })
  const checks = [{ name: 'the ranking', standing }]
  return {
    name,
    verdict: { exercise: 'toy', exerciseVersion: 'v', status, checks, digest: name } as unknown as Verdict,
  }
}

describe('a leaderboard', () => {
  const board = leaderboardOf([
    graded('zoe.ts', 0.7),
    graded('fails.ts', 0.2, { status: 'fail' }),
    graded('adam.ts', 0.7),
    graded('eve.ts', 0.5),
    graded('carl.ts', 0.71, { sway: 0.2 }),
    graded('last.ts', 1.2),
  ])!

  it('goes by the share, equals share a place, and without a pass there is none', () => {
    expect(board.rows.map(({ name, place }) => [name, place])).toEqual([
      ['eve.ts', 1],
      ['adam.ts', 2],
      ['zoe.ts', 2],
      ['carl.ts', 4],
      ['last.ts', 5],
      ['fails.ts', undefined],
    ])
  })

  it('tells between which places each is', () => {
    expect(board.rows.map(({ span }) => span && [span.best, span.worst])).toEqual([
      ...[[1, 1], [2, 4], [2, 4], [2, 4], [5, 5], undefined],
    ])
  })

  it('is a table', () => {
    expect(leaderboardLines(board, 'en', undefined).slice(0, 4)).toEqual([
      'the ranking',
      '#  span  submission  share of LeastAllocated   bill    vs A',
      '1     1  eve.ts             0.50 (0.49–0.50)   9.74  20–0–0',
      '2   2–4  adam.ts            0.70 (0.69–0.70)  13.64  20–0–0',
    ])
  })

  it('is what its schema says', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../reporters/schemas/leaderboard.schema.json', import.meta.url), 'utf8'),
    )
    const validate = new Ajv2020({ strict: true }).compile(schema)
    expect([validate(board), validate.errors]).toEqual([true, null])
    expect(validate({ ...board, rows: [{ ...board.rows[0], place: 0 }] })).toBe(false)
  })

  it('is none where nobody is ranked', () => {
    expect(leaderboardOf([{ name: 'a', verdict: { checks: [{ name: 'b' }] } as unknown as Verdict }])).toBeUndefined()
  })
})
