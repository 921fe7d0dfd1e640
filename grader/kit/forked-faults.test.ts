/** A run that goes on from a fork is, to the last event, the run that would have begun at the beginning. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise } from '../cli/exercises-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Check } from './checks.ts'
import { strikeOf } from './forked-faults.ts'
import { runCheck } from './run-check.ts'
import { Trial } from './trial.ts'

const folder = findExercises().find(({ id }) => id === 'replicaset')!
const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
const { checks, guest } = exercise.checks
const { code } = compileSubmission(readFileSync(`${folder.path}/solution.ts`, 'utf8'), false)

/** Where each run ended, what it had done by then, and what all of them cost. */
function endsOf(check: Check, everyNthFault: number) {
  const ends: unknown[] = []
  const run = (trial: Trial<any>, use: any): void => {
    check.run(trial, use)
    const { calls, writes, reconciles } = trial.controllers[0]!
    const { tick, now } = trial.built!
    ends.push({ ...{ use, tick, now, hash: trial.built!.hash(), calls, reconciles }, writes: writes.length })
  }
  const setup = {
    engine,
    code,
    guest,
    limits: exercise.limits,
    firstSeed: 1,
    seeds: 1,
    essence: () => '',
    everyNthFault,
  }
  const { result } = runCheck({ ...check, run }, setup)
  return { ends, fuel: result.fuel, explored: result.exploration, status: result.status }
}

describe('a run with a fault, from a fork of the run without one', () => {
  it.each(checks.filter(({ strikes }) => strikes).map((check) => [check.name, check] as const))(
    '%s: the same, and cheaper',
    (_, check) => {
      const { strikes: _strikes, ...whole } = check
      const [forked, direct] = [endsOf(check, 14), endsOf(whole, 14)]
      expect(forked.ends.length).toBeGreaterThan(1)
      expect(forked).toEqual({ ...direct, fuel: forked.fuel })
      expect(forked.fuel).toBeLessThan(direct.fuel)
    },
  )

  it('knows when what is done to the world begins', () => {
    const touched = { atMicros: 7, name: 'web' }
    const refused = { class: 'refused', verb: 'update', resource: 'pods', nth: 1, code: 409 } as const
    expect(
      strikeOf('a/b', [
        { ...refused, touched },
        { class: 'server-restarts', atMicros: 9 },
      ]).atMicros,
    ).toBe(7)
    expect(strikeOf('a/b', [refused])).toMatchObject({ process: 'a/b', options: { refuse: [{ code: 409 }] } })
    expect(strikeOf('a/b', [refused]).atMicros).toBeUndefined()
  })
})

describe('an exploration, from forks', () => {
  it('ends in the same states as one that begins each run at the beginning', () => {
    const [check] = checks.filter(({ kind }) => kind === 'exploration')
    const whole = {
      ...check!,
      run(trial: Trial<any>, use: any) {
        trial.choose = (options, state) => Trial.prototype.choose.call(trial, options, state)
        check!.run(trial, use)
      },
    }
    const [forked, direct] = [endsOf(check!, 1), endsOf(whole, 1)]
    expect(forked.explored!.schedules).toBeGreaterThan(10)
    expect(forked).toEqual({ ...direct, fuel: forked.fuel })
    expect(forked.fuel).toBeLessThan(direct.fuel / 2)
  })
})
