/**
 * `kubectl config`: looks at the kubeconfig, and goes from one context to another. It asks no server.
 *
 * What we leave out: `set`, `unset`, `set-cluster`, `set-credentials` and `delete-…` of what there is but one of; `view --raw`, `--flatten`.
 * Where to read upstream: kubectl `pkg/cmd/config`.
 */
import { formatYaml } from '#cluster/api/yaml.ts'
import type { Invocation, Outcome, Steps } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { ADMIN, CLUSTER, FILE, type Kubeconfig, type KubeContext } from '../kubeconfig.ts'
import { fillTemplate } from '../print/json-path.ts'
import { alignTabs, GET_TABS } from '../print/tab-writer.ts'

export const configFlags: FlagSpec = {
  values: ['output', 'user', 'cluster'],
  switches: ['minify', 'current', 'no-headers'],
}

interface Told {
  readonly config: Kubeconfig
  readonly args: readonly string[]
  readonly flags: Flags
}

const SUBCOMMANDS: Readonly<Record<string, (told: Told) => Outcome>> = {
  'current-context': ({ config }) => ({ output: `${currentOf(config)}\n` }),
  'delete-context': deleteContext,
  'get-clusters': () => ({ output: `NAME\n${CLUSTER.name}\n` }),
  'get-contexts': getContexts,
  'get-users': () => ({ output: `NAME\n${ADMIN}\n` }),
  'rename-context': renameContext,
  'set-context': setContext,
  'use-context': useContext,
  view,
}

// oxlint-disable-next-line require-yield
export function* config({ args, flags, kubeconfig }: Invocation): Steps {
  const [name, ...rest] = args
  if (name === undefined || !Object.hasOwn(SUBCOMMANDS, name)) {
    const known = Object.keys(SUBCOMMANDS).join(', ')
    throw new CommandError(
      `error: ${name === undefined ? 'say what of it' : `"${name}" is not simulated here`}; there are ${known}`,
    )
  }
  return SUBCOMMANDS[name]!({ config: kubeconfig!, args: rest, flags })
}

function currentOf({ current }: Kubeconfig): string {
  if (current === undefined) throw new CommandError('error: current-context is not set')
  return current
}

const known = ({ contexts }: Kubeconfig, name: string): KubeContext | undefined =>
  Object.hasOwn(contexts, name) ? contexts[name] : undefined

function useContext({ config, args }: Told): Outcome {
  const [name = '', ...more] = args
  if (args.length === 0 || more.length > 0) throw new CommandError('error: accepts 1 arg(s), received ' + args.length)
  if (!known(config, name)) throw new CommandError(`error: no context exists with the name: "${name}"`)
  return { output: `Switched to context "${name}".\n`, kubeconfig: { ...config, current: name } }
}

function setContext({ config, args, flags }: Told): Outcome {
  const isCurrent = isSet(flags, 'current')
  if (isCurrent === args.length > 0 || args.length > 1)
    throw new CommandError('error: you must specify a non-empty context name or --current')
  const name = isCurrent ? config.current : args[0]
  if (name === undefined) throw new CommandError('error: no current context is set')
  const before = known(config, name)
  if (isCurrent && !before) throw new CommandError(`error: no context exists with the name: "${name}"`)
  const namespace = valueOf(flags, 'namespace') ?? before?.namespace
  const context: KubeContext = {
    cluster: valueOf(flags, 'cluster') ?? before?.cluster ?? '',
    user: valueOf(flags, 'user') ?? before?.user ?? '',
    ...(namespace && { namespace }),
  }
  return {
    output: `Context "${name}" ${before ? 'modified' : 'created'}.\n`,
    kubeconfig: { ...config, contexts: { ...config.contexts, [name]: context } },
  }
}

function renameContext({ config, args }: Told): Outcome {
  const [from = '', to = '', ...more] = args
  if (to === '' || more.length > 0) throw new CommandError('error: accepts 2 arg(s), received ' + args.length)
  const context = known(config, from)
  if (!context) throw new CommandError(`error: cannot rename the context "${from}", it's not in ${FILE}`)
  if (known(config, to)) throw new CommandError(`error: cannot rename the context "${from}", the context "${to}" already exists in ${FILE}`) // prettier-ignore
  const { [from]: _, ...others } = config.contexts
  const current = config.current === from ? to : config.current
  return {
    output: `Context "${from}" renamed to "${to}".\n`,
    kubeconfig: { contexts: { ...others, [to]: context }, current },
  }
}

function deleteContext({ config, args }: Told): Outcome {
  const [name = ''] = args
  if (!known(config, name)) throw new CommandError(`error: cannot delete context ${name}, not in ${FILE}`)
  const { [name]: _, ...contexts } = config.contexts
  const isCurrent = config.current === name
  return {
    output: `deleted context ${name} from ${FILE}\n`,
    ...(isCurrent && { errors: 'warning: this removed your active context, use "kubectl config use-context" to select a different one\n' }), // prettier-ignore
    kubeconfig: { ...config, contexts },
  }
}

function getContexts({ config, args, flags }: Told): Outcome {
  const missing = args.filter((name) => !known(config, name))
  const names = Object.keys(config.contexts).sort()
  const shown = args.length === 0 ? names : args.filter((name) => known(config, name))
  const errors = missing.map((name) => `error: context ${name} not found\n`).join('')
  const ended = { ...(errors && { errors, exitCode: 1 }) }
  if (valueOf(flags, 'output') === 'name') return { output: shown.map((name) => `${name}\n`).join(''), ...ended }
  const rows = shown.map((name) => {
    const { cluster, user, namespace = '' } = config.contexts[name]!
    return [name === config.current ? '*' : '', name, cluster, user, namespace]
  })
  const head = isSet(flags, 'no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']]
  const text = [...head, ...rows].map((row) => row.join('\t')).join('\n')
  return { output: text === '' ? '' : `${alignTabs(text, GET_TABS)}\n`, ...ended }
}

function view({ config, flags }: Told): Outcome {
  const asked = valueOf(flags, 'context') ?? config.current
  if (isSet(flags, 'minify') && (asked === undefined || !known(config, asked)))
    throw new CommandError('error: cannot locate context ' + (asked ?? ''))
  const names = isSet(flags, 'minify') ? [asked!] : Object.keys(config.contexts).sort()
  const contexts = names.map((name) => {
    const { cluster, namespace, user } = config.contexts[name]!
    return { context: { cluster, ...(namespace && { namespace }), user }, name }
  })
  const file = {
    apiVersion: 'v1',
    clusters: [
      { cluster: { 'certificate-authority-data': 'DATA+OMITTED', server: CLUSTER.server }, name: CLUSTER.name },
    ],
    contexts,
    'current-context': (isSet(flags, 'minify') ? asked : config.current) ?? '',
    kind: 'Config',
    users: [{ name: ADMIN, user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' } }],
  }
  const format = valueOf(flags, 'output') ?? 'yaml'
  if (format === 'yaml') return { output: formatYaml(file) }
  if (format === 'json') return { output: `${JSON.stringify(file, null, 4)}\n` }
  if (format.startsWith('jsonpath=')) return { output: fillTemplate(format.slice('jsonpath='.length), file) }
  throw new CommandError(`error: unable to match a printer suitable for the output format "${format}", allowed formats are: json,jsonpath,yaml`) // prettier-ignore
}
