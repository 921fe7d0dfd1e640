/**
 * What an update, a patch or the write to a subresource makes of an object that is there.
 *
 * Where to read upstream: apiserver `pkg/endpoints/handlers/{update,patch}.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { storedAs } from '#cluster/api/resources.ts'
import { type Admission, admissionFor, isJudged } from '../admission/admission.ts'
import { authorityOf } from '../admission/policies/authority.ts'
import { isApply } from '../apply/apply.ts'
import { prepareApply, prepareScaleApply, trackedUpdate } from '../apply/tracking.ts'
import { mayDo } from '../chain/authorization.ts'
import { bind } from '../subresources/binding.ts'
import { completeStatus } from '../defaults/complete.ts'
import { fromStored } from '../conversion/conversion.ts'
import { decodeBody } from '../decoding/decoding.ts'
import type { Prepared } from './objects.ts'
import { prepareUpdate } from './objects.ts'
import { partsOf } from '../parts.ts'
import { asInvalidPatch, patched } from './patches.ts'
import { applyScale, scaleOf } from '../subresources/scale.ts'
import type { Origin, PendingRequest, State } from '../state.ts'
import { withoutRevision, withRevision } from '../storage/keys.ts'
import { isDryRun } from '../validation/write-options.ts'

/** The origin as clients see it. */
export const currentOf = (origin: Origin): KubernetesObject =>
  origin.cached ?? withRevision(origin.object, origin.modRevision)

/** The plugins that have a say in this write. @param info as it is, or as the creation that it turns out to be */
export function admissionOf(state: State, row: PendingRequest, ctx: Context, info = row.info): Admission | undefined {
  const lent = partsOf(ctx).admission?.(row)
  if (lent) return lent
  if (!isJudged(state, info)) return undefined
  return admissionFor(
    state,
    { info, user: row.user, isDryRun: isDryRun(row.request), hooks: row.hooks },
    { mayUser: (asked) => mayDo(state, row.user, asked), authority: authorityOf(state, row.user) },
    ctx,
  )
}

/** @param admission the plugins that have a say */
export function prepareChange(
  state: State,
  row: PendingRequest,
  origin: Origin,
  admission: Admission | undefined,
  ctx: Context,
): Prepared {
  const { info, request } = row
  if (info.subresource === 'binding') {
    const bound = bind(info, request.body, origin, ctx)
    return state.schemas && 'object' in bound
      ? { ...bound, object: completeStatus(info.resource, bound.object) }
      : bound
  }
  if (state.schemas && isApply(request)) return prepareFromApply(state, row, origin, admission, ctx)
  const prepared =
    info.verb === 'patch'
      ? prepareFromPatch(state, row, origin, admission, ctx)
      : fromBody(state, row, request.body, origin, admission, ctx)
  if ('refused' in prepared) return prepared
  return { ...prepared, object: trackedUpdate(state, row, origin.object, prepared.object, ctx) }
}

type Plugins = Admission | undefined

function prepareFromApply(state: State, row: PendingRequest, origin: Origin, plugins: Plugins, ctx: Context): Prepared {
  const { info, request } = row
  if (info.subresource === 'scale') {
    const scaled = applyScale(info, request.body, origin)
    return 'refused' in scaled ? scaled : prepareScaleApply(state, row, origin.object, scaled.object, ctx)
  }
  const stored = { ...info, resource: storedAs(info.resource) }
  return prepareApply(
    state,
    row,
    origin.object,
    (wanted) => prepareUpdate(stored, wanted, origin, ctx, plugins, true),
    ctx,
  )
}

function fromBody(
  { schemas }: State,
  { info }: PendingRequest,
  body: unknown,
  origin: Origin,
  plugins: Plugins,
  ctx: Context,
): Prepared {
  // prettier-ignore
  if (info.subresource === 'scale') return applyScale(info, body, origin)
  return prepareUpdate(info, body, origin, ctx, plugins, schemas !== undefined)
}

function prepareFromPatch(state: State, row: PendingRequest, origin: Origin, plugins: Plugins, ctx: Context): Prepared {
  const { info, request } = row
  const start = fromStored(info.resource, currentOf(origin))
  const outcome = patched(info, request, info.subresource === 'scale' ? scaleOf(info.resource, start) : start)
  if ('refused' in outcome) return outcome
  // A patch may take the metadata away, or make something else of it.
  const decoded = decodeBody(
    state.schemas,
    row,
    outcome.object.metadata ? outcome.object : { ...outcome.object, metadata: {} },
  )
  if ('refused' in decoded) return { refused: asInvalidPatch(request, outcome.object, decoded) }
  const object = decoded.body as KubernetesObject
  // A patch that does not name a version means the newest one.
  const prepared = fromBody(state, row, outcome.named ? object : withoutRevision(object), origin, plugins, ctx)
  return 'refused' in prepared || decoded.warnings.length === 0 ? prepared : { ...prepared, warnings: decoded.warnings }
}
