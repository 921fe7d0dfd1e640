/** What an update and a status may not say, in the words of a genuine server. */
import { describe, expect, it } from 'vitest'
import { pathOf } from '#cluster/api/resources.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { Lab } from '../lab.ts'

const lab = new Lab(1, {}, builtInSchemas)
lab.run(1_000_000)

let count = 0
const create = (resource: string, content: object): any => {
  const { status, body } = lab.send('POST', pathOf(resource, 'default'), { metadata: { name: `x${++count}` }, ...content }) // prettier-ignore
  expect(status, body.message).toBe(201)
  return body
}

/** @param change what the object, or its status, is afterwards */
function update(resource: string, content: object, subresource: string, change: (object: any) => object): string[] {
  const object = create(resource, content)
  const path = pathOf(resource, 'default', object.metadata.name) + (subresource && `/${subresource}`)
  const { status, body } = lab.send('PUT', path, change(structuredClone(object)))
  if (status === 200) return []
  expect(status, body.message).toBe(422)
  return body.details.causes.map(({ field, message }: any) => `${field}: ${message}`)
}

const withSpec = (spec: object) => (object: any) => ({ ...object, spec: { ...object.spec, ...spec } })
const withStatus = (status: object) => (object: any) => ({ ...object, status: { ...object.status, ...status } })

const containers = [{ name: 'app', image: 'app:1' }]
const port = { port: 80, targetPort: 80 }
const service = { spec: { ports: [port] } }
const ingress = { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } }
const node = { spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24'], providerID: 'a://b' } }
const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } } }
const affinity = (key: string) => ({ required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'Exists' }] }] } }) // prettier-ignore
const volume = { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 's', path: '/' }, nodeAffinity: affinity('a') } } // prettier-ignore
const template = { metadata: { labels: { a: 'b' } }, spec: { containers } }
const deployment = { spec: { selector: { matchLabels: { a: 'b' } }, template } }
const ONLY = 'node updates may only change labels, taints, or capacity'
const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

