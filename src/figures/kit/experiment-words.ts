/** What the parts of an experiment with the API server are called. */
import type { Setting } from './experiment.ts'
import type { Stage } from './journey.ts'
import { say } from './words.ts'

type Named = readonly [value: string, name: string]

/** Who asks: by which program, and what that shows. */
export const WHO_WORDS: readonly (readonly [value: string, name: string, shows: string])[] = [
  ['admin', say('an administrator', 'una administradora'), say('kubectl · client certificate', 'kubectl · certificado de cliente')],
  ['ana', say('Ana, a developer', 'Ana, desarrolladora'), say('web interface · bearer token', 'interfaz web · token')],
  ['builder', say('a program in a Pod', 'un programa en un Pod'), say('ServiceAccount builder · its token', 'ServiceAccount builder · su token')],
  ['kubelet', say('the kubelet of node-1', 'el kubelet de node-1'), say('curl with its client certificate', 'curl con su certificado de cliente')],
  ['nobody', say('anonymous', 'anónimo'), say('a program that shows nothing', 'un programa que no muestra nada')],
  ['forged', say('a stranger', 'una extraña'), say('a token that nobody knows', 'un token que nadie conoce')],
] // prettier-ignore

export const WHAT_WORDS: readonly Named[] = [
  ['pod', say('create a Pod', 'crear un Pod')],
  ['privileged', say('create a privileged Pod', 'crear un Pod privilegiado')],
  ['invalid', say('create a Pod named Big_Job', 'crear un Pod llamado Big_Job')],
  ['taken', say('create a Pod named ci, which exists', 'crear un Pod llamado ci, que ya existe')],
  ['secret', say('read the Secret db', 'leer el Secret db')],
  ['stale', say('replace a ConfigMap as it was long ago', 'sustituir un ConfigMap leído hace tiempo')],
]

interface Gate {
  readonly setting: Setting
  readonly label: string
  readonly choices: readonly Named[]
}

/** What can be set at a stage. */
export const GATES: Readonly<Record<string, readonly Gate[]>> = {
  impersonation: [
    { setting: 'as', label: 'Impersonate-User', choices: [['off', '–'], ['on', 'ana']] },
  ],
  authorization: [
    { setting: 'authorization', label: '--authorization-mode', choices: [['rbac', 'Node,RBAC'], ['off', 'AlwaysAllow']] },
  ],
  validating: [
    { setting: 'level', label: 'Pod Security', choices: [['privileged', 'privileged'], ['baseline', 'baseline'], ['restricted', 'restricted']] },
    { setting: 'webhook', label: 'webhook', choices: [['off', say('none', 'ninguno')], ['on', say('wants a label owner', 'pide una etiqueta owner')], ['down', say('its server is down', 'su servidor no responde')]] },
  ],
  quota: [
    { setting: 'quota', label: 'ResourceQuota', choices: [['off', say('none', 'ninguna')], ['room', say('4 Pods, 1 used', '4 Pods, 1 usado')], ['full', say('1 Pod, 1 used', '1 Pod, 1 usado')]] },
  ],
} // prettier-ignore

const NAMES: Readonly<Record<Stage, () => string>> = {
  authentication: () => say('authentication', 'autenticación'),
  audit: () => say('audit', 'auditoría'),
  impersonation: () => say('impersonation', 'suplantación de identidad'),
  fairness: () => say('priority and fairness', 'prioridad y equidad'),
  authorization: () => say('authorization', 'autorización'),
  mutating: () => say('mutating admission', 'admisión que modifica'),
  validation: () => say('schema validation', 'validación'),
  validating: () => say('validating admission', 'admisión que valida'),
  quota: () => say('quota', 'cuota'),
  storage: () => say('storage', 'almacenamiento'),
}

export const stageName = (stage: Stage): string => NAMES[stage]()

const HINTS: Readonly<Record<Stage, () => string>> = {
  authentication: () => say('who are you?', '¿quién eres?'),
  audit: () => say('it is written down that you ask', 'queda escrito que lo pides'),
  impersonation: () => say('for whom do you ask?', '¿en nombre de quién?'),
  fairness: () => say('whose turn is it?', '¿a quién le toca?'),
  authorization: () => say('may you do this, to this kind, here?', '¿puedes hacer esto, con este tipo, aquí?'),
  mutating: () => say('what is to be filled in?', '¿qué hay que completar?'),
  validation: () => say('is the object sound?', '¿es válido el objeto?'),
  validating: () => say('do this cluster’s rules allow it?', '¿lo permiten las reglas de este clúster?'),
  quota: () => say('is there any left?', '¿queda algo?'),
  storage: () => say('is it still the version that you know?', '¿sigue siendo la versión que conoces?'),
}

export const hintOf = (stage: Stage): string => HINTS[stage]()
