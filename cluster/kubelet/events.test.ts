/** What the kubelet tells people, as kubectl shows it: reasons and words of the real one. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { KubernetesEvent, Pod } from '#cluster/api/types.ts'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import { objectsOf } from '#cluster/scenarios/look.ts'

const pod = (name: string, container: string, more = ''): string => `apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec: { nodeName: node-1, containers: [{ name: c, ${container} }]${more} }
`
const MANIFEST = [
  pod('well', 'image: nginx'),
  pod('nowhere', "image: 'nosuch:1'"),
  pod('crash', "image: busybox, command: [sh, -c, 'exit 1']"),
  pod('sick', 'image: nginx, livenessProbe: { httpGet: { path: /, port: 81 }, periodSeconds: 2 }'),
  pod('late', 'image: nginx, readinessProbe: { tcpSocket: { port: 9 }, initialDelaySeconds: 5 }'),
  pod('bare', 'image: nginx, volumeMounts: [{ name: x, mountPath: /x }]', ', volumes: [{ name: x, configMap: { name: gone } }]'),
  'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: slow }\nspec: { storageClassName: "", accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n',
  pod('claims', 'image: nginx, volumeMounts: [{ name: y, mountPath: /y }, { name: x, mountPath: /x }]', ', volumes: [{ name: y, persistentVolumeClaim: { claimName: slow } }, { name: x, persistentVolumeClaim: { claimName: gone } }, { name: unused, persistentVolumeClaim: { claimName: gone } }]'),
  pod('big', 'image: nginx, resources: { requests: { cpu: 100 } }'),
].join('---\n') // prettier-ignore

function boot(events?: 'few' | 'all'): World {
  const world = bootCluster({ seed: 1, nodes: 1, chain: 'full', dns: false, ...(events && { events }) })
  world.run({ untilMicros: 12e6 })
  tell(world, ['apply', '-f', '-'], MANIFEST)
  world.run({ untilMicros: world.now + 60e6 })
  tell(world, ['delete', 'pod', 'well'])
  world.run({ untilMicros: world.now + 5e6 })
  return world
}

function tell(world: World, args: readonly string[], stdin?: string): void {
  const body = { type: 'kubectl', id: 0, args, ...(stdin !== undefined && { stdin }) } as const
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
}

const told = (world: World, name: string): string[] =>
  objectsOf<KubernetesEvent>(world, 'events')
    .filter(({ involvedObject, source }) => involvedObject.name === name && source?.component === 'kubelet')
    .map(({ type, reason, message, involvedObject }) => `${type} ${reason} ${involvedObject.fieldPath ?? '-'} ${message}`)
    .map((line) => line.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID').replaceAll(/10\.244\.\d+\.\d+/g, 'IP').replaceAll(/\d+ms/g, 'TIME')) // prettier-ignore

let world: World
beforeAll(() => void (world = boot()))

describe('what a kubelet tells', () => {
  const C = 'spec.containers{c}'
  const PRESENT = `Normal Pulled ${C} Container image "nginx" already present on machine and can be accessed by the pod`
  const STARTED = [`Normal Created ${C} Container created`, `Normal Started ${C} Container started`]
  it.each<[name: string, lines: readonly string[]]>([
    [
      'well',
      [
        `Normal Pulling ${C} Pulling image "nginx"`,
        `Normal Pulled ${C} Successfully pulled image "nginx" in TIME (TIME including waiting). Image size: 70000000 bytes.`,
        ...STARTED,
        `Normal Killing ${C} Stopping container c`,
      ],
    ],
    [
      'nowhere',
      [
        `Normal Pulling ${C} Pulling image "nosuch:1"`,
        `Warning Failed ${C} Failed to pull image "nosuch:1": failed to pull and unpack image "docker.io/library/nosuch:1": failed to resolve reference "docker.io/library/nosuch:1": docker.io/library/nosuch:1: not found`,
        `Warning Failed ${C} Error: ErrImagePull`,
        `Normal BackOff ${C} Back-off pulling image "nosuch:1"`,
        `Warning Failed ${C} Error: ImagePullBackOff`,
      ],
    ],
    ['crash', [`Warning BackOff ${C} Back-off restarting failed container c in pod crash_default(UID)`]],
    [
      'sick',
      [
        `Warning Unhealthy ${C} Liveness probe failed: Get "http://IP:81/": dial tcp IP:81: connect: connection refused`,
        `Normal Killing ${C} Container c failed liveness probe, will be restarted`,
        PRESENT,
      ],
    ],
    ['late', [`Warning Unhealthy ${C} Readiness probe failed: dial tcp IP:9: connect: connection refused`]],
    ['bare', ['Warning FailedMount - MountVolume.SetUp failed for volume "x" : configmap "gone" not found']],
    [
      'claims',
      [
        'Warning FailedMount - Unable to attach or mount volumes: unmounted volumes=[x y], unattached volumes=[], failed to process volumes=[x y]: error processing PVC default/slow: PVC is not bound; error processing PVC default/gone: failed to fetch PVC from API server: persistentvolumeclaims "gone" not found',
      ],
    ],
    ['big', ["Warning OutOfcpu - Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000"]],
    [
      'node-1',
      [
        'Normal Starting - Starting kubelet.',
        'Normal NodeAllocatableEnforced - Updated Node Allocatable limit across pods',
        'Normal NodeHasSufficientMemory - Node node-1 status is now: NodeHasSufficientMemory',
        'Normal NodeHasNoDiskPressure - Node node-1 status is now: NodeHasNoDiskPressure',
        'Normal NodeHasSufficientPID - Node node-1 status is now: NodeHasSufficientPID',
        'Normal NodeReady - Node node-1 status is now: NodeReady',
      ],
    ],
  ])('of %s', (name, lines) => {
    expect(told(world, name)).toEqual(expect.arrayContaining([...lines]))
    const isWhole =
      name === 'well' ||
      name === 'nowhere' ||
      name === 'bare' ||
      name === 'claims' ||
      name === 'big' ||
      name === 'node-1'
    if (isWhole) expect(told(world, name)).toHaveLength(lines.length)
  })

  it('of a Pod whose claims have been bound: it starts', () => {
    const bound = world.fork()
    const phase = () => objectsOf<Pod>(bound, 'pods').find(({ metadata }) => metadata.name === 'claims')!.status?.phase
    expect(phase()).toBe('Pending')
    const claim = (name: string) => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec: { storageClassName: "", accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: for-${name} }
spec: { accessModes: [ReadWriteOnce], capacity: { storage: 1Gi }, hostPath: { path: /mnt/${name} }, claimRef: { namespace: default, name: ${name} } }
`
    tell(bound, ['apply', '-f', '-'], `${claim('slow')}---\n${claim('gone')}`)
    bound.run({ untilMicros: bound.now + 20e6 })
    expect(phase()).toBe('Running')
  })

  it('is counted, not repeated', () => {
    const counts = objectsOf<KubernetesEvent>(world, 'events').flatMap(({ involvedObject, reason, count = 0 }) =>
      involvedObject.name === 'crash' && reason === 'BackOff' ? [count] : [],
    )
    expect(counts).toEqual([expect.toSatisfy((count: number) => count >= 3 && count <= 12)])
  })

  it('is nothing where only a few Events are wanted', () => {
    const few = boot('few')
    expect(told(few, 'well')).toEqual([])
    expect(objectsOf<KubernetesEvent>(few, 'events').some(({ source }) => source?.component === 'kubelet')).toBe(false)
  })
})
