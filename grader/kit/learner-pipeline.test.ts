import { describe, expect, it } from 'vitest'
import { imageOf } from '#cluster/kernel/disk.ts'
import type { AuditEvent } from '#cluster/kube-apiserver/state.ts'
import type { RestClientState } from '#cluster/kubectl/rest-client.ts'
import { objectsOf, storeRevision } from '#cluster/scenarios/look.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { defineChecks, example } from './checks.ts'
import { type PipelineJudge, type PipelineRecord, serverWithPipeline } from './learner-pipeline.ts'
import { mintedToken } from './tokens.ts'
import { Trial } from './trial.ts'
import { addVisitor, type Visit, visit, VISITOR } from './visitor.ts'
import { addWebhookServer, webhookFor, webhookServer } from './webhooks.ts'
import { bootedCluster } from './whole-cluster.ts'

const engine = await loadEngineNode()

const adapter = String.raw`
export default (learner, tools) => ({
  serve: (id, request, settings) => {
    const ask = (part) => (...given) => tools.request(part, given, id)
    return learner(request, settings, ask)
  },
})
`

/** Who has a certificate may do what the authorizer says; the rest of the chain is as long as `rest` has it. */
const pipeline = (rest: string) => `
export default async ({ verb, resource, namespace, name, certificate, token, object, dryRun = false }, { mutating, validating }, ask) => {
  try {
    const claims = !certificate && token ? await ask('verify')(token) : undefined
    const user = certificate ?? {
      name: claims ? 'system:serviceaccount:' + claims.namespace + ':' + claims.serviceAccount.name : 'system:anonymous',
      groups: [],
    }
    const attributes = { user, verb, resource, namespace, ...(name && { name }) }
    if (!(await ask('authorize')(attributes))) return { code: 403, reason: 'Forbidden' }
    if (verb === 'get') {
      const found = await ask('read')(namespace, name)
      return found ? { code: 200, object: found } : { code: 404, reason: 'NotFound' }
    }
    if (verb === 'list') return { code: 200, items: await ask('list')(namespace) }
    ${rest}
    const done = verb === 'delete' ? await ask('remove')(namespace, name) : await ask('write')(verb, object)
    return done?.refused ?? { code: verb === 'create' ? 201 : 200, ...(done && { object: done }) }
  } catch (error) {
    return { code: 500, reason: 'InternalError' }
  }
}`

const ADMITTING = `
    for (const plugin of [...mutating, undefined, ...validating]) {
      if (!plugin) {
        if (object && (await ask('validate')(object)).length > 0) return { code: 422, reason: 'Invalid' }
        continue
      }
      const said = await ask('admit')(plugin, { ...attributes, dryRun, ...(object && { object }) })
      if (!said.allowed) return { code: said.code, reason: said.reason }
      if (said.object) object = said.object
    }
    if (dryRun) return { code: verb === 'create' ? 201 : 200, ...(object && { object }) }
`

function lab(rest = ADMITTING, judge: PipelineJudge = () => undefined) {
  const check = example('a check', { run: () => {} })
  const { guest } = defineChecks({ adapter }, [check])
  const trial = new Trial({ engine, code: pipeline(rest), guest, limits: { fuelPerCall: 5_000_000, fuel: 400_000_000 }, check, seed: 3 }) // prettier-ignore
  const records: PipelineRecord[] = []
  const { component, report } = serverWithPipeline(trial, (record) => {
    if (record.result) records.push(record)
    return judge(record)
  })
  const components = { 'kube-apiserver': component, 'webhook-server': webhookServer }
  const apiServer = { auditPolicy: { rules: [{ level: 'Metadata' as const }] } }
  const world = bootedCluster({ seed: 3, components, nodes: 1, chain: 'full', apiServer, typed: [] })
  addVisitor(world)
  let count = 0
  const run = (micros: number) => world.run({ untilMicros: world.now + micros })
  run(3_500_000)
  const send = (asked: Visit) => {
    visit(world, world.now, ++count, asked)
    run(600_000)
    const { status, text } = world.stateOf<RestClientState>(VISITOR).answers.get(count) ?? { status: 0, text: '' }
    return `${status} ${text}`.trim()
  }
  /** The last request of that kind about ConfigMaps. */
  const last = (verb: string, has: 'token' | 'certificate'): PipelineRecord =>
    records.findLast(({ request }) => request.resource === 'configmaps' && request.verb === verb && has in request)!
  return { trial, world, report, last, run, send }
}

const CORE = '/api/v1/namespaces/default'
const MAPS = `${CORE}/configmaps`
const map = (name: string, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: {} },
})
const post = (path: string, object: object, more: Partial<Visit> = {}): Visit => ({ method: 'POST', path, object, ...more }) // prettier-ignore

