/** What is said of elections, in both languages. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    two: '{one} and {other} lead at once.',
    'one-at-once': 'at most one at a time',
    transitions: 'The Lease goes from {was} to {is}, and its leaseTransitions are wrong.',
    'acquire-time': 'The Lease of {is} was renewed, and its acquireTime has changed.',
    nobody: 'Nobody leads.',
    'a-leader': 'a leader',
    'no-successor': 'The first leader is gone, and nobody succeeds it.',
    'late-successor': 'The first leader is gone, and another comes late.',
    until: 'by {seconds} s',
    restless: 'Nothing has happened, and the first leader does not go on without a break.',
    'fault.cut-off': '{who} is cut off for {seconds} s',
    'fault.paused': '{who} stands still for {seconds} s',
    'fault.dies': '{who} dies, and starts again after {seconds} s',
    'fault.stops': '{who} stops in good order',
    'fault.server': 'the API server dies, and starts again',
    'step.clock': 'the clock of {who} is {seconds} s ahead, and {drift} % fast',
  },
  es: {
    two: '{one} y {other} dirigen a la vez.',
    'one-at-once': 'como mucho uno a la vez',
    transitions: 'El Lease pasa de {was} a {is}, y sus leaseTransitions están mal.',
    'acquire-time': 'El Lease de {is} se renovó, y su acquireTime ha cambiado.',
    nobody: 'Nadie dirige.',
    'a-leader': 'un líder',
    'no-successor': 'El primer líder ya no está, y nadie le sucede.',
    'late-successor': 'El primer líder ya no está, y otro llega tarde.',
    until: 'antes de {seconds} s',
    restless: 'No ha pasado nada, y el primer líder no sigue sin interrupción.',
    'fault.cut-off': '{who} queda aislado durante {seconds} s',
    'fault.paused': '{who} se queda parado durante {seconds} s',
    'fault.dies': '{who} muere, y arranca de nuevo a los {seconds} s',
    'fault.stops': '{who} se detiene en orden',
    'fault.server': 'el servidor de API muere y vuelve a arrancar',
    'step.clock': 'el reloj de {who} va {seconds} s adelantado y corre un {drift} % más',
  },
  names: {
    'one leads, and goes on leading': 'uno dirige, y sigue dirigiendo',
    'clocks that differ by hours change nothing': 'relojes que difieren en horas no cambian nada',
    'who dies is succeeded, and not before its time': 'al que muere se le sucede, y no antes de tiempo',
    'who is cut off gives up before another begins': 'quien queda aislado abandona antes de que otro empiece',
    'who stood still does not lead when it wakes': 'quien estuvo parado no dirige al despertar',
    'whoever stands still in the middle of a call does not lead when it wakes':
      'quien se queda parado en medio de una llamada no dirige al despertar',
    'who stops lets go': 'quien se detiene suelta',
    'whatever fails, never two lead, and one does in the end':
      'falle lo que falle, nunca dirigen dos, y al final dirige uno',
  },
})
