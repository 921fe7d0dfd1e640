import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfChangeSingle } from '../messages.ts'
import { confStateOf, createTracker, isJoint, type ProgressTracker } from '../tracker/tracker.ts'
import { changeBy, enterJoint, leaveJoint, simple } from './confchange.ts'
import { restore } from './restore.ts'

const change = fc.record<ConfChangeSingle>({
  type: fc.constantFrom('ConfChangeAddNode', 'ConfChangeRemoveNode', 'ConfChangeAddLearnerNode'),
  nodeId: fc.integer({ min: 0, max: 6 }),
})
const changes = fc.array(change, { minLength: 1, maxLength: 6 })

/** One voter, then the changes one at a time; what cannot be done is left out. */
function start(setUp: readonly ConfChangeSingle[]): ProgressTracker {
  let tracker = createTracker(10, 1_000)
  for (const one of [{ type: 'ConfChangeAddNode', nodeId: 1 } as const, ...setUp]) {
    const changed = simple({ tracker, lastIndex: 10 }, [one])
    if (typeof changed !== 'string') tracker = { ...tracker, ...changed }
  }
  return tracker
}

describe('joint consensus', () => {
  it('comes to the same as one change after the other, where those are possible', () => {
    fc.assert(
      fc.property(changes, changes, (setUp, wanted) => {
        const tracker = start(setUp)
        const entered = enterJoint({ tracker, lastIndex: 10 }, false, wanted)
        if (typeof entered === 'string') {
          expect(entered).toBe('removed all voters')
          return
        }
        expect(entered.config.voters.outgoing).toEqual(tracker.config.voters.incoming)
        const left = leaveJoint({ tracker: { ...tracker, ...entered }, lastIndex: 10 })
        let stepwise = tracker
        for (const one of wanted) {
          const changed = simple({ tracker: stepwise, lastIndex: 10 }, [one])
          if (typeof changed === 'string') return
          stepwise = { ...stepwise, ...changed }
        }
        expect(left).toMatchObject({ config: stepwise.config })
        expect((left as typeof entered).progress.map(({ id, isLearner }) => [id, isLearner])).toEqual(
          stepwise.progress.map(({ id, isLearner }) => [id, isLearner]),
        )
      }),
    )
  })

  it('does not touch what it starts from', () => {
    fc.assert(
      fc.property(changes, changes, (setUp, wanted) => {
        const tracker = start(setUp)
        const before = structuredClone(tracker)
        enterJoint({ tracker, lastIndex: 10 }, true, wanted)
        simple({ tracker, lastIndex: 10 }, wanted)
        expect(tracker).toEqual(before)
      }),
    )
  })

  it('is brought back from its ConfState, joint or not', () => {
    fc.assert(
      fc.property(changes, changes, fc.boolean(), (setUp, wanted, autoLeave) => {
        const tracker = start(setUp)
        const entered = enterJoint({ tracker, lastIndex: 10 }, autoLeave, wanted)
        for (const now of [tracker, typeof entered === 'string' ? tracker : { ...tracker, ...entered }]) {
          const state = confStateOf(now)
          const restored = restore({ tracker: createTracker(10, 1_000), lastIndex: 10 }, state)
          expect(confStateOf({ ...now, ...restored })).toEqual(state)
        }
      }),
    )
  })
})

describe('a change', () => {
  const tracker = start([{ type: 'ConfChangeAddNode', nodeId: 2 }])
  const add = (nodeId: number): ConfChangeSingle => ({ type: 'ConfChangeAddNode', nodeId })
  const by = (transition: Parameters<typeof changeBy>[1]['transition'], list: readonly ConfChangeSingle[]) =>
    changeBy({ tracker, lastIndex: 10 }, { transition, changes: list })

  it.each([
    ['one, by itself', 'ConfChangeTransitionAuto', [add(3)], { isJoint: false, autoLeave: false }],
    ['two at once', 'ConfChangeTransitionAuto', [add(3), add(4)], { isJoint: true, autoLeave: true }],
    ['asked to be joint', 'ConfChangeTransitionJointImplicit', [add(3)], { isJoint: true, autoLeave: true }],
    ['to be left by hand', 'ConfChangeTransitionJointExplicit', [add(3)], { isJoint: true, autoLeave: false }],
  ] as const)('%s', (_, transition, list, expected) => {
    const changed = by(transition, list)
    if (typeof changed === 'string') throw new Error(changed)
    expect({ isJoint: isJoint(changed.config), autoLeave: changed.config.autoLeave }).toEqual(expected)
  })

  it('of nothing leaves a joint configuration, and there must be one', () => {
    expect(by('ConfChangeTransitionAuto', [])).toBe("can't leave a non-joint config")
  })
})
