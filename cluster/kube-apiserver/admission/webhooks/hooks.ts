/**
 * The webhooks' part in admission. A write goes through it again and again, each time with one answer more: where an answer is
 * missing it stops, says what is to be asked, and begins anew when that has come. So a request can wait without anything being
 * hidden in a closure.
 *
 * What is asked is a question about one object: if the object is another the next time (somebody has changed it meanwhile), it is
 * asked anew.
 * Where to read upstream: apiserver `pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go`, `pkg/admission/reinvocation.go`.
 */
import { deepFreeze, isEqual } from '#cluster/api/meta.ts'
import type { UserInfo } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import type { Ask } from '../../cel/authorizers.ts'
import { fromStored } from '../../conversion/conversion.ts'
import { strategyOf } from '../../registry/registry.ts'
import type { RequestInfo } from '../../chain/route.ts'
import type { State } from '../../state.ts'
import { forbidden, internalError } from '../../status.ts'
import { newUid } from '../../handlers/names.ts'
import { conditionsHold } from '../policies/match-conditions.ts'
import { hooksOf, isExempt, PLUGIN_NAMES, versionFor } from './configuration.ts'
import { dryRunProblem } from './review.ts'
import type { Hook, HookAnswer, HookCall, Kind } from './types.ts'

type Object = KubernetesObject | undefined

export interface Hooks {
  /** What must be answered first. */
  readonly missing: readonly HookCall[]
  /** @param plugins what the built-in plugins make of an object that a webhook has changed */
  mutate(object: KubernetesObject, old: Object, plugins: (object: KubernetesObject) => KubernetesObject | Status): KubernetesObject | Status // prettier-ignore
  /** Of a deletion, both kinds are asked here. */
  validate(object: Object, old: Object): Status | undefined
}

/** Stands for an answer that has not come; it never leaves. */
const WAITING: Status = deepFreeze(internalError('a webhook has not answered yet'))

interface Asked {
  readonly info: RequestInfo
  readonly user: UserInfo
  readonly isDryRun: boolean
  readonly authority: Ask
  readonly answers: readonly HookAnswer[]
  readonly warn: (text: string) => void
  readonly annotate: (key: string, value: string) => void
}

/** Undefined: nobody wants to hear of such a request. */
export function hooksFor(
  state: Pick<State, 'caches' | 'options'>,
  { info, user, isDryRun, authority, answers, warn, annotate }: Asked,
  ctx: Context,
): Hooks | undefined {
  if (isExempt(info)) return undefined
  const of = (kind: Kind) => (state.options.admissionPlugins.includes(PLUGIN_NAMES[kind]) ? hooksOf(state, kind) : [])
  const mutating = of('mutating')
  const validating = of('validating')
  if (mutating.length === 0 && validating.length === 0) return undefined
  const missing: HookCall[] = []

  /** The webhook's own conditions. A Status: nobody can tell whether they hold, so that the write ends. */
  const wantsToHear = ({ webhook }: Hook, version: Resource, object: Object, old: Object): boolean | Status => {
    const { matchConditions = [], failurePolicy } = webhook
    if (matchConditions.length === 0) return true
    const shown = (one: Object) => one && fromStored(version, one)
    const name = info.name || (object ?? old)?.metadata.name || ''
    const namespace = keyOf(info.resource) === 'namespaces' ? undefined : state.caches['namespaces']?.objects.get(info.namespace) // prettier-ignore
    const input = { info, user, isDryRun, name, version, object: shown(object), old: shown(old), namespace, ask: authority } // prettier-ignore
    const holds = conditionsHold(matchConditions, input)
    if (typeof holds === 'boolean') return holds
    return failurePolicy === 'Ignore' ? false : forbidden(info.resource, name, holds.error)
  }

  /** What that webhook has said of that object; undefined: it does not care. */
  const askFor = (
    kind: Kind,
    hook: Hook,
    round: number,
    object: Object,
    old: Object,
  ): HookAnswer | Status | undefined => {
    const version = versionFor(state, hook.webhook, info, object, old)
    if (!version) return undefined
    const wants = wantsToHear(hook, version, object, old)
    if (wants !== true) return wants || undefined
    const answer = answers.find(({ call }) => call.kind === kind && call.hook.id === hook.id && call.round === round && isEqual(call.object, object) && isEqual(call.old, old)) // prettier-ignore
    if (answer) {
      answer.warnings.forEach(warn)
      for (const [key, value] of Object.entries(answer.annotations)) annotate(key, value)
      return answer.refused ?? answer
    }
    const call: HookCall = { hook, kind, round, object, old, version, uid: newUid(ctx) }
    const refused = isDryRun ? dryRunProblem(call) : undefined
    if (refused) return refused
    missing.push(call)
    return WAITING
  }

  /** In their order, each after the one before; what they have made of the object, and who may be asked again. */
  const inTurn = (all: readonly Hook[], round: number, first: Object, old: Object) => {
    let object = first
    const asked: Hook[] = []
    let again: readonly Hook[] = []
    for (const hook of all) {
      const answer = askFor('mutating', hook, round, object, old)
      if (!answer) continue
      if (!('call' in answer)) return answer
      if (answer.object !== answer.call.object && !isEqual(answer.object, object)) {
        object = strategyOf(info.resource).defaults?.(answer.object!) ?? answer.object
        again = [...asked]
      }
      if (hook.webhook.reinvocationPolicy === 'IfNeeded') asked.push(hook)
    }
    return { object, asked, again }
  }

  return {
    missing,
    mutate(object, old, plugins) {
      const first = inTurn(mutating, 0, object, old)
      if (!('asked' in first)) return first
      if (first.object === object) return object
      const after = plugins(first.object!)
      if ('code' in after) return after as Status
      const isChanged = !isEqual(after, first.object)
      const second = inTurn(isChanged ? first.asked : first.again, 1, after, old)
      return 'asked' in second ? second.object! : second
    },
    validate(object, old) {
      if (object === undefined) {
        const outcome = inTurn(mutating, 0, object, old)
        if (!('asked' in outcome)) return outcome
      }
      // All at once: whoever refuses first in the order of the configurations is heard.
      let refused: Status | undefined
      for (const hook of validating) {
        const answer = askFor('validating', hook, 0, object, old)
        if (answer && !('call' in answer)) refused ??= answer
      }
      return missing.length > 0 ? WAITING : refused
    },
  }
}
