/**
 * Where a webhook is: a URL, or a Service of the cluster.
 *
 * What we leave out: the URLs that Go's parser cannot read at all.
 * Upstream: apiserver `pkg/util/webhook/validation.go`.
 */
import type { FieldError } from '../status.ts'
import { invalidValue, required } from '../status.ts'
import { nameProblems } from './names.ts'
import { validatePort } from './ports.ts'

const FORM = '; desired format: https://host[/path]'

/** scheme, user, host, query, fragment */
const URL_PARTS = /^(?:([a-zA-Z][-a-zA-Z0-9+.]*):)?(?:\/\/(?:([^/?#]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s

export function validateWebhookUrl(url: string, field: string): FieldError[] {
  const [, scheme = '', user, host = '', query = '', fragment = ''] = URL_PARTS.exec(url)!
  const refused = (is: boolean, value: string, why: string) => (is ? [invalidValue(field, value, why)] : [])
  return [
    ...refused(scheme.toLowerCase() !== 'https', scheme, `'https' is the only allowed URL scheme${FORM}`),
    ...refused(host === '', host, `host must be specified${FORM}`),
    ...refused(user !== undefined, user ?? '', 'user information is not permitted in the URL'),
    ...refused(fragment !== '', fragment, 'fragments are not permitted in the URL'),
    ...refused(query !== '', query, 'query parameters are not permitted in the URL'),
  ]
}

export interface WebhookService {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly path?: string | undefined
  readonly port?: number | undefined
}

/** As upstream has it, a missing name is told of as the namespace, and the other way round: it hands them over in the wrong order. */
export const validateWebhookService = (
  { name, namespace, path, port = 443 }: WebhookService,
  field: string,
): FieldError[] => [
  ...(namespace ? [] : [required(`${field}.name`, 'service name is required')]),
  ...(name ? [] : [required(`${field}.namespace`, 'service namespace is required')]),
  ...validateServicePort(port, `${field}.port`),
  ...(path === undefined ? [] : pathProblems(path).map((problem) => invalidValue(`${field}.path`, path, problem))),
]

/** The port of a Service behind which another server answers. */
export const validateServicePort = (port: number, field: string): FieldError[] =>
  validatePort(port, field).length === 0
    ? []
    : [invalidValue(field, port, 'port is not valid: must be between 1 and 65535, inclusive')]

function pathProblems(path: string): readonly string[] {
  if (path === '' || path === '/') return []
  if (path === '//') return ['segment[0] may not be empty']
  const problems = path.startsWith('/') ? [] : ["must start with a '/'"]
  const steps = path.slice(1).replace(/\/$/, '').split('/')
  return [
    ...problems,
    ...steps.flatMap((step, index) =>
      step === ''
        ? [`segment[${index}] may not be empty`]
        : nameProblems(step, 'subdomain').map((problem) => `segment[${index}]: ${problem}`),
    ),
  ]
}

const ACCEPTED = ['v1', 'v1beta1']

/** In which the server and the webhook speak; those that this server does not know may be for another. @param none what is said where there are none */
export function reviewVersionErrors(versions: readonly string[], field: string, none: string): FieldError[] {
  if (versions.length === 0) return [required(field, none)]
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i
      ? [invalidValue(`${field}[${i}]`, version, 'duplicate version')]
      : nameProblems(version, 'label-1035').map((problem) => invalidValue(`${field}[${i}]`, version, problem)),
  )
  if (versions.some((version) => ACCEPTED.includes(version))) return errors
  return [...errors, invalidValue(field, versions, `must include at least one of ${ACCEPTED.join(', ')}`)]
}
