/**
 * Defaults of a Pod's spec.
 *
 * Every function gives back the very object it got where nothing is missing, so a Pod made from a template that has been
 * through here before costs no copies.
 * Where to read upstream: kubernetes/kubernetes `pkg/apis/core/v1/defaults.go`.
 */
import type {
  Container,
  EphemeralContainer,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
} from '#cluster/api/types.ts'
import { containerWithoutDisabledFields, withoutDisabledFields } from './disabled-fields.ts'

export function defaultTemplate(template: PodTemplateSpec): PodTemplateSpec {
  if (template?.spec === undefined) return template
  const spec = defaultPodSpec(template.spec, false)
  return spec === template.spec ? template : { ...template, spec }
}

/** @param isOfPod a template asks for no more than it says: what its Pods are limited to they ask for when they are made */
export function defaultPodSpec(given: PodSpec, isOfPod = true): PodSpec {
  if (given === undefined) return given
  const spec = withoutDisabledFields(given)
  const containers = mapSame(spec.containers, (container) => defaultContainer(container, spec, isOfPod))
  const initContainers =
    spec.initContainers && mapSame(spec.initContainers, (container) => defaultContainer(container, spec, isOfPod))
  const complete =
    containers === spec.containers &&
    initContainers === spec.initContainers &&
    Boolean(spec.restartPolicy && spec.dnsPolicy && spec.schedulerName) &&
    spec.terminationGracePeriodSeconds !== undefined
  if (complete) return spec
  return {
    ...spec,
    containers,
    ...(initContainers && { initContainers }),
    restartPolicy: spec.restartPolicy || 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
    schedulerName: spec.schedulerName || 'default-scheduler',
  }
}

function defaultContainer(given: Container, spec: PodSpec, isOfPod: boolean): Container {
  const container = containerWithoutDisabledFields(given)
  const ports = container.ports && mapSame(container.ports, (port) => defaultPort(port, spec))
  const resources = isOfPod ? defaultResources(container.resources) : (container.resources ?? {})
  const livenessProbe = defaultProbe(container.livenessProbe)
  const readinessProbe = defaultProbe(container.readinessProbe)
  const startupProbe = defaultProbe(container.startupProbe)
  const complete =
    ports === container.ports &&
    resources === container.resources &&
    livenessProbe === container.livenessProbe &&
    readinessProbe === container.readinessProbe &&
    startupProbe === container.startupProbe &&
    Boolean(container.imagePullPolicy)
  if (complete) return container
  return {
    ...container,
    imagePullPolicy: container.imagePullPolicy || pullPolicyFor(container.image),
    resources,
    ...(ports && { ports }),
    ...(livenessProbe && { livenessProbe }),
    ...(readinessProbe && { readinessProbe }),
    ...(startupProbe && { startupProbe }),
  }
}

/** One that is added to a Pod that is there already. */
export const defaultEphemeral = (helper: EphemeralContainer): EphemeralContainer =>
  helper.imagePullPolicy === undefined ? { ...helper, imagePullPolicy: pullPolicyFor(helper.image) } : helper

/** `host:port/path/name:tag`, in small letters but for the tag; 64 hexadecimal digits are no name, but an identity. */
const REFERENCE =
  /^(?:[\w.-]+(?::\d+)?\/)?(?:[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*\/)*[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?::\w[\w.-]{0,127})?$/
const IDENTITY = /^[a-f0-9]{64}$/
const REFERENCE_MAX = 255

/** An image without a tag, or with `latest`, may have changed since. What is no name of an image has no tag either. */
export function pullPolicyFor(image: string | undefined): 'Always' | 'IfNotPresent' {
  const name = image ?? ''
  if (!REFERENCE.test(name) || IDENTITY.test(name) || name.length > REFERENCE_MAX) return 'IfNotPresent'
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':')[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function defaultPort(
  port: NonNullable<Container['ports']>[number],
  spec: PodSpec,
): NonNullable<Container['ports']>[number] {
  const hostPort = spec.hostNetwork && port.hostPort === undefined ? port.containerPort : port.hostPort
  if (port.protocol && hostPort === port.hostPort) return port
  return { ...port, protocol: port.protocol || 'TCP', ...(hostPort !== undefined && { hostPort }) }
}

/** A limit without a request is a request of the same amount. */
function defaultResources(resources: ResourceRequirements | undefined): ResourceRequirements {
  if (resources === undefined) return {}
  const { limits, requests } = resources
  if (limits === undefined || Object.keys(limits).every((name) => requests?.[name] !== undefined)) return resources
  return { ...resources, requests: { ...limits, ...requests } }
}

function defaultProbe(probe: Probe | undefined): Probe | undefined {
  if (probe === undefined) return undefined
  const { timeoutSeconds, periodSeconds, successThreshold, failureThreshold, httpGet } = probe
  const complete = timeoutSeconds && periodSeconds && successThreshold && failureThreshold && (!httpGet || httpGet.path)
  if (complete) return probe
  return {
    ...probe,
    ...(httpGet && { httpGet: { ...httpGet, path: httpGet.path || '/' } }),
    timeoutSeconds: timeoutSeconds || 1,
    periodSeconds: periodSeconds || 10,
    successThreshold: successThreshold || 1,
    failureThreshold: failureThreshold || 3,
  }
}

/** Like `map`, but the same list where no item changed. */
export function mapSame<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  if (list === undefined) return list
  let changed = false
  const next = list.map((item) => {
    const after = change(item)
    if (after !== item) changed = true
    return after
  })
  return changed ? next : list
}
