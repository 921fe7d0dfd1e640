/** What the command `check` does not show: that in the stories of the real cluster there happens what their names say. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chanceFrom } from '#grader/kit/chance.ts'
import { Trial } from '#grader/kit/trial.ts'
import { compileSubmission, findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { LivePlan } from './live.ts'

/** What the scheduler said of bindings, in order: `red-2: <reason>`, and who was bound. */
class Told {
  readonly failed: string[] = []
  readonly bound: string[] = []
  event({ notes }: { readonly notes: readonly { readonly kind: string; readonly detail: any }[] }): void {
    for (const { kind, detail } of notes) {
      if (kind === 'bindingFailed') this.failed.push(`${detail.pod.slice(8)}: ${detail.reasons.join()}`)
      if (kind === 'bound') this.bound.push(detail.pod.slice(8))
    }
  }
  command(): void {}
}

const engine = await loadEngineNode()
const exercise = await loadExercise(findExercises().find(({ id }) => id === 'gang-bind')!)
const { code } = compileSubmission(readFileSync(new URL('solution.ts', import.meta.url), 'utf8'), false)

const trialOf = (name: string, seed = 1): Trial<LivePlan> => {
  const check = exercise.checks.checks.find((each) => each.name === name)!
  const { guest } = exercise.checks
  return new Trial({ engine, code, guest, limits: { fuelPerCall: 10_000_000 }, check, seed }) as Trial<LivePlan>
}

function tell(name: string): Told {
  const trial = trialOf(name)
  const check = trial.check as { generate(chance: unknown, seed: number): LivePlan } & Trial['check']
  const world = check.world!(check.generate(chanceFrom(1, 'plan'), 1), trial) as World
  const told = new Told()
  world.trace = told
  world.run({ untilMicros: 100_000_000 })
  expect(trial.trap).toBeUndefined()
  trial.finish()
  return told
}

describe('in a real cluster', () => {
  it('a gang that does not fit is held, and gives its room back when its time is up', () => {
    const { bound, failed } = tell('in a real cluster: who fits is bound, and who does not makes room')
    expect(bound.slice(0, 3).toSorted()).toEqual(['red-1', 'red-2', 'red-3'])
    expect(bound[3]).toBe('stranger')
    expect(bound[4]).toBe('alone')
    expect(failed[0]).toBe('green-1: rejected due to timeout after waiting 6s at plugin Coscheduling')
    expect(failed[1]).toBe('green-2: green-1 has lost its room')
  })

  it('two gangs hold room from each other, until one has lost it', () => {
    const { bound, failed } = tell('in a real cluster: two gangs, and room for one')
    expect(failed.length).toBeGreaterThan(1)
    expect(bound).toHaveLength(3)
  })

  it('who is deleted waits no more', () => {
    const { bound, failed } = tell('in a real cluster: a member is deleted while it waits')
    expect(failed[0]).toBe('red-1: removed')
    expect(failed[1]).toBe('red-2: red-1 has lost its room')
    expect(bound.toSorted()).toEqual(['red-1', 'red-2', 'red-3'])
  })

  it.each([
    ['a Pod is bound, and nobody says so', 'binding rejected: no answer from the API server (timeout)'],
    ['a request to bind is lost', 'binding rejected: no answer from the API server (timeout)'],
    ['another scheduler is faster', expect.stringContaining('is already assigned to node "node-2"')],
  ])('%s', (name, reason) => {
    const { failed } = tell(`in a real cluster: ${name}`)
    expect(failed[0]!.replace(/^red-\d: /, '')).toEqual(reason)
  })
})
