import { describe, expect, it } from 'vitest'
import type { CheckResult } from '#grader/verdict/verdict.ts'
import {
  type Attempts,
  afterAsking,
  afterHint,
  afterVerdict,
  asksAbout,
  mayOpenHint,
  noAttempts,
  readAttempts,
} from './attempts.ts'

const check = (name: string, status: CheckResult['status']): CheckResult => ({
  name,
  status,
  kind: 'example',
  weight: 1,
  fuel: 1,
})
const fails = (attempts: Attempts, ...names: string[]) =>
  names.reduce((now, name) => afterVerdict(now, [check('first', 'pass'), check(name, 'fail')]), attempts)

describe('asking for a guess', () => {
  it.each([
    ['not after one failure', ['a'], undefined],
    ['after two failures of the same check', ['a', 'a'], 'a'],
    ['not after two failures of different checks', ['a', 'b'], undefined],
    ['again counted from the check that fails now', ['a', 'a', 'b'], undefined],
  ])('%s', (_, names, asked) => {
    expect(asksAbout(fails(noAttempts, ...names))).toBe(asked)
  })

  it('stops when everything passes', () => {
    const passed = afterVerdict(fails(noAttempts, 'a', 'a'), [check('a', 'pass')])
    expect(asksAbout(passed)).toBeUndefined()
    expect(passed.runs).toBe(3)
  })

  it('is not repeated at once, whether answered or skipped', () => {
    const stuck = fails(noAttempts, 'a', 'a')
    expect(asksAbout(fails(afterAsking(stuck, undefined), 'a'))).toBeUndefined()
    expect(asksAbout(fails(afterAsking(stuck, 'x'), 'a', 'a'))).toBe('a')
  })

  it('keeps an answer and not a blank', () => {
    const stuck = fails(noAttempts, 'a', 'a')
    expect(afterAsking(stuck, ' the sum is wrong ').hypotheses).toEqual([{ check: 'a', text: 'the sum is wrong' }])
    expect(afterAsking(stuck, '  ').hypotheses).toEqual([])
  })
})

describe('hints', () => {
  it('open one at a time, each further one after a new run', () => {
    expect(mayOpenHint(noAttempts)).toBe(true)
    const one = afterHint(noAttempts)
    expect(mayOpenHint(one)).toBe(false)
    const tried = fails(one, 'a')
    expect(mayOpenHint(tried)).toBe(true)
    expect(mayOpenHint(afterHint(tried))).toBe(false)
  })
})

describe('a kept record', () => {
  it('comes back as it was', () => {
    const attempts = afterHint(fails(afterAsking(fails(noAttempts, 'a', 'a'), 'why'), 'b'))
    expect(readAttempts(JSON.stringify(attempts))).toEqual(attempts)
  })

  it.each([null, '', '{', 'null', '[]', '{"runs":"2"}', '{"runs":1,"hintsOpenedAt":["x"],"hypotheses":[]}'])(
    'that is unsound counts as none: %s',
    (text) => {
      expect(readAttempts(text)).toEqual(noAttempts)
    },
  )
})
