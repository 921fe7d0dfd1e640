import { describe, expect, it } from 'vitest'
import type { TestsRequest, TestsVerdict } from '#grader/verdict/tests-verdict.ts'
import type { Compiled } from '#grader/verdict/verdict.ts'
import { createProgressStore } from '../progress/store.ts'
import type { TestingListener } from './grading-client.ts'
import { createTestsDesk } from './tests-desk.ts'

const good = (code: string): Compiled => ({ code, diagnostics: [], runnable: true })
const verdict = (status: TestsVerdict['status']) => ({ status }) as TestsVerdict

/** A desk whose worker answers when the test says so. */
function scene(storage = new Map<string, string>()) {
  const store = createProgressStore({
    storage: {
      ...{
        getItem: (key: string) => storage.get(key) ?? null,
        key: (index: number) => [...storage.keys()][index] ?? null,
      },
      ...{ setItem: (key: string, value: string) => void storage.set(key, value) },
      ...{ removeItem: (key: string) => void storage.delete(key) },
      get length() {
        return storage.size
      },
    },
    now: () => 1,
    writer: 'tab',
  })
  const asked: (Omit<TestsRequest, 'type'> & { listener: TestingListener })[] = []
  const desk = createTestsDesk({
    exercise: { id: 'double', starter: 'starter', contentHash: 'v1' },
    store,
    client: { test: (request, listener) => void asked.push({ ...request, listener }), stop: () => {} },
    locale: 'es',
    compile: async (source) => good(`compiled ${source}`),
    compileMine: async () => good('mine'),
    after: () => () => {},
    changed: () => {},
  })
  return { desk, asked, storage, store }
}

describe('a learner’s own tests', () => {
  it('begin with the starter, and are kept apart from the code', () => {
    const { desk, storage, store } = scene()
    expect(desk.open()).toBe('starter')
    desk.typed('one')
    desk.flush()
    expect(store.loadDraft('double')).toBeUndefined()
    expect(scene(storage).desk.open()).toBe('one')
  })

  it('go to the worker compiled, in the page’s language, with the learner’s code only when asked', async () => {
    const { desk, asked } = scene()
    desk.open()
    await desk.run('solutions')
    expect(asked[0]).toMatchObject({ id: 1, exercise: 'double', compiled: good('compiled starter'), locale: 'es' })
    expect(asked[0]!.mine).toBeUndefined()
    asked[0]!.listener.judged(verdict('pass'))
    expect(desk.state()).toMatchObject({ phase: 'ready', verdict: { status: 'pass' }, isStale: false })
    await desk.run('mine')
    expect(asked[1]).toMatchObject({ id: 2, mine: good('mine') })
  })

  it('drop what comes late, and say when they have changed since', async () => {
    const { desk, asked } = scene()
    desk.open()
    await desk.run('solutions')
    desk.stop()
    expect(desk.state()).toMatchObject({ phase: 'ready', halt: { kind: 'stopped' } })
    await desk.run('solutions')
    asked[0]!.listener.judged(verdict('pass'))
    expect(desk.state().phase).toBe('judging')
    asked[1]!.listener.judged(verdict('fail'))
    desk.typed('two')
    expect(desk.state()).toMatchObject({ verdict: { status: 'fail' }, isStale: true })
  })

  it('go back to the starter, and from there to what stood before', () => {
    const { desk } = scene()
    desk.open()
    desk.typed('one')
    expect(desk.reset()).toBe('starter')
    expect(desk.state().wasReset).toBe(true)
    expect(desk.undoReset()).toBe('one')
    expect(desk.state().wasReset).toBe(false)
  })
})
