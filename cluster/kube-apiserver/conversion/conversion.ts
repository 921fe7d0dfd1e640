/**
 * Kinds that are served in more than one version and stored in one: what is read leaves in the version that was asked for,
 * what is written is stored in the other.
 *
 * Where to read upstream: apimachinery `pkg/runtime/serializer/versioning`; kubernetes/kubernetes `pkg/apis/<group>/<version>/conversion.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import { apiVersionOf, storedAs } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { withDefaults } from '../extensions/schema/defaults.ts'
import { autoscalerFromV1, autoscalerToV1 } from './autoscaling.ts'
import { eventFromEventsV1, eventToEventsV1 } from './events.ts'
import {
  budgetFromV1beta1,
  budgetToV1beta1,
  cronJobFromV1beta1,
  cronJobToV1beta1,
  endpointSliceFromV1beta1,
  endpointSliceToV1beta1,
} from './former-versions.ts'

/** What is between a version and the one that is stored. */
export interface Conversion {
  fromStored(object: any): KubernetesObject
  toStored(object: any): KubernetesObject
}

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'autoscaling/v1': { fromStored: autoscalerToV1, toStored: autoscalerFromV1 },
  'events.k8s.io/v1': { fromStored: eventToEventsV1, toStored: eventFromEventsV1 },
  'policy/v1beta1': { fromStored: budgetToV1beta1, toStored: budgetFromV1beta1 },
  'batch/v1beta1': { fromStored: cronJobToV1beta1, toStored: cronJobFromV1beta1 },
  'discovery.k8s.io/v1beta1': { fromStored: endpointSliceToV1beta1, toStored: endpointSliceFromV1beta1 },
}

/** Whether objects leave as they are stored. Custom ones may have been stored in another version than now, or before a default. */
export const isStoredAsSeen = ({ storedAs, custom }: Resource): boolean => storedAs === undefined && !custom

/** The object as that version has it; the very object where it is stored so. */
export function fromStored(resource: Resource, object: KubernetesObject): KubernetesObject {
  // What a webhook converts is converted before it comes here, or leaves as it is.
  if (resource.custom?.converts && object.apiVersion !== apiVersionOf(resource)) return object
  if (resource.custom) return deepFreeze(withDefaults(resource.custom.schema, inVersion(resource, object)))
  return resource.storedAs === undefined ? object : CONVERSIONS[apiVersionOf(resource)]!.fromStored(object)
}

export function toStored(resource: Resource, object: KubernetesObject): KubernetesObject {
  if (resource.custom) return inVersion(storedAs(resource), object)
  return resource.storedAs === undefined ? object : CONVERSIONS[apiVersionOf(resource)]!.toStored(object)
}

/** Between versions of a custom resource nothing changes but the version (the strategy `None`). */
function inVersion(resource: Resource, object: KubernetesObject): KubernetesObject {
  const apiVersion = apiVersionOf(resource)
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
}
