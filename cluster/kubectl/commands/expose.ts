/** `kubectl expose` and `autoscale`: a Service, or an autoscaler, for something that is there. */
import { resourceNamed } from '#cluster/api/resources.ts'
import type { Deployment, KubernetesObject, Pod, Service } from '#cluster/api/types.ts'
import { getRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { parseTargets } from '../resource-arguments.ts'
import { make, MADE } from './made.ts'
import { namespaceFor, wholeNumber } from './outcome.ts'

export const exposeFlags: FlagSpec = {
  values: ['port', 'target-port', 'name', 'type', 'protocol', 'selector', 'cluster-ip', ...MADE],
}
export const autoscaleFlags: FlagSpec = { values: ['min', 'max', 'cpu-percent', 'cpu', 'name', ...MADE] }

const DEPRECATED =
  "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n"

const numberOr = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)

export function* expose({ args, flags }: Invocation): Steps {
  const [target] = yield* parseTargets(args)
  if (target?.name === undefined) throw new CommandError('error: resource(s) were provided, but no name was specified')
  const namespace = namespaceFor(target, flags)
  const { body } = yield* need(getRequest(target.resource, namespace, target.name))
  const { selector, ports, labels } = behind(target.resource.resource, body)
  const asked = valueOf(flags, 'port')
  const numbers = asked === undefined ? ports : asked.split(',').map((port) => wholeNumber(port, 'port'))
  if (numbers.length === 0)
    throw new CommandError("error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples") // prettier-ignore
  const own = valueOf(flags, 'selector')
  const name = valueOf(flags, 'name') ?? target.name
  const protocol = valueOf(flags, 'protocol') ?? 'TCP'
  const targetPort = valueOf(flags, 'target-port')
  const type = valueOf(flags, 'type')
  const clusterIP = valueOf(flags, 'cluster-ip')
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: {
      ports: numbers.map((port, i) => ({
        ...(numbers.length > 1 && { name: `port-${i + 1}` }),
        port,
        protocol,
        targetPort: targetPort === undefined ? port : numberOr(targetPort),
      })),
      selector: own ? Object.fromEntries(own.split(',').map((pair) => pair.split('=', 2))) : selector,
      ...(type && { type }),
      ...(clusterIP && { clusterIP }),
    },
  }
  return yield* make({ resource: resourceNamed('services'), object: service as KubernetesObject }, flags, 'exposed')
}

interface Behind {
  readonly selector: Readonly<Record<string, string>>
  readonly ports: readonly number[]
  readonly labels: Readonly<Record<string, string>> | undefined
}

/** What a Service of it would select, and the ports it names. */
function behind(resource: string, body: unknown): Behind {
  const portsOf = (spec: Pod['spec']): number[] => spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort)) // prettier-ignore
  switch (resource) {
    case 'pods': {
      const { metadata, spec } = body as Pod
      if (!metadata.labels) throw new CommandError('error: couldn\'t retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed') // prettier-ignore
      return { selector: metadata.labels, ports: portsOf(spec), labels: metadata.labels }
    }
    case 'services': {
      const { metadata, spec } = body as Service
      return {
        selector: spec.selector ?? {},
        ports: (spec.ports ?? []).map(({ port }) => port),
        labels: metadata.labels,
      }
    }
    case 'deployments':
    case 'replicasets': {
      const { metadata, spec } = body as Deployment
      return { selector: spec.selector.matchLabels ?? {}, ports: portsOf(spec.template.spec as Pod['spec']), labels: metadata.labels } // prettier-ignore
    }
    default:
      throw new CommandError(`error: cannot expose a ${resource}`)
  }
}

export function* autoscale({ args, flags }: Invocation): Steps {
  const [target] = yield* parseTargets(args)
  if (target?.name === undefined) throw new CommandError('error: resource(s) were provided, but no name was specified')
  const most = valueOf(flags, 'max')
  if (most === undefined) throw new CommandError('error: required flag(s) "max" not set')
  const { resource } = target
  const namespace = namespaceFor(target, flags)
  yield* need(getRequest(resource, namespace, target.name))
  const least = valueOf(flags, 'min')
  const cpu = (valueOf(flags, 'cpu') ?? valueOf(flags, 'cpu-percent'))?.replace('%', '')
  const utilization = { type: 'Utilization', averageUtilization: Number(cpu) }
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: valueOf(flags, 'name') ?? target.name, namespace },
    spec: {
      maxReplicas: wholeNumber(most, 'max'),
      ...(least && { minReplicas: wholeNumber(least, 'min') }),
      ...(cpu && { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: utilization } }] }),
      scaleTargetRef: { apiVersion: `${resource.group}/${resource.version}`, kind: resource.kind, name: target.name },
    },
  }
  const made = {
    resource: resourceNamed('horizontalpodautoscalers'),
    object: autoscaler as unknown as KubernetesObject,
  }
  const outcome = yield* make(made, flags, 'autoscaled')
  return valueOf(flags, 'cpu-percent') === undefined ? outcome : { ...outcome, errors: `${DEPRECATED}${outcome.errors ?? ''}` } // prettier-ignore
}
