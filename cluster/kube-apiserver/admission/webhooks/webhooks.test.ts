/** Webhooks: asked in time and in order, believed only so far, and what is said where they do not answer. */
import { describe, expect, it } from 'vitest'
import { webhookServer, type WebhookRules } from '#cluster/admission-webhook/admission-webhook.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { configMap, CONFIG_MAPS, Lab, pod, PODS } from '../../lab.ts'
import { DEFAULT_ADMISSION_PLUGINS } from '../admission.ts'

const ROOT = '/apis/admissionregistration.k8s.io/v1'
const RULE = { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }

const hook = (server: string, more: object = {}) => ({
  name: `${server}.example.com`,
  clientConfig: { url: `https://${server}.outside/review` },
  rules: [RULE],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
})

function newLab(servers: Readonly<Record<string, WebhookRules>>): Lab {
  const lab = new Lab(1, { admissionPlugins: DEFAULT_ADMISSION_PLUGINS }, undefined, {
    'webhook-server': webhookServer as unknown as Component,
  })
  lab.world.addMachine('outside')
  for (const [name, options] of Object.entries(servers))
    lab.world.addProcess({ machine: 'outside', name, component: 'webhook-server', options })
  lab.run(1_000_000)
  return lab
}

function configure(lab: Lab, kind: 'Mutating' | 'Validating', ...webhooks: object[]): void {
  const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: 'rules' }, webhooks } // prettier-ignore
  const { status, body: answer } = lab.send('POST', `${ROOT}/${kind.toLowerCase()}webhookconfigurations`, body)
  expect([status, answer.message]).toEqual([201, undefined])
  lab.run(100_000)
}

const create = (lab: Lab, name = 'a', more: object = {}, query?: Record<string, string>) => lab.send('POST', CONFIG_MAPS, { ...configMap(name), ...more }, query) // prettier-ignore

describe('matchConditions', () => {
  const when = (...expressions: string[]) => ({ matchConditions: expressions.map((expression, i) => ({ name: `c${i}`, expression })) }) // prettier-ignore

  it.each(['Mutating', 'Validating'] as const)('of a %s webhook keep from it what they do not hold for', (kind) => {
    const lab = newLab({ one: { requiredLabels: ['owner'] }, two: { requiredLabels: ['team'] } })
    const open = { ...when('object.nothing == 1'), failurePolicy: 'Ignore' }
    configure(lab, kind, hook('one', when('object.metadata.name != "a"', 'request.operation == "CREATE"')), hook('two', open)) // prettier-ignore
    expect(create(lab, 'a').status).toBe(201)
    expect(create(lab, 'b').body.message).toContain('you must provide labels: owner')
  })

  it('that come to nothing end the write, unless another does not hold', () => {
    const lab = newLab({ one: {} })
    configure(lab, 'Validating', hook('one', when('object.data.nothing == "1"', 'object.metadata.name == "a"')))
    const { status, body } = create(lab, 'a', { data: {} })
    expect([status, body.message]).toEqual([403, `configmaps "a" is forbidden: expression 'object.data.nothing == "1"' resulted in error: no such key: nothing`]) // prettier-ignore
    expect(create(lab, 'b', { data: {} }).status).toBe(201)
  })
})

describe('a mutating webhook', () => {
  it('changes what is written, and what it has made of it is checked', () => {
    const lab = newLab({ labels: { addedLabels: { env: 'dev', 'example.com/by': 'hook' } } })
    configure(lab, 'Mutating', hook('labels'))
    expect(create(lab).body.metadata).toMatchObject({ name: 'a', labels: { env: 'dev', 'example.com/by': 'hook' } })
    expect(lab.patch(`${CONFIG_MAPS}/a`, { metadata: { labels: { env: null, x: 'y' } } }).body.metadata.labels).toEqual({ env: 'dev', 'example.com/by': 'hook', x: 'y' }) // prettier-ignore
    const bad = newLab({ labels: { addedLabels: { env: 'not a value' } } })
    configure(bad, 'Mutating', hook('labels'))
    expect(create(bad).body.message).toContain(
      'ConfigMap "a" is invalid: metadata.labels: Invalid value: "not a value"',
    )
  })

  it('keeps the name and the uid of what is made, however often it is asked', () => {
    const lab = newLab({ one: { addedLabels: { a: '1' } }, two: { addedLabels: { b: '2' } }, three: {} })
    configure(lab, 'Mutating', hook('one'), hook('two'))
    configure(lab, 'Validating', hook('three'))
    const { body } = lab.send('POST', CONFIG_MAPS, { ...configMap(''), metadata: { generateName: 'x-' } })
    expect(body.metadata.labels).toEqual({ a: '1', b: '2' })
    expect(lab.send('GET', `${CONFIG_MAPS}/${body.metadata.name}`).body.metadata.uid).toBe(body.metadata.uid)
  })

  it('is asked again where another has changed the object after it, if it wants to', () => {
    const asked = (reinvocationPolicy: string) => {
      const lab = newLab({ first: { requiredLabels: [], warning: 'seen' }, second: { addedLabels: { b: '2' } } })
      configure(lab, 'Mutating', hook('first', { reinvocationPolicy }), hook('second'))
      create(lab)
      return lab.world.stateOf<{ state: { asked: number } }>('outside/first').state.asked
    }
    expect([asked('Never'), asked('IfNeeded')]).toEqual([1, 2])
  })
})

