import { describe, expect, it } from 'vitest'
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import type { HttpResponse } from '#cluster/api/http.ts'
import { Lab, requestOf } from '../lab.ts'

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

function ready(options = {}): Lab {
  const lab = new Lab(1, options)
  lab.run(1_000_000)
  return lab
}

/** The whole answer, headers and all. */
function ask(lab: Lab, path: string, headers: Record<string, string> = {}) {
  const request = { ...requestOf('GET', path), headers }
  const name = lab.start(request)
  lab.run(1_000_000)
  return lab.heard(name).at(-1)!.body as HttpResponse & { body: any }
}

describe('discovery', () => {
  const lab = ready()

  it('lists the versions, the groups and their resources', () => {
    expect(lab.send('GET', '/api').body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    const { groups } = lab.send('GET', '/apis').body
    expect(groups.map(({ name }: { name: string }) => name)).toContain('networking.k8s.io')
    const autoscaling = lab.send('GET', '/apis/autoscaling').body
    expect(autoscaling.preferredVersion.groupVersion).toBe('autoscaling/v2')
    const { resources } = lab.send('GET', '/apis/apps/v1').body
    expect(resources.find(({ name }: { name: string }) => name === 'deployments')).toEqual({
      name: 'deployments',
      singularName: 'deployment',
      namespaced: true,
      kind: 'Deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
    })
    expect(resources).toContainEqual({
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    })
  })

  it('leads to every row of the table, by both ways', () => {
    const listed = new Set<string>()
    const groups = [...new Set(RESOURCES.map(apiVersionOf))]
    for (const groupVersion of groups) {
      const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`
      const { body } = lab.send('GET', path)
      expect(body.groupVersion).toBe(groupVersion)
      for (const { name } of body.resources) listed.add(`${groupVersion} ${name}`)
    }
    const wanted = RESOURCES.flatMap((row) => [
      `${apiVersionOf(row)} ${row.resource}`,
      ...row.subresources.map((subresource) => `${apiVersionOf(row)} ${row.resource}/${subresource}`),
    ])
    expect([...listed].sort()).toEqual(wanted.sort())

    const told = new Set<string>()
    for (const path of ['/api', '/apis']) {
      for (const { metadata, versions } of ask(lab, path, { accept: AGGREGATED }).body.items) {
        for (const { version, resources } of versions) {
          const groupVersion = metadata.name ? `${metadata.name}/${version}` : version
          for (const { resource, subresources = [] } of resources) {
            told.add(`${groupVersion} ${resource}`)
            for (const { subresource } of subresources) told.add(`${groupVersion} ${resource}/${subresource}`)
          }
        }
      }
    }
    expect([...told].sort()).toEqual(wanted)
  })

  it('answers in the version that is asked for, and with 304 to who has it', () => {
    const first = ask(lab, '/apis', { accept: AGGREGATED })
    expect(first.headers!['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    expect(first.body.apiVersion).toBe('apidiscovery.k8s.io/v2')
    const etag = first.headers!['etag']!
    expect(ask(lab, '/apis', { accept: AGGREGATED, 'if-none-match': etag }).status).toBe(304)
    const old = AGGREGATED.split(',').slice(1).join(',')
    expect(ask(lab, '/apis', { accept: old }).body.apiVersion).toBe('apidiscovery.k8s.io/v2beta1')
    expect(ask(lab, '/apis', { accept: 'application/json' }).body.kind).toBe('APIGroupList')
  })

  it('knows no other paths', () => {
    for (const path of ['/api/v2', '/apis/nowhere', '/apis/apps/v2', '/apis/apps/v1/nothing', '/nowhere'])
      expect(lab.send('GET', path).status, path).toBe(404)
  })

  it('is for those who were recognised', () => {
    const guarded = ready({ authorizationMode: 'RBAC' })
    expect(ask(guarded, '/apis').status).toBe(200)
    const name = guarded.start({ type: 'request', method: 'GET', path: '/apis' })
    guarded.run(1_000_000)
    expect(guarded.replyTo(name)).toMatchObject({
      status: 403,
      body: { message: 'forbidden: User "system:anonymous" cannot get path "/apis"' },
    })
  })
})
