/** ConfigMaps. Upstream: `pkg/registry/core/configmap/strategy.go`. */
import type { ConfigMap } from '#cluster/api/types.ts'
import type { Strategy } from './strategy.ts'

export const configMaps: Strategy<ConfigMap> = { hasGeneration: false, hasStatus: false }
