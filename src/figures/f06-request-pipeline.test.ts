/** F06's sentence: each refusal at the stage whose business it is, with its own code, and a store that stays as it was. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { figure as pipeline } from './f06-request-pipeline.ts'
import { editsFor, formatExperiment, parseExperiment } from './kit/experiment.ts'
import { type Journey, journeyOf, type Stage } from './kit/journey.ts'
import { stepsOf } from './kit/steps.ts'

const simulation = createSimulation(storyText)
const play = (experiment: string): Timeline =>
  simulation.answer('load', { ...pipeline.story, edits: editsFor(formatExperiment(parseExperiment(experiment))) })
const journeys = new Map<string, Journey>()

function journeyIn(experiment: string): Journey {
  const known = journeys.get(experiment) ?? journeyOf(play(experiment))!
  journeys.set(experiment, known)
  return known
}

const detail = ({ passages }: Journey, stage: Stage): string =>
  passages.find((one) => one.stage === stage)?.detail ?? ''

describe('F06, the request pipeline', () => {
  it.each([
    ['who=forged', 'authentication', '401 Unauthorized'],
    ['who=builder as=on what=pod', 'impersonation', '403 Forbidden'],
    ['who=nobody what=pod', 'authorization', '403 Forbidden'],
    ['who=kubelet what=secret', 'authorization', '403 Forbidden'],
    ['what=invalid', 'validation', '422 Invalid'],
    ['who=kubelet what=pod', 'mutating', '403 Forbidden'],
    ['', 'validating', '403 Forbidden'],
    ['what=pod level=restricted', 'validating', '403 Forbidden'],
    ['what=pod webhook=on', 'validating', '400'],
    ['what=pod webhook=down', 'validating', '500 InternalError'],
    ['what=pod quota=full', 'quota', '403 Forbidden'],
    ['what=taken', 'storage', '409 AlreadyExists'],
    ['who=admin what=stale', 'storage', '409 Conflict'],
  ])('%s is refused at %s with %s, and nothing is stored', (experiment, stage, answer) => {
    const timeline = play(experiment)
    const journey = journeyOf(timeline)!
    journeys.set(experiment, journey)
    expect([journey.refusedAt, journey.answer!.label, journey.isStored]).toEqual([stage, answer, false])
    expect(pipeline.prediction.outcome(timeline)).toMatchObject({ value: stage })
    const revisionAt = (tick: number) => simulation.answer('seek', { branch: 0, tick }).store.revision
    // What has been charged to a quota is counted anew later.
    const charged = experiment === 'what=taken' ? 1 : 0
    expect(revisionAt(journey.answer!.tick)).toBe(revisionAt(journey.request.tick) + charged)
  })

  it.each(['who=admin what=pod', 'who=ana what=pod', 'who=builder what=pod', 'who=admin as=on what=pod', 'who=nobody what=pod authorization=off'])(
    '%s is let through by every stage, and stored with more than was sent',
    (experiment) => {
      const journey = journeyIn(experiment)
      expect([journey.refusedAt, journey.answer!.label, journey.isStored]).toEqual([undefined, '201 Created', true])
      expect(detail(journey, 'mutating')).toContain('spec.tolerations')
    },
  ) // prettier-ignore

  it('is the same request, whether it was typed, clicked together or sent by a program', () => {
    const asked = ['admin', 'ana', 'builder'].map((who) => journeyIn(`who=${who} what=pod`))
    expect(new Set(asked.map(({ request: { label, name } }) => `${label} ${name}`))).toEqual(new Set(['POST pods job']))
    expect(asked.map(({ client }) => client)).toEqual(['kubectl', 'dashboard', 'ci'])
  })

  it('knows each by what is shown, and sorts each into a level', () => {
    const who = (name: string) => journeyIn(`who=${name} what=pod`)
    const [admin, builder] = [who('admin'), who('builder')]
    expect([admin, builder, who('kubelet'), who('nobody')].map((one) => detail(one, 'authentication'))).toEqual([
      'kubernetes-admin',
      'system:serviceaccount:team:builder',
      'system:node:node-1',
      'system:anonymous',
    ])
    expect(detail(admin, 'fairness')).toContain('level exempt')
    expect(detail(builder, 'fairness')).toBe('FlowSchema service-accounts, level workload-low')
    expect(detail(journeyIn('who=admin as=on what=pod'), 'impersonation')).toBe('kubernetes-admin → ana')
  })

  it('tells each stage as a step of its own, whatever is put together', () => {
    for (const experiment of ['what=pod webhook=down', 'what=secret']) {
      const timeline = play(experiment)
      const sentences = stepsOf(timeline, pipeline.lens, pipeline.opening(timeline)).map(({ sentence }) => sentence)
      expect(sentences.filter((sentence) => /^Authentication: ana$|^Authorization: RBAC: allowed/.test(sentence))).toHaveLength(2) // prettier-ignore
      expect(sentences.join('\n')).not.toMatch(/undefined|: $/)
    }
  })
})
