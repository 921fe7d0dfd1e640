/**
 * The objects that `kubectl create WHAT NAME` makes up from a few flags.
 *
 * What we leave out: `--from-file`, `--from-env-file`, docker-registry and tls Secrets.
 * Where to read upstream: kubectl `pkg/cmd/create/create_*.go`.
 */
import { base64 } from '#cluster/api/base64.ts'
import { resourceNamed, resourceTyped } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Invocation } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags } from '../flags.ts'
import { namespaceOf, valueOf } from '../flags.ts'
import type { Made } from './made.ts'
import { wholeNumber } from './outcome.ts'

/** Flags that take a value, of all of them together. */
export const GENERATOR_FLAGS = [
  'image', 'replicas', 'port', 'from-literal', 'schedule', 'restart', 'from', 'rule', 'class', 'annotation', 'default-backend',
  'hard', 'scopes', 'selector', 'min-available', 'max-unavailable', 'value', 'description', 'preemption-policy', 'verb', 'resource',
  'resource-name', 'non-resource-url', 'role', 'clusterrole', 'user', 'group', 'serviceaccount', 'tcp', 'node-port', 'external-name',
  'clusterip', 'type', 'duration', 'audience', 'bound-object-kind', 'bound-object-name', 'bound-object-uid', 'global-default',
] as const // prettier-ignore

type Spec = Omit<KubernetesObject, 'metadata'> & Record<string, unknown>
type Generate = (name: string, flags: Flags, invocation: Invocation) => Spec

const commas = (flags: Flags, name: string): string[] => (valueOf(flags, name) ?? '').split(',').filter((word) => word !== '') // prettier-ignore

function needed(flags: Flags, name: string): string {
  const value = valueOf(flags, name)
  if (!value) throw new CommandError(`error: required flag(s) "${name}" not set`)
  return value
}

function literals(flags: Flags): Record<string, string> {
  return Object.fromEntries(
    commas(flags, 'from-literal').map((pair) => {
      const equals = pair.indexOf('=')
      if (equals < 1) throw new CommandError(`error: invalid literal source ${pair}, expected key=value`)
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )
}

const shortName = (image: string): string => image.split('/').at(-1)!.split('@')[0]!.split(':')[0]!

const container = (name: string, image: string, { rest }: Invocation) => ({ name, image, ...(rest.length > 0 && { command: rest }) }) // prettier-ignore

const RBAC = 'rbac.authorization.k8s.io'

function deployment(name: string, flags: Flags, invocation: Invocation): Spec {
  const image = needed(flags, 'image')
  const port = valueOf(flags, 'port')
  const labels = { app: name }
  const main = { ...container(shortName(image), image, invocation), ...(port && { ports: [{ containerPort: Number(port) }] }) } // prettier-ignore
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      replicas: wholeNumber(valueOf(flags, 'replicas') ?? '1', 'replicas'),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [main] } },
    },
  }
}

const jobSpec = (name: string, flags: Flags, invocation: Invocation, restartPolicy: string) => ({
  template: { spec: { containers: [container(name, needed(flags, 'image'), invocation)], restartPolicy } },
})

function rules(flags: Flags): readonly object[] {
  const verbs = commas(flags, 'verb')
  if (verbs.length === 0) throw new CommandError('error: at least one verb must be specified')
  const paths = commas(flags, 'non-resource-url')
  if (paths.length > 0) return [{ nonResourceURLs: paths, verbs }]
  const resources = commas(flags, 'resource')
  if (resources.length === 0) throw new CommandError('error: at least one resource must be specified')
  const resourceNames = commas(flags, 'resource-name')
  const byGroup = new Map<string, string[]>()
  for (const word of resources) {
    const [type = '', subresource] = word.split('/')
    const found = resourceTyped(type)
    if (!found) throw new CommandError(`error: the server doesn't have a resource type "${type}"`)
    const plural = subresource ? `${found.resource}/${subresource}` : found.resource
    byGroup.set(found.group, [...(byGroup.get(found.group) ?? []), plural])
  }
  return [...byGroup].map(([group, all]) => ({ apiGroups: [group], resources: all, ...(resourceNames.length > 0 && { resourceNames }), verbs })) // prettier-ignore
}

