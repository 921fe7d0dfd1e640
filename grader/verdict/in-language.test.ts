import { describe, expect, it } from 'vitest'
import { node, pod } from '../kit/builders.ts'
import { defineChecks, example } from '../kit/checks.ts'
import { nodeInfo, schedulerGuest, SchedulerPlugin } from '../kit/scheduler-guest.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Exercise } from './exercise.ts'
import { textsOf } from './exercise.ts'
import { grade } from './grade.ts'
import { checkInLanguage, inLanguage } from './in-language.ts'
import { defineTexts } from './say.ts'

const { texts, say } = defineTexts({
  en: { refused: 'Pod {pod} was refused.', fits: 'it fits', told: '{pod} comes' },
  es: { refused: 'El Pod {pod} fue rechazado.', fits: 'cabe', told: 'llega {pod}' },
  names: { 'lets the Pod through': 'deja pasar el Pod' },
})

const checks = defineChecks(
  schedulerGuest(),
  [
    example('lets the Pod through', {
      tell: () => [{ kind: 'step', what: say('told', { pod: 'web' }) }],
      run(trial) {
        const plugin = new SchedulerPlugin(trial)
        plugin.update([nodeInfo(node('node-1'))])
        const { code } = plugin.cycle(pod('web')).filter['node-1']!
        if (code !== 'Success')
          trial.fail({ message: say('refused', { pod: 'web' }), expected: say('fits'), actual: code })
      },
    }),
  ],
  texts,
)
const misconceptions = [
  {
    name: 'never',
    text: { en: 'Refuses everybody.', es: 'Rechaza a todos.' },
    hint: 'fit',
    failed: ['lets the Pod through'],
  },
]
const exercise: Exercise = { id: 'toy', version: 'v1', checks, limits: {}, misconceptions }
const engine = await loadEngineNode()
const compiled = {
  code: 'export default { filter: () => ({ code: "Unschedulable" }) }',
  diagnostics: [],
  runnable: true,
}
const verdict = grade({ exercise, compiled, mode: 'submit', engine })
const speech = { texts: textsOf(exercise) }

describe('a verdict in Spanish', () => {
  const told = inLanguage(verdict, { ...speech, locale: 'es' })
  const [check] = told.checks

  it('says its findings again, and leaves names and values', () => {
    expect(check).toMatchObject({
      name: 'lets the Pod through',
      title: 'deja pasar el Pod',
      message: 'El Pod web fue rechazado.',
      expected: 'cabe',
      actual: 'Unschedulable',
      faults: [{ text: 'llega web' }],
    })
  })

  it('tells a known mistake by its own sentence in that language', () => {
    expect(told.feedback.map(({ message }) => message)).toEqual([
      'Esto se parece a un error conocido: Rechaza a todos.',
      'El Pod web fue rechazado.',
    ])
  })

  it('keeps the digest of the English one', () => {
    expect(verdict.checks[0]!.message).toBe('Pod web was refused.')
    expect(told.digest).toBe(verdict.digest)
  })

  it('tells each check as it comes the same way', () => {
    expect(checkInLanguage(verdict.checks[0]!, { ...speech, locale: 'es' })).toEqual(check)
  })
})

it('in English it is the same verdict', () => {
  expect(inLanguage(verdict, { ...speech, locale: 'en' })).toBe(verdict)
})
