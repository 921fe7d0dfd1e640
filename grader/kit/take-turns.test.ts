/** An exploration of a world: the same twice, and what it found is what a replay shows. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise } from '../cli/exercises-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { grade } from '../verdict/grade.ts'
import { replay } from './replay.ts'
import { seenBy } from './witness.ts'

const folder = findExercises().find(({ id }) => id === 'replicaset')!
const [whole, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
const explorations = whole.checks.checks.filter(({ kind }) => kind === 'exploration')
const exercise = { ...whole, checks: { ...whole.checks, checks: explorations } }

describe('an exploration of a world', () => {
  const compiled = compileSubmission(readFileSync(`${folder.path}/wrong/forgets-when-a-pod-goes.ts`, 'utf8'))
  const graded = () => grade({ exercise, compiled, mode: 'submit', engine, seeds: 1 })

  it('finds the one order that matters, and the same one again', () => {
    const [first, second] = [graded(), graded()]
    expect(first.checks[0]).toMatchObject({ status: 'fail', exploration: { complete: false }, actual: '3 alive' })
    expect(first.checks[0]!.message).toContain('It takes one thing out of turn')
    expect([second.digest, second.fuel]).toEqual([first.digest, first.fuel])
  })

  it('is replayed from its choices: the third Pod comes at the very tick', () => {
    const found = graded().checks[0]!.replay!
    const { history } = replay(exercise, compiled, found, engine)
    const aliveAt = (tick: number) => seenBy(history.at(tick), 'pods').size
    expect([aliveAt(found.tick - 1), aliveAt(found.tick)]).toEqual([2, 3])
    expect(history.at(found.tick).now).toBe(found.atMicros)
  })
})
