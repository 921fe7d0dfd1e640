import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Node, Pod } from '#cluster/api/types.ts'
import { examine } from '#cluster/kernel/exam.ts'
import { deployment, Plane } from './control-plane.test-world.ts'

const plane = (options = {}): Plane => new Plane(options).seconds(5)
const live = (it: Plane): Pod[] => it.pods().filter(({ metadata }) => !metadata.deletionTimestamp)
const isRunning = (pod: Pod): boolean => pod.status?.phase === 'Running'
const node = (it: Plane, name: string): Node => it.get<Node>('nodes', name)!
const readiness = (it: Plane, name: string) => node(it, name).status?.conditions?.find(({ type }) => type === 'Ready')
const taints = (it: Plane, name: string): string[] =>
  (node(it, name).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort()
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}
const slices = (it: Plane): EndpointSlice[] =>
  it
    .cached<EndpointSlice>('endpointslices')
    .filter(
      ({ metadata }) => metadata.namespace === 'default' && metadata.labels?.['kubernetes.io/service-name'] === 'web',
    )
const readyAddresses = (it: Plane): number =>
  slices(it)
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ conditions }) => conditions?.ready).length

describe('a node that loses its power', () => {
  it('is Unknown after 50 s, and its Pods are replaced 300 s later while their own end is never told', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.create(service)
    it.until(() => live(it).filter(isRunning).length === 3)
    it.seconds(3)
    expect(readyAddresses(it)).toBe(3)
    it.world.command(it.world.now, { type: 'powerOff', machine: 'node-1' })
    const silence = it.until(() => readiness(it, 'node-1')?.status === 'Unknown', 120)
    expect(silence).toBeGreaterThan(40)
    expect(silence).toBeLessThan(56)
    expect(readiness(it, 'node-1')).toMatchObject({
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    it.seconds(2)
    expect(taints(it, 'node-1')).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ])
    expect(readyAddresses(it)).toBe(2)
    expect(live(it)).toHaveLength(3)
    const patience = it.until(() => live(it).length === 2, 400)
    expect(patience).toBeGreaterThan(297)
    expect(patience).toBeLessThan(301)
    it.until(() => live(it).filter(isRunning).length === 3)
    expect(live(it).some(({ spec }) => spec.nodeName === 'node-1')).toBe(false)
    it.seconds(600)
    expect(it.pods()).toHaveLength(4)
    expect(it.kubectl('kubectl get pods')).toContain('Terminating')
  })

  it('keeps its Pods when it comes back in time', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.until(() => live(it).filter(isRunning).length === 3)
    const names = live(it).map(({ metadata }) => metadata.name)
    it.world.command(it.world.now, { type: 'partition', groups: [['node-1'], ['cp-1', 'laptop', 'node-2', 'node-3']] })
    it.until(() => taints(it, 'node-1').length === 2, 120)
    it.seconds(100)
    it.world.command(it.world.now, { type: 'heal' })
    it.until(() => readiness(it, 'node-1')?.status === 'True', 120)
    it.seconds(400)
    expect(taints(it, 'node-1')).toEqual([])
    expect(live(it).map(({ metadata }) => metadata.name)).toEqual(names)
    expect(it.list('events').map(({ message }) => message)).toContainEqual(
      expect.stringContaining('Cancelling deletion of Pod default/web-'),
    )
  })

  it('is not emptied when every node is silent: the fault is more likely elsewhere', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.until(() => live(it).filter(isRunning).length === 3)
    it.world.command(it.world.now, {
      type: 'partition',
      groups: [
        ['node-1', 'node-2', 'node-3'],
        ['cp-1', 'laptop'],
      ],
    })
    it.seconds(600)
    for (const name of ['node-1', 'node-2', 'node-3']) {
      expect([name, readiness(it, name)?.status]).toEqual([name, 'Unknown'])
    }
    // The first to be found silent may have been tainted before the others were.
    const emptied = ['node-1', 'node-2', 'node-3'].filter((name) =>
      taints(it, name).some((taint) => taint.endsWith('NoExecute')),
    )
    expect(emptied.length).toBeLessThanOrEqual(1)
  })

  it('goes at most one in ten seconds when several are silent', () => {
    const it = plane({ nodes: 6 })
    it.world.command(it.world.now, { type: 'powerOff', machine: 'node-1' })
    it.world.command(it.world.now, { type: 'powerOff', machine: 'node-2' })
    const tainted = (): number =>
      ['node-1', 'node-2'].filter((name) => taints(it, name).some((taint) => taint.endsWith('NoExecute'))).length
    it.until(() => tainted() === 1, 120)
    const gap = it.until(() => tainted() === 2, 60)
    expect(gap).toBeGreaterThan(4)
    expect(gap).toBeLessThan(16)
  })
})

