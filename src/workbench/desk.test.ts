import { describe, expect, it } from 'vitest'
import type { CheckResult, Compiled, GradeRequest, Verdict } from '#grader/verdict/verdict.ts'
import { createProgressStore, type KeyValueStorage } from '../progress/store.ts'
import { createDesk } from './desk.ts'
import type { GradingListener } from './grading-client.ts'

const check = (name: string, status: CheckResult['status']): CheckResult => ({
  name,
  status,
  kind: 'example',
  weight: 1,
  fuel: 1,
})

function verdict(mode: Verdict['mode'], checks: CheckResult[]): Verdict {
  const status = checks.every((one) => one.status === 'pass') ? 'pass' : 'fail'
  const rest = { diagnostics: [], console: [], consoleTruncated: false, fuel: 2, digest: 'd' }
  return {
    schema: 2,
    engine: 'test',
    feedback: [],
    exercise: 'fit-filter',
    exerciseVersion: 'v',
    mode,
    status,
    checks,
    ...rest,
  }
}

/** One desk over a storage that outlives it; the grading worker is the test itself. */
function scene(values = new Map<string, string>(), contentHash = 'h1') {
  const storage: KeyValueStorage = {
    get length() {
      return values.size
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
  let time = 0
  const store = createProgressStore({ storage, now: () => ++time, writer: `tab-${values.size}` })
  const asked: Omit<GradeRequest, 'type'>[] = []
  let listener: GradingListener | undefined
  const desk = createDesk({
    exercise: { id: 'fit-filter', starter: 'starter', contentHash },
    store,
    grading: {
      grade(request, listening) {
        asked.push(request)
        listener = listening
      },
      stop: () => listener?.halted({ kind: 'stopped', message: 'stopped' }),
    },
    compile: async (source): Promise<Compiled> => ({
      code: source,
      diagnostics: [],
      runnable: !source.includes('syntax error'),
    }),
    after: () => () => {},
    attempts: { read: () => values.get('attempts') ?? null, write: (text) => void values.set('attempts', text) },
    changed: () => {},
  })
  let edits = 0
  /** Another try: the text is changed, submitted, and fails. */
  const submitAndFail = async (name: string) => {
    desk.typed(`try ${++edits}`)
    await desk.submit()
    listener!.finished(verdict('submit', [check(name, 'fail')]))
  }
  return { desk, store, values, asked, listener: () => listener!, submitAndFail }
}

describe('grading', () => {
  it('is handed the text as it stood, and the draft is saved before', async () => {
    const { desk, store, asked } = scene()
    desk.open()
    desk.typed('mine')
    await desk.run()
    expect(asked).toMatchObject([{ id: 1, mode: 'run', source: 'mine', exercise: 'fit-filter' }])
    desk.typed('mine, changed since')
    expect(desk.graded()).toMatchObject({ source: 'mine', compiled: { code: 'mine' } })
    expect(store.loadDraft('fit-filter')?.source).toBe('mine')
  })

  it('of a file that does not compile has a verdict, and is no attempt', async () => {
    const { desk, store, asked, listener } = scene()
    desk.open()
    desk.typed('syntax error')
    await desk.submit()
    expect(asked).toHaveLength(1)
    listener().finished({ ...verdict('submit', [check('a', 'skipped')]), status: 'error' })
    expect(desk.state()).toMatchObject({ phase: 'ready', verdict: { status: 'error' } })
    expect(desk.attempts().runs).toBe(0)
    expect(store.progressOf('fit-filter').attempts).toBe(0)
  })

  it('records submissions and not runs', async () => {
    const { desk, store, listener } = scene()
    desk.open()
    await desk.run()
    listener().finished(verdict('run', [check('a', 'pass')]))
    expect(store.progressOf('fit-filter').attempts).toBe(0)
    await desk.submit()
    listener().finished(verdict('submit', [check('a', 'pass')]))
    expect(store.progressOf('fit-filter')).toMatchObject({ attempts: 1, passed: { contentHash: 'h1' } })
    expect(desk.state().hasPassed).toBe(true)
  })

  it('stopped while compiling is not handed on', async () => {
    const { desk, asked } = scene()
    desk.open()
    const running = desk.run()
    desk.stop()
    await running
    expect(asked).toEqual([])
    expect(desk.state()).toMatchObject({ phase: 'ready', halt: { kind: 'stopped' } })
  })

  it('ended by the watchdog marks the draft, which says so after a reload and until it is changed', async () => {
    const { desk, values, listener } = scene()
    desk.open()
    desk.typed('for (;;) {}')
    await desk.run()
    listener().halted({ kind: 'watchdog', message: '' })
    const again = scene(values).desk
    again.open()
    expect(again.notice()).toBe('ran-away')
    expect(again.state().phase).toBe('ready')
    again.typed('mended')
    expect(again.notice()).toBeUndefined()
  })
})

describe('a guess', () => {
  it('is asked for after two failures of the same check, and the submission goes on with it', async () => {
    const { desk, asked, submitAndFail } = scene()
    desk.open()
    await submitAndFail('a')
    await submitAndFail('a')
    await desk.submit()
    expect(desk.asking()).toBe('a')
    expect(asked).toHaveLength(2)
    await desk.answer('the sum')
    expect(asked).toHaveLength(3)
    expect(desk.attempts().hypotheses).toEqual([{ check: 'a', text: 'the sum' }])
    expect(desk.asking()).toBeUndefined()
  })

  it('is not asked for because the same text was graded again', async () => {
    const { desk, asked, listener, submitAndFail } = scene()
    desk.open()
    await submitAndFail('a')
    await desk.run()
    listener().finished(verdict('run', [check('a', 'fail')]))
    await desk.submit()
    expect(desk.asking()).toBeUndefined()
    expect(asked).toHaveLength(3)
    expect(desk.attempts().runs).toBe(1)
  })

  it('can be put off', async () => {
    const { desk, asked, submitAndFail } = scene()
    desk.open()
    await submitAndFail('a')
    await submitAndFail('a')
    await desk.submit()
    desk.dismiss()
    expect(desk.asking()).toBeUndefined()
    expect(asked).toHaveLength(2)
  })
})

describe('a draft', () => {
  it('can be reset, and the reset undone', () => {
    const { desk, store } = scene()
    desk.open()
    desk.typed('long work')
    expect(desk.reset()).toBe('starter')
    expect(store.loadDraft('fit-filter')?.source).toBe('starter')
    expect(desk.restore(desk.earlierDrafts()[0]!.source)).toBe('long work')
    expect(store.loadDraft('fit-filter')?.source).toBe('long work')
  })

  it('for an earlier version of the exercise says so and is not changed', () => {
    const first = scene()
    first.desk.open()
    first.desk.typed('mine')
    first.desk.dispose()
    const changed = scene(first.values, 'h2')
    expect(changed.desk.open()).toBe('mine')
    expect(changed.desk.notice()).toBe('exercise-changed')
    changed.desk.adopt()
    expect(changed.desk.notice()).toBeUndefined()
    expect(changed.store.loadDraft('fit-filter')).toMatchObject({ source: 'mine', contentHash: 'h2' })
  })
})

it('remembers hints and runs over a reload', async () => {
  const first = scene()
  first.desk.open()
  first.desk.openHint()
  const again = scene(first.values)
  again.desk.open()
  expect(again.desk.mayOpenHint()).toBe(false)
  expect(again.store.progressOf('fit-filter').hintsOpened).toBe(1)
  await again.submitAndFail('a')
  expect(again.desk.mayOpenHint()).toBe(true)
})
