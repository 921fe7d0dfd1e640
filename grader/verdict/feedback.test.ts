import { describe, expect, it } from 'vitest'
import { example, property } from '../kit/checks.ts'
import { schedulerGuest } from '../kit/scheduler-guest.ts'
import type { Exercise } from './exercise.ts'
import { creditOf } from './exercise.ts'
import { feedbackOf, recognise } from './feedback.ts'
import { scoreOf } from './score.ts'
import type { CheckResult, Status, Verdict } from './verdict.ts'

const none = () => {}
const checks = [
  example('first', { run: none, hint: 'one', weight: 3 }),
  property('second', { run: none, generate: none, praise: 'No call too many.' }),
  example('third', { run: none, advisory: true }),
]
const exercise: Exercise = {
  ...{ id: 'toy', version: 'v', limits: {}, checks: { guest: schedulerGuest(), checks } },
  misconceptions: [
    { name: 'a', text: { en: 'Counts twice.', es: 'Cuenta dos veces.' }, hint: 'one', failed: ['first'] },
    { name: 'b', text: { en: 'Counts never.', es: 'No cuenta.' }, hint: 'one', failed: ['second'] },
    { name: 'c', text: { en: 'Counts late.', es: 'Cuenta tarde.' }, hint: 'two', failed: ['second'] },
  ],
}

function graded(statuses: CheckResult['status'][], change: Partial<Verdict> = {}) {
  const results = checks.map(({ name, kind, hint, advisory }, at): CheckResult => {
    const status = statuses[at]!
    return {
      ...{ name, kind, status, weight: 1, fuel: 0 },
      ...(status === 'fail' && { message: `${name} went wrong.`, ...(hint && { hint }) }),
      ...(advisory && { advisory }),
    }
  })
  const status: Status = statuses.includes('fail') ? 'fail' : 'pass'
  return { mode: 'submit' as const, status, checks: results, diagnostics: [], consoleTruncated: false, ...change }
}
const said = (...given: Parameters<typeof graded>) =>
  feedbackOf(graded(...given), exercise).map(({ type, message }) => `${type}: ${message}`)

describe('feedback', () => {
  it('names the known mistake that the failed checks point to, before them', () => {
    expect(said(['fail', 'pass', 'pass'])).toEqual([
      'blocking: This looks like a known mistake: Counts twice.',
      'blocking: first went wrong.',
    ])
  })
  it('names two or three that fail the same checks, and gives a hint only where it is the same for all', () => {
    const [first] = feedbackOf(graded(['pass', 'fail', 'pass']), exercise)
    expect(first).toMatchObject({
      type: 'blocking',
      message: 'This looks like one of these known mistakes: Counts never. Or: Counts late.',
    })
    expect(first!.hint).toBeUndefined()
    const misconceptions = exercise.misconceptions!.map((one) => ({ ...one, hint: 'one' }))
    expect(feedbackOf(graded(['pass', 'fail', 'pass']), { ...exercise, misconceptions })[0]!.hint).toBe('one')
  })
  it('names none of four that fail the same checks', () => {
    const more = ['d', 'e'].map((name) => ({ ...exercise.misconceptions![1]!, name }))
    const misconceptions = [...exercise.misconceptions!, ...more]
    const feedback = feedbackOf(graded(['pass', 'fail', 'pass']), { ...exercise, misconceptions })
    expect(feedback.map(({ message }) => message)).toEqual(['second went wrong.'])
  })
  it('tells two that fail the same checks apart by what these say, and names none where they say something else', () => {
    const [a, b, c] = exercise.misconceptions!
    const misconceptions = [a!, { ...b!, says: { second: 'over(cpu)' } }, { ...c!, says: { second: 'late' } }]
    const recognised = (key: string) => {
      const verdict = graded(['pass', 'fail', 'pass'])
      verdict.checks[1]!.said = { message: { key, params: { count: 2, what: { key: 'cpu' } } } }
      return recognise(verdict, { ...exercise, misconceptions }).map(({ name }) => name)
    }
    expect(recognised('over')).toEqual(['b'])
    expect(recognised('under')).toEqual([])
  })
  it('takes an advisory check for advice, and praises what passed as a whole', () => {
    expect(said(['pass', 'pass', 'fail'], { status: 'pass' })).toEqual([
      'advice: third went wrong.',
      'praise: No call too many.',
    ])
  })
  it('praises nothing after the examples alone', () => {
    expect(said(['pass', 'skipped', 'pass'], { mode: 'run' })).toEqual([])
  })
  it('advises to mend what the compiler objects to', () => {
    const diagnostics = [{ line: 1, column: 1, code: 1, message: 'no', severity: 'type' as const }]
    expect(said(['pass', 'skipped', 'pass'], { mode: 'run', diagnostics })).toEqual([
      expect.stringMatching(/^advice: It runs, but the compiler has an objection/),
    ])
  })
})

describe('a score', () => {
  const results = (...statuses: CheckResult['status'][]) =>
    statuses.map((status, at) => ({ status, weight: at === 0 ? 3 : 1 }))
  it.each([
    ['binary', results('pass', 'pass'), 'pass', { credit: 'binary', earned: 4, possible: 4 }],
    ['binary', results('pass', 'fail'), 'fail', { credit: 'binary', earned: 0, possible: 4 }],
    ['partial', results('pass', 'fail'), 'fail', { credit: 'partial', earned: 3, possible: 4 }],
    ['partial', results('pass', 'internal'), 'internal', undefined],
  ] as const)('%s', (credit, of, status, score) => {
    expect(scoreOf(of, status, credit)).toEqual(score)
  })
  it('is counted as the task says', () => {
    expect(creditOf('---\nid: x\ncredit: partial\n---\n')).toBe('partial')
    expect(creditOf('---\nid: x\n---\ncredit: nothing\n')).toBe('binary')
    expect(() => creditOf('---\ncredit: half\n---\n')).toThrow(/credit is "half": write binary/)
  })
})
