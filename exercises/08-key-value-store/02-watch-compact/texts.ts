/** What the checks of `watch-compact` say when they fail. Calls are code, and stay as they are. */
import { defineTexts, joinTexts } from 'clusterwright/kit'
import { texts as storeTexts } from '../01-mvcc-store/texts.ts'

const defined = defineTexts({
  en: {
    during: 'In {step}: {finding}',
    nothing: 'nothing',
    'a-list': 'a list of events',
    'goes-on': 'the watch goes on',
    'events-first': 'the events first',
    'end-of-response': 'the end of the response',
    nobody: 'Something was sent to watch {watch}, which is not open.',
    'after-end': 'Watch {watch} was cancelled, and is told something all the same.',
    'no-list': 'A response to watch {watch} has no list of events.',
    header: 'A response to watch {watch} names a revision that is not the store’s newest.',
    'cancelled-for-nothing':
      'Watch {watch} was cancelled, although what it needs next, from revision {next} on, is there.',
    'other-compaction': 'Watch {watch} was cancelled with another revision than the compacted one.',
    bookmark: 'Watch {watch} was told that it has come to revision {revision}, but not yet what happened at {missing}.',
    'other-event': 'Watch {watch} was told something else than what happened at revision {revision}.',
    'too-early': 'Watch {watch} was told of revision {revision}, before the one from which it asked.',
    twice: 'Watch {watch} was told twice of revision {revision}.',
    split: 'Watch {watch}: the events of revision {missing} are torn apart.',
    gap: 'Watch {watch} was told of revision {revision}, but not of {missing}, which came before.',
    'out-of-order': 'Watch {watch}: events of revision {revision} are not in the order in which they happened.',
    'not-asked':
      'Watch {watch} was told of something at revision {revision} that it did not ask for, or that did not happen.',
    silent: 'Watch {watch} needs revision {revision}, which is compacted: it must be cancelled.',
    lacking: 'Watch {watch} has room, and after the sync still lacks what happened at revision {revision}.',
    'no-bookmark': 'Watch {watch} has been told everything, and asked how far it has come: no answer.',
    'went-back': 'The reflector of {key} saw revision {seen}, and then {next}.',
    'other-cache': 'In the end the reflector of {key} has another picture than the store.',
    whole: 'Three reflectors kept in step over slow times, compactions and a restore.',
  },
  es: {
    during: 'En {step}: {finding}',
    nothing: 'nada',
    'a-list': 'una lista de eventos',
    'goes-on': 'la observación sigue',
    'events-first': 'primero los eventos',
    'end-of-response': 'el final de la respuesta',
    nobody: 'Se envió algo a la observación {watch}, que no está abierta.',
    'after-end': 'La observación {watch} se canceló, y aun así recibe algo.',
    'no-list': 'Una respuesta a la observación {watch} no trae una lista de eventos.',
    header: 'Una respuesta a la observación {watch} nombra una revisión que no es la más nueva del almacén.',
    'cancelled-for-nothing':
      'La observación {watch} se canceló, aunque lo que necesita, desde la revisión {next}, está ahí.',
    'other-compaction': 'La observación {watch} se canceló con otra revisión que la compactada.',
    bookmark:
      'A la observación {watch} se le dijo que ha llegado a la revisión {revision}, pero aún no lo que pasó en la {missing}.',
    'other-event': 'A la observación {watch} se le contó otra cosa que lo que pasó en la revisión {revision}.',
    'too-early': 'A la observación {watch} se le habló de la revisión {revision}, anterior a la que pidió.',
    twice: 'A la observación {watch} se le habló dos veces de la revisión {revision}.',
    split: 'Observación {watch}: los eventos de la revisión {missing} llegan partidos.',
    gap: 'A la observación {watch} se le habló de la revisión {revision}, pero no de la {missing}, que vino antes.',
    'out-of-order':
      'Observación {watch}: los eventos de la revisión {revision} no vienen en el orden en que sucedieron.',
    'not-asked': 'A la observación {watch} se le contó en la revisión {revision} algo que no pidió, o que no sucedió.',
    silent: 'La observación {watch} necesita la revisión {revision}, que está compactada: hay que cancelarla.',
    lacking: 'La observación {watch} tiene sitio, y tras el sync aún le falta lo que pasó en la revisión {revision}.',
    'no-bookmark':
      'A la observación {watch} se le ha contado todo, y preguntó hasta dónde ha llegado: no hubo respuesta.',
    'went-back': 'El reflector de {key} vio la revisión {seen}, y después la {next}.',
    'other-cache': 'Al final el reflector de {key} tiene otra imagen que el almacén.',
    whole: 'Tres reflectores siguieron al día entre ratos lentos, compactaciones y una restauración.',
  },
  names: {
    'changes are told as they come': 'los cambios se cuentan según llegan',
    'a watch can begin in the past': 'una observación puede empezar en el pasado',
    'a revision is told as a whole': 'una revisión se cuenta entera',
    'nobody waits for a slow receiver': 'nadie espera a un receptor lento',
    'what is compacted cancels who needs it': 'lo compactado cancela a quien lo necesita',
    'after a restore, who has seen more starts anew': 'tras una restauración, quien vio más empieza de nuevo',
    'what chance seldom meets': 'lo que el azar rara vez encuentra',
    'ordered, unique, reliable, atomic, bookmarkable': 'ordenado, único, fiable, atómico, con marcas',
    'reflectors keep in step, over restores too': 'los reflectores siguen al día, también tras restauraciones',
  },
})

/** With the words for answers of the store itself. */
export const texts = joinTexts({ en: storeTexts.en, es: storeTexts.es }, defined.texts)
export const { say } = defined