describe('a validating webhook', () => {
  it('refuses with its own words', () => {
    const lab = newLab({ owner: { requiredLabels: ['owner'], warning: 'labels are the law' } })
    configure(lab, 'Validating', hook('owner'))
    const { status, body } = create(lab)
    expect([status, body.message]).toEqual([400, 'admission webhook "owner.example.com" denied the request: you must provide labels: owner']) // prettier-ignore
    expect(create(lab, 'b', { metadata: { name: 'b', labels: { owner: 'me' } } }).status).toBe(201)
  })

  it.each([
    ['another kind', { rules: [{ ...RULE, resources: ['secrets'] }] }],
    ['another verb', { rules: [{ ...RULE, operations: ['DELETE'] }] }],
    ['another scope', { rules: [{ ...RULE, scope: 'Cluster' }] }],
    ['other objects', { objectSelector: { matchLabels: { checked: 'yes' } } }],
    ['other namespaces', { namespaceSelector: { matchLabels: { checked: 'yes' } } }],
  ])('is not asked where it wants to hear of %s', (_, more) => {
    const lab = newLab({ owner: { requiredLabels: ['owner'] } })
    configure(lab, 'Validating', hook('owner', more))
    expect(create(lab).status).toBe(201)
  })

  it('hears of deletions, and of other versions of what it knows', () => {
    const lab = newLab({ all: { fails: 'error' } })
    const events = { operations: ['CREATE'], apiGroups: ['events.k8s.io'], apiVersions: ['v1'], resources: ['events'] }
    configure(lab, 'Validating', hook('all', { rules: [{ ...RULE, operations: ['DELETE'] }, events] }))
    create(lab)
    expect(lab.send('DELETE', `${CONFIG_MAPS}/a`).status).toBe(500)
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: { namespace: 'default' } }
    expect(lab.send('POST', '/api/v1/namespaces/default/events', event).status).toBe(500)
  })

  it('is told of a dry run only where that does no harm', () => {
    const lab = newLab({ owner: { requiredLabels: ['owner'] } })
    configure(lab, 'Validating', hook('owner', { sideEffects: 'NoneOnDryRun' }))
    expect(create(lab, 'a', {}, { dryRun: 'All' }).status).toBe(400)
  })
})

describe('a webhook that does not answer', () => {
  const URL = 'Post "https://x.outside/review?timeout=2s"'
  it.each([
    ['is not there', undefined, {}, `${URL}: dial tcp x.outside:443: connect: connection refused`],
    ['is slow', { delayMicros: 5_000_000 }, {}, `${URL}: context deadline exceeded`],
    ['fails', { fails: 'error' }, {}, 'an error on the server ("Internal Server Error") has prevented the request from succeeding'],
    ['is a Service that is not there', undefined, { clientConfig: { service: { namespace: 'default', name: 'x', path: '/y' } } }, 'Post "https://x.default.svc:443/y?timeout=2s": service "x" not found'],
  ] as const)('because it %s, ends the write, unless that is to be ignored', (_, rules, more, why) => {
    for (const failurePolicy of ['Fail', 'Ignore']) {
      const lab = newLab(rules ? { x: rules } : {})
      configure(lab, 'Validating', hook('x', { timeoutSeconds: 2, failurePolicy, ...more }))
      const { status, body } = create(lab)
      if (failurePolicy === 'Ignore') expect(status).toBe(201)
      else expect([status, body.message]).toEqual([500, `Internal error occurred: failed calling webhook "x.example.com": failed to call webhook: ${why}`])
    }
  }) // prettier-ignore

  it('but says something that is no review, has not answered either', () => {
    const lab = newLab({ x: { fails: 'nonsense' } })
    configure(lab, 'Mutating', hook('x'))
    expect(create(lab).body.message).toContain('failed calling webhook "x.example.com": received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got') // prettier-ignore
  })

  it('does not hold up others', () => {
    const lab = newLab({ x: { delayMicros: 5_000_000 } })
    configure(lab, 'Validating', hook('x'))
    expect(lab.send('GET', PODS).status).toBe(200)
    expect(lab.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }).status).toBe(201) // prettier-ignore
  })
})

describe('a configuration', () => {
  it.each([
    ['a short name', { name: 'x.y' }, 'webhooks[0].name: Invalid value: "x.y": should be a domain with at least three segments separated by dots'],
    ['no word on side effects', { sideEffects: undefined }, 'webhooks[0].sideEffects: Required value'],
    ['two places', { clientConfig: { url: 'https://a', service: { name: 'a', namespace: 'b' } } }, 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    ['much patience', { timeoutSeconds: 31 }, 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
  ])('is refused for %s', (_, more, why) => {
    const lab = newLab({})
    const body = { kind: 'ValidatingWebhookConfiguration', apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'x' }, webhooks: [hook('x', more)] }
    expect(lab.send('POST', `${ROOT}/validatingwebhookconfigurations`, body).body.message).toContain(why)
  }) // prettier-ignore

  it('is complete when it is stored', () => {
    const lab = newLab({})
    configure(lab, 'Mutating', hook('x'))
    const [stored] = lab.send('GET', `${ROOT}/mutatingwebhookconfigurations/rules`).body.webhooks
    expect(stored).toMatchObject({ failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, reinvocationPolicy: 'Never', objectSelector: {} }) // prettier-ignore
  })

  it('says nothing of itself to anybody', () => {
    const lab = newLab({ x: { fails: 'error' } })
    const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }
    configure(lab, 'Validating', hook('x', { rules: [everything] }))
    expect(create(lab).status).toBe(500)
    expect(lab.send('DELETE', `${ROOT}/validatingwebhookconfigurations/rules`).status).toBe(200)
    lab.run(100_000)
    expect(create(lab).status).toBe(201)
    expect(lab.send('POST', PODS, pod('p')).status).not.toBe(500)
  })
})
