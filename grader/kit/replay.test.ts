import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise } from '../cli/exercises-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { grade } from '../verdict/grade.ts'
import { replay } from './replay.ts'

const folder = findExercises().find(({ id }) => id === 'fit-filter')!
const LIVE = 'in a live cluster no node is overfilled and no Pod forgotten'

describe('a replay', () => {
  it('shows the decision that the verdict speaks of, and can be scrubbed', async () => {
    const [exercise, engine] = await Promise.all([loadExercise(folder), loadEngineNode()])
    const compiled = compileSubmission(readFileSync(`${folder.path}/wrong/always-success.ts`, 'utf8'))
    const live = {
      ...exercise,
      checks: { ...exercise.checks, checks: exercise.checks.checks.filter(({ name }) => name === LIVE) },
    }
    const [result] = grade({ exercise: live, compiled, mode: 'submit', engine }).checks
    const plan = JSON.parse(JSON.stringify(result!.replay)) as NonNullable<typeof result>['replay']
    const { history, tick } = replay(live, compiled, plan!, engine)
    expect(tick).toBeLessThan(history.head.tick)
    const world = history.at(tick - 1)
    const notes: unknown[] = []
    world.trace = { event: ({ notes: made }) => void notes.push(...made), command: () => {} }
    world.run({ maxEvents: 1 })
    expect(world.now).toBe(result!.replay!.atMicros)
    expect(notes).toContainEqual(expect.objectContaining({ kind: 'scheduling' }))
    const again = history.at(history.head.tick)
    expect(again.hash()).toBe(history.head.hash())
  })
})
