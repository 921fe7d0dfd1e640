import { describe, expect, it } from 'vitest'
import type { CheckResult, Verdict } from '#grader/verdict/verdict.ts'
import { announcement } from './outcome-view.ts'
import { type Happening, initialState, reduce } from './workbench-state.ts'

const passing: CheckResult = { name: 'fits', kind: 'example', weight: 1, status: 'pass', fuel: 1 }
const failing: CheckResult = { ...passing, name: 'counts once', status: 'fail', message: 'At 3 s node-1 was overfull.' }

function finished(checks: CheckResult[], change: Partial<Verdict> = {}): Happening {
  const rest = { diagnostics: [], feedback: [], console: [], consoleTruncated: false, fuel: 2, digest: 'd' }
  const verdict: Verdict = {
    ...{ schema: 2, engine: 'test', exercise: 'e', exerciseVersion: 'v', mode: 'run', status: 'fail', checks, ...rest },
    ...change,
  }
  return { type: 'finished', grading: 1, verdict }
}

const started: Happening = { type: 'started', grading: 1, mode: 'run' }
const play = (...happenings: Happening[]) => announcement([started, ...happenings].reduce(reduce, initialState))
const at = (seed: number): Happening => ({
  type: 'progressed',
  grading: 1,
  progress: { check: 'counts once', done: seed, total: 200, seed },
})

describe('what is read out', () => {
  it('is the failure’s own sentence when it has come', () => {
    expect(play(finished([passing, failing]))).toBe('1 of 2 examples passes. counts once. At 3 s node-1 was overfull.')
  })

  it('is the reason when there is no verdict', () => {
    const halt = { kind: 'watchdog' as const, message: 'Internal: stopped by the watchdog.' }
    expect(play({ type: 'halted', grading: 1, halt })).toBe('No verdict. Internal: stopped by the watchdog.')
  })

  it('does not change with every seed, or nothing else could be heard', () => {
    const compiled: Happening = { type: 'compiled', grading: 1, problems: [] }
    expect(play(compiled, at(7))).toBe(play(compiled, at(8)))
  })

  it('is different at each end from what was said while working, so that it is heard again', () => {
    const passed = finished([passing], { status: 'pass' })
    expect(play(passed)).toBe('The example passes.')
    expect(play(passed)).not.toBe(play())
  })
})
