/** What cases and findings are said with. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'step.range': 'range set {number}: {ranges}',
    'step.held': ['an address is held', '{count} addresses are held'],
    'step.add': 'ADD {who}',
    'step.del': 'DEL {who}',
    'step.verb': '{verb} {who}',
    'fault.together': 'The calls overlap: each takes its turn where the others leave room.',
    'fault.crash': 'It dies when the answer of its call {call} arrives.',
    'fault.disk': 'The disk refuses call {call}.',

    'schedules.no-order':
      'Several calls at once ({names}) came to something to which they cannot come one after the other, in whatever order.',
    'schedules.as-if': 'as if each had run alone, or died at some point of its own',
  },
  es: {
    'step.range': 'conjunto de rangos {number}: {ranges}',
    'step.held': ['hay una dirección ocupada', 'hay {count} direcciones ocupadas'],
    'step.add': 'ADD {who}',
    'step.del': 'DEL {who}',
    'step.verb': '{verb} {who}',
    'fault.together': 'Las llamadas se solapan: cada una avanza donde las otras dejan sitio.',
    'fault.crash': 'Muere al llegar la respuesta de su llamada {call}.',
    'fault.disk': 'El disco rechaza la llamada {call}.',

    'schedules.no-order':
      'Varias llamadas a la vez ({names}) dieron un resultado que no pueden dar una tras otra, en ningún orden.',
    'schedules.as-if': 'como si cada una se hubiera ejecutado sola, o hubiera muerto en algún punto suyo',
  },
})
