/** `kubectl set env`: what containers find in their environment; given, taken from a ConfigMap or a Secret, taken away, or listed. */
import { getRequest } from '#cluster/client/api-client.ts'
import { need } from '../../command.ts'
import { CommandError } from '../../command-error.ts'
import { isSet, namespaceOf, valueOf } from '../../flags.ts'
import { resourceFor } from '../../discovery.ts'
import type { AskedSetting } from './setting.ts'
import { inTemplate, isNamedBy, podSpecOf } from './set-in-template.ts'

export const ENV_VALUES = ['containers', 'env', 'from', 'prefix', 'keys'] as const

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: any
}

const isChange = (word: string): boolean => /^[A-Za-z_][\w.-]*(?:=|-$)/.test(word) && !word.includes('/')

export const env: AskedSetting = function* (invocation, rest) {
  const { flags } = invocation
  const words = [...rest.filter(isChange), ...(valueOf(flags, 'env') ?? '').split(',').filter(Boolean)]
  const about = rest.filter((word) => !isChange(word))
  const taken = yield* takenFrom(valueOf(flags, 'from'), invocation.flags)
  const given: Variable[] = words.filter((word) => word.includes('=')).map((word) => ({ name: word.slice(0, word.indexOf('=')), value: word.slice(word.indexOf('=') + 1) })) // prettier-ignore
  const removed = words.filter((word) => !word.includes('=')).map((word) => word.slice(0, -1))
  const variables = [...taken.variables, ...given]
  if (isSet(flags, 'list')) return { done: '', about, change: () => undefined, list: listed }
  if (variables.length === 0 && removed.length === 0) throw new CommandError('error: at least one environment variable must be provided') // prettier-ignore
  return {
    done: 'env updated',
    about,
    warnings: taken.warnings,
    change(object) {
      const named = podSpecOf(object).containers.filter(isNamedBy(flags))
      const containers = named.map(({ name, env: before = [] }) => {
        const gone = removed.filter((one) => before.some(({ name }) => name === one))
        const kept = before.filter((one) => !gone.includes(one.name))
        const added = variables.filter((one) => !kept.some(({ name }) => name === one.name))
        return {
          name,
          // Else the server puts what is new before what is there.
          '$setElementOrder/env': [...kept, ...added].map((one) => ({ name: one.name })),
          env: [
            // What is given takes the place of where it was taken from, and the other way round.
            ...variables.map(({ name, value, valueFrom }) => ({ name, value: value ?? null, valueFrom: valueFrom ?? null })), // prettier-ignore
            ...gone.map((one) => ({ name: one, $patch: 'delete' })),
          ],
        }
      })
      return inTemplate(object, { containers })
    },
  }
}

const SOURCES: Readonly<Record<string, { readonly key: string }>> = {
  configmaps: { key: 'configMapKeyRef' },
  secrets: { key: 'secretKeyRef' },
}

/** `--from=configmap/name`: each of its keys, by a name that an environment may have. */
function* takenFrom(
  from: string | undefined,
  flags: Parameters<typeof namespaceOf>[0],
): Generator<any, { readonly variables: readonly Variable[]; readonly warnings: string }, any> {
  if (from === undefined) return { variables: [], warnings: '' }
  const [type = '', name = ''] = from.split('/')
  const resource = yield* resourceFor(type)
  const source = SOURCES[resource.resource]
  if (!source) throw new CommandError(`error: unsupported resource specified in --from`)
  const { body } = yield* need(getRequest(resource, namespaceOf(flags), name))
  const asked = valueOf(flags, 'keys')?.split(',')
  const keys = Object.keys(body.data ?? {}).sort().filter((key) => asked?.includes(key) ?? true) // prettier-ignore
  const bare = (key: string): string => key.replaceAll(/[^A-Za-z0-9_]/g, '_').toUpperCase()
  const nameOf = (key: string): string => `${valueOf(flags, 'prefix') ?? ''}${bare(key)}`
  return {
    variables: keys.map((key) => ({ name: nameOf(key), valueFrom: { [source.key]: { name, key } } })),
    warnings: keys.filter((key) => bare(key) !== key).map((key) => `Warning: key ${key} transferred to ${bare(key)}\n`).join(''), // prettier-ignore
  }
}

function listed(object: any): string {
  const { kind, metadata } = object
  return podSpecOf(object)
    .containers.map(({ name, env: variables = [] }) => {
      const lines = (variables as readonly Variable[]).map((variable) => `${lineOf(variable)}\n`)
      return `# ${kind} ${metadata.name}, container ${name}\n${lines.join('')}`
    })
    .join('')
}

function lineOf({ name, value = '', valueFrom }: Variable): string {
  if (!valueFrom) return `${name}=${value}`
  const { configMapKeyRef: map, secretKeyRef: secret, fieldRef: field, resourceFieldRef: resource } = valueFrom
  if (map) return `# ${name} from configmap ${map.name}, key ${map.key}`
  if (secret) return `# ${name} from secret ${secret.name}, key ${secret.key}`
  return field ? `# ${name} from field path ${field.fieldPath}` : `# ${name} from resource field ${resource?.resource}`
}
