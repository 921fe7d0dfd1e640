/** `kubectl set selector` and `subject`: whom a Service is for, and whom a binding means. */
import { CommandError } from '../../command-error.ts'
import { valueOf } from '../../flags.ts'
import type { SettingOf } from './setting.ts'
import { isPair } from './set-in-template.ts'

export const selector: SettingOf = (_invocation, rest) => {
  const pairs = rest.filter(isPair).flatMap((word) => word.split(','))
  if (pairs.length === 0) throw new CommandError('error: one or more resources must be specified as <resource> <name> or <resource>/<name>') // prettier-ignore
  const wanted = Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]))
  return {
    done: 'selector updated',
    about: rest.filter((word) => !isPair(word)),
    type: 'merge',
    change(object, { resource }) {
      if (resource.resource !== 'services') throw new CommandError('error: setting a selector is only supported for Services') // prettier-ignore
      const gone = Object.keys(object.spec.selector ?? {}).map((key) => [key, null])
      return { spec: { selector: { ...Object.fromEntries(gone), ...wanted } } }
    },
  }
}

const GROUP = 'rbac.authorization.k8s.io'

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly apiGroup?: string
}

export const subject: SettingOf = ({ flags }, rest) => {
  const named = (flag: string): string[] => (valueOf(flags, flag) ?? '').split(',').filter(Boolean)
  const wanted: Subject[] = [
    ...named('user').map((name) => ({ apiGroup: GROUP, kind: 'User', name })),
    ...named('group').map((name) => ({ apiGroup: GROUP, kind: 'Group', name })),
    ...named('serviceaccount').map((word) => {
      const [namespace = '', name] = word.split(':')
      if (!name) throw new CommandError('error: serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
  if (wanted.length === 0) throw new CommandError('error: you must specify at least one value of user, group or serviceaccount') // prettier-ignore
  const isSame = (a: Subject, b: Subject): boolean =>
    a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '')
  return {
    done: 'subjects updated',
    about: rest,
    type: 'merge',
    change(object, { resource }) {
      if (!/^(?:cluster)?rolebindings$/.test(resource.resource)) throw new CommandError('error: setting subjects is only supported for RoleBinding/ClusterRoleBinding') // prettier-ignore
      const before: readonly Subject[] = object.subjects ?? []
      const more = wanted.filter((one) => !before.some((known) => isSame(known, one)))
      return more.length === 0 ? undefined : { subjects: [...before, ...more] }
    },
  }
}
