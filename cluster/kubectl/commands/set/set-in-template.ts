/** `kubectl set image`, `resources` and `serviceaccount`: what a Pod runs, and as whom; in its template, where it has one. */
import type { Container, PodSpec } from '#cluster/api/types.ts'
import { CommandError } from '../../command-error.ts'
import type { Flags } from '../../flags.ts'
import { valueOf } from '../../flags.ts'
import type { SettingOf } from './setting.ts'

/** Where the Pods of an object are described. */
const placeOf = (kind: string): readonly string[] =>
  kind === 'Pod'
    ? ['spec']
    : kind === 'CronJob'
      ? ['spec', 'jobTemplate', 'spec', 'template', 'spec']
      : ['spec', 'template', 'spec']

export function podSpecOf(object: any): PodSpec {
  const spec = placeOf(object.kind).reduce((part, field) => part?.[field], object)
  if (!spec) throw new CommandError(`error: ${object.kind.toLowerCase()}s/${object.metadata.name} the object does not have a pod template`) // prettier-ignore
  return spec as PodSpec
}

/** A change of the Pods of an object, as one of the object. */
export const inTemplate = (object: any, change: object): object =>
  placeOf(object.kind).reduceRight<object>((part, field) => ({ [field]: part }), change)

/** `--containers`: a name, or with `*`. */
export const isNamedBy = (flags: Flags): ((container: Container) => boolean) => {
  const pattern = valueOf(flags, 'containers') ?? '*'
  const whole = new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
  return ({ name }) => whole.test(name)
}

export const isPair = (word: string): boolean => word.includes('=')

export const image: SettingOf = (_invocation, rest) => {
  const pairs = rest.filter(isPair).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
  if (pairs.length === 0) throw new CommandError('error: at least one image update is required')
  return {
    done: 'image updated',
    about: rest.filter((word) => !isPair(word)),
    change(object) {
      const { containers, initContainers = [] } = podSpecOf(object)
      const changed = (all: readonly Container[]) =>
        all.flatMap(({ name, image }) => {
          const wanted = pairs.findLast(([which]) => which === name || which === '*')?.[1]
          return wanted === undefined || wanted === image ? [] : [{ name, image: wanted }]
        })
      const known = [...containers, ...initContainers]
      const unknown = pairs.find(([which]) => which !== '*' && !known.some(({ name }) => name === which))
      if (unknown) throw new CommandError(`error: unable to find container named "${unknown[0]}"`)
      const change = { containers: changed(containers), initContainers: changed(initContainers) }
      const part = Object.fromEntries(Object.entries(change).filter(([, list]) => list.length > 0))
      return Object.keys(part).length === 0 ? undefined : inTemplate(object, part)
    },
  }
}

const amounts = (text: string | undefined): Record<string, string> | undefined =>
  text === undefined ? undefined : Object.fromEntries(text.split(',').map((pair) => pair.split('=', 2) as [string, string])) // prettier-ignore

export const resources: SettingOf = ({ flags }, rest) => {
  const [limits, requests] = [amounts(valueOf(flags, 'limits')), amounts(valueOf(flags, 'requests'))]
  if (!limits && !requests) {
    throw new CommandError('error: you must specify an update to requests or limits (in the form of --requests/--limits)') // prettier-ignore
  }
  const given = { resources: { ...(limits && { limits }), ...(requests && { requests }) } }
  return {
    done: 'resource requirements updated',
    about: rest,
    change(object) {
      const named = podSpecOf(object).containers.filter(isNamedBy(flags))
      if (named.length === 0) throw new CommandError(`error: unable to find container named ${valueOf(flags, 'containers')}`) // prettier-ignore
      return inTemplate(object, { containers: named.map(({ name }) => ({ name, ...given })) })
    },
  }
}

export const serviceAccount: SettingOf = (_invocation, rest) => {
  const [name, ...about] = rest.toReversed()
  if (name === undefined) throw new CommandError('error: serviceaccount is required')
  return {
    done: 'serviceaccount updated',
    about: about.toReversed(),
    change: (object) => inTemplate(object, { serviceAccountName: name, serviceAccount: name }),
  }
}
