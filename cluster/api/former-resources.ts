/**
 * Versions that Kubernetes served beside those of today until 1.25, and that components of that time still ask for: a
 * kube-scheduler of 1.20 schedules nothing before it has listed the PodDisruptionBudgets of policy/v1beta1.
 *
 * No server of 1.36 has them. One is given them by name, as `--runtime-config` does, and only the old documents of discovery
 * show them, so that who asks as one does today sees what a server of 1.36 shows.
 *
 * Where to read upstream: the deprecated API migration guide, v1.25.
 */
import { apiVersionOf, resourceNamed, row } from './resources.ts'
import type { Resource } from './resources.ts'

export const FORMER_RESOURCES: readonly Resource[] = [
  row('poddisruptionbudgets', 'PodDisruptionBudget', 'policy/v1beta1', true, ['pdb'], ['status'], {
    storedAs: resourceNamed('poddisruptionbudgets'),
  }),
  row('endpointslices', 'EndpointSlice', 'discovery.k8s.io/v1beta1', true, [], [], {
    storedAs: resourceNamed('endpointslices'),
  }),
  row('cronjobs', 'CronJob', 'batch/v1beta1', true, ['cj'], ['status'], { storedAs: resourceNamed('cronjobs') }),
]

/** The row behind a path, if a server was told to serve that version. */
export function formerResource(
  { runtimeConfig }: { readonly runtimeConfig: readonly string[] },
  group: string,
  version: string,
  plural: string,
): Resource | undefined {
  if (!runtimeConfig.includes(`${group}/${version}`)) return undefined
  return FORMER_RESOURCES.find((row) => row.resource === plural && apiVersionOf(row) === `${group}/${version}`)
}