describe('an update', () => {
  it.each<[string, string, object, object, readonly string[]]>([
    ['nodes', 'of a range that is given', node, { podCIDR: '10.0.1.0/24' }, ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid', `[]: Forbidden: ${ONLY}`]], // prettier-ignore
    ['nodes', 'of who provides it', node, { providerID: 'c://d' }, ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid', `[]: Forbidden: ${ONLY}`]], // prettier-ignore
    ['nodes', 'of anything else', node, { externalID: 'x' }, [`[]: Forbidden: ${ONLY}`]],
    ['nodes', 'of whether it takes Pods', node, { unschedulable: true }, []],
    ['services', 'of a family that there is not', service, { ipFamilies: ['IPv5'] }, ['spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"']], // prettier-ignore
    ['services', 'of how many families it has', service, { ipFamilyPolicy: 'Some' }, ['spec.ipFamilyPolicy: Unsupported value: "Some": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"']], // prettier-ignore
    ['deployments', 'of helpers in a template', deployment, { template: { ...template, spec: { containers, ephemeralContainers: [{ name: 'e', image: 'e' }] } } }, ['spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template']], // prettier-ignore
    ['persistentvolumes', 'of the mode', volume, { volumeMode: 'Block' }, ['volumeMode: Invalid value: "Block": field is immutable']], // prettier-ignore
    ['persistentvolumes', 'of where it can be had', volume, { nodeAffinity: affinity('b') }, [`nodeAffinity: Invalid value: ${JSON.stringify(affinity('b'))}: field is immutable, except for updating from beta label to GA`]], // prettier-ignore
    ['persistentvolumeclaims', 'of the mode', claim, { volumeMode: 'Block' }, ['spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims', 'volumeMode: Invalid value: "Block": field is immutable']], // prettier-ignore
  ])('of %s, %s', (resource, _, content, spec, expected) => {
    expect(update(resource, content, '', withSpec(spec))).toEqual(expected)
  })
})

describe('a status', () => {
  it.each<[string, string, object, object, readonly string[]]>([
    ['services', 'at no address', service, { loadBalancer: { ingress: [{ ip: 'x' }] } }, [`status.loadBalancer.ingress[0].ip: Invalid value: "x": ${IP}`]], // prettier-ignore
    ['ingresses', 'at a name that is an address', ingress, { loadBalancer: { ingress: [{ hostname: '1.2.3.4' }] } }, ['status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address']], // prettier-ignore
    ['namespaces', 'that goes, though nobody deletes it', {}, { phase: 'Terminating' }, ['status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty']], // prettier-ignore
    ['nodes', 'with an address twice', node, { addresses: [{ type: 'InternalIP', address: '1.2.3.4' }, { type: 'InternalIP', address: '1.2.3.4' }] }, ['status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"1.2.3.4"}']], // prettier-ignore
    ['persistentvolumeclaims', 'of less than nothing', claim, { capacity: { storage: '-1' } }, ['status.capacity[storage]: Invalid value: "-1": must be greater than or equal to 0']], // prettier-ignore
    ['resourcequotas', 'that uses what there is not', { spec: { hard: { pods: '1' } } }, { used: { pods: '1500m' } }, ['status.used[pods]: Invalid value: "1500m": must be an integer']], // prettier-ignore
    ['pods', 'nominated to no name', { spec: { containers } }, { nominatedNodeName: 'A' }, ['status.nominatedNodeName: Invalid value: "A": a lowercase RFC 1123 subdomain must']], // prettier-ignore
    ['pods', 'with two addresses of a family', { spec: { containers } }, { podIPs: [{ ip: '1.2.3.4' }, { ip: '1.2.3.5' }] }, ['status.podIPs: Invalid value: [{"ip":"1.2.3.4"},{"ip":"1.2.3.5"}]: may specify no more than one IP for each IP family']], // prettier-ignore
    ['pods', 'with one of each family', { spec: { containers } }, { podIPs: [{ ip: '1.2.3.4' }, { ip: '::1' }] }, []],
    ['pods', 'with a condition of no name', { spec: { containers } }, { conditions: [{ type: 'a b', status: 'True' }] }, ['metadata.conditions[0].Type: Invalid value: "a b": name part must consist']], // prettier-ignore
  ])('of %s, %s', (resource, _, content, status, expected) => {
    const found = update(resource, content, 'status', withStatus(status))
    expect(found).toHaveLength(expected.length)
    expected.forEach((text, index) => expect(found[index]).toContain(text))
  })

  it('that brings what has ended back to life', () => {
    const pod = create('pods', { spec: { containers, restartPolicy: 'Never', initContainers: [{ name: 'init', image: 'i' }] } }) // prettier-ignore
    const path = pathOf('pods', 'default', pod.metadata.name) + '/status'
    const of = (name: string, state: object) => [{ name, state, ready: false, restartCount: 0, image: '', imageID: '' }]
    const ended = lab.send('PUT', path, withStatus({ initContainerStatuses: of('init', { terminated: { exitCode: 1 } }) })(pod)).body // prettier-ignore
    const { status, body } = lab.send('PUT', path, withStatus({ initContainerStatuses: of('init', { running: {} }) })(ended)) // prettier-ignore
    expect([status, body.message]).toEqual([422, expect.stringContaining('status.initContainerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state')]) // prettier-ignore
  })

  it.each([
    ['deployments', { spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers } } } }, ['annotations', 'ownerReferences']], // prettier-ignore
    ['pods', { spec: { containers } }, ['labels', 'annotations']],
    ['services', service, ['labels', 'annotations', 'ownerReferences']],
    ['volumeattachments', { spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'p' } } }, []],
  ])('of %s takes along, of the metadata, what its kind lets it', (resource, content, expected) => {
    const object = create(resource, content)
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' }
    const metadata = { ...object.metadata, labels: { new: 'x' }, annotations: { new: 'x' }, ownerReferences: [owner] }
    const path = pathOf(resource, 'default', object.metadata.name) + '/status'
    const { metadata: after } = lab.send('PUT', path, { ...object, metadata }).body
    const taken = (['labels', 'annotations', 'ownerReferences'] as const).filter((key) => JSON.stringify(after[key] ?? null) === JSON.stringify(metadata[key])) // prettier-ignore
    expect(taken).toEqual(expected)
  })
})

