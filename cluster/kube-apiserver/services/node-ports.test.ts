import { describe, expect, it } from 'vitest'
import { Lab, requestOf, service, SERVICES } from '../lab.ts'

const SECOND = 1_000_000
const create = (lab: Lab, name: string, spec: object = {}) => lab.send('POST', SERVICES, service(name, spec))
const portsOf = ({ body }: { body: any }): number[] => body.spec.ports.map((port: any) => port.nodePort)
const refusal = ({ status, body }: { status: number; body: any }) => [status, body.message, body.details?.causes?.[0]]

describe('node ports of Services', () => {
  it('are given from the upper band of the range, and the same in every run', () => {
    const given = [1, 2].map(() => portsOf(create(new Lab(), 'web', { type: 'NodePort' })))
    expect(given[0]).toEqual(given[1])
    expect(given[0]![0]).toBeGreaterThanOrEqual(30_086)
    expect(given[0]![0]).toBeLessThanOrEqual(32_767)
  })

  it('are never given twice, even to writers at once', () => {
    const lab = new Lab()
    const names = Array.from({ length: 60 }, (_, i) => lab.start(requestOf('POST', SERVICES, service(`s${i}`, { type: 'NodePort' })))) // prettier-ignore
    lab.run(10 * SECOND)
    const ports = names.flatMap((name) => portsOf(lab.replyTo(name)!))
    expect(new Set(ports).size).toBe(60)
  })

  it('can be chosen while they are free, by one of those who want the same at once', () => {
    const lab = new Lab()
    const asked = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }
    const names = ['a', 'b', 'c'].map((name) => lab.start(requestOf('POST', SERVICES, service(name, asked))))
    lab.run(5 * SECOND)
    const replies = names.map((name) => lab.replyTo(name)!)
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 422, 422])
    const message = 'Invalid value: 30080: provided port is already allocated'
    expect(refusal(create(lab, 'd', asked))).toEqual([
      422,
      `Service "d" is invalid: spec.ports[0].nodePort: ${message}`,
      { reason: 'FieldValueInvalid', message, field: 'spec.ports[0].nodePort' },
    ])
    expect(lab.send('POST', SERVICES, service('e', asked), { dryRun: 'All' }).status).toBe(422)
  })

  it('outside the range are refused', () => {
    const asked = { type: 'NodePort', ports: [{ port: 80, nodePort: 8_080 }] }
    expect(create(new Lab(), 'a', asked).body.message).toBe(
      'Service "a" is invalid: spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767',
    )
  })

  it.each([
    [{ ports: [{ port: 80, nodePort: 30_080 }] }, "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"], // prettier-ignore
    [{ type: 'NodePort', clusterIP: 'None' }, 'spec.clusterIPs[0]: Invalid value: ["None"]: may not be set to \'None\' for NodePort services'], // prettier-ignore
    [{ externalTrafficPolicy: 'Local' }, 'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'], // prettier-ignore
    [{ type: 'NodePort', externalTrafficPolicy: 'Near' }, 'spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"'], // prettier-ignore
    [{ type: 'NodePort', healthCheckNodePort: 30_001 }, "spec.healthCheckNodePort: Invalid value: 30001: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"], // prettier-ignore
    [{ type: 'NodePort', allocateLoadBalancerNodePorts: true }, "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'"], // prettier-ignore
    [{ type: 'NodePort', ports: [{ name: 'a', port: 80, nodePort: 30_080 }, { name: 'b', port: 81, nodePort: 30_080 }] }, 'spec.ports[1].nodePort: Duplicate value: 30080'], // prettier-ignore
    [{ type: 'LoadBalancer', ports: [{ port: 10_250 }] }, 'spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet'], // prettier-ignore
    [{ type: 'ExternalName', ports: [] }, 'spec.externalName: Required value'],
  ])('of %j are a mistake', (spec, message) => {
    expect(create(new Lab(), 'a', spec).body.message).toBe(`Service "a" is invalid: ${message}`)
  })

  it('are one for the same port by two protocols', () => {
    const ports = [{ name: 'tcp', port: 53 }, { name: 'udp', port: 53, protocol: 'UDP' }] // prettier-ignore
    const [tcp, udp] = portsOf(create(new Lab(), 'dns', { type: 'NodePort', ports }))
    expect(tcp).toBe(udp)
  })

  it('stay over updates that do not name them, go with the type, and are free again', () => {
    const lab = new Lab()
    const asked = { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }
    create(lab, 'a', asked)
    const put = lab.send('PUT', `${SERVICES}/a`, service('a', { type: 'NodePort', ports: [{ port: 8_080 }] }))
    expect(portsOf(put)).toEqual([30_080])
    const plain = lab.patch(`${SERVICES}/a`, { spec: { type: 'ClusterIP' } })
    expect([portsOf(plain), plain.body.spec.externalTrafficPolicy]).toEqual([[undefined], undefined])
    expect(create(lab, 'b', asked).status).toBe(201)
    expect(lab.patch(`${SERVICES}/a`, { spec: asked }).body.message).toContain('provided port is already allocated')
    lab.send('DELETE', `${SERVICES}/b`)
    expect(portsOf(lab.patch(`${SERVICES}/a`, { spec: asked }))).toEqual([30_080])
  })

  it('of a load balancer are as many as it wants, and one more to ask for its health', () => {
    const lab = new Lab()
    const { spec } = create(lab, 'a', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }).body
    expect(spec).toMatchObject({ allocateLoadBalancerNodePorts: true, externalTrafficPolicy: 'Local' })
    expect(spec.healthCheckNodePort).toBeGreaterThanOrEqual(30_000)
    expect(spec.healthCheckNodePort).not.toBe(spec.ports[0].nodePort)
    const kept = lab.patch(`${SERVICES}/a`, { spec: { ports: [{ port: 80, targetPort: 8_080 }] } }).body.spec
    expect([kept.healthCheckNodePort, kept.ports[0].nodePort]).toEqual([spec.healthCheckNodePort, spec.ports[0].nodePort]) // prettier-ignore
    const other = { spec: { healthCheckNodePort: 30_001 } }
    expect(lab.patch(`${SERVICES}/a`, other).body.message).toContain('spec.healthCheckNodePort: Forbidden: field is immutable') // prettier-ignore
    expect(lab.patch(`${SERVICES}/a`, { spec: { externalTrafficPolicy: 'Cluster' } }).body.spec.healthCheckNodePort).toBeUndefined() // prettier-ignore
    expect(portsOf(create(lab, 'b', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }))).toEqual([undefined]) // prettier-ignore
  })
})