describe('Pods and taints', () => {
  it('leave at once when they do not tolerate a NoExecute taint, after their seconds when they do so for a time, and never when for ever', () => {
    const it = plane({ nodes: 1 })
    const pod = (name: string, tolerations: object[]): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'c' }], tolerations },
    })
    it.create(pod('never', []))
    it.create(pod('while', [{ key: 'drain', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 }]))
    it.create(pod('ever', [{ key: 'drain', operator: 'Exists' }]))
    it.until(() => live(it).filter(isRunning).length === 3)
    it.kubectl('kubectl taint node node-1 drain=now:NoExecute')
    const names = (): string =>
      live(it)
        .map(({ metadata }) => metadata.name)
        .sort()
        .join(' ')
    expect(it.until(() => names() === 'ever while')).toBeLessThan(1)
    const condition = it.get<Pod>('pods', 'never')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(condition).toMatchObject({ status: 'True', reason: 'DeletionByTaintManager' })
    expect(it.until(() => names() === 'ever', 30)).toBeGreaterThan(18)
    it.seconds(600)
    expect(names()).toBe('ever')
  })
})

describe('the endpointslice controller', () => {
  it('holds at most 100 endpoints in a slice and no address twice', () => {
    const it = plane({ nodes: [{ pods: '500' }, { pods: '500' }, { pods: '500' }] })
    it.create(service)
    it.create(deployment('web', 230))
    it.until(() => readyAddresses(it) === 230, 120)
    const sizes = slices(it).map(({ endpoints }) => endpoints.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100)
    const uids = slices(it).flatMap(({ endpoints }) => endpoints.map(({ targetRef }) => targetRef!.uid))
    expect(new Set(uids).size).toBe(230)
  })

  it('follows Pods as they get ready, go and come', () => {
    const it = plane()
    it.create(service)
    it.create(deployment('web', 3))
    it.until(() => readyAddresses(it) === 3)
    expect(slices(it)).toHaveLength(1)
    expect(slices(it)[0]).toMatchObject({
      addressType: 'IPv4',
      ports: [{ port: 80, protocol: 'TCP' }],
      metadata: { ownerReferences: [{ kind: 'Service', name: 'web' }] },
    })
    it.kubectl('kubectl scale deployment web --replicas=1')
    it.until(() => readyAddresses(it) === 1)
    it.kubectl('kubectl delete deployment web')
    it.until(() => slices(it).flatMap(({ endpoints }) => endpoints).length === 0)
  })

  it('marks a Pod that is going as terminating, not ready, but serving', () => {
    const it = plane({ nodes: 1 })
    it.create(service)
    it.create(deployment('web', 1))
    it.until(() => readyAddresses(it) === 1)
    it.kubectl('kubectl delete pod --all --wait=false')
    it.until(() => slices(it)[0]?.endpoints.some(({ conditions }) => conditions?.terminating === true) ?? false, 5)
    const going = slices(it)[0]!.endpoints.find(({ conditions }) => conditions?.terminating)
    expect(going?.conditions).toEqual({ ready: false, serving: true, terminating: true })
  })

  it('writes nothing for a Service without a selector', () => {
    const it = plane()
    it.create({ ...service, spec: { ports: [{ port: 80 }] } })
    it.create(deployment('web', 2))
    it.seconds(10)
    expect(slices(it)).toEqual([])
  })
})

