import { describe, expect, it } from 'vitest'
import { EXIT } from '../cli/command.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { grade } from '../verdict/grade.ts'
import { speak } from '../verdict/say.ts'
import { asyncGuest } from './async-guest.ts'
import type { AsyncProcess, HostCall } from './async-host.ts'
import { AsyncHost } from './async-host.ts'
import type { ExplorationSpec } from './checks.ts'
import { defineChecks, exploration } from './checks.ts'
import type { Trial } from './trial.ts'

const engine = await loadEngineNode()

/** Processes that add one to a shared counter; the first may die. */
interface Case {
  readonly count: number
  readonly mayDie?: true
}

function judge(trial: Trial<any>, { count, mayDie }: Case): void {
  let value = 0
  let holder: AsyncProcess | undefined
  const waiting: HostCall[] = []
  const grant = (): void => {
    const next = waiting.shift()
    holder = next?.process
    next?.reply()
  }
  const doomed: AsyncProcess[] = []
  const host = new AsyncHost(trial, {
    perform(call) {
      if (call.method === 'read') return call.reply(value)
      if (call.method === 'write') return call.reply((value = call.args[0] as number))
      if (call.method === 'lock') {
        waiting.push(call)
        return void (holder ?? grant())
      }
      if (holder === call.process) grant()
      call.reply()
    },
    ended: (process) => void (process === holder && grant()),
    turns: {
      state: () => JSON.stringify([value, holder?.name, waiting.map(({ process }) => process.name)]),
      isBlocked: (process, method) => method === 'lock' && holder !== undefined && holder !== process,
      mayDie: (process) => doomed.includes(process),
    },
  })
  const all = Array.from({ length: count }, (_, index) => host.start(`add-${index + 1}`, 'add', [1]))
  if (mayDie) doomed.push(all[0]!)
  host.run()
  const died = all.filter(({ isDead }) => isDead).length
  if (value === count || (died > 0 && value === count - 1)) return
  trial.fail({ message: 'An update is lost.', expected: `${count}`, actual: `${value}` })
}

const adding = (before: string, after: string) =>
  `export default { async add(by, file) {\n${before}\nconst value = await file.read()\nawait file.write(value + by)\n${after}\n} }`
const LOCKED = adding('await file.lock()', 'await file.unlock()')
const UNLOCKED = adding('', '')
/** Takes the lock only for writing. */
const LATE = `export default { async add(by, file) {
  const value = await file.read(); await file.lock(); await file.write(value + by); await file.unlock() } }`

function graded(code: string, spec: Partial<ExplorationSpec<Case>> = {}) {
  const check = exploration<Case>('no update is lost', {
    cases: [{ count: 2 }, { count: 3, mayDie: true }],
    hint: 'lock',
    run: judge,
    ...spec,
  })
  const guest = asyncGuest({ functions: ['add'], methods: ['lock', 'unlock', 'read', 'write'] })
  const exercise: Exercise = { id: 'adding', version: '1', limits: {}, checks: defineChecks(guest, [check]) }
  const compiled = { code, runnable: true, diagnostics: [] }
  return grade({ exercise, compiled, mode: 'submit', engine })
}
const resultOf = (...given: Parameters<typeof graded>) => graded(...given).checks[0]!

describe('an exploration', () => {
  it('passes what is right in every order, and says how many it has tried', () => {
    const { status, exploration: explored, message, seeds } = resultOf(LOCKED)
    expect({ status, message, seeds }).toEqual({ status: 'pass', message: undefined, seeds: { tried: 2 } })
    expect(explored).toMatchObject({ complete: true, bound: {} })
    expect(explored!.schedules).toBeGreaterThan(10)
  })

  it.each([
    ['no lock', UNLOCKED, 'It takes one thing out of turn: add-2: read().'],
    ['a lock too late', LATE, 'It takes one thing out of turn: add-2: read().'],
  ])('finds %s, and says what it takes', (_, code, words) => {
    const found = resultOf(code)
    expect(found).toMatchObject({ status: 'fail', hint: 'lock', expected: '2', actual: '1' })
    expect(found.message).toBe(`An update is lost. ${words}`)
    expect(speak(found.said!.message!, 'es')).toContain('Basta con una cosa fuera de turno')
  })

  it('within a bound claims no more than the bound', () => {
    const { status, exploration: explored } = resultOf(LOCKED, { bound: { deviations: 1 } })
    expect({ status, complete: explored!.complete, bound: explored!.bound }).toEqual({
      status: 'pass',
      complete: false,
      bound: { deviations: 1 },
    })
  })

  it('is inconclusive where the budget is spent, and the verdict and the exit code say so', () => {
    const verdict = graded(LOCKED, { budget: { schedules: 4 } })
    expect(verdict).toMatchObject({ status: 'inconclusive', score: { earned: 0 } })
    expect(verdict.checks[0]).toMatchObject({ status: 'inconclusive', exploration: { complete: false } })
    expect(verdict.checks[0]!.message).toContain('Nothing is wrong in the 4 schedules')
    expect(EXIT[verdict.status]).toBe(4)
  })

  it('fails all the same where the budget is spent after something was found', () => {
    expect(resultOf(UNLOCKED, { budget: { schedules: 4 } }).status).toBe('fail')
  })

  it('with a budget of fuel ends by fuel', () => {
    const { status, message } = resultOf(LOCKED, { budget: { schedules: 1000, fuel: 1 } })
    expect({ status, words: message?.includes('fuel is spent') }).toEqual({ status: 'inconclusive', words: true })
  })

  it('goes the same way twice, to the digest and the unit of fuel', () => {
    for (const code of [LOCKED, LATE]) {
      const [first, second] = [graded(code), graded(code)]
      expect([first.digest, first.fuel, first.checks]).toEqual([second.digest, second.fuel, second.checks])
    }
  })

  it('tries each case alone by its seed', () => {
    const check = exploration<Case>('x', { cases: [{ count: 1 }, { count: 2 }], run: judge })
    expect([1, 2, 3, 0, -1].map((seed) => check.generate!(undefined as never, seed).count)).toEqual([1, 2, 1, 2, 1])
  })
})
