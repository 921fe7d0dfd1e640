/** Servers behind APIServices: when they are said to be there, and what becomes of requests for what they answer. */
import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { Lab } from '../lab.ts'

const API = '/apis/apiregistration.k8s.io/v1/apiservices'
const FLAVOURS = '/apis/tasty.example.com/v1/namespaces/default/flavours'

/** A server of its own: it knows one resource, and says who it thinks is asking. */
const flavours: Component<{ asked: number }, object> = {
  name: 'flavours',
  init: () => ({ asked: 0 }),
  step(state, event) {
    if (event.type !== 'opened') return []
    state.asked++
    const { path, headers } = event.body as HttpRequest
    const resources = [{ name: 'flavours', singularName: 'flavour', namespaced: true, kind: 'Flavour', verbs: ['get', 'list'], shortNames: ['fl'] }] // prettier-ignore
    const list = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'tasty.example.com/v1', resources }
    const body = path.endsWith('/v1') ? list : { kind: 'FlavourList', items: [], user: headers?.['x-remote-user'] }
    return [{ type: 'close', stream: event.stream, body: { type: 'response', status: 200, body } }]
  },
}

const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'flavours' }, spec })
const EXTERNAL = service({ type: 'ExternalName', externalName: 'flavours.outside' })

const apiService = (spec: object = {}, name = 'v1.tasty.example.com') => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name },
  spec: {
    group: 'tasty.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { namespace: 'default', name: 'flavours' },
    ...spec,
  },
})

function newLab({ runs = true, offers = EXTERNAL as object | null } = {}): Lab {
  const lab = new Lab(1, {}, builtInSchemas, { flavours: flavours as unknown as Component })
  lab.world.addMachine('outside')
  if (runs) lab.world.addProcess({ machine: 'outside', name: 'flavours', component: 'flavours', options: {} })
  lab.run(500_000)
  if (offers) lab.send('POST', '/api/v1/namespaces/default/services', offers)
  expect(lab.send('POST', API, apiService()).status).toBe(201)
  lab.run(1_000_000)
  return lab
}

const available = (lab: Lab): string => {
  const [{ status, reason, message }] = lab.send('GET', `${API}/v1.tasty.example.com`).body.status.conditions
  return `${status} ${reason}: ${message}`
}

describe('an APIService', () => {
  it.each([
    ['whose Service is not there', { offers: null }, 'False ServiceNotFound: service/flavours in "default" is not present'],
    ['whose Service listens elsewhere', { offers: service({ ports: [{ port: 80 }] }) }, 'False ServicePortError: service/flavours in "default" is not listening on port 443'],
    ['whose Service has no endpoints', { offers: service({ ports: [{ port: 443 }] }) }, 'False EndpointsNotFound: cannot find endpointslices for service/flavours in "default"'],
    ['whose server is away', { runs: false }, 'False FailedDiscoveryCheck: failing or missing response from https://flavours.outside:443/apis/tasty.example.com/v1: Get "https://flavours.outside:443/apis/tasty.example.com/v1": dial tcp flavours.outside:443: connect: connection refused'],
    ['whose server answers', {}, 'True Passed: all checks passed'],
  ])('%s says so', (_, options, text) => {
    expect(available(newLab(options))).toBe(text)
  }) // prettier-ignore

  it('has endpoints that are not ready: none', () => {
    const lab = newLab({ offers: service({ ports: [{ port: 443 }] }) })
    const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'f', labels: { 'kubernetes.io/service-name': 'flavours' } }, addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }], ports: [{ name: '', port: 443 }] } // prettier-ignore
    lab.send('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice)
    lab.run(1_000_000)
    expect(available(lab)).toBe('False MissingEndpoints: endpointslices for service/flavours in "default" have no addresses with port name ""') // prettier-ignore
  })

  it.each([
    ['another name', apiService({}, 'v2.tasty.example.com'), 'metadata.name: Invalid value: "v2.tasty.example.com": must be `spec.version+"."+spec.group`: "v1.tasty.example.com"'],
    ['no priority', apiService({ versionPriority: 0 }), 'spec.versionPriority: Invalid value: 0: must be positive and less than 1000'],
  ])('is refused for %s', (_, given, why) => {
    expect(new Lab(1, {}, builtInSchemas).send('POST', API, given).body.message).toContain(why)
  }) // prettier-ignore
})

describe('what another server answers', () => {
  it('is asked of it, and it is told who asks', () => {
    const { status, body } = newLab().send('GET', FLAVOURS)
    expect([status, body.kind, body.user]).toEqual([200, 'FlavourList', 'kubernetes-admin'])
  })

  it('is told of by discovery, like everything else', () => {
    const lab = newLab()
    expect(lab.send('GET', '/apis').body.groups.at(-1).name).toBe('tasty.example.com')
    expect(lab.send('GET', '/apis/tasty.example.com/v1').body.resources[0].name).toBe('flavours')
    expect(lab.send('GET', '/openapi/v2').status).toBe(200)
    lab.send('DELETE', `${API}/v1.tasty.example.com`)
    lab.run(500_000)
    expect(lab.send('GET', FLAVOURS).status).toBe(404)
    expect(lab.send('GET', '/apis').body.groups.at(-1).name).not.toBe('tasty.example.com')
  })

  it('is unavailable while the server is away, and comes back with it', () => {
    const lab = newLab()
    lab.world.command(lab.world.now, { type: 'stop', process: 'outside/flavours' })
    lab.run(40_000_000)
    const { status, body } = lab.send('GET', FLAVOURS)
    expect([status, body]).toEqual([503, 'service unavailable'])
    expect(available(lab)).toContain('FailedDiscoveryCheck')
    lab.world.command(lab.world.now, { type: 'start', process: 'outside/flavours' })
    lab.run(5_000_000)
    expect(lab.send('GET', FLAVOURS).status).toBe(200)
  })
})