describe('the other controllers', () => {
  it('node-ipam gives every node its own block, and a new node the next one in turn', () => {
    const it = plane({ nodes: 4 })
    const blocks = (): (string | undefined)[] => it.cached<Node>('nodes').map(({ spec }) => spec.podCIDR)
    expect(blocks().sort()).toEqual(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24', '10.244.3.0/24'])
    it.world.command(it.world.now, { type: 'powerOff', machine: 'node-1' })
    it.kubectl('kubectl delete node node-1')
    it.addNode('node-9')
    it.seconds(5)
    expect(node(it, 'node-9').spec.podCIDR).toBe('10.244.4.0/24')
    it.world.command(it.world.now, { type: 'crash', process: 'cp-1/kube-controller-manager' })
    it.addNode('node-10')
    it.seconds(10)
    expect(new Set(blocks()).size).toBe(5)
  })

  it('the garbage collector takes away what its owner leaves behind, and nothing else', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.create(deployment('other', 2))
    it.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'c' }] },
    })
    it.until(() => live(it).filter(isRunning).length === 6)
    it.kubectl('kubectl delete deployment web')
    it.until(() => it.pods().length === 3, 20)
    it.seconds(60)
    expect(it.cached('replicasets').map(({ metadata }) => metadata.name.split('-')[0])).toEqual(['other'])
    expect(it.pods()).toHaveLength(3)
  })

  it('the garbage collector is not deceived by an owner of the same name and another UID', () => {
    const it = plane()
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'not-this-one', controller: true }
    it.create(deployment('web', 0))
    it.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'untouched', namespace: 'default' } })
    it.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orphan', namespace: 'default', ownerReferences: [owner] },
      spec: { containers: [{ name: 'c', image: 'c' }] },
    })
    it.until(() => it.get('pods', 'orphan') === undefined, 20)
    expect(it.get('deployments', 'web')).toBeDefined()
  })

  it('the garbage collector lets an owner go last, when it is asked to delete in the foreground', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.until(() => live(it).filter(isRunning).length === 3)
    it.kubectl('kubectl delete deployment web --cascade=foreground --wait=false')
    it.until(() => it.get('deployments', 'web') === undefined, 60)
    expect([it.pods(), it.cached('replicasets')]).toEqual([[], []])
  })

  it('the garbage collector lets dependents forget an owner that orphans them', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.until(() => live(it).filter(isRunning).length === 3)
    it.kubectl('kubectl delete deployment web --cascade=orphan --wait=false')
    it.until(() => it.get('deployments', 'web') === undefined, 20)
    it.seconds(30)
    expect(it.cached('replicasets').map(({ metadata }) => metadata.ownerReferences ?? [])).toEqual([[]])
    expect(live(it)).toHaveLength(3)
  })

  it('a Service has its Pods’ addresses in one object as well, ready or not, and takes it along', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.create(service)
    it.until(() => readyAddresses(it) === 3)
    it.seconds(2)
    const subsets = () => (it.get('endpoints', 'web') as any)?.subsets ?? []
    expect(subsets()).toMatchObject([{ addresses: [{}, {}, {}], ports: [{ port: 80, protocol: 'TCP' }] }])
    expect(it.kubectl('kubectl get endpoints web')).toMatch(/:80,.*:80,.*:80/)
    it.kubectl('kubectl scale deployment web --replicas=1')
    it.until(() => subsets()[0]?.addresses.length === 1, 60)
    it.kubectl('kubectl delete service web')
    it.until(() => it.get('endpoints', 'web') === undefined, 20)
  })

  it('a namespace takes all that is in it along, and goes last', () => {
    const it = plane()
    it.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } })
    const web = deployment('web', 3) as { metadata: object }
    it.create({ ...web, metadata: { ...web.metadata, namespace: 'demo' } })
    it.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } })
    it.until(() => it.cached<Pod>('pods').filter(isRunning).length === 3)
    it.kubectl('kubectl delete namespace demo --wait=false')
    it.seconds(1)
    expect(it.kubectl('kubectl get ns demo')).toContain('Terminating')
    it.until(() => it.kubectl('kubectl get ns demo').includes('NotFound'), 60)
    expect(['pods', 'replicasets', 'deployments'].map((resource) => it.cached(resource))).toEqual([[], [], []])
    expect(it.kubectl('kubectl get cm kept')).toContain('kept')
  })

  it('pod-gc ends Pods of a node that no longer exists, after its quarantine', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.until(() => live(it).filter(isRunning).length === 3)
    it.world.command(it.world.now, { type: 'powerOff', machine: 'node-1' })
    it.kubectl('kubectl delete node node-1')
    const wait = it.until(() => it.pods().every(({ spec }) => spec.nodeName !== 'node-1'), 120)
    expect(wait).toBeGreaterThan(35)
    it.until(() => live(it).filter(isRunning).length === 3)
  })

  it('pod-gc ends terminating Pods of a node declared out of service', () => {
    const it = plane()
    it.create(deployment('web', 3))
    it.until(() => live(it).filter(isRunning).length === 3)
    it.world.command(it.world.now, { type: 'powerOff', machine: 'node-1' })
    it.until(() => readiness(it, 'node-1')?.status === 'Unknown', 120)
    it.kubectl('kubectl taint node node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute')
    expect(it.until(() => it.pods().every(({ spec }) => spec.nodeName !== 'node-1'), 60)).toBeLessThan(25)
  })
})

