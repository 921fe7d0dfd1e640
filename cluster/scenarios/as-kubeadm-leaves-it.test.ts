/** A whole control plane, as somebody finds it that kubeadm has set up: its nodes, its DNS, and what its parts say of themselves. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { HttpResponse } from '#cluster/api/http.ts'
import type { EndpointSlice } from '#cluster/api/types.ts'
import { API_SERVER, bootCluster } from '#cluster/cluster.ts'
import type { Body, Component } from '#cluster/kernel/component.ts'
import { probe, type ProbeState } from '#cluster/kernel/probe.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectOf, objectsOf, parseCondition } from './look.ts'

let world: World
beforeAll(() => {
  world = bootCluster({ seed: 1, nodes: 1, chain: 'full', components: { probe: probe as Component } })
  world.addProcess({ machine: 'laptop', name: 'probe', component: 'probe', options: {} })
  const holds = parseCondition(['pods-ready', 'k8s-app=kube-dns', '2'])
  world.run({ untilMicros: 60e6, until: (now) => holds(now) })
  world.run({ untilMicros: world.now + 5e6 })
})

let count = 0
function ask(path: string): HttpResponse & { readonly body: any } {
  const name = `ask-${++count}`
  const user = { name: 'admin', groups: ['system:masters'] }
  const body = { type: 'ask', name, to: API_SERVER, body: { type: 'request', method: 'GET', path, user } } as Body
  world.command(world.now, { type: 'tell', process: 'laptop/probe', body })
  const reply = () => world.stateOf<ProbeState>('laptop/probe').heard.find((entry) => entry.name === name && entry.how !== 'data') // prettier-ignore
  world.run({ untilMicros: world.now + 30e6, until: () => reply() !== undefined })
  return reply()!.body as HttpResponse & { readonly body: any }
}

describe('a node', () => {
  it('bears the labels and annotations that a kubelet, kubeadm and the ttl controller give', () => {
    const { metadata, status } = objectOf(world, 'nodes', 'cp-1') as any
    expect(metadata.labels).toMatchObject({
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
    })
    expect(metadata.annotations).toEqual({
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    })
    expect(status.daemonEndpoints).toEqual({ kubeletEndpoint: { Port: 10250 } })
  })

  const proxy = '/api/v1/nodes/node-1/proxy'
  it.each([
    ['/healthz', /^ok$/],
    ['/healthz/syncloop', /^ok$/],
    ['/metrics', /^kubelet_running_pods \d+$/m],
    ['/metrics', /^kubelet_node_name{node="node-1"} 1$/m],
    ['/metrics/resource', /^node_cpu_usage_seconds_total [\d.]+ \d+$/m],
    ['/metrics/resource', /^resource_scrape_error 0$/m],
  ])('shows %s', (path, says) => {
    expect(ask(proxy + path)).toMatchObject({ status: 200, body: expect.stringMatching(says) })
  })

  it('says how it is set up, what runs on it, and that nothing else is there', () => {
    expect(ask(`${proxy}/configz`).body.kubeletconfig).toMatchObject({
      kind: 'KubeletConfiguration',
      clusterDNS: ['10.96.0.10'],
      maxPods: 110,
    })
    const { items } = ask('/api/v1/nodes/cp-1/proxy/runningpods/').body
    expect(items.map(({ spec }: any) => spec.containers[0].name)).toContain('coredns')
    expect(ask(`${proxy}/nosuch`)).toMatchObject({ status: 404 })
  })
})

describe('DNS', () => {
  it('is the Service, the Deployment and the Corefile that kubeadm writes', () => {
    const [slice] = objectsOf<EndpointSlice>(world, 'endpointslices').filter(({ metadata }) => metadata.name.startsWith('kube-dns-')) // prettier-ignore
    expect(slice!.ports!.map(({ name, port, protocol }) => `${name} ${port}/${protocol}`)).toEqual(
      expect.arrayContaining(['dns 53/UDP', 'dns-tcp 53/TCP', 'metrics 9153/TCP']),
    )
    const deployment = objectOf(world, 'deployments', 'kube-system/coredns') as any
    expect(deployment.spec.template.spec).toMatchObject({ priorityClassName: 'system-cluster-critical', serviceAccountName: 'coredns' }) // prettier-ignore
    expect((objectOf(world, 'configmaps', 'kube-system/coredns') as any).data.Corefile).toContain('prometheus :9153')
  })

  it('counts what it has answered', () => {
    const { status, body } = ask('/api/v1/namespaces/kube-system/services/kube-dns:metrics/proxy/metrics')
    expect([status, body]).toEqual([200, expect.stringContaining('coredns_build_info{')])
  })
})

describe('the parts of the control plane', () => {
  const shown = (): string[] =>
    ask('/api/v1/componentstatuses').body.items.map(({ metadata, conditions: [{ status, message }] }: any) =>
      [metadata.name, status, message].join(' '),
    )

  it('are asked how they are', () => {
    expect(shown()).toEqual(['controller-manager True ok', 'scheduler True ok', 'etcd-0 True ok'])
    expect(ask('/api/v1/componentstatuses/scheduler').body).toMatchObject({ metadata: { name: 'scheduler' } })
    expect(ask('/api/v1/componentstatuses/nosuch')).toMatchObject({ status: 500 })
  })

  it('one that is down answers nobody', () => {
    world.command(world.now, { type: 'crash', process: 'cp-1/kube-scheduler' } as never)
    world.run({ untilMicros: world.now + 1_000 })
    expect(shown()[1]).toBe(
      'scheduler False Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused',
    )
  })
})
