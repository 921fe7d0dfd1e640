/**
 * `kubectl set`: one thing of objects that there are, without an editor.
 *
 * What we leave out: `-o`, `--local`, `set env` with `--resolve`.
 * Where to read upstream: kubernetes/kubectl `pkg/cmd/set`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { getRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../../command.ts'
import { need } from '../../command.ts'
import { CommandError } from '../../command-error.ts'
import { CHOOSING, chooseObjects, referenceTo } from '../../chosen-objects.ts'
import { dryRunOf, dryRunQuery, triedOut } from '../../dry-run.ts'
import type { FlagSpec } from '../../flags.ts'
import { printedName } from '../../resource-arguments.ts'
import { env, ENV_VALUES } from './set-env.ts'
import { image, resources, serviceAccount } from './set-in-template.ts'
import { selector, subject } from './set-whom.ts'
import type { SettingOf } from './setting.ts'

export const setFlags: FlagSpec = {
  values: [...CHOOSING.values, ...ENV_VALUES, 'limits', 'requests', 'user', 'group', 'serviceaccount', 'dry-run', 'field-manager'], // prettier-ignore
  switches: [...CHOOSING.switches, 'list', 'overwrite', 'record'],
  shorts: { c: 'containers', e: 'env' },
}

const SETTINGS: Readonly<Record<string, SettingOf>> = {
  image,
  resources,
  serviceaccount: serviceAccount,
  sa: serviceAccount,
  selector,
  subject,
}

const RECORDED = 'Flag --record has been deprecated, --record will be removed in the future\n'
const UNNAMED = 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>'

export function* set(invocation: Invocation): Steps {
  const [what = '', ...rest] = invocation.args
  const settingOf = Object.hasOwn(SETTINGS, what) ? SETTINGS[what]! : undefined
  if (!settingOf && what !== 'env') throw new CommandError(`error: unknown command "${what}" for "kubectl set"`)
  const { flags } = invocation
  const how = dryRunOf(flags)
  const setting = settingOf ? settingOf(invocation, rest) : yield* env(invocation, rest)
  const isRecorded = flags['record'] === true || flags['record'] === 'true'
  let output = ''
  for (const chosen of yield* chooseObjects(invocation, setting.about, UNNAMED)) {
    const { resource, namespace, name } = chosen
    const { body } = yield* need(getRequest(resource, namespace, name))
    if (setting.list) {
      output += setting.list(body, chosen)
      continue
    }
    const change = setting.change(body as KubernetesObject, chosen)
    if (!change) continue
    const cause = { metadata: { annotations: { 'kubernetes.io/change-cause': causeOf(invocation) } } }
    const patch = isRecorded ? { ...change, ...cause } : change
    const request = patchRequest(resource, referenceTo(chosen), setting.type ?? 'strategic', patch)
    if (how !== 'client') yield* need({ ...request, ...dryRunQuery(how, request.query) })
    output += `${printedName(resource, name)} ${setting.done}${triedOut(how)}\n`
  }
  const errors = `${isRecorded ? RECORDED : ''}${setting.warnings ?? ''}`
  return { output, ...(errors && { errors }) }
}

/** The line as it is written down: `kubectl set image …`. */
const causeOf = ({ args, flags }: Invocation): string =>
  ['kubectl', 'set', ...args, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)]
    .filter((word) => !word.startsWith('--context-namespace='))
    .join(' ')