function binding(flags: Flags): Pick<Spec, 'roleRef' | 'subjects'> {
  const [role, clusterRole] = [valueOf(flags, 'role'), valueOf(flags, 'clusterrole')]
  if ((role === undefined) === (clusterRole === undefined))
    throw new CommandError('error: exactly one of clusterrole or role must be specified')
  const who = (kind: string, flag: string) => commas(flags, flag).map((name) => ({ apiGroup: RBAC, kind, name }))
  const accounts = commas(flags, 'serviceaccount').map((word) => {
    const [namespace, name] = word.split(':')
    if (!namespace || !name) throw new CommandError(`error: serviceaccount must be <namespace>:<name>`)
    return { kind: 'ServiceAccount', name, namespace }
  })
  return {
    roleRef: { apiGroup: RBAC, kind: role ? 'Role' : 'ClusterRole', name: role ?? clusterRole },
    subjects: [...who('User', 'user'), ...who('Group', 'group'), ...accounts],
  }
}

/** `host/path=service:port[,tls[=secret]]`; a `*` at the path's end makes it a prefix. */
function ingressRule(rule: string): {
  readonly host: string
  readonly rule: object
  readonly secret: string | undefined
} {
  const match = /^([^/=]*)(\/[^=]*)?=([^:=,]+):([^,]+)(?:,tls(?:=([^,]+))?)?$/.exec(rule)
  if (!match) throw new CommandError(`error: rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`) // prettier-ignore
  const [, host = '', path = '/', name, port, secret] = match
  const number = /^\d+$/.test(port!) ? { number: Number(port) } : { name: port }
  const isPrefix = path.endsWith('*')
  const one = {
    backend: { service: { name, port: number } },
    path: isPrefix ? path.slice(0, -1) : path,
    pathType: isPrefix ? 'Prefix' : 'Exact',
  }
  return { host, rule: { ...(host && { host }), http: { paths: [one] } }, secret }
}

function service(name: string, flags: Flags, type: string): Spec {
  const ports = commas(flags, 'tcp').map((pair) => {
    const [port = '', target = port] = pair.split(':')
    const targetPort = /^\d+$/.test(target) ? Number(target) : target
    return { name: pair.replace(':', '-'), port: wholeNumber(port, 'tcp'), protocol: 'TCP', targetPort }
  })
  if (type !== 'ExternalName' && ports.length === 0 && valueOf(flags, 'clusterip') !== 'None')
    throw new CommandError('error: at least one tcp port specifier must be provided')
  const headless = valueOf(flags, 'clusterip')
  const external = type === 'ExternalName' ? { externalName: needed(flags, 'external-name') } : {}
  const spec = { ...(ports.length > 0 && { ports }), selector: { app: name }, type, ...(headless && { clusterIP: headless }), ...external } // prettier-ignore
  return { apiVersion: 'v1', kind: 'Service', metadata: { labels: { app: name } }, spec } as never
}

const GENERATORS: Readonly<Record<string, Generate>> = {
  namespace: () => ({ apiVersion: 'v1', kind: 'Namespace' }),
  deployment,
  configmap: (_, flags) => ({ apiVersion: 'v1', kind: 'ConfigMap', data: literals(flags) }),
  serviceaccount: () => ({ apiVersion: 'v1', kind: 'ServiceAccount' }),
  job: (name, flags, invocation) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: jobSpec(name, flags, invocation, 'Never'),
  }),
  cronjob: (name, flags, invocation) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    spec: {
      schedule: needed(flags, 'schedule'),
      jobTemplate: {
        metadata: { name },
        spec: jobSpec(name, flags, invocation, valueOf(flags, 'restart') ?? 'OnFailure'),
      },
    },
  }),
  role: (_, flags) => ({ apiVersion: `${RBAC}/v1`, kind: 'Role', rules: rules(flags) }),
  clusterrole: (_, flags) => ({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', rules: rules(flags) }),
  rolebinding: (_, flags) => ({ apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', ...binding(flags) }),
  clusterrolebinding: (_, flags) => ({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', ...binding(flags) }),
  quota: (_, flags) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    spec: { hard: Object.fromEntries(commas(flags, 'hard').map((pair) => pair.split('=', 2))) },
  }),
  poddisruptionbudget: (_, flags) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    spec: { ...budget(flags), selector: { matchLabels: Object.fromEntries(needed(flags, 'selector').split(',').map((pair) => pair.split('=', 2))) } }, // prettier-ignore
  }),
  priorityclass: (_, flags) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    value: Number(valueOf(flags, 'value') ?? 0),
    globalDefault: flags['global-default'] === 'true',
    ...(valueOf(flags, 'description') && { description: valueOf(flags, 'description') }),
  }),
  ingress: (_, flags) => {
    const { host, rule, secret } = ingressRule(needed(flags, 'rule'))
    const tls = secret ? { tls: [{ hosts: [host], secretName: secret }] } : {}
    const className = valueOf(flags, 'class')
    return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', spec: { ...(className && { ingressClassName: className }), rules: [rule], ...tls } } // prettier-ignore
  },
}

