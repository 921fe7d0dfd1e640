/** APIServices. Upstream: kube-aggregator `pkg/registry/apiservice/strategy.go`, `pkg/apis/apiregistration/{v1/defaults,validation/validation}.go`. */
import { formatTime } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { ApiService } from '../aggregation/api-service.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'
import { nameProblems } from '../validation/names.ts'
import { validateServicePort } from '../validation/webhook-client.ts'
import { needed } from './checks.ts'
import type { Strategy } from './strategy.ts'
import { STATUS_METADATA } from './strategy.ts'

function defaults(service: ApiService): ApiService {
  const { spec } = service
  return spec?.service && spec.service.port === undefined
    ? { ...service, spec: { ...spec, service: { ...spec.service, port: 443 } } }
    : service
}

/** What this server answers itself is there. */
function prepareForCreate(service: ApiService, now: Micros): ApiService {
  const local = { type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available', lastTransitionTime: formatTime(now) } as const // prettier-ignore
  return { ...service, status: { conditions: service.spec?.service ? [] : [local] } }
}

const between = (value: number | undefined, most: number, field: string): FieldError[] =>
  value !== undefined && value > 0 && value <= most
    ? []
    : [invalidValue(field, value ?? 0, `must be positive and less than ${most}`)]

const named = (value: string, rule: 'subdomain' | 'label-1035', field: string): FieldError[] =>
  nameProblems(value, rule).map((problem) => invalidValue(field, value, problem))

function validate({ metadata, spec }: ApiService): FieldError[] {
  const { group = '', version = '', service, caBundle, insecureSkipTLSVerify } = spec ?? {}
  const name = JSON.stringify(`${version}.${group}`)
  const isNamed = metadata.name === `${version}.${group}`
  const errors = [
    ...(isNamed ? [] : [invalidValue('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${name}`)]), // prettier-ignore
    ...(group === '' && version !== 'v1' ? [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')] : []), // prettier-ignore
    ...(group === '' ? [] : named(group, 'subdomain', 'spec.group')),
    ...named(version, 'label-1035', 'spec.version'),
    ...between(spec?.groupPriorityMinimum, 20_000, 'spec.groupPriorityMinimum'),
    ...between(spec?.versionPriority, 1_000, 'spec.versionPriority'),
  ]
  if (!service) return [...errors, ...localErrors(caBundle, insecureSkipTLSVerify)]
  const { port = 443 } = service as { readonly port?: number }
  return [
    ...errors,
    ...needed(service.namespace, 'spec.service.namespace'),
    ...needed(service.name, 'spec.service.name'),
    ...validateServicePort(port, 'spec.service.port'),
    ...(insecureSkipTLSVerify && caBundle
      ? [invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
      : []),
  ]
}

/** What this server answers itself needs no trust. */
function localErrors(caBundle: string | undefined, insecure: boolean | undefined): FieldError[] {
  // Four letters for three bytes.
  const bytes = Math.floor(((caBundle ?? '').replace(/=+$/, '').length * 3) / 4)
  const why = 'local APIServices may not have'
  return [
    ...(bytes ? [invalidValue('spec.caBundle', `${bytes} bytes`, `${why} a caBundle`)] : []),
    ...(insecure ? [invalidValue('spec.insecureSkipTLSVerify', true, `${why} insecureSkipTLSVerify`)] : []),
  ]
}

const CONDITION_STATUSES = ['True', 'False', 'Unknown']

const validateStatus = ({ status }: ApiService): FieldError[] =>
  (status?.conditions ?? []).flatMap((condition, index) =>
    CONDITION_STATUSES.includes(condition.status)
      ? []
      : [notSupported(`status.conditions[${index}].status`, condition.status, CONDITION_STATUSES)],
  )

export const apiServices: Strategy<ApiService> = {
  nameRule: 'path-segment',
  hasGeneration: false,
  plainFinalizers: true,
  hasStatus: true,
  keptByStatus: STATUS_METADATA,
  defaults,
  prepareForCreate,
  validate,
  validateUpdate: validate,
  validateStatusUpdate: validateStatus,
}
