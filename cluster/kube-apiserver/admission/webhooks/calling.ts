/**
 * Asking webhooks: a write waits until all that it has asked have answered, and begins anew.
 *
 * Where to read upstream: apiserver `pkg/util/webhook/client.go`.
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { Ended, Target } from '../../outgoing.ts'
import { ask, targetOfService, targetOfUrl } from '../../outgoing.ts'
import type { PendingRequest, State } from '../../state.ts'
import { answerOf, failed, reviewOf } from './review.ts'
import type { HookAnswer, HookCall, Webhook } from './types.ts'

const TIMEOUT_SECONDS = 10

/** The row with what is known so far, and the calls that are out. */
export function askHooks(
  state: State,
  row: PendingRequest,
  missing: readonly HookCall[],
  ctx: Context,
): { readonly row: PendingRequest; readonly effects: Effect[] } {
  const effects: Effect[] = []
  const answers: HookAnswer[] = [...(row.hooks?.answers ?? [])]
  const waiting: HookCall[] = []
  for (const call of missing) {
    const { webhook } = call.hook
    const found = placeOf(state, call.hook.webhook.clientConfig)
    const { timeoutSeconds = TIMEOUT_SECONDS } = webhook
    const url = `${found.url}?timeout=${timeoutSeconds}s`
    ctx.note('webhook', { webhook: webhook.name, kind: call.kind, url })
    if (typeof found.target === 'string') {
      answers.push(failed(call, `failed to call webhook: Post ${JSON.stringify(url)}: ${found.target}`))
      continue
    }
    waiting.push(call)
    const request: HttpRequest = {
      type: 'request',
      method: 'POST',
      path: found.path,
      query: { timeout: `${timeoutSeconds}s` },
      headers: { 'content-type': 'application/json' },
      body: reviewOf(call, row.info, row.user, row.request),
    }
    const purpose = { type: 'webhook', request: row.id, uid: call.uid, url } as const
    effects.push(...ask(state, found.target, request, purpose, timeoutSeconds * 1e6, ctx))
  }
  return { row: { ...row, hooks: { draft: row.hooks?.draft, answers, waiting } }, effects }
}

interface Place {
  readonly target: Target | string
  readonly path: string
  /** As messages call it. */
  readonly url: string
}

/** Where a webhook is. */
export function placeOf(state: State, { url = '', service }: Webhook['clientConfig']): Place {
  if (service) {
    const { namespace, name, path = '/', port = 443 } = service
    return { target: targetOfService(state, service), path, url: `https://${name}.${namespace}.svc:${port}${path}` }
  }
  const found = targetOfUrl(url)
  return typeof found === 'string' ? { target: found, path: '/', url } : { ...found, url }
}

/** The row with one answer more; undefined: nobody waits for it any longer. */
export function hookAnswered(
  state: State,
  purpose: Extract<Ended['purpose'], { type: 'webhook' }>,
  { response, error }: Ended,
): PendingRequest | undefined {
  const row = state.requests.get(purpose.request)
  const call = row?.hooks?.waiting.find(({ uid }) => uid === purpose.uid)
  if (!row || !call) return undefined
  const answer = answerOf(call, response, `Post ${JSON.stringify(purpose.url)}: ${error}`)
  const waiting = row.hooks!.waiting.filter((one) => one !== call)
  return { ...row, hooks: { ...row.hooks!, answers: [...row.hooks!.answers, answer], waiting } }
}
