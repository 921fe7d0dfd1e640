/**
 * The API server as the front of others: who asks, what it makes of that, and who answers; and below the routes by which it decides,
 * one for its own groups and one for each APIService, with every answer so far.
 */
import { type TemplateResult, html, nothing } from 'lit'
import type { ApiServiceView } from '../../simulation/api-views.ts'
import type { Asked } from './asked.ts'
import type { View } from './view.ts'
import { say } from './words.ts'

type Stage = 'asked' | 'passed' | 'answered'

/** Groups that the stories ask for, and who answers. */
const GROUP_OF: Readonly<Record<string, string>> = { nodes: 'metrics.k8s.io', orders: 'shop.example.com' }

const groupOf = ({ request }: Asked): string => GROUP_OF[request.resource] ?? ''

function stageOf({ behind, answer }: Asked, tick: number): Stage {
  if (answer && answer.tick <= tick) return 'answered'
  return behind && behind.tick <= tick ? 'passed' : 'asked'
}

export function drawAggregation(view: View, asked: readonly Asked[]): TemplateResult {
  const { frame } = view
  const now = asked.findLast(({ request }) => request.tick <= frame.tick)
  // What is typed next has not been asked yet.
  const typed = view.timeline.events.findLast(({ kind, tick }) => kind === 'command' && tick <= frame.tick)
  const current = now && (typed === undefined || typed.tick <= now.request.tick) ? now : undefined
  const stage = current ? stageOf(current, frame.tick) : undefined
  return html`<div class="aggregation">
    ${drawChain(current, stage)} ${drawRoutes(frame.apiServices, asked, current, frame.tick)}
  </div>`
}

// ── who asks whom ───────────────────────────────────────────────────────────────────────────────────────────────────

const CLIENTS: Readonly<Record<string, () => string>> = {
  'laptop/kubectl': () => 'kubectl',
  'laptop/program': () => say('a program', 'un programa'),
}

const whoIn = (asked: Asked | undefined): string => asked?.passed?.user ?? asked?.refused ?? ''

function drawChain(asked: Asked | undefined, stage: Stage | undefined): TemplateResult {
  const isAnswered = stage === 'answered'
  const answer = isAnswered ? asked?.answer : undefined
  const failed = answer?.failed === true
  const behind = behindOf(asked, stage)
  const told = asked?.passed && stage !== 'asked'
  return html`<div class="chain" role="img" aria-label=${chainWords(asked, stage)}>
    <span class="party outside ${asked ? 'active' : ''}"
      >${asked ? (CLIENTS[asked.request.from ?? '']?.() ?? asked.request.from) : say('a client', 'un cliente')}
      <small
        >${answer ? html`<b class=${failed ? 'bad' : 'good'}>${failed ? '✕' : '✓'} ${answer.label}</b>` : nothing}</small
      ></span
    >
    <span class="hop ${asked ? 'on' : ''}"
      ><small>${asked?.request.label ?? ''}</small><i></i><small>${credential(asked)}</small></span
    >
    <span class="party front ${asked ? 'active' : ''} ${failed && !told ? 'refusing' : ''}"
      >kube-apiserver
      <small>${asked ? verdictOf(asked) : say('authenticates, authorizes', 'autentica, autoriza')}</small></span
    >
    <span class="hop ${told || (isAnswered && !failed) ? 'on' : ''}"
      ><small>${told ? `X-Remote-User:` : ''}</small><i></i><small>${told ? asked!.passed!.user : ''}</small></span
    >
    <span class="party ${behind.look}">${behind.name} <small>${behind.words}</small></span>
  </div>`
}

function credential(asked: Asked | undefined): string {
  if (!asked) return ''
  return asked.typed.label.includes('token') ? say('a bearer token', 'un token') : say('a client certificate', 'un certificado de cliente') // prettier-ignore
}

function verdictOf(asked: Asked): string {
  if (asked.refused !== undefined) return say(`${asked.refused} may not`, `${asked.refused} no puede`)
  const who = whoIn(asked) || 'kubernetes-admin'
  return say(`${who} may`, `${who} puede`)
}

