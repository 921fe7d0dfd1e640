/** Webhook configurations. Upstream: `pkg/apis/admissionregistration/{v1/defaults,validation/validation}.go`. */
import { matchConditionErrors } from '../admission/policies/match-conditions.ts'
import type { Kind, Rule, Webhook } from '../admission/webhooks/types.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, notSupported, required } from '../status.ts'
import { nameProblems } from '../validation/names.ts'
import { validateLabelSelector } from '../validation/selectors.ts'
import { reviewVersionErrors, validateWebhookService, validateWebhookUrl } from '../validation/webhook-client.ts'
import type { Strategy } from './strategy.ts'

type Configuration = KubernetesObject & { readonly webhooks?: readonly Webhook[] }

const withDefaults = (webhook: Webhook, kind: Kind): Webhook => ({
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
  ...(kind === 'mutating' && { reinvocationPolicy: 'Never' as const }),
  ...webhook,
  ...(webhook.rules && { rules: webhook.rules.map((rule) => ({ scope: '*', ...rule })) }),
  ...(webhook.clientConfig?.service && {
    clientConfig: { ...webhook.clientConfig, service: { port: 443, ...webhook.clientConfig.service } },
  }),
})

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']

const onlyWildcard = (list: readonly string[], field: string, others: string): FieldError[] =>
  list.length > 1 && list.includes('*')
    ? [invalidValue(field, list, `if '*' is present, must not specify other ${others}`)]
    : []

const nonEmpty = (list: readonly string[], field: string): FieldError[] => [
  ...(list.length === 0 ? [required(field)] : []),
  ...list.flatMap((one, index) => (one === '' ? [required(`${field}[${index}]`)] : [])),
]

/** Nothing is named twice, once by name and once by a wildcard. */
function resourceErrors(resources: readonly string[], field: string): FieldError[] {
  const errors = nonEmpty(resources, field)
  const [allBelow, everywhere] = [new Set<string>(), new Set<string>()]
  resources.forEach((one, index) => {
    const slash = one.indexOf('/')
    if (slash < 0) return
    const [resource, below] = [one.slice(0, slash), one.slice(slash + 1)]
    const twice = (named: string) => invalidValue(`${field}[${index}]`, one, `if '${named}' is present, must not specify ${one}`) // prettier-ignore
    if (allBelow.has(resource)) errors.push(twice(`${resource}/*`))
    if (everywhere.has(below)) errors.push(twice(`*/${below}`))
    if (below === '*') allBelow.add(resource)
    if (resource === '*') everywhere.add(below)
  })
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalidValue(field, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (resources.includes('*') && resources.some((one) => one !== '*' && !one.includes('/'))) {
    errors.push(invalidValue(field, resources, "if '*' is present, must not specify other resources without subresources")) // prettier-ignore
  }
  return errors
}

export function ruleErrors(rule: Rule, at: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  return [
    ...(operations.length === 0 ? [required(`${at}.operations`)] : []),
    ...onlyWildcard(operations, `${at}.operations`, 'operations'),
    ...operations.flatMap((one, i) => (OPERATIONS.includes(one) ? [] : [notSupported(`${at}.operations[${i}]`, one, OPERATIONS)])), // prettier-ignore
    ...(apiGroups.length === 0 ? [required(`${at}.apiGroups`)] : []),
    ...onlyWildcard(apiGroups, `${at}.apiGroups`, 'API groups'),
    ...(apiVersions.length === 0 ? [required(`${at}.apiVersions`)] : []),
    ...onlyWildcard(apiVersions, `${at}.apiVersions`, 'API versions'),
    ...apiVersions.flatMap((one, i) => (one === '' ? [required(`${at}.apiVersions[${i}]`)] : [])),
    ...resourceErrors(resources, `${at}.resources`),
    ...given(['*', 'Cluster', 'Namespaced'], scope, `${at}.scope`),
  ]
}

/** What is not left out is one of these: an empty text is none. */
const given = (values: readonly string[], value: string | undefined, field: string): FieldError[] =>
  value === undefined || values.includes(value) ? [] : [notSupported(field, value, values)]

function clientErrors({ clientConfig }: Webhook, at: string): FieldError[] {
  const { url, service } = clientConfig ?? {}
  if (url === undefined && service) return validateWebhookService(service, `${at}.service`)
  if (url !== undefined && !service) return validateWebhookUrl(url, `${at}.url`)
  return [required(at, 'exactly one of url or service is required')]
}

function nameErrors(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)]
  const problems = nameProblems(name, 'subdomain')
  if (problems.length > 0) return problems.map((problem) => invalidValue(field, name, problem))
  const isShort = name.split('.').length < 3
  return isShort ? [invalidValue(field, name, 'should be a domain with at least three segments separated by dots')] : []
}

const SIDE_EFFECTS = ['None', 'NoneOnDryRun']

function errorsOf(webhook: Webhook, at: string): FieldError[] {
  const { name = '', rules = [], sideEffects, timeoutSeconds = 10, admissionReviewVersions = [] } = webhook
  const { namespaceSelector, objectSelector } = webhook
  const isPatient = timeoutSeconds >= 1 && timeoutSeconds <= 30
  const late = 'the timeout value must be between 1 and 30 seconds'
  return [
    ...nameErrors(name, `${at}.name`),
    ...rules.flatMap((rule, i) => ruleErrors(rule, `${at}.rules[${i}]`)),
    ...given(['Fail', 'Ignore'], webhook.failurePolicy, `${at}.failurePolicy`),
    ...given(['Equivalent', 'Exact'], webhook.matchPolicy, `${at}.matchPolicy`),
    ...(sideEffects === undefined
      ? [required(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`)]
      : given(SIDE_EFFECTS, sideEffects, `${at}.sideEffects`)),
    ...(isPatient ? [] : [invalidValue(`${at}.timeoutSeconds`, timeoutSeconds, late)]),
    ...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`),
    ...validateLabelSelector(objectSelector, `${at}.objectSelector`),
    ...given(['IfNeeded', 'Never'], webhook.reinvocationPolicy, `${at}.reinvocationPolicy`),
    ...clientErrors(webhook, `${at}.clientConfig`),
    ...matchConditionErrors(webhook.matchConditions ?? [], false, `${at}.matchConditions`),
    ...reviewVersionErrors(admissionReviewVersions, `${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1'),
  ]
}

function validate({ webhooks = [] }: Configuration): FieldError[] {
  const seen = new Set<string>()
  return webhooks.flatMap((webhook, i) => {
    const isTwice = seen.has(webhook.name)
    seen.add(webhook.name)
    const errors = errorsOf(webhook, `webhooks[${i}]`)
    return isTwice ? [...errors, duplicateValue(`webhooks[${i}].name`, webhook.name)] : errors
  })
}

export const webhookConfigurations = (kind: Kind): Strategy<Configuration> => ({
  hasGeneration: true,
  plainFinalizers: true,
  hasStatus: false,
  defaults: (configuration) => ({
    ...configuration,
    ...(configuration.webhooks && { webhooks: configuration.webhooks.map((one) => withDefaults(one, kind)) }),
  }),
  validate,
  validateUpdate: validate,
})
