/** The APIServices of what the server answers itself: which there are, and who keeps them. */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { Lab, SERVER } from '../lab.ts'
import { MANAGED } from './local-services.ts'

const API = '/apis/apiregistration.k8s.io/v1/apiservices'
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const MERGE = 'application/merge-patch+json'

function newLab(): Lab {
  const lab = new Lab(1, { apiServiceRegistration: true }, builtInSchemas)
  lab.run(500_000)
  return lab
}

const version = (name: string, served = true) => ({ name, served, storage: name === 'v1', schema: { openAPIV3Schema: { type: 'object' } } }) // prettier-ignore

const widgets = (...versions: object[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions,
  },
})

function defined(...versions: object[]): Lab {
  const lab = newLab()
  expect(lab.send('POST', DEFINITIONS, widgets(...versions)).status).toBe(201)
  lab.run(1_000_000)
  return lab
}

const names = (lab: Lab): string[] => lab.send('GET', API).body.items.map((one: any) => one.metadata.name)
const ofWidgets = (lab: Lab): string[] => names(lab).filter((name) => name.endsWith('example.com'))
const priority = (lab: Lab, name: string): number => lab.send('GET', `${API}/${name}`).body.spec?.versionPriority

function restart(lab: Lab): void {
  lab.world.command(lab.world.now, { type: 'stop', process: SERVER })
  lab.run(100_000)
  lab.world.command(lab.world.now, { type: 'start', process: SERVER })
  lab.run(2_000_000)
}

describe('of a built-in group and version', () => {
  it('there is an APIService, which is available, and none of APIServices themselves', () => {
    const lab = newLab()
    expect(names(lab)).toContain('v2.autoscaling')
    expect(names(lab)).toContain('v1.')
    expect(names(lab)).not.toContain('v1.apiregistration.k8s.io')
    const { metadata, spec, status } = lab.send('GET', `${API}/v1.apps`).body
    expect(metadata.labels).toEqual({ [MANAGED]: 'onstart' })
    expect(spec).toEqual({ group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 })
    expect(status.conditions).toMatchObject([{ type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' }]) // prettier-ignore
    expect(lab.send('GET', '/apis/apps/v1/deployments').status).toBe(200)
  })

  it('is made and put right when the server starts, and not before', () => {
    const lab = newLab()
    lab.send('DELETE', `${API}/v1.apps`)
    lab.send('PATCH', `${API}/v1.batch`, { spec: { versionPriority: 3 } }, undefined, MERGE)
    lab.send('PATCH', `${API}/v1.policy`, { metadata: { labels: { [MANAGED]: null } }, spec: { versionPriority: 4 } }, undefined, MERGE) // prettier-ignore
    lab.run(120_000_000)
    expect([priority(lab, 'v1.apps'), priority(lab, 'v1.batch'), priority(lab, 'v1.policy')]).toEqual([undefined, 3, 4])
    restart(lab)
    expect([priority(lab, 'v1.apps'), priority(lab, 'v1.batch'), priority(lab, 'v1.policy')]).toEqual([15, 15, 4])
  })
})

describe('of a definition', () => {
  it('each version that is served has one, and it goes with the definition', () => {
    const lab = defined(version('v1'), version('v1beta1'), version('v1alpha1', false))
    expect(ofWidgets(lab)).toEqual(['v1.example.com', 'v1beta1.example.com'])
    const { metadata, spec } = lab.send('GET', `${API}/v1beta1.example.com`).body
    expect(metadata.labels).toEqual({ [MANAGED]: 'true' })
    expect(spec).toMatchObject({ groupPriorityMinimum: 1000, versionPriority: 100 })
    lab.send('DELETE', `${DEFINITIONS}/widgets.example.com`)
    lab.run(1_000_000)
    expect(ofWidgets(lab)).toEqual([])
  })

  it('comes back when it was deleted, and is put right when it was changed', () => {
    const lab = defined(version('v1'))
    lab.send('DELETE', `${API}/v1.example.com`)
    lab.run(500_000)
    expect(ofWidgets(lab)).toEqual(['v1.example.com'])
    lab.send('PATCH', `${API}/v1.example.com`, { spec: { versionPriority: 3 } }, undefined, MERGE)
    lab.run(500_000)
    expect(priority(lab, 'v1.example.com')).toBe(100)
  })

  it('somebody’s own is left alone, as long as its label does not say otherwise', () => {
    const lab = newLab()
    const spec = { group: 'example.com', version: 'v1', groupPriorityMinimum: 7, versionPriority: 7 }
    lab.send('POST', API, { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1.example.com' }, spec }) // prettier-ignore
    lab.send('POST', DEFINITIONS, widgets(version('v1')))
    lab.run(1_000_000)
    expect(priority(lab, 'v1.example.com')).toBe(7)
    lab.send('PATCH', `${API}/v1.example.com`, { metadata: { labels: { [MANAGED]: 'true' } } }, undefined, MERGE)
    lab.run(500_000)
    expect(priority(lab, 'v1.example.com')).toBe(100)
  })
})
