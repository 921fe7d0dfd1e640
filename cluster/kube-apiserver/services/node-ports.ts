/**
 * Node ports of Services: the ports at which every node answers for one.
 *
 * What the real one does: a bitmap in etcd says which ports of the range are in use; the first part of the range is left for
 * ports that people choose, the rest is given out at random; a loop puts right what a crash between two writes has leaked.
 * What we model: the same range, bands and errors; one key for each port, written with the Service in one transaction, so that
 * two writers never get the same and none leaks.
 * What we leave out: ranges other than the default (`--service-node-port-range`).
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/service/{portallocator/allocator.go,storage/alloc.go}`.
 */
import type { Service, ServicePort } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { needsHealthCheckNodePort, needsNodePort } from '../registry/service-types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue } from '../status.ts'

const FIRST = 30_000
const SIZE = 2_768
/** How much of the range is left for ports that people choose: a 32nd, between 16 and 128. */
const STATIC_BAND = Math.min(Math.max(16, Math.floor(SIZE / 32)), 128)

/** Every node port that a Service holds, each once. */
export function nodePortsOf({ spec }: Service): readonly number[] {
  const { ports = [], healthCheckNodePort } = spec
  if (!healthCheckNodePort && !ports.some(({ nodePort }) => nodePort)) return NONE
  return [...new Set([...ports.map(({ nodePort }) => nodePort), healthCheckNodePort])].filter(
    (port) => !!port,
  ) as number[]
}
const NONE: readonly number[] = Object.freeze([])

/** What is known of a port that is asked for. */
export interface KnownPorts {
  /** Held by the Service already. */
  readonly own: ReadonlySet<number>
  /** Held by others as far as the cache knows, which may be behind: none of these is given out. */
  readonly used: ReadonlySet<number>
  /** Held by others for certain. */
  readonly taken: ReadonlySet<number>
}

export type Allocated = { readonly object: Service } | { readonly refused: FieldError | 'full' }

/** The Service with a port wherever it needs one and names none. */
export function allocateNodePorts(service: Service, known: KnownPorts, ctx: Context): Allocated {
  const { spec } = service
  if (!needsNodePort(spec)) return { object: service }
  const chosen = new Set<number>()
  const choose = (): number | undefined => {
    const port = choosePort((candidate) => known.own.has(candidate) || known.used.has(candidate) || known.taken.has(candidate) || chosen.has(candidate), ctx) // prettier-ignore
    if (port !== undefined) chosen.add(port)
    return port
  }
  const ports: ServicePort[] = []
  const gives = spec.type !== 'LoadBalancer' || spec.allocateLoadBalancerNodePorts !== false
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const wrong = port.nodePort && problemOf(port.nodePort, known, `spec.ports[${index}].nodePort`)
    if (wrong) return { refused: wrong }
    if (port.nodePort || !gives) {
      ports.push(port)
      continue
    }
    const nodePort = siblingsPort(port, ports, spec.ports!) ?? choose()
    if (nodePort === undefined) return { refused: 'full' }
    ports.push({ ...port, nodePort })
  }
  const checked = withHealthCheck({ ...spec, ports }, known, choose)
  return 'refused' in checked ? checked : { object: { ...service, spec: checked.spec } }
}

type Spec = Service['spec']

function withHealthCheck(
  spec: Spec,
  known: KnownPorts,
  choose: () => number | undefined,
): { readonly spec: Spec } | { readonly refused: FieldError | 'full' } {
  if (!needsHealthCheckNodePort(spec)) return { spec }
  if (spec.healthCheckNodePort) {
    const wrong = problemOf(spec.healthCheckNodePort, known, 'spec.healthCheckNodePort')
    return wrong ? { refused: wrong } : { spec }
  }
  const healthCheckNodePort = choose()
  return healthCheckNodePort === undefined ? { refused: 'full' } : { spec: { ...spec, healthCheckNodePort } }
}

/** The same port by another protocol has the same node port. */
const siblingsPort = (
  port: ServicePort,
  before: readonly ServicePort[],
  all: readonly ServicePort[],
): number | undefined =>
  // prettier-ignore
  [...before, ...all].find((other) => other.port === port.port && other.protocol !== port.protocol && other.nodePort)
    ?.nodePort

function problemOf(port: number, { own, taken }: KnownPorts, field: string): FieldError | undefined {
  if (own.has(port)) return undefined
  if (port < FIRST || port >= FIRST + SIZE) {
    const range = `${FIRST}-${FIRST + SIZE - 1}`
    return invalidValue(field, port, `provided port is not in the valid range. The range of valid ports is ${range}`)
  }
  return taken.has(port) ? invalidValue(field, port, 'provided port is already allocated') : undefined
}

function choosePort(isHeld: (port: number) => boolean, ctx: Context): number | undefined {
  const random = ctx.random('node-port')
  const upper = SIZE - STATIC_BAND
  return (
    firstFree(FIRST + STATIC_BAND, upper, random.int(upper), isHeld) ??
    firstFree(FIRST, STATIC_BAND, random.int(STATIC_BAND), isHeld)
  )
}

function firstFree(
  first: number,
  count: number,
  offset: number,
  isHeld: (port: number) => boolean,
): number | undefined {
  for (let i = 0; i < count; i++) {
    const port = first + ((offset + i) % count)
    if (!isHeld(port)) return port
  }
  return undefined
}
