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
const ONLY = 'node updates may only change labels, taints, or capacity'
const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

describe('an update', () => {
  it.each<[string, string, object, object, readonly string[]]>([
    ['nodes', 'of a range that is given', node, { podCIDRs: ['10.0.1.0/24'] }, ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid']], // prettier-ignore
    ['nodes', 'of who provides it', node, { providerID: 'c://d' }, ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid']], // prettier-ignore
    ['nodes', 'of anything else', node, { externalID: 'x' }, [`: Forbidden: ${ONLY}`]],
    ['nodes', 'of whether it takes Pods', node, { unschedulable: true }, []],
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
