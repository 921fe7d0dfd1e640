/** APIServices. Upstream: kube-aggregator `pkg/registry/apiservice/strategy.go`, `pkg/apis/apiregistration/{v1/defaults,validation/validation}.go`. */
import { formatTime } from '#cluster/api/meta.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { ApiService } from '../aggregation/api-service.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, required } from '../status.ts'
import { needed } from './checks.ts'
import type { Strategy } from './strategy.ts'

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
    : [invalidValue(field, value ?? 0, `must be positive and ${most === 1_000 ? 'less than 1000' : `no greater than ${most}`}`)] // prettier-ignore

function validate({ metadata, spec }: ApiService): FieldError[] {
  const { group = '', version = '', service, caBundle, insecureSkipTLSVerify } = spec ?? {}
  const errors: FieldError[] = []
  if (metadata.name !== `${version}.${group}`) {
    errors.push(invalidValue('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(`${version}.${group}`)}`)) // prettier-ignore
  }
  if (group === '' && version !== 'v1') errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube')) // prettier-ignore
  errors.push(...needed(version, 'spec.version'))
  errors.push(...between(spec?.groupPriorityMinimum, 20_000, 'spec.groupPriorityMinimum'))
  errors.push(...between(spec?.versionPriority, 1_000, 'spec.versionPriority'))
  if (!service) {
    if (caBundle) errors.push(invalidValue('spec.caBundle', '1 bytes', 'local APIServices may not have a caBundle'))
    return errors
  }
  if (insecureSkipTLSVerify && caBundle) {
    errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'))
  }
  return [
    ...errors,
    ...needed(service.namespace, 'spec.service.namespace'),
    ...needed(service.name, 'spec.service.name'),
  ]
}

export const apiServices: Strategy<ApiService> = {
  nameRule: 'path-segment',
  hasGeneration: false,
  hasStatus: true,
  defaults,
  prepareForCreate,
  validate,
  validateUpdate: validate,
}