describe('a learner’s pipeline in the API server', () => {
  it('serves a cluster: the node is there, and what people send is stored, changed and deleted', () => {
    const { send, world, report, trial } = lab()
    expect(objectsOf(world, 'nodes').map(({ metadata }) => metadata.name)).toEqual(['node-1'])
    expect(send({ path: MAPS })).toBe('200')
    expect(send(post(MAPS, map('web')))).toBe('201')
    expect(send(post(MAPS, map('web')))).toMatch(/^409 AlreadyExists/)
    expect(send({ method: 'PUT', path: `${MAPS}/web`, object: map('web', { labels: { tier: 'gold' } }) })).toBe('200')
    expect(send({ method: 'PUT', path: `${MAPS}/web`, object: map('web', { resourceVersion: '1' }) })).toMatch(/^409 Conflict/) // prettier-ignore
    expect(send({ method: 'DELETE', path: `${MAPS}/web` })).toMatch(/^200/)
    expect(send({ path: `${MAPS}/web` })).toMatch(/^404 NotFound: configmaps "web" not found/)
    expect(trial.trap).toBeUndefined()
    expect(report.finding).toBeUndefined()
  })

  it('is told what the server’s own stages say, and clients are told it in their words', () => {
    const { send } = lab()
    send({ path: MAPS })
    expect(send({ path: MAPS, token: null })).toMatch(/^403 Forbidden: configmaps is forbidden: User "system:anonymous" cannot list/) // prettier-ignore
    expect(send(post(MAPS, map('Not_Sound')))).toMatch(/^422 Invalid: ConfigMap "Not_Sound" is invalid: metadata.name/)
    expect(send(post('/api/v1/namespaces/nowhere/configmaps', map('web')))).toMatch(/^404 NotFound: namespaces "nowhere"/) // prettier-ignore
  })

  it('hands over what is claimed by tokens that this cluster has signed, and whether that still holds', () => {
    const { send, world, last } = lab()
    send({ path: MAPS })
    const token = mintedToken(world, { namespace: 'default', account: 'default', seconds: 60 })!
    expect(send({ path: MAPS, token })).toMatch(/^403 .*"system:serviceaccount:default:default" cannot list/)
    const { calls, settings } = last('list', 'token')
    expect(calls[0]).toMatchObject({
      part: 'verify',
      answer: { value: { audiences: [settings.audience], namespace: 'default', serviceAccount: { name: 'default' } } }, // prettier-ignore
    })
    send({ path: MAPS, token: `${token.slice(0, -4)}AAAA` })
    expect(last('list', 'token').calls[0]).toEqual({ part: 'verify', args: [expect.any(String)], answer: { value: undefined } }) // prettier-ignore
  })

  it('asks webhooks over the network, one plugin after the other, and charges quotas last', () => {
    const { send, world, last, run } = lab()
    send({ path: MAPS })
    addWebhookServer(world, 'marks', { addedLabels: { env: 'dev' } })
    addWebhookServer(world, 'wants', { requiredLabels: ['team'] })
    const hooks = '/apis/admissionregistration.k8s.io/v1'
    send(post(`${hooks}/mutatingwebhookconfigurations`, webhookFor('Mutating', 'marks', 'configmaps')))
    send(post(`${hooks}/validatingwebhookconfigurations`, webhookFor('Validating', 'wants', 'configmaps')))
    send(post(`${CORE}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { configmaps: '2' } } })) // prettier-ignore
    run(2_000_000)
    const used = () => (objectsOf(world, 'resourcequotas')[0] as any).status.used.configmaps
    // The cluster's own certificate authority is one.
    expect(used()).toBe('1')
    expect(send(post(MAPS, map('web')))).toMatch(/admission webhook "wants.example.com" denied the request/)
    expect(used()).toBe('1')
    const labels = { team: 'shop' }
    expect(send(post(MAPS, map('dry', { labels }), { query: { dryRun: 'All' } }))).toBe('201')
    expect(used()).toBe('1')
    expect(send(post(MAPS, map('web', { labels })))).toBe('201')
    expect(used()).toBe('2')
    expect(send(post(MAPS, map('more', { labels })))).toMatch(/^403 .*exceeded quota: few/)
    const stored = objectsOf(world, 'configmaps').find(({ metadata }) => metadata.name === 'web')!
    expect(stored.metadata.labels).toEqual({ team: 'shop', env: 'dev' })
    expect(last('create', 'certificate').settings).toMatchObject({
      mutating: ['NamespaceLifecycle', 'MutatingAdmissionPolicy', 'MutatingAdmissionWebhook'],
      validating: ['ValidatingAdmissionPolicy', 'ValidatingAdmissionWebhook', 'ResourceQuota'],
    })
  })

  it('does what it says: who does not admit lets everything in, and a dry run that writes has written', () => {
    const { send, world } = lab('')
    send({ path: MAPS })
    const before = storeRevision(world)
    expect(send(post(MAPS, map('dry'), { query: { dryRun: 'All' } }))).toBe('201')
    expect(objectsOf(world, 'configmaps').map(({ metadata }) => metadata.name)).toContain('dry')
    expect(storeRevision(world)).toBeGreaterThan(before)
  })

  it('writes into the audit log who the pipeline says that it was, and what came of it', () => {
    const { send, world, run } = lab()
    send({ path: MAPS })
    send({ path: `${MAPS}/web`, token: null })
    run(1_500_000)
    const events = Object.values(imageOf(world.process('cp-1/kube-apiserver')!.disk)).flat() as AuditEvent[]
    const told = events
      .filter(({ requestURI }) => requestURI === `${MAPS}/web`)
      .map(({ stage, user, responseStatus, annotations }) => [stage, (user as any).username, (responseStatus as any)?.code, annotations?.['authorization.k8s.io/decision']]) // prettier-ignore
    expect(told).toEqual([
      ['RequestReceived', 'system:anonymous', undefined, undefined],
      ['ResponseComplete', 'system:anonymous', 403, 'forbid'],
    ])
  })

  it('ends at the first call that the judge finds wrong, and does not make it', () => {
    const { report, world, send } = lab('', ({ calls, request }) =>
      request.resource === 'configmaps' && calls.at(-1)?.part === 'write' && calls.at(-1)!.answer === undefined
        ? { message: 'no' as never, expected: 'a', actual: 'b' }
        : undefined,
    )
    send({ path: MAPS })
    send(post(MAPS, map('web')))
    expect(report.finding).toMatchObject({ message: 'no' })
    expect(objectsOf(world, 'configmaps').map(({ metadata }) => metadata.name)).not.toContain('web')
  })
})
