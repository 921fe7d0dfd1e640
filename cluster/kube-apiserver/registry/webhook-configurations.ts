/** Webhook configurations. Upstream: `pkg/apis/admissionregistration/{v1/defaults,validation/validation}.go`. */
import { matchConditionErrors } from '../admission/policies/match-conditions.ts'
import type { Kind, Rule, Webhook } from '../admission/webhooks/types.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, invalidValue, required } from '../status.ts'
import { nameProblem } from '../validation/names.ts'
import { needed, oneOf } from './checks.ts'
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

const OPERATIONS = ['*', 'CREATE', 'UPDATE', 'DELETE', 'CONNECT']

export function ruleErrors(rule: Rule, at: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const errors = oneOf(['Cluster', 'Namespaced', '*'], scope, `${at}.scope`)
  if (apiGroups.length === 0) errors.push(required(`${at}.apiGroups`))
  if (apiVersions.length === 0) errors.push(required(`${at}.apiVersions`))
  if (resources.length === 0) errors.push(required(`${at}.resources`))
  if (operations.length === 0) errors.push(required(`${at}.operations`))
  for (const [field, list] of [['apiGroups', apiGroups], ['apiVersions', apiVersions], ['operations', operations]] as const) // prettier-ignore
    if (list.includes('*') && list.length > 1) errors.push(invalidValue(`${at}.${field}`, list, "if '*' is present, must not specify other values")) // prettier-ignore
  operations.forEach((operation, i) => errors.push(...oneOf(OPERATIONS, operation, `${at}.operations[${i}]`)))
  return errors
}

function clientErrors({ clientConfig }: Webhook, at: string): FieldError[] {
  const { url, service } = clientConfig ?? {}
  if ((url === undefined) === (service === undefined)) {
    return [required(at, 'exactly one of url or service is required')]
  }
  if (service) return [...needed(service.name, `${at}.service.name`), ...needed(service.namespace, `${at}.service.namespace`)] // prettier-ignore
  if (!/^https:\/\/[^/]+/.test(url!)) {
    return [
      invalidValue(`${at}.url`, url, "'https' is the only allowed URL scheme; desired format: https://host[/path]"),
    ]
  }
  return []
}

function errorsOf(webhook: Webhook, at: string): FieldError[] {
  const { name = '', rules = [], sideEffects, timeoutSeconds = 10, admissionReviewVersions = [] } = webhook
  const errors: FieldError[] = []
  const problem = name === '' ? undefined : nameProblem(name, 'subdomain')
  if (name === '') errors.push(required(`${at}.name`))
  else if (problem) errors.push(invalidValue(`${at}.name`, name, problem))
  else if (name.split('.').length < 3) {
    errors.push(invalidValue(`${at}.name`, name, 'should be a domain with at least three segments separated by dots'))
  }
  if (admissionReviewVersions.length === 0) {
    errors.push(required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1'))
  } else if (!admissionReviewVersions.includes('v1') && !admissionReviewVersions.includes('v1beta1')) {
    errors.push(invalidValue(`${at}.admissionReviewVersions`, admissionReviewVersions, 'must include at least one of v1, v1beta1')) // prettier-ignore
  }
  rules.forEach((rule, i) => errors.push(...ruleErrors(rule, `${at}.rules[${i}]`)))
  errors.push(...oneOf(['Fail', 'Ignore'], webhook.failurePolicy, `${at}.failurePolicy`))
  errors.push(...oneOf(['Equivalent', 'Exact'], webhook.matchPolicy, `${at}.matchPolicy`))
  errors.push(...oneOf(['None', 'NoneOnDryRun'], sideEffects, `${at}.sideEffects`, true))
  errors.push(...oneOf(['IfNeeded', 'Never'], webhook.reinvocationPolicy, `${at}.reinvocationPolicy`))
  if (timeoutSeconds < 1 || timeoutSeconds > 30) {
    errors.push(
      invalidValue(`${at}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'),
    )
  }
  errors.push(...matchConditionErrors(webhook.matchConditions ?? [], false, `${at}.matchConditions`))
  return [...errors, ...clientErrors(webhook, `${at}.clientConfig`)]
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
  hasStatus: false,
  defaults: (configuration) => ({
    ...configuration,
    ...(configuration.webhooks && { webhooks: configuration.webhooks.map((one) => withDefaults(one, kind)) }),
  }),
  validate,
  validateUpdate: validate,
})