function budget(flags: Flags): object {
  const [least, most] = [valueOf(flags, 'min-available'), valueOf(flags, 'max-unavailable')]
  if ((least === undefined) === (most === undefined))
    throw new CommandError('error: one of min-available or max-unavailable must be specified')
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : text)
  return least === undefined ? { maxUnavailable: number(most!) } : { minAvailable: number(least) }
}

const SHORT: Readonly<Record<string, string>> = { ns: 'namespace', deploy: 'deployment', cm: 'configmap', sa: 'serviceaccount', cj: 'cronjob', resourcequota: 'quota', pdb: 'poddisruptionbudget', pc: 'priorityclass', ing: 'ingress', svc: 'service' } // prettier-ignore
const SERVICES: Readonly<Record<string, string>> = { clusterip: 'ClusterIP', nodeport: 'NodePort', loadbalancer: 'LoadBalancer', externalname: 'ExternalName' } // prettier-ignore

/** Throws a CommandError in kubectl's words. */
export function generated(invocation: Invocation): Made {
  const { args, flags } = invocation
  const [word, ...words] = args
  if (word === undefined) throw new CommandError('error: must specify one of -f and -k')
  const what = SHORT[word] ?? word
  const isOfKind = what === 'secret' || what === 'service'
  const [sort = '', names] = isOfKind ? [words[0], words.slice(1)] : ['', words]
  const [name, ...more] = names
  if (!isOfKind && !Object.hasOwn(GENERATORS, what))
    throw new CommandError(`error: unknown command "${args.join(' ')}"\nSee 'kubectl create -h' for help and examples`)
  if (name === undefined || more.length > 0)
    throw new CommandError(`error: exactly one NAME is required, got ${names.length}\nSee 'kubectl create ${isOfKind ? `${word} ${sort}` : word} -h' for help and examples`) // prettier-ignore
  const spec = what === 'secret' ? secret(sort, flags) : what === 'service' ? service(name, flags, serviceType(sort)) : GENERATORS[what]!(name, flags, invocation) // prettier-ignore
  const { apiVersion, kind, metadata, ...rest } = spec as Spec & { metadata?: object }
  const resource = resourceNamed(RESOURCE_OF[kind] ?? `${kind.toLowerCase()}s`)
  const isDeployment = kind === 'Deployment'
  const object = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(resource.namespaced && { namespace: namespaceOf(flags) }),
      ...(isDeployment && { labels: { app: name } }),
      ...metadata,
    },
    ...rest,
  }
  return { resource, object: object as KubernetesObject }
}

const RESOURCE_OF: Readonly<Record<string, string>> = { Ingress: 'ingresses', PriorityClass: 'priorityclasses' }

function serviceType(sort: string): string {
  if (Object.hasOwn(SERVICES, sort)) return SERVICES[sort]!
  throw new CommandError(`error: unknown command "service ${sort}"\nSee 'kubectl create -h' for help and examples`)
}

function secret(sort: string, flags: Flags): Spec {
  if (sort !== 'generic')
    throw new CommandError(`error: unknown command "secret ${sort}": only generic is simulated here`)
  const data = Object.fromEntries(Object.entries(literals(flags)).map(([key, value]) => [key, base64(value)]))
  const type = valueOf(flags, 'type')
  return { apiVersion: 'v1', kind: 'Secret', data, ...(type && { type }) }
}