describe('the control plane as a whole', () => {
  it('passes the exam: same seed, same trace; forks go on alike; nobody alters an event', () => {
    const build = (
      seed: number,
      wrap: Parameters<typeof examine>[0]['build'] extends (seed: number, wrap: infer W) => unknown ? W : never,
    ) => {
      const { world } = new Plane({ seed, nodes: 3, wrap })
      const say = (at: number, line: string, stdin?: string) =>
        world.command(at * 1e6, {
          type: 'tell',
          process: 'laptop/kubectl',
          body: { type: 'kubectl', id: at, line, ...(stdin && { stdin }) } as never,
        })
      say(3, 'kubectl apply -f -', JSON.stringify(deployment('web', 4, { cpu: '100m' })))
      say(8, 'kubectl set image deployment/web web=web:2')
      say(9, 'kubectl delete pod --all --wait=false')
      world.command(12e6, { type: 'crash', process: 'cp-1/kube-scheduler' })
      world.command(13e6, { type: 'crash', process: 'cp-1/kube-controller-manager' })
      world.command(14e6, { type: 'powerOff', machine: 'node-2' })
      return world
    }
    examine({ build, untilMicros: 90e6, forks: 6 })
  })

  it.each([1, 2, 3])('comes to rest as wished after random churn (seed %i)', (seed) => {
    const it = plane({ seed, nodes: 4 })
    let state = seed * 7919
    const dice = (below: number): number => (state = (state * 1103515245 + 12345) % 2147483648) % below
    const names = ['a', 'b', 'c']
    for (const name of names) it.create(deployment(name, 3, { cpu: '50m' }))
    for (let i = 0; i < 25; i++) {
      const name = names[dice(3)]!
      const machine = `node-${dice(4) + 1}`
      const actions = [
        () => it.kubectl(`kubectl scale deployment/${name} --replicas=${dice(8)}`),
        () => it.kubectl(`kubectl set image deployment/${name} web=web:${dice(4)}`),
        () => it.kubectl('kubectl delete pod --all --wait=false'),
        () =>
          it.world.command(it.world.now, {
            type: 'crash',
            process: `cp-1/${['kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd'][dice(4)]!}`,
          }),
        () => it.world.command(it.world.now, { type: 'powerOff', machine }),
        () => it.world.command(it.world.now, { type: 'powerOn', machine }),
      ]
      actions[dice(actions.length)]!()
      it.seconds(dice(5))
    }
    for (let i = 1; i <= 4; i++) it.world.command(it.world.now, { type: 'powerOn', machine: `node-${i}` })
    it.seconds(200)
    for (const name of names) {
      const wished = it.get<any>('deployments', name)
      const pods = live(it).filter(({ metadata }) => metadata.labels?.['app'] === name)
      expect([name, pods.filter(isRunning).length, pods.length]).toEqual([
        name,
        wished.spec.replicas,
        wished.spec.replicas,
      ])
      expect(new Set(pods.map(({ spec }) => spec.containers[0]!.image)).size).toBeLessThanOrEqual(1)
      expect(wished.status.availableReplicas ?? 0).toBe(wished.spec.replicas)
    }
    expect(it.pods()).toHaveLength(live(it).length)
  })
})
