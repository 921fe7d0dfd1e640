import { describe, expect, it } from 'vitest'
import type { CheckResult, Verdict } from '#grader/verdict/verdict.ts'
import { type Happening, firstFailure, headline, initialState, reduce } from './workbench-state.ts'

const check = (name: string, status: CheckResult['status']): CheckResult => ({
  name,
  status,
  kind: 'example',
  weight: 1,
  fuel: 1,
})
function verdict(checks: CheckResult[], change: Partial<Verdict> = {}): Verdict {
  const status = checks.every((one) => one.status === 'pass') ? 'pass' : 'fail'
  const rest = { diagnostics: [], console: [], consoleTruncated: false, fuel: 2, digest: 'd' }
  return {
    schema: 2,
    engine: 'test',
    feedback: [],
    exercise: 'e',
    exerciseVersion: 'v',
    mode: 'run',
    status,
    checks,
    ...rest,
    ...change,
  }
}
const play = (...happenings: Happening[]) => happenings.reduce(reduce, initialState)
const started: Happening = { type: 'started', grading: 1, mode: 'run' }
const compiled: Happening = { type: 'compiled', grading: 1, problems: [] }
const problem = { line: 2, column: 3, code: 2322, message: 'no', severity: 'type' as const }

describe('a grading', () => {
  it('goes from compiling through grading to its verdict', () => {
    expect(play(started).phase).toBe('compiling')
    expect(play(started, compiled).phase).toBe('grading')
    const done = play(started, compiled, { type: 'finished', grading: 1, verdict: verdict([check('a', 'pass')]) })
    expect(done).toMatchObject({ phase: 'ready', verdict: { status: 'pass' } })
  })

  it('shows what the compiler found at once, and goes on', () => {
    const on = play(started, { type: 'compiled', grading: 1, problems: [problem] })
    expect(on).toMatchObject({ phase: 'grading', problems: [problem] })
  })

  it('says when the code cannot run', () => {
    const blocking = { ...problem, severity: 'syntax' as const }
    const error = verdict([check('a', 'skipped')], { status: 'error' })
    const found: Happening = { type: 'compiled', grading: 1, problems: [blocking] }
    expect(headline(play(started, found, { type: 'finished', grading: 1, verdict: error }))).toBe(
      'The code cannot run yet',
    )
  })

  it('drops what comes late from an earlier one', () => {
    const again: Happening = { type: 'started', grading: 2, mode: 'submit' }
    const late: Happening[] = [
      { type: 'finished', grading: 1, verdict: verdict([check('a', 'pass')]) },
      { type: 'checked', grading: 1, result: check('a', 'pass') },
      { type: 'halted', grading: 1, halt: { kind: 'stopped', message: 'x' } },
    ]
    expect(play(started, compiled, again, ...late)).toEqual(play(started, compiled, again))
  })

  it('forgets the outcome before it', () => {
    const failed: Happening = { type: 'finished', grading: 1, verdict: verdict([check('a', 'fail')]) }
    const again = play(started, compiled, failed, { type: 'started', grading: 2, mode: 'run' })
    expect(again.verdict).toBeUndefined()
    expect(again.problems).toEqual([])
  })

  it('shows each check once while they come in', () => {
    const twice = play(
      started,
      compiled,
      { type: 'checked', grading: 1, result: check('a', 'fail') },
      { type: 'checked', grading: 1, result: check('b', 'pass') },
      { type: 'checked', grading: 1, result: check('b', 'pass') },
    )
    expect(twice.arrived.map((one) => one.name)).toEqual(['a', 'b'])
  })
})

describe('passing', () => {
  const finish = (mode: Verdict['mode'], status: CheckResult['status']): Happening => ({
    type: 'finished',
    grading: 1,
    verdict: verdict([check('a', status)], { mode }),
  })

  it.each([
    ['submit', 'pass', true],
    ['run', 'pass', false],
    ['submit', 'fail', false],
  ] as const)('by a %s that ends in %s: %s', (mode, status, hasPassed) => {
    expect(play(started, compiled, finish(mode, status)).hasPassed).toBe(hasPassed)
  })

  it('is not taken back', () => {
    expect(play({ type: 'passed-before' }, started, compiled, finish('submit', 'fail')).hasPassed).toBe(true)
  })
})

it('marks an outcome as old once the text has changed, and nothing before there is one', () => {
  expect(play({ type: 'typed' })).toBe(initialState)
  const done = play(started, compiled, { type: 'finished', grading: 1, verdict: verdict([]) }, { type: 'typed' })
  expect(done.isStale).toBe(true)
})

describe('the headline', () => {
  const finished = (value: Verdict): Happening => ({ type: 'finished', grading: 1, verdict: value })
  const halted = (kind: 'stopped' | 'watchdog'): Happening => ({
    type: 'halted',
    grading: 1,
    halt: { kind, message: '' },
  })
  it.each<[string, Happening[]]>([
    ['Not run yet', []],
    ['Passed before', [{ type: 'passed-before' }]],
    ['Reading your code', [started]],
    ['Running the examples', [started, compiled]],
    [
      'At work: counts once',
      [started, compiled, { type: 'progressed', grading: 1, progress: { check: 'counts once', done: 2, total: 7 } }],
    ],
    ['All 2 examples pass', [started, finished(verdict([check('a', 'pass'), check('b', 'pass')]))]],
    ['The check passes', [started, finished(verdict([check('a', 'pass')], { mode: 'submit' }))]],
    ['1 of 2 examples passes', [started, finished(verdict([check('a', 'pass'), check('b', 'fail')]))]],
    ['1 of 1 example passes', [started, finished(verdict([check('a', 'pass'), check('b', 'skipped')]))]],
    ['The code did not run', [started, finished(verdict([], { status: 'error' }))]],
    ['No verdict', [started, finished(verdict([], { status: 'internal' }))]],
    ['Stopped', [started, compiled, halted('stopped')]],
    ['No verdict', [started, compiled, halted('watchdog')]],
  ])('is “%s”', (text, happenings) => {
    expect(headline(play(...happenings))).toBe(text)
  })
})

it('tells the story of the first check that failed, in source order', () => {
  const checks = [check('a', 'pass'), check('b', 'error'), check('c', 'fail')]
  expect(firstFailure(verdict(checks))?.name).toBe('b')
  expect(firstFailure(verdict([check('a', 'pass')]))).toBeUndefined()
})
