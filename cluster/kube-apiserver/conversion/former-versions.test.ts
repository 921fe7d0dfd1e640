/** Versions of 1.20 that a server was told to serve: what is written in one is stored, and read, in that of today. */
import { describe, expect, it } from 'vitest'
import { FORMER_RESOURCES } from '#cluster/api/former-resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import { Lab, requestOf } from '../lab.ts'

const runtimeConfig = FORMER_RESOURCES.map(apiVersionOf)

function ready(served: readonly string[] = runtimeConfig): Lab {
  const lab = new Lab(1, { runtimeConfig: served })
  lab.run(1_000_000)
  return lab
}

const pathsOf = (groupAndName: string, plural: string) =>
  ['v1beta1', 'v1'].map((version) => `/apis/${groupAndName}/${version}/namespaces/default/${plural}`)

describe('a former version', () => {
  const [FORMER = '', NOW = ''] = pathsOf('policy', 'poddisruptionbudgets')
  const budget = (name: string, selector?: object) => ({
    metadata: { name },
    spec: { minAvailable: 1, ...(selector && { selector }) },
  })

  it('is not there where nobody asked for it', () => {
    const lab = ready([])
    expect(lab.send('GET', FORMER).status).toBe(404)
    expect(lab.send('GET', '/apis/policy').body.versions).toHaveLength(1)
  })

  it('is in the old documents of discovery behind today’s, and in no new one', () => {
    const lab = ready()
    expect(lab.send('GET', FORMER)).toMatchObject({ status: 200, body: { apiVersion: 'policy/v1beta1', items: [] } })
    const policy = lab.send('GET', '/apis').body.groups.find(({ name }: { name: string }) => name === 'policy')
    expect(policy.versions.map(({ version }: { version: string }) => version)).toEqual(['v1', 'v1beta1'])
    expect(policy.preferredVersion.version).toBe('v1')
    const { resources } = lab.send('GET', '/apis/policy/v1beta1').body
    expect(resources.map(({ name }: { name: string }) => name)).toEqual(['poddisruptionbudgets', 'poddisruptionbudgets/status']) // prettier-ignore
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const name = lab.start({ ...requestOf('GET', '/apis'), headers: { accept } })
    lab.run(1_000_000)
    expect(JSON.stringify(lab.heard(name).at(-1))).not.toContain('v1beta1')
  })

  it('tells its watchers in their version', () => {
    const lab = ready()
    const watch = lab.watch(FORMER)
    lab.send('POST', NOW, budget('web', { matchLabels: { app: 'web' } }))
    lab.run(100_000)
    expect(lab.events(watch)[0]!.object).toMatchObject({
      apiVersion: 'policy/v1beta1',
      spec: { selector: { matchLabels: { app: 'web' } } },
    })
  })

  it('means no Pod by a budget’s empty selector, which now means every one', () => {
    const lab = ready()
    const label = { key: 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match' }
    lab.send('POST', FORMER, budget('none', {}))
    expect(lab.send('GET', `${NOW}/none`).body.spec.selector).toEqual({
      matchExpressions: [{ ...label, operator: 'Exists' }],
    })
    expect(lab.send('GET', `${FORMER}/none`).body.spec.selector).toEqual({})
    lab.send('POST', NOW, budget('all', {}))
    const former = lab.send('GET', `${FORMER}/all`).body
    expect(former.spec.selector).toEqual({ matchExpressions: [{ ...label, operator: 'DoesNotExist' }] })
    expect(lab.send('PUT', `${FORMER}/all`, former).status).toBe(200)
    expect(lab.send('GET', `${NOW}/all`).body.spec.selector).toEqual({})
  })

  it('has an endpoint’s zone and node among its topology', () => {
    const [former = '', now = ''] = pathsOf('discovery.k8s.io', 'endpointslices')
    const lab = ready()
    const topology = { 'kubernetes.io/hostname': 'node-1', 'topology.kubernetes.io/zone': 'a', rack: '7' }
    const created = lab.send('POST', former, {
      metadata: { name: 'web-1' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.1.2'], topology }],
    })
    expect(created.body).toMatchObject({
      apiVersion: 'discovery.k8s.io/v1beta1',
      endpoints: [{ addresses: ['10.244.1.2'], nodeName: 'node-1', topology }],
    })
    expect(lab.send('GET', `${now}/web-1`).body.endpoints).toEqual([
      { addresses: ['10.244.1.2'], nodeName: 'node-1', zone: 'a', deprecatedTopology: { rack: '7' } },
    ])
  })

  it('of a CronJob is the same by another name', () => {
    const [former = '', now = ''] = pathsOf('batch', 'cronjobs')
    const lab = ready()
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } }
    const spec = { schedule: '* * * * *', jobTemplate: { spec: { template } } }
    expect(lab.send('POST', now, { metadata: { name: 'tick' }, spec }).status).toBe(201)
    const [first] = lab.send('GET', former).body.items
    expect(first).toMatchObject({ metadata: { name: 'tick' }, spec: { schedule: '* * * * *' } })
    expect(lab.patch(`${former}/tick`, { spec: { suspend: true } }).status).toBe(200)
    expect(lab.send('GET', `${now}/tick`).body).toMatchObject({ apiVersion: 'batch/v1', spec: { suspend: true } })
  })
})
