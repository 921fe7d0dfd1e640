/**
 * The environment of a container: values, fields of its Pod, and what ConfigMaps and Secrets hold.
 *
 * What the real one does: makes the list anew each time a container is made; what is missing keeps it from being made
 * (CreateContainerConfigError), and is looked for again.
 * What we model: the same, with `$(NAME)` for what stands before it, in arguments too.
 * What we leave out: the variables that tell of Services (`enableServiceLinks`), `fileKeyRef`.
 * Where to read upstream: kubernetes/kubernetes `pkg/kubelet/kubelet_pods.go` (makeEnvironmentVariables), `third_party/forked/golang/expansion`.
 */
import { milli } from '#cluster/api/quantity.ts'
import type { Container, EnvFromSource, EnvVar, EphemeralContainer, Pod } from '#cluster/api/types.ts'
import { fieldOf } from './pod-fields.ts'

export interface Variable {
  readonly key: string
  readonly value: string
}

/** What the requests for volumes and environments have brought, by `<resource>/<name>`. */
export type Bodies = Readonly<Record<string, unknown>>

type Holder = Container | EphemeralContainer

const holdersOf = ({ spec }: Pod): readonly Holder[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...(spec.ephemeralContainers ?? []),
]

export interface EnvironmentSource {
  readonly type: 'configmaps' | 'secrets'
  readonly name: string
}

/** The ConfigMaps and Secrets that the environments of its containers take from. */
export function environmentSources(pod: Pod): readonly EnvironmentSource[] {
  let found: EnvironmentSource[] | undefined
  const add = (type: EnvironmentSource['type'], ref: { readonly name?: string } | undefined) => {
    if (ref?.name) (found ??= []).push({ type, name: ref.name })
  }
  for (const { env = NO_ENV, envFrom = NO_ENV_FROM } of holdersOf(pod)) {
    for (const { configMapRef, secretRef } of envFrom) {
      add('configmaps', configMapRef)
      add('secrets', secretRef)
    }
    for (const { valueFrom } of env) {
      add('configmaps', valueFrom?.configMapKeyRef)
      add('secrets', valueFrom?.secretKeyRef)
    }
  }
  return found ?? NO_SOURCES
}
const NO_SOURCES: readonly EnvironmentSource[] = Object.freeze([])
const NO_ENV: readonly EnvVar[] = Object.freeze([])
const NO_ENV_FROM: readonly EnvFromSource[] = Object.freeze([])

/** In order, each name once. A text instead: why it cannot be made. */
export function environmentOf(
  pod: Pod,
  { env = NO_ENV, envFrom = NO_ENV_FROM, ...holder }: Holder,
  bodies: Bodies,
): readonly Variable[] | string {
  // prettier-ignore
  const values = new Map<string, string>()
  for (const { prefix = '', configMapRef, secretRef } of envFrom) {
    const [type, ref] = configMapRef ? (['configmaps', configMapRef] as const) : (['secrets', secretRef] as const)
    if (!ref) continue
    const data = dataOf(bodies, type, ref.name)
    if (!data && !ref.optional) return `${SINGULAR[type]} ${JSON.stringify(ref.name)} not found`
    for (const key of Object.keys(data ?? {}).sort()) values.set(prefix + key, data![key]!)
  }
  for (const variable of env) {
    const value = valueOf(pod, holder, variable, bodies)
    if (typeof value === 'object') return value.problem
    if (value !== undefined) values.set(variable.name, variable.valueFrom ? value : expand(value, values))
  }
  return [...values].map(([key, value]) => ({ key, value }))
}

const SINGULAR = { configmaps: 'configmap', secrets: 'secret' } as const
const KINDS = { configmaps: 'ConfigMap', secrets: 'Secret' } as const

/** The texts of a ConfigMap or a Secret; undefined: it is not there. */
function dataOf(
  bodies: Bodies,
  type: EnvironmentSource['type'],
  name: string,
): Readonly<Record<string, string>> | undefined {
  // prettier-ignore
  const body = bodies[`${type}/${name}`] as { readonly data?: Readonly<Record<string, string>> } | undefined
  if (!body || type === 'configmaps') return body && (body.data ?? {})
  return Object.fromEntries(Object.entries(body.data ?? {}).map(([key, text]) => [key, atob(text)]))
}

/** Undefined: the variable is left out. */
function valueOf(
  pod: Pod,
  holder: Partial<Holder>,
  { value = '', valueFrom }: EnvVar,
  bodies: Bodies,
): string | undefined | { readonly problem: string } {
  if (!valueFrom) return value
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath)
  if (resourceFieldRef) return resourceOf(pod, holder, resourceFieldRef)
  const [type, ref] = configMapKeyRef
    ? (['configmaps', configMapKeyRef] as const)
    : (['secrets', secretKeyRef] as const)
  if (!ref) return ''
  const data = dataOf(bodies, type, ref.name)
  if (data && Object.hasOwn(data, ref.key)) return data[ref.key]!
  if (ref.optional) return undefined
  if (!data) return { problem: `${SINGULAR[type]} ${JSON.stringify(ref.name)} not found` }
  return { problem: `couldn't find key ${ref.key} in ${KINDS[type]} ${pod.metadata.namespace}/${ref.name}` }
}

/** `limits.cpu`, by the divisor and rounded up. */
function resourceOf(
  pod: Pod,
  holder: Partial<Holder>,
  ref: { readonly containerName?: string; readonly resource: string; readonly divisor?: string },
): string {
  // prettier-ignore
  const of = ref.containerName ? holdersOf(pod).find(({ name }) => name === ref.containerName) : holder
  const [list = '', name = ''] = ref.resource.split('.')
  const { resources } = (of ?? {}) as Partial<Container>
  const amount = resources?.[list as 'limits' | 'requests']?.[name]
  const divisor = milli(ref.divisor && ref.divisor !== '0' ? ref.divisor : '1')
  return amount === undefined ? '0' : String(Math.ceil(milli(amount) / divisor))
}

/** `$(NAME)` becomes what the name stands for, if it is known; `$$` a dollar. */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    return values.get(name) ?? whole
  })
}