function behindOf(asked: Asked | undefined, stage: Stage | undefined): { name: string; words: string; look: string } {
  if (!asked || asked.refused !== undefined || stage === undefined)
    return {
      name: asked ? '' : say('whoever answers', 'quien responda'),
      words: '',
      look: asked ? 'idle' : 'node idle',
    }
  const { passed, answer } = asked
  if (passed) {
    const name = passed.apiService.includes('metrics') ? 'metrics-server' : 'orders'
    return { name, words: passed.to, look: stage === 'asked' ? 'node' : 'node active' }
  }
  if (answer?.verb === '503') return { name: say('nobody', 'nadie'), words: say('not available', 'no disponible'), look: 'missing' } // prettier-ignore
  if (answer?.verb === '404') return { name: say('nobody', 'nadie'), words: say('no such group', 'no existe el grupo'), look: 'missing' } // prettier-ignore
  return { name: 'etcd', words: say('its own groups', 'sus propios grupos'), look: 'store active' }
}

function chainWords(asked: Asked | undefined, stage: Stage | undefined): string {
  if (!asked) return say('Nobody asks for anything', 'Nadie pide nada')
  const behind = behindOf(asked, stage)
  const answer = stage === 'answered' && asked.answer ? asked.answer.label : say('no answer yet', 'aún sin respuesta')
  return `${asked.request.label}, ${verdictOf(asked)} → ${behind.name}: ${answer}`
}

// ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Route {
  readonly group: string
  readonly path: string
  readonly who: TemplateResult
  readonly service: ApiServiceView | undefined
}

function routesOf(services: readonly ApiServiceView[]): Route[] {
  const own = say('this server, from etcd', 'este servidor, desde etcd')
  return [
    { group: '', path: '/api/v1, /apis/apps/v1 …', who: html`${own}`, service: undefined },
    ...[...services]
      .sort((a, b) => (a.group < b.group ? -1 : 1))
      .map((service) => ({
        group: service.group,
        path: `/apis/${service.group}/${service.version}`,
        who: html`Service <code>${service.service}</code>`,
        service,
      })),
  ]
}

/** A group that nobody has registered yet is a row too, once somebody has asked for it. */
function withUnknown(routes: readonly Route[], asked: readonly Asked[]): readonly Route[] {
  const unknown = [...new Set(asked.map(groupOf))].filter((group) => !routes.some((route) => route.group === group))
  const who = html`${say('nobody', 'nadie')}`
  return [...routes, ...unknown.map((group) => ({ group, path: `/apis/${group}/…`, who, service: undefined }))]
}

function drawRoutes(
  services: readonly ApiServiceView[],
  asked: readonly Asked[],
  current: Asked | undefined,
  tick: number,
): TemplateResult {
  const begun = asked.filter(({ request }) => request.tick <= tick)
  const matched = current && groupOf(current)
  return html`<ul class="routes" aria-label=${say('who answers for which paths', 'quién responde por qué rutas')}>
    ${withUnknown(routesOf(services), begun).map(
      ({ group, path, who, service }) =>
        html`<li class="${group === matched ? 'matched' : ''} ${service?.available === 'False' ? 'away' : ''}">
          <code class="path">${path}</code> <span class="who">→ ${who}</span> ${drawAvailable(service)}
          <span class="codes">${begun.filter((one) => groupOf(one) === group).map((one) => drawCode(one, tick))}</span>
        </li>`,
    )}
  </ul>`
}

function drawAvailable(service: ApiServiceView | undefined): TemplateResult {
  if (!service) return html`<span class="available"></span>`
  const { available, reason, message } = service
  const sign = available === 'True' ? '✓' : available === 'False' ? '✕' : '?'
  return html`<span class="available" title=${message}
    >${sign} Available=${available} ${available === 'False' ? html`<small>${reason}</small>` : nothing}</span
  >`
}

function drawCode({ answer, typed }: Asked, tick: number): TemplateResult | typeof nothing {
  if (!answer || answer.tick > tick) return nothing
  return html`<span class="code ${answer.failed ? 'bad' : ''}" title="${answer.label}: ${typed.label}"
    >${answer.failed ? '✕' : '✓'} ${answer.verb}</span
  >`
}
