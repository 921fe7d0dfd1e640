import { describe, expect, it } from 'vitest'
import type { GradeAnswer, Verdict } from '#grader/verdict/verdict.ts'
import { type GradingListener, SILENCE_MAX_MS, type WorkerLike, createGradingClient } from './grading-client.ts'

/** A worker and a clock that do what the test says, and write down what happened. */
function scene() {
  const log: string[] = []
  const workers: (WorkerLike & { answer(answer: GradeAnswer): void })[] = []
  let alarm: (() => void) | undefined
  const client = createGradingClient({
    spawn() {
      const name = `worker ${workers.length + 1}`
      const worker: (typeof workers)[number] = {
        postMessage: (message) => log.push(`${name} asked ${(message as { id: number }).id}`),
        terminate: () => log.push(`${name} ended`),
        onmessage: null,
        onerror: null,
        answer: (answer) => worker.onmessage?.({ data: answer } as MessageEvent),
      }
      log.push(`${name} started`)
      workers.push(worker)
      return worker
    },
    after(milliseconds, run) {
      expect(milliseconds).toBe(SILENCE_MAX_MS)
      alarm = run
      return () => (alarm = undefined)
    },
  })
  const listener = (name: string): GradingListener => ({
    progressed: (progress) => log.push(`${name} at ${progress.check} ${progress.done}/${progress.total}`),
    checked: (result) => log.push(`${name} checked ${result.name}`),
    finished: (verdict) => log.push(`${name} ${verdict.status}`),
    halted: (halt) => log.push(`${name} ${halt.kind}`),
  })
  const grade = (id: number) =>
    client.grade(
      { id, exercise: 'e', source: '', mode: 'run', compiled: { code: '', diagnostics: [], runnable: true } },
      listener(`grading ${id}`),
    )
  return { client, log, workers, grade, ring: () => alarm?.(), isWatching: () => alarm !== undefined }
}

const verdict = (id: number): GradeAnswer => ({ type: 'verdict', id, verdict: { status: 'pass' } as Verdict })
const progress = (id: number): GradeAnswer => ({ type: 'progress', id, check: 'a', done: 1, total: 2 })

describe('grading', () => {
  it('uses one warm worker again and again', () => {
    const { client, log, workers, grade } = scene()
    client.warm()
    grade(1)
    workers[0]!.answer(progress(1))
    workers[0]!.answer(verdict(1))
    grade(2)
    workers[0]!.answer(verdict(2))
    expect(log).toEqual([
      'worker 1 started',
      'worker 1 asked 1',
      'grading 1 at a 1/2',
      'grading 1 pass',
      'worker 1 asked 2',
      'grading 2 pass',
    ])
  })

  it('is stopped by ending the worker, and a fresh one is warmed', () => {
    const { client, log, workers, grade } = scene()
    grade(1)
    client.stop()
    workers[0]!.answer(verdict(1))
    expect(log).toEqual([
      'worker 1 started',
      'worker 1 asked 1',
      'worker 1 ended',
      'grading 1 stopped',
      'worker 2 started',
    ])
  })

  it('gives way to a new one', () => {
    const { log, grade } = scene()
    grade(1)
    grade(2)
    expect(log.slice(2)).toEqual(['worker 1 ended', 'grading 1 stopped', 'worker 2 started', 'worker 2 asked 2'])
  })

  it('ignores answers to an earlier one', () => {
    const { log, workers, grade } = scene()
    grade(1)
    workers[0]!.answer(verdict(1))
    grade(2)
    workers[0]!.answer(verdict(1))
    expect(log.filter((line) => line.endsWith('pass'))).toEqual(['grading 1 pass'])
  })
})

describe('the watchdog', () => {
  it('ends a silent worker without saying pass or fail', () => {
    const { log, grade, ring } = scene()
    grade(1)
    ring()
    expect(log.slice(2)).toEqual(['worker 1 ended', 'grading 1 watchdog', 'worker 2 started'])
  })

  it('is put off by every sign of life and sleeps after the verdict', () => {
    const { workers, grade, isWatching } = scene()
    grade(1)
    workers[0]!.answer(progress(1))
    expect(isWatching()).toBe(true)
    workers[0]!.answer(verdict(1))
    expect(isWatching()).toBe(false)
  })
})

it('a worker that cannot be started is our fault too', () => {
  const log: string[] = []
  const client = createGradingClient({
    spawn: () => {
      throw new Error('not part of this build')
    },
    after: () => () => {},
  })
  client.warm()
  const listener = {
    progressed() {},
    checked() {},
    finished() {},
    halted: (halt: { message: string }) => log.push(halt.message),
  }
  const compiled = { code: '', diagnostics: [], runnable: true }
  client.grade({ id: 1, exercise: 'e', source: '', mode: 'run', compiled }, listener)
  expect(log).toEqual([expect.stringContaining('not part of this build')])
})

it('a worker that breaks down is our fault, and is not started again until the next grading', () => {
  const { log, workers, grade } = scene()
  grade(1)
  workers[0]!.onerror?.({ message: 'no such file' } as ErrorEvent)
  expect(log.slice(2)).toEqual(['worker 1 ended', 'grading 1 broken'])
  grade(2)
  expect(log.at(-1)).toBe('worker 2 asked 2')
})