describe('an update', () => {
  const put = (resource: string, object: any) => lab.send('PUT', pathOf(resource, 'default', object.metadata.name), object).body // prettier-ignore

  it('of a Service lists the one address first', () => {
    const { spec } = create('services', service)
    expect(
      update('services', service, '', (object) => ({ ...object, spec: { ...object.spec, clusterIPs: ['x'] } })),
    ).toEqual([
      // prettier-ignore
      expect.stringMatching(/^spec\.clusterIPs: Invalid value: \["x"\]: first value must match `clusterIP`$/),
      `spec.clusterIPs[0]: Invalid value: "x": ${IP}`,
      'spec.clusterIPs[0]: Invalid value: ["x"]: may not change once set',
    ])
    expect(spec.clusterIPs).toEqual([spec.clusterIP])
  })

  it("of a Job keeps the labels that are the server's", () => {
    const { metadata, spec } = create('jobs', { spec: { template: { spec: { containers, restartPolicy: 'Never' } } } })
    const { body } = lab.send('PUT', pathOf('jobs', 'default', metadata.name), { metadata, spec: { ...spec, template: { ...spec.template, metadata: {} } } }) // prettier-ignore
    const texts: string[] = body.details.causes.map(({ field, message }: any) => `${field}: ${message}`)
    expect(texts).toContain(`spec.template.metadata.labels[controller-uid]: Required value: must be '${metadata.uid}'`)
  })

  it('of a class says what is forbidden', () => {
    const disk = create('storageclasses', { provisioner: 'a.b' })
    expect(put('storageclasses', { ...disk, provisioner: 'c.d' }).details.causes).toEqual([
      { reason: 'FieldValueForbidden', message: 'Forbidden: updates to provisioner are forbidden.', field: 'provisioner' },
    ]) // prettier-ignore
    const high = create('priorityclasses', { value: 1 })
    expect(put('priorityclasses', { ...high, value: 2 }).details.causes).toEqual([
      { reason: 'FieldValueForbidden', message: 'Forbidden: may not be changed in an update.', field: 'value' },
    ])
  })

  it('counts what counts: of a Deployment its annotations too, of a PriorityClass nothing', () => {
    const { metadata, spec } = create('deployments', deployment)
    expect(put('deployments', { metadata: { ...metadata, annotations: { a: 'b' } }, spec }).metadata.generation).toBe(2)
    expect(put('priorityclasses', { ...create('priorityclasses', { value: 1 }), description: 'x' }).metadata.generation).toBe(1) // prettier-ignore
  })

  it('counts how often the template of a DaemonSet has changed', () => {
    const { metadata, spec } = create('daemonsets', { spec: { selector: { matchLabels: { a: 'b' } }, template } })
    const counted = 'deprecated.daemonset.template.generation'
    expect(metadata.annotations).toEqual({ [counted]: '1' })
    const next = put('daemonsets', { metadata: { ...metadata, annotations: {} }, spec: { ...spec, template: { ...template, spec: { containers, hostNetwork: true } } } }) // prettier-ignore
    expect(next.metadata.annotations).toEqual({ [counted]: '2' })
    expect(put('daemonsets', { ...next, spec: { ...next.spec, minReadySeconds: 5 } }).metadata.annotations).toEqual({ [counted]: '2' }) // prettier-ignore
  })

  it('and whatever makes an object keep what they know, and no more', () => {
    const account = create('serviceaccounts', { secrets: [{ name: 's', kind: 'Secret', namespace: 'x' }] })
    expect(account.secrets).toEqual([{ name: 's' }])
    expect(create('nodes', { spec: { podCIDRs: ['10.0.0.0/24'] } }).spec.podCIDR).toBe('10.0.0.0/24')
    expect(create('nodes', { spec: { podCIDR: '10.0.0.0/24' } }).spec.podCIDRs).toEqual(['10.0.0.0/24'])
    const limits = { cpu: '1' }
    const limited = { containers: [{ name: 'app', image: 'app:1', resources: { limits } }] }
    expect(create('pods', { spec: limited }).spec.containers[0].resources.requests).toEqual(limits)
    const made = create('deployments', { spec: { ...deployment.spec, template: { ...template, spec: limited } } })
    expect(made.spec.template.spec.containers[0].resources).toEqual({ limits })
  })
})

it('a finalizer is of a domain, but for kinds that do not mind', () => {
  const finalizers = ['word']
  const made = (resource: string, content: object) => lab.send('POST', pathOf(resource, 'default'), { metadata: { name: 'final', finalizers }, ...content }) // prettier-ignore
  expect(made('configmaps', {}).body.message).toContain('metadata.finalizers[0]: Invalid value: "word": name is neither a standard finalizer name nor is it fully qualified') // prettier-ignore
  expect(made('leases', {}).status).toBe(201)
})

it('limits that nobody has named are known by what the server knows them by', () => {
  const { status, body } = lab.send('POST', pathOf('limitranges', 'default'), { metadata: {}, spec: { limits: [] } })
  expect([status, body.metadata.name]).toEqual([201, body.metadata.uid])
  expect(lab.send('GET', pathOf('limitranges', 'default', body.metadata.uid)).status).toBe(200)
})

it('an attachment is of one volume', () => {
  const attachment = { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'p', inlineVolumeSpec: {} } }
  const { body } = lab.send('POST', pathOf('volumeattachments', 'default'), { metadata: { name: 'two' }, spec: attachment }) // prettier-ignore
  expect(body.message).toContain('spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName') // prettier-ignore
})
