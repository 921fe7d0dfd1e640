/** How figures look: the page's tokens, nothing of their own. One sheet for the frame, the others for the kit's pictures. */
import { unsafeCSS } from 'lit'
import aggregation from './aggregation.css?inline'
import controlPlanes from './control-planes.css?inline'
import fill from './fill.css?inline'
import frame from './frame.css?inline'
import funnel from './funnel.css?inline'
import podCard from './pod-card.css?inline'
import lab from './lab.css?inline'
import panel from './panel.css?inline'
import path from './path.css?inline'
import pipeline from './pipeline.css?inline'
import picture from './picture.css?inline'
import raft from './raft.css?inline'
import seen from './seen.css?inline'
import tape from './tape.css?inline'
import topology from './topology.css?inline'
import window from './window.css?inline'

export const figureStyles = [
  fill,
  frame,
  aggregation,
  panel,
  picture,
  funnel,
  lab,
  path,
  podCard,
  controlPlanes,
  pipeline,
  raft,
  seen,
  tape,
  topology,
  window,
].map((sheet) => unsafeCSS(sheet))
