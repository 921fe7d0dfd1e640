import { describe, expect, it } from 'vitest'
import { History } from '#cluster/kernel/history.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { tell } from './api-hand.ts'
import { addOn, API_SERVER, apiWorld, READY_MICROS } from './api-world.ts'
import { defineChecks, example } from './checks.ts'
import { controllerGuest } from './controller-guest.ts'
import type { LearnerControllerOptions } from './learner-controller-options.ts'
import { learnerController } from './learner-controller.ts'
import { Trial } from './trial.ts'
import { seenBy } from './witness.ts'

const engine = await loadEngineNode()

/** Makes one ConfigMap `copy-of-<name>` per Service, with what the test wants of it. */
const copier = (body = '') => `
export default {
  async reconcile(request, client, ctx) {
    const service = await client.get('Service', request)
    if (!service) return
    ${body}
    const name = 'copy-of-' + request.name
    if (await client.get('ConfigMap', { namespace: request.namespace, name })) return
    await client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: request.namespace }, data: { at: String(ctx.now()) } })
  },
}`

function setUp(code: string, options: Omit<LearnerControllerOptions, 'servers'> = {}) {
  const check = example('a check', { run: () => {} })
  const { guest } = defineChecks(controllerGuest(), [check])
  const trial = new Trial({ engine, code, guest, limits: { fuelPerCall: 3_000_000 }, check, seed: 3 })
  const controller = learnerController(trial, {
    name: 'copier',
    resources: ['services', 'configmaps'],
    keysOf: (resource, { metadata }) =>
      resource === 'services' && metadata.name === 'web' ? [`${metadata.namespace}/${metadata.name}`] : [],
  })
  const world = apiWorld({ seed: 3, watched: ['services', 'configmaps'], components: { copier: controller } })
  addOn(world, 'cp-1', 'copier', { servers: [API_SERVER], ...options }, { startAtMicros: READY_MICROS })
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { ports: [{ port: 80 }] },
  }
  tell(world, 2_000_000, { do: 'create', object: service as KubernetesObject })
  return { world, trial, report: trial.controllers[0]! }
}

const copies = (world: ReturnType<typeof apiWorld>) =>
  [...seenBy(world, 'configmaps').keys()].filter((key) => key.includes('copy'))
const SECONDS = 1_000_000

describe('a learner’s controller in a world', () => {
  it.each([
    ['its cache', `client.get('Service', request)`],
    ['the API server', `client.get('Service', request, { live: true })`],
    ['for nonsense', `client.get('Nothing', request).catch(() => {})`],
  ])('is ended by a budget of calls when one reconcile asks %s again and again', (_, ask) => {
    const { world, trial } = setUp(copier(`for (;;) await ${ask}`))
    world.run({ untilMicros: 60 * SECONDS })
    expect(trial.trap).toMatchObject({
      during: 'reconcile(default/web)',
      failure: { kind: 'fuel', budget: { name: 'calls', limit: 1000, unit: 'calls' } },
    })
  })

  it('reconciles what is watched, through the API server', () => {
    const { world, report } = setUp(copier())
    world.run({ untilMicros: 10 * SECONDS })
    expect(copies(world)).toEqual(['default/copy-of-web'])
    expect(report.writes).toHaveLength(1)
  })

  it('is tried again, later each time, when it throws', () => {
    const { world, trial, report } = setUp(copier(`throw new Error('not today')`))
    world.run({ untilMicros: 5 * SECONDS })
    expect(report.reconciles).toBeGreaterThan(5)
    expect(report.reconciles).toBeLessThan(15)
    expect(trial.thrown?.failure.message).toMatch(/not today/)
  })

  it('sees refusals as errors with a reason', () => {
    const refuse = [
      {
        verb: 'create' as const,
        resource: 'configmaps',
        from: 1,
        count: 2,
        code: 403,
        reason: 'Forbidden',
        message: 'exceeded quota',
      },
    ]
    const { world, trial, report } = setUp(copier(), { refuse })
    world.run({ untilMicros: 10 * SECONDS })
    expect(trial.thrown?.failure.message).toMatch(/ApiError: exceeded quota/)
    expect([copies(world).length, report.writes.length]).toEqual([1, 3])
  })

  it('finds nothing in its cache for as long as the lag', () => {
    const { world, report } = setUp(copier(`return { requeueAfterMs: 20 }`), { lagMicros: 300_000 })
    world.run({ untilMicros: 2.29 * SECONDS })
    expect(report.reconciles).toBe(0)
    world.run({ untilMicros: 3 * SECONDS })
    expect(report.reconciles).toBeGreaterThan(20)
  })

  it('learns what its cache has missed at the next relist', () => {
    const { world } = setUp(copier(), { missesPerMille: 1000 })
    world.run({ untilMicros: 9 * SECONDS })
    expect(copies(world)).toEqual([])
    world.run({ untilMicros: 15 * SECONDS })
    expect(copies(world)).toEqual(['default/copy-of-web'])
  })

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('dies %s its first call, which has then had %i effects, and starts again', (when, effects) => {
    const { world, report } = setUp(copier(), { crash: { call: 1, when } })
    world.run({ untilMicros: 2.4 * SECONDS })
    expect(copies(world)).toHaveLength(effects)
    world.run({ untilMicros: 10 * SECONDS })
    expect([copies(world).length, report.lives]).toEqual([1, 2])
  })

  it('stands still when a budget runs out, and the trial knows why', () => {
    const { world, trial } = setUp(copier('for (;;) {}'))
    world.run({ untilMicros: 60 * SECONDS })
    expect(trial.trap?.failure.kind).toBe('fuel')
  })

  it('is an error when it waits for what never comes', () => {
    const { world, trial } = setUp(copier('await new Promise(() => {})'))
    world.run({ untilMicros: 10 * SECONDS })
    expect(trial.trap?.failure.kind).toBe('deadlock')
  })

  it('goes on alike in a fork, from wherever it is forked', () => {
    const code = copier(`globalCounter++; console.log(globalCounter)`).replace(
      'export',
      'let globalCounter = 0\nexport',
    )
    const straight = setUp(code)
    straight.world.run({ untilMicros: 10 * SECONDS })
    const { world } = setUp(code)
    const history = new History(world, 20)
    history.run({ untilMicros: 10 * SECONDS })
    expect(world.hash()).toBe(straight.world.hash())
    for (let tick = 0; tick < world.tick; tick += 17) {
      const fork = history.at(tick)
      fork.run({ untilMicros: 10 * SECONDS })
      expect(fork.hash()).toBe(straight.world.hash())
    }
  })
})
