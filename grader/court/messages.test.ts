/** What a worker answers is a claim: forged, damaged and misplaced ones are refused. */
import { describe, expect, it } from 'vitest'
import { digestOf } from '../verdict/digest.ts'
import { engineId } from '../verdict/engine-id.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { complaintAbout, readAnswer } from './messages.ts'

const check = (name: string, status: 'pass' | 'fail' | 'skipped' = 'pass') =>
  ({ name, kind: 'example', status, weight: 1, fuel: 1 }) as const

function verdict(changed: Partial<Verdict> = {}): Verdict {
  const whole: Omit<Verdict, 'digest'> = {
    ...({ schema: 2, engine: engineId, exercise: 'e', exerciseVersion: 'v', mode: 'submit', status: 'pass' } as const),
    ...{
      diagnostics: [],
      checks: [check('a'), check('b')],
      feedback: [],
      console: [],
      consoleTruncated: false,
      fuel: 2,
    },
    ...changed,
  }
  return { ...whole, digest: changed.digest ?? digestOf(whole) }
}

const expected = { exercise: 'e', exerciseVersion: 'v', mode: 'submit', checks: ['a', 'b'] } as const

describe('a verdict from a worker', () => {
  it('is believed when it is one on what was asked', () => {
    expect(complaintAbout(verdict(), expected)).toBeUndefined()
    expect(complaintAbout(JSON.parse(JSON.stringify(verdict())), expected)).toBeUndefined()
    expect(
      complaintAbout(verdict({ status: 'fail', checks: [check('a', 'fail'), check('b')] }), expected),
    ).toBeUndefined()
    expect(complaintAbout(verdict({ status: 'internal', checks: [] }), expected)).toBeUndefined()
  })

  it.each<[string, unknown, RegExp]>([
    ['is none', 'pass', /no object/],
    ['is a list', [], /no object/],
    ['lacks a part', { ...verdict(), checks: undefined }, /unexpected "checks"/],
    ['has a part too many', { ...verdict(), extra: 1 }, /unexpected "extra"/],
    ['has a part of another kind', { ...verdict(), fuel: '2' }, /unexpected "fuel"/],
    ['is on another exercise', verdict({ exercise: 'other' }), /another exercise/],
    ['is on another version', verdict({ exerciseVersion: 'w' }), /another exercise/],
    ['is of another mode', verdict({ mode: 'run' }), /another mode/],
    ['is another engine’s', verdict({ engine: 'x' }), /another engine/],
    ['has an unknown status', { ...verdict(), status: 'splendid' }, /unknown status/],
    ['leaves a check out', verdict({ checks: [check('a')] }), /other checks/],
    ['has no checks and passes', verdict({ checks: [] }), /other checks/],
    ['has the checks in another order', verdict({ checks: [check('b'), check('a')] }), /other checks/],
    ['passes with a failed check', verdict({ checks: [check('a', 'fail'), check('b')] }), /passes, and a check/],
    ['passes a submit with a skipped check', verdict({ checks: [check('a', 'skipped'), check('b')] }), /passes, and a/],
    ['has a check that is null', { ...verdict(), checks: [null, null] }, /other checks/],
    ['was changed after its digest was taken', { ...verdict(), diagnostics: [{}] }, /digest/],
  ])('is refused when it %s', (_, value, why) => {
    expect(complaintAbout(value, expected)).toMatch(why)
  })
})

describe('a line from a worker', () => {
  it.each([
    ['}'],
    ['null'],
    ['3'],
    ['{}'],
    ['{"type":"verdict"}'],
    ['{"type":"ready","checks":[1]}'],
    ['{"type":"grade","nonce":"1"}'],
  ])('%s is garbage', (line) => expect(readAnswer(line).type).toBe('garbage'))

  it('is cut where it only has words', () => {
    const answer = readAnswer(JSON.stringify({ type: 'broke', nonce: '1', words: 'x'.repeat(1e6) }))
    expect(answer.type === 'broke' && answer.words.length).toBe(2000)
  })
})
