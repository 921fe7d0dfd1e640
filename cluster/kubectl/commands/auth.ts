/** `kubectl auth can-i` and `whoami`: who one is to the server, and what one may do. */
import { pathOf, resourceTyped } from '#cluster/api/resources.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import type { Invocation, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { withGroup } from '../describe/describe-plain.ts'
import { formatJson } from '../print/json.ts'
import { alignTabs, DESCRIBE_TABS, GET_TABS } from '../print/tab-writer.ts'

export const authFlags: FlagSpec = {
  values: ['subresource', 'output'],
  switches: ['list', 'all-namespaces', 'quiet'],
  shorts: { q: 'quiet' },
}

const review = (plural: string, kind: string, group: string, spec?: object) => ({
  method: 'POST' as const,
  path: pathOf(plural),
  body: { apiVersion: `${group}/v1`, kind, metadata: {}, ...(spec && { spec }) },
})

export function* auth(invocation: Invocation): Steps {
  const [what, ...words] = invocation.args
  if (what === 'whoami') return yield* whoami(invocation)
  if (what !== 'can-i')
    throw new CommandError(`error: unknown command "${what ?? ''}"\nSee 'kubectl auth -h' for help and examples`)
  return isSet(invocation.flags, 'list') ? yield* list(invocation) : yield* canI(words, invocation)
}

function* canI(words: readonly string[], { flags }: Invocation): Steps {
  const [verb, type, name] = words
  if (verb === undefined || type === undefined)
    throw new CommandError('error: you must specify two arguments: verb resource or verb resource/resourceName.')
  const namespace = isSet(flags, 'all-namespaces') ? '' : namespaceOf(flags)
  let attributes: object
  let warning = ''
  if (type.startsWith('/')) attributes = { nonResourceAttributes: { verb, path: type } }
  else {
    const [word = '', slashed = name] = type.split('/')
    const found = resourceTyped(word)
    if (!found && word !== '*') warning = `Warning: the server doesn't have a resource type '${word}'\n\n`
    if (found && !found.namespaced) warning = `Warning: resource '${found.resource}' is not namespace scoped${found.group ? ` in group '${found.group}'` : ''}\n\n` // prettier-ignore
    const subresource = flags['subresource']
    attributes = {
      resourceAttributes: {
        verb,
        namespace: found && !found.namespaced ? '' : namespace,
        group: found?.group ?? (word === '*' ? '*' : ''),
        resource: found?.resource ?? word,
        ...(typeof subresource === 'string' && { subresource }),
        ...(slashed && { name: slashed }),
      },
    }
  }
  const { body } = yield* need(review('selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'authorization.k8s.io', attributes)) // prettier-ignore
  const { allowed, reason } = body.status
  if (isSet(flags, 'quiet')) return { exitCode: allowed ? 0 : 1 }
  const no = reason ? `no - ${reason}` : 'no'
  return { output: allowed ? 'yes\n' : `${no}\n`, errors: warning, exitCode: allowed ? 0 : 1 }
}

interface Rule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** kubectl puts rules in the order of how Go prints them. */
const orderOf = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): string =>
  [verbs, apiGroups, resources, resourceNames, nonResourceURLs].map((words) => `[${words.join(' ')}]`).join(',')

function* list({ flags }: Invocation): Steps {
  const spec = { namespace: namespaceOf(flags) }
  const { body } = yield* need(
    review('selfsubjectrulesreviews', 'SelfSubjectRulesReview', 'authorization.k8s.io', spec),
  )
  const words = (items: readonly string[] = []) => `[${items.join(' ')}]`
  const named = (rule: Rule) =>
    (rule.apiGroups ?? ['']).flatMap((group) => (rule.resources ?? []).map((resource) => withGroup(resource, group)))
  const paths = (body.status.nonResourceRules as Rule[]).flatMap(({ verbs, nonResourceURLs = [] }) =>
    nonResourceURLs.flatMap((url) => verbs.map((verb): Rule => ({ verbs: [verb], nonResourceURLs: [url] }))),
  )
  const all = [...(body.status.resourceRules as Rule[]), ...paths]
  const rows = all
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    .flatMap((rule) =>
      (rule.nonResourceURLs?.length ? [''] : named(rule)).map((resource) => {
        return [resource, words(rule.nonResourceURLs), words(rule.resourceNames), words(rule.verbs)]
      }),
    )
  const table = [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'], ...rows]
  return { output: `${alignTabs(table.map((row) => row.join('\t')).join('\n'), GET_TABS)}\n` }
}

function* whoami({ flags }: Invocation): Steps {
  const { body } = yield* need(review('selfsubjectreviews', 'SelfSubjectReview', 'authentication.k8s.io'))
  const format = valueOf(flags, 'output')
  if (format === 'yaml') return { output: formatYaml(body) }
  if (format === 'json') return { output: `${formatJson(body, 4)}\n` }
  const { username, uid, groups = [], extra = {} } = body.status.userInfo as { username: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> } // prettier-ignore
  const rows = [
    ['ATTRIBUTE', 'VALUE'],
    ['Username', username],
    ...(uid ? [['UID', uid]] : []),
    ...(groups.length > 0 ? [['Groups', `[${groups.join(' ')}]`]] : []),
    ...Object.entries(extra).map(([key, values]) => [`Extra: ${key}`, `[${values.join(' ')}]`]),
  ]
  return { output: `${alignTabs(rows.map((row) => row.join('\t')).join('\n'), { ...DESCRIBE_TABS, padding: 3 })}\n` }
}
